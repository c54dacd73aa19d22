// Implements index arithmetic over lanes.
#include "compiler/dialect/elements/IndexBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

#include <numeric>

using namespace mlir;

namespace nnc::nn {

IndexKey keyOf(ArrayRef<Index> index, int64_t lanes) {
  IndexKey key;
  for (const Index &i : index) {
    if (!i.hasBase()) {
      key.push_back({i.getLanes().getAsOpaquePointer(), INT64_MIN});
      continue;
    }
    key.push_back({i.getBase().getAsOpaquePointer(), i.isAffine() ? i.getStride() : INT64_MIN + 1});
    for (int64_t lane = 0; !i.isAffine() && lane < lanes; ++lane)
      key.push_back({nullptr, i.getOffset(lane)});
  }
  return key;
}

Index Index::pattern(Value base, ArrayRef<int64_t> offsets, int64_t divisor) {
  int64_t stride = offsets.size() > 1 ? offsets[1] - offsets[0] : 0;
  Index result = affine(base, stride, divisor);
  for (auto [lane, offset] : llvm::enumerate(offsets))
    if (offset != stride * int64_t(lane)) {
      result.offsets.assign(offsets.begin(), offsets.end());
      break;
    }
  return result;
}

Index IndexBuilder::constant(int64_t value) {
  return uniform(b.create<arith::ConstantIndexOp>(loc, value), std::abs(value));
}

/// base + offsetOf(lane).
Index IndexBuilder::offsetBy(Value base, int64_t divisor, function_ref<int64_t(int64_t)> offsetOf) {
  SmallVector<int64_t> offsets;
  for (int64_t lane = 0; lane < laneCount; ++lane)
    offsets.push_back(offsetOf(lane));
  int64_t first = offsetOf(0);
  if (first != 0 && llvm::all_equal(offsets))
    return uniform(b.createOrFold<arith::AddIOp>(loc, base, constant(first).getBase()),
                   std::gcd(divisor, first));
  return Index::pattern(base, offsets, divisor);
}

bool IndexBuilder::everyOffset(const Index &a, function_ref<bool(int64_t)> holds) {
  return a.hasBase() && llvm::all_of(llvm::seq<int64_t>(0, laneCount),
                                     [&](int64_t lane) { return holds(a.getOffset(lane)); });
}

Value IndexBuilder::materialize(Index a) {
  if (!a.hasBase())
    return a.getLanes();
  Value base = broadcast(a.getBase());
  if (laneCount == 1 || a.isUniform())
    return base;
  SmallVector<APInt> steps;
  for (int64_t lane = 0; lane < laneCount; ++lane)
    steps.push_back(APInt(64, a.getOffset(lane), /*isSigned=*/true));
  auto type = cast<VectorType>(typeOf(b.getIndexType()));
  Value offsets = b.create<arith::ConstantOp>(loc, DenseIntElementsAttr::get(type, steps));
  return b.createOrFold<arith::AddIOp>(loc, base, offsets);
}

Index IndexBuilder::add(Index x, Index y) {
  if (!x.hasBase() || !y.hasBase())
    return Index::lanes(b.createOrFold<arith::AddIOp>(loc, materialize(x), materialize(y)));
  return offsetBy(b.createOrFold<arith::AddIOp>(loc, x.getBase(), y.getBase()),
                  std::gcd(x.getDivisor(), y.getDivisor()),
                  [&](int64_t lane) { return x.getOffset(lane) + y.getOffset(lane); });
}

Index IndexBuilder::add(Index a, int64_t c) { return c == 0 ? a : add(a, constant(c)); }

Index IndexBuilder::mul(Index a, int64_t c) {
  if (c == 1)
    return a;
  Value factor = constant(c).getBase();
  if (!a.hasBase())
    return Index::lanes(b.createOrFold<arith::MulIOp>(loc, a.getLanes(), broadcast(factor)));
  return offsetBy(b.createOrFold<arith::MulIOp>(loc, a.getBase(), factor),
                  a.getDivisor() * std::abs(c),
                  [&](int64_t lane) { return a.getOffset(lane) * c; });
}

/// The base of offsets into a padded tensor may be negative, and unsigned division would be wrong.
/// So this many multiples of the divisor are added before the division and subtracted after it. No
/// padding is that wide.
static constexpr int64_t multiples = int64_t(1) << 24;

Index IndexBuilder::floorDiv(Index a, int64_t c) {
  if (c == 1)
    return a;
  Value divisor = constant(c).getBase();
  int64_t common = std::gcd(a.getDivisor(), c);
  bool inside = everyOffset(a, [&](int64_t offset) { return offset >= 0 && offset < common; });
  bool divides =
      a.getDivisor() % c == 0 && everyOffset(a, [](int64_t offset) { return offset >= 0; });
  if (!inside && !divides && !everyOffset(a, [&](int64_t offset) { return offset % c == 0; }))
    return Index::lanes(b.createOrFold<arith::DivUIOp>(loc, materialize(a), broadcast(divisor)));
  Value quotient = b.createOrFold<arith::DivUIOp>(
      loc, inside ? a.getBase() : add(a, multiples * c).getBase(), divisor);
  if (!inside)
    quotient = b.createOrFold<arith::AddIOp>(loc, quotient, constant(-multiples).getBase());
  return offsetBy(quotient, a.getDivisor() % c == 0 ? a.getDivisor() / c : 1,
                  [&](int64_t lane) { return inside ? 0 : a.getOffset(lane) / c; });
}

Index IndexBuilder::mod(Index a, int64_t c) {
  if (c == 1)
    return constant(0);
  Value divisor = constant(c).getBase();
  int64_t common = std::gcd(a.getDivisor(), c);
  bool inside = everyOffset(a, [&](int64_t offset) { return offset >= 0 && offset < common; });
  if (a.getDivisor() % c == 0 && everyOffset(a, [](int64_t offset) { return offset >= 0; }))
    return offsetBy(constant(0).getBase(), 0, [&](int64_t lane) { return a.getOffset(lane) % c; });
  if (!inside && !everyOffset(a, [&](int64_t offset) { return offset % c == 0; }))
    return Index::lanes(b.createOrFold<arith::RemUIOp>(loc, materialize(a), broadcast(divisor)));
  return offsetBy(b.createOrFold<arith::RemUIOp>(
                      loc, inside ? a.getBase() : add(a, multiples * c).getBase(), divisor),
                  common, [&](int64_t lane) { return inside ? a.getOffset(lane) : 0; });
}

Index IndexBuilder::linearize(ArrayRef<Index> index, ArrayRef<int64_t> strides) {
  if (index.empty())
    return constant(0);
  Index sum = mul(index[0], strides[0]);
  for (size_t i = 1; i < index.size(); ++i)
    sum = add(sum, mul(index[i], strides[i]));
  return sum;
}

// Masks

// If the distances between lanes are constants, subtract the base from the bound and compare it
// with the distances in 32 bits: one instruction for a whole vector. The bound is clamped to just
// outside the distances, where its exact value does not matter.
Value IndexBuilder::compare(int predicate, Index a, int64_t c) {
  auto kind = static_cast<arith::CmpIPredicate>(predicate);
  Value bound = constant(c).getBase();
  if (a.isUniform())
    return broadcast(b.createOrFold<arith::CmpIOp>(loc, kind, a.getBase(), bound));
  if (!a.hasBase())
    return b.createOrFold<arith::CmpIOp>(loc, kind, a.getLanes(), broadcast(bound));
  SmallVector<int32_t> offsets;
  for (int64_t lane = 0; lane < laneCount; ++lane)
    offsets.push_back(int32_t(a.getOffset(lane)));
  int64_t low = *llvm::min_element(offsets), high = *llvm::max_element(offsets);
  Value moved = b.createOrFold<arith::SubIOp>(loc, bound, a.getBase());
  moved = b.createOrFold<arith::MaxSIOp>(loc, moved, constant(low - 1).getBase());
  moved = b.createOrFold<arith::MinSIOp>(loc, moved, constant(high + 1).getBase());
  moved = b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(), moved);
  auto type = cast<VectorType>(typeOf(b.getI32Type()));
  Value distances = b.create<arith::ConstantOp>(loc, DenseIntElementsAttr::get(type, offsets));
  return b.createOrFold<arith::CmpIOp>(loc, kind, distances, broadcast(moved));
}

Value IndexBuilder::lessThan(Index a, int64_t c) {
  return compare(int(arith::CmpIPredicate::slt), a, c);
}
Value IndexBuilder::atLeast(Index a, int64_t c) {
  return compare(int(arith::CmpIPredicate::sge), a, c);
}
Value IndexBuilder::equals(Index a, int64_t c) {
  return compare(int(arith::CmpIPredicate::eq), a, c);
}

// Conversions

Value IndexBuilder::toElement(Index a, Type element) {
  // Convert the base alone, and add the offsets of the lanes as floats. This is exact below 2^24
  // (f32), the range in which T can count.
  if (a.hasBase() && !a.isUniform() && laneCount > 1) {
    SmallVector<Attribute> steps;
    for (int64_t lane = 0; lane < laneCount; ++lane)
      steps.push_back(FloatAttr::get(element, double(a.getOffset(lane))));
    auto type = cast<VectorType>(typeOf(element));
    Value offsets = b.create<arith::ConstantOp>(loc, DenseElementsAttr::get(type, steps));
    Value base = toElement(uniform(a.getBase()), element);
    return b.createOrFold<arith::AddFOp>(loc, base, offsets);
  }
  bool scalar = a.isUniform();
  Value index = scalar ? a.getBase() : materialize(a);
  Type i64 = b.getI64Type();
  Value integer = b.createOrFold<arith::IndexCastOp>(loc, scalar ? i64 : typeOf(i64), index);
  Value result = b.createOrFold<arith::SIToFPOp>(loc, scalar ? element : typeOf(element), integer);
  return broadcast(result);
}

Index IndexBuilder::toIndex(Value element, int64_t limit) {
  Type type = getElementTypeOrSelf(element.getType());
  // Clamp before converting: the conversion is undefined for NaN (which minnum/maxnum drop) and for
  // floats outside the range of the integers.
  Value low = b.createOrFold<arith::MaxNumFOp>(loc, element, splat(type, 0));
  Value inside = b.createOrFold<arith::MinNumFOp>(loc, low, splat(type, double(limit - 1)));
  Value rounded = b.createOrFold<arith::AddFOp>(loc, inside, splat(type, 0.5));
  Value integer = b.createOrFold<arith::FPToSIOp>(loc, typeOf(b.getI32Type()), rounded);
  Value index = b.createOrFold<arith::IndexCastOp>(loc, typeOf(b.getIndexType()), integer);
  return laneCount == 1 ? uniform(index) : Index::lanes(index);
}

Value IndexBuilder::toInteger(Index a, unsigned bits) {
  return b.createOrFold<arith::IndexCastUIOp>(loc, typeOf(b.getIntegerType(bits)), materialize(a));
}

} // namespace nnc::nn
