// Schedule: a topological order of the kernels by values and by who overwrites whom.
#include "compiler/transforms/Schedule.h"
#include "compiler/dialect/Kern.h"
#include "compiler/transforms/FusionGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnc {
namespace {

class Scheduler {
public:
  explicit Scheduler(func::FuncOp function) : function(function) {
    for (Operation &op : function.getBody().front().without_terminator()) {
      numbers[&op] = ops.size();
      ops.push_back(&op);
    }
    after.resize(ops.size());
    early.assign(ops.size(), false);
    for (auto [i, op] : llvm::enumerate(ops))
      for (Value operand : op->getOperands())
        if (Operation *maker = operand.getDefiningOp())
          after[i].push_back(numbers[maker]);
  }

  void run() {
    Value guard = guardValueOf(function);
    if (guard)
      markNeeded(numbers[guard.getDefiningOp()]);
    orderUpdates();
    // The op that is ready first in program order, those before the guard first.
    SmallVector<Operation *> order;
    for (bool first : {true, false}) {
      emitReady(order, first);
      if (first && guard)
        order.push_back(OpBuilder(function.getContext()).create<kern::GuardOp>(guard.getLoc(), guard));
    }
    Block &body = function.getBody().front();
    for (Operation *op : order) {
      if (op->getBlock())
        op->remove();
      body.getOperations().insert(body.getTerminator()->getIterator(), op);
    }
  }

private:
  void markNeeded(unsigned op) {
    if (std::exchange(early[op], true))
      return;
    for (unsigned before : after[op])
      markNeeded(before);
  }

  /// Readers of a tensor's old value before the kernel with the new one, unless a reader needs the new value.
  void orderUpdates() {
    for (OpOperand &value : function.getBody().front().getTerminator()->getOpOperands()) {
      auto name = function.getResultAttrOfType<StringAttr>(value.getOperandNumber(), "nn.update");
      if (!name)
        continue;
      unsigned writer = numbers[kern::memoryOf(value.get()).getDefiningOp()];
      for (BlockArgument argument : function.getArguments()) {
        if (function.getArgAttr(argument.getArgNumber(), "nn.tensor") != name)
          continue;
        SmallVector<unsigned> readers;
        collectReaders(argument, readers);
        for (unsigned reader : readers)
          if (reader != writer && !needs(reader, writer) && !(early[writer] && !early[reader]))
            after[writer].push_back(reader);
      }
    }
  }

  void collectReaders(Value value, SmallVectorImpl<unsigned> &readers) {
    for (Operation *user : value.getUsers()) {
      if (isa<kern::ViewOp>(user))
        collectReaders(user->getResult(0), readers);
      else if (isa<kern::FusedOp>(user))
        readers.push_back(numbers[user]);
    }
  }

  bool needs(unsigned op, unsigned other) {
    SmallVector<bool> seen(ops.size(), false);
    SmallVector<unsigned> work{op};
    while (!work.empty()) {
      unsigned next = work.pop_back_val();
      if (next == other)
        return true;
      if (!std::exchange(seen[next], true))
        work.append(after[next]);
    }
    return false;
  }

  void emitReady(SmallVectorImpl<Operation *> &order, bool first) {
    if (done.empty())
      done.assign(ops.size(), false);
    for (bool progress = true; progress;) {
      progress = false;
      for (unsigned i = 0; i < ops.size(); ++i) {
        if (done[i] || (first && !early[i]) || !llvm::all_of(after[i], [&](unsigned before) { return done[before]; }))
          continue;
        done[i] = progress = true;
        order.push_back(ops[i]);
      }
    }
  }

  func::FuncOp function;
  SmallVector<Operation *> ops;
  DenseMap<Operation *, unsigned> numbers;
  SmallVector<SmallVector<unsigned, 4>> after; // what must run before
  SmallVector<bool> early, done;
};

struct SchedulePass : PassWrapper<SchedulePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SchedulePass)
  StringRef getArgument() const override { return "nn-schedule"; }
  StringRef getDescription() const override { return "order kernels: the loss, the guard, the rest"; }
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      schedule(function);
  }
};

} // namespace

void schedule(func::FuncOp function) { Scheduler(function).run(); }

std::unique_ptr<Pass> createSchedulePass() { return std::make_unique<SchedulePass>(); }

} // namespace nnc
