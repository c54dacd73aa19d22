// Loads and stores: contiguous, strided, gathered; masked or not.
#include "compiler/lowering/Memory.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnc {

static Value zeroOf(OpBuilder &b, Location loc, Type type) {
  return b.create<arith::ConstantOp>(loc, b.getZeroAttr(type));
}

static unsigned alignmentOf(const Buffer &buffer) {
  return buffer.type.getElementTypeBitWidth() / 8;
}

Value elementAddress(OpBuilder &b, Location loc, const Buffer &buffer, Value offset) {
  Value number = b.createOrFold<arith::IndexCastOp>(loc, b.getI64Type(), offset);
  return b.create<LLVM::GEPOp>(loc, buffer.base.getType(), buffer.type.getElementType(), buffer.base,
                               ArrayRef<LLVM::GEPArg>{number}, /*inbounds=*/true);
}

// The addresses of vector<lanes x index> offsets, for gathers and scatters.
static Value laneAddresses(OpBuilder &b, Location loc, const Buffer &buffer, Value base, Value offsets) {
  int64_t lanes = cast<VectorType>(offsets.getType()).getNumElements();
  Value numbers = b.createOrFold<arith::IndexCastOp>(loc, VectorType::get({lanes}, b.getI64Type()), offsets);
  Type addresses = LLVM::getFixedVectorType(base.getType(), lanes);
  return b.create<LLVM::GEPOp>(loc, addresses, buffer.type.getElementType(), base,
                               ArrayRef<LLVM::GEPArg>{numbers});
}

static Value stridedAddresses(OpBuilder &b, Location loc, const Buffer &buffer, Value offset, int64_t stride,
                              int64_t lanes) {
  SmallVector<int64_t> steps;
  for (int64_t lane = 0; lane < lanes; ++lane)
    steps.push_back(lane * stride);
  Value offsets = b.create<arith::ConstantOp>(
      loc, DenseIntElementsAttr::get(VectorType::get({lanes}, b.getI64Type()), steps));
  Value base = elementAddress(b, loc, buffer, offset);
  Type addresses = LLVM::getFixedVectorType(base.getType(), lanes);
  return b.create<LLVM::GEPOp>(loc, addresses, buffer.type.getElementType(), base,
                               ArrayRef<LLVM::GEPArg>{offsets});
}

static Value allLanes(OpBuilder &b, Location loc, int64_t lanes) {
  auto type = VectorType::get({lanes}, b.getI1Type());
  return b.create<arith::ConstantOp>(loc, DenseElementsAttr::get(type, true));
}

static Value gatherAt(OpBuilder &b, Location loc, const Buffer &buffer, Value addresses, int64_t lanes,
                      Value mask) {
  auto type = VectorType::get({lanes}, buffer.type.getElementType());
  return b.create<LLVM::masked_gather>(loc, type, addresses, mask ? mask : allLanes(b, loc, lanes),
                                       ValueRange{zeroOf(b, loc, type)}, alignmentOf(buffer));
}

Value loadElements(OpBuilder &b, Location loc, const Buffer &buffer, Value offset, int64_t lanes,
                   int64_t stride, Value mask) {
  Type element = buffer.type.getElementType();
  if (lanes == 1) {
    if (!mask)
      return b.create<LLVM::LoadOp>(loc, element, elementAddress(b, loc, buffer, offset));
    // Element 0 always exists.
    Value zero = b.create<arith::ConstantIndexOp>(loc, 0);
    Value safe = b.create<arith::SelectOp>(loc, mask, offset, zero);
    Value loaded = b.create<LLVM::LoadOp>(loc, element, elementAddress(b, loc, buffer, safe));
    return b.create<arith::SelectOp>(loc, mask, loaded, zeroOf(b, loc, element));
  }
  if (stride != 1)
    return gatherAt(b, loc, buffer, stridedAddresses(b, loc, buffer, offset, stride, lanes), lanes, mask);
  auto type = VectorType::get({lanes}, element);
  Value address = elementAddress(b, loc, buffer, offset);
  if (!mask)
    return b.create<LLVM::LoadOp>(loc, type, address, alignmentOf(buffer));
  return b.create<LLVM::MaskedLoadOp>(loc, type, address, mask, ValueRange{zeroOf(b, loc, type)},
                                      alignmentOf(buffer));
}

Value gatherElements(OpBuilder &b, Location loc, const Buffer &buffer, Value offsets, Value mask) {
  auto vector = dyn_cast<VectorType>(offsets.getType());
  if (!vector)
    return loadElements(b, loc, buffer, offsets, 1, 1, mask);
  return gatherAt(b, loc, buffer, laneAddresses(b, loc, buffer, buffer.base, offsets),
                  vector.getNumElements(), mask);
}

void storeElements(OpBuilder &b, Location loc, const Buffer &buffer, Value offset, Value value, int64_t stride,
                   Value mask) {
  auto vector = dyn_cast<VectorType>(value.getType());
  if (!vector) {
    auto put = [&](OpBuilder &b, Location loc) {
      b.create<LLVM::StoreOp>(loc, value, elementAddress(b, loc, buffer, offset));
    };
    if (!mask)
      return put(b, loc);
    b.create<scf::IfOp>(loc, mask, [&](OpBuilder &b, Location loc) {
      put(b, loc);
      b.create<scf::YieldOp>(loc);
    });
    return;
  }
  int64_t lanes = vector.getNumElements();
  if (stride != 1) {
    b.create<LLVM::masked_scatter>(loc, value, stridedAddresses(b, loc, buffer, offset, stride, lanes),
                                   mask ? mask : allLanes(b, loc, lanes), alignmentOf(buffer));
    return;
  }
  Value address = elementAddress(b, loc, buffer, offset);
  if (mask)
    b.create<LLVM::MaskedStoreOp>(loc, value, address, mask, alignmentOf(buffer));
  else
    b.create<LLVM::StoreOp>(loc, value, address, alignmentOf(buffer));
}

} // namespace nnc
