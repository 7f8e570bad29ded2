#include "snowc/lower/layout.h"

#include <algorithm>

namespace snow::lower {
namespace {

using hir::Builtin;
using hir::Type;
using hir::TypeKind;
using ir::Scalar;

constexpr Word kIntWord = {Scalar::kI64, kSnowScalar};
constexpr Word kFloatWord = {Scalar::kF64, kSnowScalar};
constexpr Word kBoolWord = {Scalar::kI1, kSnowScalar};
constexpr Word kPointerWord = {Scalar::kPtr, kSnowPointer};
constexpr Word kStringWord = {Scalar::kI64, kSnowString};

std::vector<Word> WordsOfBuiltin(Builtin builtin) {
  switch (builtin) {
    case Builtin::kInt:
    case Builtin::kPid:
    case Builtin::kHandle:
      return {kIntWord};
    case Builtin::kFloat:
      return {kFloatWord};
    case Builtin::kBool:
      return {kBoolWord};
    case Builtin::kString:
    case Builtin::kAtom:
    case Builtin::kBytes:
      return {kStringWord, kIntWord};
    case Builtin::kBuffer:
      return {kPointerWord};
    case Builtin::kAny:
      // What a program may do with it is to print it: its texts, Display and Debug.
      return {kStringWord, kIntWord, kStringWord, kIntWord};
    case Builtin::kUnit:
    case Builtin::kNever:
    case Builtin::kCount:
      return {};
  }
  return {};
}

// Types in the code of an instance may be a little deeper than its type arguments.
constexpr uint32_t kMaxLayoutDepth = 2 * kMaxTypeDepth;

// Where the words of variants go in a sum type by value: scalars first, then pointers, then
// string pairs.
struct Classes {
  size_t scalars = 0;
  size_t pointers = 0;
  size_t strings = 0;

  size_t Total() const { return 1 + scalars + pointers + 2 * strings; }
};

Classes Count(std::span<const Word> words) {
  Classes classes;
  for (size_t i = 0; i < words.size(); ++i) {
    switch (words[i].kind) {
      case kSnowScalar:
        ++classes.scalars;
        break;
      case kSnowPointer:
        ++classes.pointers;
        break;
      case kSnowString:
        ++classes.strings;
        ++i;
        break;
    }
  }
  return classes;
}

std::vector<uint8_t> Place(std::span<const Word> words, const Classes& all) {
  std::vector<uint8_t> places;
  size_t scalar = 1;
  size_t pointer = scalar + all.scalars;
  size_t string = pointer + all.pointers;
  for (size_t i = 0; i < words.size(); ++i) {
    switch (words[i].kind) {
      case kSnowScalar:
        places.push_back(static_cast<uint8_t>(scalar++));
        break;
      case kSnowPointer:
        places.push_back(static_cast<uint8_t>(pointer++));
        break;
      case kSnowString:
        places.push_back(static_cast<uint8_t>(string++));
        places.push_back(static_cast<uint8_t>(string++));
        ++i;
        break;
    }
  }
  return places;
}

void AppendFields(VariantLayout* variant, const std::vector<TypeId>& fields,
                  const std::vector<const Layout*>& layouts) {
  for (size_t i = 0; i < fields.size(); ++i) {
    variant->fields.push_back(
        {fields[i], layouts[i], static_cast<uint32_t>(variant->words.size())});
    variant->words.insert(variant->words.end(), layouts[i]->words.begin(), layouts[i]->words.end());
  }
}

}  // namespace

Layout* Layouts::Slot(TypeId type) {
  return type.value < by_type_.size() ? by_type_[type.value] : nullptr;
}

const Layout& Layouts::Compute(TypeId type) {
  Visit(type);
  return *by_type_[type.value];
}

std::vector<std::vector<TypeId>> Layouts::VariantFields(TypeId id) {
  const Type type = types_->Get(id);
  std::vector<std::vector<TypeId>> all;
  TypeArgs* args = types_->Intern(type.args);
  bool too_deep = types_->DepthOf(id) > kMaxLayoutDepth;
  if (too_deep && !overflow_.IsValid()) overflow_ = id;
  auto add = [&](const std::vector<hir::Field>& fields) {
    std::vector<TypeId>& list = all.emplace_back();
    for (const hir::Field& field : fields) {
      list.push_back(too_deep ? types_->unit() : types_->Concrete(field.type, args));
    }
  };
  const hir::TyCon& con = types_->ConOf(type);
  if (con.kind == hir::TyConKind::kStruct) {
    add(con.fields);
  } else {
    for (const hir::Variant& variant : con.variants) add(variant.fields);
  }
  return all;
}

std::vector<TypeId> Layouts::PartsOf(TypeId id) {
  const Type type = types_->Get(id);
  if (type.kind == TypeKind::kTuple) return {type.args.begin(), type.args.end()};
  if (type.kind != TypeKind::kCon) return {};
  if (types_->ConOf(type).kind == hir::TyConKind::kBuiltin) return {};
  std::vector<TypeId> parts;
  for (const std::vector<TypeId>& fields : VariantFields(id)) {
    parts.insert(parts.end(), fields.begin(), fields.end());
  }
  return parts;
}

uint32_t Layouts::Visit(TypeId id) {
  Node& node = nodes_[id.value];
  node.index = node.low = ++next_index_;
  node.on_stack = true;
  stack_.push_back(id);
  node.parts = PartsOf(id);
  bool contains_itself = false;
  for (size_t i = 0; i < node.parts.size(); ++i) {
    TypeId part = node.parts[i];
    if (part == id) contains_itself = true;
    if (Slot(part) != nullptr) continue;
    auto found = nodes_.find(part.value);
    if (found == nodes_.end()) {
      node.low = std::min(node.low, Visit(part));
    } else if (found->second.on_stack) {
      node.low = std::min(node.low, found->second.index);
    }
  }
  if (node.low != node.index) return node.low;
  // A component is complete: the members above `id` on the stack.
  std::vector<TypeId> members;
  do {
    members.push_back(stack_.back());
    nodes_[stack_.back().value].on_stack = false;
    stack_.pop_back();
  } while (members.back() != id);
  bool recursive = members.size() > 1 || contains_itself;
  auto is_sum = [&](TypeId member) {
    const Type type = types_->Get(member);
    return type.kind == TypeKind::kCon && types_->ConOf(type).kind == hir::TyConKind::kSum;
  };
  // The sum types first: they are what ends the recursion. Structs are laid out as they are met.
  for (TypeId member : members) {
    if (is_sum(member)) LayOut(member, recursive);
  }
  for (TypeId member : members) {
    if (Slot(member) == nullptr) LayOut(member, recursive);
  }
  for (TypeId member : members) {
    if (is_sum(member)) LayOutVariants(by_type_[member.value]);
  }
  for (TypeId member : members) nodes_.erase(member.value);
  return kDone;
}

void Layouts::LayOut(TypeId id, bool recursive) {
  Layout& layout = layouts_.emplace_back();
  layout.type = id;
  if (id.value >= by_type_.size()) {
    by_type_.resize(std::max<size_t>(id.value + 1, 2 * by_type_.size()));
  }
  by_type_[id.value] = &layout;
  const Type type = types_->Get(id);
  switch (type.kind) {
    case TypeKind::kFun:
      layout.words = {kPointerWord};
      return;
    case TypeKind::kTuple:
      LayOutStruct(&layout, {type.args.begin(), type.args.end()});
      return;
    case TypeKind::kCon:
      break;
    case TypeKind::kParam:
    case TypeKind::kAssoc:
      return;
  }
  switch (types_->ConOf(type).kind) {
    case hir::TyConKind::kBuiltin:
      layout.words = WordsOfBuiltin(static_cast<Builtin>(type.con));
      return;
    case hir::TyConKind::kStruct:
      LayOutStruct(&layout, VariantFields(id)[0]);
      return;
    case hir::TyConKind::kSum:
      LayOutSum(&layout, recursive);
      return;
  }
}

void Layouts::LayOutStruct(Layout* layout, const std::vector<TypeId>& fields) {
  std::vector<const Layout*> layouts;
  for (TypeId field : fields) {
    // A struct of the same component that has not been met yet; sum types have been.
    if (Slot(field) == nullptr) LayOut(field, true);
    layouts.push_back(by_type_[field.value]);
  }
  VariantLayout& variant = layout->variants.emplace_back();
  AppendFields(&variant, fields, layouts);
  if (variant.words.size() <= kSnowMaxValueWords) {
    layout->shape = Shape::kStruct;
    layout->words = variant.words;
  } else {
    layout->shape = Shape::kBoxedStruct;
    layout->words = {kPointerWord};
  }
}

void Layouts::LayOutSum(Layout* layout, bool recursive) {
  if (recursive) {
    layout->shape = Shape::kBoxedSum;
    layout->words = {kPointerWord};
    return;
  }
  // Not recursive: the parts have been laid out before.
  Classes all;
  bool has_fields = false;
  for (const std::vector<TypeId>& fields : VariantFields(layout->type)) {
    std::vector<Word> words;
    for (TypeId field : fields) {
      has_fields = true;
      const std::vector<Word>& part = by_type_[field.value]->words;
      words.insert(words.end(), part.begin(), part.end());
    }
    Classes classes = Count(words);
    all.scalars = std::max(all.scalars, classes.scalars);
    all.pointers = std::max(all.pointers, classes.pointers);
    all.strings = std::max(all.strings, classes.strings);
  }
  if (!has_fields) {
    layout->shape = Shape::kEnum;
    layout->words = {kIntWord};
    return;
  }
  if (all.Total() > kSnowMaxValueWords) {
    layout->shape = Shape::kBoxedSum;
    layout->words = {kPointerWord};
    return;
  }
  layout->shape = Shape::kUnion;
  layout->words.push_back(kIntWord);
  layout->words.insert(layout->words.end(), all.scalars, kIntWord);
  layout->words.insert(layout->words.end(), all.pointers, kPointerWord);
  for (size_t i = 0; i < all.strings; ++i) {
    layout->words.push_back(kStringWord);
    layout->words.push_back(kIntWord);
  }
}

void Layouts::LayOutVariants(Layout* layout) {
  Classes all;
  for (const std::vector<TypeId>& fields : VariantFields(layout->type)) {
    std::vector<const Layout*> layouts;
    for (TypeId field : fields) layouts.push_back(by_type_[field.value]);
    VariantLayout& variant = layout->variants.emplace_back();
    AppendFields(&variant, fields, layouts);
    Classes classes = Count(variant.words);
    all.scalars = std::max(all.scalars, classes.scalars);
    all.pointers = std::max(all.pointers, classes.pointers);
    all.strings = std::max(all.strings, classes.strings);
  }
  if (layout->shape != Shape::kUnion) return;
  for (VariantLayout& variant : layout->variants) variant.places = Place(variant.words, all);
}

}  // namespace snow::lower
