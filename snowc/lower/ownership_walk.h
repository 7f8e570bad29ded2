// How a function uses its locals: a walk from the end of the body to its beginning, with the locals
// that are still needed. Part of ownership.cc.
#ifndef SNOWC_LOWER_OWNERSHIP_WALK_H_
#define SNOWC_LOWER_OWNERSHIP_WALK_H_

#include <utility>
#include <vector>

#include "snowc/lower/ownership.h"

namespace snow::lower {

// The parameters of functions that a local is handed to directly.
std::vector<std::pair<hir::FunctionId, uint32_t>> PassedTo(const hir::Function& function,
                                                           hir::LocalId local);

class Ownership::UseWalk {
 public:
  UseWalk(Ownership* ownership, hir::FunctionId function);

  // `own_borrowed`: what calls of the function itself are taken to do with their arguments.
  void Run(const std::vector<bool>& own_borrowed);

  // Some use keeps (a part of) the value.
  bool IsConsumed(hir::LocalId local) const { return consumed_[local.value]; }
  // No use but the last one on each path does.
  bool MayBeOwned(hir::LocalId local) const { return !reused_[local.value]; }
  // The uses that keep the value and are the last.
  const std::vector<const hir::Expr*>& moves() const { return moves_; }

 private:
  using Live = std::vector<bool>;  // by local: needed later
  enum class Mode : uint8_t { kBorrow, kConsume };

  void Walk(const hir::Expr* expr, Mode mode, Live* live);
  void WalkLocal(const hir::Expr* expr, Mode mode, Live* live);
  // Operands whose values are all there when the node acts: locals are used then, after what the
  // other operands do.
  void WalkOperands(std::span<hir::Expr* const> operands, const std::vector<Mode>& modes,
                    Live* live);
  void WalkAll(std::span<hir::Expr* const> operands, Mode mode, Live* live);
  void WalkCall(const hir::Expr* expr, Live* live);
  void WalkMatch(const hir::Match& match, Mode mode, Live* live);
  void WalkFor(const hir::ForLoop& loop, Live* live);
  void WalkReceive(const hir::Receive& receive, Mode mode, Live* live);
  void WalkClosure(const hir::Expr* body, std::span<const hir::LocalId> free, Live* live);
  Mode ModeOf(const hir::Callee& callee, uint32_t operand);
  bool BindsShared(const hir::Pattern* pattern);
  void Kill(const hir::Pattern* pattern, Live* live);
  static void Union(Live* into, const Live& from);

  Ownership& o_;
  hir::FunctionId id_;
  const hir::Function& function_;
  std::vector<bool> own_borrowed_;
  std::vector<bool> consumed_;
  std::vector<bool> reused_;
  std::vector<const hir::Expr*> moves_;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_OWNERSHIP_WALK_H_
