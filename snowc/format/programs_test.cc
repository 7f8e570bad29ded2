// The promises of the formatter, for the Snow programs of the whole tree: as they are, and with
// comments and line ends strewn in between their tokens.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/diagnostics/diagnostics.h"
#include "snowc/format/test_support.h"
#include "snowc/syntax/lexer.h"

namespace snow::format_test {
namespace {

std::vector<std::string> Programs() {
  std::vector<std::string> paths;
  for (const char* folder : {"tests", "stdlib"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             folder, std::filesystem::directory_options::follow_directory_symlink)) {
      if (entry.path().extension() == ".snow") paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// `text` with something else in some of the gaps between its tokens; many results have errors.
std::string Shaken(const std::string& text, uint32_t seed) {
  SourceFile source(FileId(0), "test.snow", text);
  Diagnostics diagnostics;
  TokenBuffer buffer = Lex(source, diagnostics);
  std::mt19937 random(seed);
  uint32_t percent = 1 + seed % 12;
  std::string shaken;
  uint32_t end = 0;
  int count = 0;
  for (const Token& token : buffer.tokens) {
    shaken += text.substr(end, token.begin - end);
    if (random() % 100 < percent) {
      std::string name = "c" + std::to_string(count++);
      const std::string gaps[] = {"\n",
                                  " ",
                                  "\n\n\n",
                                  " # " + name + "\n",
                                  "\n# " + name + "\n",
                                  "\n## " + name + "\n\n",
                                  " #= " + name + " =# ",
                                  " #= " + name + " =#\n",
                                  "\n#= " + name + "\n over lines =#"};
      shaken += gaps[random() % std::size(gaps)];
    }
    shaken += buffer.TextOf(token);
    end = token.end;
  }
  return shaken;
}

TEST(ProgramsTest, KeepTheirTokensCommentsAndMeaning) {
  std::vector<std::string> paths = Programs();
  EXPECT_GT(paths.size(), 200u);
  for (const std::string& path : paths) EXPECT_EQ(BrokenPromise(ReadFile(path)), "") << path;
}

TEST(ProgramsTest, KeepThemWhereverCommentsStand) {
  for (const std::string& path : Programs()) {
    std::string text = ReadFile(path);
    for (uint32_t seed = 0; seed < 4; ++seed) {
      std::string shaken = Shaken(text, seed);
      EXPECT_EQ(BrokenPromise(shaken), "") << path << " with seed " << seed << ":\n" << shaken;
    }
  }
}

}  // namespace
}  // namespace snow::format_test
