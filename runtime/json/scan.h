// Reads a JSON text (RFC 8259) into words, checking all of it.
//
// One word for each value, in order of the text: the lower 4 bits are its kind, the bits above are n.
// json.snow reads them; the two lists of kinds must agree.
#ifndef RUNTIME_JSON_SCAN_H_
#define RUNTIME_JSON_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snow::rt {

enum JsonWord : uint64_t {
  kJsonNull = 0,
  kJsonFalse = 1,
  kJsonTrue = 2,
  kJsonInt = 3,          // the next word is the number
  kJsonFloat = 4,        // the next word is the bits of the double
  kJsonText = 5,         // n bytes from the offset in the next word
  kJsonEscapedText = 6,  // likewise, and there are escapes among them
  kJsonArray = 7,        // n values follow
  kJsonObject = 8,       // n pairs of text and value follow
};

// Where words go; without room they are only counted.
class JsonWords {
 public:
  explicit JsonWords(uint64_t* room) : room_(room) {}
  void Push(uint64_t word) {
    if (room_ != nullptr) room_[count_] = word;
    ++count_;
  }
  // Adds bits to a word that has been pushed.
  void Or(size_t index, uint64_t bits) {
    if (room_ != nullptr) room_[index] |= bits;
  }
  size_t count() const { return count_; }

 private:
  uint64_t* room_;
  size_t count_ = 0;
};

// What was wrong, and at which byte.
struct JsonFault {
  const char* reason = nullptr;  // null: nothing
  size_t at = 0;
};

// `text` is valid UTF-8. Arrays and objects nested deeper than the limit (at most 1,024) are a fault.
JsonFault ScanJson(std::string_view text, int64_t depth_limit, JsonWords& words);

// Resolves the escapes of a text that has been scanned; returns the end of what was written, which is
// never longer than the source.
char* UnescapeJson(std::string_view source, char* to);

// Writes a text in quotes, escaped: at most 6 bytes for each of the source and 2 more.
char* QuoteJson(std::string_view source, char* to);

}  // namespace snow::rt

#endif  // RUNTIME_JSON_SCAN_H_
