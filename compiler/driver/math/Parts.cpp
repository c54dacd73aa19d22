// Names parts of formulas, and writes definitions and loops.
#include "compiler/driver/math/Parts.h"

#include "compiler/dialect/scan/Names.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace nnc::math {

/// A formula with more symbols does not fit in a line.
static constexpr unsigned maxWeight = 30;
/// A value that is used several times gets a name if its formula has more symbols than this.
static constexpr unsigned maxRepeated = 4;

static bool isConstant(Value v) { return matchPattern(v, m_Constant()); }

static nn::LoopOp loopOf(Value v) { return v.getDefiningOp<nn::LoopOp>(); }

SmallVector<Value> Parts::yieldedBy(nn::LoopOp loop) const {
  const size_t states = statesOf(loop).size();
  SmallVector<Value> yielded;
  for (auto [i, v] : llvm::enumerate(loop.getBlock().getTerminator()->getOperands())) {
    Value summand = i < states ? summandOf(loop, i) : Value();
    yielded.push_back(writer.seen(summand ? summand : v));
  }
  return yielded;
}

void sortInBlock(SmallVectorImpl<Value> &values) {
  llvm::sort(values, [](Value a, Value b) {
    Operation *first = a.getDefiningOp(), *second = b.getDefiningOp();
    return first == second
               ? cast<OpResult>(a).getResultNumber() < cast<OpResult>(b).getResultNumber()
               : first->isBeforeInBlock(second);
  });
}

SmallVector<Value> Parts::reachable(Block &block, Values roots) const {
  llvm::SetVector<Value> found(roots.begin(), roots.end());
  for (unsigned i = 0; i < found.size(); ++i)
    if (Value v = found[i]; v.getParentBlock() == &block)
      for (Value part : writer.parts(v))
        found.insert(part);
  SmallVector<Value> values;
  for (Value v : found)
    if (v.getDefiningOp() && v.getParentBlock() == &block)
      values.push_back(v);
  sortInBlock(values);
  return values;
}

// Names

void Parts::nameOne(Value v) {
  if (auto found = preferred.find(v); found != preferred.end()) {
    writer.names[v] = found->second;
    return;
  }
  writer.names[v] = {}; // numbered later, when all are known
  unnumbered.insert(v);
}

Parts::Loops Parts::nameResults(Values values) {
  Loops loops;
  for (Value v : values) {
    nn::LoopOp loop = loopOf(v);
    if (!loop)
      continue;
    if (named.insert(loop).second) {
      loops.push_back(loop);
      if (isTimed(loop))
        nameTimed(loop);
      else
        for (BlockArgument argument : loop.getBlock().getArguments())
          if (!loop.getInvariant(argument.getArgNumber()))
            nameOne(argument);
    }
    if (writer.names.count(v))
      continue;
    if (stateOf(v) && !preferred.count(v)) {
      writer.names[v] = {};
      lastValues.insert(v);
    } else {
      nameOne(v);
    }
  }
  return loops;
}

void Parts::nameLoops(Values values) { nameBlocks(nameResults(values)); }

/// Cuts a long formula in the middle until its parts fit.
void Parts::cut(Value v) {
  for (unsigned total; (total = writer.weight(v)) > maxWeight;) {
    llvm::SetVector<Value> inlined;
    writer.collectInlined(v, inlined);
    Value best;
    unsigned bestDistance = ~0u;
    for (Value part : inlined) {
      const unsigned w = writer.weight(part),
                     distance = w * 2 > total ? w * 2 - total : total - w * 2;
      if (w > maxRepeated && w + 4 < total && distance < bestDistance) {
        best = part;
        bestDistance = distance;
      }
    }
    if (!best)
      break;
    nameOne(best);
  }
}

void Parts::nameBlocks(const Loops &loops) {
  for (nn::LoopOp loop : loops) {
    name(loop.getBlock(), yieldedBy(loop));
    if (isTimed(loop))
      continue;
    // States which depend on each other change together, in a line that must not be long.
    States together;
    ordered(loop, together);
    SmallVector<Value> yielded = yieldedBy(loop);
    for (unsigned i : together)
      if (!writer.names.count(yielded[i]) && writer.weight(yielded[i]) > maxRepeated)
        nameOne(yielded[i]);
  }
}

void Parts::name(Block &block, Values roots) {
  SmallVector<Value> values = reachable(block, roots);
  const Loops inner = nameResults(values);
  llvm::DenseMap<Value, unsigned> uses;
  for (Value v : values) {
    llvm::SmallPtrSet<void *, 4> once;
    for (Value part : writer.parts(v))
      if (once.insert(part.getAsOpaquePointer()).second)
        uses[part] += loopOf(v) ? 2 : 1; // each run uses it
  }
  // A loop writes out the formulas of its roots.
  const bool areWritten = isa<nn::LoopOp>(block.getParentOp());
  if (areWritten)
    for (Value v : roots)
      ++uses[v];
  for (Value v : values) {
    if (writer.names.count(v) || isConstant(v))
      continue;
    if (uses[v] > 1 && (writer.weight(v) > maxRepeated || writer.define(v).level == Formula::Big ||
                        writer.isRandom(v)))
      nameOne(v);
  }
  for (Value v : values)
    if (writer.names.count(v) || (areWritten && llvm::is_contained(roots, v)))
      cut(v);
  nameBlocks(inner);
}

void Parts::number(Operation *whole, llvm::function_ref<Formula(Value)> nextName) {
  if (unnumbered.empty() && named.empty())
    return;
  auto numberAll = [&](ValueRange values) {
    for (Value v : values)
      if (unnumbered.contains(v)) {
        auto argument = dyn_cast<BlockArgument>(v);
        writer.names[v] =
            argument && !nn::nameOf(argument).empty() ? variable(argument) : nextName(v);
        numbered.insert(v);
      }
  };
  whole->walk<WalkOrder::PreOrder>([&](Operation *op) {
    numberAll(op->getResults());
    if (auto loop = dyn_cast<nn::LoopOp>(op))
      numberAll(loop.getBlock().getArguments());
  });
  unnumbered.clear();
  for (Value v : lastValues)
    writer.names[v] = writer.names[stateOf(v)];
  whole->walk<WalkOrder::PreOrder>([&](nn::LoopOp loop) {
    if (named.contains(loop) && isTimed(loop))
      setTimes(loop);
  });
}

// Lines

bool Parts::shows(Value v, Value state) const {
  SmallVector<Value> work{v};
  llvm::DenseSet<Value> known;
  while (!work.empty()) {
    Value next = writer.seen(work.pop_back_val());
    if (next == state)
      return true;
    if (known.insert(next).second && !writer.names.count(next))
      llvm::append_range(work, writer.parts(next));
  }
  return false;
}

Parts::States Parts::ordered(nn::LoopOp loop, States &together) const {
  SmallVector<Value> yielded = yieldedBy(loop);
  SmallVector<BlockArgument> states = statesOf(loop);
  for (auto [i, state] : llvm::enumerate(states))
    if (yielded[i] != state) // it changes
      together.push_back(i);
  States order;
  while (!together.empty()) {
    // A state may change when no other that is left depends on what it was.
    auto next = llvm::find_if(together, [&](unsigned i) {
      return llvm::none_of(together,
                           [&](unsigned j) { return i != j && shows(yielded[j], states[i]); });
    });
    if (next == together.end())
      break;
    order.push_back(*next);
    together.erase(next);
  }
  return order;
}

std::vector<Line> Parts::linesOf(nn::LoopOp loop) {
  std::vector<Line> lines;
  SmallVector<Value> yielded = yieldedBy(loop);
  SmallVector<BlockArgument> states = statesOf(loop);
  const std::string arrow = writer.type.script.latex ? "\\leftarrow" : "←";
  auto formula = [&](unsigned i) { return writer.type.str(writer.use(yielded[i])); };
  for (Value v : reachable(loop.getBlock(), yielded))
    if (writer.names.count(v))
      write(v, lines);
  States together;
  for (unsigned i : ordered(loop, together))
    lines.push_back({writer.names[states[i]].text, arrow, formula(i), ""});
  if (together.empty())
    return lines;
  Line all{"", arrow, "", ""};
  for (unsigned i : together) {
    all.left += (all.left.empty() ? "" : ", ") + writer.names[states[i]].text;
    all.right += (all.right.empty() ? "" : ", ") + formula(i);
  }
  lines.push_back(all);
  return lines;
}

void Parts::write(Value v, std::vector<Line> &lines) {
  written.insert(v);
  nn::LoopOp loop = loopOf(v);
  const bool isNew = loop && writtenLoops.insert(loop).second;
  if (isNew && isTimed(loop)) {
    writeTimed(loop, lines);
  } else if (isNew) {
    for (BlockArgument state : statesOf(loop))
      lines.push_back(
          {writer.names[state].text, "=",
           writer.type.str(writer.use(loop->getOperand(*loop.getStart(state.getArgNumber())))),
           ""});
    lines.push_back({writer.type.script.phrase(loop.getHeading()), "", "", "", linesOf(loop)});
  }
  if (loop && (lastValues.contains(v) || !stateOf(v)))
    return; // the lines of the loop define it
  auto left = lefts.find(v);
  lines.push_back({left != lefts.end() ? left->second : writer.names[v].text, "=",
                   writer.type.str(writer.define(v)), remarks.lookup(v)});
}

} // namespace nnc::math
