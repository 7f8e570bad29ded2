#include "snowc/format/doc.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

namespace snow::format_internal {
namespace {

constexpr size_t kIndentWidth = 2;

// The columns that `text` takes; it holds no newline.
size_t WidthOf(std::string_view text) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++width;
      ++at;
      continue;
    }
    utf8proc_int32_t code_point = 0;
    utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    at += length > 0 ? static_cast<size_t>(length) : 1;
    width += length > 0 ? static_cast<size_t>(std::max(utf8proc_charwidth(code_point), 0)) : 1;
  }
  return width;
}

// First pass, in order of the text. A comment that has a line of its own can have it only where a
// line begins; elsewhere it goes to the end of the line.
class CommentPlacer {
 public:
  void Place(Doc* doc) {
    switch (doc->kind) {
      case DocKind::kText:
        if (!doc->text.empty()) begins_line_ = false;
        return;
      case DocKind::kLine:
      case DocKind::kSoftLine:
      case DocKind::kHardLine:
        begins_line_ = true;
        return;
      case DocKind::kOwnLineComment:
        if (!begins_line_) doc->kind = DocKind::kLineSuffix;
        return;
      case DocKind::kBlankLine:
        // Behind a comment that has no line of its own.
        if (!begins_line_) doc->kind = DocKind::kText;
        return;
      case DocKind::kLineSuffix:
        return;
      case DocKind::kInlineComment:
        begins_line_ = false;
        return;
      case DocKind::kIfBroken: {
        // The two are never comments.
        begins_line_ = false;
        return;
      }
      case DocKind::kHug:
        // The other form is made of the same parts.
        return Place(doc->parts[1]);
      case DocKind::kAssigned:
        begins_line_ = true;
        return Place(doc->parts[0]);
      case DocKind::kConcat:
      case DocKind::kIndent:
      case DocKind::kGroup:
        for (Doc* part : doc->parts) Place(part);
        return;
    }
  }

 private:
  bool begins_line_ = true;
};

// Second pass, in order of the text: which groups have to break. A group breaks when a newline that
// cannot be left out is in it, or when a line end of its own comes behind a comment that ends its
// line: otherwise the comment would move away from what it stands beside.
class BreakFinder {
 public:
  void Find(Doc* doc) {
    switch (doc->kind) {
      case DocKind::kText:
      case DocKind::kInlineComment:
      case DocKind::kBlankLine:
      case DocKind::kIfBroken:
        return;
      case DocKind::kLine:
      case DocKind::kSoftLine:
        doc->ends_comment = std::exchange(is_behind_comment_, false);
        return;
      case DocKind::kHardLine:
      case DocKind::kOwnLineComment:
        is_behind_comment_ = false;
        doc->has_newline = true;
        return;
      case DocKind::kLineSuffix:
        is_behind_comment_ = true;
        return;
      case DocKind::kAssigned:
        doc->is_broken = std::exchange(is_behind_comment_, false);
        Find(doc->parts[0]);
        doc->has_newline = doc->is_broken || doc->parts[0]->has_newline;
        return;
      case DocKind::kHug:
        // The expanded form is made of the same parts as the other.
        Find(doc->parts[1]);
        doc->has_newline = doc->parts[1]->has_newline;
        Gather(doc->parts[2]);
        return;
      case DocKind::kConcat:
      case DocKind::kIndent:
      case DocKind::kGroup:
        for (Doc* part : doc->parts) Find(part);
        Gather(doc);
        if (doc->kind == DocKind::kGroup) {
          doc->is_broken |= doc->has_newline || doc->ends_comment;
          doc->has_newline = doc->is_broken;
        }
        return;
    }
  }

 private:
  static void Gather(Doc* doc) {
    for (const Doc* part : doc->parts) {
      doc->has_newline |= part->has_newline;
      doc->ends_comment |= part->kind != DocKind::kGroup && part->ends_comment;
    }
  }

  bool is_behind_comment_ = false;
};

class Renderer {
 public:
  explicit Renderer(size_t width) : width_(width) {}

  std::string Render(Doc* doc) {
    stack_.push_back({doc, 0, true});
    while (!stack_.empty()) {
      Command command = stack_.back();
      stack_.pop_back();
      Print(command);
    }
    Newline(0);
    Newline(0);
    return std::move(out_);
  }

 private:
  struct Command {
    Doc* doc;
    size_t indent;
    bool is_broken;  // the mode of the group around it
  };

  void Push(std::span<Doc*> parts, size_t indent, bool is_broken) {
    for (size_t i = parts.size(); i-- > 0;) stack_.push_back({parts[i], indent, is_broken});
  }

  void Print(const Command& command) {
    Doc* doc = command.doc;
    switch (doc->kind) {
      case DocKind::kText:
        return Put(doc->text);
      case DocKind::kInlineComment:
        PutInlineComment(doc->text);
        return;
      case DocKind::kConcat:
        return Push(doc->parts, command.indent, command.is_broken);
      case DocKind::kIndent:
        return Push(doc->parts, command.indent + kIndentWidth, command.is_broken);
      case DocKind::kLine:
        if (command.is_broken) return Newline(command.indent);
        return Put(" ");
      case DocKind::kSoftLine:
        if (command.is_broken) Newline(command.indent);
        return;
      case DocKind::kHardLine:
        return Newline(command.indent);
      case DocKind::kBlankLine:
        wants_blank_ = true;
        return;
      case DocKind::kLineSuffix:
        suffix_.push_back(doc->text);
        return;
      case DocKind::kOwnLineComment:
        Put(doc->text);
        return Newline(command.indent);
      case DocKind::kIfBroken:
        stack_.push_back(
            {doc->parts[command.is_broken ? 0 : 1], command.indent, command.is_broken});
        return;
      case DocKind::kGroup: {
        bool is_broken =
            doc->is_broken || !suffix_.empty() || !Fits({doc->parts[0], command.indent, false});
        return Push(doc->parts, command.indent, is_broken);
      }
      case DocKind::kAssigned:
        if (GoesToNextLine(doc, command.indent)) {
          Newline(command.indent + kIndentWidth);
          stack_.push_back({doc->parts[0], command.indent + kIndentWidth, true});
        } else {
          Put(" ");
          stack_.push_back({doc->parts[0], command.indent, true});
        }
        return;
      case DocKind::kHug:
        stack_.push_back({doc->parts[Hugs(doc, command.indent) ? 0 : 1], command.indent, true});
        return;
    }
  }

  bool GoesToNextLine(Doc* doc, size_t indent) {
    if (doc->is_broken) return true;
    Doc* value = doc->parts[0];
    if (value->has_newline || column_ + 1 >= width_) return column_ + 1 >= width_;
    size_t column = std::exchange(column_, column_ + 1);
    bool fits_beside = Fits({value, indent, false});
    column_ = indent + kIndentWidth;
    bool fits_below = Fits({value, indent, false});
    column_ = column;
    return !fits_beside && fits_below;
  }

  bool Hugs(Doc* doc, size_t indent) {
    const Doc* expanded = doc->parts[1];
    if (doc->parts[2]->has_newline || expanded->ends_comment) return false;
    if (Fits({doc->parts[0], indent, false})) return true;
    Doc* tail = doc->may_break ? BreakableTail(doc->parts[3]) : nullptr;
    if (tail == nullptr || tail->is_broken) return false;
    tail->is_broken = true;
    if (Fits({doc->parts[0], indent, false})) return true;
    tail->is_broken = false;
    return false;
  }

  // The group that `doc` ends with.
  static Doc* BreakableTail(Doc* doc) {
    while (true) {
      switch (doc->kind) {
        case DocKind::kGroup:
          return doc;
        case DocKind::kHug:
          doc = doc->parts[3];
          break;
        case DocKind::kConcat: {
          size_t last = doc->parts.size();
          while (last > 0 && IsEmpty(doc->parts[last - 1])) --last;
          if (last == 0) return nullptr;
          doc = doc->parts[last - 1];
          break;
        }
        default:
          return nullptr;
      }
    }
  }

  static bool IsEmpty(const Doc* doc) {
    if (doc->kind == DocKind::kConcat) {
      return std::all_of(doc->parts.begin(), doc->parts.end(), IsEmpty);
    }
    return doc->kind == DocKind::kText && doc->text.empty();
  }

  void Put(std::string_view text) {
    if (text.empty()) return;
    if (begins_line_) {
      if (wants_blank_ && !out_.empty()) out_ += '\n';
      wants_blank_ = false;
      if (!pending_.empty()) PutPending();
      out_.append(indent_, ' ');
      column_ = indent_;
      begins_line_ = false;
    }
    out_ += text;
    size_t newline = text.find_last_of('\n');
    if (newline == std::string_view::npos) {
      column_ += WidthOf(text);
    } else {
      column_ = WidthOf(text.substr(newline + 1));
    }
  }

  void PutInlineComment(std::string_view text) {
    bool is_behind_space = begins_line_ || out_.ends_with(' ');
    if (!is_behind_space) Put(" ");
    Put(text);
    if (is_behind_space) Put(" ");
  }

  void Newline(size_t indent) {
    if (begins_line_) {
      pending_.insert(pending_.end(), suffix_.begin(), suffix_.end());
      suffix_.clear();
      PutPending();
    } else if (!suffix_.empty()) {
      Put(" ");
      Put(suffix_.front());
      // Behind another comment the rest would become part of it.
      pending_.assign(suffix_.begin() + 1, suffix_.end());
      suffix_.clear();
    }
    EndLine(indent);
  }

  // Comments that wait for a line of their own.
  void PutPending() {
    for (std::string_view comment : std::exchange(pending_, {})) {
      Put(comment);
      EndLine(indent_);
    }
  }

  void EndLine(size_t indent) {
    if (!begins_line_) {
      size_t end = out_.find_last_not_of(' ');
      out_.resize(end + 1);
      out_ += '\n';
    }
    begins_line_ = true;
    indent_ = indent;
  }

  static bool Take(size_t width, size_t& left) {
    if (width > left) return false;
    left -= width;
    return true;
  }

  // What comes behind a text of several lines stands behind the last one.
  bool TakeText(std::string_view text, size_t& left) const {
    size_t newline = text.find('\n');
    if (!Take(WidthOf(text.substr(0, newline)), left)) return false;
    if (newline == std::string_view::npos) return true;
    left = width_;
    return Take(WidthOf(text.substr(text.rfind('\n') + 1)), left);
  }

  // Whether what `first` and the commands after it put on the line at hand stays within the width.
  bool Fits(Command first) {
    size_t column = begins_line_ ? indent_ : column_;
    if (column > width_) return false;
    size_t left = width_ - column;
    bool is_behind_space = begins_line_ || out_.ends_with(' ');
    std::vector<Command>& work = work_;
    work.clear();
    work.push_back(first);
    size_t rest = stack_.size();
    while (true) {
      if (work.empty()) {
        if (rest == 0) return true;
        work.push_back(stack_[--rest]);
      }
      Command command = work.back();
      work.pop_back();
      Doc* doc = command.doc;
      switch (doc->kind) {
        case DocKind::kInlineComment:
          if (!is_behind_space && !Take(1, left)) return false;
          if (!TakeText(doc->text, left)) return false;
          if (is_behind_space && !Take(1, left)) return false;
          break;
        case DocKind::kText:
          if (doc->text.empty()) break;
          if (!TakeText(doc->text, left)) return false;
          is_behind_space = doc->text.ends_with(' ');
          break;
        case DocKind::kLine:
        case DocKind::kSoftLine:
          if (command.is_broken) return true;
          if (doc->kind == DocKind::kLine) {
            if (!Take(1, left)) return false;
            is_behind_space = true;
          }
          break;
        case DocKind::kHardLine:
        case DocKind::kOwnLineComment:
          return true;
        case DocKind::kBlankLine:
        case DocKind::kLineSuffix:
          break;
        case DocKind::kConcat:
        case DocKind::kIndent:
          for (size_t i = doc->parts.size(); i-- > 0;) {
            work.push_back({doc->parts[i], 0, command.is_broken});
          }
          break;
        case DocKind::kIfBroken:
          work.push_back({doc->parts[command.is_broken ? 0 : 1], 0, command.is_broken});
          break;
        case DocKind::kGroup: {
          // Behind the first command a group may break at its first line end.
          bool is_behind = rest < stack_.size();
          work.push_back({doc->parts[0], 0, doc->is_broken || (is_behind && command.is_broken)});
          break;
        }
        case DocKind::kHug: {
          bool is_behind = rest < stack_.size();
          work.push_back(
              {doc->parts[is_behind && command.is_broken ? 1 : 0], 0, command.is_broken});
          break;
        }
        case DocKind::kAssigned:
          if (rest < stack_.size() && command.is_broken) return true;
          work.push_back({doc->parts[0], 0, command.is_broken});
          break;
      }
    }
  }

  const size_t width_;
  std::string out_;
  std::vector<Command> stack_;             // what is still to print, next last
  std::vector<Command> work_;              // of Fits
  std::vector<std::string_view> suffix_;   // comments for the end of the line at hand
  std::vector<std::string_view> pending_;  // those of them that go to lines of their own
  size_t column_ = 0;
  size_t indent_ = 0;
  bool begins_line_ = true;
  bool wants_blank_ = false;
};

}  // namespace

std::string Render(Doc* doc, size_t width) {
  CommentPlacer().Place(doc);
  BreakFinder().Find(doc);
  return Renderer(width).Render(doc);
}

}  // namespace snow::format_internal
