// The files of a new package.
#ifndef DRIVER_TEMPLATES_H_
#define DRIVER_TEMPLATES_H_

#include <string>
#include <vector>

namespace snow::driver {

struct TemplateFile {
  std::string path;  // relative
  std::string text;
};

// "app", "lib", "web".
std::vector<std::string> TemplateNames();

// `name` is that of the package, and must be one.
std::vector<TemplateFile> FilesOfTemplate(const std::string& template_name,
                                          const std::string& name);

}  // namespace snow::driver

#endif  // DRIVER_TEMPLATES_H_
