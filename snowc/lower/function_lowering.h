// Lowers the code of one IR function: a Snow function, the code of a closure, or the loop of a
// receive in tail position. Its methods are spread over one file a family of expressions.
//
// After each evaluation the builder may be dead (the expression does not return); values of dead
// code have the right number of words but no definition, so that nobody need ask.
#ifndef SNOWC_LOWER_FUNCTION_LOWERING_H_
#define SNOWC_LOWER_FUNCTION_LOWERING_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "snowc/ir/builder.h"
#include "snowc/lower/layout.h"
#include "snowc/lower/module_lowering.h"
#include "snowc/lower/words.h"

namespace snow::lower {

// What a local variable is bound to.
struct Binding {
  enum class Kind : uint8_t { kNone, kWords, kPoly } kind = Kind::kNone;
  Words words;
  // The code of the closure that it is, where known: calls are direct.
  ir::FunctionId code;
  const hir::PolyBinding* poly = nullptr;  // kPoly: built anew at each use
  bool owned = false;                      // see Ownership
};

// A local variable that a closure takes with it.
struct Capture {
  hir::LocalId local;
  TypeId type;  // concrete; invalid for a poly binding, which takes no words
  const hir::PolyBinding* poly = nullptr;
  ir::FunctionId code;
};

// What a wrapper around a closure does with the result: drops it, or gives a pointer to it.
enum class WrapperBody : uint8_t { kDrop, kBox };

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering* module, ir::FunctionId id);
  FunctionLowering(const FunctionLowering&) = delete;
  FunctionLowering& operator=(const FunctionLowering&) = delete;

  // The body of an instance. `codes`: of the parameters that are known closures.
  void LowerFunction(const Target& target, std::span<const ir::FunctionId> codes, OwnedMask owned);
  // The code of a closure object: (closure, parameters…). `self_poly`: the binding that the closure
  // is the value of, so that it can call itself.
  void LowerClosure(const Target& within, const hir::Closure& closure, TypeId result,
                    std::span<const Capture> captures, const hir::PolyBinding* self_poly);
  // The code of a closure object that goes on with a receive: (closure) → results.
  void LowerReceiveLoop(const Target& within, const hir::Receive& receive, TypeId result,
                        std::span<const Capture> captures, Span span);
  // The code of a closure object that holds the parameters of an actor: (closure), runs its
  // `terminate`.
  void LowerTerminate(const Target& terminate, std::span<const Capture> captures);
  // (closure, parameters…): calls the instance.
  void LowerAdapter(const Target& target);
  // (closure): calls the closure of type `fun` that it holds.
  void LowerWrapper(TypeId fun, WrapperBody body);
  // (payload) → String: prints what lies there.
  void LowerPrinter(TypeId type, hir::InterfaceId interface);

 private:
  // What expressions are relative to: the function, or one that is expanded inline.
  struct Scope {
    hir::FunctionId id;
    const hir::Function* function = nullptr;
    TypeArgs* args = nullptr;
    std::vector<Binding> bindings;  // by LocalId
    bool fixed_location = false;    // places are those of the call that is expanded
  };

  struct Loop {
    ir::BlockId next;  // `continue`
    ir::BlockId exit;  // `break`
  };

  // Where the value of a branching expression goes: out of the function, or into slots.
  struct Destination {
    bool tail = false;
    TypeId type;
    std::vector<ir::SlotId> slots;
    ir::BlockId join;
  };

  // --- Types
  TypeId Type(TypeId type) { return m_.types().Concrete(type, scope_->args); }
  const Layout& LayoutOf(TypeId concrete) { return m_.LayoutOf(concrete); }
  const Layout& LayoutOf(const hir::Expr* expr) { return m_.LayoutOf(Type(expr->type)); }
  bool IsNever(TypeId concrete) { return concrete == m_.types().never(); }
  std::vector<TypeId> FunParams(TypeId fun);
  TypeId FunResult(TypeId fun);

  // --- Frame of the function
  void Begin(const Target& target, TypeId result);
  // For code that belongs to no function of the program.
  void BeginPlain(TypeId result);
  void BindParams(std::span<const hir::LocalId> params, size_t first_param);
  void BindCaptures(std::span<const Capture> captures);
  void Finish();
  void ReturnWords(const Words& words);
  void SetLocation(Span span);
  // A back-edge: to `head`, with a reduction check every so many turns. The turns are counted in a
  // slot, since the actor's counter lies in memory, which would bound the speed of short loops.
  void LoopBack(ir::BlockId head);

  // --- Bindings (function_lowering.cc)
  void Bind(hir::LocalId local, const Words& words, ir::FunctionId code = {}, bool owned = false);
  Binding* Find(hir::LocalId local);

  // --- Expressions (expr.cc)
  Words Eval(const hir::Expr* expr);
  Words EvalKind(const hir::Expr* expr);
  // Evaluates in tail position: the function returns its value.
  void EvalTail(const hir::Expr* expr);
  // Jumps by a Bool.
  void EvalCondition(const hir::Expr* expr, ir::BlockId if_true, ir::BlockId if_false);
  // All in order; false if one of them does not return.
  bool EvalAll(std::span<hir::Expr* const> exprs, std::vector<Words>* values);
  Words Poison(const Layout& layout);
  Words EvalBlock(const hir::Expr* expr, bool tail);
  void EvalLet(const hir::Expr* expr);
  Words EvalBranches(const hir::Expr* expr);
  Words EvalShortCircuit(const hir::Expr* expr);
  Words EvalStruct(const hir::Expr* expr);
  Words EvalUpdate(const hir::Expr* expr);
  Words EvalVariant(const hir::Expr* expr);
  Words EvalInterpolate(const hir::Expr* expr);
  Words EvalTry(const hir::Expr* expr);
  void EvalReturn(const hir::Expr* expr);
  void EvalPanic(const hir::Expr* expr);
  Destination NewDestination(TypeId type, bool tail);
  // Evaluates into the destination and jumps to its join.
  void EvalInto(const hir::Expr* expr, const Destination& destination);
  // Goes on at the join; the value.
  Words Join(const Destination& destination);

  // --- Values (values.cc)
  Words StringWords(std::string_view text);
  Words LoadWords(ir::ValueId pointer, int64_t offset, std::span<const Word> words);
  void StoreWords(ir::ValueId pointer, int64_t offset, const Words& words);
  Words MakeStruct(const Layout& layout, std::span<const Words> fields);
  Words GetField(const Layout& layout, const Words& value, uint32_t field);
  Words MakeVariant(const Layout& layout, uint32_t variant, std::span<const Words> fields);
  Words GetVariantField(const Layout& layout, const Words& value, uint32_t variant, uint32_t field);
  // The object of the words, or of a value that is one pointer.
  ir::ValueId NewObject(ir::DataId descriptor, std::span<const ir::ValueId> words, uint32_t tag);
  ir::ValueId ToClass(ir::ValueId value, const Word& word);
  ir::ValueId FromClass(ir::ValueId value, const Word& word);
  // Jumps by the variant: targets by variant, invalid ones go to `otherwise`.
  void SwitchVariant(const Layout& layout, const Words& value, std::span<const ir::BlockId> targets,
                     ir::BlockId otherwise);
  ir::ValueId ConvertScalar(ir::ValueId value, ir::Scalar to);
  Words JoinTexts(std::span<const Words> parts);
  void Panic(const Words& message);

  // --- Constants (constants.cc)
  bool Constant(const hir::Expr* expr, std::vector<ir::DataWord>* words, int depth);
  bool ConstantStruct(const hir::Expr* expr, std::vector<ir::DataWord>* words, int depth);
  bool ConstantVariant(const hir::Expr* expr, std::vector<ir::DataWord>* words, int depth);
  bool ConstantList(const hir::Expr* expr, std::vector<ir::DataWord>* words, int depth);
  bool ConstantCall(const hir::Expr* expr, std::vector<ir::DataWord>* words, int depth);
  // The value as static data, if it is constant and would otherwise be built in memory.
  std::optional<Words> EvalConstant(const hir::Expr* expr);

  // --- Lists and buffers (lists.cc)
  Words EvalList(const hir::Expr* expr);
  ir::ValueId NewBuffer(std::span<const Word> element, ir::ValueId capacity);
  void Remember(ir::ValueId buffer, std::span<const Word> element, ir::ValueId index,
                ir::ValueId count);
  Words LoadElement(ir::ValueId buffer, ir::ValueId index, std::span<const Word> element);
  void StoreElement(ir::ValueId buffer, ir::ValueId index, std::span<const Word> element,
                    const Words& value);
  ir::ValueId Scale(ir::ValueId index, size_t words);
  ir::ValueId ListLength(const Words& list);
  ir::ValueId ListOffset(const Words& list);

  // --- Loops (loops.cc)
  struct Collector {
    std::vector<Word> element;
    ir::SlotId buffer, count, capacity;
    ir::ValueId first_capacity;  // of the first buffer; at least 1 where an element comes
  };
  Words EvalWhile(const hir::Expr* expr);
  Words EvalFor(const hir::Expr* expr);
  Collector NewCollector(TypeId element);
  void Collect(const Collector& collector, const Words& value);
  Words Collected(const Collector& collector);
  void ForBody(const hir::ForLoop& loop, const Words& item, ir::BlockId next, ir::BlockId exit,
               const Collector* collector);
  void ForIndex(ir::ValueId first, ir::ValueId end, ir::BlockId exit,
                const std::function<void(ir::ValueId, ir::BlockId)>& turn);
  void ForList(const hir::ForLoop& loop, TypeId element, const Words& list, Collector* collector,
               ir::BlockId exit);
  void ForRange(const hir::ForLoop& loop, ir::ValueId first, ir::ValueId end, Collector* collector,
                ir::BlockId exit);
  // Maps and sets; false where the library lacks what that needs.
  bool ForTable(const hir::ForLoop& loop, TypeId iterable_type, const Words& iterable, Span span,
                Collector* collector, ir::BlockId exit);
  bool ForMap(const hir::ForLoop& loop, TypeId map_type, const Words& map, bool keys_only,
              Span span, Collector* collector, ir::BlockId exit);
  void ForIter(const hir::ForLoop& loop, TypeId iter, const Words& iterator, hir::FunctionId start,
               Span span, Collector* collector, ir::BlockId exit);
  void SwitchOption(const Layout& option, const Words& value, ir::BlockId some, ir::BlockId none);
  void ForIterator(const hir::ForLoop& loop, const Words& iterable, Span span, Collector* collector,
                   ir::BlockId exit);

  // --- Calls (calls.cc)
  Words EvalCall(const hir::Expr* expr, bool tail);
  Words EvalCallValue(const hir::Expr* expr, bool tail);
  Words EvalDirectCall(const hir::Expr* expr, Target target, std::span<hir::Expr* const> operands,
                       bool tail);
  // `codes`: of the arguments that are closures, where known; may be shorter. `owned`: which
  // arguments are.
  Words CallTarget(const Target& target, std::span<const Words> args,
                   std::span<const ir::FunctionId> codes, Span span, bool tail,
                   OwnedMask owned = 0);
  Words CallInstance(ir::FunctionId callee, std::span<const ir::ValueId> args, const Layout& result,
                     bool tail);
  Words CallClosure(const Words& closure, ir::FunctionId code, std::span<const Words> args,
                    const Layout& result, bool tail);
  bool CanInline(const Target& target);
  Words ExpandInline(const Target& target, std::span<const Words> args,
                     std::span<const ir::FunctionId> codes, OwnedMask owned, bool tail);
  Words CallAbi(const hir::Function& function, const Target& target, std::span<const Words> args);
  std::pair<ir::ValueId, ir::ValueId> BytesOf(const Words& string);
  Words CallC(const hir::Function& function, const Target& target, std::span<const Words> args);
  Words CallBlocking(const hir::Function& function, const ir::External& external,
                     std::span<const ir::ValueId> args, const Layout& result);
  // Calls a method of an interface on concrete types.
  Words CallMethod(hir::InterfaceId interface, uint32_t method, std::span<const TypeId> type_args,
                   std::span<const Words> args, Span span);

  // --- Ownership (owned.cc). Both: once the expression has been evaluated.
  // Whether the value is owned.
  bool IsOwned(const hir::Expr* expr);
  bool IsOwnedOrNever(const hir::Expr* expr);
  OwnedMask OwnedOperands(std::span<hir::Expr* const> operands);

  // --- Intrinsics (intrinsics.cc)
  Words EvalIntrinsic(const hir::Function& function, const Target& target,
                      std::span<const Words> args, std::span<const ir::FunctionId> codes);
  std::optional<Words> EvalScalarIntrinsic(std::string_view name, std::span<const Words> args,
                                           const Layout& result);
  std::optional<Words> EvalWordIntrinsic(std::string_view name, const Target& target,
                                         std::span<const Words> args, const Layout& result);
  std::optional<Words> EvalBufferIntrinsic(std::string_view name, const Target& target,
                                           std::span<const Words> args);
  std::optional<Words> EvalActorIntrinsic(std::string_view name, const Target& target,
                                          std::span<const Words> args,
                                          std::span<const ir::FunctionId> codes);
  Words EvalSpawn(const Target& target, std::span<const Words> args,
                  std::span<const ir::FunctionId> codes);
  Words EvalCatch(const Target& target, std::span<const Words> args);
  // The concrete type of a parameter.
  TypeId ParamType(const Target& target, size_t index);
  // A closure around one of type `fun`, with code of the given kind.
  Words WrapClosure(const void* node, TypeId fun, std::span<const Word> results, const Words& inner,
                    WrapperBody body);
  // Words in memory of the frame, for the runtime to read.
  ir::ValueId Spill(const Words& words);
  // None for the null pointer, otherwise Some of what lies there.
  Words LoadOption(TypeId option, ir::ValueId pointer, int64_t offset);

  // --- Closures (closures.cc)
  // `in_frame`: the object does not outlive the call that it is an argument of.
  Words EvalClosure(const hir::Expr* expr, ir::FunctionId* code, bool in_frame = false);
  Words EvalPoly(const hir::Expr* expr, ir::FunctionId* code);
  Words EvalFunctionValue(const hir::Expr* expr, ir::FunctionId* code);
  // The value of a callee operand, and its code where known.
  Words EvalCallee(const hir::Expr* expr, ir::FunctionId* code);
  std::vector<Capture> CapturesOf(const std::vector<hir::LocalId>& free);
  // The code of the closure `expr` under `args`; lowered once.
  ir::FunctionId ClosureCode(const hir::Expr* expr, TypeArgs* args,
                             const std::vector<Capture>& captures,
                             const hir::PolyBinding* self_poly);
  // Allocates the closure object (or gives a static one).
  Words NewClosure(ir::FunctionId code, std::span<const Capture> captures, bool in_frame = false);
  TypeArgs* PolyArgs(const hir::PolyBinding& poly, std::span<const TypeId> type_args);

  // --- Matching (match.cc)
  friend class MatchEmitter;
  Words EvalMatch(const hir::Expr* expr, bool tail);
  void BindPattern(const hir::Pattern* pattern, const Words& words, ir::FunctionId code = {},
                   bool owned = false);
  void NoClause(const hir::Match& match, std::span<const TypeId> types,
                std::span<const Words> values);

  // --- Receive (receive.cc)
  Words EvalReceive(const hir::Expr* expr);
  void EvalReceiveTail(const hir::Expr* expr);
  // The arms on a message: jumps to `miss` when none fits.
  void MatchMessage(const hir::Receive& receive, ir::ValueId message,
                    const Destination& destination, ir::BlockId miss);
  // Those of one kind and type.
  void MatchArms(const hir::Receive& receive, hir::ReceiveArmKind kind, hir::TypeId generic,
                 ir::ValueId message, ir::ValueId info, const Destination& destination,
                 ir::BlockId miss);
  // A message of whatever type: its texts.
  Words AnyWords(ir::ValueId message, ir::ValueId info);
  void SetTerminate(const hir::Function& function, TypeArgs* args);

  ModuleLowering& m_;
  ir::FunctionId id_;
  ir::Function& f_;
  ir::Builder b_;
  Scope* scope_ = nullptr;
  Scope own_scope_;
  TypeId result_;  // concrete result of the function
  std::vector<Word> result_words_;
  std::vector<Loop> loops_;

  // Self tail calls: parameters are slots, the loop begins here.
  ir::BlockId start_;
  std::vector<ir::SlotId> tail_slots_;
  size_t first_tail_param_ = 0;
  ir::SlotId fuel_;  // turns until the next reduction check
  // Of a closure's code: the closure object, and the binding that it is the value of.
  Words closure_;
  const hir::PolyBinding* self_poly_ = nullptr;
  std::vector<hir::FunctionId> inlined_;  // those whose bodies are being expanded
  uint32_t inline_depth_ = 0;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_FUNCTION_LOWERING_H_
