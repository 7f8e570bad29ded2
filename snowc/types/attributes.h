// Attributes (`@name(args)`): what they say, and which are known.
//
//   @deprecated("use f")   a use is a warning (W0008) that shows the text
//   @json(name: "key"), @json(default), @json(skip)   before a field: chapter 3, section 6
//
// In the library:
//   @adapt_callbacks   closures and functions given to its function parameters may take fewer
//                      parameters, and give a value of any type where the result is a type parameter
//   @detached          functions given to it run later or elsewhere: in actors with messages of
//                      their own
#ifndef SNOWC_TYPES_ATTRIBUTES_H_
#define SNOWC_TYPES_ATTRIBUTES_H_

#include <string>
#include <string_view>

#include "snowc/types/world.h"

namespace snow::types {

struct JsonOptions {
  std::string name;
  bool use_default = false;
  bool skip = false;
};

const ast::Attribute* FindAttribute(const World& world, ast::List<ast::Attribute> attributes,
                                    std::string_view name);

// Reads `@json(..)`; reports what it cannot read.
JsonOptions ReadJson(World& world, ast::List<ast::Attribute> attributes);

// Warns of attributes of the program that nothing knows (W0009).
void CheckAttributes(World& world);

// Warns of a use (W0008) where the definition is deprecated.
void WarnDeprecated(World& world, const ast::Attribute* deprecated, StringId name, Span use);

}  // namespace snow::types

#endif  // SNOWC_TYPES_ATTRIBUTES_H_
