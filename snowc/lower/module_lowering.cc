#include "snowc/lower/module_lowering.h"

#include <algorithm>

#include "snowc/ir/passes/call_graph.h"
#include "snowc/lower/function_lowering.h"

namespace snow::lower {
namespace {

constexpr Word kPointer = {ir::Scalar::kPtr, kSnowPointer};
constexpr Word kInt = {ir::Scalar::kI64, kSnowScalar};
// Code is made for closures that are made for closures so deep.
constexpr uint32_t kMaxCodeDepth = 2;
constexpr Word kText[] = {{ir::Scalar::kI64, kSnowString}, {ir::Scalar::kI64, kSnowScalar}};

}  // namespace

ModuleLowering::ModuleLowering(hir::Program* program, const LowerOptions& options,
                               Diagnostics* diagnostics)
    : program_(program),
      options_(options),
      diagnostics_(diagnostics),
      types_(program, options.interner),
      layouts_(&types_),
      statics_(&module_, &types_, &layouts_),
      variants_(FindVariants()),
      deriver_(program, &types_, variants_.ok, variants_.err),
      message_use_(program),
      callable_use_(program),
      ownership_(program) {}

KnownVariants ModuleLowering::FindVariants() {
  auto index = [&](hir::TyConId con, std::string_view name, uint32_t otherwise) {
    if (!con.IsValid()) return otherwise;
    const std::vector<hir::Variant>& variants = program_->types.con(con).variants;
    for (uint32_t i = 0; i < variants.size(); ++i) {
      if (types_.Name(variants[i].name) == name) return i;
    }
    return otherwise;
  };
  const hir::WellKnown& known = program_->known;
  return {index(known.option, "None", 0), index(known.option, "Some", 1),
          index(known.result, "Ok", 0), index(known.result, "Err", 1)};
}

ir::Module ModuleLowering::Run() {
  if (options_.sources != nullptr) {
    for (size_t i = 0; i < options_.sources->Size(); ++i) {
      module_.files.push_back(options_.sources->Get(FileId(i)).path());
    }
  }
  AddRoots();
  Drain();
  if (any_received_) {
    AddPrinters();
    Drain();
  }
  if (layouts_.overflow().IsValid()) ReportOverflow(layouts_.overflow(), Span());
  module_.functions.reserve(functions_.size());
  for (ir::Function& function : functions_) module_.functions.push_back(std::move(function));
  ir::FinishCalls(&module_);
  return std::move(module_);
}

void ModuleLowering::Drain() {
  while (!queue_.empty()) {
    std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    job();
  }
}

void ModuleLowering::AddRoots() {
  switch (options_.root) {
    case Root::kMain:
      if (program_->main.IsValid()) module_.entry = MakeEntry(deriver_.MakeMain(program_->main));
      return;
    case Root::kTests:
      module_.entry = MakeEntry(deriver_.MakeTests());
      return;
    case Root::kLibrary:
      for (uint32_t i = 0; i < program_->functions.size(); ++i) {
        const hir::Function& function = program_->functions[i];
        bool generic = !function.generics.empty() || function.body == nullptr;
        if (!generic) InstanceOf({hir::FunctionId(i), types_.no_args()}, function.span);
      }
      return;
  }
}

// The static closure that the runtime starts.
ir::FunctionId ModuleLowering::MakeEntry(hir::FunctionId body) {
  Target target = {body, types_.no_args()};
  ir::FunctionId id = NewFunction("snow_entry", "main", {&kPointer, 1}, {&kInt, 1});
  function(id).address_taken = true;
  Enqueue([this, id, target] { FunctionLowering(this, id).LowerAdapter(target); });
  statics_.StaticClosure(id, "snow_main_closure", /*exported=*/true);
  return id;
}

Target ModuleLowering::Resolve(const hir::Callee& callee, TypeArgs* args) {
  std::vector<TypeId> type_args;
  type_args.reserve(callee.type_args.size());
  for (TypeId arg : callee.type_args) type_args.push_back(types_.Concrete(arg, args));
  if (callee.kind == hir::CalleeKind::kMethod) {
    return ResolveMethod(callee.interface, callee.method, type_args);
  }
  const hir::Function& function = HirFunction(callee.function);
  type_args.resize(function.generics.size(), types_.unit());
  if (function.message_generic >= 0 && !message_use_.Depends(callee.function)) {
    type_args[static_cast<size_t>(function.message_generic)] = types_.unit();
  }
  return {callee.function, types_.Intern(type_args)};
}

Target ModuleLowering::ResolveMethod(hir::InterfaceId interface_id, uint32_t method,
                                     std::span<const TypeId> type_args) {
  const hir::Interface& interface = program_->interfaces[interface_id.value];
  size_t own = std::min<size_t>(type_args.size(), 1 + interface.params);
  const ImplMatch* match = types_.FindImpl(interface_id, type_args.first(own));
  hir::FunctionId default_body = interface.methods[method].default_body;
  if (match != nullptr && match->impl != nullptr) {
    const std::vector<hir::FunctionId>& methods = match->impl->methods;
    if (method < methods.size() && methods[method].IsValid()) {
      std::vector<TypeId> args = match->args;
      args.insert(args.end(), type_args.begin() + static_cast<ptrdiff_t>(own), type_args.end());
      const hir::Function& function = HirFunction(methods[method]);
      args.resize(function.generics.size(), types_.unit());
      if (function.message_generic >= 0 && !message_use_.Depends(methods[method])) {
        args[static_cast<size_t>(function.message_generic)] = types_.unit();
      }
      return {methods[method], types_.Intern(args)};
    }
  }
  bool is_derived = match != nullptr && match->impl == nullptr;
  if (!default_body.IsValid() || (is_derived && deriver_.Overrides(interface_id, method))) {
    hir::FunctionId derived = deriver_.Derive(interface_id, method, type_args[0]);
    return {derived, types_.no_args()};
  }
  std::vector<TypeId> args(type_args.begin(), type_args.end());
  args.resize(HirFunction(default_body).generics.size(), types_.unit());
  return {default_body, types_.Intern(args)};
}

std::vector<Word> ModuleLowering::ParamWords(const hir::Function& function, TypeArgs* args) {
  std::vector<Word> words;
  for (hir::LocalId param : function.params) {
    TypeId type = types_.Concrete(function.locals[param.value].type, args);
    const std::vector<Word>& own = layouts_.Of(type).words;
    words.insert(words.end(), own.begin(), own.end());
  }
  return words;
}

ir::FunctionId ModuleLowering::NewFunction(std::string symbol, std::string debug_name,
                                           std::span<const Word> params,
                                           std::span<const Word> results) {
  ir::FunctionId id(functions_.size());
  ir::Function& function = functions_.emplace_back();
  uint32_t& uses = symbols_[symbol];
  if (uses++ > 0) symbol += "#" + std::to_string(uses);
  function.symbol = std::move(symbol);
  function.debug_name = std::move(debug_name);
  for (const Word& word : params) function.params.push_back(word.scalar);
  for (const Word& word : results) function.results.push_back(word.scalar);
  return id;
}

uint32_t ModuleLowering::NumberOf(std::span<const ir::FunctionId> codes) {
  std::vector<uint32_t> key;
  bool known = false;
  for (ir::FunctionId code : codes) {
    key.push_back(code.value);
    known = known || code.IsValid();
  }
  if (!known) return 0;
  return code_lists_.try_emplace(std::move(key), static_cast<uint32_t>(code_lists_.size() + 1))
      .first->second;
}

uint32_t ModuleLowering::CodeDepth(ir::FunctionId code) const {
  auto found = code_depths_.find(code.value);
  return found == code_depths_.end() ? 0 : found->second;
}

ir::FunctionId ModuleLowering::InstanceOf(const Target& target, Span use,
                                          std::span<const ir::FunctionId> codes, OwnedMask owned) {
  std::vector<ir::FunctionId> known;
  OwnedMask useful = 0;
  for (uint32_t i = 0; i < kMaxOwnedParams && owned >> i != 0; ++i) {
    if ((owned >> i & 1) != 0 && ownership_.Benefits(target.function, i)) {
      useful |= OwnedMask{1} << i;
    }
  }
  if (!options_.debug) {
    for (uint32_t i = 0; i < codes.size(); ++i) {
      bool worth = codes[i].IsValid() && CodeDepth(codes[i]) <= kMaxCodeDepth &&
                   callable_use_.IsCalled(target.function, i);
      known.push_back(worth ? codes[i] : ir::FunctionId());
    }
  }
  uint32_t number = NumberOf(known);
  if (number == 0) known.clear();
  auto key = std::tuple(target.function.value, target.args->number, number, useful);
  auto [place, is_new] = instances_.try_emplace(key);
  if (!is_new) return place->second;
  const hir::Function& function = HirFunction(target.function);
  std::vector<Word> params = ParamWords(function, target.args);
  const Layout& result = layouts_.Of(types_.Concrete(function.result, target.args));
  std::string symbol = SymbolOf(target);
  for (ir::FunctionId code : known) {
    if (code.IsValid()) symbol += "{" + this->function(code).symbol + "}";
  }
  if (useful != 0) symbol += "!" + std::to_string(useful);
  ir::FunctionId id = NewFunction(std::move(symbol), DebugNameOf(function), params, result.words);
  instances_[key] = id;
  for (TypeId arg : target.args->args) {
    if (types_.DepthOf(arg) <= kMaxTypeDepth) continue;
    ReportOverflow(arg, use);
    ir::Builder builder(&this->function(id));
    for (ir::Scalar param : this->function(id).params) {
      this->function(id).param_slots.push_back(builder.NewSlot(param));
    }
    builder.Unreachable();
    return id;
  }
  Enqueue([this, target, id, known, useful] {
    FunctionLowering(this, id).LowerFunction(target, known, useful);
  });
  return id;
}

ir::FunctionId ModuleLowering::FunctionValueCode(const Target& target) {
  uint64_t key = uint64_t{target.function.value} << 32 | target.args->number;
  auto found = adapters_.find(key);
  if (found != adapters_.end()) return found->second;
  ir::FunctionId adapter = MakeAdapter(target);
  adapters_.emplace(key, adapter);
  return adapter;
}

ir::DataId ModuleLowering::FunctionValue(const Target& target) {
  ir::FunctionId code = FunctionValueCode(target);
  return statics_.StaticClosure(code, "closure." + function(code).symbol);
}

ir::FunctionId ModuleLowering::MakeAdapter(const Target& target) {
  const hir::Function& hir_function = HirFunction(target.function);
  std::vector<Word> params = {kPointer};
  std::vector<Word> own = ParamWords(hir_function, target.args);
  params.insert(params.end(), own.begin(), own.end());
  const Layout& result = layouts_.Of(types_.Concrete(hir_function.result, target.args));
  ir::FunctionId id =
      NewFunction(SymbolOf(target) + ".value", DebugNameOf(hir_function), params, result.words);
  function(id).address_taken = true;
  Enqueue([this, id, target] { FunctionLowering(this, id).LowerAdapter(target); });
  return id;
}

ir::FunctionId ModuleLowering::CodeOf(const void* node, TypeArgs* args,
                                      std::span<const ir::FunctionId> codes,
                                      const std::function<ir::FunctionId()>& make) {
  auto key = std::tuple(node, args->number, NumberOf(codes));
  auto found = codes_.find(key);
  if (found != codes_.end()) return found->second;
  ir::FunctionId id = make();
  codes_.emplace(key, id);
  return id;
}

void ModuleLowering::AddPrinters() {
  // Making printers may ask for more type infos.
  for (size_t i = 0; i < statics_.type_infos().size(); ++i) {
    auto [type, info] = statics_.type_infos()[i];
    const hir::WellKnown& known = program_->known;
    statics_.SetPrinters(info, MakePrinter(type, known.display, "display"),
                         MakePrinter(type, known.debug, "debug"));
    Drain();
  }
}

ir::FunctionId ModuleLowering::MakePrinter(TypeId type, hir::InterfaceId interface,
                                           const char* name) {
  ir::FunctionId id =
      NewFunction("printer." + types_.MangledName(type) + "." + name, name, {&kPointer, 1}, kText);
  function(id).address_taken = true;
  Enqueue(
      [this, id, type, interface] { FunctionLowering(this, id).LowerPrinter(type, interface); });
  return id;
}

InlineKind ModuleLowering::InlineKindOf(hir::FunctionId id) {
  if (inline_kinds_.size() < program_->functions.size()) {
    inline_kinds_.resize(program_->functions.size());
  }
  uint8_t& kind = inline_kinds_[id.value];
  if (kind == 0) kind = 1 + static_cast<uint8_t>(JudgeInline(*program_, HirFunction(id)));
  return static_cast<InlineKind>(kind - 1);
}

bool ModuleLowering::IsLibrary(const hir::Function& function) const {
  return function.module < program_->modules.size() &&
         program_->modules[function.module].package == "std";
}

void ModuleLowering::ReportOverflow(TypeId type, Span use) {
  if (overflow_reported_) return;
  overflow_reported_ = true;
  std::string name = types_.PrintName(type);
  constexpr size_t kShown = 120;
  if (name.size() > kShown) {
    size_t cut = kShown;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80) --cut;
    name = name.substr(0, cut) + "…";
  }
  diagnostics_
      ->Error(DiagnosticKind::kPolymorphicRecursion, use,
              "polymorphic recursion: type arguments nest over " + std::to_string(kMaxTypeDepth) +
                  " deep")
      .Label("this call's types grow without end")
      .Note("the type has grown to " + name)
      .Help(
          "call the function at the same types as its caller, or bound the depth by a type of "
          "your own");
}

void ModuleLowering::ReportExtern(const hir::Function& function, const std::string& why) {
  if (std::ranges::find(reported_externs_, &function) != reported_externs_.end()) return;
  reported_externs_.push_back(&function);
  diagnostics_->Error(DiagnosticKind::kExternSignature, function.span,
                      "'" + function.extern_symbol + "' cannot be bound: " + why);
}

ir::Location ModuleLowering::Locate(Span span) {
  if (!span.IsValid() || options_.sources == nullptr) return {};
  const SourceFile& file = options_.sources->Get(span.file);
  if (span.file != located_file_ || span.begin < located_begin_ || span.begin >= located_end_) {
    located_file_ = span.file;
    located_line_ = file.LineOf(span.begin);
    located_begin_ = file.LineBegin(located_line_);
    located_end_ =
        located_line_ < file.LineCount() ? file.LineBegin(located_line_ + 1) : 0xFFFFFFFFu;
  }
  // Columns count characters.
  std::string_view text = file.text().substr(located_begin_, span.begin - located_begin_);
  uint32_t column = 1;
  for (char c : text) column += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return {span.file.value, located_line_, column};
}

std::string ModuleLowering::SymbolOf(const Target& target) {
  const hir::Function& function = HirFunction(target.function);
  std::string symbol = function.qualified_name.empty() ? std::string(types_.Name(function.name))
                                                       : function.qualified_name;
  if (target.args->args.empty()) return symbol;
  symbol += "<";
  for (size_t i = 0; i < target.args->args.size(); ++i) {
    if (i > 0) symbol += ",";
    symbol += types_.MangledName(target.args->args[i]);
  }
  return symbol + ">";
}

std::string ModuleLowering::DebugNameOf(const hir::Function& function) {
  std::string name(types_.Name(function.name));
  if (function.module >= program_->modules.size()) return name;
  const std::string& module = program_->modules[function.module].name;
  return module.empty() ? name : module + "." + name;
}

uint32_t ModuleLowering::External(const ir::External& external) {
  // Two modules may bind one symbol by different signatures.
  std::string key = external.symbol;
  for (ir::Scalar param : external.params) key += static_cast<char>('0' + static_cast<int>(param));
  if (external.has_result) key += static_cast<char>('a' + static_cast<int>(external.result));
  auto [place, is_new] =
      externals_.try_emplace(std::move(key), static_cast<uint32_t>(module_.externals.size()));
  if (is_new) module_.externals.push_back(external);
  return place->second;
}

ir::Module Lower(hir::Program& program, const LowerOptions& options, Diagnostics& diagnostics) {
  return ModuleLowering(&program, options, &diagnostics).Run();
}

}  // namespace snow::lower
