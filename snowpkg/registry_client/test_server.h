#ifndef SNOW_SNOWPKG_REGISTRY_CLIENT_TEST_SERVER_H_
#define SNOW_SNOWPKG_REGISTRY_CLIENT_TEST_SERVER_H_

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace snow::pkg {

// A small HTTP/1.1 server on a free loopback port, for tests: one thread a connection, one request
// a connection. Stops, and joins everything, with its object.
class TestServer {
 public:
  struct Request {
    std::string method;
    std::string path;
    std::map<std::string, std::string> headers;  // names in small letters
    std::string body;
  };
  struct Response {
    int status = 200;
    std::string body;
    std::string content_type = "application/octet-stream";
    std::vector<std::string> headers;
    bool hang = false;     // sends `body` without an end, then nothing until the server stops
    bool drop = false;     // closes the connection without a word
    long claim_size = -1;  // Content-Length other than that of the body
  };
  using Handler = std::function<Response(const Request&)>;

  explicit TestServer(Handler handler);
  ~TestServer();

  std::string url() const;  // "http://127.0.0.1:port"
  size_t requests() const;

 private:
  void Accept();
  void Serve(int fd);
  static bool ReadRequest(int fd, Request* request);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  mutable std::mutex mutex_;
  std::vector<std::thread> connections_;
  std::vector<int> open_;
  bool stopping_ = false;
  size_t requests_ = 0;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_REGISTRY_CLIENT_TEST_SERVER_H_
