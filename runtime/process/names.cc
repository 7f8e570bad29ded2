#include "runtime/process/names.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/check.h"

namespace snow::rt {
namespace {

uint64_t HashName(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

// Short sections without waiting inside: a worker may stand here for some hundred nanoseconds.
class ReadHolder {
 public:
  explicit ReadHolder(pthread_rwlock_t& lock) : lock_(lock) { pthread_rwlock_rdlock(&lock_); }
  ~ReadHolder() { pthread_rwlock_unlock(&lock_); }
  ReadHolder(const ReadHolder&) = delete;
  ReadHolder& operator=(const ReadHolder&) = delete;

 private:
  pthread_rwlock_t& lock_;
};
class WriteHolder {
 public:
  explicit WriteHolder(pthread_rwlock_t& lock) : lock_(lock) { pthread_rwlock_wrlock(&lock_); }
  ~WriteHolder() { pthread_rwlock_unlock(&lock_); }
  WriteHolder(const WriteHolder&) = delete;
  WriteHolder& operator=(const WriteHolder&) = delete;

 private:
  pthread_rwlock_t& lock_;
};

}  // namespace

constinit Names g_names;

Names::Entry* Names::FindEntry(std::string_view name, uint64_t hash) const {
  if (count_ == 0) return nullptr;
  Entry* entry = buckets_[hash & (bucket_count_ - 1)];
  while (entry != nullptr &&
         (entry->hash != hash || std::string_view(entry->text, entry->size) != name)) {
    entry = entry->next;
  }
  return entry;
}

Names::Entry** Names::PidBucket(uint64_t pid) const {
  return &pid_buckets_[(pid * 0x9E3779B97F4A7C15u >> 20) & (bucket_count_ - 1)];
}

void Names::Grow() {
  const size_t old_count = bucket_count_;
  Entry** old = buckets_;
  bucket_count_ = old_count == 0 ? 64 : old_count * 2;
  free(pid_buckets_);
  buckets_ = static_cast<Entry**>(calloc(bucket_count_, sizeof(Entry*)));
  pid_buckets_ = static_cast<Entry**>(calloc(bucket_count_, sizeof(Entry*)));
  if (buckets_ == nullptr || pid_buckets_ == nullptr) Fatal("memory is exhausted");
  for (size_t i = 0; i < old_count; ++i) {
    for (Entry* entry = old[i]; entry != nullptr;) {
      Entry* next = entry->next;
      Hang(entry);
      entry = next;
    }
  }
  free(old);
}

void Names::Hang(Entry* entry) {
  Entry** bucket = &buckets_[entry->hash & (bucket_count_ - 1)];
  entry->next = *bucket;
  *bucket = entry;
  Entry** pid_bucket = PidBucket(entry->pid);
  entry->next_of_pid = *pid_bucket;
  *pid_bucket = entry;
}

// Takes an entry out of both tables and frees it.
void Names::Erase(Entry* entry) {
  Entry** link = &buckets_[entry->hash & (bucket_count_ - 1)];
  while (*link != entry) link = &(*link)->next;
  *link = entry->next;
  Entry** pid_link = PidBucket(entry->pid);
  while (*pid_link != entry) pid_link = &(*pid_link)->next_of_pid;
  *pid_link = entry->next_of_pid;
  free(entry);
  --count_;
}

bool Names::Register(std::string_view name, uint64_t pid) {
  WriteHolder hold(lock_);
  if (count_ >= bucket_count_) Grow();
  const uint64_t hash = HashName(name);
  if (FindEntry(name, hash) != nullptr) return false;
  Actor* actor = g_actors.Find(pid);
  if (actor == nullptr) return false;
  // An actor that ends sets the pid to 0 first and then asks for the mark: either it sees this, or
  // the pid is found changed.
  actor->marks.fetch_or(kHasNames);
  if (g_actors.Find(pid) == nullptr) return false;
  Entry* entry = static_cast<Entry*>(malloc(sizeof(Entry) + name.size()));
  if (entry == nullptr) Fatal("memory is exhausted");
  entry->hash = hash;
  entry->pid = pid;
  entry->size = static_cast<uint32_t>(name.size());
  memcpy(entry->text, name.data(), name.size());
  Hang(entry);
  ++count_;
  return true;
}

bool Names::Unregister(std::string_view name) {
  WriteHolder hold(lock_);
  Entry* entry = FindEntry(name, HashName(name));
  if (entry == nullptr) return false;
  Erase(entry);
  return true;
}

uint64_t Names::Find(std::string_view name) const {
  ReadHolder hold(lock_);
  const Entry* entry = FindEntry(name, HashName(name));
  return entry == nullptr ? 0 : entry->pid;
}

void Names::Describe(uint64_t pid, Text& to) const {
  ReadHolder hold(lock_);
  if (count_ == 0) return;
  bool is_first = true;
  for (const Entry* entry = *PidBucket(pid); entry != nullptr; entry = entry->next_of_pid) {
    if (entry->pid != pid) continue;
    if (!is_first) to.Add(",");
    to.Add(std::string_view(entry->text, entry->size));
    is_first = false;
  }
}

void Names::Forget(Actor* actor, uint64_t pid) {
  WriteHolder hold(lock_);
  actor->marks.fetch_and(static_cast<uint8_t>(~kHasNames));
  if (count_ == 0) return;
  for (Entry* entry = *PidBucket(pid); entry != nullptr;) {
    Entry* next = entry->next_of_pid;
    if (entry->pid == pid) Erase(entry);
    entry = next;
  }
}

}  // namespace snow::rt
