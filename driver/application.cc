#include "driver/application.h"

#include <algorithm>
#include <map>
#include <utility>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/installation.h"
#include "driver/package_report.h"
#include "driver/session.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"

namespace snow::driver {
namespace {

// A table of two columns.
std::string Row(std::string word, const std::string& text, size_t width) {
  word.resize(std::max(word.size() + 2, width), ' ');
  return "  " + word + text + "\n";
}

// "-j, --jobs N"
std::string WordOf(const CLI::Option* option) {
  std::string word;
  for (const std::string& name : option->get_snames()) word += "-" + name + ", ";
  if (word.empty()) word = "    ";
  for (const std::string& name : option->get_lnames()) word += "--" + name + ", ";
  word.resize(word.size() - 2);
  std::string type = option->get_type_name();
  type = type.substr(0, type.find(':'));  // behind it stands what CLI11 accepts
  if (option->get_items_expected_max() > 0 && !type.empty()) word += " " + type;
  return word;
}

std::string OptionRows(const CLI::App* app) {
  std::string text;
  for (const CLI::Option* option : app->get_options()) {
    if (!option->get_positional()) text += Row(WordOf(option), option->get_description(), 28);
  }
  return text;
}

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    return app->get_parent() == nullptr ? Overview(app) : OfCommand(app);
  }

 private:
  // Commands in groups, in the order of a first day with Snow.
  static std::string Overview(const CLI::App* app) {
    std::string text = "Snow " + std::string(kVersion) +
                       ": a typed language with actors, and its tools\n\n"
                       "Usage: snow COMMAND [OPTION…] [ARGUMENT…]\n";
    for (const char* group : {kWriteGroup, kPackageGroup, kMoreGroup}) {
      auto commands = app->get_subcommands(
          [&](const CLI::App* command) { return command->get_group() == group; });
      if (commands.empty()) continue;
      text += "\n" + std::string(group) + "\n";
      for (const CLI::App* command : commands) {
        text += Row(command->get_name(), command->get_description(), 12);
      }
    }
    text += "\nFor every command\n" + OptionRows(app);
    return text + "\n'snow COMMAND --help' tells more about one. Begin with: snow new hello\n";
  }

  static std::string OfCommand(const CLI::App* command) {
    std::string usage = "Usage: snow " + command->get_name() + " [OPTION…]";
    std::string positionals;
    for (const CLI::Option* option : command->get_options()) {
      if (!option->get_positional()) continue;
      std::string name = option->get_name(true);
      bool is_many = option->get_items_expected_max() > 1;
      std::string word = name + (is_many ? "…" : "");
      usage += option->get_required() ? " " + word : " [" + word + "]";
      positionals += Row(name, option->get_description(), 12);
    }
    std::string text = command->get_description() + "\n\n" + usage + "\n";
    if (!positionals.empty()) text += "\n" + positionals;
    return text + "\nOptions (and those for every command, see 'snow help')\n" +
           OptionRows(command);
  }
};

void AddGlobalOptions(CLI::App& app, Session& session) {
  static const std::map<std::string, ColorMode> kColors = {
      {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}};
  static const std::map<std::string, MessageFormat> kFormats = {{"text", MessageFormat::kText},
                                                                {"json", MessageFormat::kJson}};
  app.add_option_function<std::string>(
         "--color", [&](const std::string& word) { session.terminal.SetColor(kColors.at(word)); },
         "Colours in messages: auto, always, never")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->trigger_on_parse();
  app.add_option_function<std::string>(
         "--message-format",
         [&](const std::string& word) { session.terminal.SetFormat(kFormats.at(word)); },
         "Errors and warnings as text, or as JSON, one a line")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->trigger_on_parse();
  app.add_flag("--offline", session.packages.offline, "No network");
  app.add_flag("--locked", session.packages.locked, "Refuse to change snow.lock");
  app.add_flag_callback(
         "-q,--quiet", [&] { session.terminal.SetQuiet(true); }, "Nothing but errors and warnings")
      ->trigger_on_parse();
}

// A word that is no command, with the nearest one that is.
int UnknownCommand(const CLI::App& app, Session& session, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  Complaint complaint{.kind = DiagnosticKind::kBadRequest,
                      .message = "there is no command '" + word + "'"};
  std::string nearest = pkg::Nearest(word, names);
  complaint.helps.push_back(nearest.empty() ? "'snow help' lists them"
                                            : "did you mean 'snow " + nearest + "'?");
  if (word.ends_with(".snow")) complaint.helps = {"'snow run " + word + "' runs a program"};
  session.terminal.Show(complaint);
  return kUsage;
}

int UsageError(const CLI::App& app, Session& session, const CLI::ParseError& error) {
  std::string command;
  for (const CLI::App* used : app.get_subcommands()) command = " " + used->get_name();
  session.terminal.Show(Complaint{.kind = DiagnosticKind::kBadRequest,
                                  .message = error.what(),
                                  .helps = {"'snow" + command + " --help' shows the usage"}});
  return kUsage;
}

// Replaces each @FILE by the lines of the file. False after an error has been shown.
bool ExpandFiles(Session& session, std::vector<std::string>& words) {
  std::vector<std::string> expanded;
  for (const std::string& word : words) {
    if (!word.starts_with('@')) {
      expanded.push_back(word);
      continue;
    }
    auto text = pkg::ReadFile(word.substr(1));
    if (!text.ok()) {
      session.terminal.Show(text.error());
      return false;
    }
    for (std::string_view line : pkg::Split(*text, '\n')) {
      if (!line.empty()) expanded.emplace_back(line);
    }
  }
  words = std::move(expanded);
  return true;
}

}  // namespace

int RunCommandLine(std::vector<std::string> words) {
  Session session;
  session.terminal.SetColor(ColorMode::kAuto);
  session.packages = pkg::ContextFromEnvironment();
  ConnectPackages(session);
  // What stands behind `--` is the program's and none of ours.
  auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) {
    session.program_arguments.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }

  CLI::App app("", "snow");
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "This help");
  app.fallthrough();
  // Behind the first command its name is a word like any other: `snow fmt test` means a folder.
  app.require_subcommand(0, 1);
  AddGlobalOptions(app, session);
  app.add_flag_callback(
         "--version",
         [] {
           Print("snow " + std::string(kVersion) + "\n");
           throw CLI::Success();
         },
         "Print the version")
      ->trigger_on_parse();
  AddNew(app, session);
  AddInit(app, session);
  AddRun(app, session);
  AddCheck(app, session);
  AddBuild(app, session);
  AddTest(app, session);
  AddFmt(app, session);
  AddClean(app, session);
  AddAdd(app, session);
  AddRemove(app, session);
  AddUpdate(app, session);
  AddFetch(app, session);
  AddTree(app, session);
  AddPublish(app, session);
  AddYank(app, session);
  AddLogin(app, session);
  AddLogout(app, session);
  AddRegistry(app, session);
  AddExplain(app, session);
  AddVersion(app, session);
  AddCompile(app, session);

  if (!words.empty() && words[0] == "compile" && !ExpandFiles(session, words)) return kUsage;
  // `snow help [COMMAND]` is another way to say --help.
  if (words.empty() || words[0] == "help") {
    if (!words.empty()) words.erase(words.begin());
    words.resize(std::min<size_t>(words.size(), 1));
    words.push_back("--help");
  }
  if (words[0] == "registry") {
    words.erase(words.begin());
    return RunRegistry(session, words);
  }
  auto is_flag = [](const std::string& word) { return word.starts_with('-'); };
  auto is_first_word = [&](const CLI::App* command) { return command->get_name() == words[0]; };
  if (!is_flag(words[0]) && app.get_subcommands(is_first_word).empty()) {
    return UnknownCommand(app, session, words[0]);
  }
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* asked = &app;
    for (const CLI::App* used : app.get_subcommands()) asked = used;
    Print(asked->help());
    return kSuccess;
  } catch (const CLI::Success&) {
    return kSuccess;
  } catch (const CLI::ParseError& error) {
    return UsageError(app, session, error);
  }
  if (app.get_subcommands().empty()) {
    session.terminal.Raw(app.help());
    return kUsage;
  }
  return session.exit_code;
}

}  // namespace snow::driver
