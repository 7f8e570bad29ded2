#include "snowc/package/capabilities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/abi/abi.h"

namespace snow::package {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A program whose functions call each other by index.
class CapabilitiesTest : public ::testing::Test {
 protected:
  CapabilitiesTest() : program_(&interner_) {
    program_.modules = {{"File", "std", "", 0}, {"", "app", "", 0}, {"Pad", "pad", "", 0}};
  }

  hir::FunctionId Add(uint32_t module, std::string name, std::string symbol,
                      std::vector<hir::FunctionId> calls) {
    hir::Function function;
    function.qualified_name = std::move(name);
    function.module = module;
    function.extern_symbol = std::move(symbol);
    std::vector<hir::Expr*> statements;
    for (hir::FunctionId callee : calls) {
      auto* call = program_.arena->New<hir::Expr>();
      call->kind = hir::ExprKind::kCall;
      call->callee.function = callee;
      statements.push_back(call);
    }
    auto* body = program_.arena->New<hir::Expr>();
    body->kind = hir::ExprKind::kBlock;
    body->operands = program_.arena->CopyArray(std::span<hir::Expr* const>(statements));
    if (function.extern_symbol.empty()) function.body = body;
    return program_.AddFunction(std::move(function));
  }

  Interner interner_;
  hir::Program program_;
};

TEST_F(CapabilitiesTest, ThroughTheLibraryOnly) {
  hir::FunctionId raw = Add(0, "std.File.raw", "snow_file_read", {});
  hir::FunctionId read = Add(0, "std.File.read", "", {raw});
  hir::FunctionId pad = Add(2, "pad.Pad.pad", "", {read});
  Add(1, "app.main", "", {pad});
  auto found = FindCapabilities(program_);
  EXPECT_THAT(found["pad"], ElementsAre("fs"));
  EXPECT_THAT(found["app"], IsEmpty());
  EXPECT_FALSE(found.contains("std"));
}

TEST_F(CapabilitiesTest, ForeignFunctionsAreNative) {
  Add(1, "app.puts", "puts", {});
  EXPECT_THAT(FindCapabilities(program_)["app"], ElementsAre("native"));
}

TEST_F(CapabilitiesTest, ForgedRuntimeNamesAreNativeToo) {
  Add(1, "app.raw", "snow_int_to_string", {});
  EXPECT_THAT(FindCapabilities(program_)["app"], ElementsAre("native"));
}

TEST(CapabilityOfSymbolTest, LongestPrefixWins) {
  EXPECT_EQ(CapabilityOfSymbol("snow_env_get"), "env");
  EXPECT_EQ(CapabilityOfSymbol("snow_env_cpu_count"), "");
  EXPECT_EQ(CapabilityOfSymbol("snow_println"), "");
}

TEST(CapabilityOfSymbolTest, EveryFunctionOfTheNetworkNeedsOne) {
  for (std::string_view symbol : {
#define SNOW_ABI(name, ...) std::string_view("snow_" #name),
#include "runtime/abi/net.def"
#undef SNOW_ABI
           std::string_view("snow_tcp_listen")}) {
    // Standard error is open to every program.
    if (symbol == "snow_report_panic") continue;
    std::string_view word = CapabilityOfSymbol(symbol);
    EXPECT_TRUE(word == "net" || word == "db") << symbol;
  }
}

}  // namespace
}  // namespace snow::package
