// Diagnostics as text for people, and as JSON for tools.
//
//   error[E0004]: unknown name 'lenght'
//     --> src/main.snow:3:11
//      |
//    3 |   println(lenght(xs))
//      |           ^^^^^^ not found in this scope
//      |
//      = help: did you mean 'length'?
//
// Pure functions of a diagnostic and the sources that its spans point into; no I/O.
#ifndef SNOWC_DIAGNOSTICS_RENDERER_H_
#define SNOWC_DIAGNOSTICS_RENDERER_H_

#include <string>

#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"

namespace snow {

struct RenderOptions {
  bool color = false;  // ANSI escapes
};

// One diagnostic with its excerpt; ends with a newline.
std::string RenderText(const Diagnostic& diagnostic, const SourceSet& sources,
                       const RenderOptions& options = {});

// All of `diagnostics` in order of place with an empty line between them.
std::string RenderText(const Diagnostics& diagnostics, const SourceSet& sources,
                       const RenderOptions& options = {});

// One line of JSON, newline included:
//   {"code":"E0004","severity":"error","message":"…","path":"…","line":3,"column":11,
//    "end_line":3,"end_column":17,"label":"…","notes":[{"text":"…","path":"…",…}],
//    "helps":["…"],"fixes":[{"path":"…",…,"replacement":"…"}]}
// Places have the same six keys wherever they stand; what has no place lacks them.
std::string RenderJson(const Diagnostic& diagnostic, const SourceSet& sources);

// `path:line:column` of the begin of a valid span.
std::string PlaceText(Span span, const SourceSet& sources);

}  // namespace snow

#endif  // SNOWC_DIAGNOSTICS_RENDERER_H_
