// The shape rule of contractions, what each does with a pair of elements, and the derivatives of
// contract; see NnContract.td for the math.
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/AffineExprVisitor.h"

#include <limits>

using namespace mlir;

namespace nnc::nn {

namespace {
/// One dim of `a`: outer·dims[outerDim] + inner·dims[innerDim]; innerDim is -1 for a plain dim.
struct Access {
  int64_t outerDim = -1, outer = 1, innerDim = -1, inner = 0;
  bool isWindow() const { return innerDim >= 0; }
};
} // namespace

/// coefficient·dim, or nothing.
static std::optional<std::pair<int64_t, int64_t>> parseTerm(AffineExpr e) {
  if (auto dim = dyn_cast<AffineDimExpr>(e))
    return std::pair(int64_t(dim.getPosition()), int64_t(1));
  auto product = dyn_cast<AffineBinaryOpExpr>(e);
  if (!product || product.getKind() != AffineExprKind::Mul)
    return std::nullopt;
  auto dim = dyn_cast<AffineDimExpr>(product.getLHS());
  auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
  if (!dim || !factor || factor.getValue() < 1)
    return std::nullopt;
  return std::pair(int64_t(dim.getPosition()), factor.getValue());
}

static std::optional<Access> parseAccess(AffineExpr e) {
  if (auto dim = dyn_cast<AffineDimExpr>(e))
    return Access{int64_t(dim.getPosition()), 1, -1, 0};
  auto sum = dyn_cast<AffineBinaryOpExpr>(e);
  if (!sum || sum.getKind() != AffineExprKind::Add)
    return std::nullopt;
  auto outer = parseTerm(sum.getLHS()), inner = parseTerm(sum.getRHS());
  if (!outer || !inner || outer->first == inner->first)
    return std::nullopt;
  return Access{outer->first, outer->second, inner->first, inner->second};
}

/// Whether the access splits one dim into blocks: outer·size + inner, which reaches every element
/// once.
static bool isSplit(const Access &access, ArrayRef<int64_t> sizes) {
  return access.inner == 1 && sizes[access.outerDim] >= 0 && sizes[access.innerDim] == access.outer;
}

/// The position of `dim` in a plain map.
static size_t positionOf(AffineMap map, int64_t dim) {
  return *map.getResultPosition(getAffineDimExpr(dim, map.getContext()));
}

static bool uses(AffineMap map, int64_t dim) { return map.isFunctionOfDim(dim); }

static AffineMap mapOf(ArrayRef<AffineExpr> results, unsigned dims, MLIRContext *context) {
  return AffineMap::get(dims, 0, results, context);
}

// Shape rule

namespace {
/// The checks of a contraction, in the order in which they are made. Each reports what it finds.
struct ContractRule {
  StringRef name;
  std::optional<Location> loc;
  RankedTensorType a, b;
  SmallVector<AffineMap> maps;
  ArrayRef<int64_t> sizes;

  int64_t extent(int64_t dim) const { return sizes[dim] < 0 ? ShapedType::kDynamic : sizes[dim]; }
  /// The extent of an entry of the maps of b and the result.
  int64_t extentOfEntry(AffineExpr e) const {
    Access access = *parseAccess(e);
    return access.isWindow() ? sizes[access.outerDim] * access.outer : extent(access.outerDim);
  }
  LogicalResult checkRanks() const;
  LogicalResult checkLeft() const;
  LogicalResult checkLeftEntry(int64_t i, const Access &access) const;
  LogicalResult checkOtherMaps() const;
  LogicalResult checkRight() const;
  LogicalResult checkUse() const;
  void findShape(SmallVectorImpl<int64_t> &shape) const;
};
} // namespace

LogicalResult ContractRule::checkRanks() const {
  for (AffineMap map : maps)
    if (map.getNumDims() != sizes.size() || map.getNumSymbols() != 0)
      return mismatch(loc, name, "has ", sizes.size(),
                      " sizes, but a map of other dims: ", AffineMapAttr::get(map));
  if (maps[0].getNumResults() != a.getRank() || maps[1].getNumResults() != b.getRank())
    return mismatch(loc, name, "has maps of other ranks than its operands ", a, " and ", b);
  return success();
}

/// The map of a addresses elements that exist, each loop dim in one entry only.
LogicalResult ContractRule::checkLeft() const {
  llvm::SmallBitVector seenInA(sizes.size());
  for (auto [i, e] : llvm::enumerate(maps[0].getResults())) {
    auto access = parseAccess(e);
    if (!access)
      return mismatch(loc, name, "cannot address dim ", i, " of ", a, " by ",
                      AffineMapAttr::get(maps[0]), ": only a dim or s*d0 + t*d1");
    for (int64_t dim : {access->outerDim, access->innerDim}) {
      if (dim < 0)
        continue;
      if (seenInA.test(dim))
        return mismatch(loc, name, "uses d", dim, " twice in ", AffineMapAttr::get(maps[0]));
      seenInA.set(dim);
    }
    if (failed(checkLeftEntry(i, *access)))
      return failure();
  }
  return success();
}

LogicalResult ContractRule::checkLeftEntry(int64_t i, const Access &access) const {
  if (!access.isWindow()) {
    if (a.getDimSize(i) != extent(access.outerDim))
      return mismatch(loc, name, "has d", access.outerDim, " = ", sizes[access.outerDim],
                      ", but dim ", i, " of ", a, " has another size");
    return success();
  }
  if (sizes[access.outerDim] < 0 || sizes[access.innerDim] < 0 || a.isDynamicDim(i))
    return mismatch(loc, name, "cannot slide along the batch of ", a);
  int64_t reach =
      access.outer * (sizes[access.outerDim] - 1) + access.inner * (sizes[access.innerDim] - 1);
  if (reach >= a.getDimSize(i))
    return mismatch(loc, name, "reaches element ", reach, " along dim ", i, " of ", a);
  return success();
}

/// The maps of b and the result have distinct dims, plain or split into blocks.
LogicalResult ContractRule::checkOtherMaps() const {
  for (AffineMap map : ArrayRef(maps).drop_front()) {
    llvm::SmallBitVector seen(sizes.size());
    for (AffineExpr e : map.getResults()) {
      auto access = parseAccess(e);
      if (!access || (access->isWindow() && !isSplit(*access, sizes)))
        return mismatch(loc, name, "needs dims, or outer * size + inner of two, in ",
                        AffineMapAttr::get(map));
      for (int64_t dim : {access->outerDim, access->innerDim})
        if (dim >= 0 && seen.test(dim))
          return mismatch(loc, name, "needs distinct dims in ", AffineMapAttr::get(map));
        else if (dim >= 0)
          seen.set(dim);
    }
  }
  return success();
}

/// b has the sizes of its loop dims.
LogicalResult ContractRule::checkRight() const {
  for (auto [i, e] : llvm::enumerate(maps[1].getResults())) {
    if (b.getDimSize(i) == extentOfEntry(e))
      continue;
    if (auto dim = dyn_cast<AffineDimExpr>(e))
      return mismatch(loc, name, "has d", dim.getPosition(), " = ", sizes[dim.getPosition()],
                      ", but dim ", i, " of ", b, " has another size");
    return mismatch(loc, name, "counts ", extentOfEntry(e), " elements in blocks, but dim ", i,
                    " of ", b, " has another size");
  }
  return success();
}

/// Each loop dim is in two of the maps.
LogicalResult ContractRule::checkUse() const {
  for (int64_t dim = 0, e = sizes.size(); dim < e; ++dim)
    if (uses(maps[0], dim) + uses(maps[1], dim) + uses(maps[2], dim) < 2)
      return mismatch(loc, name, "has d", dim,
                      " in one map only; sum or broadcast that operand first");
  return success();
}

void ContractRule::findShape(SmallVectorImpl<int64_t> &shape) const {
  for (AffineExpr e : maps[2].getResults())
    shape.push_back(extentOfEntry(e));
}

LogicalResult inferContraction(StringRef name, std::optional<Location> loc, ValueRange operands,
                               ArrayAttr mapsAttr, DenseI64ArrayAttr sizes,
                               SmallVectorImpl<Type> &types) {
  auto a = tensorOperand(name, loc, operands, 0), b = tensorOperand(name, loc, operands, 1);
  if (!a || !b)
    return failure();
  if (a.getElementType() != b.getElementType())
    return mismatch(loc, name, "needs operands of one element type, not ", a, " and ", b);
  if (!mapsAttr || !sizes || mapsAttr.size() != 3)
    return mismatch(loc, name, "needs three maps (a, b, result) and the sizes of the loop dims");
  SmallVector<AffineMap> maps(mapsAttr.getAsValueRange<AffineMapAttr>());
  const ContractRule rule{name, loc, a, b, maps, sizes};
  SmallVector<int64_t> shape;
  if (failed(rule.checkRanks()) || failed(rule.checkLeft()) || failed(rule.checkOtherMaps()) ||
      failed(rule.checkRight()) || failed(rule.checkUse()))
    return failure();
  rule.findShape(shape);
  types.assign(1, RankedTensorType::get(shape, a.getElementType()));
  return success();
}

// Pairs of elements

Value ContractOp::buildInitial(OpBuilder &b, Location loc, Type type) {
  return floatConstant(b, loc, type, 0);
}
Value ContractOp::buildAccumulate(OpBuilder &b, Location loc, Value state, Value left,
                                  Value right) {
  return b.create<math::FmaOp>(loc, left, right, state);
}

bool MaxPlusOp::isSumOfProducts() { return false; }
Value MaxPlusOp::buildInitial(OpBuilder &b, Location loc, Type type) {
  return floatConstant(b, loc, type, -std::numeric_limits<double>::infinity());
}
Value MaxPlusOp::buildAccumulate(OpBuilder &b, Location loc, Value state, Value left, Value right) {
  return b.create<arith::MaximumFOp>(loc, state, b.create<arith::AddFOp>(loc, left, right));
}

// Derivatives

static Value contract(Derivation &d, Value a, Value b, ArrayRef<AffineMap> maps,
                      ArrayRef<int64_t> sizes) {
  return d.builder().create<ContractOp>(d.location(), a, b, d.builder().getAffineMapArrayAttr(maps),
                                        sizes);
}

namespace {
/// da of a contraction with windows. For each window entry x = s·p + t·q of a, where p is the dim
/// that indexes the result:
///   da[x] = Σ_q dy[(x - t q) / s] b[q]  =  Σ_q' P[x + t q'] b[Q-1-q']
/// P is dy with s-1 zeros between its elements along p and t(Q-1) zeros before them.
class WindowedLeft {
public:
  WindowedLeft(ContractOp op, Derivation &d) : op(op), d(d) {}

  /// Null unless in each window one dim is only in the result and the other only in b.
  Value build() {
    MLIRContext *context = op.getContext();
    AffineMap mapA = op.getLeftMap(), mapB = op.getRightMap(), mapY = op.getOutMap();
    auto y = cast<RankedTensorType>(op.getResult().getType());
    auto a = cast<RankedTensorType>(op.getA().getType());
    SmallVector<int64_t> low(y.getRank(), 0), high = low, interior = low, flipped;
    SmallVector<int64_t> sizes(op.getSizes());
    SmallVector<AffineExpr> yAccess(mapY.getResults()), aAccess;
    for (auto [i, e] : llvm::enumerate(mapA.getResults())) {
      Access access = *parseAccess(e);
      if (!access.isWindow()) {
        aAccess.push_back(e);
        continue;
      }
      auto [p, s, q, t] = std::tuple(access.outerDim, access.outer, access.innerDim, access.inner);
      if (!uses(mapY, p)) {
        std::swap(p, q);
        std::swap(s, t);
      }
      if (!uses(mapY, p) || uses(mapB, p) || uses(mapY, q) || !uses(mapB, q))
        return {};
      size_t yDim = positionOf(mapY, p), bDim = positionOf(mapB, q);
      int64_t extent = a.getDimSize(i), spread = (sizes[p] - 1) * s + 1;
      low[yDim] = t * (sizes[q] - 1);
      interior[yDim] = s - 1;
      high[yDim] = extent - spread;
      flipped.push_back(bDim);
      // From here on p counts the elements of a.
      sizes[p] = extent;
      aAccess.push_back(getAffineDimExpr(p, context));
      yAccess[yDim] = getAffineDimExpr(p, context) + getAffineDimExpr(q, context) * t;
    }
    llvm::sort(flipped);
    Value padded = d.builder().createOrFold<PadOp>(d.location(), d.gradient(), low, high, interior);
    Value reversed = d.builder().createOrFold<ReverseOp>(d.location(), op.getB(), flipped);
    unsigned dims = sizes.size();
    return contract(d, padded, reversed,
                    {mapOf(yAccess, dims, context), mapB, mapOf(aAccess, dims, context)}, sizes);
  }

private:
  ContractOp op;
  Derivation &d;
};
} // namespace

/// da in general: a contraction onto all dims of the windows of a, then a fold back to the elements
/// of a.
static Value foldedLeft(ContractOp op, Derivation &d) {
  MLIRContext *context = op.getContext();
  auto a = cast<RankedTensorType>(op.getA().getType());
  SmallVector<AffineExpr> access, trailing;
  SmallVector<int64_t> dims, extent, stride, dilation;
  for (auto [i, e] : llvm::enumerate(op.getLeftMap().getResults())) {
    Access parsed = *parseAccess(e);
    access.push_back(getAffineDimExpr(parsed.outerDim, context));
    if (!parsed.isWindow())
      continue;
    trailing.push_back(getAffineDimExpr(parsed.innerDim, context));
    dims.push_back(i);
    extent.push_back(a.getDimSize(i));
    stride.push_back(parsed.outer);
    dilation.push_back(parsed.inner);
  }
  access.append(trailing);
  Value spread =
      contract(d, d.gradient(), op.getB(),
               {op.getOutMap(), op.getRightMap(), mapOf(access, op.getSizes().size(), context)},
               op.getSizes());
  return d.builder().create<FoldOp>(d.location(), spread, dims, extent, stride, dilation);
}

void ContractOp::backward(Derivation &d) {
  if (d.wants(0)) {
    bool windowed = llvm::any_of(getLeftMap().getResults(),
                                 [](AffineExpr e) { return !isa<AffineDimExpr>(e); });
    Value da;
    if (!windowed)
      da =
          contract(d, d.gradient(), getB(), {getOutMap(), getRightMap(), getLeftMap()}, getSizes());
    else if (!(da = WindowedLeft(*this, d).build()))
      da = foldedLeft(*this, d);
    d.give(0, da);
  }
  if (d.wants(1))
    d.give(1, contract(d, getA(), d.gradient(), {getLeftMap(), getOutMap(), getRightMap()},
                       getSizes()));
}

} // namespace nnc::nn
