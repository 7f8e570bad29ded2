// Any text is refused or read, and the words that are counted are those that are written.
#include <cstdlib>
#include <vector>

#include "runtime/json/scan.h"
#include "runtime/text/characters.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!snow::rt::IsValidUtf8(text)) return 0;
  snow::rt::JsonWords counter(nullptr);
  if (snow::rt::ScanJson(text, 512, counter).reason != nullptr) return 0;
  std::vector<uint64_t> room(counter.count());
  snow::rt::JsonWords words(room.data());
  snow::rt::ScanJson(text, 512, words);
  if (words.count() != counter.count()) abort();
  return 0;
}
