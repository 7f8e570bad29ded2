#include "driver/terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "snowc/diagnostics/renderer.h"
#include "snowpkg/base/json.h"

namespace snow::driver {
namespace {

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

// The kinds of the package manager have the numbers of diagnostics.
DiagnosticKind KindOf(const pkg::Error& error) {
  return KindOfCode("E0" + std::to_string(static_cast<int>(error.kind())))
      .value_or(DiagnosticKind::kFileSystem);
}

std::string PluralOf(size_t count, std::string_view word) {
  return std::to_string(count) + " " + std::string(word) + (count == 1 ? "" : "s");
}

}  // namespace

void Print(std::string_view text) { WriteAll(STDOUT_FILENO, text); }

void Terminal::SetColor(ColorMode mode) {
  if (mode != ColorMode::kAuto) {
    color_ = mode == ColorMode::kAlways;
    return;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  color_ = isatty(STDERR_FILENO) != 0 && (no_color == nullptr || *no_color == '\0') &&
           term != nullptr && std::string_view(term) != "dumb";
}

std::string Terminal::Styled(std::string_view text, std::string_view code) const {
  if (!color_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::string Terminal::Render(const Diagnostics& diagnostics, const SourceSet& sources) const {
  std::string text;
  if (format_ == MessageFormat::kJson) {
    for (const Diagnostic* diagnostic : diagnostics.Sorted()) {
      text += RenderJson(*diagnostic, sources);
    }
    return text;
  }
  text = RenderText(diagnostics, sources, {.color = color_});
  if (diagnostics.HasErrors()) {
    size_t errors = 0;
    for (const Diagnostic* diagnostic : diagnostics.Sorted()) {
      if (diagnostic->severity() == Severity::kError) ++errors;
    }
    text += "\n" + PluralOf(errors, "error") + "\n";
  }
  return text;
}

void Terminal::Show(const Diagnostics& diagnostics, const SourceSet& sources) {
  Raw(Render(diagnostics, sources));
}

void Terminal::Show(const Complaint& complaint) {
  std::string code(CodeOf(complaint.kind));
  std::string text;
  if (format_ == MessageFormat::kJson) {
    text = "{\"code\":" + pkg::JsonQuote(code) +
           ",\"severity\":\"error\",\"message\":" + pkg::JsonQuote(complaint.message);
    if (!complaint.place.file.empty()) {
      text += ",\"path\":" + pkg::JsonQuote(complaint.place.file);
      if (complaint.place.line != 0) {
        text += ",\"line\":" + std::to_string(complaint.place.line) +
                ",\"column\":" + std::to_string(complaint.place.column);
      }
    }
    text += ",\"notes\":[";
    for (size_t i = 0; i < complaint.details.size(); ++i) {
      text +=
          std::string(i > 0 ? "," : "") + "{\"text\":" + pkg::JsonQuote(complaint.details[i]) + "}";
    }
    text += "],\"helps\":[";
    for (size_t i = 0; i < complaint.helps.size(); ++i) {
      text += std::string(i > 0 ? "," : "") + pkg::JsonQuote(complaint.helps[i]);
    }
    Raw(text + "]}\n");
    return;
  }
  text = Styled("error[" + code + "]", "1;31") + Bold(": " + complaint.message) + "\n";
  if (!complaint.place.file.empty()) {
    text += "  " + Styled("-->", "1;34") + " " + complaint.place.ToString() + "\n";
  }
  for (const std::string& detail : complaint.details) text += "  " + detail + "\n";
  for (const std::string& help : complaint.helps) {
    text += "  " + Styled("=", "1;34") + " " + Bold("help") + ": " + help + "\n";
  }
  Raw(text);
}

void Terminal::Show(const pkg::Error& error) {
  Complaint complaint{.kind = KindOf(error), .message = error.message()};
  for (size_t i = 1; i < error.chain().size(); ++i) {
    complaint.details.push_back("caused by: " + error.chain()[i]);
  }
  if (!error.help().empty()) complaint.helps.push_back(error.help());
  complaint.place = error.place();
  Show(complaint);
}

void Terminal::Status(std::string_view line) {
  if (quiet_ || format_ == MessageFormat::kJson) return;
  Raw(std::string(line) + "\n");
}

void Terminal::Raw(std::string_view text) { WriteAll(STDERR_FILENO, text); }

}  // namespace snow::driver
