// The HTTP client as the library calls it (abi/net.def).
#include <memory>
#include <string>
#include <utility>

#include "runtime/abi/functions.h"
#include "runtime/http/client.h"
#include "runtime/http/grammar.h"
#include "runtime/net/abi_values.h"
#include "runtime/net/wait.h"
#include "runtime/process/extra.h"

namespace snow::rt {
namespace {

// A call in the cleanups of the actor that waits for it.
struct Waiting : Cleanup {
  std::shared_ptr<ClientCall> call;
};

// Once for each call: it is done, or its actor has ended.
void EndWait(ClientCall& call) {
  if (!call.is_over.exchange(true, std::memory_order_acq_rel)) EndOutsideWait();
}

void Done(ClientCall& call) {
  WakeActorFromOutside(call.waiter);
  EndWait(call);
}

Waiting* Begin(Actor* actor, std::string_view method, std::string_view url,
               const HeaderList& headers, std::string_view body, int64_t timeout_ms) {
  auto* waiting = new Waiting;
  waiting->call = std::make_shared<ClientCall>();
  waiting->close = [](Worker&, Cleanup* cleanup) {
    auto* ended = static_cast<Waiting*>(cleanup);
    CancelCall(ended->call);
    EndWait(*ended->call);
    delete ended;
  };
  ClientCall& call = *waiting->call;
  call.method = method;
  call.url = url;
  for (size_t i = 0; i < headers.size(); ++i) {
    StringBytes name = headers.name(i);
    StringBytes value = headers.value(i);
    call.headers.emplace_back(name.view(), value.view());
  }
  call.body = body;
  call.timeout_ms = timeout_ms;
  call.waiter = actor->pid;
  call.on_done = Done;
  AddCleanup(actor, waiting);
  BeginEventWait(actor);
  BeginOutsideWait();
  StartCall(waiting->call);
  return waiting;
}

// Gives (status, body, header lines). The call is kept until all is copied.
void Give(Actor* actor, const ClientCall& call, uint64_t* out) {
  bool failed = call.failure != ClientFailure::kNone;
  out[0] = static_cast<uint64_t>(failed ? static_cast<int64_t>(call.failure)
                                        : static_cast<int64_t>(call.status));
  SnowPair text = NewString(actor, failed ? call.error : call.response);
  out[1] = text.first;
  out[2] = text.second;
  SnowPair headers = NewString(actor, failed ? std::string_view() : call.response_headers);
  out[3] = headers.first;
  out[4] = headers.second;
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

void snow_http_send(SnowActor* actor, uint64_t method_0, uint64_t method_1, uint64_t url_0,
                    uint64_t url_1, void* headers_0, uint64_t headers_1, uint64_t body_0,
                    uint64_t body_1, int64_t timeout_ms, uint64_t* out) {
  Actor* self = ActorOf(actor);
  Waiting* waiting;
  {
    StringBytes method(method_0, method_1);
    StringBytes url(url_0, url_1);
    StringBytes body(body_0, body_1);
    waiting = Begin(self, method.view(), url.view(), HeaderList(headers_0, headers_1), body.view(),
                    timeout_ms);
  }
  while (!waiting->call->done.load(std::memory_order_acquire)) {
    Park(self, -1);
    BeginEventWait(self);
  }
  Give(self, *waiting->call, out);
  RemoveCleanup(self, waiting);
  delete waiting;
}

}  // extern "C"
