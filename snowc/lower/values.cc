// Values as words: strings, structs, variants.
#include <algorithm>

#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using ir::Op;
using ir::Scalar;
using ir::ValueId;

Words FunctionLowering::Poison(const Layout& layout) {
  Words words;
  // The builder is dead: these leave no instructions.
  for (const Word& word : layout.words) words.Add(b_.Zero(word.scalar));
  return words;
}

Words FunctionLowering::StringWords(std::string_view text) {
  StaticString string = m_.statics().String(text);
  ValueId first = string.data.IsValid() ? b_.Unary(Op::kPtrBits, b_.Address(string.data))
                                        : b_.Int(static_cast<int64_t>(string.first));
  return {first, b_.Int(static_cast<int64_t>(string.second))};
}

Words FunctionLowering::LoadWords(ValueId pointer, int64_t offset, std::span<const Word> words) {
  Words result;
  for (const Word& word : words) {
    result.Add(b_.Load(word.scalar, pointer, offset));
    offset += 8;
  }
  return result;
}

void FunctionLowering::StoreWords(ValueId pointer, int64_t offset, const Words& words) {
  for (ValueId word : words) {
    b_.Store(pointer, offset, word);
    offset += 8;
  }
}

ValueId FunctionLowering::NewObject(ir::DataId descriptor, std::span<const ValueId> words,
                                    uint32_t tag) {
  ValueId object = b_.Alloc(descriptor, static_cast<int64_t>(words.size()), tag);
  int64_t offset = kPayloadOffset;
  for (ValueId word : words) {
    b_.Store(object, offset, word);
    offset += 8;
  }
  return object;
}

Words FunctionLowering::MakeStruct(const Layout& layout, std::span<const Words> fields) {
  if (layout.shape == Shape::kStruct) {
    Words result;
    for (const Words& field : fields) {
      for (ValueId word : field) result.Add(word);
    }
    return result;
  }
  std::vector<ValueId> words;
  for (const Words& field : fields) words.insert(words.end(), field.begin(), field.end());
  return {NewObject(m_.statics().DescriptorOf(layout, 0), words, 0)};
}

Words FunctionLowering::GetField(const Layout& layout, const Words& value, uint32_t index) {
  const FieldLayout& field = layout.fields()[index];
  if (layout.shape == Shape::kStruct) return value.Sub(field.first, field.layout->words.size());
  return LoadWords(value[0], kPayloadOffset + 8 * int64_t{field.first}, field.layout->words);
}

// In a sum type by value every scalar word is an I64.
ValueId FunctionLowering::ToClass(ValueId value, const Word& word) {
  switch (word.scalar) {
    case Scalar::kF64:
      return b_.Unary(Op::kFloatBits, value);
    case Scalar::kI1:
      return b_.Unary(Op::kBoolToInt, value);
    default:
      return value;
  }
}

ValueId FunctionLowering::FromClass(ValueId value, const Word& word) {
  switch (word.scalar) {
    case Scalar::kF64:
      return b_.Unary(Op::kBitsFloat, value);
    case Scalar::kI1:
      return b_.Unary(Op::kIntToBool, value);
    default:
      return value;
  }
}

Words FunctionLowering::MakeVariant(const Layout& layout, uint32_t index,
                                    std::span<const Words> fields) {
  if (layout.shape == Shape::kEnum) return {b_.Int(index)};
  const VariantLayout& variant = layout.variants[index];
  std::vector<ValueId> words;
  for (const Words& field : fields) words.insert(words.end(), field.begin(), field.end());
  if (layout.shape == Shape::kBoxedSum) {
    if (variant.words.empty()) return {b_.Unary(Op::kBitsPtr, b_.Int(index))};
    return {NewObject(m_.statics().DescriptorOf(layout, index), words, index)};
  }
  std::array<ValueId, kSnowMaxValueWords> placed;
  placed[0] = b_.Int(index);
  for (size_t i = 0; i < words.size(); ++i) {
    placed[variant.places[i]] = ToClass(words[i], variant.words[i]);
  }
  Words result;
  for (size_t i = 0; i < layout.words.size(); ++i) {
    result.Add(placed[i].IsValid() ? placed[i] : b_.Zero(layout.words[i].scalar));
  }
  return result;
}

Words FunctionLowering::GetVariantField(const Layout& layout, const Words& value, uint32_t index,
                                        uint32_t field_index) {
  const VariantLayout& variant = layout.variants[index];
  const FieldLayout& field = variant.fields[field_index];
  if (layout.shape == Shape::kBoxedSum) {
    return LoadWords(value[0], kPayloadOffset + 8 * int64_t{field.first}, field.layout->words);
  }
  Words result;
  for (size_t i = 0; i < field.layout->words.size(); ++i) {
    size_t place = variant.places[field.first + i];
    result.Add(FromClass(value[place], field.layout->words[i]));
  }
  return result;
}

void FunctionLowering::SwitchVariant(const Layout& layout, const Words& value,
                                     std::span<const ir::BlockId> targets, ir::BlockId otherwise) {
  // Two blocks at most: a branch; `tag` holds the index.
  auto switch_on = [&](ValueId tag, auto belongs) {
    std::vector<int64_t> cases;
    std::vector<ir::BlockId> blocks;
    bool complete = true;
    for (size_t i = 0; i < layout.variants.size(); ++i) {
      if (!belongs(layout.variants[i])) continue;
      if (targets[i].IsValid()) {
        cases.push_back(static_cast<int64_t>(i));
        blocks.push_back(targets[i]);
      } else {
        complete = false;
      }
    }
    if (cases.empty()) {
      b_.Jump(otherwise);
      return;
    }
    ir::BlockId rest = otherwise;
    if (complete) {
      rest = blocks.back();
      cases.pop_back();
      blocks.pop_back();
    }
    if (cases.empty()) {
      b_.Jump(rest);
    } else if (cases.size() == 1) {
      b_.Branch(b_.Compare(Op::kEq, tag, b_.Int(cases[0])), blocks[0], rest);
    } else {
      b_.Switch(tag, cases, blocks, rest);
    }
  };
  auto all = [](const VariantLayout&) { return true; };
  if (layout.shape != Shape::kBoxedSum) {
    switch_on(value[0], all);
    return;
  }
  size_t immediates = 0;
  for (const VariantLayout& variant : layout.variants) immediates += variant.words.empty();
  auto load_tag = [&] {
    return b_.Binary(Op::kLShr, b_.Load(Scalar::kI64, value[0], 0), b_.Int(kSnowTagShift));
  };
  size_t objects = layout.variants.size() - immediates;
  if (immediates == 0) {
    switch_on(objects == 1 ? ValueId() : load_tag(), all);
    return;
  }
  ValueId bits = b_.Unary(Op::kPtrBits, value[0]);
  if (objects == 0) {
    switch_on(bits, all);
    return;
  }
  ir::BlockId object = b_.NewBlock();
  ir::BlockId immediate = b_.NewBlock();
  b_.Branch(b_.Compare(Op::kULt, bits, b_.Int(kSnowImmediateLimit)), immediate, object);
  b_.SetBlock(immediate);
  switch_on(bits, [](const VariantLayout& variant) { return variant.words.empty(); });
  b_.SetBlock(object);
  switch_on(objects == 1 ? ValueId() : load_tag(),
            [](const VariantLayout& variant) { return !variant.words.empty(); });
}

ValueId FunctionLowering::ConvertScalar(ValueId value, Scalar to) {
  Scalar from = b_.TypeOf(value);
  if (from == to) return value;
  // Through I64, whichever the two are.
  ValueId bits = value;
  switch (from) {
    case Scalar::kF64:
      bits = b_.Unary(Op::kFloatBits, value);
      break;
    case Scalar::kI1:
      bits = b_.Unary(Op::kBoolToInt, value);
      break;
    case Scalar::kPtr:
      bits = b_.Unary(Op::kPtrBits, value);
      break;
    case Scalar::kI64:
      break;
  }
  switch (to) {
    case Scalar::kF64:
      return b_.Unary(Op::kBitsFloat, bits);
    case Scalar::kI1:
      return b_.Unary(Op::kIntToBool, bits);
    case Scalar::kPtr:
      return b_.Unary(Op::kBitsPtr, bits);
    case Scalar::kI64:
      break;
  }
  return bits;
}

Words FunctionLowering::JoinTexts(std::span<const Words> parts) {
  // Frames are kept small: many parts are joined by groups.
  constexpr size_t kGroup = 32;
  if (parts.size() > kGroup) {
    std::vector<Words> groups;
    for (size_t i = 0; i < parts.size(); i += kGroup) {
      groups.push_back(JoinTexts(parts.subspan(i, std::min(kGroup, parts.size() - i))));
    }
    return JoinTexts(groups);
  }
  ValueId frame = b_.Frame(static_cast<int64_t>(2 * parts.size()));
  for (size_t i = 0; i < parts.size(); ++i) {
    StoreWords(frame, static_cast<int64_t>(16 * i), parts[i]);
  }
  ValueId first = b_.CallRuntime(ir::AbiFunction::k_string_join_parts,
                                 {frame, b_.Int(static_cast<int64_t>(parts.size()))});
  return Words::Results(first, 2);
}

void FunctionLowering::Panic(const Words& message) {
  b_.CallRuntime(ir::AbiFunction::k_panic, {message[0], message[1], b_.Site()});
  b_.Unreachable();
}

ValueId FunctionLowering::Spill(const Words& words) {
  ValueId frame = b_.Frame(std::max<int64_t>(1, static_cast<int64_t>(words.size())));
  StoreWords(frame, 0, words);
  return frame;
}

}  // namespace snow::lower
