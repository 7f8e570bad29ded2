#include "snowc/package/interface_file.h"

#include <gtest/gtest.h>

namespace snow::package {
namespace {

InterfaceFile Greetings() {
  InterfaceFile file;
  file.compiler = "0.1.0";
  file.package = "greetings";
  file.capabilities = {"fs", "net"};
  file.dependencies = {{"json_patch", "9f86d081884c7d65"}};
  file.sources = {{"", "src/lib.snow", "pub fn greet() = 1\nend 1\n"},
                  {"Words.Deep", "src/words/deep.snow", ""}};
  return file;
}

TEST(InterfaceFileTest, ReadsWhatItWrote) {
  std::string text = WriteInterface(Greetings());
  InterfaceFile file;
  ASSERT_EQ(ReadInterface(text, file), "");
  EXPECT_EQ(file.package, "greetings");
  EXPECT_EQ(file.compiler, "0.1.0");
  EXPECT_EQ(file.capabilities, (std::vector<std::string>{"fs", "net"}));
  ASSERT_EQ(file.dependencies.size(), 1u);
  EXPECT_EQ(file.dependencies[0].hash, "9f86d081884c7d65");
  ASSERT_EQ(file.sources.size(), 2u);
  EXPECT_EQ(file.sources[0].text, "pub fn greet() = 1\nend 1\n");
  EXPECT_EQ(file.sources[1].module, "Words.Deep");
  EXPECT_EQ(WriteInterface(file), text);
}

TEST(InterfaceFileTest, HashFollowsTheContent) {
  InterfaceFile first, second;
  ASSERT_EQ(ReadInterface(WriteInterface(Greetings()), first), "");
  InterfaceFile changed = Greetings();
  changed.sources[0].text += " ";
  ASSERT_EQ(ReadInterface(WriteInterface(changed), second), "");
  EXPECT_NE(first.hash, second.hash);
}

TEST(InterfaceFileTest, RefusesEveryTruncation) {
  std::string text = WriteInterface(Greetings());
  for (size_t size = 0; size < text.size(); ++size) {
    InterfaceFile file;
    EXPECT_NE(ReadInterface(std::string_view(text).substr(0, size), file), "") << size;
  }
}

TEST(InterfaceFileTest, RefusesDamage) {
  std::string text = WriteInterface(Greetings());
  for (size_t at = 0; at < text.size(); ++at) {
    std::string damaged = text;
    damaged[at] = damaged[at] == 'x' ? 'y' : 'x';
    InterfaceFile file;
    EXPECT_NE(ReadInterface(damaged, file), "") << at;
  }
}

TEST(InterfaceFileTest, TrustsNoSize) {
  InterfaceFile file;
  EXPECT_NE(ReadInterface("snow-interface 1\nsource 99999999999999999999 a\nmodule\n", file), "");
  EXPECT_NE(ReadInterface("snow-interface 1\nsource 18446744073709551615 a\nmodule\nx", file), "");
}

TEST(InterfaceFileTest, TellsAnotherFormatFromRubbish) {
  InterfaceFile file;
  EXPECT_EQ(ReadInterface("\x7f"
                          "ELF",
                          file),
            "this is no interface file");
  EXPECT_EQ(ReadInterface("snow-interface 9\n", file),
            "this interface file is of another format; build it again with this compiler");
}

}  // namespace
}  // namespace snow::package
