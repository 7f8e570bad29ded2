#include "snowc/link/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "snowc/codegen/codegen.h"
#include "snowc/codegen/test_module.h"

namespace snow::link {
namespace {

using codegen::Objects;
using codegen::TestModule;
using ir::Builder;
using ir::Op;
using ir::Scalar;
using ir::ValueId;
using testing::Contains;
using testing::HasSubstr;

constexpr char kFolder[] = "snowc/link/test_toolchain";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Toolchain TestToolchain() {
  auto toolchain = ParseToolchain(kFolder, ReadFile(std::string(kFolder) + "/link.txt"));
  EXPECT_TRUE(toolchain.has_value());
  return toolchain.value_or(Toolchain());
}

// main divides 84 by `divisor`; in two files, so that it has two objects when not optimised.
TestModule Division(int64_t divisor) {
  TestModule program;
  ir::FunctionId half = program.Declare("Math.divide", {Scalar::kI64}, {Scalar::kI64}, /*file=*/1);
  program.Define(half, [&](Builder& b, std::vector<ValueId> p) {
    ValueId result = b.Binary(Op::kDivChecked, b.Int(84), p[0]);
    b.Return({&result, 1});
  });
  ir::DataId main = program.Main("snow_main_closure", [&](Builder& b) {
    ValueId n = b.Int(divisor);
    constexpr Scalar kInt[] = {Scalar::kI64};
    ValueId result = b.Call(half, {&n, 1}, kInt);
    b.Return({&result, 1});
  });
  program.module.entry = program.module.data[main.value].words[1].function;
  return program;
}

std::vector<LinkObject> ViewOf(const Objects& objects) {
  std::vector<LinkObject> result;
  for (const codegen::Object& object : objects.objects) {
    result.push_back({object.name, object.bytes});
  }
  return result;
}

struct Outcome {
  int exit_code;
  std::string output;
};

Outcome Execute(const std::string& path) {
  FILE* pipe = popen(path.c_str(), "r");
  Outcome run = {0, ""};
  char buffer[256];
  while (size_t count = fread(buffer, 1, sizeof buffer, pipe)) run.output.append(buffer, count);
  run.exit_code = WEXITSTATUS(pclose(pipe));
  return run;
}

class LinkTest : public testing::Test {
 protected:
  std::string Output(const std::string& name) { return testing::TempDir() + "/" + name; }

  Toolchain toolchain_ = TestToolchain();
};

TEST_F(LinkTest, ProgramsRunAndSeveralAreLinkedInOneProcess) {
  for (bool optimize : {false, true}) {
    for (int64_t divisor : {2, 3}) {
      TestModule program = Division(divisor);
      Objects objects = codegen::Generate(program.module, {.optimize = optimize}, nullptr);
      std::string output = Output("program");
      LinkResult result =
          Link({.toolchain = &toolchain_, .objects = ViewOf(objects), .output = output});
      ASSERT_TRUE(result.ok) << result.message << testing::PrintToString(result.details);
      Outcome run = Execute(output);
      EXPECT_EQ(run.exit_code, 84 / divisor);
      if (!optimize) {
        EXPECT_EQ(run.output,
                  "functions Main.Math.divide:list.snow:10 "
                  "Main.snow_main_closure_code:main.snow:20\n");
      }
    }
  }
}

TEST_F(LinkTest, APanicNamesItsPlace) {
  TestModule program = Division(0);
  Objects objects = codegen::Generate(program.module, {}, nullptr);
  LinkResult result =
      Link({.toolchain = &toolchain_, .objects = ViewOf(objects), .output = Output("panics")});
  ASSERT_TRUE(result.ok) << result.message;
  Outcome run = Execute(Output("panics"));
  EXPECT_EQ(run.exit_code, 101);
  EXPECT_THAT(run.output, HasSubstr("panic 3 84 0 in Main.Math.divide at list.snow:11\n"));
}

TEST_F(LinkTest, TheSameInputGivesTheSameBytesWhereverItGoes) {
  TestModule program = Division(2);
  Objects objects = codegen::Generate(program.module, {}, nullptr);
  for (const char* name : {"one", "two"}) {
    ASSERT_TRUE(
        Link({.toolchain = &toolchain_, .objects = ViewOf(objects), .output = Output(name)}).ok);
  }
  EXPECT_TRUE(ReadFile(Output("one")) == ReadFile(Output("two")));
}

TEST_F(LinkTest, LibrariesThatNothingNeedsAreNotLinked) {
  ASSERT_THAT(toolchain_.libraries, Contains("libz.so.1"));
  TestModule program = Division(2);
  Objects objects = codegen::Generate(program.module, {}, nullptr);
  ASSERT_TRUE(
      Link({.toolchain = &toolchain_, .objects = ViewOf(objects), .output = Output("lean")}).ok);
  EXPECT_EQ(ReadFile(Output("lean")).find("libz.so"), std::string::npos);
}

// A program that calls the function of the runtime that needs zlib.
Objects CallsZlib() {
  TestModule program = Division(2);
  program.module.externals.push_back(
      {.symbol = "snow_text_unused", .params = {}, .result = Scalar::kPtr, .has_result = true});
  program.Define(program.Declare("zlib", {}, {}), [](Builder& b, std::vector<ValueId>) {
    constexpr Scalar kPtr[] = {Scalar::kPtr};
    b.CallExternal(0, {}, kPtr);
    b.Return({});
  });
  program.module.functions.back().linkage = ir::Linkage::kExported;
  program.module.data[0].words.push_back(
      {.kind = ir::DataWord::Kind::kFunction,
       .function = ir::FunctionId(program.module.functions.size() - 1)});
  return codegen::Generate(program.module, {}, nullptr);
}

TEST_F(LinkTest, LibrariesThatSomethingNeedsAreLinked) {
  Objects objects = CallsZlib();
  LinkResult result =
      Link({.toolchain = &toolchain_, .objects = ViewOf(objects), .output = Output("zlib")});
  ASSERT_TRUE(result.ok) << result.message << testing::PrintToString(result.details);
  EXPECT_NE(ReadFile(Output("zlib")).find("libz.so.1"), std::string::npos);
}

TEST_F(LinkTest, AMissingLibraryOfTheSystemIsNamed) {
  std::string folder = testing::TempDir() + "/libraries";
  std::filesystem::create_directories(folder);
  for (const char* name : {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"}) {
    std::error_code error;
    std::filesystem::create_symlink(std::string("/lib/x86_64-linux-gnu/") + name,
                                    folder + "/" + name, error);
  }
  Objects objects = CallsZlib();
  LinkResult result = Link({.toolchain = &toolchain_,
                            .objects = ViewOf(objects),
                            .output = Output("missing"),
                            .library_folders = {folder}});
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.kind, DiagnosticKind::kMissingLibrary);
  EXPECT_THAT(result.message, HasSubstr("libz.so.1 (Debian package zlib1g)"));
  EXPECT_FALSE(std::filesystem::exists(Output("missing")));
}

TEST_F(LinkTest, AnUndefinedSymbolIsToldWithTheObjectThatWantsIt) {
  TestModule program = Division(2);
  program.module.externals.push_back(
      {.symbol = "no_such_function", .params = {}, .result = Scalar::kI64, .has_result = false});
  program.Define(program.Declare("wants", {}, {}), [](Builder& b, std::vector<ValueId>) {
    b.CallExternal(0, {}, {});
    b.Return({});
  });
  program.module.data[0].words.push_back(
      {.kind = ir::DataWord::Kind::kFunction,
       .function = ir::FunctionId(program.module.functions.size() - 1)});
  Objects objects = codegen::Generate(program.module, {}, nullptr);
  LinkResult result =
      Link({.toolchain = &toolchain_, .objects = ViewOf(objects), .output = Output("undefined")});
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.kind, DiagnosticKind::kLinkFailed);
  EXPECT_THAT(result.details, Contains(HasSubstr("undefined symbol: no_such_function")));
  EXPECT_THAT(result.details, Contains(HasSubstr("main.snow:(")));
}

TEST_F(LinkTest, AnOutputThatCannotBeWrittenIsToldSo) {
  TestModule program = Division(2);
  Objects objects = codegen::Generate(program.module, {}, nullptr);
  LinkResult result = Link({.toolchain = &toolchain_,
                            .objects = ViewOf(objects),
                            .output = "/nonexistent/folder/program"});
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.kind, DiagnosticKind::kCannotWriteFile);
  EXPECT_THAT(result.message, HasSubstr("/nonexistent/folder/program"));
}

TEST_F(LinkTest, AToolchainThatLacksAFileIsToldSo) {
  Toolchain broken = toolchain_;
  broken.begin.push_back("crt/none.o");
  LinkResult result = Link({.toolchain = &broken, .objects = {}, .output = Output("none")});
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.kind, DiagnosticKind::kBrokenToolchain);
  EXPECT_THAT(result.message, HasSubstr("test_toolchain/crt/none.o"));
}

TEST(ToolchainTest, AFileOfAnotherFormIsRefused) {
  EXPECT_FALSE(ParseToolchain("", "archive\n").has_value());
  EXPECT_FALSE(ParseToolchain("", "something else\n").has_value());
  EXPECT_TRUE(ParseToolchain("", "").has_value());
}

}  // namespace
}  // namespace snow::link
