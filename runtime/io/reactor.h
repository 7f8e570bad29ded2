// Readiness of file descriptors (epoll), and the way to interrupt whoever waits for it.
//
// Thread-safe. Knows nothing of actors: an event carries the cookie that its descriptor was armed
// with.
#ifndef RUNTIME_IO_REACTOR_H_
#define RUNTIME_IO_REACTOR_H_

#include <atomic>
#include <cstdint>

namespace snow::rt {

struct ReactorEvent {
  uint64_t cookie;
  uint32_t ready;  // EPOLL… bits
};

class Reactor {
 public:
  constexpr Reactor() = default;

  void Begin();

  // Reports the first of these events (EPOLLIN, EPOLLOUT) once, then nothing until armed again.
  // Returns 0 or the errno.
  int Arm(int fd, uint32_t events, uint64_t cookie);
  // Reports every change of the descriptor to readable or writable, for as long as it is open.
  // Returns 0 or the errno.
  int Watch(int fd, uint64_t cookie);
  // No event of the descriptor is reported any more, but one that Wait is just giving out may be.
  void Forget(int fd);

  // Waits up to so long (ns; negative: for ever; 0: not at all). Returns the number of events.
  int Wait(int64_t timeout_ns, ReactorEvent* events, int most);
  // Ends the Wait that runs, or else the next one, at once.
  void Kick();

 private:
  int epoll_ = -1;
  int kick_ = -1;
};

extern constinit Reactor g_reactor;

// Cookies are pids of actors that wait. Those with this bit belong to whoever has set the function
// below, which gets their events; it is called by workers, at any time.
class Worker;
inline constexpr uint64_t kForeignCookie = uint64_t{1} << 63;
using ForeignReady = void (*)(Worker&, uint64_t cookie, uint32_t ready);
extern constinit std::atomic<ForeignReady> g_foreign_ready;

}  // namespace snow::rt

#endif  // RUNTIME_IO_REACTOR_H_
