// The one translation unit that holds toml++. Its assertions fire on some invalid documents of
// strangers, where the parse would otherwise return an error, so they are off in every build.
#ifndef NDEBUG
#define NDEBUG
#endif
// Without assertions the same conditions become assumptions of the optimiser, and those documents
// undefined behaviour: they are made to say nothing.
#define __builtin_assume(...) static_cast<void>(0)
#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
