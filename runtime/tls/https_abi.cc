// TLS for the HTTP server (abi/net.def).
#include <memory>
#include <string>

#include "runtime/abi/functions.h"
#include "runtime/http/server.h"
#include "runtime/io/helpers.h"
#include "runtime/net/abi_values.h"
#include "runtime/tls/tls_stream.h"

using namespace snow::rt;

extern "C" {

SnowPair snow_https_use(SnowActor* actor, int64_t server_id, uint64_t certificate_0,
                        uint64_t certificate_1, uint64_t key_0, uint64_t key_1) {
  Actor* self = ActorOf(actor);
  StringBytes certificate(certificate_0, certificate_1);
  StringBytes key(key_0, key_1);
  char error[512];
  size_t size = 0;
  OnHelper(self, [&] {
    std::string reason;
    auto context =
        TlsContext::ForServer(std::string(certificate.view()), std::string(key.view()), reason);
    if (context == nullptr) {
      size = reason.copy(error, sizeof(error));
      return;
    }
    Ref<HttpServer> server = g_resources.FindAs<HttpServer>(static_cast<uint64_t>(server_id));
    if (server) server->set_stream_maker([context](int fd) { return context->Accept(fd); });
  });
  return size == 0 ? GiveNumber(self, 0) : GiveError(self, {error, size});
}

}  // extern "C"
