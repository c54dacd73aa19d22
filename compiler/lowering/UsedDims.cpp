// usedDims: evaluates the region once into a block that is thrown away, with the indices as block arguments and opaque
// ops for loads, and looks which arguments the code depends on.
#include "compiler/lowering/UsedDims.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {
namespace {

class Probe final : public nn::ElementBuilder {
public:
  Probe(KernelEmitter &emitter, OpBuilder &b, ArrayRef<Index> own, ArrayRef<int64_t> shape)
      : nn::ElementBuilder(b, emitter.location(), 1), emitter(emitter), own(own), shape(shape) {}

  Value at(Value value, ArrayRef<Index> index, Value mask) {
    Type element = cast<ShapedType>(value.getType()).getElementType();
    if (isOwn(index) && cast<ShapedType>(value.getType()).getShape() == shape) {
      Value &known = seen[value];
      if (!known)
        known = compute(value, index, element, {}, /*isOwnIndex=*/true);
      return known;
    }
    SmallVector<Value> uses;
    for (const Index &i : index)
      uses.push_back(i.hasBase() ? i.getBase() : i.getLanes());
    if (mask)
      uses.push_back(mask);
    return compute(value, index, element, uses, /*isOwnIndex=*/false);
  }

  Value load(unsigned operand, ArrayRef<Index> index, Value mask) override {
    return at(current->getOperand(operand), index, mask);
  }
  Value batchSize() override { return emitter.rows(); }

private:
  bool isOwn(ArrayRef<Index> index) {
    return index.size() == own.size() && llvm::all_of(llvm::zip(index, own), [](auto pair) {
             auto [a, b] = pair;
             return a.isAffine() && a.getBase() == b.getBase() && a.getStride() == b.getStride();
           });
  }

  Value compute(Value value, ArrayRef<Index> index, Type element, ArrayRef<Value> uses, bool isOwnIndex) {
    auto pull = value.getDefiningOp<nn::PullOp>();
    if (!pull)
      return builder().create<UnrealizedConversionCastOp>(location(), element, uses).getResult(0);
    Operation *outer = std::exchange(current, pull);
    Value result = pull.buildAt(*this, index);
    current = outer;
    if (uses.empty() || isOwnIndex)
      return result;
    SmallVector<Value> all(uses);
    all.push_back(result);
    return builder().create<UnrealizedConversionCastOp>(location(), element, all).getResult(0);
  }

  KernelEmitter &emitter;
  ArrayRef<Index> own;
  ArrayRef<int64_t> shape;
  Operation *current = nullptr;
  DenseMap<Value, Value> seen;
};

} // namespace

static llvm::SmallBitVector probe(KernelEmitter &emitter, ValueRange values, ArrayRef<int64_t> shape) {
  Location loc = emitter.location();
  OpBuilder b(emitter.kernel().getContext());
  // A region of its own, so that constants are made here and not in the kernel.
  OperationState state(loc, UnrealizedConversionCastOp::getOperationName());
  Region region;
  Block &block = region.emplaceBlock();
  SmallVector<Index> own;
  for (size_t i = 0; i < shape.size(); ++i)
    own.push_back(Index::affine(block.addArgument(b.getIndexType(), loc), 0));
  b.setInsertionPointToEnd(&block);
  Probe probe(emitter, b, own, shape);
  llvm::SmallPtrSet<Operation *, 4> results;
  for (Value value : values)
    if (Operation *op = probe.at(value, own, {}).getDefiningOp())
      results.insert(op);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && !results.contains(&op))
      op.erase();
  llvm::SmallBitVector used(shape.size());
  for (size_t i = 0; i < shape.size(); ++i)
    used[i] = !block.getArgument(i).use_empty();
  block.dropAllDefinedValueUses();
  return used;
}

llvm::SmallBitVector usedDims(KernelEmitter &emitter) {
  return probe(emitter, emitter.kernel().getYielded(), emitter.kernel().getSpace().getShape());
}

llvm::SmallBitVector usedDims(KernelEmitter &emitter, Value value) {
  return probe(emitter, value, cast<ShapedType>(value.getType()).getShape());
}

} // namespace nnc
