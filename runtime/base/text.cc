#include "runtime/base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

namespace snow::rt {

Text& Text::Add(int64_t number) {
  char digits[24];
  char* at = digits + sizeof(digits);
  uint64_t rest = number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number < 0) *--at = '-';
  return Add(std::string_view(at, static_cast<size_t>(digits + sizeof(digits) - at)));
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd wait{fd, POLLOUT, 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

int64_t EnvironmentNumber(const char* name, int64_t least, int64_t standard) {
  const char* text = getenv(name);
  if (text == nullptr || *text == '\0') return standard;
  char* end;
  errno = 0;
  const long long number = strtoll(text, &end, 10);
  if (errno != 0 || *end != '\0' || number < least) return standard;
  return number;
}

}  // namespace snow::rt
