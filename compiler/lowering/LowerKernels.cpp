// LowerKernels: one function for each kernel, and one that calls them in order.
#include "compiler/lowering/LowerKernels.h"
#include "compiler/lowering/Barriers.h"
#include "compiler/lowering/CallFrame.h"
#include "compiler/lowering/Generators.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace nnc {
namespace {

/// Lowers one nn function.
class FunctionLowering {
public:
  FunctionLowering(func::FuncOp source, const LoweringTarget &target)
      : source(source), target(target), b(source), frame(b, source.getLoc(), source.getName()) {}

  LogicalResult run() {
    fixedBytes = source->getAttrOfType<IntegerAttr>("nn.fixed_bytes").getInt();
    for (NamedAttribute attribute : source->getDiscardableAttrs())
      if (attribute.getName().getValue().starts_with("nn."))
        frame.function()->setAttr(attribute.getName(), attribute.getValue());
    for (Operation &op : source.getBody().front().without_terminator()) {
      if (auto kernel = dyn_cast<kern::FusedOp>(op)) {
        if (barriers.isNeededBefore(accessesOf(kernel)))
          frame.barrier();
        if (failed(call(kernel)))
          return failure();
      } else if (auto guard = dyn_cast<kern::GuardOp>(op)) {
        emitGuard(guard);
      } else if (!isa<kern::ViewOp>(op)) {
        return op.emitOpError("is left in a function that should consist of kernels");
      }
    }
    frame.finish();
    return success();
  }

private:
  LogicalResult call(kern::FusedOp kernel);
  LogicalResult emitBody(kern::FusedOp kernel, LLVM::LLVMFuncOp function, ArrayRef<unsigned> slots);
  void emitGuard(kern::GuardOp guard) {
    if (barriers.isNeededBefore({{rangeOf(placeOf(guard.getValue()), guard.getValue().getType())}, {}}))
      frame.barrier();
    Value address = frame.address(placeOf(guard.getValue()), fixedBytes);
    Type element = cast<ShapedType>(guard.getValue().getType()).getElementType();
    frame.returnUnlessFinite(b.create<LLVM::LoadOp>(guard.getLoc(), element, address));
  }

  func::FuncOp source;
  const LoweringTarget &target;
  OpBuilder b;
  CallFrame frame;
  BarrierTracker barriers;
  int64_t fixedBytes = 0;
  unsigned kernels = 0;
};

} // namespace

// A kernel's function takes each distinct buffer once, so that no two pointers overlap and noalias is true:
//   (buffer…, rows, thread, threads)
LogicalResult FunctionLowering::call(kern::FusedOp kernel) {
  Location loc = kernel.getLoc();
  SmallVector<kern::PlaceAttr> places;
  for (Value input : kernel.getInputs())
    places.push_back(placeOf(input));
  for (Value output : kernel.getOutputs())
    places.push_back(placeOf(output));
  SmallVector<kern::PlaceAttr> distinct;
  SmallVector<unsigned> slots;
  for (kern::PlaceAttr place : places) {
    slots.push_back(llvm::find(distinct, place) - distinct.begin());
    if (slots.back() == distinct.size())
      distinct.push_back(place);
  }
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  SmallVector<Type> types(distinct.size(), pointer);
  types.append(3, b.getI64Type());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), types);

  OpBuilder outside(source);
  std::string name = (source.getName() + "_k" + Twine(kernels++)).str();
  auto function = outside.create<LLVM::LLVMFuncOp>(loc, name, type, LLVM::Linkage::Internal);
  // Inlined, kernels would only make one function that is slow to compile.
  function.setPassthroughAttr(b.getStrArrayAttr({"noinline", "nounwind"}));
  for (unsigned i = 0; i < distinct.size(); ++i) {
    function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    function.setArgAttr(i, LLVM::LLVMDialect::getNoCaptureAttrName(), b.getUnitAttr());
  }
  if (failed(emitBody(kernel, function, slots)))
    return failure();

  SmallVector<Value> arguments;
  for (kern::PlaceAttr place : distinct)
    arguments.push_back(frame.address(place, fixedBytes));
  arguments.append({frame.rows(), frame.thread(), frame.threads()});
  b.create<LLVM::CallOp>(loc, function, arguments);
  return success();
}

/// Erases what the generators computed in advance and did not use.
static void eraseDead(Region &region) {
  for (Block &block : region)
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      for (Region &inner : op.getRegions())
        eraseDead(inner);
      if (isOpTriviallyDead(&op))
        op.erase();
    }
}

LogicalResult FunctionLowering::emitBody(kern::FusedOp kernel, LLVM::LLVMFuncOp function,
                                         ArrayRef<unsigned> slots) {
  Location loc = kernel.getLoc();
  OpBuilder k(kernel.getContext());
  Block *entry = function.addEntryBlock(k);
  k.setInsertionPointToStart(entry);
  unsigned buffers = entry->getNumArguments() - 3;
  auto index = [&](unsigned i) -> Value {
    return k.create<arith::IndexCastOp>(loc, k.getIndexType(), entry->getArgument(buffers + i));
  };
  KernelEmitter::Context context;
  context.kernel = kernel;
  context.rows = index(0);
  context.thread = index(1);
  context.threads = index(2);
  context.target = target;
  unsigned slot = 0;
  for (Value input : kernel.getInputs())
    context.inputs.push_back({entry->getArgument(slots[slot++]), cast<RankedTensorType>(input.getType())});
  for (Value output : kernel.getOutputs())
    context.outputs.push_back({entry->getArgument(slots[slot++]), cast<RankedTensorType>(output.getType())});
  auto end = k.create<LLVM::ReturnOp>(loc, ValueRange());
  // The prologue grows before this op; the loops follow it.
  k.setInsertionPoint(end);
  context.prologueEnd = k.create<arith::ConstantIndexOp>(loc, 0);

  KernelEmitter emitter(k, context);
  switch (kernel.getKind()) {
  case kern::Kind::pointwise:
    emitPointwise(emitter);
    break;
  case kern::Kind::reduction:
    emitReduction(emitter);
    break;
  case kern::Kind::contraction:
    emitContraction(emitter);
    break;
  }
  eraseDead(function.getBody());
  return success();
}

namespace {
struct LowerKernels : PassWrapper<LowerKernels, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerKernels)
  explicit LowerKernels(const LoweringTarget &target) : target(target) {}
  LowerKernels(const LowerKernels &other) : PassWrapper(other), target(other.target) {}
  StringRef getArgument() const override { return "nn-lower-kernels"; }
  StringRef getDescription() const override { return "planned kernels to loops over memory"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, cf::ControlFlowDialect, LLVM::LLVMDialect, math::MathDialect,
                    scf::SCFDialect, vector::VectorDialect>();
  }
  void runOnOperation() override {
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      // The new function takes the old one's name, so the old one must go before symbols are looked at.
      if (failed(FunctionLowering(function, target).run()))
        return signalPassFailure();
      function.erase();
    }
  }
  LoweringTarget target;
};
} // namespace

std::unique_ptr<Pass> createLowerKernelsPass(const LoweringTarget &target) {
  return std::make_unique<LowerKernels>(target);
}

} // namespace nnc
