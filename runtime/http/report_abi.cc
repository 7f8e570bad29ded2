// The report of a panic that ended one request and not its actor (abi/net.def).
#include "runtime/abi/functions.h"
#include "runtime/base/text.h"
#include "runtime/io/output.h"
#include "runtime/memory/string.h"
#include "runtime/process/extra.h"
#include "runtime/process/panic.h"

using namespace snow::rt;

extern "C" {

void snow_report_panic(SnowActor* actor, uint64_t context_0, uint64_t context_1) {
  Actor* self = ActorOf(actor);
  ActorExtra& extra = ExtraOf(self);
  StringBytes context(context_0, context_1);
  StringBytes message(extra.caught[0], extra.caught[1]);
  Text report;
  report.Add("[actor ");
  DescribeActor(self, report);
  report.Add("] panicked: ").Add(message.view()).Add("\n  in ").Add(context.view()).Add("\n");
  if (extra.caught_at != nullptr) DescribeBacktrace(*extra.caught_at, report);
  g_output.Flush();
  WriteAll(2, report.View());
}

}  // extern "C"
