#include "runtime/http/request_head.h"

#include <array>
#include <cstring>

#include "runtime/http/grammar.h"

namespace snow::rt {
namespace {

HeadStatus Refuse(RequestHead& head, int status, const char* reason) {
  head.status = status;
  head.reason = reason;
  return HeadStatus::kRefused;
}

// Characters that a header's value may hold: no controls but the tab.
constexpr std::array<bool, 256> MakeValueChars() {
  std::array<bool, 256> table{};
  for (int c = 0x20; c < 256; ++c) table[c] = c != 0x7F;
  table['\t'] = true;
  return table;
}
constexpr std::array<bool, 256> kValueChars = MakeValueChars();

// Takes a line off the front of `rest`, without its CR LF. The whole head is known to be there, so
// a missing CR LF is an error, as is a CR or LF anywhere else (refused by the checks of
// characters).
bool TakeLine(std::string_view& rest, std::string_view& line) {
  const void* found = std::memchr(rest.data(), '\n', rest.size());
  if (found == nullptr) return false;
  size_t length = static_cast<const char*>(found) - rest.data();
  if (length == 0 || rest[length - 1] != '\r') return false;
  line = rest.substr(0, length - 1);
  rest.remove_prefix(length + 1);
  return true;
}

bool IsTargetChars(std::string_view target) {
  bool ascii = true;
  for (char c : target) {
    uint8_t byte = c;
    if (byte <= 0x20 || byte == 0x7F || byte == '#') return false;
    if (byte >= 0x80) ascii = false;
  }
  // Raw UTF-8 is not in the grammar, but it is what common clients send.
  return ascii || IsWholeUtf8(target);
}

HeadStatus SplitTarget(RequestHead& head) {
  std::string_view target = head.target;
  if (!IsTargetChars(target)) return Refuse(head, 400, "bad character in the request target");
  std::string_view rest = target;
  if (target == "*") {
    if (head.method != "OPTIONS") return Refuse(head, 400, "the target * is for OPTIONS");
  } else if (target.front() != '/') {
    // The absolute form, as proxies get it: `http://host/path`.
    size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) return Refuse(head, 400, "bad request target");
    std::string_view name = target.substr(0, scheme);
    if (!EqualsIgnoreCase(name, "http") && !EqualsIgnoreCase(name, "https")) {
      return Refuse(head, 400, "bad scheme in the request target");
    }
    rest = target.substr(scheme + 3);
    size_t end = rest.find_first_of("/?");
    if (end == 0 || rest.empty()) return Refuse(head, 400, "no host in the request target");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  }
  size_t question = rest.find('?');
  head.path = rest.substr(0, question);
  head.query = question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
  if (head.path.empty()) head.path = "/";
  return HeadStatus::kDone;
}

HeadStatus ParseRequestLine(std::string_view line, RequestHead& head) {
  size_t first = line.find(' ');
  size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return Refuse(head, 400, "bad request line");
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  std::string_view version = line.substr(last + 1);
  if (!IsToken(head.method) || head.target.empty()) return Refuse(head, 400, "bad request line");
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' ||
      version[5] < '0' || version[5] > '9' || version[7] < '0' || version[7] > '9') {
    return Refuse(head, 400, "bad HTTP version");
  }
  if (version[5] != '1') return Refuse(head, 505, "HTTP version not supported");
  head.minor_version = version[7] == '0' ? 0 : 1;
  if (head.method == "CONNECT") return Refuse(head, 501, "CONNECT is for proxies");
  return SplitTarget(head);
}

// What the fields say about the message as a whole; their rules span lines.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  bool has_coding = false;
  bool close = false;
  bool keep = false;
  bool upgrade_token = false;
  bool upgrade_field = false;
};

HeadStatus ReadContentLength(std::string_view value, RequestHead& head) {
  // 18 digits cannot overflow.
  if (value.empty() || value.size() > 18) return Refuse(head, 400, "bad Content-Length");
  uint64_t length = 0;
  for (char c : value) {
    if (c < '0' || c > '9') return Refuse(head, 400, "bad Content-Length");
    length = length * 10 + (c - '0');
  }
  head.content_length = length;
  return HeadStatus::kDone;
}

HeadStatus ReadKnownField(std::string_view name, std::string_view value, RequestHead& head,
                          Framing& framing) {
  switch (name.size()) {
    case 4:
      if (!EqualsIgnoreCase(name, "host")) break;
      if (++framing.hosts > 1) return Refuse(head, 400, "two Host fields");
      if (value.find_first_of(" \t,/?#@\\") != std::string_view::npos) {
        return Refuse(head, 400, "bad Host");
      }
      break;
    case 6:
      if (!EqualsIgnoreCase(name, "expect")) break;
      if (!EqualsIgnoreCase(value, "100-continue")) return Refuse(head, 417, "unknown expectation");
      head.expects_continue = true;
      break;
    case 7:
      if (EqualsIgnoreCase(name, "upgrade")) framing.upgrade_field = true;
      break;
    case 10:
      if (!EqualsIgnoreCase(name, "connection")) break;
      if (ListContains(value, "close")) framing.close = true;
      if (ListContains(value, "keep-alive")) framing.keep = true;
      if (ListContains(value, "upgrade")) framing.upgrade_token = true;
      break;
    case 14:
      if (!EqualsIgnoreCase(name, "content-length")) break;
      if (++framing.lengths > 1) return Refuse(head, 400, "two Content-Length fields");
      return ReadContentLength(value, head);
    case 17:
      if (!EqualsIgnoreCase(name, "transfer-encoding")) break;
      if (framing.has_coding) return Refuse(head, 400, "two Transfer-Encoding fields");
      framing.has_coding = true;
      if (!EqualsIgnoreCase(value, "chunked")) return Refuse(head, 501, "unknown transfer coding");
      head.chunked = true;
      break;
    default:
      break;
  }
  return HeadStatus::kDone;
}

HeadStatus ParseField(std::string_view line, RequestHead& head, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') return Refuse(head, 400, "folded header line");
  size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Refuse(head, 400, "header line without a colon");
  std::string_view name = line.substr(0, colon);
  if (!IsToken(name)) return Refuse(head, 400, "bad header name");
  std::string_view value = line.substr(colon + 1);
  for (char c : value) {
    if (!kValueChars[static_cast<uint8_t>(c)]) {
      return Refuse(head, 400, "bad character in a header value");
    }
  }
  return ReadKnownField(name, TrimBlanks(value), head, framing);
}

HeadStatus Conclude(RequestHead& head, const Framing& framing) {
  if (head.minor_version == 1 && framing.hosts == 0) return Refuse(head, 400, "no Host field");
  if (framing.has_coding && framing.lengths > 0) {
    return Refuse(head, 400, "Content-Length beside Transfer-Encoding");
  }
  if (framing.has_coding && head.minor_version == 0) {
    return Refuse(head, 400, "Transfer-Encoding in HTTP/1.0");
  }
  head.has_body = head.chunked || head.content_length > 0;
  head.keep_alive = !framing.close && (head.minor_version == 1 || framing.keep);
  head.wants_upgrade = framing.upgrade_token && framing.upgrade_field;
  return HeadStatus::kDone;
}

// A head that can only be wrong is refused before the rest of it arrives.
HeadStatus JudgeBeginning(std::string_view rest, size_t from, RequestHead& head) {
  if (rest.empty() || rest == "\r") return HeadStatus::kIncomplete;
  if (!IsTokenChar(rest.front())) return Refuse(head, 400, "bad request line");
  for (size_t at = rest.find('\n', from); at != std::string_view::npos;
       at = rest.find('\n', at + 1)) {
    if (at == 0 || rest[at - 1] != '\r') return Refuse(head, 400, "bad line end");
  }
  return HeadStatus::kIncomplete;
}

HeadStatus RefuseLong(std::string_view rest, RequestHead& head) {
  if (rest.find("\r\n") == std::string_view::npos) return Refuse(head, 414, "target too long");
  return Refuse(head, 431, "header block too large");
}

}  // namespace

HeadStatus ParseRequestHead(std::string_view bytes, size_t max_size, size_t searched,
                            RequestHead& head) {
  head = RequestHead();
  size_t skipped = 0;
  while (skipped < 4 && bytes.substr(skipped, 2) == "\r\n") skipped += 2;
  std::string_view rest = bytes.substr(skipped, max_size);
  // The end may begin up to three bytes before what is new.
  size_t from = searched > skipped + 3 ? searched - skipped - 3 : 0;
  size_t end = rest.find("\r\n\r\n", from);
  if (end == std::string_view::npos) {
    return rest.size() < max_size ? JudgeBeginning(rest, from, head) : RefuseLong(rest, head);
  }
  head.size = skipped + end + 4;
  rest = rest.substr(0, end + 2);
  std::string_view line;
  if (!TakeLine(rest, line)) return Refuse(head, 400, "bad line end");
  if (HeadStatus status = ParseRequestLine(line, head); status != HeadStatus::kDone) return status;
  head.headers = rest;
  Framing framing;
  while (!rest.empty()) {
    if (!TakeLine(rest, line) || line.empty()) return Refuse(head, 400, "bad line end");
    if (HeadStatus status = ParseField(line, head, framing); status != HeadStatus::kDone) {
      return status;
    }
  }
  return Conclude(head, framing);
}

bool HeaderLines::Next(std::string_view& name, std::string_view& value) {
  size_t end = rest_.find("\r\n");
  if (end == std::string_view::npos) return false;
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 2);
  size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  name = line.substr(0, colon);
  value = TrimBlanks(line.substr(colon + 1));
  return true;
}

int FindHeader(std::string_view lines, std::string_view name, std::string_view& value) {
  HeaderLines fields(lines);
  std::string_view field;
  std::string_view content;
  int count = 0;
  while (fields.Next(field, content)) {
    if (!EqualsIgnoreCase(field, name)) continue;
    if (count++ == 0) value = content;
  }
  return count;
}

}  // namespace snow::rt
