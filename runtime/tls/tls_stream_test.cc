#include "runtime/tls/tls_stream.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace snow::rt {
namespace {

std::string TempPath(const std::string& name) { return testing::TempDir() + "/" + name; }

// Writes a self-signed certificate for localhost and its key.
void WriteCertificate(const std::string& certificate_path, const std::string& key_path) {
  EVP_PKEY* key = ::EVP_EC_gen("P-256");
  X509* certificate = ::X509_new();
  ::X509_set_version(certificate, 2);
  ASN1_INTEGER_set(::X509_get_serialNumber(certificate), 1);
  ::X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  ::X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  ::X509_set_pubkey(certificate, key);
  X509_NAME* name = ::X509_get_subject_name(certificate);
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  ::X509_set_issuer_name(certificate, name);
  X509_EXTENSION* extension =
      ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
  ::X509_add_ext(certificate, extension, -1);
  ::X509_EXTENSION_free(extension);
  ::X509_sign(certificate, key, ::EVP_sha256());
  FILE* file = std::fopen(certificate_path.c_str(), "w");
  ::PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(key_path.c_str(), "w");
  ::PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  ::X509_free(certificate);
  ::EVP_PKEY_free(key);
}

class TlsStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    WriteCertificate(certificate_, key_);
    server_ = TlsContext::ForServer(certificate_, key_, error_);
    ASSERT_NE(server_, nullptr) << error_;
    client_ = TlsContext::ForClient(certificate_, error_);
    ASSERT_NE(client_, nullptr) << error_;
    int fds[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    accepted_ = server_->Accept(fds[0]);
    client_fd_ = fds[1];
  }

  // Both sides' handshakes, in turns.
  void Shake(Stream& a, Stream& b, IoStatus& of_a, IoStatus& of_b) {
    of_a = of_b = IoStatus::kWantRead;
    auto waits = [](IoStatus s) { return s == IoStatus::kWantRead || s == IoStatus::kWantWrite; };
    for (int turn = 0; turn < 20 && (waits(of_a) || waits(of_b)); ++turn) {
      if (waits(of_a)) of_a = a.Handshake();
      if (waits(of_b)) of_b = b.Handshake();
    }
  }

  std::string certificate_ = TempPath("cert.pem");
  std::string key_ = TempPath("key.pem");
  std::string error_;
  std::shared_ptr<TlsContext> server_;
  std::shared_ptr<TlsContext> client_;
  std::unique_ptr<Stream> accepted_;
  int client_fd_ = -1;
};

TEST_F(TlsStreamTest, CarriesBytes) {
  auto client = client_->Connect(client_fd_, "localhost");
  IoStatus of_client;
  IoStatus of_server;
  Shake(*client, *accepted_, of_client, of_server);
  ASSERT_EQ(of_client, IoStatus::kOk) << client->error();
  ASSERT_EQ(of_server, IoStatus::kOk) << accepted_->error();
  EXPECT_EQ(client->Write("hello", 5).count, 5u);
  char bytes[100];
  IoResult result = accepted_->Read(bytes, sizeof(bytes));
  ASSERT_EQ(result.status, IoStatus::kOk);
  EXPECT_EQ(std::string(bytes, result.count), "hello");
  EXPECT_EQ(accepted_->Read(bytes, sizeof(bytes)).status, IoStatus::kWantRead);
  EXPECT_TRUE(accepted_->drained());
  client->FinishSending();
  EXPECT_EQ(accepted_->Read(bytes, sizeof(bytes)).status, IoStatus::kEof);
}

TEST_F(TlsStreamTest, RefusesAnotherName) {
  auto client = client_->Connect(client_fd_, "example.org");
  IoStatus of_client;
  IoStatus of_server;
  Shake(*client, *accepted_, of_client, of_server);
  EXPECT_EQ(of_client, IoStatus::kError);
  EXPECT_EQ(client->error(), "TLS certificate: hostname mismatch");
}

TEST_F(TlsStreamTest, RefusesUnknownAuthorities) {
  auto system = TlsContext::ForClient("", error_);
  ASSERT_NE(system, nullptr) << error_;
  auto client = system->Connect(client_fd_, "localhost");
  IoStatus of_client;
  IoStatus of_server;
  Shake(*client, *accepted_, of_client, of_server);
  EXPECT_EQ(of_client, IoStatus::kError);
  EXPECT_TRUE(client->error().starts_with("TLS certificate: self")) << client->error();
  EXPECT_EQ(of_server, IoStatus::kError);
}

TEST_F(TlsStreamTest, RefusesWhatIsNotTls) {
  ASSERT_EQ(::send(client_fd_, "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
  EXPECT_EQ(accepted_->Handshake(), IoStatus::kError);
  EXPECT_NE(accepted_->error(), "");
  ::close(client_fd_);
}

TEST_F(TlsStreamTest, AcceptsNoBrokenFiles) {
  EXPECT_EQ(TlsContext::ForServer("/nonexistent.pem", key_, error_), nullptr);
  EXPECT_EQ(error_, "cannot use certificate /nonexistent.pem: No such file or directory");
  std::string other_certificate = TempPath("other.pem");
  std::string other_key = TempPath("other_key.pem");
  WriteCertificate(other_certificate, other_key);
  EXPECT_EQ(TlsContext::ForServer(certificate_, other_key, error_), nullptr);
  EXPECT_EQ(error_, "the key " + other_key + " does not fit the certificate " + certificate_);
  std::ofstream(other_key) << "nonsense";
  EXPECT_EQ(TlsContext::ForServer(certificate_, other_key, error_), nullptr);
  EXPECT_TRUE(error_.starts_with("cannot use key ")) << error_;
  ::close(client_fd_);
}

}  // namespace
}  // namespace snow::rt
