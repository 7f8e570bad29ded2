#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "snowc/diagnostics/diagnostic_kind.h"

namespace snow::driver {

void AddExplain(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("explain", "Tell more about an error or a warning")->group(kMoreGroup);
  auto code = std::make_shared<std::string>();
  command->add_option("CODE", *code, "What stands in brackets: E0012")->required();
  command->callback([&session, code] {
    if (auto text = Explain(*code)) {
      Print(text->ends_with('\n') ? *text : *text + "\n");
      return;
    }
    session.terminal.Show(
        Complaint{.kind = DiagnosticKind::kBadRequest,
                  .message = "there is no error or warning " + *code,
                  .helps = {"codes are like E0012 or W0003 and stand in the message"}});
    session.exit_code = kUsage;
  });
}

}  // namespace snow::driver
