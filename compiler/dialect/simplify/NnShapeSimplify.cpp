// Simplifies ops that move elements (they cancel or change order), and lets contractions absorb
// them.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace nnc::nn {

// reshape(reshape x) = reshape x
static LogicalResult mergeReshapes(ReshapeOp op, PatternRewriter &b) {
  auto inner = op.getX().getDefiningOp<ReshapeOp>();
  if (!inner)
    return failure();
  b.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), inner.getX());
  return success();
}

// slice(slice x) = slice x;  slice(concat …) = slice of the one operand that contains it
static LogicalResult simplifySlice(SliceOp op, PatternRewriter &b) {
  RankedTensorType x = op.getX().getType();
  int64_t rank = x.getRank();
  if (auto inner = op.getX().getDefiningOp<SliceOp>()) {
    SmallVector<int64_t> start, limit, stride;
    for (int64_t i = 0; i < rank; ++i) {
      start.push_back(inner.getStart()[i] + op.getStart()[i] * inner.getStride()[i]);
      stride.push_back(op.getStride()[i] * inner.getStride()[i]);
      limit.push_back(
          x.isDynamicDim(i) ? -1 : start[i] + (op.getType().getDimSize(i) - 1) * stride[i] + 1);
    }
    b.replaceOpWithNewOp<SliceOp>(op, inner.getX(), start, limit, stride);
    return success();
  }
  if (auto inner = op.getX().getDefiningOp<ConcatOp>()) {
    int64_t dim = inner.getDim(), offset = 0;
    for (Value part : inner.getXs()) {
      int64_t size = cast<RankedTensorType>(part.getType()).getDimSize(dim);
      if (op.getStart()[dim] >= offset && op.getLimit()[dim] <= offset + size) {
        SmallVector<int64_t> start(op.getStart()), limit(op.getLimit());
        start[dim] -= offset;
        limit[dim] -= offset;
        b.replaceOpWithNewOp<SliceOp>(op, part, start, limit, op.getStride());
        return success();
      }
      offset += size;
    }
  }
  return failure();
}

// slice(pad x) = pad(slice x), which needs fewer zeros; x itself if the slice takes exactly the
// elements that pad had separated
static LogicalResult sliceOfPad(SliceOp op, PatternRewriter &b) {
  auto pad = op.getX().getDefiningOp<PadOp>();
  if (!pad)
    return failure();
  RankedTensorType x = pad.getX().getType();
  SmallVector<int64_t> start, limit, low, high, interior;
  for (int64_t i = 0; i < x.getRank(); ++i) {
    interior.push_back(pad.getInterior()[i]);
    if (x.isDynamicDim(i)) {
      start.push_back(0), limit.push_back(-1), low.push_back(0), high.push_back(0);
      continue;
    }
    int64_t size = x.getDimSize(i), step = interior[i] + 1, before = pad.getLow()[i];
    if (op.getStride()[i] == step && op.getStart()[i] == before &&
        op.getType().getDimSize(i) == size) {
      interior[i] = 0;
      start.push_back(0), limit.push_back(size), low.push_back(0), high.push_back(0);
      continue;
    }
    // [from, to) of the padded dim; x fills [before, after).
    int64_t from = op.getStart()[i], to = op.getLimit()[i], after = before + (size - 1) * step + 1;
    bool whole = from <= before && to >= after;
    if (op.getStride()[i] != 1 || from >= after || to <= before || (step != 1 && !whole))
      return failure();
    low.push_back(std::max<int64_t>(0, before - from));
    high.push_back(std::max<int64_t>(0, to - after));
    start.push_back(whole ? 0 : std::max<int64_t>(0, from - before));
    limit.push_back(whole ? size : std::min(size, to - before));
  }
  SmallVector<int64_t> stride(x.getRank(), 1);
  Value part = b.createOrFold<SliceOp>(op.getLoc(), pad.getX(), start, limit, stride);
  b.replaceOp(op, b.createOrFold<PadOp>(op.getLoc(), part, low, high, interior));
  return success();
}

// slice(contract(pad a, b)) = contract(slice(pad a), b) along dims of the result that b lacks. The
// gradient of a padded convolution does not need the gradient of the padding.
static LogicalResult sliceOfContract(SliceOp op, PatternRewriter &b) {
  auto contract = op.getX().getDefiningOp<ContractOp>();
  if (!contract || !contract->hasOneUse() || !contract.getA().getDefiningOp<PadOp>())
    return failure();
  SmallVector<int64_t> sizes(contract.getSizes()), first(sizes.size(), 0);
  for (auto [i, e] : llvm::enumerate(contract.getOutMap().getResults())) {
    int64_t dim = cast<AffineDimExpr>(e).getPosition();
    if (sizes[dim] < 0 || sizes[dim] == op.getType().getDimSize(i))
      continue;
    if (op.getStride()[i] != 1 || contract.getRightMap().isFunctionOfDim(dim))
      return failure();
    first[dim] = op.getStart()[i];
    sizes[dim] = op.getType().getDimSize(i);
  }
  SmallVector<int64_t> last;
  for (auto [begin, size] : llvm::zip(first, sizes))
    last.push_back(begin + (size < 0 ? 0 : size - 1));
  SmallVector<int64_t> start = contract.getLeftMap().compose(first),
                       limit = contract.getLeftMap().compose(last);
  for (auto [i, end] : llvm::enumerate(limit))
    end = cast<ShapedType>(contract.getA().getType()).isDynamicDim(i) ? -1 : end + 1;
  SmallVector<int64_t> stride(start.size(), 1);
  Value part = b.createOrFold<SliceOp>(op.getLoc(), contract.getA(), start, limit, stride);
  b.replaceOpWithNewOp<ContractOp>(op, part, contract.getB(), contract.getMaps(), sizes);
  return success();
}

/// The map for the operand of a transpose, given the map for its result x: dim perm[i] of the
/// operand is dim i of x.
static AffineMap mapBefore(AffineMap map, ArrayRef<int64_t> perm) {
  SmallVector<AffineExpr> results(map.getNumResults());
  for (auto [i, dim] : llvm::enumerate(perm))
    results[dim] = map.getResult(i);
  return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
}

// contract(transpose a, b) = contract(a, b) with another map, and likewise for b; contract(c, b) =
// c Σ b where every element of the first operand is c, and likewise for the second
static LogicalResult simplifyContract(ContractOp op, PatternRewriter &b) {
  SmallVector<AffineMap> maps{op.getLeftMap(), op.getRightMap(), op.getOutMap()};
  for (unsigned i = 0; i < 2; ++i)
    if (auto transpose = op->getOperand(i).getDefiningOp<TransposeOp>()) {
      maps[i] = mapBefore(maps[i], transpose.getPerm());
      SmallVector<Value> operands(op->getOperands());
      operands[i] = transpose.getX();
      b.replaceOpWithNewOp<ContractOp>(op, operands[0], operands[1], b.getAffineMapArrayAttr(maps),
                                       op.getSizes());
      return success();
    }
  for (unsigned i = 0; i < 2; ++i) {
    auto splat = op->getOperand(i).getDefiningOp<BroadcastOp>();
    AffineMap other = maps[1 - i], out = maps[2];
    if (!splat || splat.getX().getType().getRank() != 0 || !other.isProjectedPermutation())
      continue;
    // A loop dim that is in only one operand is also in the result. So the sum runs over dims of
    // the other operand, or of both.
    SmallVector<int64_t> sums, kept, dims;
    for (auto [k, e] : llvm::enumerate(other.getResults()))
      if (out.isFunctionOfDim(cast<AffineDimExpr>(e).getPosition()))
        dims.push_back(*out.getResultPosition(e));
      else
        sums.push_back(k);
    Value sum = buildSum(b, op.getLoc(), op->getOperand(1 - i), sums);
    auto type = cast<RankedTensorType>(op.getResult().getType());
    Expr spread(b.create<BroadcastOp>(op.getLoc(), type, sum, dims), b, op.getLoc());
    Expr factor = spread.with(buildBroadcast(b, op.getLoc(), type, splat.getX(), {}));
    b.replaceOp(op, Value(spread * factor));
    return success();
  }
  return failure();
}

// transpose(contract …) = contract onto permuted dims, if the contraction has no other use
static LogicalResult absorbTranspose(TransposeOp op, PatternRewriter &b) {
  auto inner = op.getX().getDefiningOp<ContractOp>();
  if (!inner || !inner->hasOneUse())
    return failure();
  SmallVector<AffineExpr> results;
  for (int64_t dim : op.getPerm())
    results.push_back(inner.getOutMap().getResult(dim));
  AffineMap out = AffineMap::get(inner.getSizes().size(), 0, results, op.getContext());
  b.replaceOpWithNewOp<ContractOp>(
      op, inner.getA(), inner.getB(),
      b.getAffineMapArrayAttr({inner.getLeftMap(), inner.getRightMap(), out}), inner.getSizes());
  return success();
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(mergeReshapes);
}
void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifySlice);
  patterns.add(sliceOfPad);
  patterns.add(sliceOfContract);
}
void ContractOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyContract);
}
void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(absorbTranspose);
}

} // namespace nnc::nn
