// A training step as lints see it: where values come from and where they go. Operations are
// recognized only by their interfaces.
#pragma once

#include "compiler/dialect/NnDialect.h"
#include "compiler/irgen/Irgen.h"
#include "compiler/irgen/values/Applications.h"
#include "compiler/lint/Facts.h"
#include "compiler/sema/Symbols.h"

#include <optional>
#include <set>

namespace nnc::lint {

/// A product of values with parameters that are matrices or filters, as in a dense or convolutional
/// layer.
struct Weighing {
  nn::ContractionOp op;
  const TensorInfo *weights;
  bool isTrained;   // by this step
  mlir::Value data; // the other factor
  mlir::Value result;
};

class Step {
public:
  Step(const TrainedStep &trained, const IrgenResult &generated, const sema::Symbols &symbols);

  const TrainedStep &trained;
  std::vector<Weighing> weighings; // in order, those in loops too

  /// The value whose elements `v` has, possibly reshaped, in part, or repeated. In a loop, what is
  /// the same in every run is the value outside.
  mlir::Value source(mlir::Value v) const;
  /// The parameter that `v` is, or null. Looks through source().
  const TensorInfo *parameter(mlir::Value v) const;
  /// The field that `v` is, or "". Looks through source().
  llvm::StringRef field(mlir::Value v) const;
  /// Every field that a value depends on.
  llvm::SmallVector<llvm::StringRef> fieldsBehind(mlir::Value v) const;
  /// The application whose result `v` is (looking through source()), if its declaration states the
  /// fact; otherwise null.
  const Application *madeBy(mlir::Value v, llvm::StringRef fact, llvm::StringRef value) const;
  /// The weighing that computes `v`, or null. Ignores what is added or multiplied equally for all
  /// examples.
  const Weighing *weighed(mlir::Value v) const;
  /// The weighing that computes `v`, or null. Ignores biases and activations. Such a value starts
  /// at size 1, unlike one that the program scales.
  const Weighing *unscaled(mlir::Value v) const;
  /// Whether a later weighing, with weights other than `except`, depends on `v`.
  bool isWeighedLater(mlir::Value v, const TensorInfo *except = nullptr) const;
  /// The activation that all of `v` passes through, possibly after pooling or dropout, up to what
  /// is added or multiplied equally for all examples; or null.
  const Application *activationOf(mlir::Value v) const;
  /// The activation that a function is like: "relu", "tanh", …; "" for any other function.
  llvm::StringRef family(const Application &a) const;
  /// The application of the layer at a place, or null.
  const Application *layerAt(llvm::StringRef place) const;

  /// The tensor of argument `i` of a function or a layer with these parameters. Null if it is not
  /// given or not a tensor.
  static mlir::Value argument(const Application &a, llvm::ArrayRef<ast::Parameter> parameters,
                              size_t i);

private:
  bool contains(const Application &a, mlir::Operation *op) const;
  mlir::Block *block;
  llvm::DenseMap<mlir::Value, const TensorInfo *> parameters;
  llvm::DenseMap<mlir::Value, llvm::StringRef> fields;
  std::set<llvm::StringRef> families; // the names in `@like` and `@for`
};

} // namespace nnc::lint
