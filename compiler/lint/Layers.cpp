// Lints on layers in an order that is rarely intended: a bias that normalisation removes again,
// dropout on the outputs.
#include "compiler/lint/Checks.h"

using llvm::StringRef;

namespace nnc::lint {

/// The parameter with one axis that is added to `v`, or null.
static const TensorInfo *biasOf(const Step &step, mlir::Value v) {
  auto sum = llvm::dyn_cast_or_null<nn::NotationOp>(step.source(v).getDefiningOp());
  if (!sum || sum.getNotation().form != nn::Form::Sum)
    return nullptr;
  for (mlir::Value term : sum->getOperands())
    if (const TensorInfo *p = step.parameter(term); p && p->shape.size() == 1)
      return p;
  return nullptr;
}

void checkBiasBeforeNorm(Context &context, const Step &step, const Lint &lint) {
  std::optional<DiagnosticBuilder> report;
  for (const Application &norm : step.trained.applications) {
    if (factOf(norm.decl, "centres") != StringRef("batch") || norm.args.empty() ||
        !norm.args[0].second || context.isDrawn(norm.named))
      continue;
    const TensorInfo *bias = biasOf(step, norm.args[0].second);
    const Application *layer =
        bias ? step.layerAt(StringRef(bias->name).rsplit('.').first) : nullptr;
    if (!layer)
      continue;
    const Range at = context.isUsers(bias->range) ? bias->range : context.placeOf(*layer);
    if (!report) {
      if (auto first =
              context.report(lint, at,
                             "`" + norm.name +
                                 "` subtracts the mean of what it gets, and with it this layer's "
                                 "bias, which is never learned"))
        report.emplace(first
                           ->note(context.placeOf(norm),
                                  "it is normalised here, where `beta` does the bias's work")
                           .note("leave it out: `bias = none`"));
    } else if (context.isNew(lint, at)) {
      report->note(at, "the same holds here"); // one warning per network is enough
    }
  }
}

void checkNormOfOneRow(Context &context, const Step &step, const Lint &lint) {
  mlir::func::FuncOp function = step.trained.function;
  auto rows = function->getAttrOfType<mlir::IntegerAttr>("nn.rows"); // rows of a batch, if known
  if (!rows || rows.getInt() != 1)
    return;
  for (const Application &norm : step.trained.applications) {
    mlir::Value x = norm.args.empty() ? mlir::Value() : norm.args[0].second;
    if (factOf(norm.decl, "centres") != StringRef("batch") || !x || context.isDrawn(norm.named))
      continue;
    llvm::ArrayRef<int64_t> shape = exampleShape(x);
    auto several = [](int64_t size) { return size != 1; };
    if (llvm::any_of(shape.drop_front(shape.empty() ? 0 : 1), several))
      continue; // a channel has several numbers in each row
    const std::string message =
        "batches of one row: a channel's mean is the number itself, so that `" + norm.name +
        "` makes 0 of every input while training";
    if (auto report = context.report(lint, context.placeOf(norm), message))
      report->note("a batch of several rows has a mean and a variance: `batch = 32`; `layer_norm` "
                   "needs none");
  }
}

void checkDropoutAtOutput(Context &context, const Step &step, const Lint &lint) {
  for (const Application &drop : step.trained.applications) {
    if (!factOf(drop.decl, "drops") || !drop.result || drop.args.empty() ||
        drop.result == drop.args[0].second || step.isWeighedLater(drop.result) ||
        context.isDrawn(drop.named))
      continue;
    if (auto report = context.report(lint, context.placeOf(drop),
                                     "no layer follows this dropout: it makes outputs 0 at random "
                                     "instead of hidden units, and the "
                                     "network cannot learn to do without them"))
      report->note("put dropout before the last layer: `… |> " + drop.name + "(…) |> dense(…)`");
  }
}

void checkTransposedAxes(Context &context, const Step &step, const Lint &lint) {
  for (const TurnedMeeting &meeting : step.trained.turnedMeetings) {
    auto report = context.report(
        lint, meeting.at,
        meeting.byName ? "a tensor meets its transpose, and their axes line up by name: the "
                         "transpose changes nothing"
                       : "a tensor meets its transpose, and its axes have one name: they line "
                         "up by position, element [i, j] with element [j, i]");
    if (report)
      report->note(meeting.byName ? "axes that both are called `n` line up by position: `x: [n, n]`"
                                  : "`transpose(x, [1, 0])` says that this is meant");
  }
}

} // namespace nnc::lint
