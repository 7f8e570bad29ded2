#include "runtime/io/helpers.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <new>

#include "runtime/base/check.h"
#include "runtime/process/mailbox.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {
namespace {

constexpr int kHelpersACore = 4;

struct Job {
  Job* next;
  void (*work)(void*);
  void* argument;
  uint64_t waiter;  // 0: nobody, and the job's memory is its own
  std::atomic<bool> is_done;
};

class HelperPool {
 public:
  constexpr HelperPool() = default;

  void Push(Job* job) {
    job->next = nullptr;
    bool starts = false;
    pthread_mutex_lock(&mutex_);
    *end_ = job;
    end_ = &job->next;
    ++waiting_;
    g_scheduler.helper_jobs.fetch_add(1, std::memory_order_acq_rel);
    if (waiting_ > idle_ && threads_ < MostThreads()) {
      ++threads_;
      starts = true;
    }
    pthread_cond_signal(&more_);
    pthread_mutex_unlock(&mutex_);
    if (starts) StartThread();
  }

 private:
  static int MostThreads() {
    static const int cores = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    return kHelpersACore * (cores < 1 ? 1 : cores);
  }

  void StartThread() {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    const auto begin = [](void* pool) -> void* { static_cast<HelperPool*>(pool)->Loop(); };
    if (pthread_create(&thread, &attributes, begin, this) != 0)
      Fatal("cannot start a helper thread");
    pthread_attr_destroy(&attributes);
  }

  [[noreturn]] void Loop() {
    Worker outside(Worker::kOutside);
    for (;;) Do(outside, Pop());
  }

  Job* Pop() {
    pthread_mutex_lock(&mutex_);
    ++idle_;
    while (first_ == nullptr) pthread_cond_wait(&more_, &mutex_);
    --idle_;
    --waiting_;
    Job* job = first_;
    first_ = job->next;
    if (first_ == nullptr) end_ = &first_;
    pthread_mutex_unlock(&mutex_);
    return job;
  }

  static void Do(Worker& outside, Job* job) {
    job->work(job->argument);
    const uint64_t waiter = job->waiter;
    if (waiter == 0) {
      free(job);
    } else {
      // From here on the job, which lies on the actor's stack, may be gone.
      job->is_done.store(true, std::memory_order_release);
      WakeActor(outside, waiter);
    }
    g_scheduler.helper_jobs.fetch_sub(1, std::memory_order_acq_rel);
    // The actor may have ended meanwhile, and every worker have found the program still busy.
    g_scheduler.WakeToLook();
  }

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t more_ = PTHREAD_COND_INITIALIZER;
  Job* first_ = nullptr;  // guarded by mutex_, as all that follows
  Job** end_ = &first_;
  int waiting_ = 0;
  int idle_ = 0;
  int threads_ = 0;
};

constinit HelperPool g_helpers;

}  // namespace

void RunOnHelper(Actor* actor, void (*work)(void*), void* argument) {
  Job job{nullptr, work, argument, actor->pid, false};
  BeginWait(actor);
  actor->flags = (actor->flags | kNoSignals) & ~static_cast<uint32_t>(kWoken);
  g_helpers.Push(&job);
  while (!job.is_done.load(std::memory_order_acquire)) {
    ParkFor(actor, Wait::kEvent);
    actor->flags &= ~static_cast<uint32_t>(kWoken);
  }
  actor->flags &= ~static_cast<uint32_t>(kNoSignals);
}

void RunLater(void (*work)(void*), void* argument) {
  void* memory = malloc(sizeof(Job));
  if (memory == nullptr) Fatal("memory is exhausted");
  g_helpers.Push(new (memory) Job{nullptr, work, argument, 0, false});
}

}  // namespace snow::rt

extern "C" void snow_call_blocking(SnowActor* actor, void* function, void* words) {
  auto* code = reinterpret_cast<void (*)(SnowActor*, void*)>(function);
  snow::rt::OnHelper(snow::rt::ActorOf(actor), [&] { code(actor, words); });
}
