// Where phases report what is wrong with a program.
//
//   diagnostics.Error(DiagnosticKind::kUnknownName, span, "unknown name 'lenght'")
//       .Label("not found in this scope")
//       .Note(other_span, "a similar name is defined here")
//       .Help("did you mean 'length'?")
//       .Fix(span, "length");
//
// `Diagnostics` only collects; text for people and tools is made by renderer.h. A message is one
// sentence without a full stop that says what is wrong; the label says why here, notes point at
// other places that matter, a help says what to write instead.
// Thread-safety: thread-compatible; a parallel phase gives each worker its own sink and appends.
#ifndef SNOWC_DIAGNOSTICS_DIAGNOSTICS_H_
#define SNOWC_DIAGNOSTICS_DIAGNOSTICS_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostic_kind.h"

namespace snow {

// A remark; `span` is invalid when it belongs to no place.
struct DiagnosticNote {
  Span span;
  std::string text;
};

// A text edit that mends the program: replaces `span` (empty: inserts).
struct DiagnosticFix {
  Span span;
  std::string replacement;
};

struct Diagnostic {
  DiagnosticKind kind;
  Span span;            // the primary place; invalid when the matter has none (no main, say)
  std::string message;  // the headline
  std::string label;    // beside the carets of the primary place; may be empty
  std::vector<DiagnosticNote> notes;
  std::vector<std::string> helps;
  std::vector<DiagnosticFix> fixes;  // all to be applied together

  Severity severity() const { return SeverityOf(kind); }
};

// Adds to a diagnostic that has just been reported. Valid as long as its sink keeps the diagnostic.
class DiagnosticBuilder {
 public:
  explicit DiagnosticBuilder(Diagnostic& diagnostic) : diagnostic_(&diagnostic) {}

  DiagnosticBuilder& Label(std::string text) {
    diagnostic_->label = std::move(text);
    return *this;
  }
  DiagnosticBuilder& Note(Span span, std::string text) {
    diagnostic_->notes.push_back({span, std::move(text)});
    return *this;
  }
  DiagnosticBuilder& Note(std::string text) { return Note(Span(), std::move(text)); }
  DiagnosticBuilder& Help(std::string text) {
    diagnostic_->helps.push_back(std::move(text));
    return *this;
  }
  DiagnosticBuilder& Fix(Span span, std::string replacement) {
    diagnostic_->fixes.push_back({span, std::move(replacement)});
    return *this;
  }

 private:
  Diagnostic* diagnostic_;
};

class Diagnostics {
 public:
  // Reports; `kind` says whether it is an error, and each call has the name of what it reports so
  // that a reader sees it (checked in debug builds).
  DiagnosticBuilder Error(DiagnosticKind kind, Span span, std::string message);
  DiagnosticBuilder Warning(DiagnosticKind kind, Span span, std::string message);

  bool HasErrors() const { return error_count_ != 0; }
  size_t ErrorCount() const { return error_count_; }
  size_t WarningCount() const { return all_.size() - error_count_; }

  // In order of reporting.
  const std::deque<Diagnostic>& All() const { return all_; }

  // In order of place (file, then offset), without repetitions of one kind at one span.
  std::vector<const Diagnostic*> Sorted() const;

  // Forgets all but the first `count` reports, for a phase that tries something else.
  void Truncate(size_t count);

  // Moves everything of `other` to the end of this.
  void Append(Diagnostics&& other);

 private:
  DiagnosticBuilder Add(DiagnosticKind kind, Span span, std::string message);

  std::deque<Diagnostic> all_;  // a deque, since builders keep references
  size_t error_count_ = 0;
};

}  // namespace snow

#endif  // SNOWC_DIAGNOSTICS_DIAGNOSTICS_H_
