// The commands of `snow`, one file each. Every function adds its command to the application; the
// command itself runs while the command line is parsed and leaves its exit code in the session.
#ifndef DRIVER_COMMANDS_H_
#define DRIVER_COMMANDS_H_

#include <string>
#include <vector>

#include "driver/session.h"

namespace CLI {
class App;
}

namespace snow::driver {

// Groups of the overview.
inline constexpr char kWriteGroup[] = "Write programs";
inline constexpr char kPackageGroup[] = "Use and share packages";
inline constexpr char kMoreGroup[] = "More";

void AddNew(CLI::App& app, Session& session);
void AddInit(CLI::App& app, Session& session);
void AddRun(CLI::App& app, Session& session);
void AddCheck(CLI::App& app, Session& session);
void AddBuild(CLI::App& app, Session& session);
void AddTest(CLI::App& app, Session& session);
void AddFmt(CLI::App& app, Session& session);
void AddClean(CLI::App& app, Session& session);
void AddAdd(CLI::App& app, Session& session);
void AddRemove(CLI::App& app, Session& session);
void AddUpdate(CLI::App& app, Session& session);
void AddFetch(CLI::App& app, Session& session);
void AddTree(CLI::App& app, Session& session);
void AddPublish(CLI::App& app, Session& session);
void AddYank(CLI::App& app, Session& session);
void AddLogin(CLI::App& app, Session& session);
void AddLogout(CLI::App& app, Session& session);
void AddRegistry(CLI::App& app, Session& session);
void AddExplain(CLI::App& app, Session& session);
void AddVersion(CLI::App& app, Session& session);
void AddCompile(CLI::App& app, Session& session);

// Ends as the registry does: all words behind `registry` are its own. Returns only after an error.
int RunRegistry(Session& session, const std::vector<std::string>& words);

}  // namespace snow::driver

#endif  // DRIVER_COMMANDS_H_
