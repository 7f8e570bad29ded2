// Which functions depend on the message type of the actor that runs them.
//
// Every function has that type as a type parameter, but only what receives, or names the type in a
// value, depends on it; all others have one instance whoever runs them.
#ifndef SNOWC_LOWER_MESSAGE_USE_H_
#define SNOWC_LOWER_MESSAGE_USE_H_

#include <cstdint>
#include <vector>

#include "snowc/hir/hir.h"

namespace snow::lower {

class MessageUse {
 public:
  explicit MessageUse(hir::Program* program) : program_(program) {}

  // Whether the code of the function differs with its message_generic (which it has).
  bool Depends(hir::FunctionId function);

 private:
  enum class Answer : uint8_t { kUnknown, kNo, kYes };

  struct Facts {
    bool uses = false;                     // by itself
    std::vector<hir::FunctionId> callees;  // to which it hands its own message type on
    bool gathered = false;
  };

  Facts& Gather(hir::FunctionId function);
  void Visit(const hir::Expr* expr, hir::TypeId message, Facts* facts);
  void VisitCallee(const hir::Callee& callee, hir::TypeId message, Facts* facts);
  void VisitPattern(const hir::Pattern* pattern, hir::TypeId message, Facts* facts);
  // Whether the type names the message type where code could depend on it.
  bool Mentions(hir::TypeId type, hir::TypeId message) const;

  hir::Program* program_;
  std::vector<Facts> facts_;     // by FunctionId
  std::vector<Answer> answers_;  // by FunctionId
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_MESSAGE_USE_H_
