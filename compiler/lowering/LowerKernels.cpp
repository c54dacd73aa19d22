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

/// The functions of kernels so far. Evaluation, prediction and tracing run the forward pass alike, so many kernels of
/// different functions are the same code; they share it.
class KernelTable {
public:
  /// The function of a kernel that does the same with the same buffers in common, or null.
  LLVM::LLVMFuncOp find(kern::FusedOp kernel, ArrayRef<unsigned> slots) {
    for (Entry &entry : entries)
      if (entry.slots == slots && isSame(entry.kernel.get(), kernel))
        return entry.function;
    return {};
  }
  void add(kern::FusedOp kernel, ArrayRef<unsigned> slots, LLVM::LLVMFuncOp function) {
    // A copy: the original goes with its function.
    entries.push_back({OwningOpRef<kern::FusedOp>(detached(kernel)), SmallVector<unsigned>(slots), function});
  }

private:
  struct Entry {
    OwningOpRef<kern::FusedOp> kernel;
    SmallVector<unsigned> slots;
    LLVM::LLVMFuncOp function;
  };
  /// The kernel with inputs of no use, so that it can outlive what it reads.
  static kern::FusedOp detached(kern::FusedOp kernel) {
    Operation *copy = kernel->clone();
    copy->setOperands({});
    return cast<kern::FusedOp>(copy);
  }
  static bool isSame(kern::FusedOp a, kern::FusedOp b) {
    auto attributes = [](kern::FusedOp kernel) {
      NamedAttrList list(kernel->getAttrDictionary());
      list.erase(kernel.getPlacesAttrName());
      return list.getDictionary(kernel.getContext());
    };
    return a.getBody().getArgumentTypes() == b.getBody().getArgumentTypes() && attributes(a) == attributes(b) &&
           OperationEquivalence::isRegionEquivalentTo(&a.getBody(), &b.getBody(), OperationEquivalence::IgnoreLocations);
  }
  std::vector<Entry> entries;
};

/// Lowers one nn function.
class FunctionLowering {
public:
  FunctionLowering(func::FuncOp source, const LoweringTarget &target, KernelTable &table)
      : source(source), target(target), table(table), b(source), frame(b, source.getLoc(), source.getName()) {}

  LogicalResult run() {
    fixedBytes = source->getAttrOfType<IntegerAttr>("nn.fixed_bytes").getInt();
    auto all = source.getOps<kern::FusedOp>();
    if (source->hasAttr("nn.profile"))
      profiled = std::distance(all.begin(), all.end());
    for (NamedAttribute attribute : source->getDiscardableAttrs())
      if (attribute.getName().getValue().starts_with("nn."))
        frame.function()->setAttr(attribute.getName(), attribute.getValue());
    for (Operation &op : source.getBody().front().without_terminator()) {
      if (auto kernel = dyn_cast<kern::FusedOp>(op)) {
        if (barriers.isNeededBefore(accessesOf(kernel)))
          meet();
        call(kernel);
        if (profiled)
          frame.stamp(kernels - 1);
      } else if (auto guard = dyn_cast<kern::GuardOp>(op)) {
        emitGuard(guard);
      } else if (!isa<kern::ViewOp>(op)) {
        return op.emitOpError("is left in a function that should consist of kernels");
      }
    }
    frame.finish();
    frame.function()->setAttr("nn.stack_bytes", b.getI64IntegerAttr(stackBytes));
    return success();
  }

private:
  /// A barrier. There is a kernel before it: nothing else touches memory.
  void meet() { frame.barrier(profiled ? std::optional<int32_t>(profiled + kernels - 1) : std::nullopt); }
  void call(kern::FusedOp kernel);
  LLVM::LLVMFuncOp makeFunction(kern::FusedOp kernel, ArrayRef<unsigned> slots, unsigned buffers);
  void emitBody(kern::FusedOp kernel, LLVM::LLVMFuncOp function, ArrayRef<unsigned> slots);
  void emitGuard(kern::GuardOp guard) {
    if (barriers.isNeededBefore({{rangeOf(placeOf(guard.getValue()), guard.getValue().getType())}, {}}))
      meet();
    Value address = frame.address(placeOf(guard.getValue()), fixedBytes);
    Type element = cast<ShapedType>(guard.getValue().getType()).getElementType();
    frame.returnUnlessFinite(b.create<LLVM::LoadOp>(guard.getLoc(), element, address));
  }

  func::FuncOp source;
  const LoweringTarget &target;
  KernelTable &table;
  OpBuilder b;
  CallFrame frame;
  BarrierTracker barriers;
  int64_t fixedBytes = 0, stackBytes = 0;
  unsigned kernels = 0;   // called so far
  unsigned profiled = 0;  // all its kernels, if it is to be profiled
};

} // namespace

// A kernel's function takes each distinct buffer once, so that no two pointers overlap and noalias is true:
//   (buffer…, rows, thread, threads)
void FunctionLowering::call(kern::FusedOp kernel) {
  SmallVector<kern::PlaceAttr> distinct;
  SmallVector<unsigned> slots;
  auto addSlot = [&](kern::PlaceAttr place) {
    slots.push_back(llvm::find(distinct, place) - distinct.begin());
    if (slots.back() == distinct.size())
      distinct.push_back(place);
  };
  for (Value input : kernel.getInputs())
    addSlot(placeOf(input));
  for (Value output : kernel.getOutputs())
    addSlot(placeOf(output));
  LLVM::LLVMFuncOp function = table.find(kernel, slots);
  if (!function) {
    function = makeFunction(kernel, slots, distinct.size());
    table.add(kernel, slots, function);
  }
  ++kernels;
  if (auto bytes = function->getAttrOfType<IntegerAttr>("nn.stack_bytes"))
    stackBytes = std::max(stackBytes, bytes.getInt());
  SmallVector<Value> arguments;
  for (kern::PlaceAttr place : distinct)
    arguments.push_back(frame.address(place, fixedBytes));
  arguments.append({frame.rows(), frame.thread(), frame.threads()});
  b.create<LLVM::CallOp>(kernel.getLoc(), function, arguments);
}

LLVM::LLVMFuncOp FunctionLowering::makeFunction(kern::FusedOp kernel, ArrayRef<unsigned> slots, unsigned buffers) {
  SmallVector<Type> types(buffers, LLVM::LLVMPointerType::get(b.getContext()));
  types.append(3, b.getI64Type());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), types);
  OpBuilder outside(source);
  std::string name = (source.getName() + "_k" + Twine(kernels)).str();
  auto function = outside.create<LLVM::LLVMFuncOp>(kernel.getLoc(), name, type, LLVM::Linkage::Internal);
  // Inlined, kernels would only make one function that is slow to compile.
  function.setPassthroughAttr(b.getStrArrayAttr({"noinline", "nounwind"}));
  for (unsigned i = 0; i < buffers; ++i) {
    function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    function.setArgAttr(i, LLVM::LLVMDialect::getNoCaptureAttrName(), b.getUnitAttr());
  }
  emitBody(kernel, function, slots);
  return function;
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

void FunctionLowering::emitBody(kern::FusedOp kernel, LLVM::LLVMFuncOp function, ArrayRef<unsigned> slots) {
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
  if (emitter.stackBytes())
    function->setAttr("nn.stack_bytes", k.getI64IntegerAttr(emitter.stackBytes()));
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
    KernelTable table;
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      // The new function takes the old one's name, so the old one must go before symbols are looked at.
      if (failed(FunctionLowering(function, target, table).run()))
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
