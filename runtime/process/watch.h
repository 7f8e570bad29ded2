// Links, monitors and calls: who is told when an actor ends.
//
// A Watch hangs in the list of the actor that it watches, guarded by that one's lock, and counts its
// owners: the list (or the news of the end that it became) and the watcher. A link is two of them.
#ifndef RUNTIME_PROCESS_WATCH_H_
#define RUNTIME_PROCESS_WATCH_H_

#include <atomic>
#include <cstdint>

#include "runtime/actor/actor.h"
#include "runtime/actor/reason.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

enum class WatchKind : uint8_t {
  kMonitor,
  kLink,
  kCall,
  kJob,  // a call whose callee ends with its caller
};

struct Watch {
  Watch* next;
  Watch* previous;
  uint64_t watched;
  uint64_t watcher;
  uint64_t reference;
  WatchKind kind;
  bool is_attached;   // guarded by the lock of the watched actor's slot
  bool is_cancelled;  // the watcher does not want the news; its own
  std::atomic<int32_t> owners;  // of a link: counted in the first of the two for both
  union {
    Watch* twin;     // kLink: the other direction
    Message* reply;  // kCall, kJob: the watcher's
  };
  const Reason* failure;  // kCall, kJob: the watcher's
};

// The watches of one actor by reference. Not thread-safe.
class WatchTable {
 public:
  // Keys do not occur twice; 0 is none.
  void Add(uint64_t key, Watch* watch);
  Watch* Find(uint64_t key) const;
  Watch* Remove(uint64_t key);
  // For emptying the table: any of them, or null. cursor begins as 0; nothing else may be called in
  // between.
  Watch* TakeAny(size_t& cursor);
  uint32_t size() const { return count_; }
  ~WatchTable();

 private:
  struct Entry {
    uint64_t key;
    Watch* watch;
  };
  size_t IndexOf(uint64_t key) const;
  void Rebuild(size_t capacity);

  Entry* entries_ = nullptr;
  size_t capacity_ = 0;
  uint32_t count_ = 0;
};

// Keys of the table. References of monitors are small numbers that the program sees.
inline uint64_t MonitorKey(uint64_t reference) { return reference | uint64_t{1} << 61; }
inline constexpr uint64_t kCallReference = uint64_t{1} << 62;

// A watch by the running actor, in its table, attached if `pid` lives. Null when it does not.
Watch* AddWatch(Actor* watcher, uint64_t pid, WatchKind kind, uint64_t reference, uint64_t key);
// Hangs an unattached watch into the list of this actor. False when that has ended.
bool AttachWatch(Watch* watch, uint64_t pid);
// Takes it out of the list of the watched actor if it still is there.
void Detach(Worker& worker, Watch* watch);
void ReleaseWatch(Worker& worker, Watch* watch);

// Links two actors. False when `pid` has ended. Idempotent unless `is_new`: then neither is looked
// up (the other actor has just been made).
bool AddLink(Worker& worker, Actor* from, uint64_t pid, bool is_new);
void RemoveLink(Worker& worker, Actor* from, uint64_t pid);

// Tells everybody who watches an actor that had this pid, which no look-up finds any more.
void TellWatchers(Worker& worker, Actor* ended, uint64_t pid, const Reason* reason);
// Gives up all watches of an actor that had this pid, and ends its jobs.
void DropOwnWatches(Worker& worker, Actor* ended, uint64_t pid);

enum class ExitKind : uint8_t {
  kAsked,   // by Process.exit
  kLinked,  // because a linked actor ended
  kForced,  // by the runtime: cannot be trapped
};
void SendExit(Worker& worker, uint64_t from, uint64_t to, const Reason* reason, ExitKind kind);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_WATCH_H_
