#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <unordered_set>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "snowc/codegen/partition.h"

namespace snow::codegen {
namespace {

// To be raised with every change of code generation that changes objects.
constexpr uint64_t kGeneration = 1;

// Feeds a hash. Every item is preceded by its length or has a fixed one, so that different inputs
// never look alike. Functions and data go in by their names, since their numbers change when
// something is added elsewhere.
class KeyBuilder {
 public:
  KeyBuilder(const ir::Module& module, const std::vector<Convention>& conventions)
      : module_(module), conventions_(conventions) {}

  void Number(uint64_t number) {
    if (used_ + sizeof number > buffer_.size()) Flush();
    std::memcpy(buffer_.data() + used_, &number, sizeof number);
    used_ += sizeof number;
  }

  void Text(std::string_view text) {
    Number(text.size());
    Flush();
    hasher_.update(llvm::StringRef(text.data(), text.size()));
  }

  void Scalars(std::span<const ir::Scalar> scalars) {
    Number(scalars.size());
    for (ir::Scalar scalar : scalars) Number(static_cast<uint64_t>(scalar));
  }

  void Place(const ir::Location& location) {
    Number(uint64_t{location.line} << 32 | location.column);
    if (location.line == 0) return;
    if (last_file_ == location.file) {
      Number(0);
      return;
    }
    last_file_ = location.file;
    Number(1);
    Text(location.file < module_.files.size() ? module_.files[location.file] : "");
  }

  // What a caller of the function depends on.
  void Reference(ir::FunctionId id) {
    if (!id.IsValid()) {
      Number(0);
      return;
    }
    const ir::Function& function = module_.functions[id.value];
    Number(1);
    Text(function.symbol);
    Number(static_cast<uint64_t>(conventions_[id.value]) << 8 | function.cold << 1 |
           (function.linkage == ir::Linkage::kExported));
    Scalars(function.params);
    Scalars(function.results);
  }

  void Reference(ir::DataId id) {
    if (!id.IsValid()) {
      Number(0);
      return;
    }
    Number(1);
    Text(module_.data[id.value].name);
    if (known_data_.insert(id.value).second) pending_data_.push_back(id);
  }

  // The contents of all data that has been referred to.
  void ContentsOfData() {
    while (!pending_data_.empty()) {
      const ir::Data& data = module_.data[pending_data_.back().value];
      pending_data_.pop_back();
      Text(data.name);
      Number(data.words.size() << 2 | data.is_writable << 1 | data.is_exported);
      for (const ir::DataWord& word : data.words) {
        Number(static_cast<uint64_t>(word.kind));
        Number(word.bits);
        if (word.kind == ir::DataWord::Kind::kData) Reference(word.data);
        if (word.kind == ir::DataWord::Kind::kFunction) Reference(word.function);
        if (word.kind == ir::DataWord::Kind::kRuntimeSymbol) {
          Text(module_.strings[word.symbol.value]);
        }
      }
    }
  }

  void Values(std::span<const ir::ValueId> values) {
    Number(values.size());
    for (ir::ValueId value : values) Number(value.value);
  }

  void Instruction(const ir::Instr& instr) {
    Number(static_cast<uint64_t>(instr.op) << 32 | static_cast<uint64_t>(instr.type) << 16);
    Number(uint64_t{instr.result.value} << 32 | instr.result_count);
    Values(instr.args);
    Number(static_cast<uint64_t>(instr.imm));
    Number(std::bit_cast<uint64_t>(instr.fimm));
    Number(uint64_t{instr.slot.value} << 32 | instr.tag);
    Reference(instr.function);
    Reference(instr.data);
    Scalars(instr.signature);
    Place(instr.loc);
    if (instr.op == ir::Op::kCallExternal) {
      const ir::External& external = module_.externals[instr.imm];
      Text(external.symbol);
      Scalars(external.params);
      Number(external.has_result ? 1 + static_cast<uint64_t>(external.result) : 0);
    }
  }

  void Terminator(const ir::Terminator& term) {
    Number(static_cast<uint64_t>(term.kind) << 1 | term.unlikely_second);
    Number(term.value.value);
    Values(term.args);
    Number(term.targets.size());
    for (ir::BlockId target : term.targets) Number(target.value);
    Number(term.cases.size());
    for (int64_t value : term.cases) Number(static_cast<uint64_t>(value));
    Reference(term.function);
    Place(term.loc);
  }

  void Body(ir::FunctionId id) {
    const ir::Function& function = module_.functions[id.value];
    Reference(id);
    Text(function.debug_name);
    Place(function.loc);
    Number(function.always_inline);
    Number(function.param_slots.size());
    for (ir::SlotId slot : function.param_slots) Number(slot.value);
    Number(function.slots.size());
    for (const ir::Slot& slot : function.slots) {
      Number(static_cast<uint64_t>(slot.type) << 32 | slot.word);
      Text(slot.name);
    }
    Scalars(function.values);
    Number(function.blocks.size());
    for (const ir::Block& block : function.blocks) {
      Number(block.instrs.size());
      for (const ir::Instr& instr : block.instrs) Instruction(instr);
      Terminator(block.term);
    }
  }

  std::string Finish() {
    Flush();
    auto digest = hasher_.final();
    return llvm::toHex(digest, /*LowerCase=*/true);
  }

 private:
  void Flush() {
    hasher_.update(llvm::ArrayRef(buffer_.data(), used_));
    used_ = 0;
  }

  const ir::Module& module_;
  const std::vector<Convention>& conventions_;
  llvm::TruncatedBLAKE3<32> hasher_;
  std::array<uint8_t, 4096> buffer_;
  size_t used_ = 0;
  uint32_t last_file_ = UINT32_MAX;
  std::unordered_set<uint32_t> known_data_;
  std::vector<ir::DataId> pending_data_;
};

}  // namespace

std::string CacheKey(const ir::Module& module, const std::vector<Convention>& conventions,
                     const Partition& partition, bool is_only_partition, const Options& options) {
  KeyBuilder key(module, conventions);
  key.Number(kGeneration);
  key.Number(is_only_partition << 2 | options.optimize << 1 | partition.has_glue);
  key.Number(static_cast<uint64_t>(options.debug_info));
  key.Text(partition.name);
  key.Number(partition.functions.size());
  for (ir::FunctionId id : partition.functions) key.Body(id);
  key.Number(partition.imports.size());
  for (ir::FunctionId id : partition.imports) key.Body(id);
  if (partition.has_glue) {
    for (uint32_t i = 0; i < module.data.size(); ++i) {
      if (module.data[i].is_exported) key.Reference(ir::DataId(i));
    }
  }
  key.ContentsOfData();
  return key.Finish();
}

}  // namespace snow::codegen
