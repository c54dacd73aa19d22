// Movements that cancel or pass one another, and contractions that absorb them.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/ShapeRules.h"
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

// slice(slice x) = slice x;  slice(pad x) = x where it takes just what pad put between zeros;
// slice(concat …) = slice of the one operand in which it lies
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
  if (auto inner = op.getX().getDefiningOp<PadOp>()) {
    RankedTensorType whole = inner.getX().getType();
    for (int64_t i = 0; i < rank; ++i)
      if (!x.isDynamicDim(i) && (op.getStart()[i] != inner.getLow()[i] ||
                                 op.getStride()[i] != inner.getInterior()[i] + 1 ||
                                 op.getType().getDimSize(i) != whole.getDimSize(i)))
        return failure();
    b.replaceOp(op, inner.getX());
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

/// `map` of a value x as the map of transpose x's operand: the operand's dim perm[i] is x's dim i.
static AffineMap mapBefore(AffineMap map, ArrayRef<int64_t> perm) {
  SmallVector<AffineExpr> results(map.getNumResults());
  for (auto [i, dim] : llvm::enumerate(perm))
    results[dim] = map.getResult(i);
  return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
}

// contract(transpose a, b) = contract(a, b) with another map, for b too;
// contract(c, b) = c Σ b where every element of the first operand is c (likewise the second)
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
    // Loop dims only the splat has are in the result; those only the other operand has are in the
    // result too. So the sum runs over dims of the other operand, or of both.
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

// transpose(contract …) = contract onto permuted dims, if nobody else wants the contraction
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
}
void ContractOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyContract);
}
void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(absorbTranspose);
}

} // namespace nnc::nn
