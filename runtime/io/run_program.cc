#include "runtime/io/run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "runtime/base/vector.h"
#include "runtime/scheduler/worker.h"

extern char** environ;

namespace snow::rt {
namespace {

// How often a cancelled run, or a program that closed its output without ending, is looked at.
constexpr int kLookMs = 50;
constexpr size_t kReadAtOnce = 64 * 1024;

struct Pipes {
  int in[2] = {-1, -1};
  int out[2] = {-1, -1};
  int err[2] = {-1, -1};

  bool Open() {
    return pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0;
  }
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  ~Pipes() {
    for (int* end : {in, in + 1, out, out + 1, err, err + 1}) Close(*end);
  }
};

// Pointers to texts that end with a NUL each.
void Split(const Text& texts, Vector<char*>& to) {
  const std::string_view all = texts.View();
  for (size_t at = 0; at < all.size(); at += strlen(all.data() + at) + 1) {
    to.Push(const_cast<char*>(all.data() + at));
  }
}

bool HasSameName(const char* a, const char* b) {
  while (*a == *b && *a != '=' && *a != '\0') {
    ++a;
    ++b;
  }
  return *a == '=' && *b == '=';
}

void BuildEnvironment(const Text& additions, Vector<char*>& to) {
  Split(additions, to);
  const size_t added = to.size();
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    bool is_replaced = false;
    for (size_t i = 0; i < added; ++i) is_replaced |= HasSameName(to[i], *at);
    if (!is_replaced) to.Push(*at);
  }
  to.Push(nullptr);
}

int Start(ProgramRun& run, Pipes& pipes, pid_t* child) {
  Vector<char*> arguments;
  arguments.Push(const_cast<char*>(run.program.View().data()));
  Split(run.arguments, arguments);
  arguments.Push(nullptr);
  Vector<char*> environment;
  BuildEnvironment(run.environment, environment);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipes.in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, pipes.out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipes.err[1], 2);
  if (!run.folder.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, run.folder.View().data());
  }
  // The runtime's own threads block and ignore signals that a program must see.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(child, run.program.View().data(), &actions, &attributes,
                                 arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Reads what is there; closes the descriptor at its end.
void ReadFrom(int& fd, Text& to) {
  Vector<char>& bytes = to.Bytes();
  const size_t size = bytes.size();
  bytes.Reserve(std::max(size + kReadAtOnce, size + size / 2));
  bytes.Resize(size + kReadAtOnce);
  const ssize_t got = read(fd, bytes.data() + size, kReadAtOnce);
  bytes.Resize(size + (got > 0 ? static_cast<size_t>(got) : 0));
  if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) Pipes::Close(fd);
}

void WriteTo(int& fd, std::string_view& rest) {
  const ssize_t written = write(fd, rest.data(), rest.size());
  if (written > 0) rest.remove_prefix(static_cast<size_t>(written));
  const bool is_over = written < 0 && errno != EINTR && errno != EAGAIN;
  if (rest.empty() || is_over) Pipes::Close(fd);
}

// Whether the child has ended; then the code is set.
bool Reap(ProgramRun& run, pid_t child, int how) {
  int status;
  pid_t ended;
  do {
    ended = waitpid(child, &status, how);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return false;
  run.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

void Attend(ProgramRun& run, Pipes& pipes, pid_t child) {
  std::string_view input = run.input.View();
  if (input.empty()) Pipes::Close(pipes.in[1]);
  const int64_t until = run.limit_ms < 0 ? INT64_MAX : NowNs() + run.limit_ms * 1000000;
  for (;;) {
    const bool is_open = pipes.out[0] >= 0 || pipes.err[0] >= 0;
    if (!is_open && Reap(run, child, WNOHANG)) return;
    const int64_t left_ms = (until - NowNs()) / 1000000;
    if (left_ms < 0 || run.is_cancelled.load(std::memory_order_acquire)) {
      run.error = ETIMEDOUT;
      kill(child, SIGKILL);
      Reap(run, child, 0);
      return;
    }
    pollfd fds[3] = {{pipes.out[0], POLLIN, 0}, {pipes.err[0], POLLIN, 0}, {pipes.in[1], POLLOUT, 0}};
    const int ready = poll(fds, 3, static_cast<int>(std::min<int64_t>(left_ms + 1, kLookMs)));
    if (ready <= 0) continue;
    if (fds[0].revents != 0) ReadFrom(pipes.out[0], run.out);
    if (fds[1].revents != 0) ReadFrom(pipes.err[0], run.err);
    if (fds[2].revents != 0) WriteTo(pipes.in[1], input);
  }
}

}  // namespace

void DropProgramRun(ProgramRun* run) {
  if (run->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  run->~ProgramRun();
  free(run);
}

void RunToEnd(ProgramRun& run) {
  Pipes pipes;
  if (!pipes.Open()) {
    run.error = errno;
    return;
  }
  pid_t child;
  run.error = Start(run, pipes, &child);
  if (run.error != 0) return;
  Pipes::Close(pipes.in[0]);
  Pipes::Close(pipes.out[1]);
  Pipes::Close(pipes.err[1]);
  // Nobody but this thread uses the own end.
  fcntl(pipes.in[1], F_SETFL, O_NONBLOCK);
  Attend(run, pipes, child);
}

}  // namespace snow::rt
