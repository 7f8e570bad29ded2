#include "runtime/io/output.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/text.h"

namespace snow::rt {
namespace {

// Between looks at a write that another thread is at.
constexpr useconds_t kWaitUs = 500;

}  // namespace

constinit Output g_output;

void Output::Begin() {
  is_terminal_ = isatty(1) != 0;
  struct stat status;
  is_file_ = fstat(1, &status) == 0 && S_ISREG(status.st_mode);
}

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

// Takes what is pending to be written by the caller, if there is something and nobody writes.
Output::Taken Output::TakePending() {
  SpinLockHolder hold(lock_);
  if (is_writing_) return Taken::kBusy;
  if (pending_.empty()) return Taken::kNothing;
  is_writing_ = true;
  out_.Clear();
  out_.Swap(pending_);
  out_at_ = 0;
  return Taken::kTaken;
}

void Output::EndWriting() {
  SpinLockHolder hold(lock_);
  is_writing_ = false;
}

// Writes what was taken as far as that does not block; false when the rest would.
bool Output::WriteTaken() {
  while (out_at_ < out_.size()) {
    size_t size = out_.size() - out_at_;
    if (!is_file_) {
      // A pipe that is ready takes this much without waiting.
      size = std::min<size_t>(size, PIPE_BUF);
      pollfd ready{1, POLLOUT, 0};
      if (poll(&ready, 1, 0) == 0) return false;
    }
    // Nobody reads what a broken pipe does not take.
    if (!WriteAll(1, {out_.data() + out_at_, size})) break;
    out_at_ += size;
  }
  EndWriting();
  return true;
}

Output::Flushed Output::TryFlush() {
  // What others appended meanwhile was left to this one.
  for (;;) {
    switch (TakePending()) {
      case Taken::kBusy:
        return Flushed::kBusy;
      case Taken::kNothing:
        return Flushed::kDone;
      case Taken::kTaken:
        if (!WriteTaken()) return Flushed::kWouldBlock;
    }
  }
}

void Output::FinishFlush() {
  WriteAll(1, {out_.data() + out_at_, out_.size() - out_at_});
  EndWriting();
  Flush();
}

void Output::Flush() {
  for (;;) {
    switch (TakePending()) {
      case Taken::kNothing:
        return;
      case Taken::kTaken:
        WriteAll(1, {out_.data(), out_.size()});
        EndWriting();
        break;
      case Taken::kBusy:
        usleep(kWaitUs);
    }
  }
}

}  // namespace snow::rt
