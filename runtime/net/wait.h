// How an actor waits for something that is no message: readiness of a socket, a free connection of
// a pool, the end of a client's call.
//
// The order that loses nothing: BeginEventWait, then tell whoever will wake (its pid is enough),
// then Park. Wakes may come without need (from an earlier wait): callers look again and wait again.
#ifndef RUNTIME_NET_WAIT_H_
#define RUNTIME_NET_WAIT_H_

#include <cstdint>

#include "runtime/actor/actor.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

// From here on a wake for the running actor ends its next Park.
void BeginEventWait(Actor* actor);

// Parks the running actor, with its stack, until it is woken (true) or so many milliseconds have
// passed (false; negative: no limit). May return on another worker.
bool Park(Actor* actor, int64_t limit_ms);

// The same without a stack, where that is possible: if the frame that called the caller is the
// actor's outermost (`frame` is __builtin_frame_address(0) of the caller), this does not return,
// and the closure () -> () goes on when the wait is over. Otherwise it parks and returns.
void ParkAtBase(Actor* actor, int64_t limit_ms, void* closure, void* frame);
// What goes on after a ParkAtBase calls this first: whether the wait ended by its limit.
bool EndBaseWait(Actor* actor);

// What a thread that is no worker does for an actor keeps the program alive between these two.
void BeginOutsideWait();
void EndOutsideWait();

// Wakes an actor from a thread that is no worker. Nothing happens if it has ended.
void WakeActorFromOutside(uint64_t pid);

// --- Readiness of a descriptor ------------------------------------------------------------------

enum Interest : uint32_t {
  kReadable = 1,
  kWritable = 2,
};

// Who waits for a descriptor. At most one actor at a time. Thread-safe.
//
// kEdges: the descriptor is registered once, and what it reports is kept until Clear. A user clears
// before it reads or writes, and does so until the system says that it would block. kOnce: it is
// registered anew for each wait; for descriptors that others read.
class Port {
 public:
  enum class Mode : uint8_t { kEdges, kOnce };

  explicit Port(Mode mode) : mode_(mode) {}
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  // The descriptor, and the number of the resource whose OnReady hands events on to Notify. False
  // when the system refuses.
  bool Open(int fd, uint64_t resource);
  // Of kOnce: the descriptor may change between waits.
  void SetDescriptor(int fd, uint64_t resource);
  // Before the descriptor is closed. Wakes who waits.
  void Close(Worker& worker);

  void Clear(uint32_t interest);
  // What was cleared was not used up.
  void Restore(uint32_t interest);

  // Registers the actor, which has called BeginEventWait. False when it need not wait: the
  // descriptor is ready or closed.
  bool Arm(uint64_t pid, uint32_t interest);
  // After the wait.
  void Disarm();
  // Something has happened (EPOLL… bits).
  void Notify(Worker& worker, uint32_t ready);
  // Wakes who waits, whatever the descriptor does.
  void WakeWaiter(Worker& worker);

 private:
  uint64_t TakeWaiter();

  SpinLock lock_;
  const Mode mode_;
  int fd_ = -1;
  uint32_t ready_ = 0;     // Interest, of kEdges
  uint32_t interest_ = 0;  // of the waiter
  uint64_t waiter_ = 0;
  uint64_t cookie_ = 0;
};

// Waits until the descriptor is ready (true), or the time is over. `deadline_ns` is of NowNs();
// negative: never.
bool WaitForPort(Actor* actor, Port& port, uint32_t interest, int64_t deadline_ns);

// Milliseconds from now to a deadline, at least 0; -1 for none.
int64_t MsUntil(int64_t deadline_ns);
inline int64_t DeadlineAfter(int64_t ms) { return ms < 0 ? -1 : NowNs() + ms * 1'000'000; }

}  // namespace snow::rt

#endif  // RUNTIME_NET_WAIT_H_
