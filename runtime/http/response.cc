#include "runtime/http/response.h"

#include <sys/time.h>
#include <time.h>

#include <atomic>
#include <charconv>
#include <cstring>
#include <mutex>

#include "runtime/http/grammar.h"

namespace snow::rt {
namespace {

constexpr size_t kDateSize = 29;

struct Phrase {
  int status;
  std::string_view text;
};

constexpr Phrase kPhrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {418, "I'm a teapot"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

void AppendNumber(ByteBuffer& out, uint64_t number) {
  char digits[20];
  char* end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.Append({digits, static_cast<size_t>(end - digits)});
}

bool IsServersField(std::string_view name) {
  for (std::string_view own :
       {"content-length", "transfer-encoding", "connection", "date", "keep-alive"}) {
    if (EqualsIgnoreCase(name, own)) return true;
  }
  return false;
}

bool IsValidValue(std::string_view value) {
  for (char c : value) {
    uint8_t byte = c;
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return false;
  }
  return true;
}

// The date of this second: made once a second by whoever comes first.
void AppendDate(ByteBuffer& out) {
  struct Cached {
    int64_t second = -1;
    char text[kDateSize];
  };
  thread_local Cached cached;
  timespec now;
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (cached.second != now.tv_sec) {
    WriteHttpDate(now.tv_sec, cached.text);
    cached.second = now.tv_sec;
  }
  out.Append("Date: ");
  out.Append({cached.text, kDateSize});
  out.Append("\r\n");
}

bool HasBody(int status) { return status != 204 && status != 304; }

}  // namespace

std::string_view ReasonPhrase(int status) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.text;
  }
  return "";
}

void WriteHttpDate(int64_t unix_seconds, char* to) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t seconds = unix_seconds;
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  auto two = [](char* at, int number) {
    at[0] = static_cast<char>('0' + number / 10);
    at[1] = static_cast<char>('0' + number % 10);
  };
  std::memcpy(to, "Xxx, 00 Xxx 0000 00:00:00 GMT", kDateSize);
  std::memcpy(to, kDays[parts.tm_wday], 3);
  two(to + 5, parts.tm_mday);
  std::memcpy(to + 8, kMonths[parts.tm_mon], 3);
  int year = parts.tm_year + 1900;
  two(to + 12, year / 100 % 100);
  two(to + 14, year % 100);
  two(to + 17, parts.tm_hour);
  two(to + 20, parts.tm_min);
  two(to + 23, parts.tm_sec);
}

ResponseWriter::ResponseWriter(ByteBuffer& out, int status, bool keep_alive, int minor_version)
    : out_(out), status_(status < 200 || status > 999 ? 500 : status) {
  if (status_ == 200) {
    out_.Append("HTTP/1.1 200 OK\r\n");
  } else {
    out_.Append("HTTP/1.1 ");
    AppendNumber(out_, status_);
    out_.Append(" ");
    out_.Append(ReasonPhrase(status_));
    out_.Append("\r\n");
  }
  AppendDate(out_);
  if (!keep_alive) {
    out_.Append("Connection: close\r\n");
  } else if (minor_version == 0) {
    out_.Append("Connection: keep-alive\r\n");
  }
}

bool ResponseWriter::Header(std::string_view name, std::string_view value) {
  if (!IsToken(name) || !IsValidValue(value) || IsServersField(name)) return false;
  if (EqualsIgnoreCase(name, "content-type")) has_content_type_ = true;
  out_.Append(name);
  out_.Append(": ");
  out_.Append(value);
  out_.Append("\r\n");
  return true;
}

void ResponseWriter::Finish(std::string_view body, bool head_only) {
  if (HasBody(status_)) {
    if (!has_content_type_ && !body.empty()) {
      out_.Append("Content-Type: text/plain; charset=utf-8\r\n");
    }
    out_.Append("Content-Length: ");
    AppendNumber(out_, body.size());
    out_.Append("\r\n\r\n");
    if (!head_only) out_.Append(body);
  } else {
    out_.Append("\r\n");
  }
}

}  // namespace snow::rt
