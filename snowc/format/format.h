// Source in the one layout that all Snow code shares (section 11 of the syntax chapter).
#ifndef SNOWC_FORMAT_FORMAT_H_
#define SNOWC_FORMAT_FORMAT_H_

#include <string>

#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/syntax/tree.h"

namespace snow {

// The width that lines keep to where they can.
constexpr size_t kFormatWidth = 100;

// The text of `tree` formatted: its tokens, comments and strings are all there, with white space,
// separators and the spellings `def`, `match`, `&&`, `||` and `!` made uniform and imports sorted.
// Formatting the result again changes nothing. A tree with errors gives the source as it is.
std::string Format(const Tree& tree);

// The same of a text. With syntax errors, which go to `diagnostics`, it is left as it is.
std::string FormatSource(const SourceFile& source, Diagnostics& diagnostics);

}  // namespace snow

#endif  // SNOWC_FORMAT_FORMAT_H_
