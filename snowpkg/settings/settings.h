#ifndef SNOW_SNOWPKG_SETTINGS_SETTINGS_H_
#define SNOW_SNOWPKG_SETTINGS_SETTINGS_H_

#include <map>
#include <optional>
#include <string>

#include "snowpkg/base/result.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::pkg {

// What the user has set for all projects, in two files below the user's folder:
//
//   config.toml        [registries]  default = "https://..."   other = { url = "...", key = "..." }
//   credentials.toml   [tokens]      "https://..." = "snow_..."        (mode 0600; written by snow)

// The registries of config.toml; empty when there is no such file.
Result<std::map<std::string, RegistryConfig>> LoadUserRegistries(const std::string& home);

// Makes `url` the default registry of config.toml, keeping the rest of the file. The caller has
// seen that there is no default.
Status WriteDefaultRegistry(const std::string& home, const std::string& url);

// Tokens by registry URL.
Result<std::optional<std::string>> LoadToken(const std::string& home, const std::string& url);
Status SaveToken(const std::string& home, const std::string& url, const std::string& token);
// Whether there was one.
Result<bool> RemoveToken(const std::string& home, const std::string& url);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_SETTINGS_SETTINGS_H_
