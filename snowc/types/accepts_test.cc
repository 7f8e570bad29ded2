// Programs of testdata/accepts are right: nothing but warnings may be said of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "snowc/types/test_support.h"

namespace snow::types {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Programs() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::directory_iterator("snowc/types/testdata/accepts")) {
    names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class AcceptsTest : public testing::TestWithParam<std::string> {};

TEST_P(AcceptsTest, HasNoErrors) {
  std::ifstream in("snowc/types/testdata/accepts/" + GetParam() + ".snow", std::ios::binary);
  CheckedProgram program(std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_FALSE(program.diagnostics().HasErrors()) << program.Messages();
}

INSTANTIATE_TEST_SUITE_P(All, AcceptsTest, testing::ValuesIn(Programs()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snow::types
