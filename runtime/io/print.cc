// print, println and their like for standard error.
#include <unistd.h>

#include "runtime/abi/functions.h"
#include "runtime/actor/actor.h"
#include "runtime/base/text.h"
#include "runtime/io/helpers.h"
#include "runtime/io/output.h"
#include "runtime/memory/string.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {
namespace {

// Writes what is buffered; a reader that is slow makes this actor wait, and no worker.
Output::Flushed FlushFrom(SnowActor* actor) {
  const Output::Flushed flushed = g_output.TryFlush();
  if (flushed != Output::Flushed::kWouldBlock) return flushed;
  OnHelper(ActorOf(actor), [] { g_output.FinishFlush(); });
  return Output::Flushed::kDone;
}

void Print(SnowActor* actor, std::string_view text, std::string_view end) {
  for (;;) {
    switch (g_output.Append(text, end)) {
      case Output::After::kNothing:
        return;
      case Output::After::kFlush:
        FlushFrom(actor);
        return;
      case Output::After::kFull:
        snow_timer_sleep(actor, 1);
    }
  }
}

void PrintError(std::string_view text, std::string_view end) {
  Text piece;
  piece.Add(text).Add(end);
  WriteAll(2, piece.View());
}

}  // namespace
}  // namespace snow::rt

extern "C" {

void snow_print(SnowActor* actor, uint64_t text_0, uint64_t text_1) {
  const snow::rt::StringBytes text(text_0, text_1);
  snow::rt::Print(actor, text.view(), "");
}

void snow_println(SnowActor* actor, uint64_t text_0, uint64_t text_1) {
  const snow::rt::StringBytes text(text_0, text_1);
  snow::rt::Print(actor, text.view(), "\n");
}

void snow_eprint(SnowActor*, uint64_t text_0, uint64_t text_1) {
  const snow::rt::StringBytes text(text_0, text_1);
  snow::rt::PrintError(text.view(), "");
}

void snow_eprintln(SnowActor*, uint64_t text_0, uint64_t text_1) {
  const snow::rt::StringBytes text(text_0, text_1);
  snow::rt::PrintError(text.view(), "\n");
}

void snow_io_flush(SnowActor* actor) {
  while (snow::rt::FlushFrom(actor) == snow::rt::Output::Flushed::kBusy) snow_timer_sleep(actor, 1);
}

bool snow_io_is_terminal(SnowActor*, int64_t fd) { return isatty(static_cast<int>(fd)) != 0; }

}  // extern "C"
