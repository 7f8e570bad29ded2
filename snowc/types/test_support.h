// What tests of the checker share: a program from texts, checked against the real library.
#ifndef SNOWC_TYPES_TEST_SUPPORT_H_
#define SNOWC_TYPES_TEST_SUPPORT_H_

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowc/base/interner.h"
#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/hir/hir.h"
#include "snowc/types/check.h"

namespace snow::types {

// A program of one or more modules, checked.
class CheckedProgram {
 public:
  // A module's name ("" for main) and its text.
  using Text = std::pair<std::string, std::string>;

  explicit CheckedProgram(std::string text) : CheckedProgram(std::vector<Text>{{"", text}}) {}
  explicit CheckedProgram(const std::vector<Text>& modules);
  CheckedProgram(const CheckedProgram&) = delete;
  CheckedProgram& operator=(const CheckedProgram&) = delete;

  // The codes of all diagnostics about the program, in order of place: "E0004 W0003".
  std::string Codes() const;
  // All of them as text.
  std::string Messages() const;
  // The type of a function of the program as a user would write it; "" when there is none.
  std::string TypeOf(std::string_view name) const;
  // The typed core of a function.
  std::string Core(std::string_view name) const;

  hir::Program& program() { return *program_; }
  const Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  // The parsed library, names and sources included, which all programs of a test share.
  struct Library;
  static Library& SharedLibrary();

  Library& library_;
  Diagnostics diagnostics_;
  std::list<ast::File> files_;
  CheckInput input_;
  FileId first_file_;  // of the program; those before are of the library and of others
  std::optional<hir::Program> program_;
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_TEST_SUPPORT_H_
