#include "runtime/base/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace snow::rt {

void Fatal(const char* text) {
  const char prefix[] = "snow runtime: ";
  // Nothing is left to do about a failed write.
  ssize_t ignored = write(2, prefix, sizeof(prefix) - 1);
  ignored = write(2, text, strlen(text));
  ignored = write(2, "\n", 1);
  static_cast<void>(ignored);
  abort();
}

}  // namespace snow::rt
