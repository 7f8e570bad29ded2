#include "runtime/net/wait.h"

#include <sys/epoll.h>

#include "runtime/io/reactor.h"
#include "runtime/net/resource.h"
#include "runtime/process/extra.h"
#include "runtime/process/mailbox.h"

namespace snow::rt {
namespace {

void ResourceReady(Worker& worker, uint64_t cookie, uint32_t ready) {
  Ref<Resource> resource = g_resources.Find(cookie & ~kForeignCookie);
  if (resource) resource->OnReady(worker, ready);
}

uint32_t InterestOf(uint32_t ready) {
  uint32_t interest = 0;
  if ((ready & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) interest |= kReadable;
  if ((ready & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) interest |= kWritable;
  return interest;
}

}  // namespace

void BeginEventWait(Actor* actor) {
  BeginWait(actor);
  actor->flags &= ~static_cast<uint32_t>(kWoken);
}

bool Park(Actor* actor, int64_t limit_ms) {
  StartLimit(actor, limit_ms);
  ParkFor(actor, Wait::kEvent);
  CancelLimit(actor);
  return (actor->flags & kWoken) != 0;
}

void ParkAtBase(Actor* actor, int64_t limit_ms, void* closure, void* frame) {
  // The caller's saved frame pointer is that of generated code; its return address lies above.
  void** of_caller = *static_cast<void***>(frame);
  if (of_caller + 1 != static_cast<void**>(actor->base_frame)) {
    Park(actor, limit_ms);
    return;
  }
  StartLimit(actor, limit_ms);
  if (actor->extra != nullptr) actor->extra->catch_top = nullptr;
  actor->closure = closure;
  actor->wait = Wait::kEvent;
  actor->worker->LeaveAtBase(actor);
}

bool EndBaseWait(Actor* actor) {
  CancelLimit(actor);
  return (actor->flags & (kWoken | kTimedOut)) == kTimedOut;
}

void BeginOutsideWait() { g_scheduler.helper_jobs.fetch_add(1, std::memory_order_acq_rel); }

void EndOutsideWait() {
  g_scheduler.helper_jobs.fetch_sub(1, std::memory_order_acq_rel);
  // Every worker may have found the program still busy, and sleep.
  g_scheduler.WakeToLook();
}

void WakeActorFromOutside(uint64_t pid) {
  Worker outside(Worker::kOutside);
  WakeActor(outside, pid);
}

bool Port::Open(int fd, uint64_t resource) {
  g_foreign_ready.store(ResourceReady, std::memory_order_release);
  fd_ = fd;
  cookie_ = resource | kForeignCookie;
  ready_ = kReadable | kWritable;
  return mode_ == Mode::kOnce || g_reactor.Watch(fd, cookie_) == 0;
}

void Port::SetDescriptor(int fd, uint64_t resource) {
  g_foreign_ready.store(ResourceReady, std::memory_order_release);
  SpinLockHolder hold(lock_);
  fd_ = fd;
  cookie_ = resource | kForeignCookie;
}

uint64_t Port::TakeWaiter() {
  uint64_t waiter = waiter_;
  waiter_ = 0;
  return waiter;
}

void Port::Close(Worker& worker) {
  lock_.Lock();
  int fd = fd_;
  fd_ = -1;
  uint64_t waiter = TakeWaiter();
  lock_.Unlock();
  if (fd >= 0) g_reactor.Forget(fd);
  if (waiter == 0) return;
  WakeActor(worker, waiter);
  g_scheduler.io_waits.fetch_sub(1, std::memory_order_acq_rel);
}

void Port::Clear(uint32_t interest) {
  SpinLockHolder hold(lock_);
  ready_ &= ~interest;
}

void Port::Restore(uint32_t interest) {
  SpinLockHolder hold(lock_);
  ready_ |= interest;
}

bool Port::Arm(uint64_t pid, uint32_t interest) {
  SpinLockHolder hold(lock_);
  if (fd_ < 0 || (mode_ == Mode::kEdges && (ready_ & interest) != 0)) return false;
  if (mode_ == Mode::kOnce) {
    uint32_t events = 0;
    if ((interest & kReadable) != 0) events |= EPOLLIN;
    if ((interest & kWritable) != 0) events |= EPOLLOUT;
    // The event cannot be handed on before the waiter is known: Notify takes the lock.
    if (g_reactor.Arm(fd_, events, cookie_) != 0) return false;
  }
  waiter_ = pid;
  interest_ = interest;
  g_scheduler.io_waits.fetch_add(1, std::memory_order_acq_rel);
  return true;
}

void Port::Disarm() {
  lock_.Lock();
  uint64_t waiter = TakeWaiter();
  lock_.Unlock();
  if (waiter != 0) g_scheduler.io_waits.fetch_sub(1, std::memory_order_acq_rel);
}

void Port::Notify(Worker& worker, uint32_t ready) {
  uint32_t interest = InterestOf(ready);
  lock_.Lock();
  ready_ |= interest;
  uint64_t waiter = (interest & interest_) != 0 ? TakeWaiter() : 0;
  lock_.Unlock();
  if (waiter == 0) return;
  // The wait counts until the actor is ready: or else the program might seem to be at its end.
  WakeActor(worker, waiter);
  g_scheduler.io_waits.fetch_sub(1, std::memory_order_acq_rel);
}

void Port::WakeWaiter(Worker& worker) {
  lock_.Lock();
  uint64_t waiter = TakeWaiter();
  lock_.Unlock();
  if (waiter == 0) return;
  WakeActor(worker, waiter);
  g_scheduler.io_waits.fetch_sub(1, std::memory_order_acq_rel);
}

int64_t MsUntil(int64_t deadline_ns) {
  if (deadline_ns < 0) return -1;
  int64_t left = deadline_ns - NowNs();
  return left <= 0 ? 0 : (left + 999'999) / 1'000'000;
}

bool WaitForPort(Actor* actor, Port& port, uint32_t interest, int64_t deadline_ns) {
  BeginEventWait(actor);
  if (!port.Arm(actor->pid, interest)) return true;
  bool woken = Park(actor, MsUntil(deadline_ns));
  port.Disarm();
  return woken;
}

}  // namespace snow::rt
