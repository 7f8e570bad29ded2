// How concrete types lie in words: the rules of runtime/abi/abi.h, and nothing else.
//
// Thread-safety: thread-compatible. Layouts live as long as their table.
#ifndef SNOWC_LOWER_LAYOUT_H_
#define SNOWC_LOWER_LAYOUT_H_

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "runtime/abi/abi.h"
#include "snowc/ir/ir.h"
#include "snowc/lower/types.h"

namespace snow::lower {

// One word of a value: its type in registers, and how the collector sees it in memory.
struct Word {
  ir::Scalar scalar;
  SnowWordKind kind;
  friend bool operator==(const Word&, const Word&) = default;
};

enum class Shape : uint8_t {
  kPlain,        // a builtin or a function value: just words
  kStruct,       // struct or tuple: the words of its fields
  kBoxedStruct,  // struct or tuple: a pointer to an object of them
  kEnum,         // sum type without fields: the tag
  kUnion,        // sum type by value: tag, scalars, pointers, string pairs
  kBoxedSum,     // sum type: an immediate tag, or a pointer to an object with the tag in its header
};

struct Layout;

struct FieldLayout {
  TypeId type;
  const Layout* layout = nullptr;
  uint32_t first = 0;  // its first word in the struct, the object, or the variant's `places`
};

struct VariantLayout {
  std::vector<FieldLayout> fields;
  // kUnion: for each word of the fields, its place among the words of the value.
  std::vector<uint8_t> places;
  // The words of the fields, in order.
  std::vector<Word> words;
};

struct Layout {
  TypeId type;
  Shape shape = Shape::kPlain;
  std::vector<Word> words;  // of the value
  // kStruct, kBoxedStruct: one "variant" with the fields. Sum types: all variants.
  std::vector<VariantLayout> variants;

  std::span<const FieldLayout> fields() const { return variants[0].fields; }
  bool is_struct() const { return shape == Shape::kStruct || shape == Shape::kBoxedStruct; }
  bool is_sum() const {
    return shape == Shape::kEnum || shape == Shape::kUnion || shape == Shape::kBoxedSum;
  }
};

class Layouts {
 public:
  explicit Layouts(Types* types) : types_(types) {}
  Layouts(const Layouts&) = delete;
  Layouts& operator=(const Layouts&) = delete;

  // Of a concrete type.
  const Layout& Of(TypeId type) {
    if (type.value < by_type_.size() && by_type_[type.value] != nullptr) {
      return *by_type_[type.value];
    }
    return Compute(type);
  }

  // The type that grew too deep, where one was met whose parts nest without end (E0051); otherwise
  // invalid. Its parts were taken as unit.
  TypeId overflow() const { return overflow_; }

 private:
  // Tarjan's algorithm over 'contains by value', to find the sum types that must be boxed.
  struct Node {
    uint32_t index = 0;
    uint32_t low = 0;
    bool on_stack = false;
    std::vector<TypeId> parts;
  };

  const Layout& Compute(TypeId type);
  // The lowest index that is reached and still on the stack, or kDone.
  uint32_t Visit(TypeId type);
  std::vector<TypeId> PartsOf(TypeId type);
  void LayOut(TypeId type, bool recursive);
  void LayOutStruct(Layout* layout, const std::vector<TypeId>& fields);
  void LayOutSum(Layout* layout, bool recursive);
  void LayOutVariants(Layout* layout);
  std::vector<std::vector<TypeId>> VariantFields(TypeId type);
  Layout* Slot(TypeId type);

  static constexpr uint32_t kDone = 0xFFFFFFFFu;

  Types* types_;
  std::deque<Layout> layouts_;
  std::vector<Layout*> by_type_;
  std::unordered_map<uint32_t, Node> nodes_;
  std::vector<TypeId> stack_;
  uint32_t next_index_ = 0;
  TypeId overflow_;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_LAYOUT_H_
