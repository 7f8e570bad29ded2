#include "runtime/db/pg_engine.h"

#include <arpa/inet.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace snow::rt {
namespace {

constexpr size_t kMaxStatements = 256;
// The feature_not_supported of 'cached plan must not change result type'.
constexpr std::string_view kPlanChanged = "0A000";
// What libpq waits for one host of several before it tries the next.
constexpr const char* kConnectSeconds = "10";

// libpq's messages end with a line end, and may have several lines, some of them indented.
void JoinLines(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  for (size_t at; (at = text.find("\n\t")) != std::string::npos;) text.replace(at, 2, " ");
  for (size_t at; (at = text.find('\n')) != std::string::npos;) text.replace(at, 1, "; ");
}

bool IsNumericAddress(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

// Whether a text without parameters holds several statements, as far as a look without a parser can
// tell. A wrong guess costs speed only: libpq's simple protocol takes one statement as well.
bool MayBeSeveral(std::string_view sql) {
  size_t semicolon = sql.find(';');
  return semicolon != std::string_view::npos &&
         sql.find_first_not_of(" \t\r\n;", semicolon) != std::string_view::npos;
}

std::string Field(const pg_result* result, int field) {
  const char* text = ::PQresultErrorField(result, field);
  return text == nullptr ? "" : text;
}

// NOTICE and the like: nobody has asked for them.
void DropNotice(void*, const PGresult*) {}

}  // namespace

bool ParsePgUrl(const std::string& url, PgTarget& target, std::string& error) {
  char* message = nullptr;
  PQconninfoOption* options = ::PQconninfoParse(url.c_str(), &message);
  if (options == nullptr) {
    error = std::string("bad database URL: ") + (message == nullptr ? "out of memory" : message);
    JoinLines(error);
    ::PQfreemem(message);
    return false;
  }
  bool has_timeout = false;
  bool has_hostaddr = false;
  std::string hosts;
  for (PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    std::string_view keyword = option->keyword;
    if (keyword == "connect_timeout") {
      has_timeout = true;
      target.connect_ms = std::strtol(option->val, nullptr, 10) * 1000;
    }
    if (keyword == "hostaddr") has_hostaddr = true;
    if (keyword == "host") hosts = option->val;
    target.settings.emplace_back(keyword, option->val);
  }
  ::PQconninfoFree(options);
  if (!has_timeout) target.settings.emplace_back("connect_timeout", kConnectSeconds);
  target.settings.emplace_back("client_encoding", "UTF8");
  if (has_hostaddr || hosts.empty()) return true;
  size_t at = 0;
  while (at <= hosts.size()) {
    size_t comma = std::min(hosts.find(',', at), hosts.size());
    std::string host = hosts.substr(at, comma - at);
    bool is_socket = host.empty() || host.front() == '/' || host.front() == '@';
    target.hosts.push_back(is_socket || IsNumericAddress(host) ? "" : host);
    at = comma + 1;
  }
  return true;
}

PgCancel::~PgCancel() { ::PQfreeCancel(cancel_); }

void PgCancel::Send() {
  char error[256];
  ::PQcancel(cancel_, error, sizeof(error));
}

PgEngine::PgEngine(const PgTarget& target, const std::vector<std::string>& addresses) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : target.settings) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  std::string numeric;
  if (!addresses.empty()) {
    for (const std::string& address : addresses) numeric += "," + address;
    numeric.erase(0, 1);
    if (numeric.find_first_not_of(',') != std::string::npos) {
      keywords.push_back("hostaddr");
      values.push_back(numeric.c_str());
    }
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  connection_ = ::PQconnectStartParams(keywords.data(), values.data(), 0);
}

PgEngine::~PgEngine() { ::PQfinish(connection_); }

int PgEngine::fd() const { return ::PQsocket(connection_); }

PgEngine::Step PgEngine::Connect() {
  if (connection_ == nullptr) {
    error_ = "out of memory";
    return Step::kFailed;
  }
  if (::PQstatus(connection_) == CONNECTION_STARTED && !polled_) {
    // Just begun: libpq wants to hear first that the socket is writable.
    polled_ = true;
    return Step::kWantWrite;
  }
  if (::PQstatus(connection_) != CONNECTION_BAD) {
    switch (::PQconnectPoll(connection_)) {
      case PGRES_POLLING_READING:
        return Step::kWantRead;
      case PGRES_POLLING_WRITING:
        return Step::kWantWrite;
      case PGRES_POLLING_OK:
        ::PQsetnonblocking(connection_, 1);
        ::PQsetNoticeReceiver(connection_, DropNotice, nullptr);
        return Step::kDone;
      default:
        break;
    }
  }
  error_ = ::PQerrorMessage(connection_);
  JoinLines(error_);
  if (error_.empty()) error_ = "cannot connect";
  return Step::kFailed;
}

PgEngine::Prepared& PgEngine::Remember(std::string_view sql) {
  auto found = by_sql_.find(sql);
  if (found != by_sql_.end()) {
    statements_.splice(statements_.begin(), statements_, found->second);
    return statements_.front();
  }
  statements_.push_front({std::string(sql), ""});
  by_sql_[statements_.front().sql] = statements_.begin();
  if (statements_.size() > kMaxStatements) {
    // The server keeps what was prepared until the connection ends; names are never reused. Only
    // statements without a name, which cost the server nothing, make room.
    auto last = std::prev(statements_.end());
    while (last != statements_.begin() && !last->name.empty()) --last;
    if (last != statements_.begin()) {
      by_sql_.erase(last->sql);
      statements_.erase(last);
    }
  }
  return statements_.front();
}

void PgEngine::Forget(std::string_view sql) {
  auto found = by_sql_.find(sql);
  if (found == by_sql_.end()) return;
  auto at = found->second;
  by_sql_.erase(found);
  statements_.erase(at);
}

bool PgEngine::SendPrepared(const std::string& name) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const std::string& param : params_) {
    values.push_back(param.c_str());
    lengths.push_back(static_cast<int>(param.size()));
  }
  int count = static_cast<int>(params_.size());
  if (name.empty()) {
    return ::PQsendQueryParams(connection_, sql_.c_str(), count, nullptr, values.data(),
                               lengths.data(), nullptr, 0) == 1;
  }
  return ::PQsendQueryPrepared(connection_, name.c_str(), count, values.data(), lengths.data(),
                               nullptr, 0) == 1;
}

// The first run of a statement is sent as it is; one that comes again is prepared.
bool PgEngine::SendNow() {
  state_ = State::kRunning;
  if (params_.empty() && MayBeSeveral(sql_)) return ::PQsendQuery(connection_, sql_.c_str()) == 1;
  size_t known = statements_.size();
  Prepared& prepared = Remember(sql_);
  bool is_new = statements_.size() > known || !prepared.seen;
  prepared.seen = true;
  if (!prepared.name.empty()) return SendPrepared(prepared.name);
  if (is_new || named_ >= kMaxStatements) return SendPrepared("");
  state_ = State::kPreparing;
  return ::PQsendPrepare(connection_, ("s" + std::to_string(next_name_)).c_str(), sql_.c_str(), 0,
                         nullptr) == 1;
}

void PgEngine::Break() {
  state_ = State::kIdle;
  broken_ = true;
}

void PgEngine::Begin(std::string_view sql, const std::vector<std::string>& params,
                     DbResult* result) {
  sql_ = sql;
  params_ = params;
  result_ = result;
  *result_ = DbResult();
  retried_ = false;
  flushed_ = false;
  if (sql_.find('\0') != std::string::npos) {
    result_->Fail("the statement holds a NUL byte");
    state_ = State::kIdle;
    return;
  }
  for (const std::string& param : params_) {
    if (param.find('\0') == std::string::npos) continue;
    result_->Fail("a parameter holds a NUL byte, which PostgreSQL's text cannot");
    state_ = State::kIdle;
    return;
  }
  if (params_.size() > 65535) {
    result_->Fail("a statement takes 65535 parameters at most");
    state_ = State::kIdle;
    return;
  }
  if (!SendNow()) {
    result_->Fail(::PQerrorMessage(connection_));
    JoinLines(result_->error.message);
    Break();
  }
}

void PgEngine::Fail(pg_result* result) {
  std::string primary = Field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (primary.empty()) {
    primary = ::PQresultErrorMessage(result);
    JoinLines(primary);
  }
  result_->Fail(primary.empty() ? "the server gave no result" : primary);
  result_->error.code = Field(result, PG_DIAG_SQLSTATE);
  result_->error.detail = Field(result, PG_DIAG_MESSAGE_DETAIL);
  result_->error.constraint = Field(result, PG_DIAG_CONSTRAINT_NAME);
}

void PgEngine::TakeRows(pg_result* result) {
  int columns = ::PQnfields(result);
  int rows = ::PQntuples(result);
  result_->columns.clear();
  result_->ClearRows();
  for (int i = 0; i < columns; ++i) result_->columns.emplace_back(::PQfname(result, i));
  for (int row = 0; row < rows; ++row) {
    for (int i = 0; i < columns; ++i) {
      if (::PQgetisnull(result, row, i) == 1) {
        result_->AddNull();
      } else {
        result_->AddCell(
            {::PQgetvalue(result, row, i), static_cast<size_t>(::PQgetlength(result, row, i))});
      }
    }
    if (result_->bytes() > kMaxResultBytes) return result_->Fail(ResultTooLarge());
  }
}

void PgEngine::Take(pg_result* result) {
  switch (::PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
      if (!result_->failed()) TakeRows(result);
      [[fallthrough]];
    case PGRES_COMMAND_OK: {
      if (state_ == State::kPreparing || result_->failed()) break;
      const char* changed = ::PQcmdTuples(result);
      bool is_select = std::string_view(::PQcmdStatus(result)).starts_with("SELECT");
      if (!is_select && changed[0] != '\0') result_->changed += std::strtoll(changed, nullptr, 10);
      break;
    }
    case PGRES_EMPTY_QUERY:
      break;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      result_->Fail("COPY is not done by execute and query");
      Break();
      break;
    default:
      if (!result_->failed()) Fail(result);
      break;
  }
}

PgEngine::Step PgEngine::Run() {
  while (state_ != State::kIdle) {
    if (!flushed_) {
      int left = ::PQflush(connection_);
      if (left < 0) {
        // What the server said before it closed tells more than the failed write.
        ::PQconsumeInput(connection_);
      } else if (left > 0) {
        // Both sides may be full: the server's answers make room.
        if (::PQconsumeInput(connection_) == 0) left = -1;
        if (left > 0) return Step::kWantBoth;
      }
      flushed_ = true;
    }
    if (::PQisBusy(connection_) == 1) {
      bool alive = ::PQconsumeInput(connection_) == 1;
      if (alive && ::PQisBusy(connection_) == 1) return Step::kWantRead;
    }
    PGresult* result = ::PQgetResult(connection_);
    if (result != nullptr) {
      Take(result);
      ::PQclear(result);
      continue;
    }
    FinishStatement();
  }
  if (::PQstatus(connection_) == CONNECTION_BAD) {
    broken_ = true;
    if (!result_->failed()) result_->Fail("the connection to the server is lost");
  }
  return Step::kDone;
}

// All results of what was sent have come: goes on with the statement, or ends it.
void PgEngine::FinishStatement() {
  bool was_preparing = state_ == State::kPreparing;
  state_ = State::kIdle;
  if (::PQstatus(connection_) == CONNECTION_BAD) return;
  if (was_preparing && !result_->failed()) {
    Prepared& prepared = Remember(sql_);
    prepared.name = "s" + std::to_string(next_name_++);
    ++named_;
    state_ = State::kRunning;
    flushed_ = false;
    if (!SendPrepared(prepared.name)) {
      result_->Fail(::PQerrorMessage(connection_));
      JoinLines(result_->error.message);
      Break();
    }
    return;
  }
  // A table has changed since the statement was prepared: once more, without the plan.
  if (result_->error.code == kPlanChanged && !retried_ && !InTransaction()) {
    auto found = by_sql_.find(sql_);
    if (found != by_sql_.end() && !found->second->name.empty()) {
      retried_ = true;
      Forget(sql_);
      *result_ = DbResult();
      flushed_ = false;
      if (!SendNow()) Break();
    }
  }
}

bool PgEngine::InTransaction() const {
  PGTransactionStatusType status = ::PQtransactionStatus(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool PgEngine::InFailedTransaction() const {
  return ::PQtransactionStatus(connection_) == PQTRANS_INERROR;
}

bool PgEngine::IsBroken() const { return broken_ || ::PQstatus(connection_) == CONNECTION_BAD; }

std::unique_ptr<PgCancel> PgEngine::MakeCancel() {
  return std::make_unique<PgCancel>(::PQgetCancel(connection_));
}

}  // namespace snow::rt
