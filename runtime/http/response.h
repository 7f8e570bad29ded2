// Writing HTTP/1.1 responses.
#ifndef RUNTIME_HTTP_RESPONSE_H_
#define RUNTIME_HTTP_RESPONSE_H_

#include <cstdint>
#include <string_view>

#include "runtime/net/byte_buffer.h"

namespace snow::rt {

// `Not Found`; "" for codes that have none.
std::string_view ReasonPhrase(int status);

// Writes the head of one response, then its body. Field by field, so that nothing is put together
// twice. Thread-compatible.
class ResponseWriter {
 public:
  // `keep_alive`: whether the connection goes on. `minor_version`: of the request.
  // A status outside of 200 to 999 becomes 500.
  ResponseWriter(ByteBuffer& out, int status, bool keep_alive, int minor_version);

  // A header of the program's. False, and nothing is written, when name or value could end the
  // line (response splitting) or the field belongs to the server: Content-Length,
  // Transfer-Encoding, Connection, Date, Keep-Alive.
  bool Header(std::string_view name, std::string_view value);

  // Ends the head and adds the body. `head_only`: the answer to HEAD.
  void Finish(std::string_view body, bool head_only);

 private:
  ByteBuffer& out_;
  int status_;
  bool has_content_type_ = false;
};

// `Sun, 06 Nov 1994 08:49:37 GMT`, 29 bytes into `to`.
void WriteHttpDate(int64_t unix_seconds, char* to);

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_RESPONSE_H_
