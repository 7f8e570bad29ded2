#include "driver/templates.h"

#include <string_view>

namespace snow::driver {
namespace {

constexpr std::string_view kManifest = R"([package]
name = "@NAME@"
version = "0.1.0"
description = ""

[dependencies]
)";

constexpr std::string_view kIgnored = R"(/build/
)";

constexpr std::string_view kAppMain = R"(import Greeting

fn main() do
  println(Greeting.to("world"))
end
)";

constexpr std::string_view kAppGreeting = R"(## What to say to somebody.
pub fn to(name :: String) -> String = "Hello, ${name}!"
)";

constexpr std::string_view kAppTest = R"(import Greeting

test "greets by name" do
  assert Greeting.to("Ada") == "Hello, Ada!"
end
)";

constexpr std::string_view kLib = R"(## The sum of all numbers of a list.
pub fn sum(numbers :: List<Int>) -> Int = reduce(numbers, 0, fn a, b -> a + b end)
)";

constexpr std::string_view kLibTest = R"(test "adds up" do
  assert sum([1, 2, 3]) == 6
  assert sum([]) == 0
end
)";

constexpr std::string_view kWebMain = R"(import Handlers

fn main() do
  let router = HTTP.router()
    |> HTTP.on_get("/", Handlers.index)
    |> HTTP.on_get("/hello/:name", Handlers.hello)
  HTTP.serve(router, 8080)
end
)";

constexpr std::string_view kWebHandlers = R"(pub fn index(_req :: Request) -> Response do
  HTTP.response(200, "It works. Try /hello/world\n")
end

pub fn hello(req :: Request) -> Response do
  case Request.param(req, "name") do
    Some(name) -> HTTP.response(200, greeting(name))
    None -> HTTP.response(404, "Who?\n")
  end
end

pub fn greeting(name :: String) -> String = "Hello, ${name}!\n"
)";

constexpr std::string_view kWebTest = R"(import Handlers

test "greets by name" do
  assert Handlers.greeting("Ada") == "Hello, Ada!\n"
end
)";

std::string Filled(std::string_view text, const std::string& name) {
  constexpr std::string_view kPlace = "@NAME@";
  std::string filled(text);
  for (size_t at = filled.find(kPlace); at != std::string::npos; at = filled.find(kPlace, at)) {
    filled.replace(at, kPlace.size(), name);
    at += name.size();
  }
  return filled;
}

std::string Readme(const std::string& template_name, const std::string& name) {
  std::string text = "# " + name + "\n\n";
  if (template_name != "lib") text += "    snow run      compile and run\n";
  text += "    snow test     run the tests\n    snow build    " +
          std::string(template_name == "lib" ? "check everything\n"
                                             : "make build/debug/" + name + "\n");
  return text;
}

}  // namespace

std::vector<std::string> TemplateNames() { return {"app", "lib", "web"}; }

std::vector<TemplateFile> FilesOfTemplate(const std::string& template_name,
                                          const std::string& name) {
  std::vector<TemplateFile> files = {{"snow.toml", Filled(kManifest, name)},
                                     {".gitignore", std::string(kIgnored)},
                                     {"README.md", Readme(template_name, name)}};
  if (template_name == "lib") {
    files.push_back({"src/lib.snow", std::string(kLib) + "\n" + std::string(kLibTest)});
  } else if (template_name == "web") {
    files.push_back({"src/main.snow", std::string(kWebMain)});
    files.push_back({"src/handlers.snow", std::string(kWebHandlers)});
    files.push_back({"src/handlers_test.snow", std::string(kWebTest)});
  } else {
    files.push_back({"src/main.snow", std::string(kAppMain)});
    files.push_back({"src/greeting.snow", std::string(kAppGreeting)});
    files.push_back({"src/greeting_test.snow", std::string(kAppTest)});
  }
  return files;
}

}  // namespace snow::driver
