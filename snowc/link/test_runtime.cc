// A runtime of a few lines: runs main and prints the table of functions.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "runtime/abi/functions.h"

extern "C" {

const char* zlibVersion();  // of a shared library that nothing refers to unless asked

// Not called by anything: the linker is to drop it and what it needs.
const char* snow_text_unused() { return zlibVersion(); }

void* snow_alloc(SnowActor*, void*, int64_t, int64_t) { abort(); }

void snow_panic_arithmetic(SnowActor*, int64_t kind, int64_t a, int64_t b, void* site) {
  auto* place = static_cast<const SnowSite*>(site);
  std::printf("panic %d %d %d in %s at %s:%u\n", static_cast<int>(kind), static_cast<int>(a),
              static_cast<int>(b), place->function, place->file, place->line);
  std::exit(101);
}
}

int main() {
  static uint64_t heap[64];
  SnowActor actor = {};
  actor.alloc_next = reinterpret_cast<uint8_t*>(heap);
  actor.alloc_limit = reinterpret_cast<uint8_t*>(heap + 64);
  const void* last = nullptr;
  bool sorted = true;
  std::string names;
  for (const SnowFunctionInfo* info = snow_functions_begin; info != snow_functions_end; ++info) {
    if (info->code < last || info->size == 0) sorted = false;
    last = static_cast<const char*>(info->code) + info->size;
    names += std::string(" ") + info->name + ":" + info->file + ":" + std::to_string(info->line);
  }
  std::printf("functions%s%s\n", sorted ? "" : " (not sorted)", names.c_str());
  std::fflush(stdout);
  return static_cast<int>(snow_start(&actor, const_cast<uint64_t*>(snow_main_closure)));
}
