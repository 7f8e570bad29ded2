#include "runtime/http/connection.h"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <string>

namespace snow::rt {
namespace {

// A stream whose input is a list of pieces; after each piece comes kWantRead once.
class FakeStream final : public Stream {
 public:
  FakeStream() : Stream(-1) {}
  IoStatus Handshake() override { return IoStatus::kOk; }
  IoResult Read(char* to, size_t size) override {
    if (pieces.empty()) return {closed ? IoStatus::kEof : IoStatus::kWantRead};
    std::string& piece = pieces.front();
    size_t count = std::min(size, piece.size());
    std::memcpy(to, piece.data(), count);
    piece.erase(0, count);
    if (piece.empty()) pieces.pop_front();
    return {IoStatus::kOk, count};
  }
  IoResult Write(const char* from, size_t size) override {
    size_t count = std::min(size, write_limit);
    if (count == 0) return {IoStatus::kWantWrite};
    write_limit -= count;
    written.append(from, count);
    return {IoStatus::kOk, count};
  }
  void FinishSending() override { finished = true; }
  bool HasBuffered() const override { return false; }

  std::deque<std::string> pieces;
  std::string written;
  size_t write_limit = 1 << 30;
  bool closed = false;
  bool finished = false;
};

class HttpConnectionTest : public testing::Test {
 protected:
  HttpConnectionTest()
      : stream_(new FakeStream), connection_(std::unique_ptr<Stream>(stream_), limits_) {
    limits_.max_body = 1000;
    limits_.max_head = 500;
  }

  HttpConnection::Step Feed(std::string piece) {
    stream_->pieces.push_back(std::move(piece));
    return connection_.ReadRequest();
  }

  void Answer(std::string_view body) {
    connection_.BeginAnswer(200, false).Finish(body, connection_.head().method == "HEAD");
    connection_.EndAnswer();
    EXPECT_EQ(connection_.Flush(), IoStatus::kOk);
  }

  HttpLimits limits_;
  FakeStream* stream_;
  HttpConnection connection_;
};

using Step = HttpConnection::Step;
using Phase = HttpConnection::Phase;

TEST_F(HttpConnectionTest, ReadsRequestsInPieces) {
  EXPECT_EQ(connection_.ReadRequest(), Step::kWantRead);
  EXPECT_TRUE(connection_.IsIdle());
  EXPECT_EQ(Feed("GET /a HTTP/1.1\r\nHo"), Step::kWantRead);
  EXPECT_EQ(connection_.phase(), Phase::kHead);
  EXPECT_EQ(Feed("st: x\r\n\r"), Step::kWantRead);
  EXPECT_EQ(Feed("\n"), Step::kRequest);
  EXPECT_EQ(connection_.head().path, "/a");
  Answer("hello");
  EXPECT_TRUE(stream_->written.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_TRUE(stream_->written.ends_with(
      "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"));
  EXPECT_EQ(connection_.ReadRequest(), Step::kWantRead);
  EXPECT_TRUE(connection_.IsIdle());
}

TEST_F(HttpConnectionTest, ReadsBodiesInPieces) {
  EXPECT_EQ(
      Feed("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n" + std::string(100, 'a')),
      Step::kWantRead);
  EXPECT_EQ(connection_.phase(), Phase::kBody);
  EXPECT_EQ(Feed(std::string(400, 'b')), Step::kWantRead);
  EXPECT_EQ(Feed(std::string(100, 'c') + "GET /next HTTP/1.1\r\nHost: y\r\n\r\n"), Step::kRequest);
  EXPECT_EQ(connection_.head().method, "POST");
  EXPECT_EQ(connection_.body(),
            std::string(100, 'a') + std::string(400, 'b') + std::string(100, 'c'));
  EXPECT_TRUE(connection_.MayDelayFlush());
  Answer("");
  EXPECT_EQ(connection_.ReadRequest(), Step::kRequest);
  EXPECT_EQ(connection_.head().path, "/next");
}

TEST_F(HttpConnectionTest, DecodesChunkedBodies) {
  EXPECT_EQ(Feed("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"),
            Step::kWantRead);
  EXPECT_EQ(Feed("c\r\n2\r\nde\r\n0\r\n"), Step::kWantRead);
  EXPECT_EQ(Feed("\r\nGET /n HTTP/1.1\r\nHost: x\r\n\r\n"), Step::kRequest);
  EXPECT_EQ(connection_.head().path, "/c");
  EXPECT_EQ(connection_.body(), "abcde");
  Answer("");
  EXPECT_EQ(connection_.ReadRequest(), Step::kRequest);
  EXPECT_EQ(connection_.head().path, "/n");
  EXPECT_EQ(connection_.body(), "");
}

TEST_F(HttpConnectionTest, BoundsBodies) {
  EXPECT_EQ(Feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"), Step::kRefused);
  EXPECT_EQ(connection_.refused_status(), 413);
  connection_.BeginAnswer(413, true).Finish("x", false);
  connection_.EndAnswer();
  EXPECT_TRUE(connection_.closing());
  EXPECT_EQ(connection_.Flush(), IoStatus::kOk);
  EXPECT_NE(stream_->written.find("Connection: close\r\n"), std::string::npos);
  stream_->pieces.push_back(std::string(5000, 'x'));
  stream_->closed = true;
  EXPECT_EQ(connection_.Linger(), IoStatus::kOk);
  EXPECT_TRUE(stream_->finished);
}

TEST_F(HttpConnectionTest, BoundsChunkedBodies) {
  std::string text = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) text += "64\r\n" + std::string(100, 'a') + "\r\n";
  EXPECT_EQ(Feed(text), Step::kRefused);
  EXPECT_EQ(connection_.refused_status(), 413);
}

TEST_F(HttpConnectionTest, RefusesBadChunks) {
  EXPECT_EQ(Feed("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            Step::kRefused);
  EXPECT_EQ(connection_.refused_status(), 400);
}

TEST_F(HttpConnectionTest, AsksForTheBodyWhenExpected) {
  EXPECT_EQ(Feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
            Step::kWantRead);
  EXPECT_EQ(connection_.Flush(), IoStatus::kOk);
  EXPECT_EQ(stream_->written, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(Feed("ok"), Step::kRequest);
}

TEST_F(HttpConnectionTest, ResumesWriting) {
  ASSERT_EQ(Feed("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Step::kRequest);
  stream_->write_limit = 10;
  connection_.BeginAnswer(200, false).Finish(std::string(100, 'z'), false);
  connection_.EndAnswer();
  EXPECT_TRUE(connection_.closing());
  EXPECT_EQ(connection_.Flush(), IoStatus::kWantWrite);
  stream_->write_limit = 1 << 20;
  EXPECT_EQ(connection_.Flush(), IoStatus::kOk);
  EXPECT_TRUE(stream_->written.ends_with(std::string(100, 'z')));
}

TEST_F(HttpConnectionTest, HeadAnswersHaveNoBody) {
  ASSERT_EQ(Feed("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"), Step::kRequest);
  Answer("hello");
  EXPECT_TRUE(stream_->written.ends_with("Content-Length: 5\r\n\r\n"));
}

TEST_F(HttpConnectionTest, SeesTheEnd) {
  stream_->closed = true;
  EXPECT_EQ(Feed("GET / HTTP/1.1\r\n"), Step::kClosed);
}

TEST(ResponseWriter, GuardsHeaders) {
  ByteBuffer out;
  ResponseWriter writer(out, 200, true, 0);
  EXPECT_TRUE(writer.Header("X-A", "b"));
  EXPECT_TRUE(writer.Header("content-type", "text/html"));
  EXPECT_FALSE(writer.Header("X-A", "b\r\nSet-Cookie: x"));
  EXPECT_FALSE(writer.Header("X A", "b"));
  EXPECT_FALSE(writer.Header("Content-Length", "3"));
  EXPECT_FALSE(writer.Header("transfer-encoding", "chunked"));
  writer.Finish("x", false);
  std::string text(out.view());
  EXPECT_NE(text.find("Connection: keep-alive\r\n"), std::string::npos);
  EXPECT_EQ(text.find("text/plain"), std::string::npos);
  EXPECT_TRUE(text.ends_with("content-type: text/html\r\nContent-Length: 1\r\n\r\nx"));
}

TEST(ResponseWriter, SomeStatusesHaveNoBody) {
  ByteBuffer out;
  ResponseWriter(out, 204, true, 1).Finish("dropped", false);
  EXPECT_TRUE(out.view().ends_with("GMT\r\n\r\n"));
  out.Clear();
  ResponseWriter(out, 42, true, 1).Finish("", false);
  EXPECT_TRUE(out.view().starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
}

TEST(ResponseWriter, Dates) {
  char text[30] = {};
  WriteHttpDate(784111777, text);
  EXPECT_STREQ(text, "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace snow::rt
