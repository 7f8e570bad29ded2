// What functions do with the function values that they are given: call them, or keep them.
//
// A parameter that is called is worth an instance of the function for each closure that is known to
// be passed; one that is not kept may be a closure object in the caller's frame.
#ifndef SNOWC_LOWER_CALLABLE_USE_H_
#define SNOWC_LOWER_CALLABLE_USE_H_

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "snowc/hir/hir.h"

namespace snow::lower {

class CallableUse {
 public:
  explicit CallableUse(const hir::Program* program) : program_(program) {}

  // Whether the function, or one that it hands the parameter on to, calls it.
  bool IsCalled(hir::FunctionId function, uint32_t param);
  // Whether it may outlive the call.
  bool Escapes(hir::FunctionId function, uint32_t param);

 private:
  struct Facts {
    bool calls = false;
    bool escapes = false;
    std::vector<std::pair<hir::FunctionId, uint32_t>> passed;  // to parameters of others
  };

  const std::vector<Facts>& FactsOf(hir::FunctionId function);
  template <typename Holds>
  bool AnyReached(hir::FunctionId function, uint32_t param, Holds holds);
  static uint64_t KeyOf(hir::FunctionId function, uint32_t param) {
    return uint64_t{function.value} << 32 | param;
  }

  const hir::Program* program_;
  std::unordered_map<uint32_t, std::vector<Facts>> facts_;  // by FunctionId
  std::unordered_map<uint64_t, bool> called_;
  std::unordered_map<uint64_t, bool> escapes_;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_CALLABLE_USE_H_
