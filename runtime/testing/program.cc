#include "runtime/testing/program.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "runtime/base/settings.h"
#include "runtime/process/program.h"

namespace {

// Static data whose code is set before a program begins.
struct MainClosure {
  uint64_t header;
  snow::rt::testing::Code code;
};

constexpr uint8_t kScalars[10] = {};
constexpr uint8_t kCodeAndPointers[10] = {
    kSnowScalar,  kSnowPointer, kSnowPointer, kSnowPointer, kSnowPointer,
    kSnowPointer, kSnowPointer, kSnowPointer, kSnowPointer, kSnowPointer};

#define DESCRIPTORS(kinds)                                                                     \
  {                                                                                            \
    {kSnowFixed, 1, "closure", kinds}, {kSnowFixed, 2, "closure", kinds},                      \
        {kSnowFixed, 3, "closure", kinds}, {kSnowFixed, 4, "closure", kinds},                  \
        {kSnowFixed, 5, "closure", kinds}, {kSnowFixed, 6, "closure", kinds}, {                \
      kSnowFixed, 7, "closure", kinds                                                          \
    }                                                                                          \
  }
const SnowDescriptor kScalarClosures[7] = DESCRIPTORS(kScalars);
const SnowDescriptor kPointerClosures[7] = DESCRIPTORS(kCodeAndPointers);
#undef DESCRIPTORS

std::string ReadAll(int fd, std::string* text, const std::function<void()>& on_line) {
  char buffer[4096];
  bool told = false;
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got <= 0) break;
    text->append(buffer, static_cast<size_t>(got));
    if (!told && on_line && text->find('\n') != std::string::npos) {
      told = true;
      on_line();
    }
  }
  return *text;
}

}  // namespace

extern "C" {
MainClosure snow_test_main __asm__("snow_main_closure") = {0, nullptr};

SnowPair snow_invoke_text(SnowActor*, void*, const uint64_t*) { return {0, 0}; }
}

namespace snow::rt::testing {

Outcome RunSnow(Code main, const Environment& environment,
                const std::function<void(int pid)>& while_running, const std::string& input) {
  int out[2];
  int in[2];
  if (pipe(out) != 0 || pipe(in) != 0) abort();
  FILE* err = tmpfile();
  const pid_t child = fork();
  if (child == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(fileno(err), 2);
    for (int fd : {in[0], in[1], out[0], out[1]}) close(fd);
    setenv("SNOW_MAILBOX_WARNING", "0", 1);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    snow_test_main.header = MakeHeader(&kScalarClosures[0]);
    snow_test_main.code = main;
    LoadSettings();
    char name[] = "program";
    char argument[] = "argument";
    char* argv[] = {name, argument, nullptr};
    RunProgram(2, argv);
  }
  close(in[0]);
  close(out[1]);
  if (!input.empty() && write(in[1], input.data(), input.size()) < 0) abort();
  close(in[1]);
  Outcome outcome;
  ReadAll(out[0], &outcome.out, [&] {
    if (while_running) while_running(child);
  });
  close(out[0]);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  rewind(err);
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof(buffer), err)) outcome.err.append(buffer, got);
  fclose(err);
  return outcome;
}

void Fail(const char* file, int line, const char* text) {
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, text);
  ExitNow(99);
}

void* ScalarClosure(SnowActor* actor, Code code, std::initializer_list<uint64_t> captures) {
  const size_t words = 1 + captures.size();
  auto* object = static_cast<Object*>(
      snow_alloc(actor, const_cast<SnowDescriptor*>(&kScalarClosures[words - 1]),
                 static_cast<int64_t>(words), 0));
  object->payload[0] = reinterpret_cast<uint64_t>(code);
  size_t at = 1;
  for (uint64_t capture : captures) object->payload[at++] = capture;
  return object;
}

void* PointerClosure(SnowActor* actor, Code code, std::initializer_list<void*> captures) {
  const size_t words = 1 + captures.size();
  auto* object = static_cast<Object*>(
      snow_alloc(actor, const_cast<SnowDescriptor*>(&kPointerClosures[words - 1]),
                 static_cast<int64_t>(words), 0));
  object->payload[0] = reinterpret_cast<uint64_t>(code);
  size_t at = 1;
  for (void* capture : captures) object->payload[at++] = reinterpret_cast<uint64_t>(capture);
  return object;
}

int64_t Spawn(SnowActor* actor, Code code, std::initializer_list<uint64_t> captures, int64_t flags,
              const char* name) {
  void* closure = ScalarClosure(actor, code, captures);
  return snow_spawn(actor, closure, flags, 0, 0, 0, const_cast<char*>(name));
}

namespace {
constexpr uint8_t kIntKinds[] = {kSnowScalar};
constexpr uint64_t kIntHash = 1000;
}  // namespace

const SnowTypeInfo kIntType = {kIntHash, 1, 0, "Int", kIntKinds, nullptr, nullptr};

void SendInt(SnowActor* actor, int64_t pid, int64_t value) {
  uint64_t word = static_cast<uint64_t>(value);
  snow_send(actor, pid, const_cast<SnowTypeInfo*>(&kIntType), &word);
}

int64_t ReceiveInt(SnowActor* actor, int64_t limit_ms, int64_t none) {
  snow_recv_start(actor, limit_ms);
  for (;;) {
    auto* message = static_cast<SnowMessage*>(snow_recv_next(actor));
    if (message == nullptr) return none;
    if (message->type->hash != kIntHash) {
      snow_recv_skip(actor, message);
      continue;
    }
    const int64_t value = static_cast<int64_t>(message->payload[0]);
    snow_recv_accept(actor, message);
    return value;
  }
}

Signal ReceiveSignal(SnowActor* actor, int64_t limit_ms) {
  snow_recv_start(actor, limit_ms);
  for (;;) {
    auto* message = static_cast<SnowMessage*>(snow_recv_next(actor));
    if (message == nullptr) return {kNoSignal, 0, 0, 0};
    if (message->type->hash != kSnowSignalHash) {
      snow_recv_skip(actor, message);
      continue;
    }
    const Signal signal = {message->payload[0], message->payload[1], message->payload[2],
                           message->payload[3]};
    snow_recv_accept(actor, message);
    return signal;
  }
}

SnowPair NewText(SnowActor* actor, const std::string& text) {
  if (text.size() <= kShortStringMost) return MakeShortString(text.data(), text.size());
  auto* bytes =
      static_cast<SnowBytesHead*>(snow_bytes_new(actor, static_cast<int64_t>(text.size())));
  memcpy(BytesData(bytes), text.data(), text.size());
  bytes->fill = static_cast<uint32_t>(text.size());
  return MakeLongString(bytes, 0, text.size());
}

std::string TextOf(SnowPair text) {
  const StringBytes bytes(text);
  return std::string(bytes.view());
}

void Print(SnowActor* actor, const std::string& line) {
  const SnowPair text = NewText(actor, line);
  snow_println(actor, text.first, text.second);
}

}  // namespace snow::rt::testing
