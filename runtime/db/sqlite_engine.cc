#include "runtime/db/sqlite_engine.h"

#include <sqlite3.h>

#include <charconv>
#include <utility>

namespace snow::rt {
namespace {

constexpr int kBusyMs = 5000;
constexpr size_t kMaxStatements = 64;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

// Which parameter (from 0) a placeholder stands for: `$3` and `?3` are the third, whatever their
// place.
size_t ParameterOf(sqlite3_stmt* statement, int index) {
  const char* name = ::sqlite3_bind_parameter_name(statement, index);
  if (name != nullptr && name[0] == '$') {
    std::string_view digits(name + 1);
    size_t number = 0;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code == std::errc() && end == digits.data() + digits.size() && number > 0)
      return number - 1;
  }
  return static_cast<size_t>(index - 1);
}

}  // namespace

std::unique_ptr<SqliteEngine> SqliteEngine::Open(const std::string& path, std::string& error) {
  sqlite3* database = nullptr;
  int code = ::sqlite3_open_v2(
      path.c_str(), &database,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  std::unique_ptr<SqliteEngine> engine(new SqliteEngine(database));
  if (code == SQLITE_OK) {
    ::sqlite3_busy_timeout(database, kBusyMs);
    // The first access to the file: tells whether it is a database at all.
    code = ::sqlite3_exec(database,
                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                          "PRAGMA foreign_keys = ON",
                          nullptr, nullptr, nullptr);
  }
  if (code == SQLITE_OK) return engine;
  error = path + ": " + (database != nullptr ? ::sqlite3_errmsg(database) : "out of memory");
  return nullptr;
}

SqliteEngine::~SqliteEngine() {
  for (Cached& cached : statements_) ::sqlite3_finalize(cached.statement);
  ::sqlite3_close_v2(database_);
}

bool SqliteEngine::InTransaction() const { return ::sqlite3_get_autocommit(database_) == 0; }

void SqliteEngine::Interrupt() { ::sqlite3_interrupt(database_); }

void SqliteEngine::Fail(DbResult& result) {
  result.Fail(::sqlite3_errmsg(database_));
  result.error.code = ::sqlite3_errstr(::sqlite3_extended_errcode(database_));
  std::string_view message = result.error.message;
  size_t colon = message.find("constraint failed: ");
  if (colon != std::string_view::npos) {
    result.error.constraint = message.substr(colon + sizeof("constraint failed: ") - 1);
  }
}

sqlite3_stmt* SqliteEngine::Prepared(std::string_view sql, bool& several, DbResult& result) {
  several = false;
  for (auto at = statements_.begin(); at != statements_.end(); ++at) {
    if (at->sql != sql) continue;
    statements_.splice(statements_.begin(), statements_, at);
    return at->statement;
  }
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  int code = ::sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                  SQLITE_PREPARE_PERSISTENT, &statement, &tail);
  if (code != SQLITE_OK) {
    Fail(result);
    return nullptr;
  }
  if (!IsBlank({tail, static_cast<size_t>(sql.data() + sql.size() - tail)})) {
    several = true;
    ::sqlite3_finalize(statement);
    return nullptr;
  }
  if (statement == nullptr) return nullptr;
  statements_.push_front({std::string(sql), statement});
  if (statements_.size() > kMaxStatements) {
    ::sqlite3_finalize(statements_.back().statement);
    statements_.pop_back();
  }
  return statement;
}

bool SqliteEngine::Bind(sqlite3_stmt* statement, const std::vector<std::string>& params,
                        DbResult& result) {
  int count = ::sqlite3_bind_parameter_count(statement);
  size_t wanted = 0;
  for (int i = 1; i <= count; ++i) wanted = std::max(wanted, ParameterOf(statement, i) + 1);
  if (wanted != params.size()) {
    result.Fail("the statement has " + std::to_string(wanted) + " parameters, " +
                std::to_string(params.size()) + " were given");
    return false;
  }
  for (int i = 1; i <= count; ++i) {
    const std::string& param = params[ParameterOf(statement, i)];
    ::sqlite3_bind_text64(statement, i, param.data(), param.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return true;
}

void SqliteEngine::AddRow(sqlite3_stmt* statement, DbResult& result) {
  int count = ::sqlite3_column_count(statement);
  for (int i = 0; i < count; ++i) {
    if (::sqlite3_column_type(statement, i) == SQLITE_NULL) {
      result.AddNull();
      continue;
    }
    const void* bytes = ::sqlite3_column_type(statement, i) == SQLITE_BLOB
                            ? ::sqlite3_column_blob(statement, i)
                            : ::sqlite3_column_text(statement, i);
    size_t size = static_cast<size_t>(::sqlite3_column_bytes(statement, i));
    result.AddCell({static_cast<const char*>(bytes), bytes == nullptr ? 0 : size});
  }
}

void SqliteEngine::Step(sqlite3_stmt* statement, DbResult& result) {
  int count = ::sqlite3_column_count(statement);
  for (int i = 0; i < count; ++i) result.columns.emplace_back(::sqlite3_column_name(statement, i));
  int64_t total = ::sqlite3_total_changes64(database_);
  int code;
  while ((code = ::sqlite3_step(statement)) == SQLITE_ROW) {
    AddRow(statement, result);
    if (result.bytes() > kMaxResultBytes) {
      result.Fail(ResultTooLarge());
      break;
    }
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW) Fail(result);
  ::sqlite3_reset(statement);
  ::sqlite3_clear_bindings(statement);
  if (result.failed() || ::sqlite3_total_changes64(database_) == total) return;
  result.changed += ::sqlite3_changes64(database_);
}

void SqliteEngine::RunEach(std::string_view sql, DbResult& result) {
  int64_t changed = 0;
  while (!IsBlank(sql)) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    result = DbResult();
    if (::sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), 0, &statement,
                             &tail) != SQLITE_OK) {
      Fail(result);
      return;
    }
    sql.remove_prefix(static_cast<size_t>(tail - sql.data()));
    if (statement == nullptr) continue;
    if (Bind(statement, {}, result)) Step(statement, result);
    ::sqlite3_finalize(statement);
    if (result.failed()) return;
    changed += result.changed;
  }
  result.changed = changed;
}

void SqliteEngine::Run(std::string_view sql, const std::vector<std::string>& params,
                       DbResult& result) {
  if (sql.size() > static_cast<size_t>(INT32_MAX)) return result.Fail("the statement is too long");
  bool several;
  sqlite3_stmt* statement = Prepared(sql, several, result);
  if (result.failed()) return;
  if (several) {
    if (!params.empty()) return result.Fail("parameters fit a single statement only");
    return RunEach(sql, result);
  }
  if (statement == nullptr) return;  // a comment, or nothing at all
  if (Bind(statement, params, result)) Step(statement, result);
}

}  // namespace snow::rt
