// Text of reports and errors, built without iostreams and exceptions.
#ifndef RUNTIME_BASE_TEXT_H_
#define RUNTIME_BASE_TEXT_H_

#include <cstdint>
#include <string_view>

#include "runtime/base/vector.h"

namespace snow::rt {

// A growing text. Not thread-safe.
class Text {
 public:
  Text& Add(std::string_view part) {
    text_.Append(part.data(), part.size());
    return *this;
  }
  Text& Add(int64_t number);
  // A terminating NUL that is not part of the view.
  const char* CString() {
    text_.Push('\0');
    text_.Pop();
    return text_.data();
  }
  std::string_view View() const { return {text_.begin(), text_.size()}; }
  // Copies what fits; returns how much that is.
  size_t CopyTo(char* to, size_t most) const {
    const size_t size = text_.size() < most ? text_.size() : most;
    memcpy(to, text_.begin(), size);
    return size;
  }
  bool empty() const { return text_.empty(); }
  void Clear() { text_.Clear(); }
  Vector<char>& Bytes() { return text_; }

 private:
  Vector<char> text_;
};

// Writes all of it, whatever the number of system calls; false on an error.
bool WriteAll(int fd, std::string_view text);

// The whole number that an environment variable holds, if it holds one from `least` on; otherwise
// the default.
int64_t EnvironmentNumber(const char* name, int64_t least, int64_t standard);

}  // namespace snow::rt

#endif  // RUNTIME_BASE_TEXT_H_
