#include "runtime/process/extra.h"

#include <new>

namespace snow::rt {

ActorExtra& ExtraOf(Actor* actor) {
  if (actor->extra == nullptr) {
    actor->extra = new (actor->worker->cache().TakeRecord<ActorExtra>()) ActorExtra();
  }
  return *actor->extra;
}

void AddCleanup(Actor* actor, Cleanup* cleanup) {
  ActorExtra& extra = ExtraOf(actor);
  cleanup->previous = nullptr;
  cleanup->next = extra.cleanups;
  if (extra.cleanups != nullptr) extra.cleanups->previous = cleanup;
  extra.cleanups = cleanup;
}

void RemoveCleanup(Actor* actor, Cleanup* cleanup) {
  if (cleanup->next != nullptr) cleanup->next->previous = cleanup->previous;
  if (cleanup->previous != nullptr) {
    cleanup->previous->next = cleanup->next;
  } else {
    actor->extra->cleanups = cleanup->next;
  }
}

}  // namespace snow::rt
