#include "snowc/lower/layout.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "snowc/lower/statics.h"

namespace snow::lower {
namespace {

using hir::Builtin;

class LayoutTest : public ::testing::Test {
 protected:
  LayoutTest() : program_(&interner_) {}

  TypeId Basic(Builtin builtin) { return program_.types.Con(builtin); }
  TypeId Int() { return Basic(Builtin::kInt); }
  TypeId String() { return Basic(Builtin::kString); }
  TypeId Buffer(TypeId element) { return program_.types.Con(Builtin::kBuffer, {&element, 1}); }
  TypeId Tuple(std::vector<TypeId> elements) { return program_.types.Tuple(elements); }

  // A type constructor; its fields are given afterwards, so that it may contain itself.
  hir::TyConId New(std::string_view name, hir::TyConKind kind, uint32_t params = 0) {
    hir::TyCon con;
    con.name = interner_.Intern(name);
    con.qualified_name = "app." + std::string(name);
    con.kind = kind;
    con.params = params;
    return program_.types.AddTyCon(std::move(con));
  }
  std::vector<hir::Field> Fields(std::vector<TypeId> types) {
    std::vector<hir::Field> fields;
    for (TypeId type : types) fields.emplace_back().type = type;
    return fields;
  }
  void SetFields(hir::TyConId con, std::vector<TypeId> types) {
    program_.types.con(con).fields = Fields(std::move(types));
  }
  void AddVariant(hir::TyConId con, std::vector<TypeId> types) {
    hir::Variant variant;
    variant.name = interner_.Intern("V" + std::to_string(program_.types.con(con).variants.size()));
    variant.fields = Fields(std::move(types));
    program_.types.con(con).variants.push_back(std::move(variant));
  }
  TypeId Type(hir::TyConId con, std::vector<TypeId> args = {}) {
    return program_.types.Con(con, args);
  }

  // One letter a word: i f b p (registers), and the kind where it is not plain: * pointer, s
  // string.
  std::string Words(const Layout& layout) {
    std::string text;
    for (const Word& word : layout.words) {
      text += "ifbp"[static_cast<int>(word.scalar)];
      if (word.kind == kSnowPointer) text += '*';
      if (word.kind == kSnowString) text += 's';
    }
    return text;
  }

  struct Tables {
    explicit Tables(hir::Program* program, const Interner* interner)
        : types(program, interner), layouts(&types) {}
    Types types;
    Layouts layouts;
  };
  std::string WordsOf(TypeId type) {
    Tables tables(&program_, &interner_);
    return Words(tables.layouts.Of(type));
  }
  Shape ShapeOf(TypeId type) {
    Tables tables(&program_, &interner_);
    return tables.layouts.Of(type).shape;
  }

  Interner interner_;
  hir::Program program_;
};

TEST_F(LayoutTest, Builtins) {
  EXPECT_EQ(WordsOf(Int()), "i");
  EXPECT_EQ(WordsOf(Basic(Builtin::kFloat)), "f");
  EXPECT_EQ(WordsOf(Basic(Builtin::kBool)), "b");
  EXPECT_EQ(WordsOf(Basic(Builtin::kUnit)), "");
  EXPECT_EQ(WordsOf(Basic(Builtin::kNever)), "");
  EXPECT_EQ(WordsOf(String()), "isi");
  EXPECT_EQ(WordsOf(Buffer(Int())), "p*");
  EXPECT_EQ(WordsOf(program_.types.Fun({}, Int(), Basic(Builtin::kUnit))), "p*");
}

TEST_F(LayoutTest, TuplesAndStructsAreTheirFields) {
  TypeId pair = Tuple({Int(), String()});
  EXPECT_EQ(WordsOf(pair), "iisi");
  hir::TyConId box = New("Box", hir::TyConKind::kStruct, 1);
  SetFields(box, {program_.types.Param(0), Basic(Builtin::kFloat)});
  EXPECT_EQ(WordsOf(Type(box, {pair})), "iisif");
  EXPECT_EQ(WordsOf(Type(box, {Basic(Builtin::kUnit)})), "f");
}

TEST_F(LayoutTest, OverEightWordsIsAnObject) {
  TypeId four = Tuple({String(), String()});
  EXPECT_EQ(WordsOf(Tuple({four, four})), "isiisiisiisi");
  TypeId nine = Tuple({four, four, Int()});
  EXPECT_EQ(WordsOf(nine), "p*");
  EXPECT_EQ(ShapeOf(nine), Shape::kBoxedStruct);
}

TEST_F(LayoutTest, SumsWithoutFieldsAreTags) {
  hir::TyConId color = New("Color", hir::TyConKind::kSum);
  for (int i = 0; i < 3; ++i) AddVariant(color, {});
  EXPECT_EQ(WordsOf(Type(color)), "i");
  EXPECT_EQ(ShapeOf(Type(color)), Shape::kEnum);
}

TEST_F(LayoutTest, SumsByValueShareWordsByClass) {
  hir::TyConId shape = New("Shape", hir::TyConKind::kSum);
  AddVariant(shape, {});
  AddVariant(shape, {Basic(Builtin::kFloat), Basic(Builtin::kBool)});
  AddVariant(shape, {String(), Buffer(Int()), Int()});
  EXPECT_EQ(WordsOf(Type(shape)), "iiip*isi");
  Tables tables(&program_, &interner_);
  const Layout& layout = tables.layouts.Of(Type(shape));
  EXPECT_EQ(layout.shape, Shape::kUnion);
  EXPECT_EQ(layout.variants[1].places, (std::vector<uint8_t>{1, 2}));
  EXPECT_EQ(layout.variants[2].places, (std::vector<uint8_t>{4, 5, 3, 1}));
}

TEST_F(LayoutTest, RecursiveSumsAreBoxed) {
  hir::TyConId tree = New("Tree", hir::TyConKind::kSum, 1);
  TypeId self = Type(tree, {program_.types.Param(0)});
  AddVariant(tree, {});
  AddVariant(tree, {self, program_.types.Param(0), self});
  EXPECT_EQ(WordsOf(Type(tree, {Int()})), "p*");
  Tables tables(&program_, &interner_);
  const Layout& layout = tables.layouts.Of(Type(tree, {Int()}));
  EXPECT_EQ(layout.shape, Shape::kBoxedSum);
  EXPECT_EQ(layout.variants[1].words.size(), 3u);
  EXPECT_EQ(layout.variants[1].fields[2].first, 2u);
}

TEST_F(LayoutTest, RecursionThroughStructsAndOtherSums) {
  hir::TyConId option = New("Option", hir::TyConKind::kSum, 1);
  AddVariant(option, {});
  AddVariant(option, {program_.types.Param(0)});
  hir::TyConId node = New("Node", hir::TyConKind::kStruct);
  SetFields(node, {Int(), Type(option, {Type(node)})});
  // The option is what is boxed; elsewhere an option is by value.
  EXPECT_EQ(WordsOf(Type(node)), "ip*");
  EXPECT_EQ(ShapeOf(Type(option, {Type(node)})), Shape::kBoxedSum);
  EXPECT_EQ(WordsOf(Type(option, {Int()})), "ii");
  EXPECT_EQ(WordsOf(Type(option, {Type(option, {String()})})), "iiisi");
}

TEST_F(LayoutTest, AListEndsTheRecursion) {
  hir::TyConId list = New("List", hir::TyConKind::kStruct, 1);
  SetFields(list, {Buffer(program_.types.Param(0)), Int()});
  hir::TyConId json = New("Json", hir::TyConKind::kSum);
  AddVariant(json, {});
  AddVariant(json, {Type(list, {Type(json)})});
  EXPECT_EQ(WordsOf(Type(json)), "iip*");
}

TEST_F(LayoutTest, TypesThatGrowWithoutEndAreFound) {
  hir::TyConId nest = New("Nest", hir::TyConKind::kSum, 1);
  TypeId param = program_.types.Param(0);
  AddVariant(nest, {});
  AddVariant(nest, {param, Type(nest, {Tuple({param, param})})});
  Tables tables(&program_, &interner_);
  tables.layouts.Of(Type(nest, {Int()}));
  EXPECT_TRUE(tables.layouts.overflow().IsValid());
}

TEST_F(LayoutTest, StaticStringsFollowTheAbi) {
  ir::Module module;
  Tables tables(&program_, &interner_);
  Statics statics(&module, &tables.types, &tables.layouts);
  StaticString empty = statics.String("");
  EXPECT_EQ(empty.first, 0u);
  EXPECT_EQ(empty.second, 0u);
  StaticString full = statics.String("123456789012345");
  EXPECT_FALSE(full.data.IsValid());
  EXPECT_EQ(full.second >> 56, 15u);
  StaticString longer = statics.String("1234567890123456");
  ASSERT_TRUE(longer.data.IsValid());
  EXPECT_EQ(longer.second, kSnowStringLong | 16);
  EXPECT_EQ(module.data[longer.data.value].words[1].bits, uint64_t{16} << 32 | 16);
  EXPECT_EQ(statics.String("1234567890123456").data, longer.data);
}

}  // namespace
}  // namespace snow::lower
