// Reads the Snow programs below tests/: those that are said to be right have no syntax error,
// and those that are said to have one do.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "snowc/diagnostics/renderer.h"
#include "snowc/syntax/parser.h"
#include "snowc/syntax/syntax.h"

namespace snow {
namespace {

std::vector<std::string> Programs() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           "tests", std::filesystem::directory_options::follow_directory_symlink)) {
    if (entry.path().extension() == ".snow") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Programs whose error is one of syntax.
bool HasSyntaxError(const std::string& path) {
  for (const char* name : {"reject_import_star", "reject_int_out_of_range", "reject_missing_end",
                           "reject_statement_at_top_level", "reject_unterminated_comment"}) {
    if (path.find(name) != std::string::npos) return true;
  }
  return false;
}

TEST(ProgramsTest, HaveNoErrorsButThoseThatSaySo) {
  std::vector<std::string> paths = Programs();
  ASSERT_GT(paths.size(), 200u);
  for (const std::string& path : paths) {
    SourceSet sources;
    Interner names;
    Diagnostics diagnostics;
    ParseSource(sources.Add(path, ReadFile(path)), names, diagnostics);
    if (HasSyntaxError(path)) {
      EXPECT_TRUE(diagnostics.HasErrors()) << path;
    } else {
      EXPECT_EQ(RenderText(diagnostics, sources), "");
    }
  }
}

// Cutting a program anywhere gives errors, but a tree all the same, and the typed one too.
TEST(ProgramsTest, AreReadWhereverTheyAreCut) {
  for (const std::string& path : Programs()) {
    std::string text = ReadFile(path);
    for (size_t cut = 0; cut < text.size(); cut += 1 + text.size() / 23) {
      SourceFile source(FileId(0), path, text.substr(0, cut));
      Interner names;
      Diagnostics diagnostics;
      ast::File file = ParseSource(source, names, diagnostics);
      EXPECT_LE(diagnostics.ErrorCount(), 4u) << path << " cut at " << cut;
    }
  }
}

}  // namespace
}  // namespace snow
