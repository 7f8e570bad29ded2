// The lines of generated code, read from the debug information of the running executable: a
// backtrace tells the place of each call and not just the begin of its function.
#ifndef RUNTIME_PROCESS_LINE_TABLE_H_
#define RUNTIME_PROCESS_LINE_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "runtime/base/vector.h"

namespace snow::rt {

// From `address` (as linked) up to the next row. Line 0: no code of ours, or of no line.
struct LineRow {
  uint64_t address;
  uint32_t line;
};

// Appends the rows of all line programs in a section .debug_line that are of the version that
// generated code has (DWARF 4); others are passed over. Whatever the bytes are, nothing outside of
// them is read. Rows of one program are in order of address, programs in order of the section.
void ReadLinePrograms(const uint8_t* section, size_t size, Vector<LineRow>& rows);

// The line of the instruction at this address, or 0 when it is not known (the executable was
// stripped). The first call reads the executable. Thread-safe.
uint32_t LineOfCode(const void* address);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_LINE_TABLE_H_
