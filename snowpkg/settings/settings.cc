#include "snowpkg/settings/settings.h"

#include <functional>
#include <utility>

#include "snowpkg/base/directory_lock.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/json.h"
#include "snowpkg/manifest/table_reader.h"
#include "snowpkg/manifest/toml_document.h"

namespace snow::pkg {
namespace {

using Tokens = std::map<std::string, std::string>;

std::string ConfigPath(const std::string& home) { return JoinPath(home, "config.toml"); }
std::string CredentialsPath(const std::string& home) { return JoinPath(home, "credentials.toml"); }

// The text of a file that need not exist.
Result<std::string> ReadIfThere(const std::string& path) {
  if (TypeOf(path) == FileType::kNone) return std::string();
  return ReadFile(path);
}

Result<Tokens> LoadTokens(const std::string& home) {
  const std::string path = CredentialsPath(home);
  Tokens tokens;
  SNOW_PKG_ASSIGN(std::string text, ReadIfThere(path));
  SNOW_PKG_ASSIGN(TomlValue root, ParseToml(text, path));
  TableReader reader(root, "the credentials", path);
  SNOW_PKG_ASSIGN(const TomlValue* table, reader.Table("tokens"));
  SNOW_PKG_TRY(reader.Finish());
  if (table == nullptr) return tokens;
  for (const TomlEntry& entry : table->entries) {
    if (entry.value.type != TomlValue::Type::kString) {
      return Error(ErrorKind::kManifest, "a token must be a string")
          .At(reader.At(entry.value.region));
    }
    tokens[entry.key] = entry.value.string;
  }
  return tokens;
}

// Reads, changes and writes the tokens while nobody else does.
Status ChangeTokens(const std::string& home, const std::function<void(Tokens*)>& change) {
  SNOW_PKG_TRY(MakeDirectories(home));
  SNOW_PKG_ASSIGN(DirectoryLock lock, DirectoryLock::Acquire(home, ".settings.lock", {}));
  SNOW_PKG_ASSIGN(Tokens tokens, LoadTokens(home));
  change(&tokens);
  std::string text =
      "# Tokens for registries, written by `snow login`. Keep this file to yourself.\n";
  text += "[tokens]\n";
  for (const auto& [url, token] : tokens) text += JsonQuote(url) + " = " + JsonQuote(token) + "\n";
  return WriteFileAtomically(CredentialsPath(home), text, 0600);
}

}  // namespace

Result<std::map<std::string, RegistryConfig>> LoadUserRegistries(const std::string& home) {
  const std::string path = ConfigPath(home);
  SNOW_PKG_ASSIGN(std::string text, ReadIfThere(path));
  return ParseRegistries(text, path);
}

Status WriteDefaultRegistry(const std::string& home, const std::string& url) {
  const std::string path = ConfigPath(home);
  SNOW_PKG_TRY(MakeDirectories(home));
  SNOW_PKG_ASSIGN(DirectoryLock lock, DirectoryLock::Acquire(home, ".settings.lock", {}));
  SNOW_PKG_ASSIGN(std::string text, ReadIfThere(path));
  SNOW_PKG_ASSIGN(TomlValue root, ParseToml(text, path));
  const std::string line = "default = " + JsonQuote(url) + "\n";
  const TomlEntry* section = root.Find("registries");
  if (section == nullptr) {
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += "[registries]\n" + line;
  } else {
    size_t end = text.find('\n', section->value.region.end);
    if (end == std::string::npos) {
      text += "\n" + line;
    } else {
      text.insert(end + 1, line);
    }
  }
  // Read back before it is written: a form of the file that this cannot edit stays as it is.
  Result<std::map<std::string, RegistryConfig>> after = ParseRegistries(text, path);
  if (!after.ok() || !after->contains("default")) {
    return Error(ErrorKind::kManifest, path + " cannot be edited by a command")
        .Help("write default = " + JsonQuote(url) + " into its [registries]");
  }
  return WriteFileAtomically(path, text);
}

Result<std::optional<std::string>> LoadToken(const std::string& home, const std::string& url) {
  SNOW_PKG_ASSIGN(Tokens tokens, LoadTokens(home));
  auto found = tokens.find(url);
  if (found == tokens.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

Status SaveToken(const std::string& home, const std::string& url, const std::string& token) {
  return ChangeTokens(home, [&](Tokens* tokens) { (*tokens)[url] = token; });
}

Result<bool> RemoveToken(const std::string& home, const std::string& url) {
  bool removed = false;
  SNOW_PKG_TRY(ChangeTokens(home, [&](Tokens* tokens) { removed = tokens->erase(url) > 0; }));
  return removed;
}

}  // namespace snow::pkg
