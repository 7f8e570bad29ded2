// The promises of the formatter, for the Snow programs of the whole tree.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "snowc/format/test_support.h"

namespace snow::format_test {
namespace {

TEST(ProgramsTest, KeepTheirTokensCommentsAndMeaning) {
  size_t count = 0;
  for (const char* folder : {"tests", "stdlib"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             folder, std::filesystem::directory_options::follow_directory_symlink)) {
      if (entry.path().extension() != ".snow") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      EXPECT_EQ(BrokenPromise(text), "") << entry.path();
      ++count;
    }
  }
  EXPECT_GT(count, 200u);
}

}  // namespace
}  // namespace snow::format_test
