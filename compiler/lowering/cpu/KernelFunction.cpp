// Emits the functions of kernels with the generator of their kind.
#include "compiler/lowering/cpu/KernelFunction.h"
#include "compiler/lowering/cpu/Barriers.h"
#include "compiler/lowering/cpu/Generators.h"
#include "compiler/lowering/cpu/KernelEmitter.h"
#include "compiler/lowering/cpu/KernelTable.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace nnc {

int64_t pitchOf(Value value) {
  const int64_t bytes = cast<RankedTensorType>(value.getType()).getElementTypeBitWidth() / 8;
  return placeOf(value).getPitch() / bytes;
}

/// Erases values that the generators computed in advance and did not use.
static void eraseDead(Region &region) {
  for (Block &block : region)
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      for (Region &inner : op.getRegions())
        eraseDead(inner);
      if (isOpTriviallyDead(&op))
        op.erase();
    }
}

static void emitBody(kern::FusedOp kernel, LLVM::LLVMFuncOp function, ArrayRef<unsigned> slots,
                     const MachineModel &target) {
  Location loc = kernel.getLoc();
  OpBuilder k(kernel.getContext());
  Block *entry = function.addEntryBlock(k);
  k.setInsertionPointToStart(entry);
  const unsigned buffers = entry->getNumArguments() - numbersOfKernel - drawingOps(kernel).size();
  auto index = [&](unsigned i) -> Value {
    return k.create<arith::IndexCastOp>(loc, k.getIndexType(), entry->getArgument(buffers + i));
  };
  KernelEmitter::Context context;
  context.kernel = kernel;
  context.rows = index(0);
  context.batch = index(1);
  context.thread = index(2);
  context.threads = index(3);
  context.target = target;
  unsigned slot = 0;
  auto buffer = [&](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return Buffer{entry->getArgument(slots[slot++]), type, pitchOf(value)};
  };
  for (Value input : kernel.getInputs())
    context.inputs.push_back(buffer(input));
  for (Value output : kernel.getOutputs())
    context.outputs.push_back(buffer(output));
  auto end = k.create<LLVM::ReturnOp>(loc, ValueRange());
  // The prologue grows before this op; the loops come after it.
  k.setInsertionPoint(end);
  context.prologueEnd = k.create<arith::ConstantIndexOp>(loc, 0);

  markParameters(kernel);
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
  useParameters(function, entry->getArguments().drop_front(buffers + numbersOfKernel));
  eraseDead(function.getBody());
  if (emitter.stackBytes())
    function->setAttr("nn.stack_bytes", k.getI64IntegerAttr(emitter.stackBytes()));
}

LLVM::LLVMFuncOp makeKernelFunction(func::FuncOp source, StringRef name, kern::FusedOp kernel,
                                    ArrayRef<unsigned> slots, unsigned buffers,
                                    const MachineModel &target) {
  OpBuilder b(source);
  SmallVector<Type> types(buffers, LLVM::LLVMPointerType::get(b.getContext()));
  types.append(numbersOfKernel, b.getI64Type());
  types.append(drawingOps(kernel).size(), b.getI32Type());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), types);
  auto function = b.create<LLVM::LLVMFuncOp>(kernel.getLoc(), name, type, LLVM::Linkage::Internal);
  // Inlining the kernels would only make one large function that is slow to compile.
  function.setPassthroughAttr(b.getStrArrayAttr({"noinline", "nounwind"}));
  for (unsigned i = 0; i < buffers; ++i) {
    function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    function.setArgAttr(i, LLVM::LLVMDialect::getNoCaptureAttrName(), b.getUnitAttr());
  }
  emitBody(kernel, function, slots, target);
  return function;
}

} // namespace nnc
