// Lints on losses and metrics that get the wrong kind of input.
#include "compiler/lint/Checks.h"

#include "compiler/lint/Data.h"

using llvm::StringRef;

namespace nnc::lint {

/// Calls `judge` for each application of a loss or a metric that takes `kind`, with its first two
/// arguments.
static void forLosses(
    const Step &step, StringRef kind,
    llvm::function_ref<void(const Application &, mlir::Value first, mlir::Value second)> judge) {
  for (const Application &a : step.trained.applications) {
    auto *fn = llvm::dyn_cast_or_null<ast::FnDecl>(a.decl);
    auto *metric = llvm::dyn_cast_or_null<ast::MetricDecl>(a.decl);
    if ((!fn && !metric) || factOf(a.decl, "takes") != kind)
      continue;
    llvm::ArrayRef<ast::Parameter> params =
        fn ? llvm::ArrayRef(fn->params) : llvm::ArrayRef(metric->params);
    if (mlir::Value first = Step::argument(a, params, 0))
      judge(a, first, Step::argument(a, params, 1));
  }
}

void checkProbabilitiesAsLogits(Context &context, const Step &step, const Lint &lint) {
  forLosses(step, "logits", [&](const Application &loss, mlir::Value given, mlir::Value) {
    const Application *maker = step.madeBy(given, "gives", "probabilities");
    if (!maker || context.isDrawn(maker->named) || context.isDrawn(loss.named))
      return;
    if (auto report = context.report(lint, context.placeOf(loss),
                                     "`" + loss.name +
                                         "` takes scores and is given probabilities: squashed "
                                         "twice, they can never come near 0 or 1"))
      report->note(context.placeOf(*maker), "`" + maker->name + "` makes them here; leave it out");
  });
}

void checkLogitsAsProbabilities(Context &context, const Step &step, const Lint &lint) {
  forLosses(step, "probabilities", [&](const Application &loss, mlir::Value given, mlir::Value) {
    if (step.madeBy(given, "gives", "probabilities") || context.isDrawn(loss.named))
      return;
    const Weighing *scores = step.weighed(given);
    const Application *layer =
        scores ? step.layerAt(StringRef(scores->weights->name).rsplit('.').first) : nullptr;
    if (!layer)
      return;
    if (auto report = context.report(
            lint, context.placeOf(loss),
            "`" + loss.name + "` takes probabilities and is given scores of any size: " +
                (llvm::isa<ast::MetricDecl>(loss.decl)
                     ? "0.5 is no border between them"
                     : "beyond 0 and 1 they are cut off and have no gradient"))) {
      report->note(context.placeOf(*layer), "they are the sums of this layer");
      if (llvm::isa<ast::MetricDecl>(loss.decl))
        report->note("give it `sigmoid` of the score; a loss for scores may stay as it is");
      else
        report->note("put `sigmoid` or `softmax` after it, or take a loss for scores: "
                     "`binary_cross_entropy_logits`, `cross_entropy`");
    }
  });
}

void checkSigmoidWithMse(Context &context, const Step &step, const Lint &lint) {
  forLosses(step, "numbers", [&](const Application &loss, mlir::Value given, mlir::Value target) {
    const Application *maker = step.madeBy(given, "gives", "probabilities");
    if (!maker || !target || context.isDrawn(maker->named) || context.isDrawn(loss.named))
      return;
    // A target that is also the input is that of an autoencoder: shades, not classes.
    const llvm::SmallVector<StringRef> targets = step.fieldsBehind(target),
                                       inputs = step.fieldsBehind(given);
    auto isInput = [&](StringRef target) {
      return llvm::any_of(inputs, [&](StringRef input) {
        return input == target || shareColumns(context, step, input, target);
      });
    };
    if (targets.empty() || llvm::any_of(targets, isInput) ||
        !llvm::all_of(targets, [&](StringRef t) { return holdsLabels(context, step, t); }))
      return;
    if (auto report = context.report(
            lint, context.placeOf(loss),
            "`" + loss.name + "` of a probability against classes: where `" + maker->name +
                "` saturates on the wrong side there is no gradient")) {
      report->note(context.placeOf(*maker), "`" + maker->name + "` is applied here");
      report->note("cross-entropy takes the slope out again: `binary_cross_entropy` for targets of "
                   "0 and 1, `cross_entropy` for classes");
    }
  });
}

void checkRawTargets(Context &context, const Step &step, const Lint &lint) {
  forLosses(step, "numbers", [&](const Application &loss, mlir::Value given, mlir::Value target) {
    const Weighing *output = target ? step.unscaled(given) : nullptr;
    const StringRef field = output ? step.field(target) : StringRef();
    const sema::FieldInfo *info = field.empty() ? nullptr : fieldInfo(context, step, field);
    // A target that is also the input is checked as an input.
    if (!info || info->normalize || llvm::is_contained(step.fieldsBehind(given), field) ||
        context.isDrawn(loss.named))
      return;
    const std::string found = outOfScale(rawColumns(context, step, field));
    if (found.empty())
      return;
    if (auto report = context.report(
            lint, placeOfField(step, *info),
            "`" + field + "` is what the network has to reach, as it was measured, and " + found +
                ": its outputs begin near 0 and of size 1, and most of the "
                "training goes into getting there")) {
      report->note(context.placeOf(loss), "`" + loss.name + "` compares them here");
      report->note(
          "`normalize " + field +
          "` in the data block brings it to mean 0 and deviation 1, by the training split");
    }
  });
}

} // namespace nnc::lint
