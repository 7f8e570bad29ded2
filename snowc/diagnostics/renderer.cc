#include "snowc/diagnostics/renderer.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace snow {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

// The widest excerpt in columns of the terminal, and what is kept before the place when it is cut.
constexpr size_t kExcerptColumnsMax = 160;
constexpr size_t kExcerptColumnsBefore = 60;

struct Style {
  std::string_view strong, error, warning, note, help, frame, reset;
};

constexpr Style kPlain = {};
constexpr Style kColored = {"\033[1m",    "\033[1;31m", "\033[1;33m", "\033[1;32m",
                            "\033[1;36m", "\033[1;34m", "\033[0m"};

// One character of a source line as the terminal shows it.
struct Cell {
  std::string_view text;
  size_t width;   // in columns
  size_t offset;  // of the character in the line, in bytes
  size_t length;  // of the character in the line, in bytes
};

Cell CellAt(std::string_view line, size_t offset) {
  utf8proc_int32_t code_point = 0;
  utf8proc_ssize_t result =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(line.data() + offset),
                       static_cast<utf8proc_ssize_t>(line.size() - offset), &code_point);
  if (result <= 0) return {kReplacement, 1, offset, 1};
  size_t length = static_cast<size_t>(result);
  if (code_point == '\t') return {"    ", 4, offset, length};
  // Controls could move the cursor or start an escape sequence.
  if (utf8proc_category(code_point) == UTF8PROC_CATEGORY_CC) {
    return {kReplacement, 1, offset, length};
  }
  size_t width = static_cast<size_t>(std::max(utf8proc_charwidth(code_point), 0));
  return {line.substr(offset, length), width, offset, length};
}

std::vector<Cell> CellsOf(std::string_view line) {
  std::vector<Cell> cells;
  for (size_t offset = 0; offset < line.size(); offset += cells.back().length) {
    cells.push_back(CellAt(line, offset));
  }
  return cells;
}

// The shown part of a line and where its marks go, in columns.
struct Excerpt {
  std::string text;
  size_t mark_begin = 0;
  size_t mark_width = 1;
};

Excerpt MakeExcerpt(std::string_view line, size_t begin, size_t end) {
  std::vector<Cell> cells = CellsOf(line);
  size_t before = 0;
  size_t total = 0;
  for (const Cell& cell : cells) {
    if (cell.offset < begin) before += cell.width;
    total += cell.width;
  }
  bool is_cut = total > kExcerptColumnsMax;
  size_t skip = is_cut && before > kExcerptColumnsBefore ? before - kExcerptColumnsBefore : 0;
  Excerpt excerpt;
  size_t column = 0;
  size_t shown = 0;
  size_t marked = 0;
  if (skip != 0) {
    excerpt.text += kEllipsis;
    ++shown;
  }
  for (const Cell& cell : cells) {
    column += cell.width;
    if (column <= skip) continue;
    if (is_cut && shown + cell.width > kExcerptColumnsMax) {
      excerpt.text += kEllipsis;
      break;
    }
    if (cell.offset < begin) excerpt.mark_begin = shown + cell.width;
    if (cell.offset >= begin && cell.offset < end) marked += cell.width;
    excerpt.text += cell.text;
    shown += cell.width;
  }
  excerpt.mark_width = std::max<size_t>(marked, 1);
  return excerpt;
}

// Texts of diagnostics quote the program, so they are made safe for the terminal too.
std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    Cell cell = CellAt(text, offset);
    printable += text[offset] == '\n' ? "\n" : cell.text;
    offset += cell.length;
  }
  return printable;
}

class TextRenderer {
 public:
  TextRenderer(const Diagnostic& diagnostic, const SourceSet& sources, const RenderOptions& options)
      : diagnostic_(diagnostic), sources_(sources), style_(options.color ? kColored : kPlain) {
    gutter_ = GutterWidth();
  }

  std::string Render() {
    bool is_error = diagnostic_.severity() == Severity::kError;
    Paint(is_error ? style_.error : style_.warning,
          std::string(is_error ? "error[" : "warning[").append(CodeOf(diagnostic_.kind)) + "]");
    Paint(style_.strong, ": " + Printable(diagnostic_.message));
    out_ += '\n';
    if (diagnostic_.span.IsValid()) {
      Place(diagnostic_.span, '^', is_error ? style_.error : style_.warning, diagnostic_.label);
    }
    for (const DiagnosticNote& note : diagnostic_.notes) Note(note);
    for (const std::string& help : diagnostic_.helps) Remark(style_.help, "help", help);
    return std::move(out_);
  }

 private:
  size_t GutterWidth() const {
    uint32_t line = 1;
    auto consider = [&](Span span) {
      if (span.IsValid()) line = std::max(line, sources_.Get(span.file).Locate(span.begin).line);
    };
    consider(diagnostic_.span);
    for (const DiagnosticNote& note : diagnostic_.notes) consider(note.span);
    return std::to_string(line).size();
  }

  void Paint(std::string_view color, std::string_view text) {
    out_.append(color).append(text).append(color.empty() ? "" : style_.reset);
  }

  void Frame(std::string_view number) {
    std::string text(gutter_ - number.size(), ' ');
    Paint(style_.frame, " " + text.append(number) + " |");
  }

  void Place(Span span, char mark, std::string_view color, std::string_view label) {
    const SourceFile& file = sources_.Get(span.file);
    LineColumn place = file.Locate(span.begin);
    std::string_view line = file.LineText(place.line);
    size_t line_begin = static_cast<size_t>(line.data() - file.text().data());
    size_t begin =
        std::min<size_t>(std::max<size_t>(span.begin, line_begin) - line_begin, line.size());
    size_t end = std::min<size_t>(std::max<size_t>(span.end, line_begin) - line_begin, line.size());
    Excerpt excerpt = MakeExcerpt(line, begin, end);

    out_.append(gutter_, ' ');
    Paint(style_.frame, " -->");
    out_ += " " + Printable(PlaceText(span, sources_)) + "\n";
    Frame("");
    out_ += '\n';
    Frame(std::to_string(place.line));
    if (!excerpt.text.empty()) out_ += " " + excerpt.text;
    out_ += '\n';
    Frame("");
    out_.append(excerpt.mark_begin + 1, ' ');
    std::string marks(excerpt.mark_width, mark);
    if (!label.empty()) marks += " " + Printable(label);
    Paint(color, marks);
    out_ += '\n';
  }

  void Note(const DiagnosticNote& note) {
    if (!note.span.IsValid()) {
      Remark(style_.note, "note", note.text);
      return;
    }
    Paint(style_.note, "note");
    out_ += ": " + Printable(note.text) + "\n";
    Place(note.span, '-', style_.note, "");
  }

  // Lines after the first are indented to where the text begins.
  void Remark(std::string_view color, std::string_view word, std::string_view text) {
    out_.append(gutter_ + 1, ' ');
    Paint(style_.frame, " = ");
    Paint(color, word);
    out_ += ": ";
    std::string indent(gutter_ + 4 + word.size() + 2, ' ');
    for (char c : Printable(text)) {
      out_ += c;
      if (c == '\n') out_ += indent;
    }
    out_ += '\n';
  }

  const Diagnostic& diagnostic_;
  const SourceSet& sources_;
  const Style& style_;
  size_t gutter_ = 1;
  std::string out_;
};

void AppendJsonString(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t code_point = 0;
    utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (length <= 0) {
      out += kReplacement;
      ++at;
      continue;
    }
    if (code_point == '"' || code_point == '\\') {
      out += '\\';
      out += static_cast<char>(code_point);
    } else if (code_point == '\n') {
      out += "\\n";
    } else if (code_point < 0x20 || code_point == 0x7F) {
      out += "\\u00";
      out += kHex[code_point >> 4];
      out += kHex[code_point & 15];
    } else {
      out += text.substr(at, static_cast<size_t>(length));
    }
    at += static_cast<size_t>(length);
  }
  out += '"';
}

void AppendJsonText(std::string& out, std::string_view key, std::string_view text) {
  out.append("\"").append(key).append("\":");
  AppendJsonString(out, text);
}

// The keys of a place, each followed by a comma.
void AppendJsonPlace(std::string& out, Span span, const SourceSet& sources) {
  if (!span.IsValid()) return;
  const SourceFile& file = sources.Get(span.file);
  LineColumn begin = file.Locate(span.begin);
  LineColumn end = file.Locate(span.end);
  AppendJsonText(out, "path", file.path());
  out += ",\"line\":" + std::to_string(begin.line);
  out += ",\"column\":" + std::to_string(begin.column);
  out += ",\"end_line\":" + std::to_string(end.line);
  out += ",\"end_column\":" + std::to_string(end.column) + ",";
}

}  // namespace

std::string RenderText(const Diagnostic& diagnostic, const SourceSet& sources,
                       const RenderOptions& options) {
  return TextRenderer(diagnostic, sources, options).Render();
}

std::string RenderText(const Diagnostics& diagnostics, const SourceSet& sources,
                       const RenderOptions& options) {
  std::string text;
  for (const Diagnostic* diagnostic : diagnostics.Sorted()) {
    if (!text.empty()) text += '\n';
    text += RenderText(*diagnostic, sources, options);
  }
  return text;
}

std::string RenderJson(const Diagnostic& diagnostic, const SourceSet& sources) {
  std::string out = "{";
  AppendJsonText(out, "code", CodeOf(diagnostic.kind));
  bool is_error = diagnostic.severity() == Severity::kError;
  AppendJsonText(out += ',', "severity", is_error ? "error" : "warning");
  AppendJsonText(out += ',', "message", diagnostic.message);
  out += ',';
  AppendJsonPlace(out, diagnostic.span, sources);
  AppendJsonText(out, "label", diagnostic.label);
  out += ",\"notes\":[";
  for (const DiagnosticNote& note : diagnostic.notes) {
    if (&note != &diagnostic.notes.front()) out += ',';
    out += '{';
    AppendJsonPlace(out, note.span, sources);
    AppendJsonText(out, "text", note.text);
    out += '}';
  }
  out += "],\"helps\":[";
  for (const std::string& help : diagnostic.helps) {
    if (&help != &diagnostic.helps.front()) out += ',';
    AppendJsonString(out, help);
  }
  out += "],\"fixes\":[";
  for (const DiagnosticFix& fix : diagnostic.fixes) {
    if (&fix != &diagnostic.fixes.front()) out += ',';
    out += '{';
    AppendJsonPlace(out, fix.span, sources);
    AppendJsonText(out, "replacement", fix.replacement);
    out += '}';
  }
  return out + "]}\n";
}

std::string PlaceText(Span span, const SourceSet& sources) {
  const SourceFile& file = sources.Get(span.file);
  LineColumn place = file.Locate(span.begin);
  return file.path() + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace snow
