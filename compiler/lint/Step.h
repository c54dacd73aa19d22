// A training step as lints look at it: where values come from and where they go. Operations are
// known by their interfaces alone.
#pragma once

#include "compiler/dialect/NnDialect.h"
#include "compiler/irgen/Irgen.h"
#include "compiler/irgen/values/Applications.h"
#include "compiler/lint/Facts.h"
#include "compiler/sema/Symbols.h"

#include <optional>
#include <set>

namespace nnc::lint {

/// A product of values with parameters that are matrices or filters: what a dense or a
/// convolutional layer does.
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
  std::vector<Weighing> weighings; // in order

  /// The value whose elements `v` has, perhaps in another shape, in part, or repeated.
  mlir::Value source(mlir::Value v) const;
  /// The parameter that `v` is, or null.
  const TensorInfo *parameter(mlir::Value v) const;
  /// The field that `v` is, or "".
  llvm::StringRef field(mlir::Value v) const;
  /// Every field that a value depends on.
  llvm::SmallVector<llvm::StringRef> fieldsBehind(mlir::Value v) const;
  /// The application whose result `v` is (as source() sees it) and whose declaration states the
  /// fact, or null.
  const Application *madeBy(mlir::Value v, llvm::StringRef fact, llvm::StringRef value) const;
  /// The weighing that `v` is, up to what is added to it for all examples alike, or null.
  const Weighing *weighed(mlir::Value v) const;
  /// The weighing that `v` is, up to biases and activations: what a layer gives at first is of
  /// size 1. What the program scales is not.
  const Weighing *unscaled(mlir::Value v) const;
  /// Whether a later weighing, with weights other than `except`, depends on `v`.
  bool isWeighedLater(mlir::Value v, const TensorInfo *except = nullptr) const;
  /// The activation that all of `v` goes through, perhaps pooled or with some of it dropped, up to
  /// what is added to it for all examples alike; or null.
  const Application *activationOf(mlir::Value v) const;
  /// The activation that a function is like: "relu", "tanh", …; "" for any other function.
  llvm::StringRef family(const Application &a) const;
  /// The application of a layer at a place, or null.
  const Application *layerAt(llvm::StringRef place) const;

  /// The tensor of argument `i` of a function or a layer of these parameters; null: not given, or
  /// no tensor.
  static mlir::Value argument(const Application &a, llvm::ArrayRef<ast::Parameter> parameters,
                              size_t i);

private:
  bool contains(const Application &a, mlir::Operation *op) const;
  const IrgenResult &generated;
  mlir::Block *block;
  llvm::DenseMap<mlir::Value, const TensorInfo *> parameters;
  llvm::DenseMap<mlir::Value, llvm::StringRef> fields;
  std::set<llvm::StringRef> families; // what `@like` and `@for` name
};

} // namespace nnc::lint
