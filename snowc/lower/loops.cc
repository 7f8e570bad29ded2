// while and for.
#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using hir::Expr;
using ir::BlockId;
using ir::Op;
using ir::Scalar;
using ir::ValueId;

namespace {

// Room that a list of unknown length gets first.
constexpr int64_t kFirstCapacity = 8;
// A range may be left long before its end.
constexpr int64_t kMostForRange = 65536;

}  // namespace

Words FunctionLowering::EvalWhile(const Expr* expr) {
  BlockId head = b_.NewBlock();
  BlockId body = b_.NewBlock();
  BlockId next = b_.NewBlock();
  BlockId exit = b_.NewBlock();
  b_.Jump(head);
  b_.SetBlock(head);
  EvalCondition(expr->operands[0], body, exit);
  b_.SetBlock(body);
  loops_.push_back({next, exit});
  Eval(expr->operands[1]);
  loops_.pop_back();
  b_.Jump(next);
  b_.SetBlock(next);
  LoopBack(head);
  b_.SetBlock(exit);
  return {};
}

FunctionLowering::Collector FunctionLowering::NewCollector(TypeId element) {
  Collector collector;
  collector.element = LayoutOf(element).words;
  collector.buffer = b_.NewSlot(Scalar::kPtr);
  collector.count = b_.NewSlot(Scalar::kI64);
  collector.capacity = b_.NewSlot(Scalar::kI64);
  b_.Set(collector.buffer, b_.Null());
  b_.Set(collector.count, b_.Int(0));
  b_.Set(collector.capacity, b_.Int(0));
  return collector;
}

// Appends to the list under construction; nobody else sees its buffer yet.
void FunctionLowering::Collect(const Collector& collector, const Words& value) {
  std::span<const Word> element = collector.element;
  ValueId count = b_.Get(collector.count);
  ValueId capacity = b_.Get(collector.capacity);
  BlockId full = b_.NewBlock();
  BlockId room = b_.NewBlock();
  BlockId store = b_.NewBlock();
  b_.Branch(b_.Compare(Op::kLt, count, capacity), room, full, /*unlikely_second=*/true);

  b_.SetBlock(full);
  ValueId empty = b_.Compare(Op::kEq, capacity, b_.Int(0));
  ValueId larger =
      b_.Select(empty, collector.first_capacity, b_.Binary(Op::kShl, capacity, b_.Int(1)));
  ValueId buffer = NewBuffer(element, larger);
  ValueId bytes = b_.Binary(Op::kShl, Scale(count, element.size()), b_.Int(3));
  ValueId old = b_.Get(collector.buffer);
  ValueId head = b_.Int(kBufferElementsOffset);
  BlockId copy = b_.NewBlock();
  BlockId copied = b_.NewBlock();
  b_.Branch(empty, copied, copy);
  b_.SetBlock(copy);
  b_.MoveBytes(b_.PtrAdd(buffer, head), b_.PtrAdd(old, head), bytes);
  b_.Store32(buffer, count, kBufferFillOffset);
  b_.Jump(copied);
  b_.SetBlock(copied);
  b_.Set(collector.buffer, buffer);
  b_.Set(collector.capacity, larger);
  b_.Jump(store);

  b_.SetBlock(room);
  Remember(b_.Get(collector.buffer), element, count, ValueId());
  b_.Jump(store);

  b_.SetBlock(store);
  ValueId target = b_.Get(collector.buffer);
  StoreElement(target, count, element, value);
  ValueId next = b_.Binary(Op::kAdd, count, b_.Int(1));
  b_.Store32(target, next, kBufferFillOffset);
  b_.Set(collector.count, next);
}

Words FunctionLowering::Collected(const Collector& collector) {
  ValueId count = b_.Get(collector.count);
  return {b_.Get(collector.buffer), b_.Binary(Op::kShl, count, b_.Int(32))};
}

// One turn: binds the item, filters, evaluates the body; ends in a jump to `next`.
void FunctionLowering::ForBody(const hir::ForLoop& loop, const Words& item, BlockId next,
                               BlockId exit, const Collector* collector) {
  loops_.push_back({next, exit});
  BindPattern(loop.pattern, item);
  if (loop.filter != nullptr) {
    BlockId passed = b_.NewBlock();
    EvalCondition(loop.filter, passed, next);
    b_.SetBlock(passed);
  }
  SetLocation(loop.body->span);
  Words value = Eval(loop.body);
  loops_.pop_back();
  if (collector != nullptr && !b_.dead()) Collect(*collector, value);
  b_.Jump(next);
}

void FunctionLowering::ForList(const hir::ForLoop& loop, TypeId element, const Words& list,
                               Collector* collector, BlockId exit) {
  ValueId length = ListLength(list);
  ValueId first = ListOffset(list);
  ValueId end = b_.Binary(Op::kAdd, first, length);
  // Not used while the list is empty.
  if (collector != nullptr) collector->first_capacity = length;
  ForIndex(first, end, exit, [&](ValueId at, BlockId next) {
    Words item = LoadElement(list[0], at, LayoutOf(element).words);
    ForBody(loop, item, next, exit, collector);
  });
}

// Counts from `first` up to `end`. The turns come in runs without a reduction check.
void FunctionLowering::ForIndex(ValueId first, ValueId end, BlockId exit,
                                const std::function<void(ValueId, BlockId)>& turn) {
  constexpr int64_t kFirstRun = 16;
  constexpr int64_t kRun = 128;
  ir::SlotId index = b_.NewSlot(Scalar::kI64);
  ir::SlotId limit = b_.NewSlot(Scalar::kI64);
  // The end of a run of so many turns, which is not past the end.
  auto run_from = [&](ValueId at, int64_t turns) {
    ValueId left = b_.Binary(Op::kSub, end, at);
    ValueId most = b_.Int(turns);
    ValueId run = b_.Select(b_.Compare(Op::kULt, left, most), left, most);
    b_.Set(limit, b_.Binary(Op::kAdd, at, run));
  };
  BlockId start = b_.NewBlock();
  BlockId head = b_.NewBlock();
  BlockId body = b_.NewBlock();
  BlockId next = b_.NewBlock();
  BlockId pause = b_.NewBlock();
  BlockId check = b_.NewBlock();
  b_.Branch(b_.Compare(Op::kLt, first, end), start, exit);
  b_.SetBlock(start);
  b_.Set(index, first);
  run_from(first, kFirstRun);
  b_.Jump(head);
  b_.SetBlock(head);
  ValueId at = b_.Get(index);
  b_.Branch(b_.Compare(Op::kLt, at, b_.Get(limit)), body, pause);
  b_.SetBlock(body);
  turn(at, next);
  b_.SetBlock(next);
  b_.Set(index, b_.Binary(Op::kAdd, at, b_.Int(1)));
  b_.Jump(head);
  b_.SetBlock(pause);
  b_.Branch(b_.Compare(Op::kLt, at, end), check, exit);
  b_.SetBlock(check);
  b_.Safepoint(kRun);
  run_from(at, kRun);
  b_.Jump(head);
}

void FunctionLowering::ForRange(const hir::ForLoop& loop, ValueId first, ValueId end,
                                Collector* collector, BlockId exit) {
  if (collector != nullptr) {
    ValueId most = b_.Int(kMostForRange);
    // Wraps for ranges over half of all numbers, which is then more than `most`.
    ValueId length = b_.Binary(Op::kSub, end, first);
    collector->first_capacity = b_.Select(b_.Compare(Op::kULt, length, most), length, most);
  }
  ForIndex(first, end, exit,
           [&](ValueId at, BlockId next) { ForBody(loop, {at}, next, exit, collector); });
}

bool FunctionLowering::ForTable(const hir::ForLoop& loop, TypeId iterable_type,
                                const Words& iterable, Span span, Collector* collector,
                                BlockId exit) {
  const hir::WellKnown& known = m_.program().known;
  hir::TyConId con(m_.types().Get(iterable_type).con);
  if (con == known.map) {
    return ForMap(loop, iterable_type, iterable, /*keys_only=*/false, span, collector, exit);
  }
  if (con != known.set) return false;
  const Layout& set = LayoutOf(iterable_type);
  return ForMap(loop, set.fields()[0].type, GetField(set, iterable, 0), /*keys_only=*/true, span,
                collector, exit);
}

// By number of the entry; a Set is a Map without values.
bool FunctionLowering::ForMap(const hir::ForLoop& loop, TypeId map_type, const Words& map,
                              bool keys_only, Span span, Collector* collector, BlockId exit) {
  hir::FunctionId live_function = m_.program().FindFunction("std.Map.__live");
  hir::FunctionId entry_function = m_.program().FindFunction("std.Map.__entry");
  hir::FunctionId size_function = m_.program().FindFunction("std.Map.size");
  if (!live_function.IsValid() || !entry_function.IsValid() || !size_function.IsValid()) {
    return false;
  }
  TypeArgs* args = m_.types().Intern(m_.types().Get(map_type).args);
  Words live = CallTarget({live_function, args}, {&map, 1}, {}, span, /*tail=*/false);
  Words size = CallTarget({size_function, args}, {&map, 1}, {}, span, /*tail=*/false);
  if (collector != nullptr) collector->first_capacity = size[0];
  TypeId pair = m_.types().Concrete(m_.HirFunction(entry_function).result, args);
  ForIndex(b_.Int(0), size[0], exit, [&](ValueId at, BlockId next) {
    Words entry_args[] = {map, live, {at}};
    Words entry = CallTarget({entry_function, args}, entry_args, {}, span, /*tail=*/false);
    ForBody(loop, keys_only ? GetField(LayoutOf(pair), entry, 0) : entry, next, exit, collector);
  });
  return true;
}

// The library's Iter is started once; each call of what that gives is one step.
void FunctionLowering::ForIter(const hir::ForLoop& loop, TypeId iter, const Words& iterator,
                               hir::FunctionId start, Span span, Collector* collector,
                               BlockId exit) {
  TypeArgs* args = m_.types().Intern(m_.types().Get(iter).args);
  const hir::Function& start_function = m_.HirFunction(start);
  TypeId step_type = m_.types().Concrete(start_function.result, args);
  Words step = CallTarget({start, args}, {&iterator, 1}, {}, span, /*tail=*/false);
  BlockId head = b_.NewBlock();
  BlockId body = b_.NewBlock();
  BlockId next = b_.NewBlock();
  b_.Jump(head);
  b_.SetBlock(head);
  const Layout& option = LayoutOf(FunResult(step_type));
  Words result = CallClosure(step, {}, {}, option, /*tail=*/false);
  SwitchOption(option, result, body, exit);
  b_.SetBlock(body);
  ForBody(loop, GetVariantField(option, result, m_.variants().some, 0), next, exit, collector);
  b_.SetBlock(next);
  LoopBack(head);
}

void FunctionLowering::SwitchOption(const Layout& option, const Words& value, BlockId some,
                                    BlockId none) {
  std::vector<BlockId> targets(2);
  targets[m_.variants().none] = none;
  targets[m_.variants().some] = some;
  SwitchVariant(option, value, targets, none);
}

void FunctionLowering::ForIterator(const hir::ForLoop& loop, const Words& iterable, Span span,
                                   Collector* collector, BlockId exit) {
  Target iter = m_.Resolve(loop.iter, scope_->args);
  Words iterator = CallTarget(iter, {&iterable, 1}, {}, span, /*tail=*/false);
  if (b_.dead()) return;
  if (collector != nullptr) collector->first_capacity = b_.Int(kFirstCapacity);
  TypeId iterator_type = m_.types().Concrete(m_.HirFunction(iter.function).result, iter.args);
  const hir::Type type = m_.types().Get(iterator_type);
  hir::FunctionId start = m_.program().FindFunction("std.Iter.__start");
  if (type.kind == hir::TypeKind::kCon && hir::TyConId(type.con) == m_.program().known.iter &&
      start.IsValid()) {
    ForIter(loop, iterator_type, iterator, start, span, collector, exit);
    return;
  }
  std::vector<ir::SlotId> slots;
  for (ValueId word : iterator) {
    slots.push_back(b_.NewSlot(b_.TypeOf(word)));
    b_.Set(slots.back(), word);
  }
  BlockId head = b_.NewBlock();
  BlockId body = b_.NewBlock();
  BlockId next = b_.NewBlock();
  b_.Jump(head);
  b_.SetBlock(head);
  Words state;
  for (ir::SlotId slot : slots) state.Add(b_.Get(slot));
  Target step = m_.Resolve(loop.next, scope_->args);
  Words result = CallTarget(step, {&state, 1}, {}, span, /*tail=*/false);
  if (b_.dead()) return;
  const hir::Function& function = m_.HirFunction(step.function);
  const Layout& option = LayoutOf(m_.types().Concrete(function.result, step.args));
  SwitchOption(option, result, body, exit);
  b_.SetBlock(body);
  Words pair = GetVariantField(option, result, m_.variants().some, 0);
  const Layout& pair_layout = *option.variants[m_.variants().some].fields[0].layout;
  Words rest = GetField(pair_layout, pair, 1);
  for (size_t i = 0; i < slots.size(); ++i) b_.Set(slots[i], rest[i]);
  ForBody(loop, GetField(pair_layout, pair, 0), next, exit, collector);
  b_.SetBlock(next);
  LoopBack(head);
}

Words FunctionLowering::EvalFor(const Expr* expr) {
  const hir::ForLoop& loop = *expr->for_loop;
  const hir::WellKnown& known = m_.program().known;
  TypeId iterable_type = Type(loop.iterable->type);
  Words iterable = Eval(loop.iterable);
  if (b_.dead()) return {};
  SetLocation(expr->span);
  std::optional<Collector> collector;
  if (loop.yields) collector = NewCollector(m_.types().Get(Type(expr->type)).args[0]);
  Collector* collect = collector.has_value() ? &*collector : nullptr;
  BlockId exit = b_.NewBlock();
  const hir::Type type = m_.types().Get(iterable_type);
  bool is_con = type.kind == hir::TypeKind::kCon;
  if (is_con && hir::TyConId(type.con) == known.list) {
    ForList(loop, type.args[0], iterable, collect, exit);
  } else if (is_con && hir::TyConId(type.con) == known.range && iterable.size() == 2) {
    ForRange(loop, iterable[0], iterable[1], collect, exit);
  } else if (!is_con || !ForTable(loop, iterable_type, iterable, expr->span, collect, exit)) {
    ForIterator(loop, iterable, expr->span, collect, exit);
  }
  b_.SetBlock(exit);
  return collect == nullptr ? Words() : Collected(*collect);
}

}  // namespace snow::lower
