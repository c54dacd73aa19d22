// Walks the reduced elements. The loops carry the states of the reductions, either in one walk or
// in blocks (LongSums.h).
#include "compiler/lowering/cpu/ReductionEmitter.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

/// Reductions of at most this many elements are unrolled: a pooling window of 3 × 3.
constexpr int64_t wholeUnroll = 9;

/// Loops over `dims`, outermost first, that carry the state. Sets their indices.
ReductionEmitter::State ReductionEmitter::walk(ArrayRef<unsigned> dims,
                                               SmallVectorImpl<Index> &index, State state,
                                               llvm::function_ref<State(State)> body) {
  if (dims.empty())
    return body(std::move(state));
  if (product(dims) <= wholeUnroll) {
    // Unroll a short window, so that its indices are constants.
    ElementScope indices(emitter, b, lanes);
    for (int64_t i = 0; i < type.getDimSize(dims[0]); ++i) {
      index[dims[0]] = indices.constant(i);
      state = walk(dims.drop_front(), index, std::move(state), body);
    }
    return state;
  }
  return loop(emitter.constant(0), emitter.extent(type, dims[0]), emitter.constant(1),
              std::move(state), [&](Value i, State inner) {
                index[dims[0]] = Index::affine(i, 0);
                return walk(dims.drop_front(), index, std::move(inner), body);
              });
}

ReductionEmitter::State ReductionEmitter::loop(Value from, Value to, Value by, State state,
                                               llvm::function_ref<State(Value, State)> body) {
  auto loop = b.create<scf::ForOp>(loc, from, to, by, state);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  State inner(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().end());
  b.create<scf::YieldOp>(loc, body(loop.getInductionVar(), std::move(inner)));
  return State(loop.getResults().begin(), loop.getResults().end());
}

/// Whether each value of `state` loses digits on a long walk.
SmallVector<bool> ReductionEmitter::lossy() {
  SmallVector<bool> result;
  for (int64_t vector = 0; vector < vectors; ++vector)
    for (nn::ReductionOp root : roots) {
      Type element = cast<ShapedType>(root->getResult(0).getType()).getElementType();
      result.append(root.buildInitial(b, loc, element).size(), nn::losesDigits(root));
    }
  return result;
}

ReductionEmitter::State ReductionEmitter::walkLevels(Nest &nest, unsigned level, State state) {
  if (level < nest.dims.size())
    return walk(nest.dims.drop_front(level), nest.index, std::move(state),
                [&](State inner) { return walkLevels(nest, nest.dims.size(), std::move(inner)); });
  return nest.hasRun ? nest.run(emitter.constant(0), nest.levels.back().value, std::move(state))
                     : nest.point(std::move(state));
}

ReductionEmitter::State ReductionEmitter::walkPart(Nest &nest, unsigned level, Value from, Value to,
                                                   State state) {
  if (level >= nest.dims.size())
    return nest.run(from, to, std::move(state));
  return loop(from, to, emitter.constant(1), std::move(state), [&](Value i, State inner) {
    nest.index[nest.dims[level]] = Index::affine(i, 0);
    return walkLevels(nest, level + 1, std::move(inner));
  });
}

ReductionEmitter::State ReductionEmitter::walkBlocks(Nest &nest, const SumBlocks &blocks,
                                                     unsigned level, State carried) {
  Value extent = nest.levels[level].value;
  if (level < blocks.level)
    return loop(emitter.constant(0), extent, emitter.constant(1), std::move(carried),
                [&](Value i, State inner) {
                  nest.index[nest.dims[level]] = Index::affine(i, 0);
                  return walkBlocks(nest, blocks, level + 1, std::move(inner));
                });
  Value each = emitter.constant(blocks.each);
  return loop(emitter.constant(0), extent, each, std::move(carried), [&](Value i, State inner) {
    Value end =
        b.createOrFold<arith::MinUIOp>(loc, b.createOrFold<arith::AddIOp>(loc, i, each), extent);
    // States that lose digits start anew in each block, the others continue. The loop carries the
    // states, and then the rounding errors of those that lose digits.
    State block(inner.begin(), inner.begin() + nest.start.size());
    for (auto [value, loses, fresh] : llvm::zip(block, nest.lossy, nest.start))
      value = loses ? fresh : value;
    block = walkPart(nest, level, i, end, std::move(block));
    size_t lost = block.size();
    for (size_t k = 0; k < nest.lossy.size(); ++k)
      if (nest.lossy[k]) {
        std::tie(inner[k], inner[lost]) =
            nn::addCompensated(b, loc, inner[k], inner[lost], block[k]);
        ++lost;
      } else {
        inner[k] = block[k];
      }
    return inner;
  });
}

/// Walks all reduced elements, starting with the initial states.
ReductionEmitter::State ReductionEmitter::walkAll(Nest &nest) {
  for (int64_t vector = 0; vector < vectors; ++vector)
    llvm::append_range(nest.start, initial());
  for (unsigned dim : nest.dims)
    nest.levels.push_back(
        {type.isDynamicDim(dim) ? -1 : type.getDimSize(dim), emitter.extent(type, dim)});
  if (nest.hasRun) {
    auto known = staticExtent(type, laneDims);
    Value steps = b.createOrFold<arith::CeilDivUIOp>(loc, extentOf(emitter, type, laneDims),
                                                     emitter.constant(lanes));
    nest.levels.push_back({known ? int64_t(llvm::divideCeil(*known, lanes)) : -1, steps});
  }
  nest.lossy = lossy();
  auto blocks = llvm::is_contained(nest.lossy, true) ? blocksOf(nest.levels) : std::nullopt;
  if (!blocks)
    return walkLevels(nest, 0, nest.start);
  State carried = nest.start;
  ElementScope scope(emitter, b, lanes);
  for (size_t k = 0; k < nest.lossy.size(); ++k)
    if (nest.lossy[k]) {
      Type element = getElementTypeOrSelf(nest.start[k].getType());
      carried[k] = scope.splat(element, -0.0);
      carried.push_back(scope.splat(element, 0));
    }
  carried = walkBlocks(nest, *blocks, 0, std::move(carried));
  carried.resize(nest.start.size());
  return carried;
}

} // namespace nnc
