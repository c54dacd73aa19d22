// Reads loops through their interface, and builds them again.
#include "compiler/transforms/loops/LoopForm.h"
#include "compiler/dialect/Walks.h"

using namespace mlir;

namespace nnc {

LoopForm::LoopForm(nn::LoopOp loop) : loop(loop) {
  for (BlockArgument argument : loop.getBlock().getArguments()) {
    const unsigned i = argument.getArgNumber();
    if (auto start = loop.getStart(i))
      states.push_back({loop->getOperand(*start), argument});
    else if (auto sequence = loop.getElementOf(i))
      sequences.push_back({loop->getOperand(*sequence), argument});
    else if (auto invariant = loop.getInvariant(i))
      invariants.push_back({loop->getOperand(*invariant), argument});
  }
  if (loop.getBlock().empty())
    return;
  ValueRange yielded = loop.getBlock().getTerminator()->getOperands();
  for (auto [i, value] : llvm::enumerate(yielded))
    (i < states.size() ? finals : stacks).push_back({value, loop->getResult(i)});
}

void LoopForm::replaceInside(Value from, Value to) {
  from.replaceAllUsesWith(to);
  for (SmallVector<Output> *outputs : {&finals, &stacks})
    for (Output &output : *outputs)
      if (output.inside == from)
        output.inside = to;
}

bool LoopForm::isOnlyStacked(Value v) {
  Operation *end = block().getTerminator();
  return llvm::all_of(v.getUsers(), [&](Operation *user) { return user == end; }) &&
         llvm::none_of(finals, [&](const Output &final) { return final.inside == v; });
}

static SmallVector<Value> outsides(ArrayRef<LoopForm::Input> inputs) {
  return llvm::map_to_vector(inputs, [](const LoopForm::Input &input) { return input.outside; });
}

nn::LoopOp LoopForm::build() {
  const int64_t runs = loop.getRuns();
  SmallVector<Type> types;
  for (const Output &stack : stacks)
    types.push_back(nn::sequenceOf(stack.inside.getType(), runs));
  if (finals.empty() && stacks.empty()) {
    loop->erase();
    return {};
  }
  OpBuilder b(loop);
  auto made = cast<nn::LoopOp>(
      loop.cloneWith(b, outsides(states), outsides(sequences), outsides(invariants), types));
  made->setDiscardableAttrs(loop->getDiscardableAttrDictionary());
  Block &from = block(), &to = made.getBlock();
  auto *end = from.getTerminator();
  to.getOperations().splice(to.end(), from.getOperations());

  LoopForm fresh(made); // its arguments
  for (auto [inputs, arguments] :
       {std::pair(&states, &fresh.states), std::pair(&sequences, &fresh.sequences),
        std::pair(&invariants, &fresh.invariants)})
    for (auto [input, argument] : llvm::zip_equal(*inputs, *arguments)) {
      argument.inside.setLoc(input.inside.getLoc()); // which may have its name
      replaceInside(input.inside, argument.inside);
    }

  SmallVector<Value> yielded;
  for (const Output &output : llvm::concat<Output>(finals, stacks))
    yielded.push_back(output.inside);
  end->setOperands(yielded);
  nn::eraseDeadOps(made->getRegion(0));
  for (auto [i, output] : llvm::enumerate(llvm::concat<Output>(finals, stacks)))
    if (output.outside)
      output.outside.replaceAllUsesWith(made->getResult(i));
  loop->erase();
  loop = made;
  return made;
}

SmallVector<nn::LoopOp> loopsIn(Region &region) {
  SmallVector<nn::LoopOp> loops;
  region.walk<WalkOrder::PostOrder>([&](nn::LoopOp loop) { loops.push_back(loop); });
  return loops;
}

int64_t elementsOfExample(Type type) {
  int64_t count = 1;
  for (int64_t size : cast<RankedTensorType>(type).getShape())
    count *= ShapedType::isDynamic(size) ? 1 : size;
  return count;
}

} // namespace nnc
