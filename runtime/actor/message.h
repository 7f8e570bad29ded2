// Messages, notices and other news on their way to an actor.
//
// All of them travel the same path, in order: the inbox, a lock-free stack that many push to and the
// receiver empties at once. A message with objects is one block chain (a fragment) whose first block
// holds this head; one without is a raw record.
#ifndef RUNTIME_ACTOR_MESSAGE_H_
#define RUNTIME_ACTOR_MESSAGE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/memory/blocks.h"

namespace snow::rt {

struct Reason;
struct Watch;

enum class MessageKind : uint8_t {
  kUser,      // what the program sent
  kSignal,    // a notice, made by the receiver from one of those below
  kExit,      // an exit signal: payload ExitNews; detail: from
  kDown,      // a watched actor has ended: payload DownNews
  kReply,     // to a call: detail is its reference
  kTimeout,   // a wait of the receiver is over: detail is the number of the wait
  kWake,      // what the receiver waits for may have happened
};

struct Message {
  uint64_t target;  // the receiver's pid: in a mailbox with another pid it is stale
  uint64_t detail;
  MessageKind kind;
  bool is_fragment;
  uint16_t raw_bytes;           // size of a raw record
  std::atomic<uint32_t> depth;  // how many messages the inbox held with it
  SnowMessage snow;

  static Message* Of(SnowMessage* message) {
    return reinterpret_cast<Message*>(reinterpret_cast<char*>(message) -
                                      offsetof(Message, snow));
  }
  Block* block() { return reinterpret_cast<Block*>(reinterpret_cast<char*>(this) - sizeof(Block)); }
};

inline constexpr size_t MessageBytes(size_t words) {
  return offsetof(Message, snow) + offsetof(SnowMessage, payload) + words * 8;
}

// A raw message with room for so many payload words; target, detail and the payload are not set.
inline Message* NewRawMessage(BlockCache& cache, MessageKind kind, size_t words) {
  size_t bytes = MessageBytes(words);
  if (bytes < kSmallestBlock) bytes = kSmallestBlock;
  Message* message = static_cast<Message*>(cache.TakeRaw(bytes));
  message->kind = kind;
  message->is_fragment = false;
  message->raw_bytes = static_cast<uint16_t>(bytes);
  message->snow.type = nullptr;
  return message;
}

// A copy of a value with these words as a message for nobody yet. Null when memory is exhausted.
struct CopyScratch;
Message* NewValueMessage(BlockCache& cache, CopyScratch& scratch, MessageKind kind,
                         const SnowTypeInfo* type, const uint64_t* words);

// Frees a message that nobody received, with all that it holds.
void FreeMessage(Message* message, BlockCache& cache);
// Frees the head of a message whose objects (if any) have joined a heap.
void FreeReceived(Message* message, BlockCache& cache);

}  // namespace snow::rt

#endif  // RUNTIME_ACTOR_MESSAGE_H_
