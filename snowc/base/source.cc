#include "snowc/base/source.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace snow {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Whether `byte` goes on with a UTF-8 sequence that began before it.
bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::vector<uint32_t> FindLineBegins(std::string_view text) {
  std::vector<uint32_t> begins = {0};
  size_t at = 0;
  while ((at = text.find_first_of("\r\n", at)) != std::string_view::npos) {
    bool is_pair = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    at += is_pair ? 2 : 1;
    begins.push_back(static_cast<uint32_t>(at));
  }
  return begins;
}

}  // namespace

SourceFile::SourceFile(FileId id, std::string path, std::string text)
    : id_(id),
      path_(std::move(path)),
      text_(std::move(text)),
      line_begins_(FindLineBegins(text_)) {}

std::string_view SourceFile::TextOf(Span span) const {
  return std::string_view(text_).substr(span.begin, span.end - span.begin);
}

uint32_t SourceFile::LineOf(uint32_t offset) const {
  auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  return static_cast<uint32_t>(after - line_begins_.begin());
}

LineColumn SourceFile::Locate(uint32_t offset) const {
  offset = std::min(offset, static_cast<uint32_t>(text_.size()));
  uint32_t line = LineOf(offset);
  uint32_t begin = LineBegin(line);
  if (begin == 0 && text_.starts_with(kByteOrderMark)) begin = kByteOrderMark.size();
  uint32_t column = 1;
  for (uint32_t at = begin; at < offset; ++at) {
    if (!IsContinuation(text_[at])) ++column;
  }
  // Inside a character: the column of that character.
  if (offset > begin && offset < text_.size() && IsContinuation(text_[offset])) --column;
  return {line, column};
}

std::string_view SourceFile::LineText(uint32_t line) const {
  uint32_t begin = LineBegin(line);
  size_t end = line < LineCount() ? line_begins_[line] : text_.size();
  std::string_view text = std::string_view(text_).substr(begin, end - begin);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (begin == 0 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

uint32_t SourceFile::OffsetOf(LineColumn place) const {
  uint32_t line = std::clamp(place.line, 1u, LineCount());
  std::string_view text = LineText(line);
  size_t at = 0;
  for (uint32_t column = 1; column < place.column && at < text.size(); ++column) {
    do ++at;
    while (at < text.size() && IsContinuation(text[at]));
  }
  return static_cast<uint32_t>(text.data() - text_.data() + at);
}

const SourceFile& SourceSet::Add(std::string path, std::string text) {
  FileId id(files_.size());
  files_.push_back(std::make_unique<SourceFile>(id, std::move(path), std::move(text)));
  return *files_.back();
}

}  // namespace snow
