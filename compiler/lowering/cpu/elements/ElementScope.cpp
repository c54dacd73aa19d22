// Maps (value, index) to the op that computes the value or to the memory that holds it.
#include "compiler/lowering/cpu/elements/ElementScope.h"
#include "compiler/lowering/cpu/elements/VectorMemory.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

ElementScope::ElementScope(KernelEmitter &emitter, OpBuilder &b, int64_t lanes, Value mask)
    : nn::ElementBuilder(b, emitter.location(), lanes), emitter(emitter), tail(mask) {}

// A value computed for all lanes can be used under any mask, but a masked load must give zeros.
Value ElementScope::find(Value value, const Key &index) {
  for (Entry &entry : memo[value])
    if (entry.index == index &&
        (entry.mask == asked || (!entry.mask && !isa<BlockArgument>(value))) &&
        nn::isVisible(entry.element, builder().getInsertionBlock()))
      return entry.element;
  return {};
}

void ElementScope::bind(Value value, ArrayRef<Index> index, Value element) {
  memo[value].push_back({keyOf(index), Value(), element});
}

void ElementScope::setLinear(ArrayRef<Index> index, ArrayRef<int64_t> shape, Index value) {
  linearPoints = {{keyOf(index), SmallVector<int64_t>(shape)}};
  linearIndex.assign(index.begin(), index.end());
  linear = value;
}

bool ElementScope::isLinear(const Key &index, ArrayRef<int64_t> shape) const {
  return llvm::any_of(linearPoints, [&](const LinearPoint &point) {
    return ArrayRef(point.shape) == shape && point.index == index;
  });
}

/// Whether `index`, the same in all lanes, exists in a tensor of this shape even if no lane is
/// requested: each part of it is an index of the point itself, along a dim of the same size. So the
/// mean of a channel can be read even inside padding.
bool ElementScope::existsAnyway(ArrayRef<Index> index, ArrayRef<int64_t> shape) const {
  if (!linear)
    return false;
  return llvm::all_of(llvm::zip(index, shape), [&](auto pair) {
    auto [part, size] = pair;
    for (auto [own, extent] : llvm::zip(linearIndex, linearPoints.front().shape))
      if (part.isUniform() && own.isUniform() && own.getBase() == part.getBase() && extent == size)
        return true;
    return false;
  });
}

ElementScope &ElementScope::scalars() {
  if (!scalarScope)
    scalarScope = std::make_unique<ElementScope>(emitter, builder(), 1);
  return *scalarScope;
}

Value ElementScope::at(Value value, ArrayRef<Index> index) {
  Key key = keyOf(index);
  if (Value known = find(value, key))
    return known;

  Value element;
  bool isUniform = llvm::all_of(index, [](const Index &i) { return i.isUniform(); });
  bool needsRoot = emitter.dependsOnRoot(value);
  if (index.empty() && !needsRoot && this != emitter.prologueScope.get()) {
    element = broadcast(emitter.prologueScope->at(value, {}));
  } else if (isUniform && lanes() > 1 && !needsRoot &&
             (!asked || existsAnyway(index, cast<ShapedType>(value.getType()).getShape()))) {
    element = broadcast(scalars().at(value, index));
  } else if (isa<BlockArgument>(value)) {
    element = loadBuffer(emitter.input(value), index);
  } else {
    auto pull = value.getDefiningOp<nn::PullOp>();
    assert(pull && "a root is asked for at an index it was not computed for");
    Operation *outer = std::exchange(current, pull);
    bool outerLinear = std::exchange(
        currentIsLinear, pull->hasTrait<nn::SameElements>() &&
                             isLinear(key, cast<ShapedType>(value.getType()).getShape()));
    element = pull.buildAt(*this, index);
    current = outer;
    currentIsLinear = outerLinear;
  }
  memo[value].push_back({key, asked, element});
  return element;
}

Value ElementScope::load(unsigned operand, ArrayRef<Index> index, Value mask) {
  Value value = current->getOperand(operand);
  // A reshaped element has the same linear index in its tensor, however the index is split.
  if (ArrayRef<int64_t> shape = cast<ShapedType>(value.getType()).getShape();
      currentIsLinear && operand == 0 && !isLinear(keyOf(index), shape))
    linearPoints.push_back({keyOf(index), SmallVector<int64_t>(shape)});
  if (!mask)
    return at(value, index);
  Value outer = asked;
  asked = both(outer, mask);
  Value element = at(value, index);
  asked = outer;
  // Memory already gave zeros. In a computed value, masked lanes have arbitrary values.
  if (isa<BlockArgument>(value) && !index.empty())
    return element;
  Type type = cast<ShapedType>(value.getType()).getElementType();
  return select(mask, element, splat(type, 0));
}

Index ElementScope::offsetIn(const Buffer &buffer, ArrayRef<Index> index, Index linear) {
  if (!buffer.pitch)
    return linear;
  const int64_t row = rowMajorStrides(buffer.type.getShape())[0];
  return add(linear, mul(index[0], buffer.pitch - row));
}

Value ElementScope::loadBuffer(const Buffer &buffer, ArrayRef<Index> index) {
  ArrayRef<int64_t> shape = buffer.type.getShape();
  Index at = isLinear(keyOf(index), shape) ? offsetIn(buffer, index, *linear)
                                           : linearize(index, stridesOf(shape, buffer.pitch));
  if (asksAhead && at.hasBase() && !at.isUniform() && buffer.type.isDynamicDim(0))
    askFor(buffer, at);
  if (!at.hasBase())
    return gatherElements(builder(), location(), buffer, materialize(at), both(tail, asked));
  if (at.isUniform() && lanes() > 1) {
    if (asked)
      return loadUniformMasked(buffer, at.getBase());
    return broadcast(loadElements(builder(), location(), buffer, at.getBase(), 1));
  }
  if (at.isAffine() && (at.getStride() == 1 || lanes() == 1))
    return loadElements(builder(), location(), buffer, at.getBase(), lanes(), /*stride=*/1,
                        both(tail, asked));
  SmallVector<int64_t> offsets;
  for (int64_t lane = 0; lane < lanes(); ++lane)
    offsets.push_back(at.getOffset(lane));
  return loadPattern(builder(), location(), buffer, at.getBase(), offsets, both(tail, asked));
}

/// Prefetches the element of the next example that corresponds to `at`. An address after the last
/// example is harmless.
void ElementScope::askFor(const Buffer &buffer, const Index &at) {
  VectorMemory memory(builder(), location(), buffer.type.getElementType(), lanes());
  int64_t example = stridesOf(buffer.type.getShape(), buffer.pitch)[0];
  Value next =
      builder().createOrFold<arith::AddIOp>(location(), at.getBase(), emitter.constant(example));
  memory.prefetch(memory.outside(buffer.base, next));
}

// Loads one element for all lanes that need it. If none does, the element may not exist: read
// element 0 instead.
Value ElementScope::loadUniformMasked(const Buffer &buffer, Value offset) {
  OpBuilder &b = builder();
  Location loc = location();
  Value any = b.create<vector::ReductionOp>(loc, vector::CombiningKind::OR, asked);
  Value zero = b.create<arith::ConstantIndexOp>(loc, 0);
  Value safe = b.create<arith::SelectOp>(loc, any, offset, zero);
  Value element = broadcast(loadElements(b, loc, buffer, safe, 1));
  return select(asked, element, splat(buffer.type.getElementType(), 0));
}

} // namespace nnc
