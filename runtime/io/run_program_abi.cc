// Process.run of the library.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <new>

#include "runtime/abi/functions.h"
#include "runtime/base/check.h"
#include "runtime/io/helpers.h"
#include "runtime/io/result.h"
#include "runtime/io/run_program.h"
#include "runtime/memory/string.h"
#include "runtime/process/extra.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/mailbox.h"

namespace snow::rt {
namespace {

// The actor's share of a run: given up with its end.
struct RunHold {
  Cleanup cleanup;
  ProgramRun* run;
};

void CancelAtEnd(Worker& worker, Cleanup* cleanup) {
  RunHold* hold = reinterpret_cast<RunHold*>(cleanup);
  hold->run->is_cancelled.store(true, std::memory_order_release);
  DropProgramRun(hold->run);
  worker.cache().GiveRecord(hold);
}

void WorkOnHelper(void* argument) {
  ProgramRun* run = static_cast<ProgramRun*>(argument);
  RunToEnd(*run);
  run->is_done.store(true, std::memory_order_release);
  Worker outside(Worker::kOutside);
  WakeActor(outside, run->waiter);
  DropProgramRun(run);
}

// Appends a text and a NUL. False when it has one itself.
bool AddTerminated(std::string_view text, Text& to) {
  to.Add(text).Add(std::string_view("\0", 1));
  return memchr(text.data(), 0, text.size()) == nullptr;
}

bool AddAll(void* buffer, uint64_t span, Text& to) {
  const uint32_t offset = static_cast<uint32_t>(span);
  const uint32_t length = static_cast<uint32_t>(span >> 32);
  bool is_clean = true;
  for (uint32_t i = 0; i < length; ++i) {
    const uint64_t* words =
        BufferElements(static_cast<SnowBufferHead*>(buffer)) + (uint64_t{offset} + i) * 2;
    const StringBytes text(words[0], words[1]);
    is_clean &= AddTerminated(text.view(), to);
  }
  return is_clean;
}

void SetOut(uint64_t* out, int64_t code, SnowPair text, SnowPair errors) {
  out[0] = static_cast<uint64_t>(code);
  out[1] = text.first;
  out[2] = text.second;
  out[3] = errors.first;
  out[4] = errors.second;
}

SnowPair FailureText(Actor* self, int error, std::string_view program) {
  if (error != ETIMEDOUT) return FinishCall(self, error, program, {});
  SetFailed(self, true);
  return NewString(self, "time out");
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" void snow_system_run(SnowActor* actor, uint64_t program_0, uint64_t program_1,
                                void* arguments_0, uint64_t arguments_1, void* environment_0,
                                uint64_t environment_1, uint64_t folder_0, uint64_t folder_1,
                                uint64_t input_0, uint64_t input_1, int64_t limit_ms,
                                uint64_t* out) {
  Actor* self = ActorOf(actor);
  const StringBytes program(program_0, program_1);
  const StringBytes folder(folder_0, folder_1);
  const StringBytes input(input_0, input_1);
  const SnowPair nothing = MakeShortString("", 0);

  void* memory = malloc(sizeof(ProgramRun));
  if (memory == nullptr) Fatal("memory is exhausted");
  ProgramRun* run = new (memory) ProgramRun();
  bool is_clean = AddTerminated(program.view(), run->program);
  is_clean &= AddAll(arguments_0, arguments_1, run->arguments);
  is_clean &= AddAll(environment_0, environment_1, run->environment);
  if (folder.size() != 0) is_clean &= AddTerminated(folder.view(), run->folder);
  run->input.Add(input.view());
  run->limit_ms = limit_ms;
  run->waiter = self->pid;
  if (!is_clean) {
    run->owners.store(1, std::memory_order_relaxed);
    DropProgramRun(run);
    SetOut(out, -1, FailureText(self, EINVAL, program.view()), nothing);
    return;
  }
  RunHold* hold = self->worker->cache().TakeRecord<RunHold>();
  hold->cleanup.close = CancelAtEnd;
  hold->run = run;
  AddCleanup(self, &hold->cleanup);
  BeginWait(self);
  self->flags &= ~static_cast<uint32_t>(kWoken);
  RunLater(WorkOnHelper, run);
  while (!run->is_done.load(std::memory_order_acquire)) {
    ParkFor(self, Wait::kEvent);
    self->flags &= ~static_cast<uint32_t>(kWoken);
  }
  // Should one of the texts not fit, the actor's end frees the run.
  if (run->error != 0) {
    SetOut(out, -1, FailureText(self, run->error, program.view()), nothing);
  } else {
    const SnowPair text = NewString(self, run->out.View());
    const SnowPair errors = NewString(self, run->err.View());
    SetFailed(self, false);
    SetOut(out, run->code, text, errors);
  }
  RemoveCleanup(self, &hold->cleanup);
  CancelAtEnd(*self->worker, &hold->cleanup);
}
