#include "runtime/process/line_table.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace snow::rt {
namespace {

// Reads numbers from bytes that may be anything: behind the end it gives zeros.
class Reader {
 public:
  Reader(const uint8_t* begin, const uint8_t* end) : at_(begin), end_(end) {}

  bool AtEnd() const { return at_ >= end_; }
  const uint8_t* at() const { return at_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  template <typename T>
  T Fixed() {
    T value = 0;
    if (left() < sizeof(T)) {
      at_ = end_;
      return value;
    }
    memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  uint64_t Unsigned() {
    uint64_t value = 0;
    for (int shift = 0; !AtEnd(); shift += 7) {
      const uint8_t byte = *at_++;
      if (shift < 64) value |= uint64_t{byte & 0x7Fu} << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }
  int64_t Signed() {
    uint64_t value = 0;
    int shift = 0;
    while (!AtEnd()) {
      const uint8_t byte = *at_++;
      if (shift < 64) value |= uint64_t{byte & 0x7Fu} << shift;
      shift += 7;
      if ((byte & 0x80) != 0) continue;
      if ((byte & 0x40) != 0 && shift < 64) value |= ~uint64_t{0} << shift;
      break;
    }
    return static_cast<int64_t>(value);
  }
  void Skip(uint64_t bytes) { at_ += bytes < left() ? bytes : left(); }
  // The next `bytes`, as far as they are there.
  Reader Part(uint64_t bytes) {
    const uint8_t* begin = at_;
    Skip(bytes);
    return Reader(begin, at_);
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

enum StandardOpcode : uint8_t {
  kExtended = 0,
  kCopy = 1,
  kAdvancePc = 2,
  kAdvanceLine = 3,
  kConstAddPc = 8,
  kFixedAdvancePc = 9,
};
enum ExtendedOpcode : uint8_t { kEndSequence = 1, kSetAddress = 2 };

constexpr uint16_t kVersion = 4;

// The state machine of DWARF 4, section 6.2, as far as addresses and lines go.
class LineProgram {
 public:
  LineProgram(Reader unit, Vector<LineRow>& rows) : unit_(unit), rows_(rows) {}

  void Run() {
    if (unit_.Fixed<uint16_t>() != kVersion) return;
    Reader header = unit_.Part(unit_.Fixed<uint32_t>());
    instruction_bytes_ = header.Fixed<uint8_t>();
    header.Skip(2);  // operations an instruction; whether rows are statements
    line_base_ = static_cast<int8_t>(header.Fixed<uint8_t>());
    line_range_ = header.Fixed<uint8_t>();
    opcode_base_ = header.Fixed<uint8_t>();
    if (line_range_ == 0 || opcode_base_ == 0) return;
    operand_counts_ = header.Part(opcode_base_ - 1u);
    while (!unit_.AtEnd()) Step();
  }

 private:
  void Step() {
    const uint8_t opcode = unit_.Fixed<uint8_t>();
    if (opcode >= opcode_base_) {
      const unsigned adjusted = opcode - opcode_base_;
      Advance(adjusted / line_range_);
      line_ += line_base_ + static_cast<int>(adjusted % line_range_);
      Emit();
      return;
    }
    switch (opcode) {
      case kExtended:
        Extended();
        return;
      case kCopy:
        Emit();
        return;
      case kAdvancePc:
        Advance(unit_.Unsigned());
        return;
      case kAdvanceLine:
        line_ += unit_.Signed();
        return;
      case kConstAddPc:
        Advance((255u - opcode_base_) / line_range_);
        return;
      case kFixedAdvancePc:
        address_ += unit_.Fixed<uint16_t>();
        return;
      default: {
        Reader counts = operand_counts_;
        counts.Skip(opcode - 1u);
        for (uint8_t count = counts.Fixed<uint8_t>(); count > 0; --count) unit_.Unsigned();
      }
    }
  }

  void Extended() {
    Reader operation = unit_.Part(unit_.Unsigned());
    switch (operation.Fixed<uint8_t>()) {
      case kEndSequence:
        line_ = 0;
        if (is_placed_) rows_.Push({address_, 0});
        line_ = 1;
        is_placed_ = false;
        return;
      case kSetAddress:
        address_ = operation.Fixed<uint64_t>();
        // Code that the linker has dropped has its lines at 0.
        is_placed_ = address_ != 0;
        return;
      default:
        return;
    }
  }

  void Advance(uint64_t instructions) { address_ += instructions * instruction_bytes_; }

  // Code of no line belongs to the line before it.
  void Emit() {
    if (is_placed_ && line_ > 0) rows_.Push({address_, static_cast<uint32_t>(line_)});
  }

  Reader unit_;
  Vector<LineRow>& rows_;
  Reader operand_counts_ = Reader(nullptr, nullptr);
  uint8_t instruction_bytes_ = 1;
  int line_base_ = 0;
  uint8_t line_range_ = 1;
  uint8_t opcode_base_ = 1;
  uint64_t address_ = 0;
  int64_t line_ = 1;
  bool is_placed_ = false;
};

// What is kept of the executable.
struct Table {
  uintptr_t bias = 0;  // from addresses as linked to those in memory
  Vector<LineRow> rows;
};

void ReadExecutable(const uint8_t* file, size_t size, Vector<LineRow>& rows) {
  if (size < sizeof(Elf64_Ehdr) || memcmp(file, ELFMAG, SELFMAG) != 0) return;
  Elf64_Ehdr header;
  memcpy(&header, file, sizeof header);
  auto section_at = [&](size_t index, Elf64_Shdr* section) {
    const uint64_t offset = header.e_shoff + index * sizeof(Elf64_Shdr);
    if (index >= header.e_shnum || offset > size || size - offset < sizeof *section) return false;
    memcpy(section, file + offset, sizeof *section);
    return section->sh_offset <= size && section->sh_size <= size - section->sh_offset;
  };
  Elf64_Shdr names;
  if (!section_at(header.e_shstrndx, &names)) return;
  constexpr char kName[] = ".debug_line";
  for (size_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    if (!section_at(i, &section) || section.sh_type == SHT_NOBITS) continue;
    if (section.sh_name > names.sh_size || names.sh_size - section.sh_name < sizeof kName) continue;
    if (memcmp(file + names.sh_offset + section.sh_name, kName, sizeof kName) != 0) continue;
    ReadLinePrograms(file + section.sh_offset, section.sh_size, rows);
  }
}

int NoteBias(dl_phdr_info* info, size_t, void* bias) {
  *static_cast<uintptr_t*>(bias) = info->dlpi_addr;
  return 1;  // the first one is the executable
}

int CompareRows(const void* a, const void* b) {
  const auto* left = static_cast<const LineRow*>(a);
  const auto* right = static_cast<const LineRow*>(b);
  if (left->address != right->address) return left->address < right->address ? -1 : 1;
  // Where one function ends and the next begins, the begin counts.
  if ((left->line == 0) != (right->line == 0)) return left->line == 0 ? -1 : 1;
  return 0;
}

const Table* NewTable() {
  Table* table = new (malloc(sizeof(Table))) Table;
  dl_iterate_phdr(&NoteBias, &table->bias);
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0) {
    const size_t size = static_cast<size_t>(status.st_size);
    void* file = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (file != MAP_FAILED) {
      ReadExecutable(static_cast<const uint8_t*>(file), size, table->rows);
      munmap(file, size);
    }
  }
  if (fd >= 0) close(fd);
  qsort(table->rows.data(), table->rows.size(), sizeof(LineRow), &CompareRows);
  return table;
}

std::atomic<const Table*> g_table = nullptr;

}  // namespace

void ReadLinePrograms(const uint8_t* section, size_t size, Vector<LineRow>& rows) {
  Reader reader(section, section + size);
  while (!reader.AtEnd()) {
    const uint32_t length = reader.Fixed<uint32_t>();
    constexpr uint32_t kFirstReserved = 0xFFFFFFF0;  // larger ones announce another format
    if (length >= kFirstReserved) return;
    LineProgram(reader.Part(length), rows).Run();
  }
}

uint32_t LineOfCode(const void* address) {
  const Table* table = g_table.load(std::memory_order_acquire);
  if (table == nullptr) {
    const Table* made = NewTable();
    if (g_table.compare_exchange_strong(table, made, std::memory_order_acq_rel)) {
      table = made;
    } else {
      made->~Table();
      free(const_cast<Table*>(made));
    }
  }
  const uint64_t linked = reinterpret_cast<uintptr_t>(address) - table->bias;
  const LineRow* low = table->rows.begin();
  const LineRow* high = table->rows.end();
  while (low < high) {
    const LineRow* middle = low + (high - low) / 2;
    if (middle->address <= linked) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == table->rows.begin() ? 0 : (low - 1)->line;
}

}  // namespace snow::rt
