#include "snowc/exhaustive/exhaustive.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <deque>
#include <optional>

namespace snow::exhaustive {
namespace {

using hir::Builtin;
using hir::Pattern;
using hir::PatternKind;
using hir::TypeId;
using hir::TypeKind;

constexpr size_t kStepBudget = 200'000;

// What distinguishes values at one place. Lists have kNil and kCons.
struct Constructor {
  enum Kind : uint8_t { kSingle, kVariant, kBool, kNil, kCons, kLiteral, kText } kind = kSingle;
  int64_t number = 0;       // variant, bool, bits of an Int or Float
  std::string_view text{};  // kText
  friend bool operator==(const Constructor&, const Constructor&) = default;
};

// A pattern in the form the algorithm works on. No constructor: matches everything.
struct Pat {
  std::optional<Constructor> constructor;
  std::vector<const Pat*> subs;
  std::vector<const Pat*> alternatives;  // not empty: an or-pattern
};

using Vector = std::vector<const Pat*>;
using Matrix = std::vector<Vector>;

// A missing value, as far as it is determined.
struct Witness {
  std::optional<Constructor> constructor;
  TypeId type;
  std::vector<Witness> subs;
};

class Checker {
 public:
  Checker(hir::TypeTable& types, const Interner& interner) : types_(types), interner_(interner) {}

  const Pat* Convert(const Pattern& pattern);
  // Whether some value is matched by `row` and by none of `matrix`.
  bool Useful(const Matrix& matrix, const Vector& row, const std::vector<TypeId>& columns);
  // Examples of what no row of `matrix` matches, at most `limit`.
  std::vector<std::vector<Witness>> Missing(const Matrix& matrix,
                                            const std::vector<TypeId>& columns, size_t limit);
  std::string Show(const Witness& witness) const;
  bool exhausted() const { return steps_ > kStepBudget; }
  // Appends `row`, as several rows if its first pattern is an or-pattern.
  static void ExpandInto(Matrix& out, const Vector& row);

 private:
  const Pat* Wild() const { return &wild_; }
  const Pat* Make(Constructor constructor, std::vector<const Pat*> subs = {}) {
    return &pats_.emplace_back(Pat{constructor, std::move(subs), {}});
  }
  const Pat* ConvertList(const Pattern& pattern, size_t from);
  std::vector<const Pat*> ConvertAll(std::span<Pattern* const> patterns);

  // All constructors of a type, or nothing where there are infinitely many.
  std::optional<std::vector<Constructor>> Signature(TypeId type) const;
  std::vector<TypeId> FieldTypes(TypeId type, const Constructor& constructor) const;
  TypeId Instantiate(TypeId field, std::span<const TypeId> args) const;

  Matrix Specialize(const Matrix& matrix, const Constructor& constructor, size_t arity) const;
  Matrix Default(const Matrix& matrix) const;
  static std::vector<Constructor> Heads(const Matrix& matrix);
  std::vector<std::vector<Witness>> MissingUnder(const Matrix& matrix,
                                                 const std::vector<TypeId>& columns,
                                                 const Constructor& constructor, size_t limit);

  hir::TypeTable& types_;
  const Interner& interner_;
  std::deque<Pat> pats_;
  Pat wild_;
  size_t steps_ = 0;
};

std::vector<const Pat*> Checker::ConvertAll(std::span<Pattern* const> patterns) {
  std::vector<const Pat*> converted;
  converted.reserve(patterns.size());
  for (const Pattern* pattern : patterns) converted.push_back(Convert(*pattern));
  return converted;
}

const Pat* Checker::Convert(const Pattern& pattern) {
  using K = Constructor::Kind;
  switch (pattern.kind) {
    case PatternKind::kWildcard:
    case PatternKind::kBind:
      return Wild();
    case PatternKind::kInt:
      return Make({.kind = K::kLiteral, .number = pattern.int_value});
    case PatternKind::kFloat:
      return Make({.kind = K::kLiteral, .number = std::bit_cast<int64_t>(pattern.float_value)});
    case PatternKind::kString:
    case PatternKind::kAtom:
      return Make({.kind = K::kText, .text = pattern.text});
    case PatternKind::kBool:
      return Make({.kind = K::kBool, .number = pattern.int_value});
    case PatternKind::kUnit:
      return Make({.kind = K::kSingle});
    case PatternKind::kTuple:
    case PatternKind::kStruct:
      return Make({.kind = K::kSingle}, ConvertAll(pattern.subs));
    case PatternKind::kVariant:
      return Make({.kind = K::kVariant, .number = pattern.variant}, ConvertAll(pattern.subs));
    case PatternKind::kList:
      return ConvertList(pattern, 0);
    case PatternKind::kAs:
      return Convert(*pattern.subs[0]);
    case PatternKind::kOr: {
      std::vector<const Pat*> alternatives = ConvertAll(pattern.subs);
      return &pats_.emplace_back(Pat{std::nullopt, {}, std::move(alternatives)});
    }
  }
  return Wild();
}

const Pat* Checker::ConvertList(const Pattern& pattern, size_t from) {
  if (from == pattern.subs.size()) {
    if (!pattern.has_rest) return Make({.kind = Constructor::kNil});
    return pattern.rest != nullptr ? Convert(*pattern.rest) : Wild();
  }
  const Pat* head = Convert(*pattern.subs[from]);
  const Pat* tail = ConvertList(pattern, from + 1);
  return Make({.kind = Constructor::kCons}, {head, tail});
}

TypeId Checker::Instantiate(TypeId field, std::span<const TypeId> args) const {
  return types_.Substitute(field, args);
}

std::optional<std::vector<Constructor>> Checker::Signature(TypeId id) const {
  const hir::Type& type = types_.Get(id);
  using K = Constructor::Kind;
  if (type.kind == TypeKind::kTuple) return std::vector<Constructor>{{.kind = K::kSingle}};
  if (type.kind != TypeKind::kCon) return std::nullopt;
  if (types_.Is(id, Builtin::kUnit)) return std::vector<Constructor>{{.kind = K::kSingle}};
  if (types_.Is(id, Builtin::kBool)) {
    return std::vector<Constructor>{{.kind = K::kBool, .number = 1},
                                    {.kind = K::kBool, .number = 0}};
  }
  const hir::TyCon& con = types_.con(hir::TyConId(type.con));
  if (con.kind == hir::TyConKind::kStruct) return std::vector<Constructor>{{.kind = K::kSingle}};
  if (con.kind != hir::TyConKind::kSum) return std::nullopt;
  std::vector<Constructor> all;
  for (size_t i = 0; i < con.variants.size(); ++i) {
    all.push_back({.kind = K::kVariant, .number = static_cast<int64_t>(i)});
  }
  return all;
}

std::vector<TypeId> Checker::FieldTypes(TypeId id, const Constructor& constructor) const {
  const hir::Type type = types_.Get(id);
  if (type.kind == TypeKind::kTuple) return {type.args.begin(), type.args.end()};
  if (constructor.kind == Constructor::kCons) return {type.args[0], id};
  if (type.kind != TypeKind::kCon) return {};
  const hir::TyCon& con = types_.con(hir::TyConId(type.con));
  const std::vector<hir::Field>* fields = nullptr;
  if (constructor.kind == Constructor::kVariant) {
    fields = &con.variants[static_cast<size_t>(constructor.number)].fields;
  } else if (constructor.kind == Constructor::kSingle && con.kind == hir::TyConKind::kStruct) {
    fields = &con.fields;
  }
  std::vector<TypeId> result;
  if (fields == nullptr) return result;
  for (const hir::Field& field : *fields) result.push_back(Instantiate(field.type, type.args));
  return result;
}

void Checker::ExpandInto(Matrix& out, const Vector& row) {
  if (row.empty() || row[0]->alternatives.empty()) {
    out.push_back(row);
    return;
  }
  for (const Pat* alternative : row[0]->alternatives) {
    Vector expanded = row;
    expanded[0] = alternative;
    ExpandInto(out, expanded);
  }
}

Matrix Checker::Specialize(const Matrix& matrix, const Constructor& constructor,
                           size_t arity) const {
  Matrix result;
  for (const Vector& row : matrix) {
    const Pat* head = row[0];
    if (head->constructor && *head->constructor != constructor) continue;
    Vector specialized;
    if (head->constructor) {
      specialized = head->subs;
    } else {
      specialized.assign(arity, Wild());
    }
    specialized.insert(specialized.end(), row.begin() + 1, row.end());
    ExpandInto(result, specialized);
  }
  return result;
}

Matrix Checker::Default(const Matrix& matrix) const {
  Matrix result;
  for (const Vector& row : matrix) {
    if (!row[0]->constructor) ExpandInto(result, Vector(row.begin() + 1, row.end()));
  }
  return result;
}

std::vector<Constructor> Checker::Heads(const Matrix& matrix) {
  std::vector<Constructor> heads;
  for (const Vector& row : matrix) {
    if (row[0]->constructor && std::ranges::find(heads, *row[0]->constructor) == heads.end()) {
      heads.push_back(*row[0]->constructor);
    }
  }
  return heads;
}

// Lists are recognised by their patterns: the type is an ordinary struct of the library.
std::optional<std::vector<Constructor>> ListSignature(const std::vector<Constructor>& heads) {
  for (const Constructor& head : heads) {
    if (head.kind == Constructor::kNil || head.kind == Constructor::kCons) {
      return std::vector<Constructor>{{.kind = Constructor::kNil}, {.kind = Constructor::kCons}};
    }
  }
  return std::nullopt;
}

std::vector<TypeId> Replaced(const std::vector<TypeId>& fields,
                             const std::vector<TypeId>& columns) {
  std::vector<TypeId> result = fields;
  result.insert(result.end(), columns.begin() + 1, columns.end());
  return result;
}

bool Checker::Useful(const Matrix& matrix, const Vector& row, const std::vector<TypeId>& columns) {
  if (++steps_ > kStepBudget) return true;
  if (row.empty()) return matrix.empty();
  if (!row[0]->alternatives.empty()) {
    Matrix expanded;
    ExpandInto(expanded, row);
    return std::ranges::any_of(expanded,
                               [&](const Vector& each) { return Useful(matrix, each, columns); });
  }
  auto under = [&](const Constructor& constructor) {
    std::vector<TypeId> fields = FieldTypes(columns[0], constructor);
    Matrix specialized = Specialize(Matrix{row}, constructor, fields.size());
    Matrix rest = Specialize(matrix, constructor, fields.size());
    std::vector<TypeId> inner = Replaced(fields, columns);
    return std::ranges::any_of(specialized,
                               [&](const Vector& each) { return Useful(rest, each, inner); });
  };
  if (row[0]->constructor) return under(*row[0]->constructor);
  std::vector<Constructor> heads = Heads(matrix);
  std::optional<std::vector<Constructor>> all = ListSignature(heads);
  if (!all) all = Signature(columns[0]);
  if (all && !heads.empty() && heads.size() == all->size()) {
    return std::ranges::any_of(*all, under);
  }
  Matrix tails;
  ExpandInto(tails, Vector(row.begin() + 1, row.end()));
  Matrix rest = Default(matrix);
  std::vector<TypeId> inner(columns.begin() + 1, columns.end());
  return std::ranges::any_of(tails, [&](const Vector& each) { return Useful(rest, each, inner); });
}

std::vector<std::vector<Witness>> Checker::MissingUnder(const Matrix& matrix,
                                                        const std::vector<TypeId>& columns,
                                                        const Constructor& constructor,
                                                        size_t limit) {
  std::vector<TypeId> fields = FieldTypes(columns[0], constructor);
  auto found =
      Missing(Specialize(matrix, constructor, fields.size()), Replaced(fields, columns), limit);
  for (std::vector<Witness>& witness : found) {
    auto end = witness.begin() + static_cast<ptrdiff_t>(fields.size());
    Witness whole{constructor, columns[0], {witness.begin(), end}};
    witness.erase(witness.begin(), end);
    witness.insert(witness.begin(), std::move(whole));
  }
  return found;
}

std::vector<std::vector<Witness>> Checker::Missing(const Matrix& matrix,
                                                   const std::vector<TypeId>& columns,
                                                   size_t limit) {
  if (++steps_ > kStepBudget || limit == 0) return {};
  if (columns.empty()) {
    if (!matrix.empty()) return {};
    return {{}};
  }
  std::vector<Constructor> heads = Heads(matrix);
  std::optional<std::vector<Constructor>> all = ListSignature(heads);
  if (!all) all = Signature(columns[0]);
  std::vector<std::vector<Witness>> result;
  if (all && !heads.empty()) {
    // Each constructor in turn; those that no row names are missing wherever the wildcards end.
    for (const Constructor& constructor : *all) {
      auto found = MissingUnder(matrix, columns, constructor, limit - result.size());
      for (auto& witness : found) result.push_back(std::move(witness));
      if (result.size() >= limit) break;
    }
    return result;
  }
  result = Missing(Default(matrix), {columns.begin() + 1, columns.end()}, limit);
  for (std::vector<Witness>& witness : result) {
    witness.insert(witness.begin(), Witness{std::nullopt, columns[0], {}});
  }
  return result;
}

std::string Checker::Show(const Witness& witness) const {
  if (!witness.constructor) return "_";
  auto join = [&](std::span<const Witness> subs) {
    std::string text;
    for (const Witness& sub : subs) {
      if (!text.empty()) text += ", ";
      text += Show(sub);
    }
    return text;
  };
  const hir::Type& type = types_.Get(witness.type);
  switch (witness.constructor->kind) {
    case Constructor::kBool:
      return witness.constructor->number != 0 ? "true" : "false";
    case Constructor::kNil:
      return "[]";
    case Constructor::kCons: {
      std::string text = "[" + Show(witness.subs[0]);
      const Witness* tail = &witness.subs[1];
      while (tail->constructor && tail->constructor->kind == Constructor::kCons) {
        text += ", " + Show(tail->subs[0]);
        tail = &tail->subs[1];
      }
      return text + (tail->constructor ? "]" : ", ..]");
    }
    case Constructor::kVariant: {
      const hir::Variant& variant = types_.con(hir::TyConId(type.con))
                                        .variants[static_cast<size_t>(witness.constructor->number)];
      std::string text(interner_.Get(variant.name));
      return witness.subs.empty() ? text : text + "(" + join(witness.subs) + ")";
    }
    case Constructor::kSingle:
      break;
    case Constructor::kLiteral:
    case Constructor::kText:
      return "_";
  }
  if (type.kind == TypeKind::kTuple) {
    return "(" + join(witness.subs) + (witness.subs.size() == 1 ? ",)" : ")");
  }
  if (types_.Is(witness.type, Builtin::kUnit)) return "()";
  const hir::TyCon& con = types_.con(hir::TyConId(type.con));
  std::string text(interner_.Get(con.name));
  std::string fields;
  for (size_t i = 0; i < witness.subs.size(); ++i) {
    if (!witness.subs[i].constructor) continue;
    if (!fields.empty()) fields += ", ";
    fields += std::string(interner_.Get(con.fields[i].name)) + ": " + Show(witness.subs[i]);
  }
  return text + " { " + (fields.empty() ? ".. }" : fields + ", .. }");
}

}  // namespace

Verdict Check(hir::TypeTable& types, const Interner& interner, std::span<const TypeId> columns,
              std::span<const Row> rows, size_t max_missing) {
  Checker checker(types, interner);
  std::vector<TypeId> column_types(columns.begin(), columns.end());
  Verdict verdict;
  Matrix matrix;
  for (size_t i = 0; i < rows.size(); ++i) {
    Vector row;
    for (const Pattern* pattern : rows[i].patterns) row.push_back(checker.Convert(*pattern));
    if (!checker.Useful(matrix, row, column_types)) verdict.unreachable.push_back(i);
    if (rows[i].guarded) continue;
    Checker::ExpandInto(matrix, row);
  }
  auto missing = checker.Missing(matrix, column_types, max_missing + 1);
  if (checker.exhausted()) {
    verdict.gave_up = true;
    return verdict;
  }
  verdict.more_missing = missing.size() > max_missing;
  if (verdict.more_missing) missing.resize(max_missing);
  for (const std::vector<Witness>& witness : missing) {
    std::string text;
    for (const Witness& each : witness) {
      if (!text.empty()) text += ", ";
      text += checker.Show(each);
    }
    verdict.missing.push_back(text);
  }
  return verdict;
}

bool IsIrrefutable(hir::TypeTable& types, const Interner& interner, Pattern* pattern) {
  TypeId column = pattern->type;
  Row row{std::span<Pattern* const>(&pattern, 1), false};
  Verdict verdict = Check(types, interner, {&column, 1}, {&row, 1}, 1);
  return verdict.missing.empty() && !verdict.gave_up;
}

}  // namespace snow::exhaustive
