#include "runtime/actor/reason.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/actor/actor.h"
#include "runtime/base/check.h"
#include "runtime/memory/heap.h"
#include "runtime/memory/string.h"

namespace snow::rt {
namespace {

constinit Reason g_plain[] = {
    {1, ReasonKind::kNormal, 0, nullptr, 0, 0, {}},
    {1, ReasonKind::kShutdown, 0, nullptr, 0, 0, {}},
    {1, ReasonKind::kKilled, 0, nullptr, 0, 0, {}},
    {1, ReasonKind::kError, 0, nullptr, 0, 0, {}},
    {1, ReasonKind::kNormal, 0, nullptr, 0, 0, {}},  // in the place of kLinked
    {1, ReasonKind::kNoproc, 0, nullptr, 0, 0, {}},
    {1, ReasonKind::kNoconnection, 0, nullptr, 0, 0, {}},
    {1, ReasonKind::kCustom, 0, nullptr, 0, 0, {}},
};

bool IsPlain(const Reason* reason) { return reason >= g_plain && reason < g_plain + 8; }

bool HasText(ReasonKind kind) { return kind == ReasonKind::kError || kind == ReasonKind::kCustom; }

constexpr uint8_t kTextKinds[] = {kSnowString, kSnowScalar};
constexpr uint8_t kLinkedKinds[] = {kSnowScalar, kSnowPointer};
const SnowDescriptor kTextDescriptor = {kSnowFixed, 2, "ExitReason", kTextKinds};
const SnowDescriptor kLinkedDescriptor = {kSnowFixed, 2, "ExitReason.Linked", kLinkedKinds};

Reason* NewReason(ReasonKind kind, size_t size) {
  Reason* reason = static_cast<Reason*>(malloc(sizeof(Reason) + size));
  if (reason == nullptr) Fatal("memory is exhausted");
  reason->owners.store(1, std::memory_order_relaxed);
  reason->kind = kind;
  reason->pid = 0;
  reason->cause = nullptr;
  reason->depth = 0;
  reason->size = static_cast<uint32_t>(size);
  return reason;
}

}  // namespace

const Reason* PlainReason(ReasonKind kind) { return &g_plain[static_cast<uint32_t>(kind)]; }

const Reason* NewTextReason(ReasonKind kind, std::string_view text) {
  // So much text says enough; it is copied to every actor that is told.
  constexpr size_t kMost = 64 * 1024;
  if (text.size() > kMost) text = {text.data(), kMost};
  Reason* reason = NewReason(kind, text.size());
  memcpy(reason->text, text.data(), text.size());
  return reason;
}

const Reason* NewLinkedReason(uint64_t pid, const Reason* cause) {
  constexpr uint32_t kMostDepth = 64;
  if (cause->depth >= kMostDepth) {
    const Reason* inner = ShareReason(cause->cause);
    DropReason(cause);
    cause = inner;
  }
  Reason* reason = NewReason(ReasonKind::kLinked, 0);
  reason->pid = pid;
  reason->depth = cause->depth + 1;
  reason->cause = cause;
  return reason;
}

const Reason* ShareReason(const Reason* reason) {
  if (!IsPlain(reason)) {
    const_cast<Reason*>(reason)->owners.fetch_add(1, std::memory_order_relaxed);
  }
  return reason;
}

void DropReason(const Reason* reason) {
  while (reason != nullptr && !IsPlain(reason)) {
    Reason* mine = const_cast<Reason*>(reason);
    if (mine->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    reason = mine->cause;
    free(mine);
  }
}

const Reason* ReasonFromWord(uint64_t word) {
  // The innermost cause comes first; chains are as long as the links that they came along.
  Vector<uint64_t> pids;
  const Object* object = nullptr;
  while (word >= kSnowImmediateLimit) {
    object = reinterpret_cast<const Object*>(word);
    if (static_cast<ReasonKind>(object->tag()) != ReasonKind::kLinked) break;
    pids.Push(object->payload[0]);
    word = object->payload[1];
  }
  const Reason* reason;
  if (word < kSnowImmediateLimit) {
    reason = PlainReason(static_cast<ReasonKind>(word & 7));
  } else {
    const StringBytes text(object->payload[0], object->payload[1]);
    reason = NewTextReason(static_cast<ReasonKind>(object->tag()), text.view());
  }
  while (!pids.empty()) reason = NewLinkedReason(pids.Pop(), reason);
  return reason;
}

size_t ReasonObjectBytes(const Reason* reason) {
  size_t bytes = 0;
  for (; reason != nullptr; reason = reason->cause) {
    if (reason->kind == ReasonKind::kLinked || HasText(reason->kind)) bytes += FixedBytes(2);
    if (HasText(reason->kind) && reason->size > kShortStringMost) bytes += BytesBytes(reason->size);
  }
  return bytes;
}

uint64_t WriteReasonObjects(const Reason* reason, char* room) {
  uint64_t result = 0;
  uint64_t* link = &result;
  for (; reason != nullptr; reason = reason->cause) {
    const uint64_t tag = static_cast<uint64_t>(reason->kind);
    if (reason->kind != ReasonKind::kLinked && !HasText(reason->kind)) {
      *link = tag;
      break;
    }
    Object* object = reinterpret_cast<Object*>(room);
    room += FixedBytes(2);
    *link = reinterpret_cast<uint64_t>(object);
    if (reason->kind == ReasonKind::kLinked) {
      object->header = MakeHeader(&kLinkedDescriptor, tag);
      object->payload[0] = reason->pid;
      link = &object->payload[1];
      continue;
    }
    object->header = MakeHeader(&kTextDescriptor, tag);
    SnowPair text;
    if (reason->size <= kShortStringMost) {
      text = MakeShortString(reason->text, reason->size);
    } else {
      SnowBytesHead* bytes = reinterpret_cast<SnowBytesHead*>(room);
      bytes->header = MakeHeader(&kBytesDescriptor);
      bytes->fill = reason->size;
      bytes->capacity = static_cast<uint32_t>(BytesBytes(reason->size) - sizeof(SnowBytesHead));
      memcpy(BytesData(bytes), reason->text, reason->size);
      room += BytesBytes(reason->size);
      text = MakeLongString(bytes, 0, reason->size);
    }
    object->payload[0] = text.first;
    object->payload[1] = text.second;
    break;
  }
  return result;
}

void DescribeReason(const Reason* reason, Text& to) {
  constexpr std::string_view kNames[] = {"Normal", "Shutdown", "Killed",       "Error",
                                         "Linked", "Noproc",   "Noconnection", "Custom"};
  size_t open = 0;
  for (; reason != nullptr; reason = reason->cause) {
    to.Add(kNames[static_cast<uint32_t>(reason->kind)]);
    if (HasText(reason->kind)) to.Add("(").Add(reason->View()).Add(")");
    if (reason->kind == ReasonKind::kLinked) {
      to.Add("(").Add(PidText(reason->pid).View()).Add(", ");
      ++open;
    }
  }
  while (open-- > 0) to.Add(")");
}

}  // namespace snow::rt
