// Heads, queries and cookies as the library reads them (abi/net.def). Nothing here waits.
#include <atomic>
#include <string>
#include <string_view>

#include "runtime/abi/functions.h"
#include "runtime/http/grammar.h"
#include "runtime/http/request_head.h"
#include "runtime/http/url.h"
#include "runtime/net/abi_values.h"

namespace snow::rt {
namespace {

// Text of a peer as a String: what is not valid UTF-8 is taken for Latin-1.
std::string Readable(std::string_view text) {
  if (IsWholeUtf8(text)) return std::string(text);
  std::string readable;
  for (char c : text) {
    uint8_t byte = c;
    if (byte < 0x80) {
      readable += c;
    } else {
      readable += static_cast<char>(0xC0 | byte >> 6);
      readable += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return readable;
}

// Gives a text that lies in C++ memory. A panic for want of memory must not lose it, so it lies in
// the frame where it is short, and in memory that is kept for the next call otherwise.
class Kept {
 public:
  static std::string_view Keep(std::string text) {
    static thread_local std::string kept;
    kept = std::move(text);
    return kept;
  }
};

void GiveOption(Actor* actor, bool found, std::string text, uint64_t* out) {
  out[0] = found ? 1 : 0;
  out[1] = out[2] = 0;
  if (!found) return;
  SnowPair pair = NewString(actor, Kept::Keep(std::move(text)));
  out[1] = pair.first;
  out[2] = pair.second;
}

// The pairs that `next` gives, one after the other in one List of Strings. `next` begins anew with
// each of the two passes.
template <typename Next>
SnowPair GivePairs(Actor* actor, std::string_view text, Next next) {
  std::string_view name;
  std::string_view value;
  size_t count = 0;
  std::string_view rest = text;
  while (next(rest, name, value)) count += 2;
  StringListBuilder list(actor, count, /*optional=*/false);
  rest = text;
  while (next(rest, name, value)) {
    list.Add(Kept::Keep(Readable(name)));
    list.Add(Kept::Keep(Readable(value)));
  }
  return list.Finish();
}

bool NextHeader(std::string_view& rest, std::string_view& name, std::string_view& value) {
  size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return false;
  HeaderLines line(rest.substr(0, end + 2));
  rest.remove_prefix(end + 2);
  return line.Next(name, value);
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

void snow_http_header(SnowActor* actor, uint64_t lines_0, uint64_t lines_1, uint64_t name_0,
                      uint64_t name_1, uint64_t* out) {
  StringBytes lines(lines_0, lines_1);
  StringBytes name(name_0, name_1);
  std::string_view separator = EqualsIgnoreCase(name.view(), "cookie") ? "; " : ", ";
  HeaderLines fields(lines.view());
  std::string_view field;
  std::string_view content;
  std::string joined;
  bool found = false;
  while (fields.Next(field, content)) {
    if (!EqualsIgnoreCase(field, name.view())) continue;
    if (found) joined += separator;
    joined += Readable(content);
    found = true;
  }
  GiveOption(ActorOf(actor), found, std::move(joined), out);
}

SnowPair snow_http_header_list(SnowActor* actor, uint64_t lines_0, uint64_t lines_1) {
  StringBytes lines(lines_0, lines_1);
  return GivePairs(ActorOf(actor), lines.view(), NextHeader);
}

void snow_http_query(SnowActor* actor, uint64_t query_0, uint64_t query_1, uint64_t name_0,
                     uint64_t name_1, uint64_t* out) {
  StringBytes query(query_0, query_1);
  StringBytes name(name_0, name_1);
  std::string text;
  bool found = false;
  if (auto value = FindQueryValue(query.view(), name.view())) {
    found = true;
    text = Readable(*value);
  }
  GiveOption(ActorOf(actor), found, std::move(text), out);
}

SnowPair snow_http_query_list(SnowActor* actor, uint64_t query_0, uint64_t query_1) {
  Actor* self = ActorOf(actor);
  StringBytes query(query_0, query_1);
  size_t count = 0;
  std::string_view name;
  std::string_view value;
  std::string_view rest = query.view();
  while (NextQueryPair(rest, name, value)) count += 2;
  StringListBuilder list(self, count, /*optional=*/false);
  rest = query.view();
  while (NextQueryPair(rest, name, value)) {
    list.Add(Kept::Keep(Readable(PercentDecode(name, true))));
    list.Add(Kept::Keep(Readable(PercentDecode(value, true))));
  }
  return list.Finish();
}

SnowPair snow_http_cookie_list(SnowActor* actor, uint64_t cookies_0, uint64_t cookies_1) {
  StringBytes cookies(cookies_0, cookies_1);
  return GivePairs(ActorOf(actor), cookies.view(), NextCookie);
}

SnowPair snow_http_decode(SnowActor* actor, uint64_t text_0, uint64_t text_1, bool plus) {
  StringBytes text(text_0, text_1);
  if (!NeedsDecoding(text.view(), plus)) return {text_0, text_1};
  return NewString(ActorOf(actor), Kept::Keep(Readable(PercentDecode(text.view(), plus))));
}

int64_t snow_http_request_id(SnowActor*) {
  static constinit std::atomic<int64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

}  // extern "C"
