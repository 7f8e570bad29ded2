// Standard output of the program: buffered, each piece that is written at once stays together.
//
// Thread-safe. Line-buffered on a terminal, fully otherwise.
#ifndef RUNTIME_IO_OUTPUT_H_
#define RUNTIME_IO_OUTPUT_H_

#include <string_view>

#include "runtime/base/spin_lock.h"
#include "runtime/base/vector.h"

namespace snow::rt {

class Output {
 public:
  constexpr Output() = default;

  void Begin();

  enum class After { kNothing, kFlush, kFull };
  // Appends the parts as one piece, and says what should follow: a flush, or (kFull, nothing was
  // appended) waiting until another thread's flush is done.
  After Append(std::string_view text, std::string_view end);
  // Writes what is buffered as far as that does not block. kDone; kBusy: another thread is writing;
  // kWouldBlock: FinishFlush must follow, on a thread that may block.
  enum class Flushed { kDone, kBusy, kWouldBlock };
  Flushed TryFlush();
  void FinishFlush();
  // Writes everything, blocking; waits for another thread that is writing.
  void Flush();

 private:
  static constexpr size_t kFlushAt = 32 * 1024;
  static constexpr size_t kMost = 1024 * 1024;

  enum class Taken { kTaken, kNothing, kBusy };
  Taken TakePending();
  bool WriteTaken();
  void EndWriting();

  SpinLock lock_;
  bool is_terminal_ = false;
  bool is_file_ = false;     // writing to one does not wait for a reader
  bool is_writing_ = false;  // guarded by lock_: somebody writes `out_` without holding it
  Vector<char> pending_;
  Vector<char> out_;
  size_t out_at_ = 0;  // what of it has been written
};

extern constinit Output g_output;

}  // namespace snow::rt

#endif  // RUNTIME_IO_OUTPUT_H_
