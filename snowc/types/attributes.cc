#include "snowc/types/attributes.h"

#include <algorithm>
#include <array>

#include "snowc/resolve/suggest.h"

namespace snow::types {

using ast::As;
using ast::DynAs;

namespace {

constexpr std::array<std::string_view, 4> kOfItems = {"deprecated", "adapt_callbacks", "detached",
                                                      "json"};

class AttributeChecker {
 public:
  explicit AttributeChecker(World& world) : world_(world) {}

  void Check(ast::List<const ast::Item*> items) {
    for (const ast::Item* item : items) {
      Check(item->attributes);
      if (const auto* made = DynAs<ast::StructItem>(*item)) {
        for (const ast::FieldDecl& field : made->fields) Check(field.attributes);
      } else if (const auto* sum = DynAs<ast::SumTypeItem>(*item)) {
        for (const ast::Variant& variant : sum->variants) Check(variant.attributes);
      } else if (const auto* nested = DynAs<ast::ModuleItem>(*item)) {
        Check(nested->items);
      }
    }
  }

 private:
  void Check(ast::List<ast::Attribute> attributes) {
    for (const ast::Attribute& attribute : attributes) {
      std::string_view name = world_.Text(attribute.name.id);
      if (std::ranges::find(kOfItems, name) != kOfItems.end()) continue;
      resolve::NearestName nearest(name);
      nearest.Consider("deprecated");
      nearest.Consider("json");
      auto report = world_.diagnostics.Warning(DiagnosticKind::kUnknownAttribute,
                                               attribute.name.span,
                                               "unknown attribute '@" + std::string(name) + "'");
      if (nearest.found()) {
        report.Help("did you mean '@" + nearest.best() + "'?")
            .Fix(attribute.name.span, nearest.best());
      } else {
        report.Label("it has no effect");
      }
    }
  }

  World& world_;
};

// The text of a string literal without interpolation; null for anything else.
const ast::StringExpr* PlainText(const ast::Expr& expr, std::string& text) {
  const auto* string = DynAs<ast::StringExpr>(expr);
  if (string == nullptr) return nullptr;
  text.clear();
  for (const ast::StringPart& part : string->parts) {
    if (part.expr != nullptr) return nullptr;
    text += part.text;
  }
  return string;
}

}  // namespace

const ast::Attribute* FindAttribute(const World& world, ast::List<ast::Attribute> attributes,
                                    std::string_view name) {
  for (const ast::Attribute& attribute : attributes) {
    if (world.Text(attribute.name.id) == name) return &attribute;
  }
  return nullptr;
}

JsonOptions ReadJson(World& world, ast::List<ast::Attribute> attributes) {
  JsonOptions options;
  const ast::Attribute* json = FindAttribute(world, attributes, "json");
  if (json == nullptr) return options;
  auto unknown = [&](Span span) {
    world.diagnostics.Warning(DiagnosticKind::kUnknownAttribute, span, "unknown option of '@json'")
        .Help("write `@json(name: \"key\")`, `@json(default)` or `@json(skip)`");
  };
  for (const ast::Expr* argument : json->arguments) {
    const auto* word = DynAs<ast::NameExpr>(*argument);
    std::string_view text = word != nullptr ? world.Text(word->name.id) : std::string_view();
    if (text == "default") {
      options.use_default = true;
    } else if (text == "skip") {
      options.skip = true;
    } else {
      unknown(argument->span);
    }
  }
  for (const ast::KeywordArgument& keyword : json->keywords) {
    bool is_name = world.Text(keyword.name.id) == "name";
    if (!is_name || PlainText(*keyword.value, options.name) == nullptr) unknown(keyword.name.span);
  }
  return options;
}

void CheckAttributes(World& world) {
  for (uint32_t i = 0; i < world.symbols.modules.size(); ++i) {
    const resolve::Module& module = world.symbols.modules[i];
    if (module.ast == nullptr || world.InLibrary(ModuleId(i))) continue;
    AttributeChecker(world).Check(module.ast->items);
  }
}

void WarnDeprecated(World& world, const ast::Attribute* deprecated, StringId name, Span use) {
  if (deprecated == nullptr) return;
  std::string text;
  if (!deprecated->arguments.empty()) PlainText(*deprecated->arguments[0], text);
  auto report = world.diagnostics.Warning(DiagnosticKind::kDeprecated, use,
                                          world.Quoted(name) + " is deprecated");
  if (!text.empty()) report.Label(text);
  report.Note(deprecated->span, "it is marked here");
}

}  // namespace snow::types
