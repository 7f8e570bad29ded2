#include "snowc/diagnostics/diagnostics.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <tuple>

namespace snow {

DiagnosticBuilder Diagnostics::Error(DiagnosticKind kind, Span span, std::string message) {
  assert(SeverityOf(kind) == Severity::kError);
  return Add(kind, span, std::move(message));
}

DiagnosticBuilder Diagnostics::Warning(DiagnosticKind kind, Span span, std::string message) {
  assert(SeverityOf(kind) == Severity::kWarning);
  return Add(kind, span, std::move(message));
}

DiagnosticBuilder Diagnostics::Add(DiagnosticKind kind, Span span, std::string message) {
  if (SeverityOf(kind) == Severity::kError) ++error_count_;
  all_.push_back({kind, span, std::move(message), {}, {}, {}, {}});
  return DiagnosticBuilder(all_.back());
}

std::vector<const Diagnostic*> Diagnostics::Sorted() const {
  // The order of reporting decides between equal places.
  struct Entry {
    std::tuple<uint32_t, uint32_t, uint32_t, size_t> place;
    const Diagnostic* diagnostic;
  };
  std::vector<Entry> entries;
  entries.reserve(all_.size());
  for (const Diagnostic& diagnostic : all_) {
    const Span& span = diagnostic.span;
    entries.push_back({{span.file.value, span.begin, span.end, entries.size()}, &diagnostic});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.place < b.place; });
  std::vector<const Diagnostic*> sorted;
  sorted.reserve(entries.size());
  for (const Entry& entry : entries) sorted.push_back(entry.diagnostic);
  auto repeats = [](const Diagnostic* a, const Diagnostic* b) {
    return a->kind == b->kind && a->span == b->span && a->message == b->message;
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), repeats), sorted.end());
  return sorted;
}

void Diagnostics::Truncate(size_t count) {
  while (all_.size() > count) {
    if (all_.back().severity() == Severity::kError) --error_count_;
    all_.pop_back();
  }
}

void Diagnostics::Append(Diagnostics&& other) {
  error_count_ += other.error_count_;
  std::move(other.all_.begin(), other.all_.end(), std::back_inserter(all_));
  other.all_.clear();
  other.error_count_ = 0;
}

}  // namespace snow
