// Generates `constrain net.weights to max_norm(theta, 3)`.
#include "compiler/irgen/train/Constrain.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

bool nnc::constrain(ProgramContext &ctx, const ast::ConstrainEntry &entry,
                    llvm::ArrayRef<TensorInfo> trained) {
  Function &fn = *ctx.elab.fn;
  const std::string target = ctx.placeText(entry.target);
  auto [front, last] = llvm::StringRef(target).rsplit('.');
  const auto many = sema::findPartTensors(last);
  const llvm::StringRef place = many ? front : llvm::StringRef(target);
  bool any = false;
  for (const TensorInfo &p : trained) {
    if (!ctx.elab.belongsTo(p.name, place) || (many && !isOneOf(*many, p)))
      continue;
    any = true;
    Elaborator::RangeGuard guard(ctx.elab, entry.range);
    Value theta = fn.tensor(p);
    auto outer = fn.ambient;
    fn.setAmbient(sema::AmbientKind::Theta, theta);
    fn.emit.place = p.name;
    Value made = ctx.elab.evaluate(entry.value, Scope());
    fn.emit.place.clear();
    fn.ambient = outer;
    made = made.isError() ? made : fn.emit.toTensor(made, entry.value->range);
    if (!made.isTensor())
      return false;
    if (made.tensor.getType() != theta.tensor.getType()) {
      fn.emit.shapeError(entry.value->range,
                         "`" + p.name + "` keeps its shape, " + shapeText(p.shape) +
                             ", and this has another",
                         {theta, made}, {entry.target.range, entry.value->range});
      return false;
    }
    fn.assign(p, made.tensor);
  }
  if (!any)
    ctx.diags.error(entry.target.range, "this block trains no parameter of `" + target + "`");
  return any;
}
