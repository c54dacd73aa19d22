// Lowers each kernel to a function, and each nn function to one that calls its kernels in order.
#include "compiler/lowering/cpu/LowerKernels.h"
#include "compiler/dialect/Placed.h"
#include "compiler/dialect/Walks.h"
#include "compiler/lowering/cpu/Barriers.h"
#include "compiler/lowering/cpu/CallFrame.h"
#include "compiler/lowering/cpu/KernelEmitter.h"
#include "compiler/lowering/cpu/KernelFunction.h"
#include "compiler/lowering/cpu/KernelTable.h"
#include "compiler/lowering/cpu/RowPanels.h"
#include "compiler/lowering/cpu/SmallFunction.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <array>

using namespace mlir;

namespace nnc {
namespace {

/// The scratch places that kernels write, and the bytes of the largest tensor in each.
llvm::MapVector<kern::PlaceAttr, int64_t> scratchOf(func::FuncOp function, int64_t rows) {
  llvm::MapVector<kern::PlaceAttr, int64_t> places;
  for (auto kernel : function.getOps<kern::FusedOp>())
    for (auto [i, type] : llvm::enumerate(kernel.getOutputs().getTypes())) {
      kern::PlaceAttr place = kernel.getPlace(i);
      if (!kern::scratchPower(place.getMemory()))
        continue;
      places[place] = std::max(places[place], kern::bytesOf(type, rows));
    }
  return places;
}

/// The number of kernels in a function, or in a loop.
unsigned kernelsIn(Operation *op) {
  unsigned count = 0;
  op->walk([&](kern::FusedOp) { ++count; });
  return count;
}

/// Lowers one nn function.
class FunctionLowering {
  /// The largest number of kernel calls in one function.
  static constexpr unsigned kernelsOfPart = 200;

public:
  /// Calls with `flatRows` examples go to `flat`, if there is one.
  FunctionLowering(func::FuncOp source, const MachineModel &target, KernelTable &table,
                   LLVM::LLVMFuncOp flat = {}, int64_t flatRows = 0)
      : source(source), target(target), table(table), b(source),
        frame(b, source.getLoc(), source.getName(), flat, flatRows) {}

  /// The flat form of the function (see SmallFunction.h), for `rows` examples.
  FunctionLowering(func::FuncOp source, const MachineModel &target, KernelTable &table,
                   int64_t rows)
      : source(source), target(target), table(table), b(source),
        frame(b, source.getLoc(), (source.getName() + "_flat").str(), rows) {
    for (auto [place, bytes] : scratchOf(source, rows))
      frame.keepOnStack(place, bytes);
    frame.function().setLinkage(LLVM::Linkage::Internal);
    frame.function().setPassthroughAttr(b.getStrArrayAttr({"noinline", "nounwind", flatAttribute}));
  }

  LLVM::LLVMFuncOp function() { return frame.function(); }

  LogicalResult run() {
    pools = {source->getAttrOfType<IntegerAttr>(kern::scratchBytes[0]).getInt(),
             source->getAttrOfType<IntegerAttr>(kern::scratchBytes[1]).getInt()};
    if (source->hasAttr("nn.profile"))
      profiled = kernelsIn(source);
    for (NamedAttribute attribute : source->getDiscardableAttrs())
      if (attribute.getName().getValue().starts_with("nn."))
        frame.function()->setAttr(attribute.getName(), attribute.getValue());
    if (failed(lowerBlock(source.getBody().front())))
      return failure();
    frame.finish();
    frame.function()->setAttr("nn.stack_bytes", b.getI64IntegerAttr(stackBytes));
    return success();
  }

private:
  LogicalResult lowerBlock(Block &block);
  LogicalResult emitLoop(nn::LoopOp loop);
  /// Continues in another function if there are enough kernels in this one.
  void mayGoOn() {
    if (kernels < end || !frame.mayGoOn())
      return;
    frame.goOnIn((frame.function().getName() + "_part" + Twine(++parts)).str());
    end = kernels + kernelsOfPart;
  }
  /// Emits a barrier. A kernel precedes it, because nothing else accesses memory.
  void meet() {
    frame.barrier(profiled ? std::optional<int32_t>(profiled + kernels - 1) : std::nullopt);
  }
  /// The function of a kernel, and the tensors for its pointers.
  struct Callee {
    LLVM::LLVMFuncOp function;
    SmallVector<std::pair<kern::PlaceAttr, Type>> tensors;
    int32_t event;
  };
  Callee prepare(kern::FusedOp kernel);
  /// `firstRow`: the first example that the kernel must compute; null: the first of the batch.
  /// `numbers`: the arguments after the buffers.
  void emitCall(kern::FusedOp kernel, const Callee &callee, Value firstRow,
                std::array<Value, numbersOfKernel> numbers);
  void callPanels(MutableArrayRef<kern::FusedOp> panel);
  void emitGuard(kern::GuardOp guard) {
    if (barriers.isNeededBefore({{rangeOf(guard.getValue())}, {}}))
      meet();
    Value address = frame.address(placeOf(guard.getValue()), pools);
    Type element = cast<ShapedType>(guard.getValue().getType()).getElementType();
    frame.returnUnlessFinite(b.create<LLVM::LoadOp>(guard.getLoc(), element, address));
  }

  func::FuncOp source;
  const MachineModel &target;
  KernelTable &table;
  OpBuilder b;
  CallFrame frame;
  BarrierTracker barriers;
  CallFrame::Pools pools;
  int64_t stackBytes = 0;
  unsigned parts = 0, end = kernelsOfPart; // functions so far; the first kernel of the next one
  unsigned kernels = 0;                    // number of kernels called so far
  unsigned profiled = 0;                   // number of all its kernels, if it is profiled
};

} // namespace

LogicalResult FunctionLowering::lowerBlock(Block &block) {
  SmallVector<kern::FusedOp> panel;
  for (Operation &op : block) {
    auto next = dyn_cast<kern::FusedOp>(op);
    std::optional<RowPanel> own = next ? panelOf(next) : std::nullopt;
    if (!panel.empty() && !isa<kern::ViewOp>(op) &&
        !(own && own->group == panelOf(panel[0])->group)) {
      callPanels(panel);
      panel.clear();
    }
    if (op.hasTrait<OpTrait::IsTerminator>())
      break;
    if (next && panel.empty())
      mayGoOn();
    if (own) {
      panel.push_back(next);
    } else if (next) {
      if (barriers.isNeededBefore(accessesOf(next)))
        meet();
      emitCall(next, prepare(next), /*firstRow=*/{},
               {frame.rows(), frame.rows(), frame.thread(), frame.threads()});
    } else if (auto guard = dyn_cast<kern::GuardOp>(op)) {
      emitGuard(guard);
    } else if (auto loop = dyn_cast<nn::LoopOp>(op)) {
      if (failed(emitLoop(loop)))
        return failure();
    } else if (!isa<kern::ViewOp>(op)) {
      return op.emitOpError("is left in a function that should consist of kernels");
    }
  }
  return success();
}

/// Emits the code of one run, and a loop around it. A long body is a function of its own.
LogicalResult FunctionLowering::emitLoop(nn::LoopOp loop) {
  const bool isLong = kernelsIn(loop) > kernelsOfPart;
  if (!isLong && kernels + kernelsIn(loop) > end)
    end = kernels; // the loop must be in one function
  mayGoOn();
  if (barriers.isNeededBeforeLoop(loop))
    meet();
  BarrierTracker before = std::exchange(barriers, {});
  const unsigned endAround = end;
  std::string body;
  if (isLong) {
    body = (frame.function().getName() + "_part" + Twine(++parts)).str();
    end = kernels + kernelsOfPart;
  }
  frame.beginLoop(loop.getRuns(), loop.runsBackwards(), body);
  if (failed(lowerBlock(loop.getBlock())))
    return failure();
  if (barriers.isNeededBetweenRuns())
    meet();
  frame.endLoop();
  before.addLoop(barriers);
  barriers = std::move(before);
  if (isLong)
    end = std::max(endAround, kernels);
  return success();
}

FunctionLowering::Callee FunctionLowering::prepare(kern::FusedOp kernel) {
  Callee callee;
  SmallVector<kern::PlaceAttr> distinct;
  SmallVector<unsigned> slots;
  auto addSlot = [&](Value value) {
    kern::PlaceAttr place = placeOf(value);
    slots.push_back(llvm::find(distinct, place) - distinct.begin());
    if (slots.back() == distinct.size()) {
      distinct.push_back(place);
      callee.tensors.push_back({place, value.getType()});
    }
  };
  for (Value input : kernel.getInputs())
    addSlot(input);
  for (Value output : kernel.getOutputs())
    addSlot(output);
  KernelForm form(kernel, slots);
  callee.function = table.find(form);
  if (!callee.function) {
    std::string name = (source.getName() + "_k" + Twine(kernels)).str();
    callee.function = makeKernelFunction(source, name, kernel, slots, distinct.size(), target);
    table.add(std::move(form), callee.function);
  }
  callee.event = kernels++;
  if (auto bytes = callee.function->getAttrOfType<IntegerAttr>("nn.stack_bytes"))
    stackBytes = std::max(stackBytes, bytes.getInt());
  return callee;
}

void FunctionLowering::emitCall(kern::FusedOp kernel, const Callee &callee, Value firstRow,
                                std::array<Value, numbersOfKernel> numbers) {
  SmallVector<Value> arguments;
  for (auto [place, type] : callee.tensors) {
    Value address = frame.address(place, pools);
    if (int64_t size = firstRow ? rowDistance(place, type) : 0) {
      Value offset = b.create<LLVM::MulOp>(kernel.getLoc(), firstRow, frame.number(size));
      address = b.create<LLVM::GEPOp>(kernel.getLoc(), address.getType(), b.getI8Type(), address,
                                      ArrayRef<LLVM::GEPArg>{offset});
    }
    arguments.push_back(address);
  }
  arguments.append(numbers.begin(), numbers.end());
  for (Operation *op : drawingOps(kernel))
    arguments.push_back(b.create<LLVM::ConstantOp>(
        kernel.getLoc(), b.getI32Type(), b.getI32IntegerAttr(int32_t(nn::placeOf(op).getInt()))));
  b.create<LLVM::CallOp>(kernel.getLoc(), callee.function, arguments);
  if (profiled)
    frame.stamp(callee.event);
}

void FunctionLowering::callPanels(MutableArrayRef<kern::FusedOp> panel) {
  Location loc = panel[0].getLoc();
  Accesses accesses;
  int64_t bytes = 0;
  for (kern::FusedOp kernel : panel) {
    Accesses own = accessesOf(kernel);
    accesses.reads.append(own.reads);
    accesses.writes.append(own.writes);
    for (ValueRange values : {ValueRange(kernel.getInputs()), ValueRange(kernel.getOutputs())})
      for (Value value : values)
        bytes += rowBytes(value.getType());
  }
  if (barriers.isNeededBefore(accesses))
    meet();
  auto callees = llvm::map_to_vector(panel, [&](kern::FusedOp kernel) { return prepare(kernel); });
  for (const Callee &callee : callees)
    for (auto [place, type] : callee.tensors)
      frame.addressOfWhole(place, pools); // computed outside the loop

  Value rows = frame.number(panelOf(panel[0])->rows), zero = frame.number(0), one = frame.number(1);
  Value upToLast =
      b.create<LLVM::AddOp>(loc, frame.rows(), frame.number(panelOf(panel[0])->rows - 1));
  Value panels = b.create<LLVM::UDivOp>(loc, upToLast, rows);
  int64_t enough = target.unitsWorthSharing(target.rowVectorCycles) * target.vectorBytes /
                   std::max<int64_t>(1, bytes);
  auto [begin, end] = shareOf(b, loc, panels, frame.thread(), frame.threads(),
                              llvm::divideCeil(enough, panelOf(panel[0])->rows));
  auto loop = b.create<scf::ForOp>(loc, begin, end, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value first = b.create<LLVM::MulOp>(loc, loop.getInductionVar(), rows);
  Value count = b.create<LLVM::UMinOp>(loc, rows, b.create<LLVM::SubOp>(loc, frame.rows(), first));
  for (auto [kernel, callee] : llvm::zip(panel, callees))
    emitCall(kernel, callee, first, {count, frame.rows(), zero, one});
}

namespace {
struct LowerKernels : PassWrapper<LowerKernels, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerKernels)
  explicit LowerKernels(const MachineModel &target) : target(target) {}
  LowerKernels(const LowerKernels &other) : PassWrapper(other), target(other.target) {}
  StringRef getArgument() const override { return "nn-lower-kernels"; }
  StringRef getDescription() const override { return "planned kernels to loops over memory"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, cf::ControlFlowDialect, LLVM::LLVMDialect,
                    math::MathDialect, scf::SCFDialect, vector::VectorDialect>();
  }
  void runOnOperation() override {
    KernelTable table;
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (failed(lower(function, table)))
        return signalPassFailure();
      function.erase();
    }
  }
  LogicalResult lower(func::FuncOp function, KernelTable &table) {
    // Addresses are computed with strides that are known; irgen makes no other shapes.
    auto elsewhere = [](Type type) { return nn::batchDims(type) > unsigned(nn::isBatched(type)); };
    if (Value wrong = nn::findValue(function, elsewhere))
      return emitError(wrong.getLoc(), "no code can be generated for the shape of ")
             << wrong.getType() << ": only its first dim can be the batch";
    // The new function takes the name of the old one, so the old one must be removed before symbols
    // are looked up.
    const std::optional<int64_t> rows = rowsWhenFlat(function, target);
    if (!rows)
      return FunctionLowering(function, target, table).run();
    FunctionLowering flat(function, target, table, *rows);
    return success(
        succeeded(flat.run()) &&
        succeeded(FunctionLowering(function, target, table, flat.function(), *rows).run()));
  }
  MachineModel target;
};
} // namespace

std::unique_ptr<Pass> createLowerKernelsPass(const MachineModel &target) {
  return std::make_unique<LowerKernels>(target);
}

} // namespace nnc
