#include "snowc/types/type.h"

#include <algorithm>
#include <utility>

namespace snow::types {

using hir::Builtin;

TypeStore::TypeStore(hir::TypeTable& table, const Interner& interner)
    : table_(table), interner_(interner) {
  for (size_t i = 0; i < builtins_.size(); ++i) {
    Type* type = arena_.New<Type>();
    type->kind = TypeKind::kCon;
    type->con = static_cast<uint32_t>(i);
    builtins_[i] = type;
  }
}

Type* TypeStore::New(TypeKind kind, std::span<Type* const> args) {
  Type* type = arena_.New<Type>();
  type->kind = kind;
  std::span<Type*> copy = arena_.CopyArray(args);
  type->args = copy.data();
  type->arg_count = static_cast<uint32_t>(copy.size());
  for (Type*& arg : copy) {
    arg = Resolve(arg);
    type->has_var = type->has_var || arg->has_var || arg->kind == TypeKind::kVar;
    type->has_param = type->has_param || arg->has_param || arg->kind == TypeKind::kParam ||
                      arg->kind == TypeKind::kVar;
    type->size += arg->size;
  }
  if (type->size > kMaxSize) {
    too_large_ = true;
    // A function keeps its shape, which callers rely on.
    if (kind != TypeKind::kFun) return &error_;
    std::ranges::fill(copy, &error_);
    type->size = 1;
  }
  return type;
}

Type* TypeStore::Var(uint32_t level) {
  Type* type = arena_.New<Type>();
  type->kind = TypeKind::kVar;
  type->has_var = true;
  type->has_param = true;
  type->level = level;
  type->index = var_count_++;
  return type;
}

Type* TypeStore::MessageVar(uint32_t level) {
  Type* type = Var(level);
  type->is_message = true;
  type->is_runtime = false;
  return type;
}

Type* TypeStore::Con(hir::TyConId con, std::span<Type* const> args) {
  if (args.empty() && con.value < builtins_.size()) return builtins_[con.value];
  Type* type = New(TypeKind::kCon, args);
  if (type->kind == TypeKind::kCon) type->con = con.value;
  return type;
}

Type* TypeStore::Con(Builtin builtin, Type* arg) {
  Type* args[] = {arg};
  return Con(hir::TyConId(static_cast<uint32_t>(builtin)), args);
}

Type* TypeStore::Tuple(std::span<Type* const> elements) {
  if (elements.empty()) return Unit();
  return New(TypeKind::kTuple, elements);
}

Type* TypeStore::Fun(std::span<Type* const> params, Type* result, Type* message) {
  scratch_.assign(params.begin(), params.end());
  scratch_.push_back(result);
  scratch_.push_back(message);
  return New(TypeKind::kFun, scratch_);
}

Type* TypeStore::Param(StringId name, uint32_t index) {
  Type* type = arena_.New<Type>();
  type->kind = TypeKind::kParam;
  type->has_param = true;
  type->name = name;
  type->index = index;
  return type;
}

Type* TypeStore::Assoc(hir::InterfaceId interface, uint32_t index, std::span<Type* const> args) {
  Type* type = New(TypeKind::kAssoc, args);
  if (type->kind != TypeKind::kAssoc) return type;
  type->con = interface.value;
  type->index = index;
  return type;
}

void TypeStore::WaitFor(Type* var, Constraint* constraint) {
  var->waiting = arena_.New<Waiting>(constraint, var->waiting);
}

std::vector<Constraint*> TypeStore::TakeWoken() {
  std::vector<Constraint*> woken;
  woken.swap(woken_);
  return woken;
}

bool TypeStore::Occurs(Type* var, Type* type) {
  type = Resolve(type);
  if (type == var) return true;
  if (type->kind == TypeKind::kVar) {
    type->level = std::min(type->level, var->level);
    return false;
  }
  if (!type->has_var) return false;
  bool any_var = false;
  for (uint32_t i = 0; i < type->arg_count; ++i) {
    Type* arg = Resolve(type->args[i]);
    type->args[i] = arg;
    if (Occurs(var, arg)) return true;
    any_var = any_var || arg->has_var;
  }
  type->has_var = any_var;
  return false;
}

void TypeStore::LowerLevels(Type* type, uint32_t level) {
  type = Resolve(type);
  if (type->kind == TypeKind::kVar) {
    type->level = std::min(type->level, level);
    return;
  }
  if (!type->has_var) return;
  for (Type* arg : type->Args()) LowerLevels(arg, level);
}

Mismatch TypeStore::Bind(Type* var, Type* type) {
  if (type->kind == TypeKind::kVar) {
    // The younger variable gives way; what waits for it goes on waiting for the other.
    if (var->level < type->level) std::swap(var, type);
    type->is_message = type->is_message || var->is_message;
    type->is_runtime = type->is_runtime || var->is_runtime;
    var->link = type;
    if (var->waiting != nullptr) {
      Waiting* last = var->waiting;
      while (last->next != nullptr) last = last->next;
      last->next = type->waiting;
      type->waiting = var->waiting;
      var->waiting = nullptr;
    }
    return Mismatch::kNone;
  }
  if (Occurs(var, type)) return Mismatch::kInfinite;
  var->link = type;
  for (Waiting* waiting = var->waiting; waiting != nullptr; waiting = waiting->next) {
    woken_.push_back(waiting->constraint);
  }
  var->waiting = nullptr;
  return Mismatch::kNone;
}

bool TypeStore::IsAnyMessage(Type* message) {
  message = Resolve(message);
  return Is(message, Builtin::kAny) ||
         (message->kind == TypeKind::kParam && !message->is_runtime);
}

Mismatch TypeStore::UnifyMessages(Type* a, Type* b) {
  if (IsAnyMessage(a) || IsAnyMessage(b)) return Mismatch::kNone;
  Mismatch found = UnifyTypes(a, b, false);
  return found == Mismatch::kTypes ? Mismatch::kMessages : found;
}

Mismatch TypeStore::Unify(Type* a, Type* b, bool keep_messages) {
  return UnifyTypes(a, b, keep_messages);
}

Mismatch TypeStore::UnifyTypes(Type* a, Type* b, bool keep_messages) {
  a = Resolve(a);
  b = Resolve(b);
  if (a == b) return Mismatch::kNone;
  if (a->kind == TypeKind::kVar) return Bind(a, b);
  if (b->kind == TypeKind::kVar) return Bind(b, a);
  if (a->kind == TypeKind::kError || b->kind == TypeKind::kError) return Mismatch::kNone;
  if (Is(a, Builtin::kNever) || Is(b, Builtin::kNever)) return Mismatch::kNone;
  if (a->kind != b->kind || a->arg_count != b->arg_count) return Mismatch::kTypes;
  switch (a->kind) {
    case TypeKind::kCon:
      if (a->con != b->con) return Mismatch::kTypes;
      if (a->con == static_cast<uint32_t>(Builtin::kPid)) {
        return UnifyMessages(a->args[0], b->args[0]);
      }
      // What a collection or a struct holds keeps its own message type.
      keep_messages = true;
      break;
    case TypeKind::kAssoc:
      if (a->con != b->con || a->index != b->index) return Mismatch::kTypes;
      break;
    case TypeKind::kTuple:
    case TypeKind::kFun:
      break;
    case TypeKind::kParam:
    case TypeKind::kVar:
    case TypeKind::kError:
      return Mismatch::kTypes;
  }
  uint32_t count = a->kind == TypeKind::kFun ? a->arg_count - 1 : a->arg_count;
  Mismatch result = Mismatch::kNone;
  for (uint32_t i = 0; i < count; ++i) {
    Mismatch found = UnifyTypes(a->args[i], b->args[i], keep_messages);
    if (result == Mismatch::kNone) result = found;
  }
  if (a->kind == TypeKind::kFun) {
    Mismatch found = UnifyMessages(a->Message(), b->Message());
    if (result == Mismatch::kNone && !keep_messages) result = found;
  }
  return result;
}

bool TypeStore::CouldAgree(Type* a, Type* b) const {
  a = Resolve(a);
  b = Resolve(b);
  if (a == b || a->kind == TypeKind::kError || b->kind == TypeKind::kError) return true;
  if (a->kind == TypeKind::kVar || b->kind == TypeKind::kVar) return true;
  if (a->kind != b->kind || a->arg_count != b->arg_count || a->con != b->con ||
      a->index != b->index || a->kind == TypeKind::kParam) {
    return false;
  }
  uint32_t count = a->kind == TypeKind::kFun ? a->arg_count - 1 : a->arg_count;
  for (uint32_t i = 0; i < count; ++i) {
    if (!CouldAgree(a->args[i], b->args[i])) return false;
  }
  return true;
}

Type* TypeStore::Substitute(Type* type, Projector& projector) {
  ++substitution_;
  return SubstituteIn(type, projector);
}

// What is shared stays shared: a node is copied once.
Type* TypeStore::SubstituteIn(Type* type, Projector& projector) {
  type = Resolve(type);
  if (type->kind == TypeKind::kParam) return type->link != nullptr ? Resolve(type->link) : type;
  if (!type->has_param || type->kind == TypeKind::kVar) return type;
  if (type->copied_in == substitution_) return type->copy;
  std::vector<Type*> args(type->arg_count);
  bool changed = false;
  for (uint32_t i = 0; i < type->arg_count; ++i) {
    Type* arg = Resolve(type->args[i]);
    args[i] = SubstituteIn(arg, projector);
    changed = changed || args[i] != arg;
  }
  Type* copy = type;
  if (changed && type->kind == TypeKind::kAssoc) {
    copy = projector.Project(hir::InterfaceId(type->con), type->index, args);
  } else if (changed) {
    copy = NewLike(type, args);
  }
  type->copied_in = substitution_;
  type->copy = copy;
  return copy;
}

Type* TypeStore::NewLike(Type* type, std::span<Type* const> args) {
  Type* copy = New(type->kind, args);
  if (copy->kind == TypeKind::kError) return copy;
  copy->con = type->con;
  copy->index = type->index;
  return copy;
}

Type* TypeStore::Zonk(Type* type) {
  type = Resolve(type);
  if (type->kind == TypeKind::kVar || !type->has_var) return type;
  // In place: the arguments are the same types, but for variables on the way.
  bool has_var = false;
  bool has_param = false;
  for (uint32_t i = 0; i < type->arg_count; ++i) {
    type->args[i] = Zonk(type->args[i]);
    has_var = has_var || type->args[i]->has_var;
    has_param = has_param || type->args[i]->has_param;
  }
  type->has_var = has_var;
  type->has_param = has_param;
  return type;
}

hir::TypeId TypeStore::ToHir(Type* type) {
  type = Resolve(type);
  bool cacheable = !type->has_var && !type->has_param;
  if (cacheable && type->hir.IsValid()) return type->hir;
  hir::TypeId result;
  switch (type->kind) {
    case TypeKind::kVar:
      return table_.Con(type->is_message ? Builtin::kAny : Builtin::kUnit);
    case TypeKind::kError:
      return table_.Con(Builtin::kUnit);
    case TypeKind::kParam:
      return type->is_runtime ? table_.Param(type->index) : table_.Con(Builtin::kAny);
    case TypeKind::kCon:
    case TypeKind::kTuple:
    case TypeKind::kAssoc: {
      std::vector<hir::TypeId> args;
      args.reserve(type->arg_count);
      for (Type* arg : type->Args()) args.push_back(ToHir(arg));
      if (type->kind == TypeKind::kCon) {
        result = table_.Con(hir::TyConId(type->con), args);
      } else if (type->kind == TypeKind::kTuple) {
        result = table_.Tuple(args);
      } else {
        result = table_.Assoc(type->con, type->index, args);
      }
      break;
    }
    case TypeKind::kFun: {
      std::vector<hir::TypeId> params;
      for (Type* param : type->Params()) params.push_back(ToHir(param));
      hir::TypeId value = ToHir(type->Result());
      result = table_.Fun(params, value, table_.Con(Builtin::kAny));
      break;
    }
  }
  if (cacheable) type->hir = result;
  return result;
}

void TypeStore::PrintArgs(std::string& out, std::span<Type* const> args,
                          std::vector<Type*>& names) const {
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) out += ", ";
    PrintTo(out, args[i], names);
  }
}

void TypeStore::PrintTo(std::string& out, Type* type, std::vector<Type*>& names) const {
  type = Resolve(type);
  switch (type->kind) {
    case TypeKind::kError:
      out += '_';
      return;
    case TypeKind::kParam:
      if (type->name.IsValid()) {
        out += interner_.Get(type->name);
        return;
      }
      [[fallthrough]];
    case TypeKind::kVar: {
      auto found = std::ranges::find(names, type);
      size_t number = static_cast<size_t>(found - names.begin());
      if (found == names.end()) names.push_back(type);
      out += static_cast<char>('a' + number % 26);
      if (number >= 26) out += std::to_string(number / 26);
      return;
    }
    case TypeKind::kCon: {
      const hir::TyCon& con = table_.con(hir::TyConId(type->con));
      out += con.name.IsValid() ? interner_.Get(con.name) : std::string_view(con.qualified_name);
      if (type->arg_count == 0) return;
      if (type->con == static_cast<uint32_t>(Builtin::kPid)) {
        Type* message = Resolve(type->args[0]);
        if (Is(message, Builtin::kAny) || message->kind == TypeKind::kVar) return;
      }
      out += '<';
      PrintArgs(out, type->Args(), names);
      out += '>';
      return;
    }
    case TypeKind::kTuple:
      out += '(';
      PrintArgs(out, type->Args(), names);
      out += type->arg_count == 1 ? ",)" : ")";
      return;
    case TypeKind::kFun:
      out += "Fun(";
      PrintArgs(out, type->Params(), names);
      out += ") -> ";
      PrintTo(out, type->Result(), names);
      return;
    case TypeKind::kAssoc:
      PrintTo(out, type->args[0], names);
      out += '.';
      out += interner_.Get(table_.AssociatedName(type->con, type->index));
      return;
  }
}

std::string TypeStore::Print(Type* type, std::vector<Type*>& names) const {
  std::string out;
  PrintTo(out, type, names);
  return out;
}

}  // namespace snow::types
