#include "runtime/io/reactor.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/check.h"

namespace snow::rt {
namespace {

constexpr uint64_t kKickCookie = ~uint64_t{0};
constexpr int kMostEvents = 128;

}  // namespace

constinit Reactor g_reactor;
constinit std::atomic<ForeignReady> g_foreign_ready{nullptr};

void Reactor::Begin() {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  kick_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (epoll_ < 0 || kick_ < 0) Fatal("cannot make an epoll descriptor");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kKickCookie;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, kick_, &event) != 0) Fatal("cannot use epoll");
}

int Reactor::Arm(int fd, uint32_t events, uint64_t cookie) {
  epoll_event event{};
  event.events = events | EPOLLONESHOT | EPOLLRDHUP;
  event.data.u64 = cookie;
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0) return 0;
  if (errno != ENOENT) return errno;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

int Reactor::Watch(int fd, uint64_t cookie) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = cookie;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void Reactor::Forget(int fd) { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

int Reactor::Wait(int64_t timeout_ns, ReactorEvent* events, int most) {
  epoll_event ready[kMostEvents];
  if (most > kMostEvents) most = kMostEvents;
  timespec timeout{};
  if (timeout_ns > 0) {
    timeout.tv_sec = timeout_ns / 1000000000;
    timeout.tv_nsec = timeout_ns % 1000000000;
  }
  const int count = epoll_pwait2(epoll_, ready, most, timeout_ns < 0 ? nullptr : &timeout, nullptr);
  int kept = 0;
  for (int i = 0; i < count; ++i) {
    if (ready[i].data.u64 == kKickCookie) {
      uint64_t kicks;
      // Nothing else reads it; that it may be empty already does not matter.
      [[maybe_unused]] const ssize_t read_bytes = read(kick_, &kicks, sizeof(kicks));
      continue;
    }
    events[kept++] = {ready[i].data.u64, ready[i].events};
  }
  return kept;
}

void Reactor::Kick() {
  const uint64_t one = 1;
  // It can only fail when it is far from empty, which ends the wait as well.
  [[maybe_unused]] const ssize_t written = write(kick_, &one, sizeof(one));
}

}  // namespace snow::rt
