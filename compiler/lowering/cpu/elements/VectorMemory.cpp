// Implements VectorMemory. Each function emits one or two LLVM ops.
#include "compiler/lowering/cpu/elements/VectorMemory.h"

using namespace mlir;

namespace nnc {

Value VectorMemory::at(Value base, int64_t offset) {
  if (offset == 0)
    return base;
  if (int64_t(int32_t(offset)) == offset)
    return b.create<LLVM::GEPOp>(loc, base.getType(), element, base,
                                 ArrayRef<LLVM::GEPArg>{int32_t(offset)}, true);
  Value number = b.create<LLVM::ConstantOp>(loc, b.getI64Type(), offset);
  return b.create<LLVM::GEPOp>(loc, base.getType(), element, base, ArrayRef<LLVM::GEPArg>{number},
                               true);
}

Value VectorMemory::at(Value base, Value index, int64_t stride) {
  if (stride == 0)
    return base;
  Value number = b.createOrFold<arith::IndexCastOp>(loc, b.getI64Type(), index);
  if (stride != 1)
    number = b.create<LLVM::MulOp>(
        loc, number, b.create<LLVM::ConstantOp>(loc, b.getI64Type(), stride).getResult());
  return b.create<LLVM::GEPOp>(loc, base.getType(), element, base, ArrayRef<LLVM::GEPArg>{number},
                               true);
}

Value VectorMemory::outside(Value base, Value index) {
  Value number = b.createOrFold<arith::IndexCastOp>(loc, b.getI64Type(), index);
  return b.create<LLVM::GEPOp>(loc, base.getType(), element, base, ArrayRef<LLVM::GEPArg>{number});
}

void VectorMemory::prefetch(Value address) {
  b.create<LLVM::Prefetch>(loc, address, /*rw=*/0, /*hint=*/3, /*cache=*/1);
}

Value VectorMemory::load(Value address, Value mask) {
  if (!mask)
    return b.create<LLVM::LoadOp>(loc, vector, address, alignment());
  return b.create<LLVM::MaskedLoadOp>(loc, vector, address, mask, ValueRange{zero()}, alignment());
}

void VectorMemory::store(Value address, Value value) {
  b.create<LLVM::StoreOp>(loc, value, address, alignment());
}

Value VectorMemory::broadcast(Value address) {
  Value scalar = b.create<LLVM::LoadOp>(loc, element, address, alignment());
  Value poison = b.create<LLVM::PoisonOp>(loc, vector);
  Value first = b.create<LLVM::ConstantOp>(loc, b.getI32Type(), 0);
  Value one = b.create<LLVM::InsertElementOp>(loc, poison, scalar, first);
  return b.create<LLVM::ShuffleVectorOp>(loc, one, poison,
                                         SmallVector<int32_t>(vector.getNumElements(), 0));
}

Value VectorMemory::broadcastPair(Value address) {
  // Load it as one element of twice the width, which is one instruction.
  int64_t lanes = vector.getNumElements() / 2;
  auto wide = VectorType::get({lanes}, b.getIntegerType(2 * element.getIntOrFloatBitWidth()));
  Value pair = b.create<LLVM::LoadOp>(loc, wide.getElementType(), address, alignment());
  Value poison = b.create<LLVM::PoisonOp>(loc, wide);
  Value first = b.create<LLVM::ConstantOp>(loc, b.getI32Type(), 0);
  Value one = b.create<LLVM::InsertElementOp>(loc, poison, pair, first);
  Value all = b.create<LLVM::ShuffleVectorOp>(loc, one, poison, SmallVector<int32_t>(lanes, 0));
  return b.create<LLVM::BitcastOp>(loc, vector, all);
}

Value VectorMemory::twice(Value x) {
  SmallVector<int32_t> lanes;
  for (int64_t i = 0; i < vector.getNumElements(); ++i)
    lanes.push_back(int32_t(i / 2));
  return b.create<LLVM::ShuffleVectorOp>(loc, x, x, lanes);
}

Value VectorMemory::interleave(Value x, Value y) {
  int64_t count = vector.getNumElements();
  SmallVector<int32_t> lanes;
  for (int64_t i = 0; i < count; ++i)
    lanes.push_back(int32_t(i / 2 + i % 2 * count));
  return b.create<LLVM::ShuffleVectorOp>(loc, x, y, lanes);
}

Value VectorMemory::everyOther(Value x, int64_t first) {
  int64_t count = vector.getNumElements();
  SmallVector<int32_t> lanes;
  for (int64_t i = 0; i < count; ++i)
    lanes.push_back(int32_t(2 * i % count + first));
  return b.create<LLVM::ShuffleVectorOp>(loc, x, x, lanes);
}

Value VectorMemory::multiplyAdd(Value x, Value y, Value sum) {
  return b.create<LLVM::FMAOp>(loc, vector, x, y, sum);
}

Value VectorMemory::zero() {
  return b.create<LLVM::ConstantOp>(loc, vector, b.getZeroAttr(vector));
}

} // namespace nnc
