// The derivative of nn.scan: backpropagation through time.
//
// A second scan takes the elements in the opposite order. Its states are the gradients of the
// forward scan's states, and the sums of the gradients of its invariants; its sequences are the
// forward sequences, the gradients of the stacked results, and what is kept of each forward run. It
// stacks the gradients of the elements. Its block is a copy of the forward block and the derivative
// of that (LoopDerivation::gradientsIn), without what nothing needs.
//
// What is kept of each run is stacked by a copy of the forward scan with more results; Simplify
// makes one loop of the two. Kept are, with `recompute`, the states before the run. Otherwise no
// reduction, contraction or loop is computed again, and Cut chooses the fewest elements from which
// the rest can be: of tanh(h W + x), what is inside of tanh or the value itself, but not both.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/Walks.h"
#include "compiler/dialect/scan/Cut.h"
#include "compiler/dialect/scan/Names.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;

namespace nnc::nn {
namespace {

/// For each value that the block yields, the numbers of the block's arguments through which it has
/// a derivative. Where an op does not say, it may have one.
SmallVector<BitVector> dependencies(Block &block) {
  const unsigned count = block.getNumArguments();
  DenseMap<Value, BitVector> of;
  for (BlockArgument argument : block.getArguments()) {
    BitVector bits(count);
    bits.set(argument.getArgNumber());
    of[argument] = bits;
  }
  for (Operation &op : block.without_terminator()) {
    BitVector bits(count);
    auto differentiable = dyn_cast<DifferentiableOp>(op);
    if (!differentiable || differentiable.getDerivativeKind() != DerivativeKind::Zero)
      for (Value operand : op.getOperands())
        bits |= of[operand];
    for (Value result : op.getResults())
      of[result] = bits;
  }
  return llvm::map_to_vector(block.getTerminator()->getOperands(), [&](Value v) { return of[v]; });
}

/// How many elements `type` has; a batch counts as many.
int64_t sizeOf(Type type) {
  int64_t size = 1;
  for (int64_t dim : cast<RankedTensorType>(type).getShape())
    size *= ShapedType::isDynamic(dim) ? 64 : dim;
  return size;
}

class ThroughTime {
public:
  ThroughTime(ScanOp scan, LoopDerivation &d)
      : scan(scan), d(d), b(d.builder()), loc(scan.getLoc()), states(scan.getNumStates()),
        depends(dependencies(scan.getBody().front())), active(scan->getNumOperands()),
        reaching(scan->getNumOperands()) {}

  LogicalResult run() {
    findFlow();
    if (!passes.any() && !given.any())
      return success();
    // The copy of the block grows in a scan without operands until it is known what it needs.
    working = b.create<ScanOp>(loc, scan.getLength(), !scan.getBackward(), ValueRange(),
                               ValueRange(), ValueRange(), TypeRange());
    block = &working.getBody().front();
    addArguments();
    const LogicalResult result = derive();
    if (succeeded(result)) {
      chooseKept();
      finish();
    }
    working.erase();
    return result;
  }

private:
  /// A sequence of the second scan: its elements in the block, and itself.
  struct Sequence {
    BlockArgument element;
    Value value;
  };
  /// An op of the block, and the forward op that it is a copy of.
  struct Copy {
    Operation *op, *forward;
  };

  BlockArgument argument(unsigned i) { return scan.getBody().getArgument(i); }

  /// The op before the place where `b` inserts, or null.
  Operation *lastOp() {
    Block::iterator at = b.getInsertionPoint();
    return at == b.getInsertionBlock()->begin() ? nullptr : &*std::prev(at);
  }

  /// The gradient of result i; null if it is 0.
  Value gradientOf(unsigned i) {
    Operation *before = lastOp();
    Value gradient = d.gradient(i);
    if (getSplatConstant(gradient) != 0.0)
      return gradient;
    // If no gradient reaches the result, the zeros have just been made.
    for (Operation *made = lastOp(); made != before; made = lastOp())
      made->erase();
    return {};
  }

  /// Finds through which states gradients pass, and which of the other operands get one.
  void findFlow() {
    for (unsigned i = 0; i < scan->getNumOperands(); ++i)
      active[i] = d.wants(i);
    for (bool changed = true; changed;) {
      changed = false;
      for (unsigned i = 0; i < states; ++i)
        if (!active[i] && depends[i].anyCommon(active))
          active[i] = changed = true;
    }
    for (unsigned i = 0; i < scan->getNumResults(); ++i)
      ofResults.push_back(i < states                     ? (active[i] ? gradientOf(i) : Value())
                          : depends[i].anyCommon(active) ? gradientOf(i)
                                                         : Value());
    for (bool changed = true; changed;) {
      const BitVector before = reaching;
      for (unsigned i = 0; i < ofResults.size(); ++i)
        if (ofResults[i] || (i < states && reaching[i]))
          reaching |= depends[i];
      changed = before != reaching;
    }
    passes.resize(states);
    given.resize(scan->getNumOperands());
    for (unsigned i = 0; i < states; ++i)
      passes[i] = active[i] && (ofResults[i] || reaching[i]);
    for (unsigned i = states; i < scan->getNumOperands(); ++i)
      given[i] = d.wants(i) && reaching[i];
  }

  /// Adds the block's arguments: gradients of states, sums, then elements, then invariants. Of the
  /// forward block's arguments, those that nothing reads are removed later.
  void addArguments() {
    auto add = [&](Value like) { return block->addArgument(like.getType(), loc); };
    for (unsigned i : passes.set_bits()) {
      gradients[i] = add(argument(i));
      gradients[i].setLoc(named(loc, ("δ" + nameOf(argument(i))).str()));
    }
    for (unsigned i : given.set_bits())
      if (scan.getInvariant(i))
        gradients[i] = add(argument(i));
    for (BlockArgument state : scan.getStates())
      map.map(state, add(state));
    for (auto [element, sequence] : llvm::zip_equal(scan.getElements(), scan.getSequences())) {
      BlockArgument copy = add(element);
      map.map(element, copy);
      sequences.push_back({copy, sequence});
    }
    for (unsigned i = states; i < ofResults.size(); ++i)
      if (ofResults[i]) {
        gradientElements[i] = add(scan.getYielded()[i]);
        sequences.push_back({gradientElements[i], ofResults[i]});
      }
    for (BlockArgument constant : scan.getConstants())
      map.map(constant, add(constant));
  }

  LogicalResult derive() {
    OpBuilder inside = OpBuilder::atBlockEnd(block);
    for (Operation &op : scan.getBody().front().without_terminator())
      copies.push_back({inside.clone(op, map), &op});
    SmallVector<Value> outputs, seeds, wrt;
    for (unsigned i = 0; i < ofResults.size(); ++i)
      if (i < states ? passes[i] : bool(ofResults[i])) {
        outputs.push_back(map.lookup(scan.getYielded()[i]));
        seeds.push_back(i < states ? gradients[i] : gradientElements[i]);
      }
    for (unsigned i : passes.set_bits())
      wrt.push_back(map.lookup(argument(i)));
    for (unsigned i : given.set_bits())
      wrt.push_back(map.lookup(argument(i)));
    FailureOr<SmallVector<Value>> parts = d.gradientsIn(inside, outputs, seeds, wrt);
    if (failed(parts))
      return failure();
    // The gradients of states, then the sums, then what is stacked.
    SmallVector<Value> yielded(parts->begin(), parts->begin() + passes.count()), stacked;
    for (auto [i, part] :
         llvm::zip_equal(given.set_bits(), ArrayRef(*parts).drop_front(passes.count()))) {
      if (scan.getInvariant(i))
        yielded.push_back(inside.create<AddOp>(loc, gradients[i], part));
      else
        stacked.push_back(part);
    }
    yielded.append(stacked);
    inside.create<YieldOp>(loc, yielded);
    eraseDeadOps(working.getBody());
    return success();
  }

  /// The copies that are left, in order.
  SmallVector<Copy> copiesLeft() {
    DenseSet<Operation *> left;
    for (Operation &op : *block)
      left.insert(&op);
    SmallVector<Copy> found;
    for (const Copy &copy : copies)
      if (left.contains(copy.op))
        found.push_back(copy);
    return found;
  }

  /// What an op gives that is not computed again.
  static bool isExpensive(Operation *op) { return isa<ContractionOp, ReductionOp, LoopOp>(op); }

  /// Decides which values of the forward runs are kept, and reads them from sequences.
  void chooseKept() {
    Cut cut;
    SmallVector<std::pair<Value, Value>> values; // in the copy, and in the forward block
    DenseMap<Value, unsigned> numbers;
    copies = copiesLeft();
    DenseSet<Operation *> forwards;
    for (const Copy &copy : copies)
      forwards.insert(copy.op);
    auto add = [&](Value copy, Value forward, bool isGiven) {
      const unsigned number = numbers[copy] = values.size();
      values.push_back({copy, forward});
      // What the loop stacks in any case costs nothing more.
      cut.add(stackOf(forward) ? 1 : sizeOf(forward.getType()));
      if (isGiven)
        cut.setGiven(number);
      if (llvm::any_of(copy.getUsers(), [&](Operation *user) {
            return !forwards.contains(user) || (scan.getRecompute() && isGiven);
          }))
        cut.setNeeded(number);
    };
    for (BlockArgument state : scan.getStates())
      add(map.lookup(state), state, true);
    if (!scan.getRecompute())
      for (const Copy &copy : copies) {
        const bool again = !isExpensive(copy.op);
        for (auto [made, forward] :
             llvm::zip_equal(copy.op->getResults(), copy.forward->getResults())) {
          add(made, forward, !again);
          for (Value operand : copy.op->getOperands())
            if (auto known = numbers.find(operand); again && known != numbers.end())
              cut.use(known->second, numbers[made]);
        }
      }
    SmallVector<Value> forward;
    SmallVector<BlockArgument> elements;
    for (unsigned number : cut.find()) {
      auto [copy, original] = values[number];
      auto element = dyn_cast<BlockArgument>(copy);
      if (!element) {
        const unsigned position = block->getNumArguments() - scan.getInvariants().size();
        element = block->insertArgument(position, copy.getType(), loc);
        copy.replaceAllUsesWith(element);
      }
      elements.push_back(element);
      forward.push_back(original);
    }
    eraseDeadOps(working.getBody());
    for (auto [element, stack] : llvm::zip_equal(elements, stacksOf(forward)))
      sequences.push_back({element, stack});
  }

  /// The result of the scan that is the stack of a value of its block; null if there is none.
  Value stackOf(Value v) {
    for (unsigned i = states; i < scan->getNumResults(); ++i)
      if (scan.getYielded()[i] == v)
        return scan.getValues()[i];
    return {};
  }

  /// The stacks of values of the block, made by a copy of the scan if the scan lacks some.
  SmallVector<Value> stacksOf(ArrayRef<Value> values) {
    SmallVector<Value> stacks, more;
    SmallVector<Type> types(scan.getValues().drop_front(states).getTypes());
    for (Value v : values) {
      stacks.push_back(stackOf(v));
      if (!stacks.back()) {
        more.push_back(v);
        types.push_back(sequenceOf(v.getType(), scan.getLength()));
      }
    }
    if (more.empty())
      return stacks;
    auto longer = b.create<ScanOp>(loc, scan.getLength(), scan.getBackward(), scan.getStarts(),
                                   scan.getSequences(), scan.getInvariants(), types);
    longer.setRecompute(scan.getRecompute());
    copyNames(scan.getBody().getArguments(), longer.getBody().getArguments());
    IRMapping inside;
    inside.map(scan.getBody().getArguments(), longer.getBody().getArguments());
    OpBuilder end = OpBuilder::atBlockEnd(&longer.getBody().front());
    for (Operation &op : scan.getBody().front().without_terminator())
      end.clone(op, inside);
    SmallVector<Value> yielded(scan.getYielded());
    yielded.append(more);
    for (Value &v : yielded)
      v = inside.lookup(v);
    end.create<YieldOp>(loc, yielded);
    auto next = longer.getValues().begin() + scan->getNumResults();
    for (Value &stack : stacks)
      if (!stack)
        stack = *next++;
    return stacks;
  }

  /// Builds the second scan of what the block needs, and gives its results.
  void finish() {
    SmallVector<Value> starts, elements, invariants;
    SmallVector<Type> stacked;
    auto zero = [&](Value like) {
      return buildSplat(b, loc, cast<RankedTensorType>(like.getType()), 0);
    };
    for (unsigned i : passes.set_bits())
      starts.push_back(ofResults[i] ? ofResults[i] : zero(argument(i)));
    for (unsigned i : given.set_bits()) {
      if (scan.getInvariant(i))
        starts.push_back(zero(argument(i)));
      else
        stacked.push_back(scan->getOperand(i).getType());
    }
    llvm::stable_sort(sequences, [](const Sequence &a, const Sequence &other) {
      return a.element.getArgNumber() < other.element.getArgNumber();
    });
    for (const Sequence &sequence : sequences)
      if (!sequence.element.use_empty())
        elements.push_back(sequence.value);
    for (auto [constant, value] : llvm::zip_equal(scan.getConstants(), scan.getInvariants()))
      if (!map.lookup(constant).use_empty())
        invariants.push_back(value);
    const unsigned carried = starts.size();
    block->eraseArguments(
        [&](BlockArgument a) { return a.getArgNumber() >= carried && a.use_empty(); });
    auto reverse = b.create<ScanOp>(loc, scan.getLength(), !scan.getBackward(), starts, elements,
                                    invariants, stacked);
    reverse.setRecompute(scan.getRecompute());
    reverse.getBody().takeBody(working.getBody());
    auto state = reverse.getValues().begin(), stack = state + carried;
    for (unsigned i : passes.set_bits()) {
      if (d.wants(i))
        d.give(i, *state);
      ++state;
    }
    for (unsigned i : given.set_bits())
      d.give(i, scan.getInvariant(i) ? *state++ : *stack++);
  }

  ScanOp scan;
  LoopDerivation &d;
  OpBuilder &b;
  Location loc;
  const unsigned states;
  SmallVector<BitVector> depends;
  /// The operands through whose arguments wanted gradients come, and those that one reaches.
  BitVector active, reaching;
  BitVector passes;             // the states whose gradients are states
  BitVector given;              // the other operands that get a gradient
  SmallVector<Value> ofResults; // gradients; null if 0 or if nothing wanted comes through
  ScanOp working;
  Block *block = nullptr;
  IRMapping map; // from the forward block
  SmallVector<Copy> copies;
  DenseMap<unsigned, BlockArgument> gradients, gradientElements; // by operand, and by result
  SmallVector<Sequence> sequences;
};

} // namespace

LogicalResult ScanOp::backward(LoopDerivation &d) { return ThroughTime(*this, d).run(); }

} // namespace nnc::nn
