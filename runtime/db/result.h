// What a statement gave: rows as text, the number of rows changed, or an error. The same for every
// database engine.
#ifndef RUNTIME_DB_RESULT_H_
#define RUNTIME_DB_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snow::rt {

struct DbError {
  std::string message;  // "" means that all is well
  std::string code;     // SQLSTATE, or the engine's name of the error
  std::string detail;
  std::string constraint;  // the violated one, where the engine tells
};

// Rows in one piece of memory. Thread-compatible.
class DbResult {
 public:
  DbError error;
  bool failed() const { return !error.message.empty(); }
  int64_t changed = 0;

  std::vector<std::string> columns;
  size_t cell_count() const { return cells_.size(); }
  bool IsNull(size_t cell) const { return cells_[cell].size == kNull; }
  // "" for NULL.
  std::string_view Cell(size_t cell) const;

  void AddNull() { cells_.push_back({0, kNull}); }
  // Bytes that are not valid UTF-8 become `\x` and hexadecimal digits.
  void AddCell(std::string_view bytes);
  // Memory of the rows so far.
  size_t bytes() const { return text_.size() + cells_.size() * sizeof(CellAt); }

  void ClearRows();
  void Fail(std::string message);

 private:
  static constexpr uint32_t kNull = UINT32_MAX;
  struct CellAt {
    size_t offset;
    uint32_t size;
  };

  std::string text_;
  std::vector<CellAt> cells_;
};

// The most that one result may hold; more is an error that says so.
inline constexpr size_t kMaxResultBytes = size_t{1} << 30;
std::string ResultTooLarge();

}  // namespace snow::rt

#endif  // RUNTIME_DB_RESULT_H_
