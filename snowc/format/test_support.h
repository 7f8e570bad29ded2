// Helpers of the tests of this folder.
#ifndef SNOWC_FORMAT_TEST_SUPPORT_H_
#define SNOWC_FORMAT_TEST_SUPPORT_H_

#include <string>
#include <string_view>

namespace snow::format_test {

// `text` formatted; as it is when it has errors.
std::string Formatted(std::string_view text);

// What the promises of Format are not kept in for `text`: that formatting twice is formatting once,
// that tokens and comments are all there, and that the typed tree is the same. Empty: all is well,
// or the text has errors.
std::string BrokenPromise(std::string_view text);

}  // namespace snow::format_test

#endif  // SNOWC_FORMAT_TEST_SUPPORT_H_
