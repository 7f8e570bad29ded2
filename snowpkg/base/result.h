#ifndef SNOW_SNOWPKG_BASE_RESULT_H_
#define SNOW_SNOWPKG_BASE_RESULT_H_

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "snowpkg/base/error.h"

namespace snow::pkg {

// Either a value or an Error. To be tested before the value is taken: taking the value of a failed
// result is a bug of the caller (asserted).
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return Checked(), std::get<0>(state_); }
  const T& value() const& { return Checked(), std::get<0>(state_); }
  T&& value() && { return Checked(), std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  void Checked() const { assert(ok() && "value of a failed Result"); }

  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace snow::pkg

#define SNOW_PKG_CONCAT_INNER(a, b) a##b
#define SNOW_PKG_CONCAT(a, b) SNOW_PKG_CONCAT_INNER(a, b)

// Returns the error of a Status (or of any Result, whose value is dropped) out of the function at
// hand.
#define SNOW_PKG_TRY(expression)                            \
  do {                                                      \
    if (auto pkg_status = (expression); !pkg_status.ok()) { \
      return std::move(pkg_status).error();                 \
    }                                                       \
  } while (false)

// Declares or assigns `target` from the value of a Result, or returns its error.
#define SNOW_PKG_ASSIGN(target, expression) \
  SNOW_PKG_ASSIGN_INNER(SNOW_PKG_CONCAT(pkg_result_, __LINE__), target, expression)
#define SNOW_PKG_ASSIGN_INNER(temporary, target, expression) \
  auto temporary = (expression);                             \
  if (!temporary.ok()) return std::move(temporary).error();  \
  target = std::move(temporary).value()

#endif  // SNOW_SNOWPKG_BASE_RESULT_H_
