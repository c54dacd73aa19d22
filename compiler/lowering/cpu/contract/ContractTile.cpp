// Implements emitProducts with a loop for each summed dim, which carries the accumulators as
// vectors. The innermost loop is unrolled with addresses that differ by constants, so that the
// address of each load is an immediate offset from one register.
#include "compiler/lowering/cpu/contract/ContractTile.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnc {
namespace {

class Products {
public:
  Products(KernelEmitter &emitter, VectorMemory memory, const TileOperand &scalars,
           const TileOperand &vectors, ArrayRef<Value> masks, ArrayRef<SummedExtent> extents,
           int64_t unroll)
      : emitter(emitter), b(emitter.builder()), loc(emitter.location()), memory(memory),
        scalars(scalars), vectors(vectors), masks(masks), extents(extents), unroll(unroll) {}

  using Sums = SmallVector<Value>;

  /// Emits all products of the summed dims from `level` on, at the given addresses.
  Sums walk(unsigned level, Value scalarBase, Value vectorBase, Sums sums) {
    if (level == extents.size())
      return step(scalarBase, vectorBase, 0, std::move(sums));
    if (level + 1 == extents.size())
      return walkInner(scalarBase, vectorBase, std::move(sums));
    Value first = extents[level].first ? extents[level].first : emitter.constant(0);
    return loop(first, extents[level].value, 1, std::move(sums), [&](Value i, Sums inner) {
      return walk(level + 1, memory.at(scalarBase, i, scalars.strides[level]),
                  memory.at(vectorBase, i, vectors.strides[level]), std::move(inner));
    });
  }

private:
  /// Emits one step: rows * columns multiply-adds.
  Sums step(Value scalarBase, Value vectorBase, int64_t k, Sums sums) {
    int64_t scalarOffset = k ? k * scalars.strides.back() : 0,
            vectorOffset = k ? k * vectors.strides.back() : 0;
    SmallVector<Value> columns;
    for (auto [offset, mask] : llvm::zip(vectors.offsets, masks))
      columns.push_back(memory.load(memory.at(vectorBase, vectorOffset + offset), mask));
    unsigned i = 0;
    for (auto [row, offset] : llvm::enumerate(scalars.offsets)) {
      if (skip && (k < scalars.ranges[row].first || k >= scalars.ranges[row].second)) {
        i += columns.size();
        continue;
      }
      Value address = memory.at(scalarBase, scalarOffset + offset);
      Value scalar = scalars.pairs ? memory.broadcastPair(address) : memory.broadcast(address);
      for (Value column : columns) {
        sums[i] = memory.multiplyAdd(scalar, column, sums[i]);
        ++i;
      }
    }
    return sums;
  }

  Sums steps(Value scalarBase, Value vectorBase, int64_t first, int64_t count, Sums sums) {
    for (int64_t k = first; k < first + count; ++k)
      sums = step(scalarBase, vectorBase, k, std::move(sums));
    return sums;
  }

  Sums walkInner(Value scalarBase, Value vectorBase, Sums sums) {
    int64_t scalarStride = scalars.strides.back(), vectorStride = vectors.strides.back();
    SummedExtent extent = extents.back();
    if (unroll > 1 && extent.known >= 0 && extent.known <= wholeUnroll) {
      skip = !scalars.ranges.empty();
      sums = steps(scalarBase, vectorBase, 0, extent.known, std::move(sums));
      skip = false;
      return sums;
    }
    // Whole iterations of `unroll` steps, then the remainder.
    int64_t knownWhole = extent.known - extent.known % unroll;
    Value whole = extent.known >= 0 ? emitter.constant(knownWhole) : Value();
    if (!whole) {
      Value passes = b.createOrFold<arith::DivUIOp>(loc, extent.value, emitter.constant(unroll));
      whole = b.createOrFold<arith::MulIOp>(loc, passes, emitter.constant(unroll));
    }
    sums = loop(emitter.constant(0), whole, unroll, std::move(sums), [&](Value k, Sums inner) {
      return steps(memory.at(scalarBase, k, scalarStride), memory.at(vectorBase, k, vectorStride),
                   0, unroll, std::move(inner));
    });
    if (extent.known >= 0)
      return steps(memory.at(scalarBase, knownWhole * scalarStride),
                   memory.at(vectorBase, knownWhole * vectorStride), 0, extent.known - knownWhole,
                   std::move(sums));
    return loop(whole, extent.value, 1, std::move(sums), [&](Value k, Sums inner) {
      return step(memory.at(scalarBase, k, scalarStride), memory.at(vectorBase, k, vectorStride), 0,
                  std::move(inner));
    });
  }

  Sums loop(Value from, Value to, int64_t by, Sums sums,
            llvm::function_ref<Sums(Value, Sums)> body) {
    auto loop = b.create<scf::ForOp>(loc, from, to, emitter.constant(by), sums);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Sums inner(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().end());
    b.create<scf::YieldOp>(loc, body(loop.getInductionVar(), std::move(inner)));
    return Sums(loop.getResults().begin(), loop.getResults().end());
  }

  KernelEmitter &emitter;
  OpBuilder &b;
  Location loc;
  VectorMemory memory;
  const TileOperand &scalars, &vectors;
  ArrayRef<Value> masks;
  ArrayRef<SummedExtent> extents;
  int64_t unroll;
  bool skip = false; // skip steps by scalars.ranges
};

} // namespace

SmallVector<Value> emitProducts(KernelEmitter &emitter, Type element, int64_t lanes,
                                const TileOperand &scalars, const TileOperand &vectors,
                                ArrayRef<Value> masks, ArrayRef<SummedExtent> extents,
                                int64_t unroll, SmallVector<Value> sums) {
  VectorMemory memory(emitter.builder(), emitter.location(), element, lanes);
  Products products(emitter, memory, scalars, vectors, masks, extents, unroll);
  return products.walk(0, scalars.base, vectors.base, std::move(sums));
}

} // namespace nnc
