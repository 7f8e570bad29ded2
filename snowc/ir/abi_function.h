// The runtime's functions (runtime/abi/abi.def) as the compiler sees them: an enumeration and a
// table of their words.
//
// Thread-safety: constant data.
#ifndef SNOWC_IR_ABI_FUNCTION_H_
#define SNOWC_IR_ABI_FUNCTION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace snow::ir {

enum class AbiFunction : uint16_t {
#define SNOW_ABI(name, result, attributes, ...) k_##name,
#include "runtime/abi/abi.def"
  kCount,
};

// The kinds of abi.def. A kStr or kList parameter is two words, kOut none of the caller's values:
// room for `words` result words.
enum class AbiParamKind : uint8_t { kInt, kFlt, kBool, kPtr, kStr, kList, kOut };
enum class AbiResult : uint8_t { kVoid, kInt, kFlt, kBool, kPtr, kPair };

enum AbiAttribute : uint8_t {
  kAbiNone = 0,
  kAbiCollects = 1,
  kAbiParks = 2,
  kAbiNoReturn = 4,
  kAbiPure = 8,
};

struct AbiParam {
  AbiParamKind kind;
  uint16_t out_words;  // kOut
};

struct AbiInfo {
  std::string_view name;    // without snow_
  std::string_view symbol;  // with it
  AbiResult result;
  uint8_t attributes;  // AbiAttribute, or-ed
  std::span<const AbiParam> params;
};

const AbiInfo& InfoOf(AbiFunction function);

// By C symbol ("snow_send").
std::optional<AbiFunction> FindAbiFunction(std::string_view symbol);

}  // namespace snow::ir

#endif  // SNOWC_IR_ABI_FUNCTION_H_
