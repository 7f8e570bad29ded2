#include "runtime/websocket/frame.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/websocket/handshake.h"
#include "runtime/websocket/sha1.h"

namespace snow::rt {
namespace {

using Step = WsDecoder::Step;

// A masked frame, as a client sends it. `first` is the first byte.
std::string Masked(uint8_t first, std::string_view payload) {
  std::string frame;
  AppendFrame(WsOpcode::kText, payload, frame);
  size_t header = frame.size() - payload.size();
  frame[0] = static_cast<char>(first);
  frame[1] = static_cast<char>(frame[1] | 0x80);
  const char mask[] = {0x12, 0x34, 0x56, 0x78};
  frame.insert(header, mask, 4);
  for (size_t i = 0; i < payload.size(); ++i) frame[header + 4 + i] ^= mask[i % 4];
  return frame;
}

// Feeds all input in pieces and names each event.
std::vector<std::string> Events(std::string_view input, size_t piece, size_t limit = 1 << 20) {
  WsDecoder decoder(limit);
  std::vector<std::string> events;
  size_t at = 0;
  while (true) {
    size_t used;
    Step step = decoder.Next(input.substr(at, piece), used);
    at += used;
    switch (step) {
      case Step::kNeedMore:
        if (at == input.size()) return events;
        break;
      case Step::kText:
        events.push_back("text " + decoder.message());
        break;
      case Step::kBinary:
        events.push_back("binary " + std::to_string(decoder.message().size()));
        break;
      case Step::kPing:
        events.push_back("ping " + std::string(decoder.control()));
        break;
      case Step::kPong:
        events.push_back("pong " + std::string(decoder.control()));
        break;
      case Step::kClose:
        events.push_back("close " + std::to_string(decoder.close_code()) + " " +
                         std::string(decoder.control()));
        break;
      case Step::kError:
        events.push_back("error " + std::to_string(decoder.close_code()));
        return events;
    }
  }
}

using List = std::vector<std::string>;

TEST(WsFrame, MessagesWhateverThePieces) {
  std::string input = Masked(0x81, "hello") + Masked(0x01, "h\xc3") + Masked(0x89, "p") +
                      Masked(0x80, "\xa9") + Masked(0x82, std::string(70000, 'x')) +
                      Masked(0x81, std::string(200, 'y')) + Masked(0x81, "") + Masked(0x8A, "") +
                      Masked(0x88,
                             "\x03\xe8"
                             "bye");
  List expected = {
      "text hello", "ping p", "text h\xc3\xa9", "binary 70000", "text " + std::string(200, 'y'),
      "text ",      "pong ",  "close 1000 bye"};
  EXPECT_EQ(Events(input, input.size()), expected);
  EXPECT_EQ(Events(input, 1), expected);
  EXPECT_EQ(Events(input, 7), expected);
}

TEST(WsFrame, ProtocolErrors) {
  std::string unmasked;
  AppendFrame(WsOpcode::kText, "a", unmasked);
  EXPECT_EQ(Events(unmasked, 100), List{"error 1002"});
  EXPECT_EQ(Events(Masked(0xC1, "a"), 100), List{"error 1002"});  // reserved bit
  EXPECT_EQ(Events(Masked(0x83, "a"), 100), List{"error 1002"});  // unknown opcode
  EXPECT_EQ(Events(Masked(0x8B, "a"), 100), List{"error 1002"});
  EXPECT_EQ(Events(Masked(0x09, "a"), 100), List{"error 1002"});  // fragmented control
  EXPECT_EQ(Events(Masked(0x89, std::string(126, 'a')), 1000), List{"error 1002"});
  EXPECT_EQ(Events(Masked(0x80, "a"), 100), List{"error 1002"});  // nothing to continue
  EXPECT_EQ(Events(Masked(0x01, "a") + Masked(0x81, "b"), 100), List{"error 1002"});
  EXPECT_EQ(Events(std::string("\x81\xfe\x00\x01mmmma", 9), 100), List{"error 1002"});  // long form
  EXPECT_EQ(Events(std::string("\x82\xff\x80\0\0\0\0\0\0\0mmmm", 14), 100), List{"error 1002"});
  EXPECT_EQ(Events(Masked(0x88, "x"), 100), List{"error 1002"});
  EXPECT_EQ(Events(Masked(0x88, "\x03\xed"), 100), List{"error 1002"});  // 1005
}

TEST(WsFrame, CloseForms) {
  EXPECT_EQ(Events(Masked(0x88, ""), 100), List{"close 1005 "});
  EXPECT_EQ(Events(Masked(0x88,
                          "\x0f\xa0"
                          "x"),
                   100),
            List{"close 4000 x"});
  EXPECT_EQ(Events(Masked(0x88, "\x03\xe8\xff"), 100), List{"error 1007"});
}

TEST(WsFrame, InvalidTextIsRefusedEarly) {
  EXPECT_EQ(Events(Masked(0x01, "a\xff"), 100), List{"error 1007"});
  EXPECT_EQ(Events(Masked(0x81, "a\xc3"), 100), List{"error 1007"});
  EXPECT_EQ(Events(Masked(0x82, "a\xff"), 100), List{"binary 2"});
}

TEST(WsFrame, BoundsMessages) {
  EXPECT_EQ(Events(Masked(0x82, std::string(100, 'a')), 1000, 100), List{"binary 100"});
  EXPECT_EQ(Events(Masked(0x82, std::string(101, 'a')), 1000, 100), List{"error 1009"});
  EXPECT_EQ(
      Events(Masked(0x02, std::string(60, 'a')) + Masked(0x80, std::string(60, 'a')), 1000, 100),
      List{"error 1009"});
  // The promise alone is enough; nothing is set aside for it.
  EXPECT_EQ(Events(std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
                               "mmmm",
                               14),
                   100),
            List{"error 1009"});
}

TEST(WsFrame, LongReasonIsCutAtACharacter) {
  std::string reason(122, 'a');
  reason += "\xc3\xa9";
  std::string frame;
  AppendCloseFrame(1000, reason, frame);
  EXPECT_EQ(frame.size(), 2u + 2u + 122u);
  frame.clear();
  AppendCloseFrame(kWsNoStatus, "x", frame);
  EXPECT_EQ(frame, std::string("\x88\x00", 2));
}

TEST(WsHandshake, Sha1AndAcceptKey) {
  Sha1Digest digest = Sha1("abc");
  EXPECT_EQ(digest[0], 0xA9);
  EXPECT_EQ(digest[19], 0x9D);
  EXPECT_EQ(AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int Checked(std::string_view fields, std::string_view method = "GET") {
  RequestHead head;
  std::string text =
      std::string(method) + " /ws HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
  EXPECT_EQ(ParseRequestHead(text, 4096, 0, head), HeadStatus::kDone);
  std::string_view key;
  return CheckHandshake(head, key);
}

TEST(WsHandshake, ChecksTheRequest) {
  std::string upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n";
  std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  std::string version = "Sec-WebSocket-Version: 13\r\n";
  EXPECT_EQ(Checked(upgrade + key + version), 0);
  EXPECT_EQ(Checked(upgrade + key + version, "POST"), 405);
  EXPECT_EQ(Checked(key + version), 426);
  EXPECT_EQ(Checked(upgrade + key + "Sec-WebSocket-Version: 8\r\n"), 426);
  EXPECT_EQ(Checked(upgrade + version), 400);
  EXPECT_EQ(Checked(upgrade + version + "Sec-WebSocket-Key: short\r\n"), 400);
  EXPECT_EQ(Checked(upgrade + version + key + key), 400);
  EXPECT_EQ(Checked("Connection: Upgrade\r\nUpgrade: h2c\r\n" + key + version), 426);
}

}  // namespace
}  // namespace snow::rt
