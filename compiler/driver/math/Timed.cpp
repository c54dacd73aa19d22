// Names for loops whose runs have numbers: xₜ is an element of the sequence x, and the state hₜ is
// computed from hₜ₋₁. A value that is stacked has the name of the stack with the number of the run,
// in all loops that read the stack. Values of a block are numbered before they get their times.
#include "compiler/driver/math/Parts.h"

#include "compiler/dialect/scan/Names.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nnc::math {

static bool isConstant(Value v) { return matchPattern(v, m_Constant()); }

/// The number of the run before that with the number `time`, and of those around the loop.
static std::string before(nn::LoopOp loop, const std::string &time) {
  return time + (loop.runsBackwards() ? "+1" : "-1");
}
static std::string beforeFirst(nn::LoopOp loop) {
  return std::to_string(loop.runsBackwards() ? loop.getRuns() + 1 : 0);
}
static std::string last(nn::LoopOp loop) {
  return std::to_string(loop.runsBackwards() ? 1 : loop.getRuns());
}

Formula at(const Typography &type, const Formula &x, llvm::StringRef index) {
  const Script &script = type.script;
  std::string text = x.text;
  if (x.level != Formula::Atom || x.isNegative)
    text = type.enclosed(script.latex ? "\\left(" : "(", x, script.latex ? "\\right)" : ")").text;
  llvm::StringRef known = text;
  if (script.latex) {
    // z_{1} becomes z_{1,t}.
    auto [stem, own] = known.rsplit("_{");
    if (!own.empty() && own.find('}') + 1 == own.size())
      return {stem.str() + "_{" + own.drop_back().str() + "," + index.str() + "}", Formula::Atom};
    return {text + script.subscript(index), Formula::Atom};
  }
  const bool hasIndex = llvm::any_of(llvm::StringRef("0123456789trsp"), [&](char c) {
    return known.ends_with(script.subscript(llvm::StringRef(&c, 1)));
  });
  return {text + (hasIndex ? "," : "") + script.subscript(index), Formula::Atom};
}

/// The state whose values before each run `v` is the stack of, if loops do nothing with it but take
/// its elements; otherwise null.
static BlockArgument stateBeforeRuns(Value v) {
  auto loop = v.getDefiningOp<nn::LoopOp>();
  if (!loop || stateOf(v))
    return {};
  const unsigned i = cast<OpResult>(v).getResultNumber();
  auto state = dyn_cast<BlockArgument>(loop.getBlock().getTerminator()->getOperand(i));
  if (!state || !loop.getStart(state.getArgNumber()))
    return {};
  for (OpOperand &use : v.getUses()) {
    auto reader = dyn_cast<nn::LoopOp>(use.getOwner());
    if (!reader || llvm::none_of(reader.getBlock().getArguments(), [&](BlockArgument a) {
          return reader.getElementOf(a.getArgNumber()) == use.getOperandNumber();
        }))
      return {};
  }
  return state;
}

bool Parts::own(Value v, Value owner, nn::LoopOp loop) {
  if (!v.getDefiningOp() || v.getParentBlock() != &loop.getBlock() || writer.names.count(v) ||
      isConstant(v))
    return owners.lookup(v) == owner;
  writer.names[v] = {};
  owners[v] = owner;
  return true;
}

void Parts::nameTimed(nn::LoopOp loop) {
  SmallVector<Value> yielded = yieldedBy(loop);
  SmallVector<BlockArgument> states = statesOf(loop);
  for (auto [i, state] : llvm::enumerate(states)) {
    Value result = loop->getResult(i);
    const bool isNamed = writer.names.count(result);
    if (summandOf(loop, i)) {
      if (!isNamed)
        nameOne(result);
      continue;
    }
    nameOne(state);
    own(yielded[i], state, loop);
    if (!isNamed && preferred.count(result)) {
      nameOne(result);
    } else if (!isNamed) {
      writer.names[result] = {};
      lastValues.insert(result);
    }
  }
  for (unsigned i = states.size(); i < yielded.size(); ++i) {
    Value result = loop->getResult(i);
    auto state = dyn_cast_or_null<BlockArgument>(owners.lookup(yielded[i]));
    if (state && state.getOwner() == &loop.getBlock()) {
      // A stack that has a name gives it to the state.
      stackedStates[result] = state;
      if (auto found = preferred.find(result); found != preferred.end())
        writer.names.try_emplace(result, found->second);
      if (auto known = writer.names.find(result); known != writer.names.end()) {
        writer.names[state] = known->second;
        unnumbered.remove(state);
      } else {
        writer.names[result] = {};
      }
    } else if (BlockArgument old = stateBeforeRuns(result); old && !writer.names.count(result)) {
      writer.names[result] = {};
      statesBefore[result] = old;
    } else {
      if (!writer.names.count(result))
        nameOne(result);
      own(yielded[i], result, loop);
    }
  }
  for (BlockArgument argument : loop.getBlock().getArguments())
    if (std::optional<unsigned> i = loop.getElementOf(argument.getArgNumber())) {
      writer.names[argument] = {};
      Value sequence = writer.seen(loop->getOperand(*i));
      if (sequence.getDefiningOp() && !writer.names.count(sequence) && !isConstant(sequence)) {
        nameOne(sequence);
        sequences.insert(sequence);
      }
    }
}

Formula Parts::variable(BlockArgument state) {
  llvm::StringRef name = nn::nameOf(state);
  auto spelled = [&](llvm::StringRef index) {
    llvm::StringRef rest = name;
    if (!rest.consume_front("δ"))
      return writer.type.name(name, index);
    if (rest.empty())
      return writer.type.name("delta", index);
    return Formula{writer.type.name("delta").text + (writer.type.script.latex ? " " : "") +
                       writer.type.name(rest, index).text,
                   Formula::Atom};
  };
  auto isTaken = [&](const Formula &f) {
    return llvm::any_of(writer.names, [&](auto &known) { return known.second.text == f.text; });
  };
  Formula found = spelled("");
  for (unsigned i = 1; isTaken(found); ++i)
    found = spelled(std::to_string(i));
  return found;
}

/// The name of `sequence`'s element in the run with the number `time`.
Formula Parts::elementAt(Value sequence, const std::string &time) const {
  sequence = writer.seen(sequence);
  if (BlockArgument state = statesBefore.lookup(sequence))
    return at(writer.type, bases.lookup(state), before(sequence.getDefiningOp<nn::LoopOp>(), time));
  if (isConstant(sequence))
    return writer.use(sequence);
  return at(writer.type, writer.use(sequence), time);
}

void Parts::setTimes(nn::LoopOp loop) {
  const std::string time = timeOf(loop);
  const Typography &type = writer.type;
  for (auto [i, state] : llvm::enumerate(statesOf(loop))) {
    if (summandOf(loop, i))
      continue;
    const Formula base = bases[state] = writer.names[state];
    writer.names[state] = at(type, base, before(loop, time));
    writer.lastValues[loop->getResult(i)] = at(type, base, last(loop));
    if (lastValues.contains(loop->getResult(i)))
      writer.names[loop->getResult(i)] = at(type, base, last(loop));
  }
  for (Value result : loop->getResults()) {
    if (BlockArgument state = stackedStates.lookup(result))
      writer.names[result] = bases.lookup(state);
    else if (BlockArgument old = statesBefore.lookup(result))
      writer.names[result] = bases.lookup(old);
  }
  for (BlockArgument argument : loop.getBlock().getArguments())
    if (std::optional<unsigned> i = loop.getElementOf(argument.getArgNumber()))
      writer.names[argument] = elementAt(loop->getOperand(*i), time);
  for (Operation &op : loop.getBlock())
    for (Value v : op.getResults()) {
      Value owner = owners.lookup(v);
      auto state = dyn_cast_or_null<BlockArgument>(owner);
      if (owner)
        writer.names[v] = at(type, state ? bases.lookup(state) : writer.names.lookup(owner), time);
      else if (numbered.contains(v))
        writer.names[v] = at(type, writer.names[v], time);
    }
}

std::vector<Line> Parts::timedLinesOf(nn::LoopOp loop) {
  std::vector<Line> lines;
  const std::string time = timeOf(loop);
  SmallVector<Value> yielded = yieldedBy(loop);
  SmallVector<BlockArgument> states = statesOf(loop);
  for (Value v : reachable(loop.getBlock(), yielded))
    if (writer.names.count(v))
      write(v, lines);
  auto add = [&](const Formula &base, Value v) {
    lines.push_back({at(writer.type, base, time).text, "=", writer.type.str(writer.use(v)), ""});
  };
  for (auto [i, v] : llvm::enumerate(yielded)) {
    Value result = loop->getResult(i);
    if (i < states.size()) {
      if (!summandOf(loop, i) && owners.lookup(v) != states[i])
        add(bases.lookup(states[i]), v);
    } else if (!stackedStates.count(result) && owners.lookup(v) != result &&
               !statesBefore.count(result)) {
      add(writer.names.lookup(result), v);
    }
  }
  return lines;
}

void Parts::writeTimed(nn::LoopOp loop, std::vector<Line> &lines) {
  for (BlockArgument argument : loop.getBlock().getArguments())
    if (std::optional<unsigned> i = loop.getElementOf(argument.getArgNumber()))
      if (Value sequence = writer.seen(loop->getOperand(*i));
          sequences.contains(sequence) && !isWritten(sequence))
        write(sequence, lines);
  for (auto [i, state] : llvm::enumerate(statesOf(loop)))
    if (!summandOf(loop, i))
      lines.push_back(
          {at(writer.type, bases.lookup(state), beforeFirst(loop)).text, "=",
           writer.type.str(writer.use(loop->getOperand(*loop.getStart(state.getArgNumber())))),
           ""});
  std::vector<Line> inside = timedLinesOf(loop);
  if (inside.empty())
    return;
  const Script &script = writer.type.script;
  const int64_t runs = loop.getRuns();
  std::string numbers = timeOf(loop) + " = " + std::to_string(loop.runsBackwards() ? runs : 1);
  if (runs > 1)
    numbers += (runs == 2 ? ", " : script.latex ? ", \\dots, " : ", …, ") + last(loop);
  lines.push_back({script.phrase("for ") + numbers, "", "", "", inside});
}

} // namespace nnc::math
