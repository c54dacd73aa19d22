// Plans memory: the layout of the persistent tensors, then the places in each function in schedule
// order.
#include "compiler/transforms/PlanMemory.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/Walks.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/transforms/Pool.h"
#include "compiler/transforms/memory/InPlace.h"
#include "compiler/transforms/memory/LoopStates.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace nnc {

namespace {

/// Finds the last op that uses the memory of each value.
class Liveness {
public:
  explicit Liveness(Block &body) {
    for (Operation &op : body)
      for (Value operand : op.getOperands())
        if (!isa<kern::ViewOp>(op))
          last[kern::memoryOf(operand)] = &op;
  }
  /// Not for values from before a loop: they must outlive each of its runs.
  bool diesAt(Value value, Operation *op) const { return last.lookup(value) == op; }
  bool isUsed(Value value) const { return last.contains(value); }

private:
  DenseMap<Value, Operation *> last;
};

class FunctionPlanner {
public:
  FunctionPlanner(func::FuncOp function, const llvm::MapVector<StringAttr, int64_t> &offsets,
                  ArrayAttr scalars)
      : function(function), offsets(offsets), scalars(scalars), body(function.getBody().front()) {
    for (auto op : body.getOps<kern::GuardOp>())
      guard = op;
  }

  LogicalResult run() {
    if (failed(checkBatchDims()) || failed(placeArguments()))
      return failure();
    copyStates(body);
    placeReturned();
    placeScratch(body);
    Builder b(function.getContext());
    auto list = [&](ArrayRef<Place> all) {
      return b.getArrayAttr(SmallVector<Attribute>(all.begin(), all.end()));
    };
    for (auto &[op, all] : places)
      if (auto kernel = dyn_cast<kern::FusedOp>(op))
        kernel.setPlacesAttr(list(all));
      else
        op->setAttr("kern.places", list(all));
    for (auto &[loop, all] : argumentPlaces)
      loop->setAttr("kern.argument_places", list(all));
    for (auto [power, name] : llvm::enumerate(kern::scratchBytes))
      if (power < 2 || scratch[power].size() > 0) // the batch is rarely in a shape twice
        function->setAttr(name, b.getI64IntegerAttr(scratch[power].size()));
    return success();
  }

private:
  using Place = kern::PlaceAttr;

  Place placeAt(kern::Memory memory, int64_t offset) {
    return Place::get(function.getContext(), memory, offset);
  }
  Place &placeOf(OpResult result) {
    auto &all = places[result.getOwner()];
    all.resize(result.getOwner()->getNumResults());
    return all[result.getResultNumber()];
  }
  void setPlace(OpResult result, Place place);
  LogicalResult checkBatchDims();
  LogicalResult placeArguments();
  Place placeOfValue(Value value);
  void placeReturned();
  bool mayWriteInPlace(StringAttr name, OpResult value);
  void placeScratch(Block &block);
  void placeLoop(nn::LoopOp loop);
  void placeResults(Operation *op, const Liveness &live);
  void releaseAfter(Operation *op, const Liveness &live);
  Place takeOver(kern::FusedOp kernel, OpResult result, const Liveness &live,
                 DenseSet<Value> &taken);
  Place allocate(Type type);
  void release(Place place);

  func::FuncOp function;
  const llvm::MapVector<StringAttr, int64_t> &offsets;
  ArrayAttr scalars;
  Block &body;
  llvm::MapVector<Operation *, SmallVector<Place>> places, argumentPlaces;
  // the arguments that hold the value of a tensor before the call
  DenseMap<StringAttr, SmallVector<Value, 1>> old;
  kern::GuardOp guard; // the last one
  // By the number of dims that are the batch: kern::Memory::fixed, row and square.
  std::array<Pool, kern::scratchMemories> scratch;
};

/// Scratch is planned as so many bytes, so many for each row, and so many for each pair of rows.
LogicalResult FunctionPlanner::checkBatchDims() {
  Value wrong = nn::findValue(
      function, [](Type type) { return nn::batchDims(type) >= kern::scratchMemories; });
  if (!wrong)
    return success();
  return emitError(wrong.getLoc(), "a value has the batch ")
         << nn::batchDims(wrong.getType()) << " times in its shape " << wrong.getType()
         << "; at most " << kern::scratchMemories - 1 << " are possible";
}

LogicalResult FunctionPlanner::placeArguments() {
  int64_t fields = 0;
  SmallVector<DictionaryAttr> attributes; // set all at once, because MLIR keeps each attribute list
                                          // forever
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    Place place;
    if (function.getArgAttr(i, "nn.field")) {
      place = placeAt(kern::Memory::field, fields++);
    } else if (auto name = function.getArgAttrOfType<StringAttr>(i, "nn.tensor")) {
      place = placeAt(kern::Memory::tensor, offsets.lookup(name));
      old[name].push_back(function.getArgument(i));
    } else if (auto name = function.getArgAttrOfType<StringAttr>(i, "nn.scalar")) {
      auto found = scalars ? llvm::find(scalars, name) : nullptr;
      if (!found || found == scalars.end())
        return function.emitError("takes the scalar ")
               << name << ", which the module's nn.scalars lacks";
      place = placeAt(kern::Memory::scalar, found - scalars.begin());
    } else {
      return function.emitError("has an argument of no kind: nn.field, nn.tensor or nn.scalar");
    }
    NamedAttrList list(function.getArgAttrDict(i));
    list.set("kern.place", place);
    attributes.push_back(list.getDictionary(function.getContext()));
  }
  function.setAllArgAttrs(attributes);
  return success();
}

bool FunctionPlanner::mayWriteInPlace(StringAttr name, OpResult value) {
  if (guard && isa<kern::FusedOp>(value.getOwner()) && value.getOwner()->isBeforeInBlock(guard))
    return false;
  return mayOverwrite(value, old.lookup(name));
}

/// Places a result before its op is reached. A state of a loop is there from its start on.
void FunctionPlanner::setPlace(OpResult result, Place place) {
  placeOf(result) = place;
  if (OpOperand *start = startOf(result))
    setPlace(cast<OpResult>(kern::memoryOf(start->get())), place);
}

/// The place of a value that has one: of an argument, or of what came before in program order.
FunctionPlanner::Place FunctionPlanner::placeOfValue(Value value) {
  value = kern::memoryOf(value);
  if (auto result = dyn_cast<OpResult>(value))
    return placeOf(result);
  auto argument = cast<BlockArgument>(value);
  if (argument.getOwner() == &body)
    return function.getArgAttrOfType<Place>(argument.getArgNumber(), "kern.place");
  return argumentPlaces.find(argument.getOwner()->getParentOp())->second[argument.getArgNumber()];
}

void FunctionPlanner::placeReturned() {
  int64_t results = 0;
  auto terminator = cast<func::ReturnOp>(body.getTerminator());
  for (OpOperand &operand : terminator->getOpOperands()) {
    auto value = cast<OpResult>(kern::memoryOf(operand.get()));
    auto name = function.getResultAttrOfType<StringAttr>(operand.getOperandNumber(), "nn.update");
    if (!name) {
      setPlace(value, placeAt(kern::Memory::result, results++));
    } else if (mayWriteInPlace(name, value)) {
      placeOf(value) = placeAt(kern::Memory::tensor, offsets.lookup(name));
    } else {
      // Compute it in scratch and copy it after the last reader of the old value.
      OpBuilder b(terminator);
      operand.set(kern::buildCopy(b, operand.get()));
      placeOf(cast<OpResult>(operand.get())) = placeAt(kern::Memory::tensor, offsets.lookup(name));
    }
  }
}

void FunctionPlanner::placeScratch(Block &block) {
  Liveness live(block);
  for (Operation &op : block) {
    if (auto loop = dyn_cast<nn::LoopOp>(op)) {
      placeResults(loop, live);
      placeLoop(loop);
    } else if (isa<kern::FusedOp>(op)) {
      placeResults(&op, live);
    } else {
      continue;
    }
    releaseAfter(&op, live);
  }
}

/// Places what belongs to the runs of a loop. A state is in one memory from its start to the loop's
/// result (see LoopStates.h). Elements of sequences are where the sequences are, and what is
/// stacked is written where the stack is. Operands of the loop are in use during all of it.
void FunctionPlanner::placeLoop(nn::LoopOp loop) {
  unsigned depth = 0;
  for (auto outer = loop->getParentOfType<nn::LoopOp>(); outer;
       outer = outer->getParentOfType<nn::LoopOp>())
    ++depth;
  Block &block = loop.getBlock();
  SmallVector<Place> own;
  for (BlockArgument argument : block.getArguments()) {
    const unsigned i = argument.getArgNumber();
    if (std::optional<unsigned> sequence = loop.getElementOf(i)) {
      Value whole = loop->getOperand(*sequence);
      own.push_back(kern::elementPlace(placeOfValue(whole), whole.getType(), depth));
    } else {
      std::optional<unsigned> same = loop.getInvariant(i), start = loop.getStart(i);
      own.push_back(placeOfValue(loop->getOperand(same ? *same : *start)));
    }
  }
  argumentPlaces[loop] = own;
  SmallVector<BlockArgument> states = statesOf(loop);
  for (auto [i, yielded] : llvm::enumerate(block.getTerminator()->getOperands())) {
    Place place;
    if (i < states.size())
      place = own[states[i].getArgNumber()];
    else
      place = kern::elementPlace(placeOf(loop->getResult(i)), loop->getResult(i).getType(), depth);
    setPlace(cast<OpResult>(kern::memoryOf(yielded)), place);
  }
  placeScratch(block);
}

/// Releases the memory of results without a user, and of values that `op` is the last to use.
void FunctionPlanner::releaseAfter(Operation *op, const Liveness &live) {
  SmallVector<Value> dead;
  for (Value input : op->getOperands())
    if (Value memory = kern::memoryOf(input); memory.getDefiningOp() && live.diesAt(memory, op))
      if (!llvm::is_contained(dead, memory))
        dead.push_back(memory);
  for (Value output : op->getResults())
    if (!live.isUsed(output))
      dead.push_back(output);
  for (Value value : dead) {
    Place place = placeOf(cast<OpResult>(value));
    bool takenOver = llvm::is_contained(places[op], place) && value.getDefiningOp() != op;
    if (!takenOver)
      release(place);
  }
}

FunctionPlanner::Place FunctionPlanner::allocate(Type type) {
  unsigned power = nn::batchDims(type);
  return placeAt(kern::scratchMemory(power), scratch[power].allocate(kern::bytesOf(type)));
}

void FunctionPlanner::release(Place place) {
  if (!place.getSteps().empty())
    return; // the whole sequence is released
  if (std::optional<unsigned> power = kern::scratchPower(place.getMemory()))
    scratch[*power].release(place.getOffset());
}

void FunctionPlanner::placeResults(Operation *op, const Liveness &live) {
  DenseSet<Value> taken;
  for (OpResult result : op->getResults()) {
    if (placeOf(result))
      continue;
    Place place;
    if (auto kernel = dyn_cast<kern::FusedOp>(op))
      place = takeOver(kernel, result, live, taken);
    else if (OpOperand *start = startOf(result))
      place = placeOfValue(start->get());
    placeOf(result) = place ? place : allocate(result.getType());
  }
}

/// The place of an input that is not used later and may be overwritten, or null.
FunctionPlanner::Place FunctionPlanner::takeOver(kern::FusedOp kernel, OpResult result,
                                                 const Liveness &live, DenseSet<Value> &taken) {
  for (OpOperand &input : kernel->getOpOperands()) {
    Value value = input.get();
    if (!value.getDefiningOp<kern::FusedOp>() || value.getType() != result.getType() ||
        taken.contains(value) || !live.diesAt(value, kernel) ||
        llvm::count(kernel.getInputs(), value) != 1)
      continue;
    Place place = placeOf(cast<OpResult>(value));
    if (!kern::scratchPower(place.getMemory()))
      continue;
    bool viewed = llvm::any_of(kernel.getInputs(), [&](Value other) {
      return other != value && kern::memoryOf(other) == value;
    });
    if (viewed ||
        !readsOnlyWhatItWrites(kernel, kernel.getBody().getArgument(input.getOperandNumber())))
      continue;
    taken.insert(value);
    return place;
  }
  return {};
}

} // namespace

LogicalResult planMemory(ModuleOp module) {
  Builder b(module.getContext());
  // Tensors in the order in which functions mention them.
  llvm::MapVector<StringAttr, int64_t> offsets, sizes;
  int64_t end = 0;
  auto mention = [&](Attribute attribute, Type type) {
    auto name = dyn_cast_or_null<StringAttr>(attribute);
    if (!name || !offsets.insert({name, end}).second)
      return;
    sizes.insert({name, kern::bytesOf(type)});
    end = llvm::alignTo(end + kern::bytesOf(type), Pool::alignment);
  };
  for (auto function : module.getOps<func::FuncOp>()) {
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      mention(function.getArgAttr(i, "nn.tensor"), function.getArgumentTypes()[i]);
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      mention(function.getResultAttr(i, "nn.update"), function.getResultTypes()[i]);
  }
  for (auto function : module.getOps<func::FuncOp>())
    if (failed(FunctionPlanner(function, offsets, module->getAttrOfType<ArrayAttr>("nn.scalars"))
                   .run()))
      return failure();
  NamedAttrList table, bytes;
  for (auto [name, offset] : offsets) {
    table.set(name, b.getI64IntegerAttr(offset));
    bytes.set(name, b.getI64IntegerAttr(sizes.lookup(name)));
  }
  module->setAttr("nn.offsets", table.getDictionary(module.getContext()));
  module->setAttr("nn.sizes", bytes.getDictionary(module.getContext()));
  module->setAttr("nn.persistent_bytes", b.getI64IntegerAttr(end));
  return success();
}

int64_t MemoryPlan::scratchBytes(int64_t capacity) const {
  int64_t most = 0;
  for (const Function &function : functions)
    most = std::max(most, function.bytes(capacity));
  return most;
}

MemoryPlan memoryPlanOf(ModuleOp module) {
  MemoryPlan plan;
  auto integer = [](Operation *op, StringRef name) {
    auto attribute = op->getAttrOfType<IntegerAttr>(name);
    return attribute ? attribute.getInt() : 0;
  };
  plan.persistentBytes = integer(module, "nn.persistent_bytes");
  auto sizes = module->getAttrOfType<DictionaryAttr>("nn.sizes");
  if (auto offsets = module->getAttrOfType<DictionaryAttr>("nn.offsets"))
    for (NamedAttribute entry : offsets)
      plan.tensors.push_back({entry.getName().str(), cast<IntegerAttr>(entry.getValue()).getInt(),
                              cast<IntegerAttr>(sizes.get(entry.getName())).getInt()});
  llvm::sort(plan.tensors, [](const auto &a, const auto &b) { return a.offset < b.offset; });
  for (Operation &op : module.getOps())
    if (op.hasAttr(kern::scratchBytes[0]))
      plan.functions.push_back(
          {SymbolTable::getSymbolName(&op).str(), integer(&op, kern::scratchBytes[0]),
           integer(&op, kern::scratchBytes[1]), integer(&op, kern::scratchBytes[2])});
  return plan;
}

namespace {
struct PlanMemoryPass : PassWrapper<PlanMemoryPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PlanMemoryPass)
  StringRef getArgument() const override { return "nn-plan-memory"; }
  StringRef getDescription() const override { return "give every tensor its place"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<kern::KernDialect>();
  }
  void runOnOperation() override {
    if (failed(planMemory(getOperation())))
      signalPassFailure();
  }
};
} // namespace

std::unique_ptr<Pass> createPlanMemoryPass() { return std::make_unique<PlanMemoryPass>(); }

} // namespace nnc
