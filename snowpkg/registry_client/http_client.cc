#include "snowpkg/registry_client/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <thread>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kAttempts = 3;
constexpr std::chrono::milliseconds kPause{100};
constexpr int kPollMs = 50;

int64_t MillisecondsSince(Clock::time_point then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - then).count();
}

std::string Seconds(int ms) {
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

// One request on its way. Its address is given to libcurl, so it stays where it is.
class Transfer {
 public:
  Transfer(const HttpRequest& request, size_t number, const HttpOptions& options)
      : request_(request), number_(number), options_(options) {}
  ~Transfer() {
    curl_slist_free_all(headers_);
    if (handle_ != nullptr) curl_easy_cleanup(handle_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  size_t number() const { return number_; }
  CURL* handle() const { return handle_; }

  bool Prepare() {
    handle_ = curl_easy_init();
    if (handle_ == nullptr) return false;
    for (const std::string& header : request_.headers) {
      headers_ = curl_slist_append(headers_, header.c_str());
    }
    bool secure = request_.url.starts_with("https:");
    curl_easy_setopt(handle_, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, request_.post ? 0L : 1L);
    curl_easy_setopt(handle_, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, long{options_.connect_limit_ms});
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, long{options_.total_limit_ms});
    curl_easy_setopt(handle_, CURLOPT_USERAGENT, "snow/0.1");
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    if (request_.post) {
      curl_easy_setopt(handle_, CURLOPT_POST, 1L);
      curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request_.body.data());
      curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request_.body.size()));
    }
    last_activity_ = Clock::now();
    return true;
  }

  // Whether nothing has moved for too long. Uploads move without a callback, so they are asked for.
  bool HasStalled() {
    curl_off_t sent = 0;
    curl_easy_getinfo(handle_, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (sent != sent_) {
      sent_ = sent;
      last_activity_ = Clock::now();
    }
    return MillisecondsSince(last_activity_) > options_.stall_limit_ms;
  }

  Result<HttpResponse> Finish(CURLcode code) {
    if (too_large_) {
      return Failed("the answer is larger than the limit of " + std::to_string(request_.limit) +
                    " bytes");
    }
    if (code != CURLE_OK) {
      return Failed(error_[0] != '\0' ? std::string(error_) : curl_easy_strerror(code));
    }
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }

  Error Stalled() const {
    return Failed("the server sent nothing for " + Seconds(options_.stall_limit_ms));
  }
  Error Failed(const std::string& reason) const {
    return Error(ErrorKind::kNetwork, Excerpt(reason, 300)).Because("cannot load " + request_.url);
  }

  bool MayTryAgain(CURLcode code) const {
    if (request_.post || too_large_) return false;
    return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
           code == CURLE_PARTIAL_FILE;
  }

 private:
  static size_t OnBody(char* data, size_t, size_t size, void* self_pointer) {
    auto* self = static_cast<Transfer*>(self_pointer);
    self->last_activity_ = Clock::now();
    if (self->response_.body.size() + size > self->request_.limit) {
      self->too_large_ = true;
      return 0;
    }
    self->response_.body.append(data, size);
    return size;
  }

  static size_t OnHeader(char* data, size_t, size_t size, void* self_pointer) {
    auto* self = static_cast<Transfer*>(self_pointer);
    self->last_activity_ = Clock::now();
    std::string_view line = Trim(std::string_view(data, size));
    if (line.starts_with("HTTP/")) {
      // A new answer begins (after a redirect): what the last one said does not count.
      self->response_ = {};
      return size;
    }
    size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    std::string name(line.substr(0, colon));
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (name == "etag") self->response_.etag = Trim(line.substr(colon + 1));
    if (name == "content-type") self->response_.content_type = Trim(line.substr(colon + 1));
    return size;
  }

  const HttpRequest& request_;
  size_t number_;
  const HttpOptions& options_;
  CURL* handle_ = nullptr;
  curl_slist* headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = {};
  HttpResponse response_;
  bool too_large_ = false;
  curl_off_t sent_ = 0;
  Clock::time_point last_activity_;
};

// Runs some of the requests once, at most `parallel` at a time.
class Batch {
 public:
  Batch(CURLM* multi, const std::vector<HttpRequest>& requests, const HttpOptions& options)
      : requests_(requests), options_(options), multi_(multi) {
    results_.resize(requests.size());
    again_.resize(requests.size());
  }

  // Calls `on_done` for those that have ended for good.
  void Run(std::deque<size_t> waiting, bool may_try_again,
           const std::function<void(size_t)>& on_done) {
    while (!waiting.empty() || !active_.empty()) {
      while (!waiting.empty() && active_.size() < options_.parallel) {
        Start(waiting.front());
        waiting.pop_front();
      }
      int running = 0;
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) End(message, may_try_again, on_done);
      }
      EndStalled(on_done);
      if (!active_.empty()) curl_multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
    }
  }

  std::deque<size_t> TakeThoseToTryAgain() {
    std::deque<size_t> numbers;
    for (size_t i = 0; i < again_.size(); ++i) {
      if (again_[i]) numbers.push_back(i);
      again_[i] = false;
    }
    return numbers;
  }

  std::vector<Result<HttpResponse>> TakeResults() {
    std::vector<Result<HttpResponse>> results;
    for (std::optional<Result<HttpResponse>>& result : results_) {
      results.push_back(*std::move(result));
    }
    return results;
  }

 private:
  void Start(size_t number) {
    auto transfer = std::make_unique<Transfer>(requests_[number], number, options_);
    if (!transfer->Prepare()) {
      results_[number] = transfer->Failed("there is not enough memory");
      return;
    }
    curl_multi_add_handle(multi_, transfer->handle());
    active_.push_back(std::move(transfer));
  }

  void End(CURLMsg* message, bool may_try_again, const std::function<void(size_t)>& on_done) {
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    size_t number = transfer->number();
    CURLcode code = message->data.result;
    bool again = transfer->MayTryAgain(code);
    Result<HttpResponse> result = transfer->Finish(code);
    if (result.ok() && !requests_[number].post) {
      again = result->status >= 502 && result->status <= 504;
    }
    results_[number] = std::move(result);
    again_[number] = again && may_try_again;
    if (!again_[number] && on_done) on_done(number);
    Forget(transfer);
  }

  void EndStalled(const std::function<void(size_t)>& on_done) {
    std::vector<Transfer*> stalled;
    for (const std::unique_ptr<Transfer>& transfer : active_) {
      if (transfer->HasStalled()) stalled.push_back(transfer.get());
    }
    for (Transfer* transfer : stalled) {
      results_[transfer->number()] = transfer->Stalled();
      if (on_done) on_done(transfer->number());
      Forget(transfer);
    }
  }

  void Forget(Transfer* transfer) {
    curl_multi_remove_handle(multi_, transfer->handle());
    std::erase_if(active_, [&](const auto& active) { return active.get() == transfer; });
  }

  const std::vector<HttpRequest>& requests_;
  const HttpOptions& options_;
  CURLM* multi_;
  std::vector<std::unique_ptr<Transfer>> active_;
  std::vector<std::optional<Result<HttpResponse>>> results_;
  std::vector<bool> again_;
};

}  // namespace

HttpClient::HttpClient(HttpOptions options) : options_(options) {
  // libcurl's own set-up; safe to repeat, and to run in several threads.
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_.reset(curl_multi_init());
}

void HttpClient::CloseMulti::operator()(void* multi) const { curl_multi_cleanup(multi); }

std::vector<Result<HttpResponse>> HttpClient::Run(const std::vector<HttpRequest>& requests,
                                                  const std::function<void(size_t)>& on_done) {
  Batch batch(multi_.get(), requests, options_);
  std::deque<size_t> waiting;
  for (size_t i = 0; i < requests.size(); ++i) waiting.push_back(i);
  for (int attempt = 1; !waiting.empty(); ++attempt) {
    batch.Run(std::move(waiting), attempt < kAttempts, on_done);
    waiting = batch.TakeThoseToTryAgain();
    if (!waiting.empty()) std::this_thread::sleep_for(kPause * attempt);
  }
  return batch.TakeResults();
}

}  // namespace snow::pkg
