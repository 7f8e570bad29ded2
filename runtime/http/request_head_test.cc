#include "runtime/http/request_head.h"

#include <gtest/gtest.h>

#include <string>

namespace snow::rt {
namespace {

constexpr size_t kMax = 64 * 1024;

RequestHead Parsed(std::string_view text) {
  RequestHead head;
  EXPECT_EQ(ParseRequestHead(text, kMax, 0, head), HeadStatus::kDone) << head.reason;
  return head;
}

int Refused(std::string_view text) {
  RequestHead head;
  EXPECT_EQ(ParseRequestHead(text, kMax, 0, head), HeadStatus::kRefused) << text;
  EXPECT_STRNE(head.reason, "");
  return head.status;
}

std::string With(std::string_view fields) {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

TEST(RequestHead, ReadsTheParts) {
  std::string text =
      "GET /users/7?full=1&x=%20 HTTP/1.1\r\nHost: example.org:80\r\nX-One:  a b \t\r\n\r\nrest";
  RequestHead head = Parsed(text);
  EXPECT_EQ(head.size, text.size() - 4);
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "/users/7?full=1&x=%20");
  EXPECT_EQ(head.path, "/users/7");
  EXPECT_EQ(head.query, "full=1&x=%20");
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.has_body);
  std::string_view value;
  EXPECT_EQ(FindHeader(head.headers, "x-oNE", value), 1);
  EXPECT_EQ(value, "a b");
  EXPECT_EQ(FindHeader(head.headers, "absent", value), 0);
}

TEST(RequestHead, NeedsTheBlankLine) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (size_t size = 0; size < text.size(); ++size) {
    RequestHead head;
    EXPECT_EQ(ParseRequestHead(std::string_view(text).substr(0, size), kMax,
                               size > 0 ? size - 1 : 0, head),
              HeadStatus::kIncomplete)
        << size;
  }
  RequestHead head;
  EXPECT_EQ(ParseRequestHead(text, kMax, text.size() - 1, head), HeadStatus::kDone);
}

TEST(RequestHead, PassesOverEmptyLinesBefore) {
  EXPECT_EQ(Parsed("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").method, "GET");
  EXPECT_EQ(Refused("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(RequestHead, KeepAliveFollowsVersionAndConnection) {
  EXPECT_FALSE(Parsed("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(Parsed("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(Parsed(With("Connection: foo, Close\r\n")).keep_alive);
  EXPECT_TRUE(Parsed(With("")).keep_alive);
}

TEST(RequestHead, ReadsFraming) {
  RequestHead head = Parsed(With("Content-Length: 12\r\n"));
  EXPECT_TRUE(head.has_body);
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_FALSE(Parsed(With("Content-Length: 0\r\n")).has_body);
  EXPECT_TRUE(Parsed(With("Transfer-Encoding: Chunked\r\n")).chunked);
  EXPECT_TRUE(Parsed(With("Expect: 100-continue\r\n")).expects_continue);
  EXPECT_TRUE(
      Parsed(With("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n")).wants_upgrade);
}

TEST(RequestHead, RefusesWhatCouldSmuggle) {
  EXPECT_EQ(Refused(With("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(Refused(With("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(Refused(With("Content-Length: 5\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(Refused(With("Content-Length: 5, 5\r\n")), 400);
  EXPECT_EQ(Refused(With("Content-Length: +5\r\n")), 400);
  EXPECT_EQ(Refused(With("Content-Length: 0x5\r\n")), 400);
  EXPECT_EQ(Refused(With("Content-Length: -1\r\n")), 400);
  EXPECT_EQ(Refused(With("Content-Length:\r\n")), 400);
  EXPECT_EQ(Refused(With("Content-Length: 99999999999999999999\r\n")), 400);
  EXPECT_EQ(Refused(With("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(Refused(With("Transfer-Encoding: xchunked\r\n")), 501);
  EXPECT_EQ(Refused(With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(Refused(With("Transfer-Encoding : chunked\r\n")), 400);
  EXPECT_EQ(Refused(With("Transfer-Encoding: \x0b"
                         "chunked\r\n")),
            400);
  EXPECT_EQ(Refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(Refused(With("X: a\r\n folded\r\n")), 400);
  EXPECT_EQ(Refused(With("X: a\rb\r\n")), 400);
  EXPECT_EQ(Refused(With("X: a\nY: b\r\n")), 400);
  EXPECT_EQ(Refused(With(std::string_view("X: a\0b\r\n", 8))), 400);
  EXPECT_EQ(Refused(With("X y: b\r\n")), 400);
  EXPECT_EQ(Refused(With(": b\r\n")), 400);
  EXPECT_EQ(Refused(With("no colon\r\n")), 400);
  EXPECT_EQ(Refused(With("Host: b\r\n")), 400);
  EXPECT_EQ(Refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET / HTTP/1.1\r\n\r\n"), 400);
}

TEST(RequestHead, RefusesBadRequestLines) {
  EXPECT_EQ(Refused("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(Refused("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET / http/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET /\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("G@T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET a HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
  EXPECT_EQ(Refused("GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Refused("\x16\x03\x01 TLS"), 400);
}

TEST(RequestHead, RefusesBareLineFeedsAtOnce) {
  EXPECT_EQ(Refused("GET / HTTP/1.1\nHost: a\n\n"), 400);
  EXPECT_EQ(Refused("GET / HTTP/1.1\nHo"), 400);
}

TEST(RequestHead, TakesAbsoluteTargetsAndUtf8) {
  RequestHead head = Parsed("GET http://example.org/a?b HTTP/1.1\r\nHost: example.org\r\n\r\n");
  EXPECT_EQ(head.path, "/a");
  EXPECT_EQ(head.query, "b");
  EXPECT_EQ(Parsed("GET http://example.org HTTP/1.1\r\nHost: x\r\n\r\n").path, "/");
  EXPECT_EQ(Parsed("GET http://example.org?q HTTP/1.1\r\nHost: x\r\n\r\n").query, "q");
  EXPECT_EQ(Parsed("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").path, "*");
  EXPECT_EQ(Parsed("GET /Zo\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n").path, "/Zo\xc3\xa9");
}

TEST(RequestHead, BoundsTheHead) {
  std::string fields = "X: " + std::string(kMax, 'a') + "\r\n";
  EXPECT_EQ(Refused(With(fields)), 431);
  EXPECT_EQ(Refused("GET /" + std::string(kMax, 'a')), 414);
  std::string fits = With("X: " + std::string(kMax - 40, 'a') + "\r\n");
  ASSERT_LE(fits.size(), kMax);
  Parsed(fits);
}

}  // namespace
}  // namespace snow::rt
