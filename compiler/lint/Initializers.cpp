// Lints on initial weights that do not suit their layer: he before tanh, xavier before relu, equal
// weights in a hidden layer.
#include "compiler/lint/Checks.h"

using llvm::StringRef;

namespace nnc::lint {

/// Looks for initializers that are meant for the other activation. `towardsTanh`: for relu before
/// tanh, otherwise for tanh before relu.
static void checkInitializers(Context &context, const Step &step, const Lint &lint,
                              bool towardsTanh) {
  const StringRef drawnFor = towardsTanh ? "relu" : "tanh", reached = towardsTanh ? "tanh" : "relu";
  for (const Weighing &w : step.weighings) {
    // Only initializers that the program chose. A default serves most networks well enough.
    const Applicable *init = w.weights->init.get();
    if (!w.isTrained || !init || !context.isUsers(init->written) ||
        factOf(init->decl, "for") != drawnFor || context.isDrawn(init->written))
      continue;
    const Application *activation = step.activationOf(w.result);
    if (!activation || step.family(*activation) != reached || context.isDrawn(activation->named) ||
        !step.isWeighedLater(activation->result)) // the scale of outputs does not matter
      continue;
    const std::string name = "`" + init->name + "`", onto = "`" + activation->name + "`";
    auto report = towardsTanh
                      ? context.report(lint, init->written,
                                       name + " draws twice the variance that " + onto +
                                           " wants, and saturated units have no gradient")
                      : context.report(lint, init->written,
                                       name + " draws for tanh, and half of what reaches " + onto +
                                           " becomes 0: signals fade from layer to layer");
    if (!report)
      continue;
    report->note(context.placeOf(*activation), onto + " is applied here");
    if (StringRef better = context.preludeName(ast::StmtKind::Init, "for", reached);
        !better.empty())
      report->note("`" + better + "` is meant for it: `weights = " + better + "`");
  }
}

void checkHeWithTanh(Context &context, const Step &step, const Lint &lint) {
  checkInitializers(context, step, lint, /*towardsTanh=*/true);
}

void checkXavierWithRelu(Context &context, const Step &step, const Lint &lint) {
  checkInitializers(context, step, lint, /*towardsTanh=*/false);
}

void checkConstantWeights(Context &context, const Step &step, const Lint &lint) {
  for (const Weighing &w : step.weighings) {
    const TensorInfo &weights = *w.weights;
    if (!w.isTrained || !weights.isUniform || !step.isWeighedLater(w.result, &weights))
      continue;
    const Range at = weights.init && context.isUsers(weights.init->written) ? weights.init->written
                                                                            : weights.range;
    if (context.isDrawn(at))
      continue;
    if (auto report = context.report(
            lint, at,
            "a hidden layer whose weights all start alike keeps its units alike: each gets the "
            "same gradient, and the layer acts as one unit")) {
      if (const Application *layer = step.layerAt(StringRef(weights.name).rsplit('.').first);
          layer && layer->prelude)
        report->note(context.placeOf(*layer), "these are the weights of this layer");
      report->note("let them be drawn: `" +
                   context.preludeName(ast::StmtKind::Init, "for", "relu") + "` before relu, `" +
                   context.preludeName(ast::StmtKind::Init, "for", "tanh") + "` before tanh");
    }
  }
}

} // namespace nnc::lint
