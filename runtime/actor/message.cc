#include "runtime/actor/message.h"

#include "runtime/actor/reason.h"
#include "runtime/memory/copy.h"

namespace snow::rt {

Message* NewValueMessage(BlockCache& cache, CopyScratch& scratch, MessageKind kind,
                         const SnowTypeInfo* type, const uint64_t* words) {
  const size_t count = type->words;
  Message* message;
  if (!NeedsCopy(words, type->kinds, count)) {
    message = NewRawMessage(cache, kind, count);
    for (size_t i = 0; i < count; ++i) message->snow.payload[i] = words[i];
  } else {
    GraphCopy copy(cache, scratch, MessageBytes(count), 0);
    if (!copy.Copy(nullptr, words, type->kinds, count)) {
      copy.Abandon();
      return nullptr;
    }
    message = reinterpret_cast<Message*>(copy.prefix());
    copy.Finish();
    message->kind = kind;
    message->is_fragment = true;
  }
  message->snow.type = type;
  return message;
}

void FreeReceived(Message* message, BlockCache& cache) {
  if (!message->is_fragment) cache.GiveRaw(message, message->raw_bytes);
}

void FreeMessage(Message* message, BlockCache& cache) {
  switch (message->kind) {
    case MessageKind::kExit:
    case MessageKind::kDown:
      DropReason(reinterpret_cast<const Reason*>(message->snow.payload[0]));
      break;
    default:
      break;
  }
  if (message->is_fragment) {
    FreeMessageBlocks(message->block(), cache);
  } else {
    FreeReceived(message, cache);
  }
}

}  // namespace snow::rt
