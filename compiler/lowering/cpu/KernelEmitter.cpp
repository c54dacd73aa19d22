// The parts of a kernel that are the same for every kind of loop nest.
#include "compiler/lowering/cpu/KernelEmitter.h"
#include "compiler/lowering/cpu/elements/ElementScope.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

static int64_t lanesOfKernel(kern::FusedOp kernel, const MachineModel &target) {
  int64_t lanes = target.lanesOf(FloatType::getF32(kernel.getContext()));
  auto consider = [&](Type type) {
    auto tensor = cast<RankedTensorType>(type);
    if (tensor.getRank() > 0)
      lanes = std::min(lanes, target.lanesOf(tensor.getElementType()));
  };
  llvm::for_each(kernel.getBody().getArgumentTypes(), consider);
  for (Operation &op : kernel.getBody().front().without_terminator())
    llvm::for_each(op.getResultTypes(), consider);
  return lanes;
}

KernelEmitter::KernelEmitter(OpBuilder &b, Context given)
    : b(b), context(std::move(given)), laneCount(lanesOfKernel(context.kernel, context.target)),
      prologue(context.prologueEnd) {
  for (Operation &op : context.kernel.getBody().front().without_terminator()) {
    bool depends =
        isa<nn::ReductionOp, nn::ContractionOp>(op) ||
        llvm::any_of(op.getOperands(), [&](Value v) { return rootDependent.contains(v); });
    if (depends)
      rootDependent.insert(op.result_begin(), op.result_end());
  }
  prologueScope = std::make_unique<ElementScope>(*this, prologue, 1);
}

KernelEmitter::~KernelEmitter() = default;

const Buffer &KernelEmitter::input(Value argument) {
  return context.inputs[cast<BlockArgument>(argument).getArgNumber()];
}

bool KernelEmitter::hasPitch() const {
  auto is = [](const Buffer &buffer) { return buffer.pitch != 0; };
  return llvm::any_of(context.inputs, is) || llvm::any_of(context.outputs, is);
}

Value KernelEmitter::constant(int64_t value) {
  Value &known = constants[value];
  if (!known)
    known = prologue.create<arith::ConstantIndexOp>(location(), value);
  return known;
}

Value KernelEmitter::extent(ShapedType type, unsigned dim) {
  return type.isDynamicDim(dim) ? rows() : constant(type.getDimSize(dim));
}

Value KernelEmitter::elements(ShapedType type) {
  int64_t known = 1;
  for (int64_t size : type.getShape())
    known *= ShapedType::isDynamic(size) ? 1 : size;
  if (type.hasStaticShape())
    return constant(known);
  return b.createOrFold<arith::MulIOp>(location(), rows(), constant(known));
}

std::pair<Value, Value> shareOf(OpBuilder &b, Location loc, Value count, Value thread,
                                Value threads, int64_t grain, int64_t multiple) {
  auto constant = [&](int64_t value) -> Value {
    return b.create<arith::ConstantOp>(loc, b.getIntegerAttr(count.getType(), value));
  };
  auto divideUp = [&](Value a, Value by) -> Value {
    Value less = b.createOrFold<arith::SubIOp>(loc, by, constant(1));
    return b.createOrFold<arith::DivUIOp>(loc, b.createOrFold<arith::AddIOp>(loc, a, less), by);
  };
  Value blocks = multiple == 1 ? count : divideUp(count, constant(multiple));
  Value each = divideUp(blocks, threads);
  if (multiple != 1)
    each = b.createOrFold<arith::MulIOp>(loc, each, constant(multiple));
  Value small =
      b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, count, constant(grain));
  each = b.createOrFold<arith::SelectOp>(loc, small, count, each);
  Value begin = b.createOrFold<arith::MulIOp>(loc, thread, each);
  begin = b.createOrFold<arith::MinUIOp>(loc, begin, count);
  Value end = b.createOrFold<arith::AddIOp>(loc, begin, each);
  end = b.createOrFold<arith::MinUIOp>(loc, end, count);
  return {begin, end};
}

std::pair<Value, Value> KernelEmitter::share(Value count, int64_t grain, int64_t multiple) {
  return shareOf(b, location(), count, thread(), threads(), grain, multiple);
}

Value KernelEmitter::tailMask(Value base, Value limit, int64_t lanes) {
  Location loc = location();
  Value left = b.createOrFold<arith::SubIOp>(loc, limit, base);
  if (lanes == 1)
    return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::sgt, left, constant(0));
  // 32 bits are sufficient, and compare a whole vector at once.
  left = b.createOrFold<arith::MinUIOp>(loc, left, constant(lanes));
  left = b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(), left);
  SmallVector<int32_t> numbers;
  for (int64_t lane = 0; lane < lanes; ++lane)
    numbers.push_back(int32_t(lane));
  auto type = VectorType::get({lanes}, b.getI32Type());
  Value lane = b.create<arith::ConstantOp>(loc, DenseIntElementsAttr::get(type, numbers));
  Value bound = b.create<vector::BroadcastOp>(loc, type, left);
  return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, lane, bound);
}

Value KernelEmitter::stack(int64_t bytes) {
  allStack += llvm::alignTo(bytes, 64);
  Value count = prologue.create<LLVM::ConstantOp>(location(), prologue.getI64Type(), bytes);
  return prologue.create<LLVM::AllocaOp>(location(), LLVM::LLVMPointerType::get(b.getContext()),
                                         prologue.getI8Type(), count, /*alignment=*/64);
}

std::unique_ptr<ElementScope> KernelEmitter::scope(int64_t lanes, Value mask) {
  return std::make_unique<ElementScope>(*this, b, lanes, mask);
}

void KernelEmitter::storeResults(ArrayRef<Index> index, ArrayRef<Known> known, int64_t lanes,
                                 Value mask, std::optional<Index> linear) {
  ElementScope point(*this, b, lanes, mask);
  ArrayRef<int64_t> shape = kernel().getSpace().getShape();
  if (!linear)
    linear = point.linearize(index, rowMajorStrides(shape));
  point.setLinear(index, shape, *linear);
  for (auto [root, element] : known)
    point.bind(root, index, element);
  // Compute all elements before any store, because a result may have the place of an input.
  SmallVector<Value> elements;
  for (Value yielded : kernel().getYielded())
    elements.push_back(point.at(yielded, index));
  for (auto [i, element] : llvm::enumerate(elements)) {
    Index at = point.offsetIn(output(i), index, *linear);
    assert(at.isAffine() && "results are stored contiguously or strided");
    storeElements(b, location(), output(i), at.getBase(), element, at.getStride(), mask);
  }
}

} // namespace nnc
