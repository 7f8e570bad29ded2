// Percent-encoding and the pairs of queries, forms and cookies.
//
// Pure functions. Decoded text may be any bytes; callers that need UTF-8 check it.
#ifndef RUNTIME_HTTP_URL_H_
#define RUNTIME_HTTP_URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace snow::rt {

// Decodes %XX; with `plus`, `+` is a space (queries and forms). A `%` without two hexadecimal
// digits stays as it is.
std::string PercentDecode(std::string_view text, bool plus);
// Whether decoding would change anything.
bool NeedsDecoding(std::string_view text, bool plus);
// Encodes all but the unreserved characters (letters, digits, `-._~`).
std::string PercentEncode(std::string_view text);

// Takes the next `name=value` off the front of a query; both still encoded. A name without `=` has
// the value "". Empty parts are passed over. False at the end.
bool NextQueryPair(std::string_view& query, std::string_view& name, std::string_view& value);
// The first value of the name, decoded.
std::optional<std::string> FindQueryValue(std::string_view query, std::string_view name);

// Takes the next cookie off the front of a `Cookie` field's value.
bool NextCookie(std::string_view& cookies, std::string_view& name, std::string_view& value);

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_URL_H_
