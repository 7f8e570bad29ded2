// Why an actor ended, outside of any heap.
#ifndef RUNTIME_ACTOR_REASON_H_
#define RUNTIME_ACTOR_REASON_H_

#include <atomic>
#include <cstdint>
#include <string_view>

#include "runtime/base/text.h"
#include "runtime/memory/blocks.h"

namespace snow::rt {

// The tags of ExitReason (abi.h).
enum class ReasonKind : uint32_t {
  kNormal,
  kShutdown,
  kKilled,
  kError,
  kLinked,
  kNoproc,
  kNoconnection,
  kCustom,
};

// Counted; immutable. Those without text or cause exist once and are not counted.
struct Reason {
  std::atomic<int32_t> owners;
  ReasonKind kind;
  uint64_t pid;         // kLinked: who ended
  const Reason* cause;  // kLinked: why
  uint32_t depth;       // of causes
  uint32_t size;
  char text[4];

  std::string_view View() const { return {text, size}; }
  // Ends linked actors: anything but Normal and Shutdown.
  bool is_abnormal() const {
    return kind != ReasonKind::kNormal && kind != ReasonKind::kShutdown;
  }
};

// One of those without text and cause.
const Reason* PlainReason(ReasonKind kind);
const Reason* NewTextReason(ReasonKind kind, std::string_view text);
// Takes over one count of the cause. Of a chain of more than 64 links the outer ones are left out.
const Reason* NewLinkedReason(uint64_t pid, const Reason* cause);
const Reason* ShareReason(const Reason* reason);
void DropReason(const Reason* reason);

// From the boxed word of an ExitReason.
const Reason* ReasonFromWord(uint64_t word);

// The objects of an ExitReason value as generated code lays them out: how many bytes they need, and
// writing them to such room; returns the value's word.
size_t ReasonObjectBytes(const Reason* reason);
uint64_t WriteReasonObjects(const Reason* reason, char* room);

// As a person reads it: "Error(boom)".
void DescribeReason(const Reason* reason, Text& to);

}  // namespace snow::rt

#endif  // RUNTIME_ACTOR_REASON_H_
