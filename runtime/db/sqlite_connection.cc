#include "runtime/db/sqlite_connection.h"

#include <utility>

#include "runtime/abi/functions.h"
#include "runtime/io/helpers.h"
#include "runtime/net/abi_values.h"

namespace snow::rt {
namespace {

// Closing writes to the disk.
void CloseLater(std::unique_ptr<SqliteEngine> engine) {
  if (engine == nullptr) return;
  RunLater([](void* closed) { delete static_cast<SqliteEngine*>(closed); }, engine.release());
}

}  // namespace

SqliteConnection::~SqliteConnection() { CloseLater(std::move(engine_)); }

void SqliteConnection::Run(Actor* actor) {
  OnHelper(actor, [this] {
    result_ = DbResult();
    engine_->Run(sql_, params_, result_);
    params_.clear();
  });
}

void SqliteConnection::Abandon(Worker&) { CloseLater(std::move(engine_)); }

void SqliteConnection::CloseWaiting(Actor* actor) {
  OnHelper(actor, [this] { engine_.reset(); });
}

uint64_t OpenSqlite(Actor* actor, std::string_view path, DbHome* home, char* error, size_t* size) {
  SqliteEngine* engine = nullptr;
  OnHelper(actor, [&] {
    std::string reason;
    engine = SqliteEngine::Open(std::string(path), reason).release();
    *size = reason.copy(error, *size);
  });
  if (engine == nullptr) return 0;
  Ref<SqliteConnection> connection(new SqliteConnection(std::unique_ptr<SqliteEngine>(engine)));
  connection->SetHome(home);
  uint64_t handle = connection->Publish(actor);
  if (handle == 0) *size = std::string_view("too many handles are open").copy(error, 64);
  return handle;
}

}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_sqlite_open(SnowActor* actor, uint64_t path_0, uint64_t path_1) {
  Actor* self = ActorOf(actor);
  StringBytes path(path_0, path_1);
  char error[512];
  size_t size = sizeof(error);
  uint64_t handle = OpenSqlite(self, path.view(), nullptr, error, &size);
  return handle != 0 ? GiveNumber(self, handle) : GiveError(self, {error, size});
}

}  // extern "C"
