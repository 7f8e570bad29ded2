// Ends the process when the runtime's own invariants do not hold.
#ifndef RUNTIME_BASE_CHECK_H_
#define RUNTIME_BASE_CHECK_H_

namespace snow::rt {

// Writes "snow runtime: <text>" to standard error and aborts.
[[noreturn]] void Fatal(const char* text);

}  // namespace snow::rt

// Checked in every build: for what would corrupt memory otherwise.
#define SNOW_RT_CHECK(condition)                                                                \
  do {                                                                                          \
    if (__builtin_expect(!(condition), 0))                                                      \
      ::snow::rt::Fatal(__FILE__ ":" SNOW_RT_STRING(__LINE__) ": not so: " #condition);         \
  } while (0)
#define SNOW_RT_STRING(x) SNOW_RT_STRING2(x)
#define SNOW_RT_STRING2(x) #x

// Checked while assertions are on.
#ifdef NDEBUG
#define SNOW_RT_DCHECK(condition) static_cast<void>(0)
#else
#define SNOW_RT_DCHECK(condition) SNOW_RT_CHECK(condition)
#endif

#endif  // RUNTIME_BASE_CHECK_H_
