// Follows the values of a training step.
#include "compiler/lint/Step.h"

#include "llvm/ADT/SmallPtrSet.h"

using llvm::StringRef;

namespace nnc::lint {

mlir::Value Step::argument(const Application &a, llvm::ArrayRef<ast::Parameter> parameters,
                           size_t i) {
  for (const auto &[name, value] : a.args)
    if (name.empty() ? i-- == 0 : i < parameters.size() && name == parameters[i].name.text)
      return value;
  return {};
}

/// If an elementwise op combines a value of each example with one that is the same for all (it adds
/// a bias, or scales): the former. Otherwise null.
static mlir::Value shifted(mlir::Operation *op) {
  if (!llvm::isa<nn::ScalarBodyOp>(op) || op->getNumOperands() != 2)
    return {};
  mlir::Value only;
  for (mlir::Value v : op->getOperands()) {
    mlir::Value whole = v;
    while (mlir::Operation *from = whole.getDefiningOp()) {
      mlir::Value inner = nn::movedBy(from);
      if (!inner)
        break;
      whole = inner;
    }
    if (!nn::isBatched(whole.getType()))
      continue;
    if (only)
      return {};
    only = v;
  }
  return only;
}

Step::Step(const TrainedStep &trained, const IrgenResult &generated, const sema::Symbols &symbols)
    : trained(trained), block(&mlir::func::FuncOp(trained.function).getBody().front()) {
  mlir::func::FuncOp function = trained.function;
  for (mlir::BlockArgument arg : block->getArguments()) {
    auto attribute = [&](StringRef name) {
      auto attr = function.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), name);
      return attr ? attr.getValue() : StringRef();
    };
    if (StringRef name = attribute("nn.field"); !name.empty())
      fields[arg] = name;
    auto tensor = generated.elaborated->tensors.find(attribute("nn.tensor").str());
    if (tensor != generated.elaborated->tensors.end() && tensor->second.kind == NN_PARAMETER)
      parameters[arg] = &tensor->second;
  }
  for (const auto &entry : symbols.prelude)
    for (StringRef key : {"like", "for"})
      if (auto value = factOf(entry.second, key))
        families.insert(*value);
  llvm::SmallPtrSet<const TensorInfo *, 16> learned;
  // A gradient that a loop asks for is one of its runs' own: nothing learns from it.
  for (auto request : block->getOps<nn::GradientRequestOp>())
    for (mlir::Value v : request.getWithRespectTo())
      learned.insert(parameters.lookup(v));
  function.walk([&](nn::ContractionOp product) {
    for (auto [one, other] : {std::pair(product.getLeft(), product.getRight()),
                              std::pair(product.getRight(), product.getLeft())})
      if (const TensorInfo *weights = parameter(one);
          weights && weights->shape.size() > 1 && !parameter(other)) {
        weighings.push_back(
            {product, weights, learned.contains(weights), other, product->getResult(0)});
        break;
      }
  });
}

mlir::Value Step::source(mlir::Value v) const {
  while (mlir::Value from = v.getDefiningOp() ? nn::movedBy(v.getDefiningOp()) : nn::invariantOf(v))
    v = from;
  return v;
}

const TensorInfo *Step::parameter(mlir::Value v) const { return parameters.lookup(source(v)); }
StringRef Step::field(mlir::Value v) const { return fields.lookup(source(v)); }

llvm::SmallVector<StringRef> Step::fieldsBehind(mlir::Value v) const {
  llvm::SmallVector<StringRef> found;
  llvm::SmallVector<mlir::Value> todo{v};
  llvm::SmallPtrSet<void *, 32> seen;
  while (!todo.empty()) {
    mlir::Value next = todo.pop_back_val();
    if (!seen.insert(next.getAsOpaquePointer()).second)
      continue;
    if (StringRef name = fields.lookup(next); !name.empty())
      found.push_back(name);
    // What the block of a loop has comes from the loop's operands.
    mlir::Operation *op = next.getDefiningOp();
    if (!op)
      op = llvm::dyn_cast<nn::LoopOp>(next.getParentBlock()->getParentOp());
    if (op)
      todo.append(op->operand_begin(), op->operand_end());
  }
  return found;
}

const Application *Step::madeBy(mlir::Value v, StringRef fact, StringRef value) const {
  while (v) {
    for (const Application &a : trained.applications)
      if (a.result == v && factOf(a.decl, fact) == value)
        return &a;
    v = nn::movedBy(v.getDefiningOp());
  }
  return nullptr;
}

const Weighing *Step::weighed(mlir::Value v) const {
  while (v) {
    for (const Weighing &w : weighings)
      if (w.result == v)
        return &w;
    mlir::Operation *op = v.getDefiningOp();
    v = op ? nn::movedBy(op) : mlir::Value();
    if (!v && op)
      v = shifted(op);
  }
  return nullptr;
}

const Weighing *Step::unscaled(mlir::Value v) const {
  while (v) {
    for (const Weighing &w : weighings)
      if (w.result == v)
        return &w;
    auto activation = llvm::find_if(trained.applications, [&](const Application &a) {
      return a.result == v && !a.args.empty() && a.args.front().second && !family(a).empty();
    });
    mlir::Operation *op = v.getDefiningOp();
    if (activation != trained.applications.end())
      v = activation->args.front().second;
    else if (mlir::Value from = op ? nn::movedBy(op) : mlir::Value())
      v = from;
    else if (mlir::Value from = op ? shifted(op) : mlir::Value();
             from &&
             llvm::any_of(op->getOperands(), [&](mlir::Value other) { return parameter(other); }))
      v = from;
    else
      return nullptr;
  }
  return nullptr;
}

bool Step::isWeighedLater(mlir::Value v, const TensorInfo *except) const {
  llvm::SmallVector<mlir::Operation *> todo(v.getUsers().begin(), v.getUsers().end());
  llvm::SmallPtrSet<mlir::Operation *, 32> seen;
  while (!todo.empty()) {
    mlir::Operation *op = todo.pop_back_val();
    if (!seen.insert(op).second || llvm::isa<nn::GradientRequestOp>(op))
      continue;
    for (const Weighing &w : weighings)
      if (w.op == op && w.weights != except)
        return true;
    todo.append(op->user_begin(), op->user_end());
    if (llvm::isa<nn::YieldOp>(op)) {
      // What a run gives goes on outside, and if there are states also into the next run.
      auto around = llvm::cast<nn::LoopOp>(op->getParentOp());
      todo.append(around->user_begin(), around->user_end());
      if (around->getNumOperands() && around.getStart(0))
        todo.push_back(around);
    }
    if (auto loop = llvm::dyn_cast<nn::LoopOp>(op))
      for (mlir::Operation &inner : loop.getBlock())
        todo.push_back(&inner);
  }
  return false;
}

bool Step::contains(const Application &a, mlir::Operation *op) const {
  // An application contains a loop with all that the loop's block has.
  op = a.last ? a.last->getBlock()->findAncestorOpInBlock(*op) : nullptr;
  return op && (!a.before || a.before->isBeforeInBlock(op)) && !a.last->isBeforeInBlock(op);
}

StringRef Step::family(const Application &a) const {
  if (auto like = factOf(a.decl, "like"))
    return *like;
  if (a.decl && !a.prelude)
    return "";
  auto own = families.find(a.name);
  return own == families.end() ? StringRef() : *own;
}

const Application *Step::activationOf(mlir::Value v) const {
  while (v) {
    llvm::SmallPtrSet<mlir::Operation *, 8> users(v.user_begin(), v.user_end());
    for (const Application &a : trained.applications)
      if (!a.args.empty() && a.args.front().second == v && !family(a).empty() &&
          llvm::all_of(users, [&](mlir::Operation *user) { return contains(a, user); }))
        return &a;
    auto drops = llvm::find_if(trained.applications, [&](const Application &a) {
      return factOf(a.decl, "drops") && a.args.size() == 1 && a.args.front().second == v &&
             a.result != v &&
             llvm::all_of(users, [&](mlir::Operation *user) { return contains(a, user); });
    });
    if (drops != trained.applications.end()) {
      v = drops->result;
      continue;
    }
    if (users.size() != 1)
      return nullptr;
    mlir::Operation *user = *users.begin();
    const bool pools =
        llvm::isa<nn::ReductionOp>(user) && nn::isBatched(user->getResult(0).getType());
    if (user->getNumResults() != 1 || (!pools && nn::movedBy(user) != v && shifted(user) != v))
      return nullptr;
    v = user->getResult(0);
  }
  return nullptr;
}

const Application *Step::layerAt(StringRef place) const {
  for (const Application &a : trained.applications)
    if (!a.place.empty() && a.place == place)
      return &a;
  return nullptr;
}

} // namespace nnc::lint
