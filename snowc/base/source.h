// Source files and places in them.
//
// A `SourceFile` is a path and its text, immutable once made. A `SourceSet` owns the files of one
// compilation and gives each a FileId. A `Span` is a half-open range of bytes in one file; it is
// what every token, node and diagnostic carries. Offsets are in bytes, lines and columns count from
// 1, and columns count characters (code points), as section 10 of chapter 2 says.
#ifndef SNOWC_BASE_SOURCE_H_
#define SNOWC_BASE_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/base/index.h"

namespace snow {

using FileId = Index<struct FileIdTag>;

// The bytes `begin` up to but not including `end` of a file. A default-made span is of no file.
struct Span {
  FileId file;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool IsValid() const { return file.IsValid(); }
  uint32_t Length() const { return end - begin; }
  friend bool operator==(const Span&, const Span&) = default;
};

// From the begin of `first` to the end of `last`, which are of one file; an invalid span is
// ignored.
inline Span Join(Span first, Span last) {
  if (!first.IsValid()) return last;
  if (!last.IsValid()) return first;
  return {first.file, first.begin, last.end};
}

// The empty span at the begin, or at the end, of `span`.
inline Span BeginOf(Span span) { return {span.file, span.begin, span.begin}; }
inline Span EndOf(Span span) { return {span.file, span.end, span.end}; }

// A place for people: both count from 1, `column` in characters.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

// Thread-safety: immutable.
class SourceFile {
 public:
  // The largest text that offsets can address with room to spare; Lex refuses more with E0120.
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  SourceFile(FileId id, std::string path, std::string text);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  FileId id() const { return id_; }
  // As it is shown to people: relative where the caller gave it so.
  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }

  // The text of `span`, which is of this file.
  std::string_view TextOf(Span span) const;

  // The number of lines; an empty file has one. `\n`, `\r\n` and a lone `\r` end a line.
  uint32_t LineCount() const { return static_cast<uint32_t>(line_begins_.size()); }

  // The 1-based line of the byte at `offset`; an offset past the end counts as the end.
  uint32_t LineOf(uint32_t offset) const;

  // Line and column of the byte at `offset`. A leading byte order mark has no column.
  LineColumn Locate(uint32_t offset) const;

  // The offset of the first byte of a 1-based line.
  uint32_t LineBegin(uint32_t line) const { return line_begins_[line - 1]; }

  // The text of a 1-based line without its line end.
  std::string_view LineText(uint32_t line) const;

  // The byte offset of a 1-based line and column (in characters), clamped to the line's end.
  uint32_t OffsetOf(LineColumn place) const;

 private:
  FileId id_;
  std::string path_;
  std::string text_;
  std::vector<uint32_t> line_begins_;
};

// The files of a compilation. References to its files stay valid while it lives.
// Thread-safety: thread-compatible.
class SourceSet {
 public:
  const SourceFile& Add(std::string path, std::string text);
  const SourceFile& Get(FileId id) const { return *files_[id.value]; }
  size_t Size() const { return files_.size(); }

 private:
  std::vector<std::unique_ptr<SourceFile>> files_;
};

}  // namespace snow

#endif  // SNOWC_BASE_SOURCE_H_
