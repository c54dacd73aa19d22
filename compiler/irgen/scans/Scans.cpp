// Evaluates scans. The block is elaborated once, or again if a state turns out to differ between
// examples or to be larger than its start.
#include "compiler/irgen/scans/Scans.h"

#include "compiler/irgen/eval/Elaborator.h"
#include "compiler/irgen/scans/Mark.h"

#include "compiler/dialect/scan/Names.h"
#include "compiler/dialect/scan/Remember.h"

using namespace nnc;

/// States may change their types in turn, each because of the one before.
static constexpr unsigned mostRuns = 8;

ScanState *ScanStates::find(llvm::StringRef name) {
  auto found =
      llvm::find_if(list, [&](const ScanState &s) { return s.declared->name.text == name; });
  return found == list.end() ? nullptr : &*found;
}

Scans::End Scans::findSequences(const ast::ScanExpr *e, const Scope &scope, Sequences &found) {
  const ast::ScanSource *first = nullptr;
  for (const ast::ScanSource &source : e->sources) {
    Value v = elab.evaluate(source.value, scope);
    if (v.kind == Value::Kind::Place)
      v = elab.readPlace(v, source.value->range);
    if (v.kind == Value::Kind::Weights) {
      diags.error(source.value->range,
                  "a scan steps through the first axis of one tensor, and these are several");
      return Value::error();
    }
    v = fn->emit.toTensor(v, source.value->range);
    if (!v.isTensor())
      return v;
    llvm::ArrayRef<int64_t> shape = exampleShape(v.tensor);
    if (shape.empty()) {
      diags
          .error(source.value->range,
                 "a scan steps through the first axis of a tensor, and this has no axis")
          .note(
              "examples do not follow one another; to count there is `scan i in range(10) { … }`");
      return Value::error();
    }
    if (first && shape[0] != found.length) {
      diags
          .error(source.name.range, "`" + first->name.text + "` has " + llvm::Twine(found.length) +
                                        " elements and `" + source.name.text + "` has " +
                                        llvm::Twine(shape[0]) +
                                        ": a scan takes one of each in every step")
          .note(first->value->range, "this is " + shapeText(exampleShape(found.list[0].tensor)))
          .note(source.value->range, "this is " + shapeText(shape));
      return Value::error();
    }
    first = first ? first : &source;
    found.length = shape[0];
    if (found.axis.empty())
      found.axis = v.axisAt(0);
    found.list.push_back(v);
  }
  return std::nullopt;
}

Scans::End Scans::findStarts(const ast::ScanExpr *e, const Scope &scope, ScanStates &states) {
  for (const ast::Stmt *s : e->body->statements) {
    auto *declared = llvm::dyn_cast<ast::StateStmt>(s);
    if (!declared)
      continue;
    Elaborator::RangeGuard guard(elab, s->range);
    const Range at = declared->value ? declared->value->range : declared->range;
    Value start = declared->value ? elab.evaluate(declared->value, scope) : Value::of(0);
    if (start.kind == Value::Kind::Place)
      start = elab.readPlace(start, at);
    start = fn->emit.toTensor(start, at);
    if (!start.isTensor())
      return start;
    if (declared->shape) {
      std::vector<int64_t> sizes;
      std::vector<std::string> axes;
      if (!elab.evaluateShape(*declared->shape, scope, sizes, axes))
        return Value::error();
      const bool batched = isBatched(start.tensor);
      if (!exampleShape(start.tensor).empty() &&
          exampleShape(start.tensor) != llvm::ArrayRef<int64_t>(sizes))
        return fn->emit.shapeError(declared->range,
                                   "`" + declared->name.text + "` is " + shapeText(sizes) +
                                       ", and starts with another shape",
                                   start, at);
      start = Value::of(fn->emit.stretched(start, sizes, batched), axes);
    }
    states.list.push_back({declared, start, declared->shape != nullptr, at});
  }
  return std::nullopt;
}

bool Scans::findEvery(const ast::ScanExpr *e, const Scope &scope, int64_t &every) {
  if (!e->every)
    return true;
  const Value v = elab.evaluate(e->every, scope);
  if (!elab.integerOf(v, every, e->every->range, "the number of steps"))
    return false;
  if (every >= 1 && v.unit != Value::Unit::Epochs)
    return true;
  diags.error(e->every->range, "a scan remembers every so many of its steps, a number of 1 or more")
      .note("`remember every 16 steps`: the states of every sixteenth step are kept, and the steps "
            "between them are computed again for the gradient");
  return false;
}

Value Scans::evaluate(const ast::ScanExpr *e, const Scope &scope) {
  Sequences sequences;
  ScanStates states;
  int64_t every = 0;
  if (End end = findSequences(e, scope, sequences))
    return *end;
  if (End end = findStarts(e, scope, states))
    return *end;
  if (!findEvery(e, scope, every))
    return Value::error();
  bool asOneStep = false;
  for (unsigned i = 0; i < mostRuns; ++i) {
    ScanMark before(elab);
    End end = asOneStep ? runForShapes(e, scope, sequences, states)
                        : run(e, scope, sequences, states, every, before);
    before.forgetInside();
    const bool draws = !innermost && std::exchange(drawsTensors, false);
    asOneStep |= draws;
    if (end && !draws)
      return *end;
    before.restore();
    grow(states);
  }
  diags.error(e->range, "the states of this scan have another shape after every step")
      .note("a shape in its declaration keeps a state the same: `state h: [n] = 0`");
  return Value::error();
}

Value Scans::runBlock(const ast::ScanExpr *e, Scope &inner, ScanStates &states) {
  ScanStates *outer = std::exchange(elab.bodies.scan, &states);
  Value v = elab.bodies.runOfScan(e->body, inner);
  elab.bodies.scan = outer;
  if (v.isError() || v.isUnavailable())
    return v;
  v = fn->emit.toTensor(v, e->body->value->range);
  for (const ScanState &state : states.list)
    if (const Value *now = inner.findState(state.declared->name.text); !now->isTensor())
      return *now; // unavailable
  return v;
}

/// The shape to which both can be stretched, or nothing.
static std::optional<std::vector<int64_t>> jointShape(llvm::ArrayRef<int64_t> a,
                                                      llvm::ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  std::vector<int64_t> shape = a.vec();
  for (auto [size, other] : llvm::zip(llvm::reverse(shape), llvm::reverse(b))) {
    if (size != other && size != 1 && other != 1)
      return std::nullopt;
    size = std::max(size, other);
  }
  return shape;
}

bool Scans::settle(ScanStates &states, std::vector<Value> &next, bool &settled) {
  settled = true;
  for (auto [state, after] : llvm::zip_equal(states.list, next)) {
    const bool batched = isBatched(after.tensor) || isBatched(state.start.tensor);
    const std::optional<std::vector<int64_t>> shape =
        jointShape(exampleShape(state.start.tensor), exampleShape(after.tensor));
    if (!shape) {
      diags
          .error(state.changed, "`" + state.declared->name.text + "` is " +
                                    shapeText(exampleShape(state.start.tensor)) +
                                    " before a step and " + shapeText(exampleShape(after.tensor)) +
                                    " after it")
          .note(state.declared->range, "declared here")
          .note("a state has one shape in all steps; what grows is the value of the scan, which "
                "holds those of all steps");
      return false;
    }
    if (fn->emit.typeOf(*shape, batched) == state.start.tensor.getType()) {
      after.tensor = fn->emit.stretched(after, *shape, batched);
      continue;
    }
    settled = false;
    const bool named = !state.isShaped && exampleShape(after.tensor).size() == shape->size();
    state.grown = {*shape, batched, named ? after.axes : state.start.axes};
  }
  return true;
}

void Scans::grow(ScanStates &states) {
  for (ScanState &state : states.list)
    if (auto grown = std::exchange(state.grown, std::nullopt))
      state.start =
          Value::of(fn->emit.stretched(state.start, grown->shape, grown->batched), grown->axes);
}

/// The values of the states after the block.
static std::vector<Value> valuesAfter(const ScanStates &states, const Scope &inner) {
  std::vector<Value> next;
  for (const ScanState &state : states.list)
    next.push_back(*inner.findState(state.declared->name.text));
  return next;
}

/// The axes of the value of a scan: the first is that of the sequences.
static std::vector<std::string> axesOf(const Value &ofStep, const std::string &axis) {
  std::vector<std::string> axes{axis};
  for (size_t i = 0; i < exampleShape(ofStep.tensor).size(); ++i)
    axes.push_back(ofStep.axisAt(i));
  if (llvm::all_of(axes, [](const std::string &name) { return name.empty(); }))
    axes.clear();
  return axes;
}

Scans::End Scans::run(const ast::ScanExpr *e, const Scope &scope, const Sequences &sequences,
                      ScanStates &states, int64_t every, ScanMark &before) {
  llvm::SmallVector<mlir::Value> starts, tensors;
  for (const ScanState &state : states.list)
    starts.push_back(state.start.tensor);
  for (const Value &v : sequences.list)
    tensors.push_back(v.tensor);
  ScanFrame frame(*fn, innermost, sequences.length, starts, tensors);
  const Inside inside(*this, frame);
  Scope inner;
  inner.parent = &scope;
  inner.prelude = scope.prelude;
  for (auto [i, source] : llvm::enumerate(e->sources)) {
    Value element = sequences.list[i];
    element.tensor = frame.element(i);
    element.turned = Value::Turned::No;
    if (!element.axes.empty())
      element.axes.erase(element.axes.begin());
    fn->emit.noteOrigin(element.tensor, source.value->range, /*replace=*/true);
    inner.names[source.name.text.str()] = element;
  }
  for (auto [i, state] : llvm::enumerate(states.list)) {
    const std::string name = state.declared->name.text.str();
    mlir::Value argument = frame.state(i);
    argument.setLoc(nn::named(argument.getLoc(), name));
    inner.states[name] = Value::of(argument, state.start.axes);
  }
  const Value ofStep = runBlock(e, inner, states);
  if (!ofStep.isTensor())
    return ofStep;
  std::vector<Value> next = valuesAfter(states, inner);
  bool settled;
  if (!settle(states, next, settled))
    return Value::error();
  if (!settled)
    return std::nullopt;
  llvm::SmallVector<mlir::Value> yielded;
  for (const Value &v : next)
    yielded.push_back(v.tensor);
  std::vector<std::string> axes = axesOf(ofStep, sequences.axis);
  nn::ScanOp op = frame.close(yielded, ofStep.tensor);
  mlir::Value all = op.getValues().back();
  if (every) {
    // The block is replaced by others.
    before.forgetApplications();
    fn->forget(op.getBody().front());
    all = nn::rememberEvery(op, every).back();
  }
  return Value::of(all, std::move(axes));
}

Scans::End Scans::runForShapes(const ast::ScanExpr *e, const Scope &scope,
                               const Sequences &sequences, ScanStates &states) {
  Scope inner;
  inner.parent = &scope;
  inner.prelude = scope.prelude;
  for (auto [source, sequence] : llvm::zip_equal(e->sources, sequences.list)) {
    Value element = fn->standIn(exampleShape(sequence.tensor).drop_front(), source.value->range);
    if (!sequence.axes.empty())
      element.axes.assign(sequence.axes.begin() + 1, sequence.axes.end());
    element.classes = sequence.classes;
    inner.names[source.name.text.str()] = element;
  }
  for (const ScanState &state : states.list) {
    Value now = fn->standIn(exampleShape(state.start.tensor), state.declared->range);
    now.axes = state.start.axes;
    inner.states[state.declared->name.text.str()] = now;
  }
  const Value ofStep = runBlock(e, inner, states);
  if (!ofStep.isTensor())
    return ofStep;
  std::vector<Value> next = valuesAfter(states, inner);
  bool settled;
  if (!settle(states, next, settled))
    return Value::error();
  if (!settled)
    return std::nullopt;
  std::vector<int64_t> shape = exampleShape(ofStep.tensor).vec();
  shape.insert(shape.begin(), sequences.length);
  return Value::of(fn->standIn(shape, e->range).tensor, axesOf(ofStep, sequences.axis));
}

bool Scans::assign(ScanState &state, const ast::AssignStmt *s, Value v, const Scope &scope) {
  Value *now = scope.findState(s->name.text);
  v = fn->emit.toTensor(v, s->value->range);
  if (v.isError())
    return false;
  state.changed = s->value->range;
  if (v.isTensor() && state.isShaped) {
    llvm::ArrayRef<int64_t> shape = exampleShape(state.start.tensor);
    if (!exampleShape(v.tensor).empty() && exampleShape(v.tensor) != shape) {
      fn->emit.shapeError(s->range, "`" + s->name.text + "` is " + shapeText(shape), v,
                          s->value->range);
      return false;
    }
    v = Value::of(fn->emit.stretched(v, shape, isBatched(v.tensor)), state.start.axes);
  }
  *now = v;
  return true;
}

mlir::Value Scans::outside(llvm::function_ref<mlir::Value()> make) {
  if (!innermost)
    return make();
  ScanFrame *outermost = innermost;
  while (outermost->outer)
    outermost = outermost->outer;
  mlir::OpBuilder::InsertionGuard guard(fn->emit.b);
  fn->emit.b.setInsertionPoint(outermost->here());
  return make();
}

mlir::Value Scans::drawn(mlir::RankedTensorType type,
                         llvm::function_ref<mlir::Value(mlir::RankedTensorType)> draw) {
  std::vector<ScanFrame *> frames; // from the innermost
  for (ScanFrame *frame = innermost; frame; frame = frame->outer) {
    frames.push_back(frame);
    type = nn::sequenceOf(type, frame->length());
  }
  mlir::Value v = outside([&] { return draw(type); });
  for (ScanFrame *frame : llvm::reverse(frames))
    v = frame->addSequence(v);
  return v;
}

mlir::Value Scans::sequenceOf(mlir::Value v) const {
  for (ScanFrame *frame = innermost; frame; frame = frame->outer)
    if (mlir::Value sequence = frame->sequenceOf(v))
      return sequence;
  return {};
}

ScanFrame *Scans::frameOf(mlir::Value v) const {
  ScanFrame *frame = innermost;
  while (frame && !(llvm::isa<mlir::BlockArgument>(v) && frame->has(v)))
    frame = frame->outer;
  return frame;
}

bool Scans::reaches(mlir::Value w, mlir::Value from) const {
  llvm::SmallVector<mlir::Value> open{from};
  while (!open.empty())
    for (mlir::Value v : originsOf(open.pop_back_val())) {
      ScanFrame *frame = frameOf(v);
      mlir::Value sequence = frame ? frame->sequenceOf(v) : mlir::Value();
      if (v == w)
        return true;
      if (!frame || frame->has(w)) // what is computed in a step does not change what it began with
        continue;
      if (!sequence)
        return true; // a state, on which w may have had an effect in an earlier step
      open.push_back(sequence);
    }
  return false;
}

bool Scans::checkGradient(mlir::Value y, mlir::Value w, Range at) {
  if (!innermost || innermost->has(w))
    return true;
  auto border = [&](mlir::Value v) {
    return v == w || !innermost->has(v) || v.getDefiningOp<nn::StopGradientOp>();
  };
  for (mlir::Value v : originsOf(y, border)) {
    const bool inside = innermost->has(v) && !llvm::isa<mlir::BlockArgument>(v);
    if (v == w || inside || !reaches(w, v))
      continue;
    diags
        .error(at, "w changes this e in other ways than in this step of the scan, which the step's "
                   "`grad` does not follow")
        .note(
            "such a way is a state, or a value from outside of the block that w has an effect on; "
            "`stop_gradient(…)` says that it counts as constant")
        .note("through all steps, differentiate the value of the scan; a parameter with a shape is "
              "a variable of its own: `fn f(w: [n], z) = grad(…, w)`");
    return false;
  }
  return true;
}
