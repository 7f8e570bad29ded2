// Helpers of the tests of this folder.
#ifndef SNOWC_SYNTAX_TEST_SUPPORT_H_
#define SNOWC_SYNTAX_TEST_SUPPORT_H_

#include <string>
#include <string_view>

namespace snow::syntax_test {

// The dump of the items of a file; when there are errors, those in place of it.
std::string Items(std::string_view text);

// The same of what stands in `fn f() = <text>`, in `fn f() do <text> end`, in an arm of a case
// before its arrow, and after `fn f() -> `.
std::string Expr(std::string_view text);
std::string Body(std::string_view text);
std::string Pattern(std::string_view text);
std::string Type(std::string_view text);

// All errors of a file in order of place, one a line: `E0107 3:14 expected ..`; with the notes
// (`note 1:1 ..`) and helps below when `all` is set. Empty: none.
std::string Errors(std::string_view text, bool all = false);

// The same of statements inside a function; the first line of `text` is line 2 of the file.
std::string BodyErrors(std::string_view text, bool all = false);

}  // namespace snow::syntax_test

#endif  // SNOWC_SYNTAX_TEST_SUPPORT_H_
