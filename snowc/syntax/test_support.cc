#include "snowc/syntax/test_support.h"

#include "snowc/syntax/ast_dump.h"
#include "snowc/syntax/syntax.h"

namespace snow::syntax_test {
namespace {

std::string PlaceOf(Span span, const SourceSet& sources) {
  if (!span.IsValid()) return "-";
  LineColumn place = sources.Get(span.file).Locate(span.begin);
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string Describe(const Diagnostics& diagnostics, const SourceSet& sources, bool all) {
  std::string text;
  for (const Diagnostic* diagnostic : diagnostics.Sorted()) {
    if (diagnostic->severity() == Severity::kWarning && !all) continue;
    if (!text.empty()) text += '\n';
    text += CodeOf(diagnostic->kind);
    text += " " + PlaceOf(diagnostic->span, sources) + " " + diagnostic->message;
    if (!all) continue;
    for (const DiagnosticNote& note : diagnostic->notes) {
      text += "\n  note " + PlaceOf(note.span, sources) + " " + note.text;
    }
    for (const std::string& help : diagnostic->helps) text += "\n  help " + help;
  }
  return text;
}

// One parsed text with what it needs.
struct Parsed {
  explicit Parsed(std::string_view text)
      : file(ParseSource(sources.Add("test.snow", std::string(text)), names, diagnostics)) {}

  SourceSet sources;
  Interner names;
  Diagnostics diagnostics;
  ast::File file;

  std::string ErrorText(bool all = false) const { return Describe(diagnostics, sources, all); }
};

}  // namespace

std::string Items(std::string_view text) {
  Parsed parsed(text);
  if (parsed.diagnostics.HasErrors()) return parsed.ErrorText();
  std::string dump = ast::Dump(parsed.file, parsed.names);
  if (!dump.empty()) dump.pop_back();
  return dump;
}

std::string Expr(std::string_view text) {
  Parsed parsed("fn f() = " + std::string(text));
  if (parsed.diagnostics.HasErrors()) return parsed.ErrorText();
  const auto& item = ast::As<ast::FnItem>(*parsed.file.items.front());
  return ast::Dump(*item.fn->body, parsed.names);
}

std::string Body(std::string_view text) {
  Parsed parsed("fn f() do\n" + std::string(text) + "\nend");
  if (parsed.diagnostics.HasErrors()) return parsed.ErrorText();
  const auto& item = ast::As<ast::FnItem>(*parsed.file.items.front());
  return ast::Dump(*item.fn->body, parsed.names);
}

std::string Pattern(std::string_view text) {
  Parsed parsed("fn f(v) do case v do\n" + std::string(text) + " -> 0\nend end");
  if (parsed.diagnostics.HasErrors()) return parsed.ErrorText();
  const auto& item = ast::As<ast::FnItem>(*parsed.file.items.front());
  const auto& body = ast::As<ast::BlockExpr>(*item.fn->body);
  const auto& statement = ast::As<ast::ExprStmt>(*body.statements.front());
  const auto& expr = ast::As<ast::CaseExpr>(*statement.expr);
  return ast::Dump(*expr.arms.front().pattern, parsed.names);
}

std::string Type(std::string_view text) {
  Parsed parsed("fn f() -> " + std::string(text) + " = 0");
  if (parsed.diagnostics.HasErrors()) return parsed.ErrorText();
  const auto& item = ast::As<ast::FnItem>(*parsed.file.items.front());
  return ast::Dump(*item.fn->result, parsed.names);
}

std::string Errors(std::string_view text, bool all) { return Parsed(text).ErrorText(all); }

std::string BodyErrors(std::string_view text, bool all) {
  return Errors("fn f() do\n" + std::string(text) + "\nend\n", all);
}

}  // namespace snow::syntax_test
