// Prepares training steps for formulas: calls of documented functions, landmarks, gradients.
#include "compiler/driver/math/Step.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/driver/MlirDiagnostics.h"
#include "compiler/driver/Session.h"
#include "compiler/driver/math/Landmarks.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/transforms/Differentiate.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Regex.h"

using namespace mlir;

namespace nnc::math {

// Documented functions

/// The innermost source location in `loc`.
static FileLineColLoc sourceOf(Location loc) {
  if (auto named = dyn_cast<NameLoc>(loc))
    return sourceOf(named.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return sourceOf(call.getCallee());
  if (auto fused = dyn_cast<FusedLoc>(loc))
    return fused.getLocations().empty() ? FileLineColLoc() : sourceOf(fused.getLocations().front());
  return dyn_cast<FileLineColLoc>(loc);
}

/// The function with a stated derivative whose text contains `loc`.
static const ast::FnDecl *functionAt(Session &session, Location loc) {
  FileLineColLoc at = sourceOf(loc);
  if (!at)
    return nullptr;
  auto search = [&](const ast::Program &program) -> const ast::FnDecl * {
    for (const ast::Stmt *s : program.statements)
      if (auto *fn = dyn_cast<ast::FnDecl>(s); fn && fn->derivative) {
        Position first = session.diagnostics().position(fn->range.begin);
        Position last = session.diagnostics().position(fn->range.end);
        if (first.file == at.getFilename().getValue() && first.line <= at.getLine() &&
            at.getLine() <= last.line)
          return fn;
      }
    return nullptr;
  };
  if (auto *fn = search(session.program()))
    return fn;
  for (auto &program : session.prelude())
    if (auto *fn = search(*program))
      return fn;
  return nullptr;
}

/// If a function states its derivative and its comment defines a symbol (such as σ), its value
/// becomes an opaque call. Formulas then say σ(z), and the stated derivative is used.
static void nameCalls(Session &session, func::FuncOp function,
                      std::vector<Definition> &definitions) {
  static const llvm::Regex definition("^([^ ()]+)\\([^()]+\\) = ");
  function.walk([&](nn::AutodiffMarkerOp marker) {
    if (marker->getNumOperands() < 2)
      return;
    Value y = marker.getForwarded(), x = marker->getOperand(1);
    Operation *body = y.getDefiningOp();
    const ast::FnDecl *fn = body ? functionAt(session, body->getLoc()) : nullptr;
    llvm::SmallVector<llvm::StringRef> match;
    if (!fn || !definition.match(fn->doc, &match))
      return;
    OpBuilder b(body);
    OperationState call(body->getLoc(), "formula.call");
    call.addOperands(x);
    call.addTypes(y.getType());
    call.addAttribute("symbol", b.getStringAttr(match[1]));
    y.replaceAllUsesWith(b.create(call)->getResult(0));
    if (llvm::none_of(definitions, [&](const Definition &d) { return d.symbol == match[1]; }))
      definitions.push_back({match[1].str(), fn->doc.split('\n').first.str()});
  });
}

// Gradients

static bool runPasses(ModuleOp module,
                      void (*build)(OpPassManager &pm, const PipelineOptions &options)) {
  PassManager pm(module.getContext());
  build(pm, {});
  return succeeded(pm.run(module));
}

// A function has one block, which ends with its results; only loops have more.
static Value resultNamed(func::FuncOp function, llvm::StringRef kind, llvm::StringRef name) {
  Operation *end = function.getBody().front().getTerminator();
  for (unsigned i = 0; i < end->getNumOperands(); ++i)
    if (auto attribute = function.getResultAttrOfType<StringAttr>(i, kind);
        attribute && attribute == name)
      return end->getOperand(i);
  return {};
}

/// Expands gradients that the program itself uses in its loss or its metrics. Otherwise
/// simplification would change the formulas that they are derived from. Does not expand `own`, the
/// gradients of the step's parameters.
static bool expandOthers(func::FuncOp function, nn::GradientRequestOp own) {
  WalkResult result = function.walk([&](nn::GradientRequestOp request) {
    if (request == own)
      return WalkResult::advance();
    OpBuilder b(request);
    auto gradients =
        buildGradients(b, request.getLoc(), request.getOf(), request.getWithRespectTo());
    if (failed(gradients))
      return WalkResult::interrupt();
    request->replaceAllUsesWith(*gradients);
    request->erase();
    return WalkResult::advance();
  });
  return !result.wasInterrupted();
}

/// Requests the landmarks' gradients too. Returns landmarks and gradients as additional results, so
/// that no simplification removes them.
static void returnLandmarks(Step &step, nn::GradientRequestOp request) {
  OpBuilder b(request);
  OperationState state(request.getLoc(), request->getName());
  state.addOperands(request->getOperands());
  state.addTypes(request->getResultTypes());
  state.addAttributes(request->getAttrs());
  for (Landmark &l : step.landmarks) {
    state.addOperands(l.value);
    state.addTypes(l.value.getType());
  }
  Operation *wider = b.create(state);
  const unsigned known = request->getNumResults();
  SmallVector<Value> more;
  for (unsigned i = 0; i < wider->getNumResults(); ++i) {
    if (i < known)
      request->getResult(i).replaceAllUsesWith(wider->getResult(i));
    else
      more.push_back(step.landmarks[i - known].value);
    more.push_back(wider->getResult(i));
  }
  request->erase();
  Operation *end = step.function.getBody().front().getTerminator();
  end->insertOperands(end->getNumOperands(), more);
  FunctionType type = step.function.getFunctionType();
  step.function.setType(
      FunctionType::get(type.getContext(), type.getInputs(), end->getOperandTypes()));
}

/// Finds the landmarks and gradients again after the passes.
static void collectResults(Step &step, unsigned base, ArrayRef<Value> wrt) {
  Operation *end = step.function.getBody().front().getTerminator();
  unsigned next = base;
  for (Value v : wrt) {
    Value gradient = end->getOperand(next++);
    for (Parameter &p : step.parameters)
      if (p.value == v)
        p.gradient = gradient;
  }
  for (Landmark &l : step.landmarks) {
    l.value = end->getOperand(next++);
    l.gradient = end->getOperand(next++);
    if (nn::getSplatConstant(l.gradient))
      l.gradient = {};
  }
}

Steps prepareSteps(Session &session, const Typography &type) {
  Steps result;
  DialectRegistry registry;
  registry.insert<nn::NnDialect, func::FuncDialect>();
  result.context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  result.context->loadAllAvailableDialects();
  result.context->allowUnregisteredDialects(); // for the calls that nameCalls creates
  reportMlirDiagnostics(*result.context, session.diagnostics());

  // Generate the module again: the session's own module has been simplified, including σ's formula.
  IrgenResult generated;
  IrgenOptions options;
  options.doublePrecision = true; // to show numbers as the program writes them
  options.formulas = true;
  options.sourcePath = session.settings().sourceName();
  if (!generate(session.diagnostics(), *result.context, session.program(), session.symbols(),
                options, generated))
    return result;
  result.module = std::move(generated.module);
  for (auto function : llvm::make_early_inc_range(result.module->getOps<func::FuncOp>())) {
    nn::GradientRequestOp request;
    Value loss = resultNamed(function, "nn.result", "loss");
    for (auto r : function.getOps<nn::GradientRequestOp>())
      if (r.getOf() == loss)
        request = r;
    if (!request || !function->hasAttr("nn.guard")) {
      function.erase();
      continue;
    }
    if (!expandOthers(function, request))
      return Steps();
    Step step;
    step.function = function;
    result.steps.push_back(step);
  }
  if (!runPasses(*result.module, buildCsePipeline))
    return Steps();
  for (Step &step : result.steps)
    nameCalls(session, step.function, result.definitions);
  if (!runPasses(*result.module, buildSimplifyPipeline))
    return Steps();

  std::vector<unsigned> bases;
  std::vector<SmallVector<Value>> wrt;
  for (Step &step : result.steps) {
    Value loss = resultNamed(step.function, "nn.result", "loss");
    nn::GradientRequestOp request;
    for (auto r : step.function.getOps<nn::GradientRequestOp>())
      if (r.getOf() == loss)
        request = r;
    bases.push_back(step.function.getFunctionType().getNumResults());
    wrt.emplace_back();
    if (!request)
      continue;
    wrt.back().assign(request.getWithRespectTo().begin(), request.getWithRespectTo().end());
    findLandmarks(step, loss, type);
    returnLandmarks(step, request);
  }
  if (!runPasses(*result.module, buildNnPipeline))
    return Steps();
  for (auto [i, step] : llvm::enumerate(result.steps)) {
    step.loss = resultNamed(step.function, "nn.result", "loss");
    collectResults(step, bases[i], wrt[i]);
  }
  return result;
}

} // namespace nnc::math
