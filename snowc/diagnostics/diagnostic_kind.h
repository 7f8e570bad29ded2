// The kinds of diagnostics, made from diagnostic_kind.def.
#ifndef SNOWC_DIAGNOSTICS_DIAGNOSTIC_KIND_H_
#define SNOWC_DIAGNOSTICS_DIAGNOSTIC_KIND_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace snow {

enum class Severity : uint8_t { kError, kWarning };

enum class DiagnosticKind : uint16_t {
#define SNOW_DIAGNOSTIC(code, severity, name, title) k##name,
#include "snowc/diagnostics/diagnostic_kind.def"
};

// `E0004` and the like.
std::string_view CodeOf(DiagnosticKind kind);

Severity SeverityOf(DiagnosticKind kind);

// A short phrase in lower case, the same for every occurrence.
std::string_view TitleOf(DiagnosticKind kind);

// The kind of a code as written (`E0004`, `e0004`), if there is one.
std::optional<DiagnosticKind> KindOfCode(std::string_view code);

// The long text of a kind, in Markdown.
std::string_view ExplanationOf(DiagnosticKind kind);

// What `snow explain CODE` prints: code, title and long text; nothing for an unknown code.
std::optional<std::string> Explain(std::string_view code);

}  // namespace snow

#endif  // SNOWC_DIAGNOSTICS_DIAGNOSTIC_KIND_H_
