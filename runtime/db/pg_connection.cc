#include "runtime/db/pg_connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "runtime/abi/functions.h"
#include "runtime/io/helpers.h"
#include "runtime/net/abi_values.h"
#include "runtime/net/lookup.h"

namespace snow::rt {
namespace {

constexpr int64_t kConnectMs = 10'000;

bool IsStillGoing(PgEngine::Step step) {
  return step != PgEngine::Step::kDone && step != PgEngine::Step::kFailed;
}

uint32_t InterestFor(PgEngine::Step step) {
  switch (step) {
    case PgEngine::Step::kWantWrite:
      return kWritable;
    case PgEngine::Step::kWantBoth:
      return kReadable | kWritable;
    default:
      return kReadable;
  }
}

}  // namespace

bool PgConnection::WaitFor(Actor* actor, PgEngine::Step step, int64_t deadline_ns) {
  port_.SetDescriptor(engine_->fd(), id());
  return WaitForPort(actor, port_, InterestFor(step), deadline_ns);
}

// libpq would block in the system's resolver: it gets addresses.
bool PgConnection::ResolveHosts(Actor* actor) {
  addresses_.resize(target_.hosts.size());
  for (size_t i = 0; i < target_.hosts.size(); ++i) {
    if (target_.hosts[i].empty()) continue;
    Lookup* lookup = BeginLookup(actor, target_.hosts[i], 0);
    AwaitLookup(actor, lookup);
    std::vector<SocketAddress> found = FinishLookup(actor, lookup, error_);
    if (found.empty()) return false;
    addresses_[i] = HostText(found.front());
  }
  return true;
}

bool PgConnection::Connect(Actor* actor) {
  if (!ParsePgUrl(url_, target_, error_) || !ResolveHosts(actor)) return false;
  engine_ = std::make_unique<PgEngine>(target_, addresses_);
  int64_t deadline = DeadlineAfter(target_.connect_ms > 0 ? target_.connect_ms : kConnectMs);
  PgEngine::Step step;
  while (IsStillGoing(step = engine_->Connect())) {
    if (WaitFor(actor, step, deadline)) continue;
    error_ = "cannot connect to the database: no answer in time";
    return false;
  }
  // They hold the password.
  url_ = std::string();
  target_ = PgTarget();
  if (step == PgEngine::Step::kDone) return true;
  error_ = engine_->error();
  return false;
}

void PgConnection::Run(Actor* actor) {
  int64_t deadline = DeadlineAfter(limit_ms_);
  engine_->Begin(sql_, params_, &result_);
  PgEngine::Step step;
  while (IsStillGoing(step = engine_->Run())) {
    if (WaitFor(actor, step, deadline)) continue;
    Abandon(*actor->worker);
    result_.Fail("the server took longer than " + std::to_string(limit_ms_) + " ms");
    return;
  }
}

bool PgConnection::InTransaction() const { return engine_ != nullptr && engine_->InTransaction(); }

bool PgConnection::IsBroken() const { return engine_ == nullptr || engine_->IsBroken(); }

bool PgConnection::HasPeerGone() const {
  if (IsBroken()) return true;
  char byte;
  ssize_t count = ::recv(engine_->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void PgConnection::Abandon(Worker& worker) {
  port_.Close(worker);
  if (engine_ == nullptr) return;
  if (engine_->IsBusy() && !engine_->IsBroken()) {
    // The server would go on with the statement. Telling it takes a connection of its own.
    RunLater(
        [](void* argument) {
          std::unique_ptr<PgCancel> cancel(static_cast<PgCancel*>(argument));
          cancel->Send();
        },
        engine_->MakeCancel().release());
  }
  engine_.reset();
}

uint64_t ConnectPg(Actor* actor, std::string_view url, DbHome* home, char* error, size_t* size) {
  // Published before it connects: the actor's end then closes it whatever it waits for.
  Ref<PgConnection> made(new PgConnection);
  made->SetHome(home);
  uint64_t handle = made->Publish(actor);
  if (handle == 0) {
    *size = std::string_view("too many handles are open").copy(error, *size);
    return 0;
  }
  PgConnection* connection = made.get();
  made.Reset();
  connection->SetUrl(url);
  if (connection->Connect(actor)) return handle;
  *size = connection->error().copy(error, *size);
  connection->Abandon(*actor->worker);
  connection->Unpublish(actor);
  return 0;
}

}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_pg_connect(SnowActor* actor, uint64_t url_0, uint64_t url_1) {
  Actor* self = ActorOf(actor);
  StringBytes url(url_0, url_1);
  char error[512];
  size_t size = sizeof(error);
  uint64_t handle = ConnectPg(self, url.view(), nullptr, error, &size);
  return handle != 0 ? GiveNumber(self, handle) : GiveError(self, {error, size});
}

}  // extern "C"
