#include "runtime/http/client.h"

#include <curl/curl.h>

#include <cerrno>
#include <mutex>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "runtime/http/grammar.h"
#include "runtime/net/stream.h"

namespace snow::rt {
namespace {

constexpr long kConnectMs = 10'000;
constexpr long kMaxRedirects = 10;
constexpr long kKeptConnections = 64;
// How long the thread sleeps when nothing wakes it.
constexpr int kPollMs = 60'000;

// A call while the thread works on it.
struct Transfer {
  std::shared_ptr<ClientCall> call;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  char error[CURL_ERROR_SIZE] = "";
  bool too_large = false;
};

size_t TakeHeader(char* data, size_t one, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  std::string_view line(data, one * count);
  std::string& headers = transfer->call->response_headers;
  // Each response of a chain of redirects begins with a status line.
  if (line.starts_with("HTTP/")) {
    headers.clear();
    transfer->call->response.clear();
  } else if (line != "\r\n" && line != "\n") {
    if (headers.size() + line.size() > 256 * 1024) {
      transfer->too_large = true;
      return 0;
    }
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    headers.append(line).append("\r\n");
  }
  return one * count;
}

size_t TakeBody(char* data, size_t one, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  std::string& response = transfer->call->response;
  size_t size = one * count;
  if (size > transfer->call->max_body - response.size()) {
    transfer->too_large = true;
    return 0;
  }
  response.append(data, size);
  return size;
}

void Finish(ClientCall& call, ClientFailure failure, std::string error) {
  call.failure = failure;
  call.error = std::move(error);
  call.done.store(true, std::memory_order_release);
  if (call.on_done != nullptr) call.on_done(call);
}

// "" when the request can be sent.
std::string CheckRequest(const ClientCall& call) {
  if (!IsToken(call.method)) return "bad method: " + call.method;
  if (call.url.find('\0') != std::string::npos) return "bad URL: it holds a NUL byte";
  for (const auto& [name, value] : call.headers) {
    if (!IsToken(name)) return "bad header name: " + name;
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return "bad value of header " + name + ": it holds a line end or a NUL byte";
    }
  }
  return "";
}

ClientFailure FailureOf(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return ClientFailure::kBadUrl;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return ClientFailure::kResolve;
    case CURLE_COULDNT_CONNECT:
      return ClientFailure::kConnect;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return ClientFailure::kTls;
    case CURLE_OPERATION_TIMEDOUT:
      return ClientFailure::kTimeout;
    default:
      return ClientFailure::kBroken;
  }
}

class Client {
 public:
  void Start(std::shared_ptr<ClientCall> call) {
    std::lock_guard hold(mutex_);
    if (multi_ == nullptr) Begin();
    started_.push_back(std::move(call));
    ::curl_multi_wakeup(multi_);
  }

  void Cancel(const std::shared_ptr<ClientCall>& call) {
    std::lock_guard hold(mutex_);
    cancelled_.push_back(call);
    ::curl_multi_wakeup(multi_);
  }

 private:
  void Begin() {
    ::curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = ::curl_multi_init();
    ::curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKeptConnections);
    std::thread([this] { Loop(); }).detach();
  }

  [[noreturn]] void Loop() {
    while (true) {
      TakeOrders();
      int running = 0;
      ::curl_multi_perform(multi_, &running);
      int left = 0;
      while (CURLMsg* message = ::curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) End(message->easy_handle, message->data.result);
      }
      ::curl_multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
    }
  }

  void TakeOrders() {
    std::vector<std::shared_ptr<ClientCall>> started;
    std::vector<std::shared_ptr<ClientCall>> cancelled;
    {
      std::lock_guard hold(mutex_);
      started.swap(started_);
      cancelled.swap(cancelled_);
    }
    for (auto& call : started) Add(std::move(call));
    for (auto& call : cancelled) {
      auto found = transfers_.find(call.get());
      if (found != transfers_.end()) Drop(found->second.get());
    }
  }

  void Add(std::shared_ptr<ClientCall> call) {
    auto transfer = std::make_unique<Transfer>();
    transfer->call = call;
    transfer->easy = ::curl_easy_init();
    if (transfer->easy == nullptr) return Finish(*call, ClientFailure::kBroken, "out of memory");
    SetUp(*transfer);
    ::curl_multi_add_handle(multi_, transfer->easy);
    transfers_.emplace(call.get(), std::move(transfer));
  }

  static void SetUp(Transfer& transfer) {
    const ClientCall& call = *transfer.call;
    CURL* easy = transfer.easy;
    ::curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
    ::curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    ::curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error);
    ::curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, TakeHeader);
    ::curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    ::curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, TakeBody);
    ::curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    ::curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    if (call.timeout_ms > 0) {
      ::curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout_ms));
    }
    ::curl_easy_setopt(easy, CURLOPT_USERAGENT, "snow");
    bool has_type = false;
    for (const auto& [name, value] : call.headers) {
      if (EqualsIgnoreCase(name, "content-type")) has_type = true;
      // libcurl takes "Name;" for a header without a value.
      std::string line = value.empty() ? name + ";" : name + ": " + value;
      transfer.headers = ::curl_slist_append(transfer.headers, line.c_str());
    }
    bool has_body = !call.body.empty();
    if (has_body || call.method == "POST") {
      ::curl_easy_setopt(easy, CURLOPT_POST, 1L);
      ::curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(call.body.size()));
      ::curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
      const char* type = has_body ? "Content-Type: text/plain; charset=utf-8" : "Content-Type:";
      if (!has_type) transfer.headers = ::curl_slist_append(transfer.headers, type);
      // Waiting for `100 Continue` costs a second with servers that do not know it.
      transfer.headers = ::curl_slist_append(transfer.headers, "Expect:");
    }
    bool reads = call.method == "GET" || call.method == "HEAD";
    if (call.method == "HEAD") {
      ::curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (call.method != (has_body ? "POST" : "GET")) {
      ::curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    }
    if (reads && !has_body) {
      ::curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
      ::curl_easy_setopt(easy, CURLOPT_MAXREDIRS, kMaxRedirects);
    }
    ::curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers);
  }

  void End(CURL* easy, CURLcode code) {
    Transfer* transfer = nullptr;
    ::curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    std::shared_ptr<ClientCall> call = transfer->call;
    if (code == CURLE_OK) {
      long status = 0;
      ::curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      call->status = static_cast<int>(status);
    }
    ClientFailure failure = ClientFailure::kNone;
    std::string error;
    if (transfer->too_large) {
      failure = ClientFailure::kTooLarge;
      error = call->url + ": the response is too large";
    } else if (code != CURLE_OK) {
      failure = FailureOf(code);
      error = call->url + ": " + Describe(*transfer, code);
    }
    Drop(transfer);
    Finish(*call, failure, std::move(error));
  }

  static std::string Describe(const Transfer& transfer, CURLcode code) {
    if (code == CURLE_COULDNT_CONNECT) {
      long system = 0;
      ::curl_easy_getinfo(transfer.easy, CURLINFO_OS_ERRNO, &system);
      if (system != 0) return ErrnoText(static_cast<int>(system));
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
      return "timed out after " + std::to_string(transfer.call->timeout_ms) + " ms";
    }
    std::string text = transfer.error[0] != '\0' ? transfer.error : ::curl_easy_strerror(code);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }

  void Drop(Transfer* transfer) {
    ::curl_multi_remove_handle(multi_, transfer->easy);
    ::curl_easy_cleanup(transfer->easy);
    ::curl_slist_free_all(transfer->headers);
    transfers_.erase(transfer->call.get());
  }

  std::mutex mutex_;
  CURLM* multi_ = nullptr;
  std::vector<std::shared_ptr<ClientCall>> started_;    // guarded by mutex_
  std::vector<std::shared_ptr<ClientCall>> cancelled_;  // guarded by mutex_
  // The thread's own.
  std::unordered_map<const ClientCall*, std::unique_ptr<Transfer>> transfers_;
};

// Lives as long as the process: its thread is never joined.
Client& TheClient() {
  static std::once_flag once;
  static Client* client = nullptr;
  std::call_once(once, [] { client = new Client; });
  return *client;
}

}  // namespace

void StartCall(std::shared_ptr<ClientCall> call) {
  std::string problem = CheckRequest(*call);
  if (!problem.empty()) return Finish(*call, ClientFailure::kBadUrl, std::move(problem));
  TheClient().Start(std::move(call));
}

void CancelCall(const std::shared_ptr<ClientCall>& call) { TheClient().Cancel(call); }

}  // namespace snow::rt
