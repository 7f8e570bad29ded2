// The one translation unit that holds toml++. Its assertions fire on some invalid documents of
// strangers, where the parse would otherwise return an error, so they are off in every build.
#ifndef NDEBUG
#define NDEBUG
#endif
#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
