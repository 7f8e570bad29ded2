#include "runtime/tls/tls_stream.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

namespace snow::rt {
namespace {

// What went wrong in OpenSSL's latest call in this thread; forgets it. Of the chain of errors the
// system's own says most, otherwise the last.
std::string TakeOpensslError(const char* otherwise) {
  const char* text = otherwise;
  int system = 0;
  while (unsigned long code = ::ERR_get_error()) {
    if (ERR_SYSTEM_ERROR(code)) {
      system = ERR_GET_REASON(code);
    } else if (const char* reason = ::ERR_reason_error_string(code)) {
      text = reason;
    }
  }
  return system != 0 ? ErrnoText(system) : text;
}

// --- A BIO over a socket -------------------------------------------------------------------------
//
// OpenSSL's own socket BIO raises SIGPIPE, and does not tell whether the socket is empty.

struct SocketState {
  int fd;
  bool drained;
};

SocketState* StateOf(BIO* bio) { return static_cast<SocketState*>(::BIO_get_data(bio)); }

int SocketRead(BIO* bio, char* to, int size) {
  SocketState* state = StateOf(bio);
  BIO_clear_retry_flags(bio);
  ssize_t count;
  do {
    count = ::recv(state->fd, to, size, 0);
  } while (count < 0 && errno == EINTR);
  state->drained = count < size;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
  return static_cast<int>(count);
}

int SocketWrite(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t count;
  do {
    count = ::send(StateOf(bio)->fd, from, size, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
  return static_cast<int>(count);
}

long SocketControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* socket_method = nullptr;

// Made once, by the first context, and kept.
BIO_METHOD* SocketMethod() {
  static std::once_flag once;
  std::call_once(once, [] {
    socket_method = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "snow socket");
    ::BIO_meth_set_read(socket_method, SocketRead);
    ::BIO_meth_set_write(socket_method, SocketWrite);
    ::BIO_meth_set_ctrl(socket_method, SocketControl);
  });
  return socket_method;
}

// --- The stream ----------------------------------------------------------------------------------

class TlsStream final : public Stream {
 public:
  TlsStream(int fd, SSL* ssl) : Stream(fd), socket_{fd, false}, ssl_(ssl) {
    BIO* bio = ::BIO_new(SocketMethod());
    ::BIO_set_data(bio, &socket_);
    ::BIO_set_init(bio, 1);
    ::SSL_set_bio(ssl_, bio, bio);
  }

  ~TlsStream() override { ::SSL_free(ssl_); }

  IoStatus Handshake() override {
    if (::SSL_is_init_finished(ssl_)) return IoStatus::kOk;
    ::ERR_clear_error();
    int result = ::SSL_do_handshake(ssl_);
    if (result == 1) return IoStatus::kOk;
    return Judge(result, "handshake").status;
  }

  IoResult Read(char* to, size_t size) override {
    ::ERR_clear_error();
    size_t count = 0;
    int result = ::SSL_read_ex(ssl_, to, size, &count);
    drained_ = socket_.drained && ::SSL_has_pending(ssl_) == 0;
    if (result == 1) return {IoStatus::kOk, count};
    return Judge(result, "read");
  }

  IoResult Write(const char* from, size_t size) override {
    ::ERR_clear_error();
    size_t count = 0;
    int result = ::SSL_write_ex(ssl_, from, size, &count);
    if (result == 1) return {IoStatus::kOk, count};
    return Judge(result, "write");
  }

  void FinishSending() override {
    ::ERR_clear_error();
    if (!broken_ && ::SSL_is_init_finished(ssl_)) ::SSL_shutdown(ssl_);
    ::ERR_clear_error();
    ::shutdown(fd_, SHUT_WR);
  }

  bool HasBuffered() const override { return ::SSL_has_pending(ssl_) == 1; }

 private:
  IoResult Judge(int result, const char* what) {
    int system = errno;
    switch (::SSL_get_error(ssl_, result)) {
      case SSL_ERROR_WANT_READ:
        return {IoStatus::kWantRead};
      case SSL_ERROR_WANT_WRITE:
        return {IoStatus::kWantWrite};
      case SSL_ERROR_ZERO_RETURN:
        return {IoStatus::kEof};
      case SSL_ERROR_SYSCALL:
        broken_ = true;
        ::ERR_clear_error();
        return Fail(std::string("TLS ") + what + ": " +
                    (system == 0 ? "connection closed" : ErrnoText(system)));
      default:
        break;
    }
    broken_ = true;
    long verdict = ::SSL_get_verify_result(ssl_);
    if (verdict != X509_V_OK) {
      ::ERR_clear_error();
      return Fail(std::string("TLS certificate: ") + ::X509_verify_cert_error_string(verdict));
    }
    return Fail(std::string("TLS ") + what + ": " + TakeOpensslError("connection closed"));
  }

  SocketState socket_;
  SSL* ssl_;
  bool broken_ = false;
};

SSL_CTX* NewContext(const SSL_METHOD* method, std::string& error) {
  SSL_CTX* context = ::SSL_CTX_new(method);
  if (context == nullptr) {
    error = "TLS: " + TakeOpensslError("out of memory");
    return nullptr;
  }
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // One system call for all that the socket has, instead of two a record.
  ::SSL_CTX_set_read_ahead(context, 1);
  // Idle connections give their buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

// Of the protocols that a client offers the server takes HTTP/1.1; a client that offers others
// alone is refused.
int SelectProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kOwn[] = "\x08http/1.1";
  unsigned char* out = nullptr;
  int result = ::SSL_select_next_proto(&out, size, kOwn, sizeof(kOwn) - 1, offered, offered_size);
  *chosen = out;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool IsIpAddress(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

TlsContext::~TlsContext() { ::SSL_CTX_free(context_); }

std::shared_ptr<TlsContext> TlsContext::ForServer(const std::string& certificate_path,
                                                  const std::string& key_path, std::string& error) {
  ::ERR_clear_error();
  SSL_CTX* context = NewContext(::TLS_server_method(), error);
  if (context == nullptr) return nullptr;
  std::shared_ptr<TlsContext> made(new TlsContext(context));
  if (::SSL_CTX_use_certificate_chain_file(context, certificate_path.c_str()) != 1) {
    error = "cannot use certificate " + certificate_path + ": " + TakeOpensslError("not PEM");
    return nullptr;
  }
  if (::SSL_CTX_use_PrivateKey_file(context, key_path.c_str(), SSL_FILETYPE_PEM) != 1) {
    unsigned long code = ::ERR_peek_last_error();
    if (ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH && ERR_GET_LIB(code) == ERR_LIB_X509) {
      ::ERR_clear_error();
      error = "the key " + key_path + " does not fit the certificate " + certificate_path;
    } else {
      error = "cannot use key " + key_path + ": " + TakeOpensslError("not PEM");
    }
    return nullptr;
  }
  ::SSL_CTX_set_alpn_select_cb(context, SelectProtocol, nullptr);
  return made;
}

std::shared_ptr<TlsContext> TlsContext::ForClient(const std::string& authorities,
                                                  std::string& error) {
  ::ERR_clear_error();
  SSL_CTX* context = NewContext(::TLS_client_method(), error);
  if (context == nullptr) return nullptr;
  std::shared_ptr<TlsContext> made(new TlsContext(context));
  int loaded = authorities.empty() ? ::SSL_CTX_set_default_verify_paths(context)
                                   : ::SSL_CTX_load_verify_file(context, authorities.c_str());
  if (loaded != 1) {
    error = "cannot use authorities " + authorities + ": " + TakeOpensslError("not PEM");
    return nullptr;
  }
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return made;
}

std::unique_ptr<Stream> TlsContext::Accept(int fd) const {
  SSL* ssl = ::SSL_new(context_);
  ::SSL_set_accept_state(ssl);
  return std::make_unique<TlsStream>(fd, ssl);
}

std::unique_ptr<Stream> TlsContext::Connect(int fd, const std::string& host) const {
  SSL* ssl = ::SSL_new(context_);
  ::SSL_set_connect_state(ssl);
  if (IsIpAddress(host)) {
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, host.c_str());
    ::SSL_set1_host(ssl, host.c_str());
  }
  return std::make_unique<TlsStream>(fd, ssl);
}

}  // namespace snow::rt
