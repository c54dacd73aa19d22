// Orders the kernels and loops of each block topologically: by the values they read and by the
// tensors they overwrite.
#include "compiler/transforms/Schedule.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/transforms/FusionGraph.h"
#include "compiler/transforms/TopologicalOrder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnc {
namespace {

class Scheduler {
public:
  explicit Scheduler(Block &body)
      : body(body), function(dyn_cast<func::FuncOp>(body.getParentOp())) {
    for (Operation &op : body.without_terminator()) {
      numbers[&op] = ops.size();
      ops.push_back(&op);
    }
    after.resize(ops.size());
    before.resize(ops.size());
    ranks.begin(ops.size());
    early.assign(ops.size(), false);
    for (auto [i, op] : llvm::enumerate(ops))
      for (Value operand : op->getOperands())
        if (Operation *maker = operand.getDefiningOp())
          addEdge(numbers[maker], i);
  }

  void run() {
    Value guard = function ? guardValueOf(function) : Value();
    if (guard)
      markNeeded(numbers[guard.getDefiningOp()]);
    if (function)
      orderUpdates();
    else
      orderStates();
    // Emit the first ready op in program order; first those that the guard needs.
    SmallVector<Operation *> order;
    for (bool first : {true, false}) {
      emitReady(order, first);
      if (first && guard)
        order.push_back(OpBuilder(guard.getContext()).create<kern::GuardOp>(guard.getLoc(), guard));
    }
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
    for (unsigned needed : after[op])
      markNeeded(needed);
  }

  void addEdge(unsigned first, unsigned then) {
    after[then].push_back(first);
    before[first].push_back(then);
  }

  /// Orders the readers of a tensor's old value before the kernel with the new one, unless a reader
  /// needs the new value.
  void orderUpdates() {
    DenseMap<StringAttr, SmallVector<BlockArgument, 1>> old;
    for (BlockArgument argument : function.getArguments())
      if (auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "nn.tensor"))
        old[name].push_back(argument);
    for (OpOperand &value : body.getTerminator()->getOpOperands()) {
      auto name = function.getResultAttrOfType<StringAttr>(value.getOperandNumber(), "nn.update");
      if (!name)
        continue;
      orderReaders(old.lookup(name), kern::memoryOf(value.get()).getDefiningOp());
    }
  }

  /// The same for the states of a loop.
  void orderStates() {
    auto loop = cast<nn::LoopOp>(body.getParentOp());
    unsigned next = 0;
    for (BlockArgument argument : body.getArguments())
      if (loop.getStart(argument.getArgNumber())) {
        Value value = kern::memoryOf(body.getTerminator()->getOperand(next++));
        if (value.getDefiningOp())
          orderReaders(argument, value.getDefiningOp());
      }
  }

  void orderReaders(ArrayRef<BlockArgument> old, Operation *op) {
    unsigned writer = numbers[op];
    for (BlockArgument argument : old) {
      SmallVector<unsigned> readers;
      collectReaders(argument, readers);
      for (unsigned reader : readers)
        if (reader != writer && !needs(reader, writer) && !(early[writer] && !early[reader]))
          orderBefore(reader, writer);
    }
  }

  void collectReaders(Value value, SmallVectorImpl<unsigned> &readers) {
    for (Operation *user : value.getUsers()) {
      if (isa<kern::ViewOp>(user))
        collectReaders(user->getResult(0), readers);
      else if (isa<kern::FusedOp, nn::LoopOp>(user))
        readers.push_back(numbers[user]);
    }
  }

  bool needs(unsigned op, unsigned other) {
    if (!ranks.isBefore(other, op))
      return false;
    auto needed = [&](unsigned node) { return llvm::is_contained(after[node], other); };
    return needed(op) || llvm::any_of(neededBy(op, other), needed);
  }
  /// The ops that `op` needs and that rank above `low`.
  SmallVector<unsigned> neededBy(unsigned op, unsigned low) {
    return ranks.between(low, op, op,
                         [&](unsigned node, auto visit) { llvm::for_each(after[node], visit); });
  }

  /// Adds the edge. `first` must not need `then`.
  void orderBefore(unsigned first, unsigned then) {
    if (ranks.isBefore(then, first)) {
      SmallVector<unsigned> order = neededBy(first, then);
      order.append({first, then});
      order.append(ranks.between(then, first, then, [&](unsigned node, auto visit) {
        llvm::for_each(before[node], visit);
      }));
      ranks.rearrange(order);
    }
    addEdge(first, then);
  }

  void emitReady(SmallVectorImpl<Operation *> &order, bool first) {
    if (done.empty())
      done.assign(ops.size(), false);
    for (bool progress = true; progress;) {
      progress = false;
      for (unsigned i = 0; i < ops.size(); ++i) {
        if (done[i] || (first && !early[i]) ||
            !llvm::all_of(after[i], [&](unsigned needed) { return done[needed]; }))
          continue;
        done[i] = progress = true;
        order.push_back(ops[i]);
      }
    }
  }

  Block &body;
  func::FuncOp function; // null for the block of a loop
  SmallVector<Operation *> ops;
  DenseMap<Operation *, unsigned> numbers;
  SmallVector<SmallVector<unsigned, 4>> after, before; // what must run before it, and what after it
  TopologicalOrder ranks;
  SmallVector<bool> early, done;
};

struct SchedulePass : PassWrapper<SchedulePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SchedulePass)
  StringRef getArgument() const override { return "nn-schedule"; }
  StringRef getDescription() const override {
    return "order kernels: the loss, the guard, the rest";
  }
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      schedule(function);
  }
};

} // namespace

static void schedule(Block &body) {
  for (auto loop : body.getOps<nn::LoopOp>())
    schedule(loop.getBlock());
  Scheduler(body).run();
}

void schedule(func::FuncOp function) { schedule(function.getBody().front()); }

std::unique_ptr<Pass> createSchedulePass() { return std::make_unique<SchedulePass>(); }

} // namespace nnc
