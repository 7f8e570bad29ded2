#include "runtime/process/panic.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/abi/functions.h"
#include "runtime/actor/context.h"
#include "runtime/base/sanitizers.h"
#include "runtime/io/output.h"
#include "runtime/memory/string.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/line_table.h"
#include "runtime/process/program.h"

namespace snow::rt {
namespace {

// The generated function that holds this address, or null.
const SnowFunctionInfo* FindFunction(const void* address) {
  const SnowFunctionInfo* low = snow_functions_begin;
  const SnowFunctionInfo* high = snow_functions_end;
  if (low == nullptr || low == high || address < low->code) return nullptr;
  while (high - low > 1) {
    const SnowFunctionInfo* middle = low + (high - low) / 2;
    if (middle->code <= address) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const uintptr_t offset =
      reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(low->code);
  return offset < low->size ? low : nullptr;
}

void AddPlace(Text& to, const char* file, uint32_t line, uint32_t column) {
  if (file == nullptr) return;
  to.Add(file).Add(":").Add(static_cast<int64_t>(line));
  if (column != 0) to.Add(":").Add(static_cast<int64_t>(column));
}

void AddDuration(Text& to, uint32_t ms) {
  if (ms < 1000) {
    to.Add(static_cast<int64_t>(ms)).Add(" ms");
    return;
  }
  to.Add(static_cast<int64_t>(ms / 1000)).Add(".");
  const uint32_t rest = ms % 1000;
  if (rest < 100) to.Add("0");
  if (rest < 10) to.Add("0");
  to.Add(static_cast<int64_t>(rest)).Add(" s");
}

// What the person who runs the program is to know of a panic, on standard error.
void Report(Actor* actor, std::string_view message, const SnowSite* site, const Backtrace& trace) {
  Text report;
  const bool is_main = (actor->flags & kIsMain) != 0;
  if (is_main) {
    report.Add("panic: ").Add(message).Add("\n");
  } else {
    report.Add("[actor ");
    DescribeActor(actor, report);
    report.Add((actor->flags & kTerminating) != 0 ? "] panicked in terminate: " : "] panicked: ");
    report.Add(message).Add("\n");
  }
  if (site != nullptr && site->file != nullptr) {
    report.Add("  in ").Add(site->function == nullptr ? "?" : site->function).Add(" (");
    AddPlace(report, site->file, site->line, site->column);
    report.Add(")\n");
  }
  DescribeBacktrace(trace, report);
  if (!is_main) {
    report.Add("  parent ").Add(PidText(actor->parent).View()).Add(", lived ");
    AddDuration(report, UptimeMs() - actor->start_ms);
    report.Add("\n");
  }
  g_output.Flush();
  WriteAll(2, report.View());
}

// Jumps to the innermost catch of the actor if there is one.
void ThrowToCatch(Actor* actor, std::string_view message, const Backtrace& trace) {
  ActorExtra* extra = actor->extra;
  if (extra == nullptr || extra->catch_top == nullptr) return;
  if (extra->caught_at == nullptr) {
    extra->caught_at = static_cast<Backtrace*>(malloc(sizeof(Backtrace)));
    if (extra->caught_at == nullptr) Fatal("memory is exhausted");
  }
  *extra->caught_at = trace;
  CatchFrame* frame = extra->catch_top;
  extra->catch_top = frame->outer;
  const SnowPair text = NewString(actor, message);
  extra->caught[0] = text.first;
  extra->caught[1] = text.second;
#ifdef SNOW_RT_ASAN
  __asan_handle_no_return();
#endif
  snow_rt_throw(frame->context, 0);
}

[[noreturn]] __attribute__((noinline)) void PanicAt(Actor* actor, std::string_view message,
                                                    const SnowSite* site) {
  Backtrace trace;
  WalkFrames(actor, &trace);
  ThrowToCatch(actor, message, trace);
  Report(actor, message, site, trace);
  if (actor->end == nullptr) actor->end = NewTextReason(ReasonKind::kError, message);
  actor->worker->LeaveToEnd(actor);
}

// What a failed arithmetic operation says.
void DescribeArithmetic(SnowArithmetic kind, int64_t a, int64_t b, Text& to) {
  if ((kind == SnowArithmetic::kDiv || kind == SnowArithmetic::kMod) && b == 0) {
    to.Add("division by zero");
    return;
  }
  if (kind == SnowArithmetic::kNeg) {
    to.Add("integer overflow: -(").Add(a).Add(")");
    return;
  }
  constexpr const char* kSigns[] = {" + ", " - ", " * ", " / ", " % "};
  to.Add("integer overflow: ").Add(a).Add(kSigns[static_cast<int64_t>(kind)]);
  if (b < 0) {
    to.Add("(").Add(b).Add(")");
  } else {
    to.Add(b);
  }
}

uint64_t InvokeClosure(void* actor, void* closure) {
  return snow_invoke(static_cast<SnowActor*>(static_cast<Actor*>(actor)), closure);
}

}  // namespace

SNOW_RT_NO_SANITIZE void WalkFrames(const Actor* actor, Backtrace* trace) {
  trace->count = 0;
  trace->is_cut = false;
  const Stack* stack = actor->stack;
  if (stack == nullptr) return;
  uintptr_t frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  while (frame >= stack->low && frame < stack->top() - 16 && frame % 8 == 0) {
    const auto* words = reinterpret_cast<const uintptr_t*>(frame);
    // The call lies before the address that it returns to.
    const void* call = reinterpret_cast<const void*>(words[1] - 1);
    if (FindFunction(call) != nullptr) {
      if (trace->count == Backtrace::kMostFrames) {
        trace->is_cut = true;
        return;
      }
      trace->frames[trace->count++] = call;
    }
    if (words[0] <= frame) return;
    frame = words[0];
  }
}

void DescribeBacktrace(const Backtrace& trace, Text& to) {
  for (uint32_t i = 0; i < trace.count; ++i) {
    const SnowFunctionInfo* function = FindFunction(trace.frames[i]);
    to.Add("  at ").Add(function->name).Add(" (");
    const uint32_t line = LineOfCode(trace.frames[i]);
    AddPlace(to, function->file, line != 0 ? line : function->line, 0);
    to.Add(")\n");
  }
  if (trace.is_cut) to.Add("  …\n");
}

void DescribeActor(const Actor* actor, Text& to) {
  to.Add(PidText(actor->pid).View());
  if (actor->kind != nullptr && *actor->kind != '\0') to.Add(" ").Add(actor->kind);
}

void Panic(Actor* actor, std::string_view message) { PanicAt(actor, message, nullptr); }

void PanicStack(Actor* actor) {
  char message[64];
  {
    Text text;
    const int64_t bytes = static_cast<int64_t>(actor->stack->bytes);
    text.Add("stack overflow: ");
    if (bytes % (1 << 20) == 0) {
      text.Add(bytes >> 20).Add(" MiB");
    } else {
      text.Add(bytes >> 10).Add(" KiB");
    }
    text.Add(" (SNOW_STACK_MAX)");
    message[text.CopyTo(message, sizeof(message) - 1)] = '\0';
  }
  PanicAt(actor, message, nullptr);
}

}  // namespace snow::rt

using snow::rt::ActorOf;

extern "C" {

void snow_panic(SnowActor* actor, uint64_t message_0, uint64_t message_1, void* site) {
  const snow::rt::StringBytes message(message_0, message_1);
  snow::rt::PanicAt(ActorOf(actor), message.view(), static_cast<const SnowSite*>(site));
}

void snow_panic_arithmetic(SnowActor* actor, int64_t kind, int64_t a, int64_t b, void* site) {
  char message[128];
  size_t size;
  {
    snow::rt::Text text;
    snow::rt::DescribeArithmetic(static_cast<SnowArithmetic>(kind), a, b, text);
    size = text.CopyTo(message, sizeof(message));
  }
  snow::rt::PanicAt(ActorOf(actor), {message, size}, static_cast<const SnowSite*>(site));
}

void snow_fail_program(SnowActor*, uint64_t message_0, uint64_t message_1) {
  const snow::rt::StringBytes message(message_0, message_1);
  snow::rt::g_output.Flush();
  {
    snow::rt::Text text;
    text.Add(message.view()).Add("\n");
    snow::rt::WriteAll(2, text.View());
  }
  snow::rt::ExitNow(1);
}

void* snow_catch_panic(SnowActor* actor, void* closure) {
  snow::rt::Actor* self = ActorOf(actor);
  snow::rt::ActorExtra& extra = snow::rt::ExtraOf(self);
  snow::rt::CatchFrame frame{nullptr, extra.catch_top};
  extra.catch_top = &frame;
  const uint64_t result = snow_rt_catch(&frame.context, snow::rt::InvokeClosure, self, closure);
  extra.catch_top = frame.outer;
  return reinterpret_cast<void*>(result);
}

SnowPair snow_catch_message(SnowActor* actor) {
  const snow::rt::ActorExtra& extra = snow::rt::ExtraOf(ActorOf(actor));
  return {extra.caught[0], extra.caught[1]};
}

SnowPair snow_catch_backtrace(SnowActor* actor) {
  snow::rt::Actor* self = ActorOf(actor);
  const snow::rt::ActorExtra& extra = snow::rt::ExtraOf(self);
  if (extra.caught_at == nullptr) return snow::rt::MakeShortString("", 0);
  snow::rt::Text text;
  snow::rt::DescribeBacktrace(*extra.caught_at, text);
  // The copy is short enough never to pass a limit by itself; a panic here would leak the text.
  return snow::rt::NewString(self, text.View());
}

}  // extern "C"
