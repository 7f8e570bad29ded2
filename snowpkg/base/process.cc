#include "snowpkg/base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>

#include "snowpkg/base/file.h"

extern char** environ;

namespace snow::pkg {
namespace {

constexpr size_t kErrorOutputLimit = 64 * 1024;

using Clock = std::chrono::steady_clock;

// A pipe whose ends are closed with the object.
struct Pipe {
  int read = -1;
  int write = -1;

  bool Open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  static void Close(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  ~Pipe() {
    Close(read);
    Close(write);
  }
};

std::vector<std::string> MergedEnvironment(const ProcessOptions& options) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string text(*entry);
    size_t equals = text.find('=');
    if (equals != std::string::npos) merged[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : options.environment) merged[name] = value;
  std::vector<std::string> environment;
  for (const auto& [name, value] : merged) environment.push_back(name + "=" + value);
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts the child; 0 or the system's error.
int Spawn(std::vector<std::string> command, const ProcessOptions& options, const Pipe& in,
          const Pipe& out, const Pipe& err, pid_t* pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write, 2);
  if (!options.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
  }
  std::vector<std::string> environment = MergedEnvironment(options);
  std::vector<char*> environment_pointers = Pointers(environment);
  std::vector<char*> arguments = Pointers(command);
  int reason = ::posix_spawnp(pid, arguments[0], &actions, nullptr, arguments.data(),
                              environment_pointers.data());
  posix_spawn_file_actions_destroy(&actions);
  return reason;
}

// Writes to a child that may have closed its input already must not raise SIGPIPE in a library:
// the signal is held back in this thread and taken off again.
class BrokenPipeGuard {
 public:
  BrokenPipeGuard() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~BrokenPipeGuard() {
    timespec now{0, 0};
    while (::sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

enum class Ended { kAll, kTooMuch, kTooLong };

// Moves data both ways until the child has closed its outputs.
Ended Exchange(const ProcessOptions& options, Pipe& in, Pipe& out, Pipe& err,
               ProcessOutput* output) {
  BrokenPipeGuard guard;
  Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(options.time_limit_ms);
  std::string_view input = options.input;
  if (input.empty()) Pipe::Close(in.write);
  char block[65536];
  while (out.read >= 0 || err.read >= 0) {
    pollfd entries[3] = {{in.write, POLLOUT, 0}, {out.read, POLLIN, 0}, {err.read, POLLIN, 0}};
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return Ended::kTooLong;
    if (::poll(entries, 3, static_cast<int>(left.count())) < 0 && errno != EINTR) {
      return Ended::kTooLong;
    }
    if (in.write >= 0 && entries[0].revents != 0) {
      ssize_t count = ::write(in.write, input.data(), input.size());
      if (count > 0) input.remove_prefix(static_cast<size_t>(count));
      bool failed = count < 0 && errno != EINTR && errno != EAGAIN;
      if (failed || input.empty()) Pipe::Close(in.write);
    }
    if (out.read >= 0 && entries[1].revents != 0) {
      ssize_t count = ::read(out.read, block, sizeof(block));
      if (count > 0) output->out.append(block, static_cast<size_t>(count));
      if (count == 0 || (count < 0 && errno != EINTR)) Pipe::Close(out.read);
      if (output->out.size() > options.output_limit) return Ended::kTooMuch;
    }
    if (err.read >= 0 && entries[2].revents != 0) {
      ssize_t count = ::read(err.read, block, sizeof(block));
      if (count > 0) {
        size_t room = kErrorOutputLimit - output->err.size();
        output->err.append(block, std::min(room, static_cast<size_t>(count)));
      }
      if (count == 0 || (count < 0 && errno != EINTR)) Pipe::Close(err.read);
    }
  }
  return Ended::kAll;
}

}  // namespace

Result<ProcessOutput> RunProcess(const std::vector<std::string>& command,
                                 const ProcessOptions& options) {
  Pipe in;
  Pipe out;
  Pipe err;
  if (!in.Open() || !out.Open() || !err.Open()) {
    return Error(ErrorKind::kFile, "cannot open a pipe: " + SystemReason(errno));
  }
  ::fcntl(in.write, F_SETFL, O_NONBLOCK);
  pid_t pid = 0;
  if (int reason = Spawn(command, options, in, out, err, &pid); reason != 0) {
    return Error(ErrorKind::kFile, "cannot run `" + command[0] + "`: " + SystemReason(reason));
  }
  Pipe::Close(in.read);
  Pipe::Close(out.write);
  Pipe::Close(err.write);
  ProcessOutput output;
  Ended ended = Exchange(options, in, out, err, &output);
  if (ended != Ended::kAll) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (ended == Ended::kTooMuch) {
    return Error(ErrorKind::kFile, "`" + command[0] + "` printed more than " +
                                       std::to_string(options.output_limit) + " bytes");
  }
  if (ended == Ended::kTooLong) {
    return Error(ErrorKind::kFile, "`" + command[0] + "` was stopped after " +
                                       std::to_string(options.time_limit_ms / 1000) +
                                       " seconds without an end");
  }
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return output;
}

}  // namespace snow::pkg
