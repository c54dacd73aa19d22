// Emits nn ops for the arithmetic of the language: broadcasts over example axes by name or
// position, with an implicit batch axis. Uses nothing of the AST except source ranges.
#pragma once

#include "compiler/irgen/values/Value.h"
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
  /// If set, numbers known before the run are rounded to it when they become tensors.
  mlir::Type roundedTo;
  /// The origin of ops that are emitted: an expression, in a part of a model.
  Range range;
  std::string place;

  /// Sets T to `element` for the lifetime of the object.
  struct ElementGuard {
    Emitter &emit;
    mlir::Type outer;
    ElementGuard(Emitter &emit, mlir::Type element) : emit(emit), outer(emit.element) {
      emit.element = element;
    }
    ~ElementGuard() { emit.element = outer; }
  };

  mlir::Location loc() const;

  // Types -----------------------------------------------------------------------------------------
  /// A tensor of T for one example, or for the batch.
  mlir::RankedTensorType typeOf(llvm::ArrayRef<int64_t> shape, bool batched = false) const;

  // Constants and conversions ---------------------------------------------------------------------
  mlir::Value hostConstant(double value);
  mlir::Value constant(double value);
  mlir::Value constant(llvm::ArrayRef<double> values, llvm::ArrayRef<int64_t> shape);
  /// `v` as a tensor of T: numbers get rank 0, lists are stacked along a new first axis. Reports
  /// values that cannot be tensors.
  Value toTensor(const Value &v, Range at);
  /// The same for an argument whose parameter is a tensor. It becomes a separate variable, because
  /// `grad` may differentiate with respect to it, even if the same tensor is given twice or is
  /// known before the run.
  Value argument(const Value &v, Range at);
  /// The axis names for a tensor joined from tensors of the same rank: the names that none of them
  /// contradicts.
  static std::vector<std::string> commonAxes(llvm::ArrayRef<Value> parts);
  /// The arguments that follow belong to a new call.
  void beginCall() { ++calls; }
  /// The call that the argument `v` belongs to.
  int64_t callOf(mlir::Value v) const { return callsOf.lookup(v); }
  /// `v` as tensor<f64> (numbers and host scalars only).
  mlir::Value toHost(const Value &v);

  // Ops -------------------------------------------------------------------------------------------
  /// One op of the dialect, by mnemonic. Its result has the type of its operands, which must be
  /// equal.
  mlir::Value elementwise(llvm::StringRef mnemonic, mlir::ValueRange operands);
  /// An elementwise op on values of any shapes, which are broadcast first. Stays a known number if
  /// all operands are known.
  Value elementwise(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands,
                    llvm::ArrayRef<Range> ranges, Range at);
  Value matmul(const Value &a, const Value &b, Range at, Range rangeA, Range rangeB);
  Value transposed(const Value &a, Range at);
  Value reshape(const Value &a, llvm::ArrayRef<int64_t> shape);
  /// Reduces `dims` of the MLIR tensor (including the batch, ascending) with a reduction op. `keep`
  /// leaves axes of size 1.
  Value reduce(llvm::StringRef mnemonic, const Value &x, llvm::ArrayRef<int64_t> dims, bool keep);
  /// Reduces every dim, including the batch.
  Value reduceAll(llvm::StringRef mnemonic, const Value &x);
  /// The norm of all elements of all tensors together, as a host scalar. Does not overflow or
  /// underflow on the way.
  Value norm(mlir::ValueRange tensors);
  /// v with another element type. If v was cast from that type, returns the original value.
  mlir::Value cast(mlir::Value v, mlir::Type to);
  /// The value that was widened to `v`, or `v` itself.
  static mlir::Value beforeCast(mlir::Value v);
  /// The tensors of `v`, or of its items, as tensors of T.
  Value inElement(Value v);
  /// Whether T can hold every whole number below `count` exactly. If not, reports that about
  /// `what`.
  bool canCount(double count, Range at, llvm::StringRef what);
  /// 1 where `v` is not 0 (NaN counts as not 0), else 0. Comparisons are returned unchanged.
  Value truth(const Value &v, Range at);
  /// The derivatives of `y`, which is one number, with respect to each of `xs`.
  llvm::SmallVector<mlir::Value> gradients(mlir::Value y, mlir::ValueRange xs);
  /// The sum over the batch, divided by the number of examples. The value itself if it has no
  /// batch.
  mlir::Value batchMean(mlir::Value v);
  mlir::Value batchSum(mlir::Value v);
  /// Repeats an unbatched or smaller tensor: operand dim i becomes dims[i] of `type`.
  mlir::Value broadcast(mlir::Value v, mlir::RankedTensorType type, llvm::ArrayRef<int64_t> dims);
  /// An f64 value with fewer bits, rounded once. If it gives the same result, narrows the operands
  /// instead of the value: for ops that only move numbers, and for one operation on numbers that
  /// are exact in fewer bits.
  mlir::Value narrowed(mlir::Value v, mlir::Type to);
  /// `v` with a leading batch dim.
  mlir::Value batched(mlir::Value v);

  /// Remembers the expression that a tensor came from, for notes.
  void noteOrigin(mlir::Value v, Range r, bool replace = false) {
    auto [it, fresh] = origin.try_emplace(v, r);
    if (!fresh && replace)
      it->second = r;
  }
  /// Reports a shape error with a note for each operand: its shape and its origin.
  Value shapeError(Range at, const llvm::Twine &message, llvm::ArrayRef<Value> operands,
                   llvm::ArrayRef<Range> ranges);

  std::vector<TurnedMeeting> turnedMeetings;

  /// Creates an op by name with the given result types.
  mlir::Operation *create(llvm::StringRef name, mlir::ValueRange operands, mlir::TypeRange results,
                          llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  mlir::NamedAttribute attr(llvm::StringRef name, llvm::ArrayRef<int64_t> values);

private:
  struct Joint;
  double rounded(double number) const;
  llvm::DenseMap<mlir::Value, Range> origin;
  int64_t argumentCount = 0, calls = 0;
  llvm::DenseMap<mlir::Value, int64_t> callsOf;
  mlir::Value exactly(mlir::Value v, mlir::Type to);
  bool join(llvm::ArrayRef<Value> operands, Joint &joint);
  mlir::Value spread(const Value &v, const Joint &joint);
};

} // namespace nnc
