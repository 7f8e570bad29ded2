// What the runtime starts: main, or the tests.
#include "snowc/derive/derive.h"

namespace snow::derive {

using hir::Builtin;
using hir::FunctionId;
using hir::TypeId;

FunctionId Deriver::MakeMain(FunctionId main) {
  HirBuilder b(program_, "derived.main");
  const hir::Function& function = program_->functions[main.value];
  // An actor's message type that nothing fixed is any.
  std::vector<TypeId> args(function.generics.size(), b.Builtin(Builtin::kAny));
  TypeId result = types_->Concrete(function.result, types_->Intern(args));
  Expr* call = b.Call(main, args, {}, result);
  if (b.types().Is(result, Builtin::kInt)) return b.Finish(b.integer(), call);
  const hir::Type type = types_->Get(result);
  bool is_result =
      type.kind == hir::TypeKind::kCon && hir::TyConId(type.con) == program_->known.result;
  if (!is_result) return b.Finish(b.integer(), b.Block({call, b.Int(0)}));
  // Err: printed to stderr, exit 1.
  TypeId error = type.args[1];
  hir::InterfaceId display = program_->known.display;
  hir::InterfaceId debug = program_->known.debug;
  bool has_display = types_->Implements(display, error);
  LocalId local = b.AddLocal(error);
  Expr* text = has_display ? b.CallMethod(display, MethodIndex(display, "to_string"), error,
                                          {b.Local(local)}, b.string())
                           : b.CallMethod(debug, MethodIndex(debug, "inspect"), error,
                                          {b.Local(local)}, b.string());
  FunctionId fail = Intrinsic("snow_fail_program", {b.string()}, b.Builtin(Builtin::kNever));
  Expr* failed = b.Block({b.Call(fail, {}, {text}, b.Builtin(Builtin::kNever)), b.Int(1)});
  std::vector<HirBuilder::ArmSpec> arms;
  arms.push_back({{b.VariantPattern(result, ok_, {b.Wildcard(type.args[0])})}, b.Int(0)});
  arms.push_back({{b.VariantPattern(result, err_, {b.Bind(local)})}, failed});
  return b.Finish(b.integer(), b.Match({call}, std::move(arms), b.integer()));
}

// () → (): runs one test, on the value of its setup if it has one.
FunctionId Deriver::MakeTest(const hir::Test& test, size_t number) {
  HirBuilder b(program_, "derived.test." + std::to_string(number));
  auto call = [&](FunctionId id, std::vector<Expr*> args) {
    const hir::Function& function = program_->functions[id.value];
    std::vector<TypeId> type_args(function.generics.size(), b.Builtin(Builtin::kAny));
    TypeId result = types_->Concrete(function.result, types_->Intern(type_args));
    return b.Call(id, std::move(type_args), std::move(args), result);
  };
  std::vector<Expr*> args;
  if (!program_->functions[test.function.value].params.empty()) {
    args.push_back(call(test.setup, {}));
  } else if (test.setup.IsValid()) {
    return b.Finish(b.unit(), b.Block({call(test.setup, {}), call(test.function, {}), b.Unit()}));
  }
  return b.Finish(b.unit(), b.Block({call(test.function, std::move(args)), b.Unit()}));
}

FunctionId Deriver::MakeTests() {
  HirBuilder b(program_, "derived.tests");
  FunctionId run = Helper("std.Test.run_all");
  if (!run.IsValid()) return b.Finish(b.integer(), b.Int(0));
  // List<TestCase>, TestCase { name :: String, run :: Fun() -> () }
  const hir::Function& runner = program_->functions[run.value];
  TypeId list = types_->Concrete(runner.locals[runner.params[0].value].type);
  TypeId test_case = types_->Get(list).args[0];
  TypeId function = b.types().Fun({}, b.unit(), b.unit());
  std::vector<Expr*> tests;
  for (size_t i = 0; i < program_->tests.size(); ++i) {
    const hir::Test& test = program_->tests[i];
    Expr* body = b.FunctionValue(MakeTest(test, i), function);
    tests.push_back(b.MakeStruct(test_case, {b.String(test.name), body}));
  }
  return b.Finish(b.integer(), b.Call(run, {}, {b.MakeList(list, std::move(tests))}, b.integer()));
}

}  // namespace snow::derive
