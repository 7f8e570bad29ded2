#include "runtime/net/lookup.h"

#include <atomic>
#include <utility>

#include "runtime/io/helpers.h"
#include "runtime/net/wait.h"
#include "runtime/process/extra.h"

namespace snow::rt {

// Shared by the actor and the helper; the last of them frees it.
class Lookup : public Cleanup {
 public:
  Lookup(Actor* actor, std::string_view host_name, int port_number)
      : host(host_name), port(port_number), waiter(actor->pid) {
    close = [](Worker&, Cleanup* cleanup) { static_cast<Lookup*>(cleanup)->Release(); };
  }
  void Release() {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  const std::string host;
  const int port;
  const uint64_t waiter;
  // Written before is_done.
  std::vector<SocketAddress> addresses;
  std::string error;
  std::atomic<bool> is_done{false};

 private:
  std::atomic<int> owners_{2};
};

Lookup* BeginLookup(Actor* actor, std::string_view host, int port) {
  auto* lookup = new Lookup(actor, host, port);
  AddCleanup(actor, lookup);
  BeginEventWait(actor);
  RunLater(
      [](void* argument) {
        auto* begun = static_cast<Lookup*>(argument);
        begun->addresses = Resolve(begun->host, begun->port, begun->error);
        begun->is_done.store(true, std::memory_order_release);
        WakeActorFromOutside(begun->waiter);
        begun->Release();
      },
      lookup);
  return lookup;
}

void AwaitLookup(Actor* actor, Lookup* lookup) {
  int64_t deadline = DeadlineAfter(kLookupMs);
  while (!lookup->is_done.load(std::memory_order_acquire)) {
    if (!Park(actor, MsUntil(deadline))) return;
    BeginEventWait(actor);
  }
}

std::vector<SocketAddress> FinishLookup(Actor* actor, Lookup* lookup, std::string& error) {
  std::vector<SocketAddress> addresses;
  if (lookup->is_done.load(std::memory_order_acquire)) {
    addresses = std::move(lookup->addresses);
    error = std::move(lookup->error);
  } else {
    error = "cannot resolve " + lookup->host + ": no answer within 5000 ms";
  }
  RemoveCleanup(actor, lookup);
  lookup->Release();
  return addresses;
}

}  // namespace snow::rt
