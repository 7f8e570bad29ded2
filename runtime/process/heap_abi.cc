#include "runtime/process/heap_abi.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/abi/functions.h"
#include "runtime/base/check.h"
#include "runtime/base/settings.h"
#include "runtime/process/extra.h"
#include "runtime/process/panic.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {
namespace {

// A collection costs a reduction for each so many bytes that it had to look at.
constexpr uint64_t kBytesPerReduction = 256;
// Heaps from this size on take long enough for others to be let go before.
constexpr uint64_t kLongCollection = 256 * 1024;

void CollectWithRoots(Worker& worker, Actor* actor, Collection collection) {
  RootWord words[4];
  size_t count = 0;
  if (actor->stack == nullptr) {
    words[count++] = {reinterpret_cast<uint64_t*>(&actor->closure), kSnowPointer};
  }
  if (actor->extra != nullptr) {
    words[count++] = {reinterpret_cast<uint64_t*>(&actor->extra->terminate), kSnowPointer};
    words[count++] = {actor->extra->caught, kSnowString};
    words[count++] = {&actor->extra->failure, kSnowPointer};
  }
  Roots roots = Worker::StackRoots(actor);
  roots.words = words;
  roots.word_count = count;
  const uint64_t bytes =
      Collect(*actor, worker.cache(), worker.collector_scratch(), roots, collection);
  actor->reductions -= static_cast<int64_t>(bytes / kBytesPerReduction);
}

void CollectCall(Worker& worker, Actor* actor, void* argument) {
  CollectWithRoots(worker, actor, *static_cast<Collection*>(argument));
}

// Of the program's limit an actor that holds little may pass, so that one hog does not end others.
constexpr uint64_t kInnocentShare = 16;

[[noreturn]] void PanicLimit(Actor* actor) {
  const HeapExtra* extra = actor->heap.extra;
  Text text;
  if (extra != nullptr && extra->most_bytes != 0 && HeapIsOverLimit(*actor, 0)) {
    text.Add("heap limit exceeded: ").Add(static_cast<int64_t>(extra->most_bytes));
    text.Add(" bytes (max_heap)");
  } else {
    text.Add("out of memory: ").Add(static_cast<int64_t>(g_pages.limit()));
    text.Add(" bytes (SNOW_MAX_HEAP)");
  }
  char message[128];
  const size_t size = text.CopyTo(message, sizeof(message));
  text.Bytes().Release();
  Panic(actor, {message, size});
}

// Collects where that is due or a limit is near. False where a limit is passed all the same.
bool MakeRoom(Actor* actor, size_t bytes) {
  const size_t free = static_cast<size_t>(actor->alloc_limit - actor->alloc_next);
  if (bytes <= free && bytes <= kBumpObjectMost) return true;
  const int64_t stress = g_settings.gc_stress;
  if (__builtin_expect(stress != 0, 0)) {
    CollectRunning(actor, stress > 1 ? Collection::kFull : Collection::kDue);
  } else if (HeapIsDue(*actor, bytes)) {
    CollectRunning(actor, Collection::kDue);
  }
  if (__builtin_expect(!HeapIsOverLimit(*actor, bytes), 1)) return true;
  CollectRunning(actor, Collection::kFull);
  if (!HeapIsOverLimit(*actor, bytes)) return true;
  const HeapExtra* extra = actor->heap.extra;
  const bool has_own = extra != nullptr && extra->most_bytes != 0 &&
                       actor->heap.bytes + extra->shared.bytes() + bytes > extra->most_bytes;
  const uint64_t limit = g_pages.limit();
  return !has_own && actor->heap.bytes + bytes < limit / kInnocentShare &&
         g_pages.bytes_in_use() < limit + limit / kInnocentShare;
}

}  // namespace

void CollectRunning(Actor* actor, Collection collection) {
  if (actor->heap.bytes >= kLongCollection) actor->worker->LetOthersHelp();
  actor->worker->CallOnWorker(actor, CollectCall, &collection);
}

void CompactParked(Worker& worker, Actor* actor) {
  CollectWithRoots(worker, actor, Collection::kExact);
}

void* AllocateObject(Actor* actor, size_t bytes) {
  if (!MakeRoom(actor, bytes)) PanicLimit(actor);
  void* object = HeapTake(*actor, actor->worker->cache(), bytes);
  if (object == nullptr) PanicLimit(actor);
  if (g_settings.gc_stress != 0) actor->alloc_limit = actor->alloc_next;
  return object;
}

SnowBytesHead* AllocateBytes(Actor* actor, size_t capacity) {
  if (!MakeRoom(actor, BytesBytes(capacity))) PanicLimit(actor);
  SnowBytesHead* head = HeapTakeBytes(*actor, actor->worker->cache(), capacity);
  if (head == nullptr) PanicLimit(actor);
  return head;
}

SnowPair NewString(Actor* actor, std::string_view text) {
  if (text.size() <= kShortStringMost) return MakeShortString(text.data(), text.size());
  if (text.size() > kStringMost) Panic(actor, "a string cannot hold more than 2147483647 bytes");
  SnowBytesHead* bytes = AllocateBytes(actor, text.size());
  memcpy(BytesData(bytes), text.data(), text.size());
  bytes->fill = static_cast<uint32_t>(text.size());
  return MakeLongString(bytes, 0, text.size());
}

SnowPair TakeText(Actor* actor, Text& text) {
  const std::string_view view = text.View();
  if (view.size() <= kShortStringMost) {
    const SnowPair result = MakeShortString(view.data(), view.size());
    text.Bytes().Release();
    return result;
  }
  SnowBytesHead* bytes = nullptr;
  if (view.size() <= kStringMost && MakeRoom(actor, BytesBytes(view.size()))) {
    bytes = HeapTakeBytes(*actor, actor->worker->cache(), view.size());
  }
  if (bytes == nullptr) {
    text.Bytes().Release();
    PanicLimit(actor);
  }
  memcpy(BytesData(bytes), view.data(), view.size());
  bytes->fill = static_cast<uint32_t>(view.size());
  return MakeLongString(bytes, 0, view.size());
}

}  // namespace snow::rt

using snow::rt::ActorOf;

extern "C" {

void* snow_alloc(SnowActor* actor, void* descriptor, int64_t words, int64_t tag) {
  auto* object = static_cast<snow::rt::Object*>(
      snow::rt::AllocateObject(ActorOf(actor), snow::rt::FixedBytes(static_cast<size_t>(words))));
  object->header = snow::rt::MakeHeader(static_cast<SnowDescriptor*>(descriptor),
                                        static_cast<uint64_t>(tag));
  return object;
}

void* snow_buffer_new(SnowActor* actor, void* descriptor, int64_t capacity) {
  if (capacity < 0 || capacity > INT64_C(0xffffffff)) {
    snow::rt::Panic(ActorOf(actor), "a list or table cannot hold more than 4294967295 elements");
  }
  const size_t bytes = snow::rt::BufferBytes(static_cast<SnowDescriptor*>(descriptor)->words,
                                             static_cast<size_t>(capacity));
  auto* buffer =
      static_cast<SnowBufferHead*>(snow::rt::AllocateObject(ActorOf(actor), bytes));
  buffer->header =
      snow::rt::MakeHeader(static_cast<SnowDescriptor*>(descriptor)) | kSnowBufferYoung;
  buffer->start = 0;
  buffer->fill = 0;
  buffer->capacity = static_cast<uint32_t>(capacity);
  buffer->flags = 0;
  return buffer;
}

void snow_buffer_remember(SnowActor* actor, void* buffer, int64_t index, int64_t count) {
  snow::rt::HeapRemember(*ActorOf(actor), ActorOf(actor)->worker->cache(),
                         static_cast<SnowBufferHead*>(buffer), static_cast<uint64_t>(index),
                         static_cast<uint64_t>(count));
}

void* snow_bytes_new(SnowActor* actor, int64_t capacity) {
  if (capacity < 0 || static_cast<uint64_t>(capacity) > snow::rt::kStringMost) {
    snow::rt::Panic(ActorOf(actor), "a string cannot hold more than 2147483647 bytes");
  }
  return snow::rt::AllocateBytes(ActorOf(actor), static_cast<size_t>(capacity));
}

void snow_yield(SnowActor* actor) {
  snow::rt::Actor* self = ActorOf(actor);
  const uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  snow::rt::Stack* stack = self->stack;
  if (here < stack->deepest) stack->deepest = here;
  if (here < stack->limit) {
    self->reductions = snow::rt::kSliceReductions;
    snow::rt::PanicStack(self);
  }
  self->worker->LeaveToYield(self);
}

}  // extern "C"
