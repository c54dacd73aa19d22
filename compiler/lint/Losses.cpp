// Losses that take something else than what they are given.
#include "compiler/lint/Checks.h"

#include "compiler/lint/Data.h"

using llvm::StringRef;

namespace nnc::lint {

/// Calls each application of a loss that takes `kind`, with its first two arguments.
static void forLosses(const Step &step, StringRef kind,
                      llvm::function_ref<void(const Application &, mlir::Value first, mlir::Value second)> judge) {
  for (const Application &a : step.trained.applications) {
    auto *fn = llvm::dyn_cast_or_null<ast::FnDecl>(a.decl);
    if (!fn || factOf(fn, "takes") != kind)
      continue;
    if (mlir::Value first = Step::argument(a, fn->params, 0))
      judge(a, first, Step::argument(a, fn->params, 1));
  }
}

void checkProbabilitiesAsLogits(Context &context, const Step &step, const Lint &lint) {
  forLosses(step, "logits", [&](const Application &loss, mlir::Value given, mlir::Value) {
    const Application *maker = step.madeBy(given, "gives", "probabilities");
    if (!maker || context.isDrawn(maker->named) || context.isDrawn(loss.named))
      return;
    if (auto report = context.report(lint, context.placeOf(loss), "`" + loss.name + "` takes scores and is given probabilities: squashed "
                                                                  "twice, they can never come near 0 or 1"))
      report->note(context.placeOf(*maker), "`" + maker->name + "` makes them here; leave it out");
  });
}

void checkLogitsAsProbabilities(Context &context, const Step &step, const Lint &lint) {
  forLosses(step, "probabilities", [&](const Application &loss, mlir::Value given, mlir::Value) {
    if (step.madeBy(given, "gives", "probabilities") || context.isDrawn(loss.named))
      return;
    const Weighing *scores = step.weighed(given);
    const Application *layer = scores ? step.layerAt(StringRef(scores->weights->name).rsplit('.').first) : nullptr;
    if (!layer)
      return;
    if (auto report = context.report(lint, context.placeOf(loss), "`" + loss.name + "` takes probabilities and is given scores of any size: "
                                                                  "beyond 0 and 1 they are cut off and have no gradient")) {
      report->note(context.placeOf(*layer), "they are the sums of this layer");
      report->note("put `sigmoid` or `softmax` behind it, or take a loss for scores: `binary_cross_entropy_logits`, `cross_entropy`");
    }
  });
}

void checkSigmoidWithMse(Context &context, const Step &step, const Lint &lint) {
  forLosses(step, "numbers", [&](const Application &loss, mlir::Value given, mlir::Value target) {
    const Application *maker = step.madeBy(given, "gives", "probabilities");
    if (!maker || !target || context.isDrawn(maker->named) || context.isDrawn(loss.named))
      return;
    // A target that is also the input is what an autoencoder paints: shades, not classes.
    const llvm::SmallVector<StringRef> targets = step.fieldsBehind(target), inputs = step.fieldsBehind(given);
    auto isInput = [&](StringRef target) {
      return llvm::any_of(inputs, [&](StringRef input) { return input == target || shareColumns(context, step, input, target); });
    };
    if (targets.empty() || llvm::any_of(targets, isInput) || !llvm::all_of(targets, [&](StringRef t) { return holdsLabels(context, step, t); }))
      return;
    if (auto report = context.report(lint, context.placeOf(loss), "`" + loss.name + "` of a probability against classes: where `" +
                                                                      maker->name + "` saturates on the wrong side there is no gradient")) {
      report->note(context.placeOf(*maker), "`" + maker->name + "` is applied here");
      report->note("cross-entropy takes the slope out again: `binary_cross_entropy` for targets of 0 and 1, `cross_entropy` for classes");
    }
  });
}

} // namespace nnc::lint
