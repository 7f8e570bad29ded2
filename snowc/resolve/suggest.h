// "Did you mean": the name most like one that was not found.
#ifndef SNOWC_RESOLVE_SUGGEST_H_
#define SNOWC_RESOLVE_SUGGEST_H_

#include <string>
#include <string_view>

namespace snow::resolve {

// Collects candidates and keeps the nearest to `name`. A candidate counts when few edits (a
// quarter of the letters, at least one; swapped neighbours are one edit) lead to it, or when only
// the case or underscores differ.
class NearestName {
 public:
  explicit NearestName(std::string_view name);

  void Consider(std::string_view candidate);

  // The nearest; empty when none was near enough.
  const std::string& best() const { return best_; }
  // " — did you mean 'x'?" or "".
  bool found() const { return !best_.empty(); }

 private:
  std::string name_;
  std::string folded_;
  std::string best_;
  size_t limit_;
};

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_SUGGEST_H_
