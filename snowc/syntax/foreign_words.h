// What Snow writes for words of other languages.
#ifndef SNOWC_SYNTAX_FOREIGN_WORDS_H_
#define SNOWC_SYNTAX_FOREIGN_WORDS_H_

#include <string_view>

namespace snow {

// A help for an unknown name that is a word of another language (`null`, `int`, `class`); empty for
// any other. The parser uses it where such a word makes no sense, the checker for unknown names.
std::string_view ForeignWordHint(std::string_view name);

}  // namespace snow

#endif  // SNOWC_SYNTAX_FOREIGN_WORDS_H_
