#include "snowc/lower/types.h"

#include <algorithm>

namespace snow::lower {
namespace {

using hir::Builtin;
using hir::Type;
using hir::TypeKind;

uint64_t HashList(std::span<const TypeId> args) {
  uint64_t hash = args.size() * 0x9E3779B97F4A7C15u;
  for (TypeId arg : args) {
    hash = (hash ^ arg.value) * 0xFF51AFD7ED558CCDu;
    hash ^= hash >> 32;
  }
  return hash;
}

// The head under which an impl for this type is kept: constructors by number, then the rest.
constexpr uint32_t kTupleHead = 0x80000000u;  // + number of elements
constexpr uint32_t kFunHead = 0xC0000000u;    // + number of parameters

}  // namespace

Types::Types(hir::Program* program, const Interner* interner)
    : program_(program), interner_(interner) {
  unit_ = table().Con(Builtin::kUnit);
  never_ = table().Con(Builtin::kNever);
  if (program->known.signal.IsValid()) signal_ = table().Con(program->known.signal);
  no_args_ = Intern({});
  impls_.resize(program->interfaces.size());
  for (const hir::Impl& impl : program->impls) {
    if (!impl.interface.IsValid()) continue;
    const Type self = Get(impl.self);
    uint32_t head = kAnyHead;
    if (self.kind == TypeKind::kCon) head = self.con;
    if (self.kind == TypeKind::kTuple) head = kTupleHead + self.args.size();
    if (self.kind == TypeKind::kFun) head = kFunHead + self.args.size();
    impls_[impl.interface.value][head].push_back(&impl);
  }
  const hir::WellKnown& known = program->known;
  auto derivable = [&](hir::InterfaceId interface, hir::Derivable which) {
    if (interface.IsValid()) derivables_.emplace(interface.value, which);
  };
  derivable(known.eq, hir::Derivable::kEq);
  derivable(known.ord, hir::Derivable::kOrd);
  derivable(known.display, hir::Derivable::kDisplay);
  derivable(known.debug, hir::Derivable::kDebug);
  derivable(known.hash, hir::Derivable::kHash);
  derivable(known.default_, hir::Derivable::kDefault);
  derivable(known.json_iface, hir::Derivable::kJson);
  derivable(known.row, hir::Derivable::kRow);
  for (uint32_t i = 0; i < program->interfaces.size(); ++i) {
    const hir::Interface& interface = program->interfaces[i];
    if (interface.module < program->modules.size() &&
        program->modules[interface.module].package == "std" && Name(interface.name) == "Schema") {
      derivable(hir::InterfaceId(i), hir::Derivable::kSchema);
    }
  }
}

TypeArgs* Types::Intern(std::span<const TypeId> args) {
  std::vector<TypeArgs*>& bucket = arg_index_[HashList(args)];
  for (TypeArgs* list : bucket) {
    if (std::ranges::equal(list->args, args)) return list;
  }
  arg_storage_.emplace_back(args.begin(), args.end());
  TypeArgs& list = arg_lists_.emplace_back();
  list.args = arg_storage_.back();
  list.number = static_cast<uint32_t>(arg_lists_.size() - 1);
  bucket.push_back(&list);
  return &list;
}

bool Types::IsGround(TypeId id) {
  if (id.value >= ground_.size())
    ground_.resize(std::max<size_t>(id.value + 1, 2 * ground_.size()));
  Ground& known = ground_[id.value];
  if (known != Ground::kUnknown) return known == Ground::kYes;
  const Type type = Get(id);
  bool ground = type.kind != TypeKind::kParam && type.kind != TypeKind::kAssoc;
  for (TypeId arg : type.args) ground = ground && IsGround(arg);
  if (type.kind == TypeKind::kFun) ground = ground && type.args.back() == unit_;
  ground_[id.value] = ground ? Ground::kYes : Ground::kNo;
  return ground;
}

TypeId Types::Concrete(TypeId type, TypeArgs* args) {
  if (IsGround(type)) return type;
  auto found = args->cache.find(type.value);
  if (found != args->cache.end()) return found->second;
  TypeId result = Rebuild(type, args);
  args->cache.emplace(type.value, result);
  return result;
}

TypeId Types::Rebuild(TypeId id, TypeArgs* args) {
  const Type type = Get(id);
  switch (type.kind) {
    case TypeKind::kParam:
      return type.index < args->args.size() ? args->args[type.index] : unit_;
    case TypeKind::kAssoc:
      return ResolveAssociated(type, args);
    case TypeKind::kCon:
    case TypeKind::kTuple:
    case TypeKind::kFun:
      break;
  }
  std::vector<TypeId> parts;
  parts.reserve(type.args.size());
  for (TypeId arg : type.args) parts.push_back(Concrete(arg, args));
  switch (type.kind) {
    case TypeKind::kTuple:
      return table().Tuple(parts);
    case TypeKind::kFun:
      return table().Fun(std::span(parts).first(parts.size() - 2), parts[parts.size() - 2], unit_);
    default:
      return table().Con(hir::TyConId(type.con), parts);
  }
}

TypeId Types::ResolveAssociated(const Type& type, TypeArgs* args) {
  std::vector<TypeId> parts;
  for (TypeId arg : type.args) parts.push_back(Concrete(arg, args));
  if (search_depth_ > kMaxTypeDepth) return unit_;
  const ImplMatch* match = FindImpl(hir::InterfaceId(type.con), parts);
  if (match == nullptr || match->impl == nullptr) return unit_;
  if (type.index >= match->impl->associated.size()) return unit_;
  ++search_depth_;
  TypeId result = Concrete(match->impl->associated[type.index], Intern(match->args));
  --search_depth_;
  return result;
}

bool Types::MatchHead(TypeId pattern_id, TypeId id, std::vector<TypeId>* bound) {
  const Type pattern = Get(pattern_id);
  if (pattern.kind == TypeKind::kParam) {
    if (pattern.index >= bound->size()) bound->resize(pattern.index + 1);
    TypeId& place = (*bound)[pattern.index];
    if (!place.IsValid()) place = id;
    return place == id;
  }
  if (pattern_id == id) return true;
  const Type type = Get(id);
  if (pattern.kind != type.kind || pattern.args.size() != type.args.size()) return false;
  if (pattern.kind == TypeKind::kCon && pattern.con != type.con) return false;
  if (pattern.kind == TypeKind::kAssoc) return false;
  size_t count = pattern.args.size();
  if (pattern.kind == TypeKind::kFun) --count;  // the message type does not matter
  for (size_t i = 0; i < count; ++i) {
    if (!MatchHead(pattern.args[i], type.args[i], bound)) return false;
  }
  return true;
}

bool Types::MatchImpl(const hir::Impl& impl, std::span<const TypeId> args,
                      std::vector<TypeId>* bound) {
  bound->assign(impl.generics.size(), TypeId());
  if (!MatchHead(impl.self, args[0], bound)) return false;
  for (size_t i = 0; i < impl.args.size() && i + 1 < args.size(); ++i) {
    if (!MatchHead(impl.args[i], args[i + 1], bound)) return false;
  }
  for (TypeId& type : *bound) {
    if (!type.IsValid()) type = unit_;
  }
  return true;
}

bool Types::BoundsHold(const hir::Impl& impl, std::span<const TypeId> bound) {
  if (search_depth_ > kMaxTypeDepth) return false;
  TypeArgs* args = Intern(bound);
  ++search_depth_;
  bool hold = true;
  for (size_t i = 0; i < impl.generics.size() && hold; ++i) {
    for (const hir::Bound& needed : impl.generics[i].bounds) {
      std::vector<TypeId> wanted = {bound[i]};
      for (TypeId arg : needed.args) wanted.push_back(Concrete(arg, args));
      if (FindImpl(needed.interface, wanted) == nullptr) {
        hold = false;
        break;
      }
    }
  }
  --search_depth_;
  return hold;
}

ImplMatch* Types::Search(hir::InterfaceId interface, std::span<const TypeId> args) {
  const Type self = Get(args[0]);
  uint32_t head = kAnyHead;
  if (self.kind == TypeKind::kCon) head = self.con;
  if (self.kind == TypeKind::kTuple) head = kTupleHead + self.args.size();
  if (self.kind == TypeKind::kFun) head = kFunHead + self.args.size();

  struct Candidate {
    const hir::Impl* impl;
    std::vector<TypeId> bound;
  };
  std::vector<Candidate> candidates;
  auto& by_head = impls_[interface.value];
  for (uint32_t key : {head, kAnyHead}) {
    auto found = by_head.find(key);
    if (found == by_head.end()) continue;
    for (const hir::Impl* impl : found->second) {
      std::vector<TypeId> bound;
      if (MatchImpl(*impl, args, &bound)) candidates.push_back({impl, std::move(bound)});
    }
    if (key == kAnyHead) break;
  }
  // Heads seldom overlap; where they do, the where-clauses decide.
  if (candidates.size() > 1) {
    std::erase_if(candidates, [&](const Candidate& candidate) {
      return !BoundsHold(*candidate.impl, candidate.bound);
    });
  }
  if (!candidates.empty()) {
    Candidate& first = candidates.front();
    return &matches_.emplace_back(ImplMatch{first.impl, std::move(first.bound)});
  }
  if (HasDerived(interface, args[0])) return &matches_.emplace_back();
  return nullptr;
}

const ImplMatch* Types::FindImpl(hir::InterfaceId interface, std::span<const TypeId> args) {
  TypeArgs* list = Intern(args);
  uint64_t key = (uint64_t{interface.value} << 32) | list->number;
  auto found = found_.find(key);
  if (found != found_.end()) return found->second;
  ImplMatch* match = Search(interface, list->args);
  found_.emplace(key, match);
  return match;
}

bool Types::IsDerivable(hir::InterfaceId interface, hir::Derivable* derivable) const {
  auto found = derivables_.find(interface.value);
  if (found == derivables_.end()) return false;
  *derivable = found->second;
  return true;
}

bool Types::HasDerived(hir::InterfaceId interface, TypeId self) {
  hir::Derivable which;
  if (!IsDerivable(interface, &which)) return false;
  const Type type = Get(self);
  if (type.kind == TypeKind::kTuple) {
    return which != hir::Derivable::kRow && which != hir::Derivable::kSchema;
  }
  if (type.kind == TypeKind::kFun) return which == hir::Derivable::kDebug;
  if (type.kind != TypeKind::kCon) return false;
  if (self == unit_) {
    return which != hir::Derivable::kRow && which != hir::Derivable::kSchema;
  }
  if (table().Is(self, Builtin::kAny)) {
    return which == hir::Derivable::kDisplay || which == hir::Derivable::kDebug;
  }
  return (ConOf(type).derived >> static_cast<uint32_t>(which) & 1) != 0;
}

bool Types::PartsImplement(hir::InterfaceId interface, TypeId self) {
  const Type type = Get(self);
  if (type.kind == TypeKind::kTuple) {
    return std::ranges::all_of(type.args, [&](TypeId part) { return Implements(interface, part); });
  }
  if (type.kind != TypeKind::kCon) return true;
  TypeArgs* args = Intern(type.args);
  const hir::TyCon& con = ConOf(type);
  auto holds = [&](const hir::Field& field) {
    return Implements(interface, Concrete(field.type, args));
  };
  if (!std::ranges::all_of(con.fields, holds)) return false;
  return std::ranges::all_of(con.variants, [&](const hir::Variant& variant) {
    return std::ranges::all_of(variant.fields, holds);
  });
}

bool Types::Implements(hir::InterfaceId interface, TypeId self) {
  uint64_t key = (uint64_t{interface.value} << 32) | self.value;
  // What is being looked at counts as given, so that recursive types end.
  auto [known, is_new] = implements_.emplace(key, true);
  if (!is_new) return known->second;
  bool result = false;
  TypeId args[] = {self};
  if (DepthOf(self) <= kMaxTypeDepth) {
    if (const ImplMatch* match = FindImpl(interface, args); match != nullptr) {
      if (match->impl == nullptr) {
        result = PartsImplement(interface, self);
      } else {
        result = true;
        for (size_t i = 0; i < match->impl->generics.size() && result; ++i) {
          for (const hir::Bound& bound : match->impl->generics[i].bounds) {
            if (bound.args.empty() && !Implements(bound.interface, match->args[i])) result = false;
          }
        }
      }
    }
  }
  implements_[key] = result;
  return result;
}

uint32_t Types::DepthOf(TypeId id) {
  if (id.value >= depth_.size()) depth_.resize(std::max<size_t>(id.value + 1, 2 * depth_.size()));
  if (depth_[id.value] != 0) return depth_[id.value];
  uint32_t deepest = 0;
  const Type type = Get(id);
  for (TypeId arg : type.args) deepest = std::max(deepest, DepthOf(arg));
  depth_[id.value] = deepest + 1;
  return deepest + 1;
}

const std::string& Types::MangledName(TypeId id) {
  auto found = names_.find(id.value);
  if (found != names_.end()) return found->second;
  const Type type = Get(id);
  std::string name;
  auto list = [&](std::span<const TypeId> args) {
    for (size_t i = 0; i < args.size(); ++i) {
      if (i > 0) name += ",";
      name += MangledName(args[i]);
    }
  };
  switch (type.kind) {
    case TypeKind::kCon:
      name = ConOf(type).qualified_name;
      if (!type.args.empty()) {
        name += "<";
        list(type.args);
        name += ">";
      }
      break;
    case TypeKind::kTuple:
      name = "(";
      list(type.args);
      name += type.args.size() == 1 ? ",)" : ")";
      break;
    case TypeKind::kFun:
      name = "Fun(";
      list(type.args.first(type.args.size() - 2));
      name += ")->" + MangledName(type.args[type.args.size() - 2]);
      break;
    case TypeKind::kParam:
    case TypeKind::kAssoc:
      name = "?";
      break;
  }
  return names_.emplace(id.value, std::move(name)).first->second;
}

}  // namespace snow::lower
