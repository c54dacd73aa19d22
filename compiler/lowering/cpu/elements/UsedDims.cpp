// Implements usedDims: evaluates the region once into a temporary block, with block arguments as
// indices and opaque ops for loads, and finds the arguments on which the code depends.
#include "compiler/lowering/cpu/elements/UsedDims.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {
namespace {

class Probe final : public nn::ElementBuilder {
public:
  Probe(KernelEmitter &emitter, OpBuilder &b, ArrayRef<Index> own, ArrayRef<int64_t> shape)
      : nn::ElementBuilder(b, emitter.location(), 1), emitter(emitter) {
    points.push_back({SmallVector<Index>(own), SmallVector<int64_t>(shape)});
  }

  Value at(Value value, ArrayRef<Index> index, Value mask) {
    Type element = cast<ShapedType>(value.getType()).getElementType();
    if (isOwn(index, cast<ShapedType>(value.getType()).getShape())) {
      if (Value known = seen.lookup(value))
        return known;
      Value made =
          compute(value, index, element, {}, /*isOwnIndex=*/true); // this also fills `seen`
      return seen[value] = made;
    }
    const nn::IndexKey key = nn::keyOf(index, lanes());
    if (Value known = memo.find(value, key, mask, builder().getInsertionBlock()))
      return known;
    SmallVector<Value> uses;
    for (const Index &i : index)
      uses.push_back(i.hasBase() ? i.getBase() : i.getLanes());
    if (mask)
      uses.push_back(mask);
    Value made = compute(value, index, element, uses, /*isOwnIndex=*/false);
    memo.keep(value, key, mask, made);
    return made;
  }

  Value load(unsigned operand, ArrayRef<Index> index, Value mask) override {
    Value value = current->getOperand(operand);
    // A reshaped element is read by its linear index (ElementScope), not by its index.
    if (currentIsOwn && operand == 0)
      points.push_back({SmallVector<Index>(index),
                        SmallVector<int64_t>(cast<ShapedType>(value.getType()).getShape())});
    return at(value, index, mask);
  }
  Value batchSize() override { return emitter.batch(); }

private:
  bool isOwn(ArrayRef<Index> index, ArrayRef<int64_t> shape) {
    auto same = [](auto pair) {
      auto [a, b] = pair;
      return a.isAffine() && b.isAffine() && a.getBase() == b.getBase() &&
             a.getStride() == b.getStride();
    };
    return llvm::any_of(points, [&](const Point &point) {
      return ArrayRef(point.shape) == shape && index.size() == point.index.size() &&
             llvm::all_of(llvm::zip(index, point.index), same);
    });
  }

  Value compute(Value value, ArrayRef<Index> index, Type element, ArrayRef<Value> uses,
                bool isOwnIndex) {
    auto pull = value.getDefiningOp<nn::PullOp>();
    if (!pull)
      return builder().create<UnrealizedConversionCastOp>(location(), element, uses).getResult(0);
    Operation *outer = std::exchange(current, pull);
    bool outerIsOwn = std::exchange(currentIsOwn, isOwnIndex && pull->hasTrait<nn::SameElements>());
    Value result = pull.buildAt(*this, index);
    current = outer;
    currentIsOwn = outerIsOwn;
    if (uses.empty() || isOwnIndex)
      return result;
    SmallVector<Value> all(uses);
    all.push_back(result);
    return builder().create<UnrealizedConversionCastOp>(location(), element, all).getResult(0);
  }

  /// The current element in the kernel's space, and in the shapes to which ops reshape it.
  struct Point {
    SmallVector<Index> index;
    SmallVector<int64_t> shape;
  };
  KernelEmitter &emitter;
  SmallVector<Point, 1> points;
  Operation *current = nullptr;
  bool currentIsOwn =
      false; // it has the same elements as its operand, and is evaluated at one of the points
  DenseMap<Value, Value> seen; // at its own point
  nn::ElementMemo memo;        // at other points
};

} // namespace

llvm::SmallBitVector
usedIndices(Location loc, size_t rank,
            llvm::function_ref<SmallVector<Value>(OpBuilder &, ArrayRef<Index>)> evaluate) {
  OpBuilder b(loc.getContext());
  // A separate region, so that constants are created here and not in the kernel.
  Region region;
  Block &block = region.emplaceBlock();
  SmallVector<Index> own;
  for (size_t i = 0; i < rank; ++i)
    own.push_back(Index::affine(block.addArgument(b.getIndexType(), loc), 0));
  b.setInsertionPointToEnd(&block);
  llvm::SmallPtrSet<Operation *, 4> results;
  for (Value result : evaluate(b, own))
    if (Operation *op = result.getDefiningOp())
      results.insert(op);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && !results.contains(&op))
      op.erase();
  llvm::SmallBitVector used(rank);
  for (size_t i = 0; i < rank; ++i)
    used[i] = !block.getArgument(i).use_empty();
  block.dropAllDefinedValueUses();
  return used;
}

static llvm::SmallBitVector usedDims(KernelEmitter &emitter, ValueRange values,
                                     ArrayRef<int64_t> shape) {
  return usedIndices(emitter.location(), shape.size(), [&](OpBuilder &b, ArrayRef<Index> own) {
    Probe probe(emitter, b, own, shape);
    SmallVector<Value> results;
    for (Value value : values)
      results.push_back(probe.at(value, own, {}));
    return results;
  });
}

llvm::SmallBitVector usedDims(KernelEmitter &emitter) {
  return usedDims(emitter, emitter.kernel().getYielded(), emitter.kernel().getSpace().getShape());
}

llvm::SmallBitVector usedDims(KernelEmitter &emitter, Value value) {
  return usedDims(emitter, value, cast<ShapedType>(value.getType()).getShape());
}

} // namespace nnc
