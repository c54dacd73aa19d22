// Reads nn_call, and emits barriers, profiler stamps and early returns.
#include "compiler/lowering/cpu/CallFrame.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "runtime/abi.h"

#include <cstddef>

using namespace mlir;

namespace nnc {

// The fields of nn_call, in order, each 8 bytes.
enum Field {
  Arena,
  Scratch,
  In,
  Out,
  Scalars,
  Rows,
  Capacity,
  Barrier,
  BarrierData,
  Stamp,
  StampData
};
static_assert(offsetof(nn_call, rows) == 8 * Rows &&
                  offsetof(nn_call, barrier_data) == 8 * BarrierData &&
                  offsetof(nn_call, stamp_data) == 8 * StampData && sizeof(nn_call) == 88,
              "nn_call changed: this file must follow");

void CallFrame::begin(StringRef name) {
  MLIRContext *context = b.getContext();
  pointer = LLVM::LLVMPointerType::get(context);
  Type i32 = b.getI32Type();
  SmallVector<Type> types{pointer, i32, i32};
  types.append(elements.size(), b.getI64Type());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types);
  func = b.create<LLVM::LLVMFuncOp>(loc, name, type);
  home = func.addEntryBlock(b);
  b.setInsertionPointToStart(home);
  call = func.getArgument(0);
  llvm::copy(func.getArguments().drop_front(3), elements.begin());
}

CallFrame::CallFrame(OpBuilder &b, Location loc, StringRef name, LLVM::LLVMFuncOp other,
                     int64_t otherRows)
    : b(b), loc(loc) {
  begin(name);
  first = func;
  if (other)
    leaveTo(other, otherRows);
  readFields();
}

void CallFrame::readFields() {
  threadNumber = b.create<LLVM::SExtOp>(loc, b.getI64Type(), func.getArgument(1));
  threadCount = b.create<LLVM::SExtOp>(loc, b.getI64Type(), func.getArgument(2));
  rowCount = field(Rows, b.getI64Type());
  capacity = field(Capacity, b.getI64Type());
  Value one = b.create<LLVM::ConstantOp>(loc, b.getI32Type(), 1);
  several = b.create<LLVM::ICmpOp>(loc, LLVM::ICmpPredicate::sgt, func.getArgument(2), one);
  // Read all fields at the start, so that they are available in every later block.
  for (unsigned i : {Arena, Scratch, In, Out, Scalars, Barrier, BarrierData})
    fields[i] = field(i, pointer);
}

CallFrame::CallFrame(OpBuilder &b, Location loc, StringRef name, int64_t rows) : b(b), loc(loc) {
  begin(name);
  first = func;
  threadNumber = number(0);
  threadCount = number(1);
  rowCount = capacity = number(rows);
  for (unsigned i : {Arena, In, Out, Scalars})
    fields[i] = field(i, pointer);
}

void CallFrame::beginInternal(StringRef name) {
  b.setInsertionPointAfter(func);
  begin(name);
  func.setLinkage(LLVM::Linkage::Internal);
  func.setPassthroughAttr(b.getStrArrayAttr({"noinline", "nounwind"}));
  addresses.clear();
}

void CallFrame::goOnIn(StringRef name) {
  if (!several) // the flat form, which is short
    return;
  LLVM::LLVMFuncOp before = func;
  OpBuilder end(b);
  beginInternal(name);
  end.create<LLVM::CallOp>(loc, func, before.getArguments())
      .setTailCallKind(LLVM::TailCallKind::Tail);
  end.create<LLVM::ReturnOp>(loc, ValueRange());
  readFields();
}

void CallFrame::beginLoop(int64_t runs, bool backwards, StringRef body) {
  Loop loop{nullptr, backwards ? -1 : 1, backwards ? -1 : runs};
  Block *before = b.getInsertionBlock();
  loop.head = before->splitBlock(b.getInsertionPoint());
  elements.push_back(loop.head->addArgument(b.getI64Type(), loc));
  b.setInsertionPointToEnd(before);
  Value first = number(backwards ? runs - 1 : 0);
  b.create<cf::BranchOp>(loc, loop.head, first);
  b.setInsertionPointToEnd(loop.head);
  if (!body.empty()) {
    CallScope outer = *this;
    OpBuilder::InsertPoint place = b.saveInsertionPoint();
    OpBuilder run(b);
    SmallVector<Value> arguments(func.getArguments().take_front(3));
    arguments.append(elements);
    beginInternal(body);
    run.create<LLVM::CallOp>(loc, func, arguments);
    readFields();
    loop.around.emplace(std::move(outer), place);
  }
  loops.push_back(std::move(loop));
}

void CallFrame::endLoop() {
  Loop loop = loops.pop_back_val();
  if (loop.around) {
    finish();
    static_cast<CallScope &>(*this) = std::move(loop.around->first);
    b.restoreInsertionPoint(loop.around->second);
  }
  Block *here = b.getInsertionBlock();
  Block *after = here->splitBlock(b.getInsertionPoint());
  b.setInsertionPointToEnd(here);
  Value next = b.create<LLVM::AddOp>(loc, elements.pop_back_val(), number(loop.step));
  Value more = b.create<LLVM::ICmpOp>(loc, LLVM::ICmpPredicate::ne, next, number(loop.end));
  b.create<cf::CondBranchOp>(loc, more, loop.head, next, after, ValueRange());
  b.setInsertionPointToEnd(after);
}

void CallFrame::keepOnStack(kern::PlaceAttr place, int64_t bytes) {
  addresses[place] =
      b.create<LLVM::AllocaOp>(loc, pointer, b.getI8Type(), number(bytes), /*alignment=*/64);
}

Value CallFrame::number(int64_t value) {
  return b.create<LLVM::ConstantOp>(loc, b.getI64Type(), value);
}

Value CallFrame::field(unsigned number, Type type) {
  Value address = b.create<LLVM::GEPOp>(loc, pointer, b.getI64Type(), call,
                                        ArrayRef<LLVM::GEPArg>{int32_t(number)});
  return b.create<LLVM::LoadOp>(loc, type, address);
}

Value CallFrame::pointerTo(Value base, Value bytes) {
  return b.create<LLVM::GEPOp>(loc, pointer, b.getI8Type(), base, ArrayRef<LLVM::GEPArg>{bytes});
}

Value CallFrame::address(kern::PlaceAttr place, const Pools &pools) {
  Value address = addressOfWhole(place, pools);
  for (auto [step, element] : llvm::zip(place.getSteps(), elements))
    if (step)
      address = pointerTo(address, b.create<LLVM::MulOp>(loc, element, number(step)));
  return address;
}

Value CallFrame::addressOfWhole(kern::PlaceAttr place, const Pools &pools) {
  Value &known = addresses[place.getWhole()];
  if (known)
    return known;
  OpBuilder::InsertionGuard guard(b);
  if (b.getInsertionBlock() != home)
    b.setInsertionPoint(home->getTerminator());
  auto entryOf = [&](Value table) -> Value {
    return b.create<LLVM::LoadOp>(loc, pointer, pointerTo(table, number(8 * place.getOffset())));
  };
  auto forRows = [&](int64_t bytes) -> Value {
    return b.create<LLVM::MulOp>(loc, capacity, number(bytes));
  };
  switch (place.getMemory()) {
  case kern::Memory::fixed:
    return known = pointerTo(fields[Scratch], number(place.getOffset()));
  case kern::Memory::row: {
    Value bytes = forRows(place.getOffset());
    return known = pointerTo(pointerTo(fields[Scratch], number(pools.fixedBytes)), bytes);
  }
  case kern::Memory::square: {
    Value bytes = b.create<LLVM::MulOp>(loc, capacity, forRows(place.getOffset()));
    Value rows = pointerTo(fields[Scratch], number(pools.fixedBytes));
    return known = pointerTo(pointerTo(rows, forRows(pools.rowBytes)), bytes);
  }
  case kern::Memory::tensor:
    return known = pointerTo(fields[Arena], number(place.getOffset()));
  case kern::Memory::field:
    return known = entryOf(fields[In]);
  case kern::Memory::result:
    return known = entryOf(fields[Out]);
  case kern::Memory::scalar:
    return known = pointerTo(fields[Scalars], number(8 * place.getOffset()));
  }
  llvm_unreachable("unknown memory");
}

void CallFrame::barrier(std::optional<int32_t> event) {
  if (!several) // there are no other threads
    return;
  Block *here = b.getInsertionBlock();
  Block *after = here->splitBlock(b.getInsertionPoint());
  Block *meet = b.createBlock(after);
  b.setInsertionPointToEnd(here);
  b.create<cf::CondBranchOp>(loc, several, meet, after);
  b.setInsertionPointToEnd(meet);
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), {pointer});
  b.create<LLVM::CallOp>(loc, type, ValueRange{fields[Barrier], fields[BarrierData]});
  if (event)
    stamp(*event);
  b.create<cf::BranchOp>(loc, after);
  b.setInsertionPointToEnd(after);
}

void CallFrame::stamp(int32_t event) {
  Type i32 = b.getI32Type();
  Value thread = func.getBody().front().getArgument(1);
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), {pointer, i32, i32});
  Value number = b.create<LLVM::ConstantOp>(loc, i32, event);
  Value function = field(Stamp, pointer), data = field(StampData, pointer);
  b.create<LLVM::CallOp>(loc, type, ValueRange{function, data, thread, number});
}

void CallFrame::returnUnlessFinite(Value value) {
  // x - x is 0 for finite x and NaN otherwise.
  Value difference = b.create<LLVM::FSubOp>(loc, value, value);
  Value finite = b.create<LLVM::FCmpOp>(loc, LLVM::FCmpPredicate::ord, difference, difference);
  Block *here = b.getInsertionBlock();
  Block *after = here->splitBlock(b.getInsertionPoint());
  Block *leave = b.createBlock(after);
  b.setInsertionPointToEnd(here);
  b.create<cf::CondBranchOp>(loc, finite, after, leave);
  b.setInsertionPointToEnd(leave);
  b.create<LLVM::ReturnOp>(loc, ValueRange());
  b.setInsertionPointToEnd(after);
}

// Comes first and needs no frame: a flat step may take less time than saving and restoring
// registers.
void CallFrame::leaveTo(LLVM::LLVMFuncOp other, int64_t rows) {
  Block *first = func.addBlock(), *work = func.addBlock(), *leave = func.addBlock();
  home = func.addBlock();
  Value usual = b.create<LLVM::ICmpOp>(loc, LLVM::ICmpPredicate::eq, field(Rows, b.getI64Type()),
                                       number(rows));
  b.create<cf::CondBranchOp>(loc, usual, first, home);
  b.setInsertionPointToEnd(first);
  Value zero = b.create<LLVM::ConstantOp>(loc, b.getI32Type(), 0);
  Value mine = b.create<LLVM::ICmpOp>(loc, LLVM::ICmpPredicate::eq, func.getArgument(1), zero);
  b.create<cf::CondBranchOp>(loc, mine, work, leave);
  b.setInsertionPointToEnd(work);
  b.create<LLVM::CallOp>(loc, other, func.getArguments()).setTailCallKind(LLVM::TailCallKind::Tail);
  b.create<LLVM::ReturnOp>(loc, ValueRange());
  b.setInsertionPointToEnd(leave);
  b.create<LLVM::ReturnOp>(loc, ValueRange());
  b.setInsertionPointToEnd(home);
}

void CallFrame::finish() { b.create<LLVM::ReturnOp>(loc, ValueRange()); }

} // namespace nnc
