#include "runtime/memory/object.h"

namespace snow::rt {

const SnowDescriptor kFillerDescriptor = {kSnowRuntime, 1, "gap", nullptr};
const SnowDescriptor kEmptyDescriptor = {kSnowFixed, 0, "gap", nullptr};

void WriteFiller(void* start, size_t bytes) {
  Object* gap = static_cast<Object*>(start);
  if (bytes == 8) {
    gap->header = MakeHeader(&kEmptyDescriptor);
    return;
  }
  gap->header = MakeHeader(&kFillerDescriptor);
  gap->payload[0] = bytes;
}

}  // namespace snow::rt
