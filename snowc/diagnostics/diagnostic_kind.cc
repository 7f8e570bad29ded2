#include "snowc/diagnostics/diagnostic_kind.h"

#include <algorithm>
#include <cctype>
#include <iterator>

// Made from explanations/*.md: a constant kTextE0001 and so on for each file.
#include "snowc/diagnostics/explanations.inc"

namespace snow {
namespace {

struct Entry {
  std::string_view code;
  Severity severity;
  std::string_view title;
  std::string_view explanation;
};

constexpr Entry kEntries[] = {
#define SNOW_DIAGNOSTIC(code, severity, name, title) \
  {#code, Severity::severity, title, explanations::kText##code},
#include "snowc/diagnostics/diagnostic_kind.def"
};

const Entry& EntryOf(DiagnosticKind kind) { return kEntries[static_cast<size_t>(kind)]; }

bool SameLetters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::toupper(static_cast<unsigned char>(x)) ==
           std::toupper(static_cast<unsigned char>(y));
  });
}

}  // namespace

std::string_view CodeOf(DiagnosticKind kind) { return EntryOf(kind).code; }

Severity SeverityOf(DiagnosticKind kind) { return EntryOf(kind).severity; }

std::string_view TitleOf(DiagnosticKind kind) { return EntryOf(kind).title; }

std::string_view ExplanationOf(DiagnosticKind kind) { return EntryOf(kind).explanation; }

std::optional<DiagnosticKind> KindOfCode(std::string_view code) {
  auto found = std::find_if(std::begin(kEntries), std::end(kEntries),
                            [&](const Entry& entry) { return SameLetters(entry.code, code); });
  if (found == std::end(kEntries)) return std::nullopt;
  return static_cast<DiagnosticKind>(found - std::begin(kEntries));
}

std::optional<std::string> Explain(std::string_view code) {
  std::optional<DiagnosticKind> kind = KindOfCode(code);
  if (!kind) return std::nullopt;
  const Entry& entry = EntryOf(*kind);
  std::string text(entry.code);
  text.append(": ").append(entry.title).append("\n\n").append(entry.explanation);
  return text;
}

}  // namespace snow
