// Composes the formulas of a step.
#include "compiler/driver/math/Sheet.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nnc::math {

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
      parts.remarks[v] = l.place;
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
        parts.lefts[g] = delta.text + " = " + partial.text;
    } else if (l.index.empty() || !l.place.empty()) {
      writer.names.try_emplace(g, partial); // ŷ and results of other layers
    } else {
      parts.preferred.try_emplace(writer.seen(g), partial);
    }
  }
}

void Sheet::numberParts() {
  unsigned drawn = 0, forward = 0, backward = 0;
  parts.number(step.function, [&](Value v) {
    if (writer.isRandom(v))
      return type.name("r", std::to_string(++drawn));
    // What is in a loop belongs to the pass that the loop belongs to.
    Operation *inside = v.getDefiningOp() ? v.getDefiningOp() : v.getParentBlock()->getParentOp();
    Operation *op = block.findAncestorOpInBlock(*inside);
    return llvm::any_of(op->getResults(), [&](Value r) { return isForward.contains(r); })
               ? type.name("u", std::to_string(++forward))
               : type.name("s", std::to_string(++backward));
  });
}

std::vector<std::pair<const Parameter *, Value>> Sheet::remembered() const {
  std::vector<std::pair<const Parameter *, Value>> found;
  Operation *end = block.getTerminator();
  for (unsigned i = 0; i < step.function.getNumResults(); ++i)
    if (auto name = step.function.getResultAttrOfType<StringAttr>(i, "nn.update"))
      for (const Parameter &p : step.parameters)
        if (!p.gradient && p.place == name)
          found.emplace_back(&p, end->getOperand(i));
  return found;
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

Section Sheet::forward() {
  Section section{"Forward", {}};
  for (Value v : parts.reachable(block, {step.loss}))
    if (writer.names.count(v))
      parts.write(v, section.lines);
  for (auto [p, value] : remembered()) {
    for (Value v : parts.reachable(block, {value}))
      if (stateOf(v) && !parts.isWritten(v))
        parts.write(v, section.lines);
    section.lines.push_back({p->name.text, type.script.latex ? "\\leftarrow" : "←",
                             type.str(writer.define(value)), p->place});
  }
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
  for (Value v : parts.reachable(block, roots))
    if (writer.names.count(v) && !parts.isWritten(v) && !ofParameters.contains(v))
      others.push_back(v);
  std::vector<SmallVector<Value>> below(others.size() + 1);
  for (const Parameter &p : step.parameters) {
    if (!p.gradient || !ofParameters.erase(p.gradient) || !p.gradient.getDefiningOp() ||
        !writer.names.count(p.gradient) || parts.isWritten(p.gradient))
      continue;
    SmallVector<Value> whole = parts.reachable(block, {p.gradient});
    unsigned position = 0;
    for (auto [i, v] : llvm::enumerate(others))
      if (llvm::is_contained(whole, v))
        position = i + 1;
    below[position].push_back(p.gradient);
  }
  for (unsigned i = 0; i <= others.size(); ++i) {
    if (i > 0)
      parts.write(others[i - 1], section.lines);
    for (Value v : below[i])
      parts.write(v, section.lines);
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
  for (Value v : parts.reachable(block, roots))
    isForward.insert(v);
  nameGradients();
  for (const Parameter &p : step.parameters)
    if (p.gradient)
      roots.push_back(p.gradient);
  for (auto [p, value] : remembered())
    roots.push_back(value);
  parts.name(block, roots);
  numberParts();
  std::vector<Section> sections{tensors(), forward(), backward()};
  for (Section &s : updateSections(step, writer))
    sections.push_back(std::move(s));
  return sections;
}

// Printing

static void printLatex(llvm::raw_ostream &os, const std::vector<Line> &lines,
                       const Typography &type, unsigned indent) {
  for (auto [i, l] : llvm::enumerate(lines)) {
    os.indent(indent) << l.left << " &";
    if (l.block.empty()) {
      os << l.sign << " " << l.right;
    } else {
      os << "\\left\\{\\begin{aligned}\n";
      printLatex(os, l.block, type, indent + 2);
      os.indent(indent) << "\\end{aligned}\\right.";
    }
    if (!l.remark.empty())
      os << " && \\text{" << type.script.escaped(l.remark) << "}";
    os << (i + 1 < lines.size() ? " \\\\\n" : "\n");
  }
}

/// The columns of a section: where signs and remarks are.
struct Columns {
  unsigned left = 0, right = 0;

  void fit(const std::vector<Line> &lines, unsigned indent) {
    for (const Line &l : lines) {
      fit(l.block, indent + 2);
      if (l.block.empty())
        left = std::max(left, indent + Script::width(l.left));
      if (const unsigned w = Script::width(l.right); !l.remark.empty() && w <= 60)
        right = std::max(right, w);
    }
  }
};

static void printText(llvm::raw_ostream &os, const std::vector<Line> &lines, Columns columns,
                      unsigned indent) {
  for (const Line &l : lines) {
    os.indent(indent) << l.left;
    if (l.block.empty())
      os.indent(columns.left - indent - Script::width(l.left));
    if (!l.sign.empty())
      os << " " << l.sign << " " << l.right;
    if (!l.remark.empty()) {
      os.indent(std::max<int>(columns.right - Script::width(l.right), 0) + 3);
      os << "# " << l.remark;
    }
    os << "\n";
    printText(os, l.block, columns, indent + 2);
  }
}

void print(llvm::raw_ostream &os, const Section &section, const Typography &type) {
  if (section.lines.empty())
    return;
  if (type.script.latex) {
    os << "\\paragraph{" << section.title << "}\n\\begin{align*}\n";
    printLatex(os, section.lines, type, 2);
    os << "\\end{align*}\n";
    return;
  }
  os << section.title << "\n";
  Columns columns;
  columns.fit(section.lines, 2);
  printText(os, section.lines, columns, 2);
  os << "\n";
}

} // namespace nnc::math
