#include "snowc/lower/statics.h"

#include <cstring>

namespace snow::lower {
namespace {

using ir::DataId;
using ir::DataWord;

static_assert(sizeof(SnowBufferHead) == kBufferElementsOffset);
static_assert(offsetof(SnowBufferHead, start) == kBufferStartOffset);
static_assert(offsetof(SnowBufferHead, fill) == kBufferFillOffset);
static_assert(offsetof(SnowBufferHead, capacity) == kBufferCapacityOffset);
static_assert(offsetof(SnowBufferHead, flags) == kBufferFlagsOffset);
static_assert(sizeof(SnowBytesHead) == 16);

constexpr size_t kInlineBytes = 15;

DataWord Bits(uint64_t bits) { return {.kind = DataWord::Kind::kBits, .bits = bits}; }

DataWord Address(DataId data, uint64_t offset = 0) {
  return {.kind = DataWord::Kind::kData, .bits = offset, .data = data};
}

DataWord Address(ir::FunctionId function) {
  return {.kind = DataWord::Kind::kFunction, .function = function};
}

// The bytes as words, the last one filled up with zeros.
void AppendBytes(std::vector<DataWord>* words, std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, std::min<size_t>(8, bytes.size() - i));
    words->push_back(Bits(word));
  }
}

uint64_t Fnv1a(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3u;
  }
  return hash;
}

}  // namespace

DataId Statics::Add(std::string name, std::vector<DataWord> words) {
  module_->data.push_back({.name = std::move(name), .words = std::move(words)});
  return DataId(module_->data.size() - 1);
}

DataId Statics::CString(std::string_view text) {
  auto [place, is_new] = by_key_.try_emplace("c:" + std::string(text));
  if (!is_new) return place->second;
  std::vector<DataWord> words;
  std::string terminated(text);
  terminated.push_back('\0');
  AppendBytes(&words, terminated);
  DataId data = Add("text." + std::to_string(counters_[0]++), std::move(words));
  return place->second = data;
}

StaticString Statics::String(std::string_view text) {
  StaticString result;
  if (text.size() <= kInlineBytes) {
    char bytes[16] = {};
    std::memcpy(bytes, text.data(), text.size());
    bytes[15] = static_cast<char>(text.size());
    std::memcpy(&result.first, bytes, 8);
    std::memcpy(&result.second, bytes + 8, 8);
    return result;
  }
  result.second = kSnowStringLong | text.size();
  auto [place, is_new] = by_key_.try_emplace("s:" + std::string(text));
  if (is_new) {
    DataId descriptor = Descriptor(kSnowBytes, 0, "bytes", {});
    std::vector<DataWord> words = {Address(descriptor)};
    uint64_t size = text.size();
    words.push_back(Bits(size | size << 32));
    AppendBytes(&words, text);
    DataId data = Add("string." + std::to_string(counters_[1]++), std::move(words));
    place->second = data;
  }
  result.data = place->second;
  return result;
}

DataId Statics::Kinds(std::span<const uint8_t> kinds) {
  std::string text(kinds.begin(), kinds.end());
  auto [place, is_new] = by_key_.try_emplace("k:" + text);
  if (!is_new) return place->second;
  std::vector<DataWord> words;
  AppendBytes(&words, text);
  if (words.empty()) words.push_back(Bits(0));
  DataId data = Add("kinds." + std::to_string(counters_[2]++), std::move(words));
  return place->second = data;
}

std::vector<uint8_t> Statics::KindsOf(std::span<const Word> words) {
  std::vector<uint8_t> kinds;
  kinds.reserve(words.size());
  for (const Word& word : words) kinds.push_back(word.kind);
  return kinds;
}

DataId Statics::Descriptor(SnowObjectKind kind, uint32_t words, std::string_view name,
                           std::span<const uint8_t> kinds) {
  std::string key = "d:" + std::to_string(kind) + ":" + std::string(kinds.begin(), kinds.end());
  key += ":" + std::string(name);
  auto found = by_key_.find(key);
  if (found != by_key_.end()) return found->second;
  DataId text = CString(name);
  DataId kind_bytes = Kinds(kinds);
  DataId data = Add("descriptor." + std::to_string(counters_[3]++),
                    {Bits(kind | uint64_t{words} << 32), Address(text), Address(kind_bytes)});
  by_key_.emplace(std::move(key), data);
  return data;
}

DataId Statics::FixedDescriptor(std::string_view name, std::span<const Word> words) {
  return Descriptor(kSnowFixed, static_cast<uint32_t>(words.size()), name, KindsOf(words));
}

DataId Statics::BufferDescriptor(std::span<const Word> element) {
  return Descriptor(kSnowBuffer, static_cast<uint32_t>(element.size()), "Buffer", KindsOf(element));
}

DataId Statics::ClosureDescriptor(std::span<const Word> captured) {
  std::vector<uint8_t> kinds = {kSnowScalar};
  for (const Word& word : captured) kinds.push_back(word.kind);
  return Descriptor(kSnowFixed, static_cast<uint32_t>(kinds.size()), "closure", kinds);
}

DataId Statics::DescriptorOf(const Layout& layout, uint32_t variant) {
  uint64_t key = uint64_t{layout.type.value} << 32 | variant;
  auto found = layout_descriptors_.find(key);
  if (found != layout_descriptors_.end()) return found->second;
  std::string name = types_->PrintName(layout.type);
  if (layout.is_sum()) {
    const hir::TyCon& con = types_->ConOf(types_->Get(layout.type));
    name += ".";
    name += types_->Name(con.variants[variant].name);
  }
  DataId data = FixedDescriptor(name, layout.variants[variant].words);
  layout_descriptors_.emplace(key, data);
  return data;
}

uint64_t Statics::HashOf(TypeId type) {
  if (type == types_->signal()) return kSnowSignalHash;
  uint64_t hash = Fnv1a(types_->MangledName(type));
  return hash <= kSnowSignalHash ? hash + 2 : hash;
}

DataId Statics::TypeInfo(TypeId type) {
  auto found = type_info_index_.find(type.value);
  if (found != type_info_index_.end()) return found->second;
  const Layout& layout = layouts_->Of(type);
  DataId kinds = Kinds(KindsOf(layout.words));
  DataId name = CString(types_->PrintName(type));
  static_assert(sizeof(SnowTypeInfo) == 48);
  DataId data =
      Add("type." + types_->MangledName(type), {Bits(HashOf(type)), Bits(layout.words.size()),
                                                Address(name), Address(kinds), Bits(0), Bits(0)});
  type_info_index_.emplace(type.value, data);
  type_infos_.emplace_back(type, data);
  return data;
}

void Statics::SetPrinters(DataId info, ir::FunctionId display, ir::FunctionId debug) {
  std::vector<DataWord>& words = module_->data[info.value].words;
  if (display.IsValid()) words[4] = Address(display);
  if (debug.IsValid()) words[5] = Address(debug);
}

DataId Statics::StaticClosure(ir::FunctionId code, std::string name, bool exported) {
  auto found = closures_.find(code.value);
  if (found != closures_.end()) return found->second;
  DataId data = Add(std::move(name), {Address(ClosureDescriptor({})), Address(code)});
  module_->data[data.value].is_exported = exported;
  closures_.emplace(code.value, data);
  return data;
}

DataId Statics::Object(DataId descriptor, uint32_t tag, std::vector<DataWord> payload) {
  std::vector<DataWord> words = {Address(descriptor, uint64_t{tag} << kSnowTagShift)};
  words.insert(words.end(), payload.begin(), payload.end());
  return Add("object." + std::to_string(counters_[4]++), std::move(words));
}

}  // namespace snow::lower
