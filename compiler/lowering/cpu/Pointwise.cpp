// The generator of pointwise kernels. It walks the index space in vectors along its trailing
// dimensions.
//
// As many trailing dims as possible are walked as one run of memory: all of them if the last dim is
// a whole number of vectors, since each vector then has a single index along every other dim;
// otherwise those in which no op uses an index. If an op can compute a run of elements for little
// more than the cost of one (random numbers), the vectors of the run are computed together.
#include "compiler/lowering/cpu/Generators.h"
#include "compiler/lowering/cpu/elements/IterationSpace.h"
#include "compiler/lowering/cpu/elements/UsedDims.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

/// With fewer elements than this, sharing the work among threads costs more than it saves.
static int64_t grainOf(kern::FusedOp kernel, int64_t lanes, const MachineModel &target) {
  int64_t cost = 2;
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (auto pull = dyn_cast<nn::PullOp>(op))
      cost += pull.getCost();
  return std::max<int64_t>(lanes,
                           target.unitsWorthSharing(target.instructionCycles) * lanes / cost);
}

static LaneDims chooseLanes(KernelEmitter &emitter) {
  RankedTensorType space = emitter.kernel().getSpace();
  unsigned last = space.getRank() - 1;
  LaneDims dims{last, last};
  if (isWhole(space, dims, emitter.lanes()))
    return {0, last};
  llvm::SmallBitVector used = usedDims(emitter);
  if (emitter.hasPitch())
    used.set(0);
  while (dims.first > 0 && !used[dims.first] && !used[dims.first - 1])
    --dims.first;
  return dims;
}

/// Rows of at most this many vectors are unrolled. For longer rows the cost of the loop does not
/// matter.
constexpr int64_t shortRow = 4;

/// The number of adjacent vectors that are computed together, because they share work.
static int64_t groupOf(KernelEmitter &emitter, LaneDims dims) {
  int64_t run = 1;
  for (Operation &op : emitter.kernel().getBody().front().without_terminator())
    if (auto pull = dyn_cast<nn::PullOp>(op))
      run = std::max(run, pull.getSharedRun());
  return run > emitter.lanes() && isWhole(emitter.kernel().getSpace(), dims, run)
             ? run / emitter.lanes()
             : 1;
}

/// A kernel of one element: the first thread computes it.
static void emitScalar(KernelEmitter &emitter) {
  OpBuilder &b = emitter.builder();
  Location loc = emitter.location();
  Value first =
      b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, emitter.thread(), emitter.constant(0));
  b.create<scf::IfOp>(loc, first, [&](OpBuilder &inner, Location) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(inner.saveInsertionPoint());
    emitter.storeResults({}, {}, 1);
    b.create<scf::YieldOp>(loc);
  });
}

namespace {
/// The loops over the vectors of a kernel. The dims before those of the lanes count rows, each of
/// which is a run of vectors.
class VectorLoops {
public:
  explicit VectorLoops(KernelEmitter &emitter);
  void emit();

private:
  void emitRows(int64_t length);
  void emitVectors();
  void emitBlock(Value row, Value block);
  void emitShort(Value row, int64_t from, int64_t count);

  KernelEmitter &emitter;
  OpBuilder &b;
  Location loc;
  RankedTensorType space;
  int64_t lanes;
  LaneDims dims;
  bool whole;
  Value extent; // the elements of a row
  int64_t group;
  SmallVector<unsigned> outer;
  Value blocks, rows; // the vectors of a row, and the number of rows
  int64_t grain;      // in vectors
  ElementScope indices;
  SmallVector<Index> index;
};
} // namespace

VectorLoops::VectorLoops(KernelEmitter &emitter)
    : emitter(emitter), b(emitter.builder()), loc(emitter.location()),
      space(emitter.kernel().getSpace()), lanes(emitter.lanes()), dims(chooseLanes(emitter)),
      whole(isWhole(space, dims, lanes)), extent(extentOf(emitter, space, dims)),
      group(groupOf(emitter, dims)), indices(emitter, b, lanes) {
  for (unsigned dim = 0; dim < dims.first; ++dim)
    outer.push_back(dim);
  Value up = b.createOrFold<arith::AddIOp>(loc, extent, emitter.constant(lanes - 1));
  blocks = b.createOrFold<arith::DivUIOp>(loc, up, emitter.constant(lanes));
  rows = outer.empty() ? emitter.constant(1) : extentOf(emitter, space, {0, dims.first - 1});
  grain = grainOf(emitter.kernel(), lanes, emitter.target()) / lanes;
  index.assign(space.getRank(), indices.constant(0));
}

/// Emits vectors block … block + group - 1 of a row.
void VectorLoops::emitBlock(Value row, Value block) {
  std::optional<Index> start;
  if (!outer.empty()) {
    splitUniform(indices, space, outer, row, index);
    start = indices.uniform(b.createOrFold<arith::MulIOp>(loc, row, extent));
  }
  Value base = b.createOrFold<arith::MulIOp>(loc, block, emitter.constant(lanes));
  Value mask = whole ? Value() : emitter.tailMask(base, extent, lanes);
  for (int64_t vector = 0; vector < group; ++vector) {
    splitLanes(indices, space, dims, vectorAt(indices, base, vector * lanes, group * lanes), index);
    Index along =
        Index::affine(b.createOrFold<arith::AddIOp>(loc, base, emitter.constant(vector * lanes)),
                      lanes == 1 ? 0 : 1, lanes);
    emitter.storeResults(index, {}, lanes, mask, start ? indices.add(*start, along) : along);
  }
}

/// Emits `count` elements of a row, starting at element `from`.
void VectorLoops::emitShort(Value row, int64_t from, int64_t count) {
  ElementScope narrow(emitter, b, count);
  SmallVector<Index> at(space.getRank(), narrow.constant(0));
  splitUniform(narrow, space, outer, row, at);
  Value base = emitter.constant(from);
  splitLanes(narrow, space, dims, vectorAt(narrow, base, 0, count), at);
  Index along = narrow.add(narrow.uniform(b.createOrFold<arith::MulIOp>(loc, row, extent)),
                           Index::affine(base, 1, count));
  emitter.storeResults(at, {}, count, {}, along);
}

/// A unit of work is a row of `length` elements, whose vectors are unrolled: values that depend
/// only on the row are computed once, and masks are constants.
void VectorLoops::emitRows(int64_t length) {
  int64_t count = llvm::divideCeil(length, lanes), rest = length % lanes;
  auto [begin, end] = emitter.share(rows, llvm::divideCeil(grain, count));
  auto loop = b.create<scf::ForOp>(loc, begin, end, emitter.constant(1));
  b.setInsertionPointToStart(loop.getBody());
  for (int64_t block = 0; block < count; ++block) {
    // A remainder of half or a quarter of a vector is a shorter vector. A masked store of a whole
    // vector would delay the loads of the next row if the result has the place of an operand.
    if (block == count - 1 && rest >= 4 && llvm::isPowerOf2_64(rest)) {
      emitShort(loop.getInductionVar(), length - rest, rest);
      break;
    }
    emitBlock(loop.getInductionVar(), emitter.constant(block));
  }
}

/// A unit of work is a vector: block u % blocks of row u / blocks. Shares are multiples of four
/// vectors, so that no two threads write to the same cache line.
void VectorLoops::emitVectors() {
  Value units = b.createOrFold<arith::MulIOp>(loc, rows, blocks);
  auto [begin, end] = emitter.share(units, grain, std::max<int64_t>(4, group));
  auto loop = b.create<scf::ForOp>(loc, begin, end, emitter.constant(group));
  b.setInsertionPointToStart(loop.getBody());
  Value unit = loop.getInductionVar();
  if (outer.empty())
    emitBlock(emitter.constant(0), unit);
  else
    emitBlock(b.createOrFold<arith::DivUIOp>(loc, unit, blocks),
              b.createOrFold<arith::RemUIOp>(loc, unit, blocks));
}

void VectorLoops::emit() {
  OpBuilder::InsertionGuard guard(b);
  std::optional<int64_t> length = staticExtent(space, dims);
  if (!outer.empty() && length && llvm::divideCeil(*length, lanes) <= shortRow && group == 1)
    emitRows(*length);
  else
    emitVectors();
}

void emitPointwise(KernelEmitter &emitter) {
  if (emitter.kernel().getSpace().getRank() == 0)
    emitScalar(emitter);
  else
    VectorLoops(emitter).emit();
}

} // namespace nnc
