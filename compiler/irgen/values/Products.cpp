// Implements matrix products and transposes of the language.
#include "compiler/irgen/values/Emitter.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

Value Emitter::transposed(const Value &a, Range at) {
  auto shape = exampleShape(a.tensor);
  if (shape.size() < 2)
    return shapeError(at, "a transpose needs at least two axes", a, at);
  const int64_t lead = isBatched(a.tensor), rank = shape.size();
  llvm::SmallVector<int64_t> perm, sizes(shape);
  for (int64_t i = 0; i < lead + rank; ++i)
    perm.push_back(i);
  std::swap(perm[lead + rank - 1], perm[lead + rank - 2]);
  std::swap(sizes[rank - 1], sizes[rank - 2]);
  std::vector<std::string> axes = a.axes;
  if (axes.size() == size_t(rank))
    std::swap(axes[rank - 1], axes[rank - 2]);
  Value result = Value::of(make<nn::TransposeOp>(typeOf(sizes, lead), a.tensor, perm), axes);
  result.turned = a.turned == Value::Turned::No ? Value::Turned::ByMark : Value::Turned::No;
  return result;
}

/// NumPy's `@`: contracts the last axis of a with the last but one of b (or its only one). The axes
/// before those are broadcast, and the batch is one of them.
Value Emitter::matmul(const Value &a, const Value &rhs, Range at, Range rangeA, Range rangeB) {
  auto shapeA = exampleShape(a.tensor), shapeB = exampleShape(rhs.tensor);
  if (shapeA.empty() || shapeB.empty())
    return shapeError(at, "`@` needs at least one axis on either side", {a, rhs}, {rangeA, rangeB});
  const bool vectorA = shapeA.size() == 1, vectorB = shapeB.size() == 1;
  const int64_t k = shapeA.back(), kB = vectorB ? shapeB[0] : shapeB[shapeB.size() - 2];
  if (k != kB)
    return shapeError(at,
                      "`@` sums over the last axis of its left side (" + llvm::Twine(k) +
                          ") and the " + (vectorB ? "only" : "last but one") +
                          " axis of its right side (" + llvm::Twine(kB) + "), which differ",
                      {a, rhs}, {rangeA, rangeB});
  // Loop dims: batch, the broadcast leading axes, rows, columns, k.
  llvm::SmallVector<int64_t> sizes, resultShape;
  llvm::SmallVector<mlir::AffineExpr> mapA, mapB, out;
  auto dim = [&](int64_t size) {
    sizes.push_back(size);
    return b.getAffineDimExpr(sizes.size() - 1);
  };
  const bool batchA = isBatched(a.tensor), batchB = isBatched(rhs.tensor);
  if (batchA || batchB) {
    mlir::AffineExpr d = dim(-1);
    out.push_back(d);
    if (batchA)
      mapA.push_back(d);
    if (batchB)
      mapB.push_back(d);
  }
  auto leadA = vectorA ? llvm::ArrayRef<int64_t>() : shapeA.drop_back(2);
  auto leadB = vectorB ? llvm::ArrayRef<int64_t>() : shapeB.drop_back(2);
  const size_t leads = std::max(leadA.size(), leadB.size());
  std::vector<std::string> axes;
  for (size_t i = 0; i < leads; ++i) {
    const int64_t ia = int64_t(i) - int64_t(leads - leadA.size()),
                  ib = int64_t(i) - int64_t(leads - leadB.size());
    const int64_t sa = ia >= 0 ? leadA[ia] : 1, sb = ib >= 0 ? leadB[ib] : 1;
    if (ia >= 0 && ib >= 0 && sa != sb)
      return shapeError(at, "the leading axes of the two sides of `@` differ", {a, rhs},
                        {rangeA, rangeB});
    mlir::AffineExpr d = dim(std::max(sa, sb));
    out.push_back(d);
    resultShape.push_back(std::max(sa, sb));
    if (ia >= 0)
      mapA.push_back(d);
    if (ib >= 0)
      mapB.push_back(d);
    const std::string name = ia >= 0 ? a.axisAt(ia) : std::string();
    axes.push_back(name.empty() && ib >= 0 ? rhs.axisAt(ib) : name);
  }
  if (!vectorA) {
    mlir::AffineExpr m = dim(shapeA[shapeA.size() - 2]);
    out.push_back(m);
    mapA.push_back(m);
    resultShape.push_back(shapeA[shapeA.size() - 2]);
    axes.push_back(a.axisAt(shapeA.size() - 2));
  }
  mlir::AffineExpr n;
  if (!vectorB) {
    n = dim(shapeB.back());
    out.push_back(n);
    resultShape.push_back(shapeB.back());
    axes.push_back(rhs.axisAt(shapeB.size() - 1));
  }
  mlir::AffineExpr sum = dim(k);
  mapA.push_back(sum);
  mapB.push_back(sum);
  if (n)
    mapB.push_back(n);
  auto map = [&](llvm::ArrayRef<mlir::AffineExpr> exprs) {
    return mlir::AffineMap::get(sizes.size(), 0, exprs, b.getContext());
  };
  return Value::of(make<nn::ContractOp>(typeOf(resultShape, batchA || batchB), a.tensor, rhs.tensor,
                                        b.getAffineMapArrayAttr({map(mapA), map(mapB), map(out)}),
                                        sizes),
                   axes);
}
