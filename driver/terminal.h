// What the command says to its user: on stderr, as text for people or as JSON for tools.
#ifndef DRIVER_TERMINAL_H_
#define DRIVER_TERMINAL_H_

#include <string>
#include <string_view>
#include <vector>

#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowpkg/base/error.h"

namespace snow::driver {

enum class MessageFormat { kText, kJson };
enum class ColorMode { kAuto, kAlways, kNever };

// An error that belongs to no Snow source, or to none that is at hand.
struct Complaint {
  DiagnosticKind kind;
  std::string message;
  std::vector<std::string> details = {};  // lines below it: causes, words of other programs
  std::vector<std::string> helps = {};
  pkg::Place place = {};
};

// Thread-safety: one thread.
class Terminal {
 public:
  void SetFormat(MessageFormat format) { format_ = format; }
  void SetColor(ColorMode mode);
  void SetQuiet(bool quiet) { quiet_ = quiet; }
  bool color() const { return color_; }
  MessageFormat format() const { return format_; }

  // Errors and warnings of a compilation.
  void Show(const Diagnostics& diagnostics, const SourceSet& sources);
  void Show(const Complaint& complaint);
  void Show(const pkg::Error& error);
  // A line about what is going on; silent when quiet and in JSON.
  void Status(std::string_view line);
  // Text that has been rendered before, for this format.
  void Raw(std::string_view text);

  // `text` in bold, or in a colour, if colours are on.
  std::string Bold(std::string_view text) const { return Styled(text, "1"); }
  std::string Green(std::string_view text) const { return Styled(text, "32"); }

  // Errors and warnings as this terminal would show them.
  std::string Render(const Diagnostics& diagnostics, const SourceSet& sources) const;

 private:
  std::string Styled(std::string_view text, std::string_view code) const;

  MessageFormat format_ = MessageFormat::kText;
  bool color_ = false;
  bool quiet_ = false;
};

// To stdout. Ends the program quietly when nobody reads it any more.
void Print(std::string_view text);

}  // namespace snow::driver

#endif  // DRIVER_TERMINAL_H_
