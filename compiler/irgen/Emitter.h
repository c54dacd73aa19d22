// Emits nn ops for the language's arithmetic: broadcasting over example axes, by name or by position, with the batch
// axis implicit. Knows nothing of the AST beyond source ranges.
#pragma once

#include "compiler/irgen/Value.h"
#include "compiler/support/Diagnostics.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace nnc {

class Emitter {
public:
  Emitter(Diagnostics &diags, mlir::OpBuilder builder, mlir::Type element)
      : diags(diags), b(builder), element(element) {}

  Diagnostics &diags;
  mlir::OpBuilder b;
  /// T: the element type of tensors in this function.
  mlir::Type element;
  /// Where ops emitted now come from: an expression, in a part of a model.
  Range range;
  std::string place;

  mlir::Location loc() const;

  // Types --------------------------------------------------------------------------------------------------
  /// A tensor of T for one example, or for the batch.
  mlir::RankedTensorType typeOf(llvm::ArrayRef<int64_t> shape, bool batched = false) const;

  // Constants and conversions --------------------------------------------------------------------------------
  mlir::Value hostConstant(double value);
  mlir::Value constant(double value);
  mlir::Value constant(llvm::ArrayRef<double> values, llvm::ArrayRef<int64_t> shape);
  /// `v` as a tensor of T: numbers become rank 0, lists are stacked along a new first axis. Reports what cannot be one.
  Value toTensor(const Value &v, Range at);
  /// The same for an argument whose parameter is a tensor: `grad` may ask how a value changes with it, so it becomes a variable of its
  /// own, even if the same tensor is given twice, or one that is known before the run.
  Value argument(const Value &v, Range at);
  /// The arguments that follow belong to a new call.
  void beginCall() { ++calls; }
  /// Which call the argument `v` belongs to.
  int64_t callOf(mlir::Value v) const { return callsOf.lookup(v); }
  /// `v` as tensor<f64> (numbers and host scalars only).
  mlir::Value toHost(const Value &v);

  // Ops ------------------------------------------------------------------------------------------------------
  /// One op of the dialect by mnemonic whose result has the type of its (equal) operands.
  mlir::Value elementwise(llvm::StringRef mnemonic, mlir::ValueRange operands);
  /// An elementwise op over values of any shapes: broadcasts them first. Known numbers stay host-side where all are.
  Value elementwise(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands, llvm::ArrayRef<Range> ranges, Range at);
  Value matmul(const Value &a, const Value &b, Range at, Range rangeA, Range rangeB);
  Value transposed(const Value &a, Range at);
  Value reshape(const Value &a, llvm::ArrayRef<int64_t> shape);
  /// Reduces `dims` of the MLIR tensor (batch included, ascending) with a reduction op; keep leaves axes of size 1.
  Value reduce(llvm::StringRef mnemonic, const Value &x, llvm::ArrayRef<int64_t> dims, bool keep);
  /// Reduces every dim, the batch included.
  Value reduceAll(llvm::StringRef mnemonic, const Value &x);
  /// Of all elements; its root is the Euclidean norm.
  Value sumOfSquares(mlir::Value v);
  /// d `y` / d each of `xs`; y is one number.
  llvm::SmallVector<mlir::Value> gradients(mlir::Value y, mlir::ValueRange xs);
  /// Sum over the batch, divided by the number of examples; the identity without a batch.
  mlir::Value batchMean(mlir::Value v);
  mlir::Value batchSum(mlir::Value v);
  /// Repeats an unbatched or smaller tensor: operand dim i becomes dims[i] of `type`.
  mlir::Value broadcast(mlir::Value v, mlir::RankedTensorType type, llvm::ArrayRef<int64_t> dims);
  /// `v` with a leading batch dim.
  mlir::Value batched(mlir::Value v);

  /// Remembers which expression a tensor came from, for notes.
  void noteOrigin(mlir::Value v, Range r, bool replace = false) {
    auto [it, fresh] = origin.try_emplace(v, r);
    if (!fresh && replace)
      it->second = r;
  }
  /// Reports a shape error with a note for each operand: its shape and where it came from.
  Value shapeError(Range at, const llvm::Twine &message, llvm::ArrayRef<Value> operands, llvm::ArrayRef<Range> ranges);

  /// Creates an op by name with the result types given.
  mlir::Operation *create(llvm::StringRef name, mlir::ValueRange operands, mlir::TypeRange results,
                          llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  mlir::NamedAttribute attr(llvm::StringRef name, llvm::ArrayRef<int64_t> values);

private:
  struct Joint;
  llvm::DenseMap<mlir::Value, Range> origin;
  int64_t argumentCount = 0, calls = 0;
  llvm::DenseMap<mlir::Value, int64_t> callsOf;
  bool join(llvm::ArrayRef<Value> operands, Joint &joint);
  mlir::Value spread(const Value &v, const Joint &joint);
};

} // namespace nnc
