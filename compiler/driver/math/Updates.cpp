// Writes the formulas of the optimizer. They use θ for a parameter and g for its gradient, so that
// parameters with the same update share one formula.
#include "compiler/driver/math/Sheet.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace nnc::math {

namespace {

/// All that the lines say.
std::string textOf(const std::vector<Line> &lines) {
  std::string text;
  for (const Line &l : lines)
    text += l.left + l.sign + l.right + "\n" + textOf(l.block);
  return text;
}

class Updates {
public:
  Updates(Step &step, const Writer &names) : step(step), type(names.type), base(names) {}

  std::vector<Section> build() {
    nameClock();
    nameShared();
    // Maps formulas to the parameters that have them.
    llvm::MapVector<std::string, std::pair<std::vector<Line>, std::vector<Formula>>,
                    std::map<std::string, unsigned>>
        groups;
    for (const Parameter &p : step.parameters)
      if (p.gradient) {
        std::vector<Line> lines = linesFor(p);
        auto &group = groups[textOf(lines)];
        group.first = lines;
        group.second.push_back(p.name);
      }
    std::vector<Section> sections;
    if (!shared.lines.empty())
      sections.push_back(shared);
    for (auto &[key, group] : groups) {
      Section s{"Update", group.first};
      if (clock)
        s.title += type.script.latex ? " in step $t = 1, 2, \\dots$" : " in step t = 1, 2, …";
      if (groups.size() == 1) {
        s.title += type.script.latex
                       ? " of every parameter $\\theta$, with $g = \\partial J/\\partial\\theta$"
                       : " of every parameter θ, with g = ∂J/∂θ";
      } else {
        s.title += type.script.latex ? " of $\\theta = " : " of θ = ";
        for (auto [i, f] : llvm::enumerate(group.second))
          s.title += (i ? ", " : "") + f.text;
        s.title +=
            type.script.latex ? "$, with $g = \\partial J/\\partial\\theta$" : ", with g = ∂J/∂θ";
      }
      sections.push_back(s);
    }
    return sections;
  }

private:
  Value updated(llvm::StringRef tensor) {
    Operation *end = step.function.getBody().front().getTerminator();
    for (unsigned i = 0; i < step.function.getNumResults(); ++i)
      if (auto name = step.function.getResultAttrOfType<StringAttr>(i, "nn.update");
          name && name == tensor)
        return end->getOperand(i);
    return {};
  }

  /// The optimizer's states for a parameter: each argument with its name, such as "m".
  std::vector<std::pair<Value, std::string>> statesOf(const Parameter &p) {
    std::vector<std::pair<Value, std::string>> states;
    for (BlockArgument argument : step.function.getArguments())
      if (auto name =
              step.function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "nn.tensor")) {
        auto [state, of] = name.getValue().split('/');
        if (of == p.place)
          states.emplace_back(argument, state.rsplit('.').second.str());
      }
    return states;
  }

  std::string stateName(Value argument) {
    return step.function
        .getArgAttrOfType<StringAttr>(cast<BlockArgument>(argument).getArgNumber(), "nn.tensor")
        .str();
  }

  /// Writes step + 1 as t, like most papers.
  void nameClock() {
    step.function.walk([&](nn::NotationOp op) {
      if (op.getNotation().form != nn::Form::Sum || nn::getSplatConstant(op->getOperand(1)) != 1.0)
        return;
      // In a loop the clock is an argument of the loop's block.
      auto argument = dyn_cast<BlockArgument>(op->getOperand(0));
      argument = argument ? dyn_cast<BlockArgument>(base.seen(argument)) : argument;
      if (!argument || argument.getOwner() != &step.function.getBody().front())
        return;
      auto name = step.function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "nn.scalar");
      if (name && name == nn::stepScalar) {
        base.names[op->getResult(0)] = type.name("t");
        clock = op->getResult(0);
      }
    });
  }

  /// Collects the values that v's formula writes out, and those with which its loops begin.
  void visit(const Writer &w, Value v, llvm::SetVector<Value> &seen) {
    for (Value part : w.parts(v))
      if (part.getDefiningOp() && !w.names.count(part) && seen.insert(part))
        visit(w, part, seen);
  }

  /// Writes the loops that the formulas of the values need. Their results have names then.
  void writeLoops(Writer &w, ArrayRef<Value> values, unsigned &count, std::vector<Line> &lines) {
    llvm::SetVector<Value> needed;
    for (Value v : values) {
      if (v.getDefiningOp() && !w.names.count(v))
        needed.insert(v);
      visit(w, v, needed);
    }
    SmallVector<Value> results;
    for (Value v : needed)
      if (v.getDefiningOp<nn::LoopOp>())
        results.push_back(v);
    sortInBlock(results);
    Parts parts(w);
    parts.nameLoops(results);
    parts.number(step.function, [&](Value) { return type.name("q", std::to_string(++count)); });
    for (Value v : results)
      parts.write(v, lines);
  }

  /// Names numbers that the updates of all parameters use: a scheduled rate, a clipping factor.
  void nameShared() {
    llvm::MapVector<Value, unsigned> count;
    unsigned parameters = 0;
    for (const Parameter &p : step.parameters) {
      if (!p.gradient)
        continue;
      ++parameters;
      llvm::SetVector<Value> seen;
      for (auto &[argument, name] : statesOf(p))
        if (Value v = updated(stateName(argument)))
          visit(base, v, seen);
      if (Value v = updated(p.place))
        visit(base, v, seen);
      for (Value v : seen)
        ++count[v];
    }
    SmallVector<Value> numbers;
    for (auto &[v, n] : count)
      if (n == parameters && cast<RankedTensorType>(v.getType()).getRank() == 0 &&
          base.weight(v) > 8)
        numbers.push_back(v);
    sortInBlock(numbers);
    // Only the outermost ones: their formulas contain the others.
    llvm::DenseSet<Value> inner;
    for (Value v : numbers) {
      llvm::SetVector<Value> parts;
      visit(base, v, parts);
      inner.insert(parts.begin(), parts.end());
    }
    unsigned next = 0;
    shared.title = "Of every step";
    for (Value v : numbers)
      if (isNormOfGradients(v))
        base.names[v] = type.squaredNorm({type.script.latex ? "\\nabla J" : "∇J", Formula::Atom});
    for (Value v : numbers)
      if (!inner.contains(v) && !base.names.count(v)) {
        writeLoops(base, v, loopNames, shared.lines);
        Formula right = base.define(v);
        Formula name = type.name("c", std::to_string(++next));
        base.names[v] = name;
        shared.lines.push_back({name.text, "=", type.str(right), ""});
      }
  }

  /// Whether v is the sum over all parameters of ‖∂J/∂θ‖².
  bool isNormOfGradients(Value v) {
    llvm::DenseSet<Value> gradients;
    for (const Parameter &p : step.parameters)
      if (p.gradient)
        gradients.insert(base.seen(p.gradient));
    unsigned found = 0;
    SmallVector<Value> work{v};
    while (!work.empty()) {
      Value part = base.seen(work.pop_back_val());
      Operation *op = part.getDefiningOp();
      auto notation = op ? dyn_cast<nn::NotationOp>(op) : nn::NotationOp();
      if (!notation)
        return false;
      const nn::Form form = notation.getNotation().form;
      if (form == nn::Form::Sum) {
        work.append(op->operand_begin(), op->operand_end());
        continue;
      }
      Operation *square =
          form == nn::Form::SumOver ? base.seen(op->getOperand(0)).getDefiningOp() : nullptr;
      auto inner = square ? dyn_cast<nn::NotationOp>(square) : nn::NotationOp();
      if (!inner || inner.getNotation().form != nn::Form::Product ||
          square->getOperand(0) != square->getOperand(1) ||
          !gradients.contains(base.seen(square->getOperand(0))))
        return false;
      ++found;
    }
    return found > 1 && found == gradients.size();
  }

  std::vector<Line> linesFor(const Parameter &p) {
    const char *arrow = type.script.latex ? "\\leftarrow" : "←";
    Writer w = base;
    const Formula theta = type.name("theta");
    w.names[p.value] = theta;
    w.names[p.gradient] = type.name("g");
    auto states = statesOf(p);
    for (auto &[argument, name] : states)
      w.names[argument] = type.name(name);
    Value newTheta = updated(p.place);
    std::vector<Line> before, after;
    SmallVector<Value> results;
    for (auto &[argument, name] : states)
      if (Value v = updated(stateName(argument)))
        results.push_back(v);
    if (newTheta)
      results.push_back(newTheta);
    unsigned count = loopNames;
    writeLoops(w, results, count, before);
    // A state whose new value the parameter's formula uses comes first.
    Writer withNew = w;
    llvm::SetVector<Value> used;
    if (newTheta)
      visitAll(w, newTheta, used);
    for (auto &[argument, name] : states) {
      Value v = updated(stateName(argument));
      if (!v)
        continue;
      Line line{type.name(name).text, arrow, type.str(w.define(v)), ""};
      if (used.contains(v)) {
        before.push_back(line);
        withNew.names[v] = type.name(name);
      } else {
        after.push_back(line);
      }
    }
    if (newTheta)
      before.push_back({theta.text, arrow, type.str(withNew.define(newTheta)), ""});
    before.insert(before.end(), after.begin(), after.end());
    return before;
  }

  void visitAll(const Writer &w, Value v, llvm::SetVector<Value> &seen) {
    for (Value part : w.parts(v))
      if (seen.insert(part))
        visitAll(w, part, seen);
  }

  Step &step;
  const Typography &type;
  Writer base;
  Section shared;
  Value clock;
  unsigned loopNames = 0; // in the loops of every step
};

} // namespace

std::vector<Section> updateSections(Step &step, const Writer &names) {
  return Updates(step, names).build();
}

} // namespace nnc::math
