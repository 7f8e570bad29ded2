#include "snowpkg/registry_client/transport.h"

#include <optional>

#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

class HttpTransport : public Transport {
 public:
  HttpTransport(std::string url, const HttpOptions& options)
      : url_(std::move(url)), client_(options) {}

  std::vector<Result<Fetched>> Fetch(const std::vector<FetchItem>& items,
                                     const std::function<void(size_t)>& on_done) override {
    std::vector<HttpRequest> requests;
    for (const FetchItem& item : items) {
      HttpRequest request;
      request.url = url_ + "/" + item.path;
      request.limit = item.limit;
      if (!item.etag.empty()) request.headers.push_back("If-None-Match: " + item.etag);
      if (item.fresh) request.headers.push_back("Cache-Control: no-cache");
      requests.push_back(std::move(request));
    }
    std::vector<Result<HttpResponse>> answers = client_.Run(requests, on_done);
    std::vector<Result<Fetched>> fetched;
    for (size_t i = 0; i < answers.size(); ++i) {
      if (answers[i].ok()) {
        fetched.push_back(Judge(*std::move(answers[i]), requests[i].url));
      } else {
        fetched.push_back(std::move(answers[i]).error());
      }
    }
    return fetched;
  }

 private:
  static Result<Fetched> Judge(HttpResponse answer, const std::string& url) {
    Fetched fetched;
    switch (answer.status) {
      case 200:
        if (LooksLikeHtml(answer)) return HtmlError(url);
        fetched.bytes = std::move(answer.body);
        fetched.etag = std::move(answer.etag);
        return fetched;
      case 304:
        fetched.state = Fetched::State::kNotModified;
        return fetched;
      case 404:
      case 410:
        fetched.state = Fetched::State::kNotFound;
        return fetched;
      default:
        return Error(ErrorKind::kNetwork,
                     "the server answered with status " + std::to_string(answer.status))
            .Because("cannot load " + url);
    }
  }

  std::string url_;
  HttpClient client_;
};

class FileTransport : public Transport {
 public:
  explicit FileTransport(std::string folder) : folder_(std::move(folder)) {}

  std::vector<Result<Fetched>> Fetch(const std::vector<FetchItem>& items,
                                     const std::function<void(size_t)>& on_done) override {
    std::vector<Result<Fetched>> fetched;
    for (size_t i = 0; i < items.size(); ++i) {
      fetched.push_back(Read(items[i]));
      if (on_done) on_done(i);
    }
    return fetched;
  }

 private:
  Result<Fetched> Read(const FetchItem& item) const {
    std::string path = JoinPath(folder_, item.path);
    Fetched fetched;
    if (!FileExists(path)) {
      fetched.state = Fetched::State::kNotFound;
      return fetched;
    }
    Result<std::string> bytes = ReadFile(path, item.limit);
    if (!bytes.ok()) return Error(ErrorKind::kNetwork, bytes.error().message());
    fetched.bytes = *std::move(bytes);
    return fetched;
  }

  std::string folder_;
};

// "%20" and the like; none when malformed.
std::optional<std::string> PercentDecoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    std::optional<std::string> byte = HexDecode(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1 || (*byte)[0] == '\0') return std::nullopt;
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

}  // namespace

bool LooksLikeHtml(const HttpResponse& response) {
  return response.content_type.starts_with("text/html") || Trim(response.body).starts_with("<");
}

Error HtmlError(const std::string& url) {
  return Error(ErrorKind::kNetwork, "the server answered with a web page (HTML)")
      .Because("cannot load " + url)
      .Help("is this the URL of a Snow registry? A login page or a proxy may stand in between");
}

Result<std::unique_ptr<Transport>> OpenTransport(const std::string& url,
                                                 const HttpOptions& options) {
  constexpr std::string_view kFile = "file://";
  if (url.starts_with("http://") || url.starts_with("https://")) {
    return std::unique_ptr<Transport>(std::make_unique<HttpTransport>(url, options));
  }
  if (url.starts_with(std::string(kFile) + "/")) {
    std::optional<std::string> folder = PercentDecoded(std::string_view(url).substr(kFile.size()));
    if (folder) return std::unique_ptr<Transport>(std::make_unique<FileTransport>(*folder));
  }
  return Error(ErrorKind::kUsage, "`" + Excerpt(url) + "` is not the URL of a registry")
      .Help("registry URLs begin with https://, http:// or file:///");
}

}  // namespace snow::pkg
