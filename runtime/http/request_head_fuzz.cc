// Any bytes as a request head: no crash, and what is accepted keeps the promises of the header.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/http/grammar.h"
#include "runtime/http/request_head.h"
#include "runtime/http/url.h"

namespace snow::rt {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void Check(std::string_view input) {
  constexpr size_t kMax = 4096;
  RequestHead head;
  HeadStatus status = ParseRequestHead(input, kMax, 0, head);
  if (status == HeadStatus::kRefused) Require(head.status >= 400 && head.reason[0] != '\0');
  if (status != HeadStatus::kDone) return;
  Require(head.size <= input.size() && head.size <= kMax + 4);
  Require(IsToken(head.method) && !head.target.empty() && !head.path.empty());
  Require(!(head.chunked && head.content_length > 0));
  // The same head without its last byte is incomplete, never something else.
  RequestHead shorter;
  Require(ParseRequestHead(input.substr(0, head.size - 1), kMax, 0, shorter) != HeadStatus::kDone);
  HeaderLines lines(head.headers);
  std::string_view name;
  std::string_view value;
  while (lines.Next(name, value)) {
    Require(IsToken(name) && value.find_first_of("\r\n") == std::string_view::npos);
    std::string_view cookies = value;
    std::string_view key;
    std::string_view content;
    while (NextCookie(cookies, key, content)) Require(!key.empty());
  }
  std::string_view query = head.query;
  while (NextQueryPair(query, name, value)) {
    Require(PercentDecode(PercentEncode(value), false) == value);
    PercentDecode(name, true);
  }
}

}  // namespace
}  // namespace snow::rt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  snow::rt::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
