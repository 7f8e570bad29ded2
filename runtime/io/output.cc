#include "runtime/io/output.h"

#include <string.h>
#include <unistd.h>

#include "runtime/base/text.h"

namespace snow::rt {

constinit Output g_output;

void Output::Begin() { is_terminal_ = isatty(1) != 0; }

Output::After Output::Append(std::string_view text, std::string_view end) {
  SpinLockHolder hold(lock_);
  const size_t size = text.size() + end.size();
  if (is_writing_ && pending_.size() + size > kMost && !pending_.empty()) return After::kFull;
  pending_.Append(text.data(), text.size());
  pending_.Append(end.data(), end.size());
  if (is_writing_) return After::kNothing;
  const bool has_line =
      is_terminal_ && size != 0 &&
      memchr(pending_.data() + pending_.size() - size, '\n', size) != nullptr;
  return has_line || pending_.size() >= kFlushAt ? After::kFlush : After::kNothing;
}

void Output::Flush(bool waits) {
  for (;;) {
    {
      SpinLockHolder hold(lock_);
      if (!is_writing_) {
        if (pending_.empty()) return;
        is_writing_ = true;
        out_.Clear();
        out_.Swap(pending_);
        break;
      }
    }
    if (!waits) return;
    usleep(1000);
  }
  // Nobody reads what a broken pipe does not take.
  WriteAll(1, {out_.data(), out_.size()});
  SpinLockHolder hold(lock_);
  is_writing_ = false;
}

}  // namespace snow::rt
