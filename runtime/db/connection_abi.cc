// Statements as the library runs them (abi/net.def), on either engine.
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/functions.h"
#include "runtime/db/connection.h"
#include "runtime/net/abi_values.h"

namespace snow::rt {
namespace {

std::vector<std::string> Params(void* buffer, uint64_t span) {
  ListWords words(buffer, span, 2);
  std::vector<std::string> params;
  params.reserve(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    StringBytes text(words[i][0], words[i][1]);
    params.emplace_back(text.view());
  }
  return params;
}

// What cannot be run at all: (-1, the error, [], []).
void GiveRefusal(Actor* actor, std::string_view error, uint64_t* out) {
  out[0] = static_cast<uint64_t>(int64_t{-1});
  SnowPair text = NewString(actor, error);
  out[1] = text.first;
  out[2] = text.second;
  for (int i = 3; i < 7; ++i) out[i] = 0;
}

void GiveResult(Actor* actor, const DbResult& result, uint64_t* out) {
  if (result.failed()) return GiveRefusal(actor, result.error.message, out);
  StringListBuilder columns(actor, result.columns.size(), /*optional=*/false);
  for (const std::string& column : result.columns) columns.Add(column);
  StringListBuilder cells(actor, result.cell_count(), /*optional=*/true);
  for (size_t i = 0; i < result.cell_count(); ++i) {
    if (result.IsNull(i)) {
      cells.AddNone();
    } else {
      cells.Add(result.Cell(i));
    }
  }
  out[0] = static_cast<uint64_t>(result.changed);
  SnowPair empty = MakeShortString("", 0);
  out[1] = empty.first;
  out[2] = empty.second;
  SnowPair names = columns.Finish();
  out[3] = names.first;
  out[4] = names.second;
  SnowPair rows = cells.Finish();
  out[5] = rows.first;
  out[6] = rows.second;
}

// Acquires the connection and gives it the statement; null when the refusal is in `text`. Not
// inlined: its strings must not lie in the frame of one that parks.
__attribute__((noinline)) DbConnection* Prepare(Actor* actor, int64_t handle, std::string_view sql,
                                                void* params, uint64_t span, char* text,
                                                size_t* size) {
  std::string error;
  DbConnection* connection = UseDbConnection(actor, handle, error);
  if (connection == nullptr) {
    *size = error.copy(text, *size);
    return nullptr;
  }
  connection->SetStatement(sql, Params(params, span));
  return connection;
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

void snow_db_run(SnowActor* actor, int64_t handle, uint64_t sql_0, uint64_t sql_1, void* params_0,
                 uint64_t params_1, uint64_t* out) {
  Actor* self = ActorOf(actor);
  char refusal[128];
  size_t size = sizeof(refusal);
  DbConnection* connection;
  {
    StringBytes sql(sql_0, sql_1);
    connection = Prepare(self, handle, sql.view(), params_0, params_1, refusal, &size);
  }
  if (connection == nullptr) return GiveRefusal(self, {refusal, size}, out);
  connection->Run(self);
  // A panic for want of memory leaves it acquired: by this actor, which may go on with it.
  GiveResult(self, connection->result(), out);
  connection->ReleaseResult();
  connection->EndUse(self);
}

SnowPair snow_db_error(SnowActor* actor, int64_t handle, int64_t which) {
  auto connection = g_resources.FindAs<DbConnection>(static_cast<uint64_t>(handle));
  char text[256];
  size_t size = 0;
  if (connection) {
    DbError error = connection->LatestError();
    const std::string& part = which == 0   ? error.code
                              : which == 1 ? error.detail
                                           : error.constraint;
    size = part.copy(text, sizeof(text));
  }
  connection.Reset();
  return NewString(ActorOf(actor), {text, size});
}

void snow_db_close(SnowActor* actor, int64_t handle) {
  Actor* self = ActorOf(actor);
  std::string error;
  DbConnection* connection = UseDbConnection(self, handle, error);
  if (connection == nullptr) return;
  error = std::string();
  connection->Close(self);
}

int64_t snow_db_depth(SnowActor*, int64_t handle, int64_t change) {
  auto connection = g_resources.FindAs<DbConnection>(static_cast<uint64_t>(handle));
  return connection ? connection->Depth(change) : 0;
}

}  // extern "C"
