#include "snowc/ir/abi_function.h"

#include <array>
#include <unordered_map>

namespace snow::ir {
namespace {

// The attributes' names as abi.def writes them.
constexpr uint8_t kNone = kAbiNone;
constexpr uint8_t kCollects = kAbiCollects;
constexpr uint8_t kParks = kAbiParks;
constexpr uint8_t kNoReturn = kAbiNoReturn;
constexpr uint8_t kPure = kAbiPure;

#define INT(name) AbiParam{AbiParamKind::kInt, 0}
#define FLT(name) AbiParam{AbiParamKind::kFlt, 0}
#define BOOL(name) AbiParam{AbiParamKind::kBool, 0}
#define PTR(name) AbiParam{AbiParamKind::kPtr, 0}
#define STR(name) AbiParam{AbiParamKind::kStr, 0}
#define LIST(name) AbiParam{AbiParamKind::kList, 0}
#define OUT(words) \
  AbiParam { AbiParamKind::kOut, words }
#define SNOW_ABI(name, result, attributes, ...) \
  constexpr auto kParamsOf_##name =             \
      std::to_array<AbiParam>({AbiParam{} __VA_OPT__(, ) __VA_ARGS__});
#include "runtime/abi/abi.def"
#undef INT
#undef FLT
#undef BOOL
#undef PTR
#undef STR
#undef LIST
#undef OUT

constexpr AbiResult VOID = AbiResult::kVoid;
constexpr AbiResult INT = AbiResult::kInt;
[[maybe_unused]] constexpr AbiResult FLT = AbiResult::kFlt;
constexpr AbiResult BOOL = AbiResult::kBool;
constexpr AbiResult PTR = AbiResult::kPtr;
constexpr AbiResult PAIR = AbiResult::kPair;

// The arrays begin with an element that stands for nothing, since an array needs one.
constexpr AbiInfo kFunctions[] = {
#define SNOW_ABI(name, result, attributes, ...) \
  AbiInfo{#name, "snow_" #name, result, (attributes), std::span(kParamsOf_##name).subspan(1)},
#include "runtime/abi/abi.def"
};

}  // namespace

const AbiInfo& InfoOf(AbiFunction function) { return kFunctions[static_cast<size_t>(function)]; }

std::optional<AbiFunction> FindAbiFunction(std::string_view symbol) {
  static const auto* const kIndex = [] {
    auto* index = new std::unordered_map<std::string_view, AbiFunction>;
    for (size_t i = 0; i < std::size(kFunctions); ++i) {
      index->emplace(kFunctions[i].symbol, static_cast<AbiFunction>(i));
    }
    return index;
  }();
  auto found = kIndex->find(symbol);
  if (found == kIndex->end()) return std::nullopt;
  return found->second;
}

}  // namespace snow::ir
