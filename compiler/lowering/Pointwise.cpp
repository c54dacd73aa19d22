// Pointwise kernels: the index space is walked in vectors along its trailing dimensions.
//
// As many trailing dims as possible become one run of memory: all of them if no op asks for an index inside them, or if the
// last dim is a whole number of vectors, since then each vector has one index in every other dim.
#include "compiler/lowering/Generators.h"
#include "compiler/lowering/IterationSpace.h"
#include "compiler/lowering/UsedDims.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

/// Elements below which meeting other threads costs more than it saves, for work of `cost` vector instructions an element:
/// about 5 µs of one core.
static int64_t grainOf(kern::FusedOp kernel, int64_t lanes) {
  int64_t cost = 2;
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (auto pull = dyn_cast<nn::PullOp>(op))
      cost += pull.getCost();
  return std::max<int64_t>(lanes, 12000 * lanes / cost);
}

static LaneDims chooseLanes(KernelEmitter &emitter) {
  RankedTensorType space = emitter.kernel().getSpace();
  unsigned last = space.getRank() - 1;
  LaneDims dims{last, last};
  if (isWhole(space, dims, emitter.lanes()))
    return {0, last};
  llvm::SmallBitVector used = usedDims(emitter);
  while (dims.first > 0 && !used[dims.first] && !used[dims.first - 1])
    --dims.first;
  return dims;
}

void emitPointwise(KernelEmitter &emitter) {
  OpBuilder &b = emitter.builder();
  Location loc = emitter.location();
  RankedTensorType space = emitter.kernel().getSpace();
  if (space.getRank() == 0) {
    Value first = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, emitter.thread(), emitter.constant(0));
    b.create<scf::IfOp>(loc, first, [&](OpBuilder &inner, Location) {
      OpBuilder::InsertionGuard guard(b);
      b.restoreInsertionPoint(inner.saveInsertionPoint());
      emitter.storeResults({}, {}, 1);
      b.create<scf::YieldOp>(loc);
    });
    return;
  }

  int64_t lanes = emitter.lanes();
  LaneDims dims = chooseLanes(emitter);
  bool whole = isWhole(space, dims, lanes);
  Value extent = extentOf(emitter, space, dims);
  SmallVector<unsigned> outer;
  for (unsigned dim = 0; dim < dims.first; ++dim)
    outer.push_back(dim);

  // A unit of work is one vector: of outer index u / blocks, and block u % blocks along the lanes.
  Value up = b.createOrFold<arith::AddIOp>(loc, extent, emitter.constant(lanes - 1));
  Value blocks = b.createOrFold<arith::DivUIOp>(loc, up, emitter.constant(lanes));
  Value units = blocks;
  if (!outer.empty())
    units = b.createOrFold<arith::MulIOp>(loc, units, extentOf(emitter, space, {0, dims.first - 1}));
  // Shares of four vectors: no two threads write to one cache line.
  auto [begin, end] = emitter.share(units, grainOf(emitter.kernel(), lanes) / lanes, 4);
  auto loop = b.create<scf::ForOp>(loc, begin, end, emitter.constant(1));

  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value unit = loop.getInductionVar(), block = unit;
  ElementScope indices(emitter, b, lanes);
  SmallVector<Index> index(space.getRank(), indices.uniform(unit));
  std::optional<Index> linear;
  if (!outer.empty()) {
    bool one = staticExtent(space, dims) && *staticExtent(space, dims) <= lanes;
    Value number = one ? unit : b.createOrFold<arith::DivUIOp>(loc, unit, blocks);
    block = one ? emitter.constant(0) : b.createOrFold<arith::RemUIOp>(loc, unit, blocks);
    splitUniform(indices, space, outer, number, index);
    linear = indices.uniform(b.createOrFold<arith::MulIOp>(loc, number, extent));
  }
  Value base = b.createOrFold<arith::MulIOp>(loc, block, emitter.constant(lanes));
  splitLanes(indices, space, dims, base, lanes, index);
  Index along = Index::affine(base, lanes == 1 ? 0 : 1, lanes);
  linear = linear ? indices.add(*linear, along) : along;
  Value mask = whole ? Value() : emitter.tailMask(base, extent, lanes);
  emitter.storeResults(index, {}, lanes, mask, linear);
}

} // namespace nnc
