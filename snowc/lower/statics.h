// The static data of a module: descriptors of objects, type infos of messages, strings, closures.
// Equal data is made once.
//
// Ownership: writes into the module that it is given. Thread-safety: thread-compatible.
#ifndef SNOWC_LOWER_STATICS_H_
#define SNOWC_LOWER_STATICS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "snowc/ir/ir.h"
#include "snowc/lower/layout.h"

namespace snow::lower {

// The two words of a String that is known: `data` valid: the first is its address.
struct StaticString {
  uint64_t first = 0;
  uint64_t second = 0;
  ir::DataId data;
};

class Statics {
 public:
  Statics(ir::Module* module, Types* types, Layouts* layouts)
      : module_(module), types_(types), layouts_(layouts) {}
  Statics(const Statics&) = delete;
  Statics& operator=(const Statics&) = delete;

  // A zero-terminated string.
  ir::DataId CString(std::string_view text);

  // The words of a String, Bytes or Atom value.
  StaticString String(std::string_view text);

  // Descriptors. Fixed objects with equal words and name are one, buffers and closures are shared
  // by all with equal words.
  ir::DataId FixedDescriptor(std::string_view name, std::span<const Word> words);
  ir::DataId BufferDescriptor(std::span<const Word> element);
  // `captured`: the words after the code address.
  ir::DataId ClosureDescriptor(std::span<const Word> captured);
  // Of the object of a boxed struct, or of one variant of a boxed sum type.
  ir::DataId DescriptorOf(const Layout& layout, uint32_t variant);

  // What a message of this type carries. Its display and debug functions are filled in by
  // SetPrinters.
  ir::DataId TypeInfo(TypeId type);
  // The types that have been given a TypeInfo.
  const std::vector<std::pair<TypeId, ir::DataId>>& type_infos() const { return type_infos_; }
  void SetPrinters(ir::DataId info, ir::FunctionId display, ir::FunctionId debug);

  // A closure that captures nothing.
  ir::DataId StaticClosure(ir::FunctionId code, std::string name, bool exported = false);

  // An immutable static object with this header and payload.
  ir::DataId Object(ir::DataId descriptor, uint32_t tag, std::vector<ir::DataWord> payload);

  // Hash of a message type, as it travels between nodes.
  uint64_t HashOf(TypeId type);

 private:
  ir::DataId Add(std::string name, std::vector<ir::DataWord> words);
  ir::DataId Kinds(std::span<const uint8_t> kinds);
  ir::DataId Descriptor(SnowObjectKind kind, uint32_t words, std::string_view name,
                        std::span<const uint8_t> kinds);
  std::vector<uint8_t> KindsOf(std::span<const Word> words);

  ir::Module* module_;
  Types* types_;
  Layouts* layouts_;
  std::unordered_map<std::string, ir::DataId> by_key_;  // "c:text", "s:text", "k:…", "d:…"
  std::unordered_map<uint32_t, ir::DataId> type_info_index_;
  std::vector<std::pair<TypeId, ir::DataId>> type_infos_;
  std::unordered_map<uint64_t, ir::DataId> layout_descriptors_;
  std::unordered_map<uint32_t, ir::DataId> closures_;
  std::vector<uint32_t> counters_ = std::vector<uint32_t>(8);
};

// Offsets in bytes.
inline constexpr int64_t kPayloadOffset = 8;
inline constexpr int64_t kBufferStartOffset = 8;
inline constexpr int64_t kBufferFillOffset = 12;
inline constexpr int64_t kBufferCapacityOffset = 16;
inline constexpr int64_t kBufferFlagsOffset = 20;
inline constexpr int64_t kBufferElementsOffset = 24;

}  // namespace snow::lower

#endif  // SNOWC_LOWER_STATICS_H_
