// The lint on learning rates, or another hyper-parameter with a stated usual range, that are
// outside that range.
#include "compiler/lint/Checks.h"

#include "mlir/IR/Matchers.h"
#include "llvm/Support/Format.h"

#include <cmath>

using llvm::StringRef;

namespace nnc::lint {

namespace {

/// Evaluates schedules, which do not depend on data, at a given step.
class Clock {
public:
  Clock(mlir::func::FuncOp step, const ProgramT &program) : step(step), program(program) {}

  /// The value of a schedule at a step of a run, or nothing if it depends on anything else.
  std::optional<double> at(mlir::Value schedule, double now, double perEpoch, double total) {
    known.clear();
    scalars = {{nn::stepScalar, now},
               {"steps_per_epoch", perEpoch},
               {"total_steps", total},
               {"epoch", now / perEpoch}};
    auto value = llvm::dyn_cast_or_null<mlir::DenseElementsAttr>(valueOf(schedule));
    if (!value || value.getNumElements() != 1 || !value.getElementType().isF64())
      return std::nullopt;
    return *value.value_begin<double>();
  }

private:
  mlir::Attribute valueOf(mlir::Value v) {
    if (auto it = known.find(v); it != known.end())
      return it->second;
    mlir::Attribute value;
    if (auto arg = llvm::dyn_cast<mlir::BlockArgument>(v)) {
      if (auto name = step.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), "nn.scalar"))
        if (std::optional<double> number = scalar(name.getValue()))
          value = mlir::DenseElementsAttr::get(llvm::cast<mlir::RankedTensorType>(v.getType()),
                                               *number);
    } else if (mlir::Operation *op = v.getDefiningOp();
               op->getNumResults() == 1 && !mlir::matchPattern(op, mlir::m_Constant(&value))) {
      llvm::SmallVector<mlir::Attribute> operands;
      for (mlir::Value operand : op->getOperands())
        operands.push_back(valueOf(operand));
      llvm::SmallVector<mlir::OpFoldResult, 1> results;
      if (!llvm::is_contained(operands, mlir::Attribute()) &&
          mlir::succeeded(op->fold(operands, results)) && results.size() == 1) {
        value = llvm::dyn_cast_if_present<mlir::Attribute>(results[0]);
        if (auto same = llvm::dyn_cast_if_present<mlir::Value>(results[0]))
          value = same == v ? mlir::Attribute() : valueOf(same);
      }
    }
    return known[v] = value;
  }

  std::optional<double> scalar(StringRef name) const {
    if (auto it = scalars.find(name); it != scalars.end())
      return it->second;
    for (const OptionT &option : program.options)
      if (name == option.name)
        return option.value;
    return std::nullopt;
  }

  mlir::func::FuncOp step;
  const ProgramT &program;
  llvm::StringMap<double> scalars;
  llvm::DenseMap<mlir::Value, mlir::Attribute> known;
};

/// The largest value in a run of ten epochs of a thousand steps, chosen arbitrarily.
std::optional<double> largestValue(const Value &v, const ProgramT &program) {
  if (v.isKnown())
    return v.number;
  if (!v.isHostScalar())
    return std::nullopt;
  const double perEpoch = 1000, total = 10 * perEpoch;
  const int looks = 250;
  mlir::Value value = v.tensor;
  auto function = value.getParentBlock()->getParentOp(); // the step, or what applies its sums
  Clock clock(llvm::cast<mlir::func::FuncOp>(function), program);
  std::optional<double> largest;
  for (int i = 0; i < looks; ++i) {
    std::optional<double> now = clock.at(v.tensor, i * total / looks, perEpoch, total);
    if (!now || !std::isfinite(*now))
      return std::nullopt;
    largest = std::max(largest.value_or(*now), *now);
  }
  return largest;
}

/// The argument for the parameter `name` in a call `optimizer(…)`, or the whole expression.
const ast::Expr *argumentOf(const ast::Expr *e, const ast::OptimizerDecl *decl, StringRef name) {
  auto *call = llvm::dyn_cast<ast::CallExpr>(e);
  if (!call)
    return e;
  size_t position = 0;
  for (const ast::Argument &a : call->args) {
    if (!a.name.empty()
            ? a.name.text == name
            : position < decl->params.size() && decl->params[position].name.text == name)
      return a.value ? a.value : e;
    position += a.name.empty();
  }
  return e;
}

std::string text(double number) {
  llvm::SmallString<16> s;
  llvm::raw_svector_ostream(s) << llvm::format("%g", number);
  return std::string(s);
}

} // namespace

static void checkRate(Context &context, const UsedOptimizer &used, const Lint &lint) {
  const Applicable &optimizer = *used.made;
  std::optional<UsualRange> usual = usualRangeOf(optimizer.decl);
  if (!usual)
    return;
  auto bound = optimizer.bound.find(usual->name.str());
  if (bound == optimizer.bound.end())
    return;
  const std::optional<double> rate = largestValue(bound->second, context.generated.tables->program);
  if (!rate || (*rate >= usual->least && *rate <= usual->most))
    return;
  const ast::Expr *entry = used.written;
  if (context.isDrawn(entry->range) || context.isDrawn(optimizer.written))
    return;
  const ast::Expr *at =
      argumentOf(entry, llvm::cast<ast::OptimizerDecl>(optimizer.decl), usual->name);
  const bool high = *rate > usual->most;
  if (auto report =
          context.report(lint, at->range,
                         "`" + usual->name + "` of `" + optimizer.name + "` is " + text(*rate) +
                             (bound->second.isHostScalar() ? " at its largest" : "") +
                             (high ? ": steps so long overshoot, become unstable and diverge"
                                   : ": steps so short get nowhere, and stay in the first hollow")))
    report->note("usual are " + text(usual->least) + " to " + text(usual->most));
}

void checkLearningRate(Context &context, const Step &step, const Lint &lint) {
  for (const UsedOptimizer &used : step.trained.optimizers)
    checkRate(context, used, lint);
}

} // namespace nnc::lint
