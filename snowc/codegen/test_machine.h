// For tests: runs generated objects in this process, with a runtime of a few lines.
#ifndef SNOWC_CODEGEN_TEST_MACHINE_H_
#define SNOWC_CODEGEN_TEST_MACHINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/abi/functions.h"
#include "snowc/codegen/codegen.h"

namespace snow::codegen {

// What a panic_arithmetic said.
struct Panic {
  SnowArithmetic kind;
  int64_t a;
  int64_t b;
  std::string file;
  std::string function;
  uint32_t line;
  uint32_t column;
};

// One loaded program. Tests are single-threaded: the runtime's functions find the machine at hand
// through the actor that they are given. Aborts when a program cannot be loaded.
class TestMachine {
 public:
  explicit TestMachine(const Objects& objects);
  ~TestMachine();

  // Runs a closure object on a stack of 64 KiB, so that what should not grow the stack shows it.
  // A panic ends it: then there is no result, and `panic()` tells.
  std::optional<uint64_t> Invoke(const void* closure) { return Run(closure, false); }
  // The same through snow_start.
  std::optional<uint64_t> Start(const void* closure) { return Run(closure, true); }

  // The address of a symbol that is visible outside.
  void* Find(const std::string& symbol);

  const Panic& panic() const { return panic_; }
  int yields() const { return yields_; }
  int slow_allocations() const { return slow_allocations_; }
  SnowActor& actor() { return actor_; }
  // Words handed to snow_send.
  const std::vector<uint64_t>& sent() const { return sent_; }

 private:
  friend struct TestRuntime;
  struct Jit;

  std::optional<uint64_t> Run(const void* closure, bool start);

  SnowActor actor_ = {};  // first: an actor's address is that of its machine
  std::unique_ptr<Jit> jit_;
  std::vector<uint64_t> heap_;
  Panic panic_ = {};
  std::vector<uint64_t> sent_;
  int yields_ = 0;
  int slow_allocations_ = 0;
  std::vector<std::unique_ptr<uint64_t[]>> large_;
};

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_TEST_MACHINE_H_
