// TLS 1.2 and 1.3 over a non-blocking socket, on OpenSSL.
#ifndef RUNTIME_TLS_TLS_STREAM_H_
#define RUNTIME_TLS_TLS_STREAM_H_

#include <memory>
#include <string>

#include "runtime/net/stream.h"

struct ssl_ctx_st;

namespace snow::rt {

// Certificate, key and settings shared by the connections of one server (or of all clients).
// Thread-safe once made: OpenSSL's contexts count references and lock inside.
class TlsContext {
 public:
  // Reads a certificate chain and its key (PEM files). Blocks on the disk: made on a helper thread.
  // Null with the reason: `cannot use certificate cert.pem: No such file or directory`, `the key
  // key.pem does not fit the certificate cert.pem`.
  static std::shared_ptr<TlsContext> ForServer(const std::string& certificate_path,
                                               const std::string& key_path, std::string& error);
  // Checks servers against the system's authorities (or those of the PEM file `authorities`).
  static std::shared_ptr<TlsContext> ForClient(const std::string& authorities, std::string& error);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Takes the socket over.
  std::unique_ptr<Stream> Accept(int fd) const;
  // `host` is what the certificate must be for, and is sent as server name.
  std::unique_ptr<Stream> Connect(int fd, const std::string& host) const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}

  ssl_ctx_st* context_;
};

}  // namespace snow::rt

#endif  // RUNTIME_TLS_TLS_STREAM_H_
