// The ABI functions of module Regex.
//
// Nothing that has a destructor lives while the actor's heap is asked for memory, since that may
// panic.
#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/abi/functions.h"
#include "runtime/regex/cache.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

// More groups of a pattern than these are not told.
constexpr size_t kMaxGroups = 256;

// The whole match and the groups; 0 for a pattern with an error.
size_t GroupCount(std::string_view pattern, bool ignore_case) {
  const auto compiled = CompiledPattern(pattern, ignore_case);
  if (!compiled->ok()) return 0;
  return std::min(static_cast<size_t>(compiled->NumberOfCapturingGroups()) + 1, kMaxGroups);
}

void WriteWord(char* to, int64_t word) { memcpy(to, &word, sizeof word); }

// Writes the words of the first match; false when there is none.
bool Match(std::string_view pattern, bool ignore_case, std::string_view text, size_t from,
           size_t groups, char* to) {
  const auto compiled = CompiledPattern(pattern, ignore_case);
  std::array<re2::StringPiece, kMaxGroups> parts;
  if (!compiled->Match(re2::StringPiece(text.data(), text.size()), from, text.size(),
                       RE2::UNANCHORED, parts.data(), static_cast<int>(groups))) {
    return false;
  }
  for (size_t i = 0; i < groups; ++i, to += 16) {
    const bool took_part = parts[i].data() != nullptr;
    const int64_t begin = took_part ? parts[i].data() - text.data() : -1;
    WriteWord(to, begin);
    WriteWord(to + 8, took_part ? begin + static_cast<int64_t>(parts[i].size()) : -1);
  }
  return true;
}

// The error of a pattern into a buffer, cut where it is too long.
size_t ErrorText(std::string_view pattern, bool ignore_case, std::array<char, 512>& buffer) {
  const auto compiled = CompiledPattern(pattern, ignore_case);
  if (compiled->ok()) return 0;
  const size_t size = std::min(compiled->error().size(), buffer.size());
  memcpy(buffer.data(), compiled->error().data(), size);
  return size;
}

// Calls visit(name, number) for each named group.
template <typename Visit>
void VisitNames(std::string_view pattern, Visit visit) {
  const auto compiled = CompiledPattern(pattern, false);
  if (!compiled->ok()) return;
  for (const auto& [name, number] : compiled->NamedCapturingGroups()) visit(name, number);
}

}  // namespace
}  // namespace snow::rt

using snow::rt::NewString;
using snow::rt::StringArg;
using snow::rt::StringRoom;

extern "C" {

SnowPair snow_regex_check(SnowActor* actor, uint64_t pattern_0, uint64_t pattern_1,
                          bool ignore_case) {
  const StringArg pattern(pattern_0, pattern_1);
  std::array<char, 512> buffer;
  const size_t size = snow::rt::ErrorText(pattern.view(), ignore_case, buffer);
  return NewString(actor, {buffer.data(), size});
}

SnowPair snow_regex_match(SnowActor* actor, uint64_t pattern_0, uint64_t pattern_1,
                          bool ignore_case, uint64_t text_0, uint64_t text_1, int64_t from) {
  const StringArg pattern(pattern_0, pattern_1);
  const StringArg text(text_0, text_1);
  const size_t groups = snow::rt::GroupCount(pattern.view(), ignore_case);
  if (groups == 0 || static_cast<size_t>(from) > text.size()) return {0, 0};
  StringRoom room(actor, groups * 16);
  const bool found = snow::rt::Match(pattern.view(), ignore_case, text.view(),
                                     static_cast<size_t>(from), groups, room.data());
  return room.Finish(found ? groups * 16 : 0);
}

SnowPair snow_regex_names(SnowActor* actor, uint64_t pattern_0, uint64_t pattern_1) {
  const StringArg pattern(pattern_0, pattern_1);
  constexpr size_t kNumberBytes = 12;
  size_t size = 0;
  snow::rt::VisitNames(pattern.view(), [&](const std::string& name, int) {
    size += name.size() + kNumberBytes;
  });
  StringRoom room(actor, size);
  char* to = room.data();
  snow::rt::VisitNames(pattern.view(), [&](const std::string& name, int number) {
    to = std::to_chars(to, to + kNumberBytes, number).ptr;
    *to++ = ' ';
    memcpy(to, name.data(), name.size());
    to += name.size();
    *to++ = '\n';
  });
  return room.Finish(static_cast<size_t>(to - room.data()));
}

}  // extern "C"
