// The tables of structural builtins and ambient values, and the list of elementwise primitives,
// which comes from the dialect.
#include "compiler/sema/Builtins.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/sema/Sema.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using llvm::StringRef;

namespace nnc::sema {

namespace {

const StringRef overKeep[] = {"over", "keep"};
const StringRef over[] = {"over"};
const StringRef axis[] = {"axis"};
const StringRef stride[] = {"stride"};
const StringRef windowed[] = {"stride", "padding", "ceil", "border"};
const StringRef atSize[] = {"at", "size"};
const StringRef convolution[] = {"stride", "dilation", "groups"};
const StringRef sliced[] = {"axis", "stride"};
const StringRef like[] = {"like"};
const StringRef likeP[] = {"like", "p"};

const Builtin table[] = {
    // Reductions; max and min are also elementwise with two arguments.
    {"sum", 1, 1, overKeep},
    {"max", 1, 2, overKeep},
    {"min", 1, 2, overKeep},
    {"argmax", 1, 1, overKeep},
    {"count", 1, 1, over},
    // Shapes.
    {"size", 1, 2, {}},
    {"reshape", 2, 2, {}},
    {"range", 1, 1, {}},
    {"concat", 1, Builtin::any, axis},
    {"stack", 1, Builtin::any, axis},
    {"transpose", 1, 2, {}},
    {"pad", 2, 4, {}},
    {"windows", 2, 2, windowed},
    {"window", 1, 1, atSize},
    {"slice", 3, 3, sliced},
    {"reverse", 1, 1, over},
    {"conv2d", 2, 2, convolution},
    // Random numbers: of a given shape, or `like` a tensor.
    {"random_uniform", 0, 1, like},
    {"random_normal", 0, 1, like},
    {"random_bernoulli", 0, 2, likeP},
    // Derivatives.
    {"stop_gradient", 1, 1, {}},
    {"grad", 2, 2, {}},
    // Metrics and data.
    {"total", 1, 1, {}},
    {"total_spread", 1, 1, {}},
    {"category", 1, 1, {}},
    {"missing", 1, 1, {}},
    {"classes", 1, 1, {}},
    {"class_weights", 1, 1, {}},
    // Layers made from layers.
    {"repeat", 2, 2, {}, 1},
    {"seq", 1, Builtin::any, {}, 0},
};

constexpr unsigned inRuns = AtFunction | AtLayer | AtModel | AtTrain | AtPart | AtEvaluate;
constexpr StringRef duringTraining = "while a model is trained";

const Ambient ambientTable[] = {
    {"step", AtAnywhere & ~AtColumns, false, duringTraining},
    {"epoch", AtAnywhere & ~AtColumns, false, duringTraining},
    {"total_steps", AtAnywhere & ~AtColumns, false, duringTraining},
    {"steps_per_epoch", AtAnywhere & ~AtColumns, false, duringTraining},
    {"training", inRuns, false, "in the body of a layer, a model or a function"},
    {"batch_share", inRuns, false, "in the body of a layer, a model or a function"},
    {"all", AtAnywhere, false, "anywhere"},
    {"none", AtAnywhere, false, "anywhere"},
    {"val_loss", AtAnywhere & ~AtColumns, false, duringTraining},
    {"shape", AtInit | AtFit, true, "in the body of an `init`"},
    {"fan_in", AtInit | AtFit, true, "in the body of an `init`"},
    {"fan_out", AtInit | AtFit, true, "in the body of an `init`"},
    {"output", AtFit, true, "after the `fit` of an `init`"},
    {"theta", AtOptimizer | AtFit | AtConstrain, true,
     "in the body of an `optimizer`, after `fit` and in `constrain`"},
    {"grad", AtOptimizer, true, "in the body of an `optimizer`"},
    {"t", AtOptimizer, true, "in the body of an `optimizer`"},
    {"input", AtPart, true, "where a part of a model is trained"},
};

/// Reads the dialect's registry once. Every op with a scalar body whose result type follows from
/// its operands is an elementwise primitive.
struct Elementwise {
  llvm::StringMap<unsigned> arity;
  std::vector<StringRef> names;

  Elementwise() {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<nn::NnDialect>();
    for (mlir::RegisteredOperationName op : context.getRegisteredOperations()) {
      if (op.getDialectNamespace() != nn::NnDialect::getDialectNamespace())
        continue;
      auto *body = op.getInterface<nn::ScalarBodyOp>();
      if (body && op.hasInterface<mlir::InferTypeOpInterface>())
        arity[op.stripDialect()] = body->getArity();
    }
    for (const auto &entry : arity)
      names.push_back(entry.getKey());
    llvm::sort(names);
  }
};

const Elementwise &elementwise() {
  static const Elementwise all;
  return all;
}

} // namespace

llvm::ArrayRef<Builtin> builtins() { return table; }

const Builtin *findBuiltin(StringRef name) {
  for (const Builtin &b : table)
    if (b.name == name)
      return &b;
  return nullptr;
}

std::optional<unsigned> elementwiseArity(StringRef name) {
  auto it = elementwise().arity.find(name);
  if (it == elementwise().arity.end())
    return std::nullopt;
  return it->second;
}

llvm::ArrayRef<StringRef> elementwiseNames() { return elementwise().names; }

llvm::ArrayRef<Ambient> ambients() { return ambientTable; }

const Ambient *findAmbient(StringRef name) {
  for (const Ambient &a : ambientTable)
    if (a.name == name)
      return &a;
  return nullptr;
}

bool isBuiltinFunction(StringRef name) { return findBuiltin(name) || elementwiseArity(name); }
bool isAmbientName(StringRef name) { return findAmbient(name) != nullptr; }

} // namespace nnc::sema
