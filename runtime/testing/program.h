// Runs Snow programs whose "generated code" is C++, each in a process of its own.
#ifndef RUNTIME_TESTING_PROGRAM_H_
#define RUNTIME_TESTING_PROGRAM_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/functions.h"
#include "runtime/memory/object.h"
#include "runtime/memory/string.h"

namespace snow::rt::testing {

// The code of a closure.
using Code = uint64_t (*)(SnowActor* actor, void* closure);

struct Outcome {
  int code = -1;  // exit code, or 128 + signal
  std::string out;
  std::string err;
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// Runs main in a child process with these additions to its environment; `while_running` (if given)
// is called with the child's pid once it has written a first line.
Outcome RunSnow(Code main, const Environment& environment = {},
                const std::function<void(int pid)>& while_running = nullptr,
                const std::string& input = "");

// --- For the code of programs ------------------------------------------------------------------

// Ends the program with code 99 and says where.
#define SNOW_TEST_CHECK(condition)                                                       \
  do {                                                                                   \
    if (!(condition)) ::snow::rt::testing::Fail(__FILE__, __LINE__, #condition);         \
  } while (0)
[[noreturn]] void Fail(const char* file, int line, const char* text);

// A closure with scalar captures, and one with captures that are pointers to objects.
void* ScalarClosure(SnowActor* actor, Code code, std::initializer_list<uint64_t> captures = {});
void* PointerClosure(SnowActor* actor, Code code, std::initializer_list<void*> captures);
// A capture of a closure.
inline uint64_t Capture(void* closure, size_t index) {
  return static_cast<Object*>(closure)->payload[1 + index];
}

int64_t Spawn(SnowActor* actor, Code code, std::initializer_list<uint64_t> captures = {},
              int64_t flags = 0, const char* name = "worker");

// Messages of type Int.
extern const SnowTypeInfo kIntType;
void SendInt(SnowActor* actor, int64_t pid, int64_t value);
// The next Int in the mailbox; passes over everything else. `none` when the limit passes.
int64_t ReceiveInt(SnowActor* actor, int64_t limit_ms = -1, int64_t none = -1);
// The next notice: payload words (abi.h).
struct Signal {
  uint64_t tag, first, second, reason;
};
Signal ReceiveSignal(SnowActor* actor, int64_t limit_ms = -1);
inline constexpr uint64_t kNoSignal = 99;  // tag when the limit passed

SnowPair NewText(SnowActor* actor, const std::string& text);
std::string TextOf(SnowPair text);
void Print(SnowActor* actor, const std::string& line);

}  // namespace snow::rt::testing

#endif  // RUNTIME_TESTING_PROGRAM_H_
