#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/package_report.h"

namespace snow::driver {
namespace {

constexpr size_t kMaxTokenBytes = 4096;

// A line of standard input; on a terminal after a question, and unseen.
std::string ReadToken(Session& session) {
  bool is_terminal = isatty(STDIN_FILENO) != 0;
  termios saved;
  if (is_terminal) {
    session.terminal.Raw("Token: ");
    tcgetattr(STDIN_FILENO, &saved);
    termios silent = saved;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  }
  std::string token;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    if (token.size() < kMaxTokenBytes && c != '\r') token += static_cast<char>(c);
  }
  if (is_terminal) {
    tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    session.terminal.Raw("\n");
  }
  return token;
}

void Login(Session& session, const std::string& registry) {
  session.exit_code = kFailure;
  std::string token = session.packages.token;
  if (token.empty()) token = ReadToken(session);
  auto report = pkg::Login(session.packages, registry, token);
  if (!report.ok()) return session.terminal.Show(report.error());
  std::string line = "logged in at " + report->registry + " as " + report->user;
  for (size_t i = 0; i < report->scopes.size(); ++i) {
    line += (i == 0 ? ", may " : ", ") + report->scopes[i];
  }
  session.terminal.Status(line);
  if (report->made_default) session.terminal.Status("it is your default registry now");
  session.exit_code = kSuccess;
}

}  // namespace

void AddLogin(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("login", "Store a registry's token, read from standard input")
          ->group(kPackageGroup);
  auto registry = std::make_shared<std::string>();
  command->add_option("REGISTRY,--registry", *registry,
                      "URL or name (default: the one of snow.toml)");
  command->callback([&session, registry] { Login(session, *registry); });
}

void AddLogout(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("logout", "Forget a registry's token")->group(kPackageGroup);
  auto registry = std::make_shared<std::string>();
  command->add_option("REGISTRY,--registry", *registry,
                      "URL or name (default: the one of snow.toml)");
  command->callback([&session, registry] {
    session.exit_code = kFailure;
    auto done = pkg::Logout(session.packages, *registry);
    if (!done.ok()) return session.terminal.Show(done.error());
    session.terminal.Status("logged out of " + *done);
    session.exit_code = kSuccess;
  });
}

}  // namespace snow::driver
