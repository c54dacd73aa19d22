// Generates `constrain net.weights to max_norm(theta, 3)` (LANGUAGE.md 8.1), which changes
// parameters after the optimizer's update.
#include "compiler/irgen/program/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

bool ProgramGenerator::constrain(const ast::ConstrainEntry *entry,
                                 llvm::ArrayRef<TensorInfo> trained) {
  Function &fn = *elab.fn;
  const std::string target = placeText(entry->target);
  auto [front, last] = llvm::StringRef(target).rsplit('.');
  const bool weights = last == "weights", all = last == "parameters";
  const llvm::StringRef place = weights || all ? front : llvm::StringRef(target);
  bool any = false;
  for (const TensorInfo &p : trained) {
    if (!elab.belongsTo(p.name, place) || (weights && !isWeight(p)))
      continue;
    any = true;
    Elaborator::RangeGuard guard(elab, entry->range);
    Value theta = fn.tensor(p);
    auto outer = fn.ambient;
    fn.ambient["theta"] = theta;
    fn.emit.place = p.name;
    Value made = elab.evaluate(entry->value, Scope());
    fn.emit.place.clear();
    fn.ambient = outer;
    made = made.isError() ? made : fn.emit.toTensor(made, entry->value->range);
    if (!made.isTensor())
      return false;
    if (made.tensor.getType() != theta.tensor.getType()) {
      fn.emit.shapeError(entry->value->range,
                         "`" + p.name + "` keeps its shape, " + shapeText(p.shape) +
                             ", and this has another",
                         {theta, made}, {entry->target.range, entry->value->range});
      return false;
    }
    fn.assign(p, made.tensor);
  }
  if (!any)
    diags.error(entry->target.range, "this block trains no parameter of `" + target + "`");
  return any;
}
