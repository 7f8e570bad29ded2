#include "snowc/hir/type.h"

#include <algorithm>
#include <array>

namespace snow::hir {
namespace {

struct BuiltinName {
  std::string_view name;
  uint32_t params;
};

constexpr std::array<BuiltinName, static_cast<size_t>(Builtin::kCount)> kBuiltins = {{
    {"Int", 0},
    {"Float", 0},
    {"Bool", 0},
    {"String", 0},
    {"Atom", 0},
    {"()", 0},
    {"Never", 0},
    {"Bytes", 0},
    {"Pid", 1},
    {"Any", 0},
    {"Buffer", 1},
    {"Handle", 0},
}};

uint64_t Mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15u + (hash << 6) + (hash >> 2);
  return hash * 0xFF51AFD7ED558CCDu;
}

uint64_t HashOf(const Type& type) {
  uint64_t hash = Mix(static_cast<uint64_t>(type.kind), type.index);
  hash = Mix(hash, type.con);
  for (TypeId arg : type.args) hash = Mix(hash, arg.value);
  return hash;
}

bool Same(const Type& a, const Type& b) {
  return a.kind == b.kind && a.index == b.index && a.con == b.con &&
         std::ranges::equal(a.args, b.args);
}

std::string ParamName(uint32_t index, std::span<const std::string> names) {
  if (index < names.size()) return names[index];
  std::string name(1, static_cast<char>('a' + index % 26));
  if (index >= 26) name += std::to_string(index / 26);
  return name;
}

}  // namespace

TypeTable::TypeTable(const Interner* interner) : interner_(interner) {
  for (const BuiltinName& builtin : kBuiltins) {
    TyCon con;
    con.qualified_name = builtin.name;
    con.params = builtin.params;
    AddTyCon(std::move(con));
  }
}

TyConId TypeTable::AddTyCon(TyCon con) {
  cons_.push_back(std::move(con));
  return TyConId(cons_.size() - 1);
}

TypeId TypeTable::Con(TyConId con, std::span<const TypeId> args) {
  return Intern({.kind = TypeKind::kCon, .con = con.value, .args = args});
}

TypeId TypeTable::Con(Builtin builtin, std::span<const TypeId> args) {
  return Con(TyConId(static_cast<uint32_t>(builtin)), args);
}

TypeId TypeTable::Tuple(std::span<const TypeId> elements) {
  if (elements.empty()) return Con(Builtin::kUnit);
  return Intern({.kind = TypeKind::kTuple, .args = elements});
}

TypeId TypeTable::Fun(std::span<const TypeId> params, TypeId result, TypeId message) {
  std::vector<TypeId> args(params.begin(), params.end());
  args.push_back(result);
  args.push_back(message);
  return Intern({.kind = TypeKind::kFun, .args = args});
}

TypeId TypeTable::Param(uint32_t index) {
  return Intern({.kind = TypeKind::kParam, .index = index, .args = {}});
}

TypeId TypeTable::Assoc(uint32_t interface, uint32_t index, std::span<const TypeId> args) {
  return Intern({.kind = TypeKind::kAssoc, .index = index, .con = interface, .args = args});
}

bool TypeTable::Is(TypeId id, Builtin builtin) const {
  const Type& type = Get(id);
  return type.kind == TypeKind::kCon && type.con == static_cast<uint32_t>(builtin);
}

TypeId TypeTable::Intern(const Type& key) {
  std::vector<TypeId>& bucket = index_[HashOf(key)];
  for (TypeId id : bucket) {
    if (Same(Get(id), key)) return id;
  }
  Type type = key;
  arg_storage_.emplace_back(key.args.begin(), key.args.end());
  type.args = arg_storage_.back();
  types_.push_back(type);
  bucket.push_back(TypeId(types_.size() - 1));
  return bucket.back();
}

TypeId TypeTable::Substitute(TypeId id, std::span<const TypeId> args) {
  const Type type = Get(id);
  if (type.kind == TypeKind::kParam) {
    return type.index < args.size() ? args[type.index] : id;
  }
  if (type.args.empty()) return id;
  std::vector<TypeId> replaced;
  replaced.reserve(type.args.size());
  for (TypeId arg : type.args) replaced.push_back(Substitute(arg, args));
  if (std::ranges::equal(replaced, type.args)) return id;
  Type key = type;
  key.args = replaced;
  return Intern(key);
}

std::string TypeTable::Print(TypeId id, std::span<const std::string> names) const {
  const Type& type = Get(id);
  std::string text;
  auto list = [&](std::span<const TypeId> args) {
    for (size_t i = 0; i < args.size(); ++i) {
      if (i > 0) text += ", ";
      text += Print(args[i], names);
    }
  };
  switch (type.kind) {
    case TypeKind::kParam:
      return ParamName(type.index, names);
    case TypeKind::kTuple:
      text = "(";
      list(type.args);
      text += type.args.size() == 1 ? ",)" : ")";
      return text;
    case TypeKind::kFun:
      text = "Fun(";
      list(type.args.first(type.args.size() - 2));
      return text + ") -> " + Print(type.args[type.args.size() - 2], names);
    case TypeKind::kAssoc:
      return Print(type.args[0], names) + "." + std::string(interner_->Get(AssociatedName(type.con, type.index)));
    case TypeKind::kCon:
      break;
  }
  const TyCon& con = cons_[type.con];
  text = con.name.IsValid() ? std::string(interner_->Get(con.name)) : con.qualified_name;
  bool bare_pid =
      type.con == static_cast<uint32_t>(Builtin::kPid) && Is(type.args[0], Builtin::kAny);
  if (!type.args.empty() && !bare_pid) {
    text += "<";
    list(type.args);
    text += ">";
  }
  return text;
}

}  // namespace snow::hir
