// Composes the formulas of a step.
#include "compiler/driver/math/Sheet.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nnc::math {

/// A formula with more symbols does not fit in a line.
static constexpr unsigned maxWeight = 30;
/// A value that is used several times gets a name if its formula has more symbols than this.
static constexpr unsigned maxRepeated = 4;

static ArrayRef<int64_t> shapeOf(Value v) { return cast<RankedTensorType>(v.getType()).getShape(); }

// Names

void Sheet::nameArguments() {
  for (BlockArgument argument : step.function.getArguments()) {
    const unsigned i = argument.getArgNumber();
    for (llvm::StringRef kind : {"nn.field", "nn.scalar", "nn.tensor"})
      if (auto name = step.function.getArgAttrOfType<StringAttr>(i, kind))
        writer.names[argument] = type.name(name.getValue());
  }
  for (const Parameter &p : step.parameters)
    writer.names[p.value] = p.name;
}

void Sheet::nameLandmarks() {
  for (const Landmark &l : step.landmarks) {
    Value v = writer.seen(l.value);
    if (writer.names.count(v) || matchPattern(v, m_Constant()))
      continue;
    writer.names[v] = l.name;
    if (!l.place.empty())
      remarks[v] = l.place;
  }
  writer.names[step.loss] = type.name("J");
}

void Sheet::nameGradients() {
  const Formula loss = type.name("J");
  for (const Parameter &p : step.parameters)
    if (p.gradient)
      writer.names.try_emplace(p.gradient, type.partial(loss, p.name));
  for (const Landmark &l : step.landmarks) {
    if (!l.gradient || matchPattern(l.gradient, m_Constant()))
      continue;
    const Formula partial = type.partial(loss, l.name);
    Value g = l.gradient;
    if (l.isAffine) {
      const Formula delta = type.name("delta", l.index);
      if (writer.names.try_emplace(g, delta).second)
        lefts[g] = delta.text + " = " + partial.text;
    } else if (l.index.empty() || !l.place.empty()) {
      writer.names.try_emplace(g, partial); // ŷ and results of other layers
    } else {
      preferred.try_emplace(writer.seen(g), partial);
    }
  }
}

llvm::SmallVector<Value> Sheet::reachable(Values roots) const {
  llvm::SetVector<Value> found(roots.begin(), roots.end());
  for (unsigned i = 0; i < found.size(); ++i)
    for (Value part : writer.parts(found[i]))
      found.insert(part);
  SmallVector<Value> ordered;
  for (Value v : found)
    if (v.getDefiningOp())
      ordered.push_back(v);
  llvm::sort(ordered, [](Value a, Value b) {
    return a != b && a.getDefiningOp()->isBeforeInBlock(b.getDefiningOp());
  });
  return ordered;
}

void Sheet::nameOne(Value v) {
  if (auto found = preferred.find(v); found != preferred.end()) {
    writer.names[v] = found->second;
    return;
  }
  writer.names[v] = {}; // numbered later, when all are known
  unnumbered.push_back(v);
}

void Sheet::numberParts() {
  llvm::sort(unnumbered, [](Value a, Value b) {
    return a != b && a.getDefiningOp()->isBeforeInBlock(b.getDefiningOp());
  });
  unsigned drawn = 0, forward = 0, backward = 0;
  for (Value v : unnumbered)
    writer.names[v] = writer.isRandom(v)      ? type.name("r", std::to_string(++drawn))
                      : isForward.contains(v) ? type.name("u", std::to_string(++forward))
                                              : type.name("s", std::to_string(++backward));
}

void Sheet::nameParts(Values roots) {
  SmallVector<Value> values = reachable(roots);
  llvm::DenseMap<Value, unsigned> uses;
  for (Value v : values) {
    llvm::SmallPtrSet<void *, 4> once;
    for (Value part : writer.parts(v))
      if (once.insert(part.getAsOpaquePointer()).second)
        ++uses[part];
  }
  for (Value v : values) {
    if (writer.names.count(v) || matchPattern(v, m_Constant()))
      continue;
    if (uses[v] > 1 && (writer.weight(v) > maxRepeated || writer.define(v).level == Formula::Big ||
                        writer.isRandom(v)))
      nameOne(v);
  }
  // Cut a long formula in the middle until its parts fit.
  for (Value v : values) {
    if (!writer.names.count(v))
      continue;
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
}

// Sections

Section Sheet::tensors() {
  Section section{"Sizes: n examples at a time, one in each row", {}};
  for (BlockArgument argument : step.function.getArguments())
    if (auto name = step.function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "nn.field"))
      section.lines.push_back(
          {type.script.membership(writer.names[argument].text, shapeOf(argument)), "", "",
           "the data's " + name.str()});
  for (const Parameter &p : step.parameters)
    section.lines.push_back(
        {type.script.membership(p.name.text, shapeOf(p.value)), "", "", p.place});
  return section;
}

Line Sheet::lineFor(Value v) {
  printed.insert(v);
  auto left = lefts.find(v);
  return {left != lefts.end() ? left->second : writer.names[v].text, "=",
          type.str(writer.define(v)), remarks.lookup(v)};
}

Section Sheet::forward() {
  Section section{"Forward", {}};
  SmallVector<Value> roots{step.loss};
  for (Value v : reachable(roots))
    if (writer.names.count(v))
      section.lines.push_back(lineFor(v));
  // What a layer remembers: the new values of its states.
  Operation *end = step.function.getBody().front().getTerminator();
  for (unsigned i = 0; i < step.function.getNumResults(); ++i)
    if (auto name = step.function.getResultAttrOfType<StringAttr>(i, "nn.update"))
      for (const Parameter &p : step.parameters)
        if (!p.gradient && p.place == name)
          section.lines.push_back({p.name.text, type.script.latex ? "\\leftarrow" : "←",
                                   type.str(writer.define(end->getOperand(i))), p.place});
  return section;
}

Section Sheet::backward() {
  Section section{"Gradients", {}};
  SmallVector<Value> roots;
  for (const Parameter &p : step.parameters)
    if (p.gradient)
      roots.push_back(p.gradient);
  // In program order, but each parameter's gradient comes directly after the lines it needs.
  SmallVector<Value> others;
  llvm::DenseSet<Value> ofParameters;
  for (const Parameter &p : step.parameters)
    if (p.gradient)
      ofParameters.insert(p.gradient);
  for (Value v : reachable(roots))
    if (writer.names.count(v) && !printed.contains(v) && !ofParameters.contains(v))
      others.push_back(v);
  std::vector<SmallVector<Value>> below(others.size() + 1);
  for (const Parameter &p : step.parameters) {
    if (!p.gradient || !ofParameters.erase(p.gradient) || !p.gradient.getDefiningOp() ||
        !writer.names.count(p.gradient) || printed.contains(p.gradient))
      continue;
    SmallVector<Value> whole = reachable({p.gradient});
    unsigned position = 0;
    for (auto [i, v] : llvm::enumerate(others))
      if (llvm::is_contained(whole, v))
        position = i + 1;
    below[position].push_back(p.gradient);
  }
  for (unsigned i = 0; i <= others.size(); ++i) {
    if (i > 0)
      section.lines.push_back(lineFor(others[i - 1]));
    for (Value v : below[i])
      section.lines.push_back(lineFor(v));
  }
  // Two parameters may have the same gradient, and a gradient may be a constant.
  const Formula loss = type.name("J");
  for (const Parameter &p : step.parameters)
    if (p.gradient) {
      const std::string left = type.partial(loss, p.name).text;
      if (llvm::none_of(section.lines, [&](const Line &l) { return l.left == left; }))
        section.lines.push_back({left, "=", type.str(writer.use(p.gradient)), ""});
    }
  return section;
}

std::vector<Section> Sheet::build() {
  nameArguments();
  nameLandmarks();
  SmallVector<Value> roots{step.loss};
  for (Value v : reachable(roots))
    isForward.insert(v);
  nameGradients();
  Operation *end = step.function.getBody().front().getTerminator();
  for (const Parameter &p : step.parameters)
    if (p.gradient)
      roots.push_back(p.gradient);
  for (unsigned i = 0; i < step.function.getNumResults(); ++i)
    if (auto name = step.function.getResultAttrOfType<StringAttr>(i, "nn.update"))
      for (const Parameter &p : step.parameters)
        if (!p.gradient && p.place == name)
          roots.push_back(end->getOperand(i));
  nameParts(roots);
  numberParts();
  std::vector<Section> sections{tensors(), forward(), backward()};
  for (Section &s : updateSections(step, writer))
    sections.push_back(std::move(s));
  return sections;
}

// Printing

void print(llvm::raw_ostream &os, const Section &section, const Typography &type) {
  if (section.lines.empty())
    return;
  if (type.script.latex) {
    os << "\\paragraph{" << section.title << "}\n\\begin{align*}\n";
    for (auto [i, l] : llvm::enumerate(section.lines)) {
      os << "  " << l.left << " &" << l.sign << " " << l.right;
      if (!l.remark.empty())
        os << " && \\text{" << type.script.escaped(l.remark) << "}";
      os << (i + 1 < section.lines.size() ? " \\\\\n" : "\n");
    }
    os << "\\end{align*}\n";
    return;
  }
  os << section.title << "\n";
  unsigned left = 0, right = 0;
  for (const Line &l : section.lines) {
    left = std::max(left, Script::width(l.left));
    if (const unsigned w = Script::width(l.right); !l.remark.empty() && w <= 60)
      right = std::max(right, w);
  }
  for (const Line &l : section.lines) {
    os << "  " << l.left;
    os.indent(left - Script::width(l.left));
    if (!l.sign.empty())
      os << " " << l.sign << " " << l.right;
    if (!l.remark.empty()) {
      os.indent(std::max<int>(right - Script::width(l.right), 0) + 3);
      os << "# " << l.remark;
    }
    os << "\n";
  }
  os << "\n";
}

} // namespace nnc::math
