// Layouts: text with places where a line may end.
//
// A `Doc` describes all ways to lay a piece of source out; `Render` picks one that fits into the
// width. A group is either flat, on one line, or broken, every `Line` of its own a newline; a
// broken group's inner groups decide for themselves. Comments are part of a Doc, so that they take
// part in the decisions.
//
// Docs lie in the arena of their DocBuilder. Thread-safety: one thread at a time.
#ifndef SNOWC_FORMAT_DOC_H_
#define SNOWC_FORMAT_DOC_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/base/arena.h"

namespace snow::format_internal {

enum class DocKind : uint8_t {
  kText,            // `text`, which may hold newlines (strings, block comments)
  kConcat,          // `parts` one after another
  kLine,            // a space when flat, a newline when broken
  kSoftLine,        // nothing when flat, a newline when broken
  kHardLine,        // always a newline; breaks every group around it
  kBlankLine,       // an empty line when it stands before a newline
  kIndent,          // `parts`, whose newlines are indented by two more
  kGroup,           // `parts`, flat or broken as a whole
  kIfBroken,        // parts[0] in a broken group, parts[1] in a flat one
  kHug,             // see DocBuilder::Hug
  kAssigned,        // a space and parts[0], or a newline where only that lets it stay on one line
  kOwnLineComment,  // `text` on a line of its own, then a newline
  kLineSuffix,      // `text` at the end of the line at hand, after a space
  kInlineComment,   // `text`, with a space behind it where there is one before, otherwise before it
};

struct Doc {
  Doc(DocKind doc_kind, std::string_view doc_text) : kind(doc_kind), text(doc_text) {}

  DocKind kind;
  bool is_broken = false;     // a group that must break
  bool has_newline = false;   // it cannot be on one line
  bool ends_comment = false;  // a line end of the group around it comes behind a comment
  bool may_break = false;     // of a Hug
  std::string_view text;
  std::span<Doc*> parts;
};

class DocBuilder {
 public:
  Doc* Text(std::string_view text) { return New(DocKind::kText, text); }
  // Text that lives nowhere else.
  Doc* CopiedText(std::string_view text) { return Text(arena_.CopyString(text)); }
  Doc* Empty() { return Text(""); }
  Doc* Line() { return New(DocKind::kLine); }
  Doc* SoftLine() { return New(DocKind::kSoftLine); }
  Doc* HardLine() { return New(DocKind::kHardLine); }
  Doc* BlankLine() { return New(DocKind::kBlankLine); }
  Doc* OwnLineComment(std::string_view text) { return New(DocKind::kOwnLineComment, text); }
  Doc* InlineComment(std::string_view text) { return New(DocKind::kInlineComment, text); }
  Doc* LineSuffix(std::string_view text) { return New(DocKind::kLineSuffix, text); }

  Doc* Concat(std::span<Doc* const> parts) { return NewParts(DocKind::kConcat, parts); }
  Doc* Concat(std::initializer_list<Doc*> parts) {
    return Concat(std::span(parts.begin(), parts.size()));
  }
  Doc* Indent(Doc* part) { return NewParts(DocKind::kIndent, std::initializer_list<Doc*>{part}); }
  Doc* Indent(std::initializer_list<Doc*> parts) { return Indent(Concat(parts)); }
  Doc* Group(Doc* part) { return NewParts(DocKind::kGroup, std::initializer_list<Doc*>{part}); }
  Doc* Group(std::initializer_list<Doc*> parts) { return Group(Concat(parts)); }
  Doc* BrokenGroup(Doc* part) {
    Doc* group = Group(part);
    group->is_broken = true;
    return group;
  }
  Doc* IfBroken(Doc* broken, Doc* flat) {
    return NewParts(DocKind::kIfBroken, std::initializer_list<Doc*>{broken, flat});
  }
  Doc* Assigned(Doc* value) {
    return NewParts(DocKind::kAssigned, std::initializer_list<Doc*>{value});
  }
  // `leading`, `last` and `tail` on one line as far as `last` begins; `last` alone may go on over
  // several lines, where it must, or where `may_break` allows. What does not fit so, or has a
  // newline in `leading`, is `expanded`, which is made of the same parts; `last` begins with no
  // comment.
  Doc* Hug(Doc* leading, Doc* last, Doc* tail, Doc* expanded, bool may_break) {
    Doc* hug = NewParts(DocKind::kHug, std::initializer_list<Doc*>{Concat({leading, last, tail}),
                                                                   expanded, leading, last});
    hug->may_break = may_break;
    return hug;
  }

 private:
  Doc* New(DocKind kind, std::string_view text = {}) {
    return new (arena_.Allocate(sizeof(Doc), alignof(Doc))) Doc(kind, text);
  }
  Doc* NewParts(DocKind kind, std::span<Doc* const> parts) {
    Doc* doc = New(kind);
    doc->parts = arena_.CopyArray(parts);
    return doc;
  }

  Arena arena_;
};

// The text of `doc` in lines of at most `width` columns where that is possible; no line ends in
// white space, and the last one has a newline.
std::string Render(Doc* doc, size_t width);

}  // namespace snow::format_internal

#endif  // SNOWC_FORMAT_DOC_H_
