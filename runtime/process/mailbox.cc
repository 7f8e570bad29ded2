#include "runtime/process/mailbox.h"

#include "runtime/abi/functions.h"
#include "runtime/base/check.h"
#include "runtime/base/settings.h"
#include "runtime/memory/copy.h"
#include "runtime/process/bounds.h"
#include "runtime/process/extra.h"
#include "runtime/process/panic.h"
#include "runtime/process/watch.h"

namespace snow::rt {
namespace {

// Signal, as the library declares it (abi.h).
constexpr uint8_t kSignalKinds[kSnowSignalWords] = {kSnowScalar,  kSnowScalar, kSnowScalar,
                                                    kSnowPointer, kSnowString, kSnowScalar};
const SnowTypeInfo kSignalType = {kSnowSignalHash, kSnowSignalWords, 0,      "Signal",
                                  kSignalKinds,    nullptr,          nullptr};

// A notice: Exit(pid, reason) or Down(reference, pid, reason).
Message* NewNotice(Worker& worker, uint64_t tag, uint64_t first, uint64_t second,
                   const Reason* reason) {
  Message* message;
  uint64_t word;
  Block* block = NewReasonBlock(worker, reason, MessageBytes(kSnowSignalWords), &word);
  if (block == nullptr) {
    message = NewRawMessage(worker.cache(), MessageKind::kSignal, kSnowSignalWords);
  } else {
    message = reinterpret_cast<Message*>(block->at(sizeof(Block)));
    message->kind = MessageKind::kSignal;
    message->is_fragment = true;
  }
  message->detail = 0;
  message->snow.type = &kSignalType;
  uint64_t* payload = message->snow.payload;
  payload[0] = tag;
  payload[1] = first;
  payload[2] = second;
  payload[3] = word;
  payload[4] = payload[5] = 0;
  return message;
}

}  // namespace

void QueueNotice(Worker& worker, Actor* actor, Notice tag, uint64_t first, uint64_t second,
                 const Reason* reason) {
  if ((actor->flags & kDropsNotices) != 0) return;
  Message* notice = NewNotice(worker, static_cast<uint64_t>(tag), first, second, reason);
  notice->target = actor->pid;
  QueueAppend(actor, &notice->snow);
}

namespace {

// Notes why the actor is to end; the first reason stays, but being killed is above all.
void SetEnd(Actor* actor, const Reason* reason) {
  if (actor->end != nullptr && reason->kind != ReasonKind::kKilled) {
    DropReason(reason);
    return;
  }
  DropReason(actor->end);
  actor->end = reason;
}

void TakeInExit(Worker& worker, Actor* actor, Message* message) {
  const auto* reason = reinterpret_cast<const Reason*>(message->snow.payload[0]);
  const ExitKind kind = static_cast<ExitKind>(message->snow.payload[1]);
  const bool is_link = kind == ExitKind::kLinked;
  const uint64_t from = message->detail;
  if (kind == ExitKind::kForced || (!is_link && reason->kind == ReasonKind::kKilled)) {
    SetEnd(actor, ShareReason(reason));
  } else if ((is_link && !reason->is_abnormal()) || actor->traps_exits.load(std::memory_order_relaxed)) {
    QueueNotice(worker, actor, Notice::kExit, from, 0, reason);
  } else if ((actor->flags & kTerminating) == 0) {
    SetEnd(actor, is_link ? NewLinkedReason(from, ShareReason(reason)) : ShareReason(reason));
  }
  DropMessage(worker, message);
}

void TakeInDown(Worker& worker, Actor* actor, Message* message) {
  const auto* reason = reinterpret_cast<const Reason*>(message->snow.payload[0]);
  auto* watch = reinterpret_cast<Watch*>(message->snow.payload[1]);
  if (!watch->is_cancelled) {
    if (watch->kind == WatchKind::kMonitor) {
      QueueNotice(worker, actor, Notice::kDown, watch->reference, watch->watched, reason);
      actor->extra->watches.Remove(MonitorKey(watch->reference));
      watch->is_cancelled = true;
      ReleaseWatch(worker, watch);
    } else if (watch->reply == nullptr && watch->failure == nullptr) {
      watch->failure = ShareReason(reason);
    }
  }
  DropMessage(worker, message);
}

void TakeInReply(Worker& worker, Actor* actor, Message* message) {
  Watch* watch =
      actor->extra == nullptr ? nullptr : actor->extra->watches.Find(message->detail);
  if (watch == nullptr || watch->kind == WatchKind::kMonitor || watch->reply != nullptr ||
      watch->failure != nullptr) {
    DropMessage(worker, message);
    return;
  }
  watch->reply = message;
}

bool IsOver(const Actor* actor) {
  switch (actor->wait) {
    case Wait::kNothing:
      return true;
    case Wait::kMessage:
      return *actor->position != nullptr || (actor->flags & kTimedOut) != 0;
    case Wait::kCall: {
      const Watch* watch = actor->extra->awaited;
      return watch->reply != nullptr || watch->failure != nullptr ||
             (actor->flags & kTimedOut) != 0;
    }
    case Wait::kTime:
      return (actor->flags & kTimedOut) != 0;
    case Wait::kEvent:
      return (actor->flags & (kWoken | kTimedOut)) != 0;
  }
  return true;
}

}  // namespace

Block* NewReasonBlock(Worker& worker, const Reason* reason, size_t prefix, uint64_t* word) {
  const size_t bytes = ReasonObjectBytes(reason);
  if (bytes == 0) {
    *word = WriteReasonObjects(reason, nullptr);
    return nullptr;
  }
  Block* block = worker.cache().Take(sizeof(Block) + prefix + bytes + 8);
  if (block == nullptr) Fatal("the address range of the heap is full");
  block->next = nullptr;
  block->shared = nullptr;
  block->first = static_cast<uint16_t>(sizeof(Block) + prefix);
  block->end = static_cast<uint32_t>(block->first + bytes);
  block->flags = 0;
  *word = WriteReasonObjects(reason, block->at(block->first));
  return block;
}

void DropMessage(Worker& worker, Message* message) {
  if (message->kind == MessageKind::kDown) {
    ReleaseWatch(worker, reinterpret_cast<Watch*>(message->snow.payload[1]));
  }
  FreeMessage(message, worker.cache());
}

namespace {

// A line in the log when a mailbox has grown to so many messages, and once at each doubling.
void WarnOfLength(Actor* actor) {
  const uint32_t length = actor->queue_length.load(std::memory_order_relaxed);
  int64_t& next = ExtraOf(actor).next_warning;
  if (next == 0) next = g_settings.mailbox_warning;
  if (length < next) return;
  while (next <= length) next *= 2;
  Text line;
  line.Add("[warning] the mailbox of actor ");
  DescribeActor(actor, line);
  line.Add(" holds ").Add(static_cast<int64_t>(length)).Add(" messages\n");
  WriteAll(2, line.View());
}

}  // namespace

void TakeIn(Worker& worker, Actor* actor) {
  for (SnowMessage* at = InboxTakeAll(actor); at != nullptr;) {
    Message* message = Message::Of(at);
    at = at->next;
    if (message->target != actor->pid) {
      DropMessage(worker, message);
      continue;
    }
    switch (message->kind) {
      case MessageKind::kUser:
      case MessageKind::kSignal:
        QueueAppend(actor, &message->snow);
        break;
      case MessageKind::kExit:
        TakeInExit(worker, actor, message);
        break;
      case MessageKind::kDown:
        TakeInDown(worker, actor, message);
        break;
      case MessageKind::kReply:
        TakeInReply(worker, actor, message);
        break;
      case MessageKind::kTimeout:
        if (message->detail == actor->wait_number) actor->flags |= kTimedOut;
        if (message->detail == kTerminateLimit && (actor->flags & kTerminating) != 0) {
          SetEnd(actor, PlainReason(ReasonKind::kKilled));
        }
        DropMessage(worker, message);
        break;
      case MessageKind::kWake:
        actor->flags |= kWoken;
        DropMessage(worker, message);
        break;
    }
  }
  if (actor->bound.load(std::memory_order_relaxed) != 0) DropOldest(worker, actor);
  if (actor->queue_length.load(std::memory_order_relaxed) >= g_settings.mailbox_warning) {
    WarnOfLength(actor);
  }
}

Verdict Arrive(Worker& worker, Actor* actor) {
  TakeIn(worker, actor);
  if (actor->end != nullptr && (actor->flags & kNoSignals) == 0) return Verdict::kEnd;
  if (!IsOver(actor)) return Verdict::kWait;
  actor->wait = Wait::kNothing;
  return Verdict::kRun;
}

void TakeInRunning(Actor* actor) {
  if (actor->inbox.load(std::memory_order_relaxed) == kInboxEmpty) return;
  TakeIn(*actor->worker, actor);
  if (actor->end != nullptr) actor->worker->LeaveToEnd(actor);
}

void WakeActor(Worker& worker, uint64_t pid) {
  Actor* actor = g_actors.Find(pid);
  if (actor == nullptr) return;
  Message* message = NewRawMessage(worker.cache(), MessageKind::kWake, 0);
  message->target = pid;
  message->detail = 0;
  if (!worker.Send(actor, message, false)) FreeMessage(message, worker.cache());
}

void ParkFor(Actor* actor, Wait wait) {
  actor->wait = wait;
  actor->worker->LeaveToPark(actor);
}

}  // namespace snow::rt
