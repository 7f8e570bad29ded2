// Name resolution for actors: on a helper thread, with a limit.
#ifndef RUNTIME_NET_LOOKUP_H_
#define RUNTIME_NET_LOOKUP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/actor/actor.h"
#include "runtime/net/socket.h"

namespace snow::rt {

inline constexpr int64_t kLookupMs = 5000;

// One resolution under way. Owned by the actor that began it (it is in its cleanups) until Finish.
class Lookup;

// Begins to resolve a host.
Lookup* BeginLookup(Actor* actor, std::string_view host, int port);
// Parks until it is done, or 5 seconds have passed.
void AwaitLookup(Actor* actor, Lookup* lookup);
// Takes the outcome: empty with the reason. The lookup is gone.
std::vector<SocketAddress> FinishLookup(Actor* actor, Lookup* lookup, std::string& error);

}  // namespace snow::rt

#endif  // RUNTIME_NET_LOOKUP_H_
