#ifndef SNOW_SNOWPKG_MANIFEST_EDIT_H_
#define SNOW_SNOWPKG_MANIFEST_EDIT_H_

#include <string>
#include <string_view>

#include "snowpkg/base/result.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::pkg {

// Edits of snow.toml as text: comments, order and spacing of everything else stay. The result is
// read back before it is returned, so it is a valid manifest with exactly the change asked for; a
// file in a form that cannot be edited so is an Error that says what to write by hand.

// Adds the dependency to [dependencies] (or [dev-dependencies]), or replaces what it says there.
Result<std::string> WithDependency(std::string_view text, const std::string& file,
                                   const Dependency& dependency, bool dev);

// Takes the dependency out of either section; kNotFound when it is in neither.
Result<std::string> WithoutDependency(std::string_view text, const std::string& file,
                                      std::string_view name);

// The right side of the line: "1.2" with its quotes, or { path = "../x" }.
std::string DependencyValue(const Dependency& dependency);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_MANIFEST_EDIT_H_
