// The head of an HTTP/1.x request: request line and header fields (RFC 9112).
//
// Strict where leniency lets two parties read one stream differently (request smuggling): lines end
// with CR LF only; no bare CR, LF or NUL; no blanks around a header's name; no folded lines; one
// Content-Length of digits alone, never beside Transfer-Encoding; only the transfer coding
// `chunked`; one Host.
//
// Pure: the result's views point into the given bytes.
#ifndef RUNTIME_HTTP_REQUEST_HEAD_H_
#define RUNTIME_HTTP_REQUEST_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snow::rt {

enum class HeadStatus : uint8_t {
  kIncomplete,  // more bytes are needed
  kDone,
  kRefused,  // `status` and `reason` of the head tell why; the connection must be closed
};

struct RequestHead {
  // Of a refused head: what to answer (400, 414, 431, 501, 505), and why, for the log.
  int status = 0;
  const char* reason = "";

  size_t size = 0;  // bytes of the whole head, blank line included
  std::string_view method;
  std::string_view target;   // as sent
  std::string_view path;     // of the target, without the query, still percent-encoded
  std::string_view query;    // without the `?`
  std::string_view headers;  // the lines of the fields, each with its CR LF
  int minor_version = 1;     // 0 or 1 (anything above counts as 1)

  bool keep_alive = true;  // what the client asks for
  bool has_body = false;   // a body follows: chunked, or content_length > 0
  bool chunked = false;
  bool expects_continue = false;
  bool wants_upgrade = false;  // `Connection: upgrade` and an `Upgrade` field
  uint64_t content_length = 0;
};

// Parses the head at the beginning of `bytes`. `max_size` bounds the head (431). Empty lines before
// the request line, at most two, are passed over and count towards `size`.
//
// `searched`: how many of the bytes an earlier call has seen without finding the end of the head (0
// at first), so that a head that comes byte by byte is not searched from its beginning each time.
HeadStatus ParseRequestHead(std::string_view bytes, size_t max_size, size_t searched,
                            RequestHead& head);

// Goes through the lines of RequestHead::headers (which ParseRequestHead has accepted).
class HeaderLines {
 public:
  explicit HeaderLines(std::string_view lines) : rest_(lines) {}
  // False at the end.
  bool Next(std::string_view& name, std::string_view& value);

 private:
  std::string_view rest_;
};

// How often a field occurs; `value` becomes the first one.
int FindHeader(std::string_view lines, std::string_view name, std::string_view& value);

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_REQUEST_HEAD_H_
