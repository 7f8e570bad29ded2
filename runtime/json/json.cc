// The ABI functions of module Json.
#include <array>
#include <charconv>

#include "runtime/abi/functions.h"
#include "runtime/json/scan.h"
#include "runtime/text/characters.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

// "line 2, column 5: expected ':'"
SnowPair FaultText(SnowActor* actor, std::string_view text, const JsonFault& fault) {
  const std::string_view before = text.substr(0, fault.at);
  size_t line = 1;
  size_t line_begin = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] != '\n') continue;
    ++line;
    line_begin = i + 1;
  }
  const size_t column = CountChars(before.substr(line_begin)) + 1;
  std::array<char, 160> buffer;
  char* to = buffer.data();
  char* limit = to + buffer.size();
  const auto put = [&](std::string_view part) {
    memcpy(to, part.data(), part.size());
    to += part.size();
  };
  put("line ");
  to = std::to_chars(to, limit, line).ptr;
  put(", column ");
  to = std::to_chars(to, limit, column).ptr;
  put(": ");
  put(fault.reason);
  if (fault.at >= text.size()) put(", found the end of the text");
  return NewString(actor, {buffer.data(), static_cast<size_t>(to - buffer.data())});
}

// The tags of Result.
constexpr uint64_t kOk = 0;
constexpr uint64_t kErr = 1;

}  // namespace
}  // namespace snow::rt

using snow::rt::JsonFault;
using snow::rt::JsonWords;
using snow::rt::StringArg;
using snow::rt::StringRoom;

extern "C" {

void snow_json_scan(SnowActor* actor, uint64_t text_0, uint64_t text_1, int64_t depth_limit,
                    uint64_t* out) {
  const StringArg arg(text_0, text_1);
  const std::string_view text = arg.view();
  // twice, so that the words take just their room: the first pass counts and finds what is wrong
  JsonWords counter(nullptr);
  const JsonFault fault = snow::rt::ScanJson(text, depth_limit, counter);
  SnowPair result;
  if (fault.reason != nullptr) {
    result = snow::rt::FaultText(actor, text, fault);
  } else {
    StringRoom room(actor, uint64_t{counter.count()} * 8);
    JsonWords words(reinterpret_cast<uint64_t*>(room.data()));
    snow::rt::ScanJson(text, depth_limit, words);
    result = room.Finish(words.count() * 8);
  }
  out[0] = fault.reason == nullptr ? snow::rt::kOk : snow::rt::kErr;
  out[1] = result.first;
  out[2] = result.second;
}

SnowPair snow_json_unquote(SnowActor* actor, uint64_t text_0, uint64_t text_1, int64_t from,
                           int64_t to) {
  const StringArg arg(text_0, text_1);
  const std::string_view source =
      arg.view().substr(static_cast<size_t>(from), static_cast<size_t>(to - from));
  if (source.find('\\') == std::string_view::npos) return snow::rt::NewString(actor, source);
  StringRoom room(actor, source.size());
  const char* end = snow::rt::UnescapeJson(source, room.data());
  return room.Finish(static_cast<size_t>(end - room.data()));
}

SnowPair snow_json_quote(SnowActor* actor, uint64_t text_0, uint64_t text_1) {
  const StringArg arg(text_0, text_1);
  // the usual text has few escapes: count them instead of taking six times the room
  uint64_t size = arg.size() + 2;
  for (const char c : arg.view()) {
    if (static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\') size += 5;
  }
  StringRoom room(actor, size);
  const char* end = snow::rt::QuoteJson(arg.view(), room.data());
  return room.Finish(static_cast<size_t>(end - room.data()));
}

}  // extern "C"
