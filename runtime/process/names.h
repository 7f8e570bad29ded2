// The registry: names of living actors.
//
// Thread-safe. One name is one actor's, an actor may have several.
#ifndef RUNTIME_PROCESS_NAMES_H_
#define RUNTIME_PROCESS_NAMES_H_

#include <pthread.h>

#include <cstdint>
#include <string_view>

#include "runtime/actor/actor.h"
#include "runtime/base/text.h"

namespace snow::rt {

class Names {
 public:
  constexpr Names() = default;

  // False when the name is taken or the actor has ended.
  bool Register(std::string_view name, uint64_t pid);
  // False when there is no such name.
  bool Unregister(std::string_view name);
  // 0 when the name is free.
  uint64_t Find(std::string_view name) const;
  // The names of an actor, joined by commas.
  void Describe(uint64_t pid, Text& to) const;
  // Frees all names of an actor that had this pid, which no look-up finds any more.
  void Forget(Actor* actor, uint64_t pid);

 private:
  struct Entry {
    Entry* next;         // of the same bucket by name
    Entry* next_of_pid;  // of the same bucket by pid
    uint64_t hash;
    uint64_t pid;
    uint32_t size;
    char text[4];
  };
  Entry* FindEntry(std::string_view name, uint64_t hash) const;
  void Hang(Entry* entry);
  void Erase(Entry* entry);
  Entry** PidBucket(uint64_t pid) const;
  void Grow();

  mutable pthread_rwlock_t lock_ = PTHREAD_RWLOCK_INITIALIZER;
  Entry** buckets_ = nullptr;
  Entry** pid_buckets_ = nullptr;
  size_t bucket_count_ = 0;
  size_t count_ = 0;
};

extern constinit Names g_names;

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_NAMES_H_
