// Emits nn ops for the arithmetic of the language: broadcasts over example axes by name or
// position, with an implicit batch axis. Uses nothing of the AST except source ranges.
#pragma once

#include "compiler/irgen/values/OpEmitter.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Sequence.h"

namespace nnc {

class Emitter : public OpEmitter {
public:
  using OpEmitter::OpEmitter;

  /// If set, numbers known before the run are rounded to it when they become tensors.
  mlir::Type roundedTo;

  // Constants and conversions ---------------------------------------------------------------------
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
  using OpEmitter::elementwise;
  /// An elementwise op on values of any shapes, which are broadcast first. If all operands are
  /// numbers or host scalars, so is the result: a host scalar.
  Value elementwise(const nn::ElementwiseOp &op, llvm::ArrayRef<Value> operands,
                    llvm::ArrayRef<Range> ranges, Range at);
  template <class OpT>
  Value elementwise(llvm::ArrayRef<Value> operands, llvm::ArrayRef<Range> ranges, Range at) {
    return elementwise(nn::ElementwiseOp::of<OpT>(), operands, ranges, at);
  }
  Value matmul(const Value &a, const Value &b, Range at, Range rangeA, Range rangeB);
  Value transposed(const Value &a, Range at);
  Value reshape(const Value &a, llvm::ArrayRef<int64_t> shape);
  /// `v` repeated along axes that it lacks or has with size 1, which line up from the right.
  mlir::Value stretched(const Value &v, llvm::ArrayRef<int64_t> shape, bool batched);
  /// Reduces `dims` of the MLIR tensor (including the batch, ascending) with a reduction op. `keep`
  /// leaves axes of size 1.
  template <class OpT> Value reduce(const Value &x, llvm::ArrayRef<int64_t> dims, bool keep) {
    static_assert(OpT::template hasTrait<nn::ReductionOp::Trait>(), "not a reduction");
    return reduced(x, dims, keep,
                   [&](mlir::Type type) -> mlir::Value { return make<OpT>(type, x.tensor, dims); });
  }
  /// Reduces every dim, including the batch.
  template <class OpT> Value reduceAll(const Value &x) {
    auto type = llvm::cast<mlir::RankedTensorType>(x.tensor.getType());
    return reduce<OpT>(x, llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())), false);
  }
  /// The norm of all elements of all tensors together, as a host scalar. Does not overflow or
  /// underflow on the way.
  Value norm(mlir::ValueRange tensors);
  /// The tensors of `v`, or of its items, as tensors of T.
  Value inElement(Value v);
  /// Whether T can hold every whole number below `count` exactly. If not, reports that about
  /// `what`.
  bool canCount(double count, Range at, llvm::StringRef what);
  /// 1 where `v` is not 0 (NaN counts as not 0), else 0. Comparisons are returned unchanged.
  Value truth(const Value &v, Range at);
  /// An f64 value with fewer bits, rounded once. If it gives the same result, narrows the operands
  /// instead of the value: for ops that only move numbers, and for one operation on numbers that
  /// are exact in fewer bits.
  mlir::Value narrowed(mlir::Value v, mlir::Type to);
  /// Remembers the expression that a tensor came from, for notes.
  void noteOrigin(mlir::Value v, Range r, bool replace = false) {
    auto [it, fresh] = origin.try_emplace(v, r);
    if (!fresh && replace)
      it->second = r;
  }
  /// Forgets the value, which is erased: another one may get its address.
  void forget(mlir::Value v) {
    origin.erase(v);
    callsOf.erase(v);
  }
  /// Reports a shape error with a note for each operand: its shape and its origin.
  Value shapeError(Range at, const llvm::Twine &message, llvm::ArrayRef<Value> operands,
                   llvm::ArrayRef<Range> ranges);

  std::vector<TurnedMeeting> turnedMeetings;

private:
  struct Joint;
  double rounded(double number) const;
  llvm::DenseMap<mlir::Value, Range> origin;
  int64_t argumentCount = 0, calls = 0;
  llvm::DenseMap<mlir::Value, int64_t> callsOf;
  /// The value of a reduction; `make` emits the op, given the type of its result.
  Value reduced(const Value &x, llvm::ArrayRef<int64_t> dims, bool keep,
                llvm::function_ref<mlir::Value(mlir::Type)> make);
  mlir::Value exactly(mlir::Value v, mlir::Type to);
  bool join(llvm::ArrayRef<Value> operands, Joint &joint);
  mlir::Value spread(const Value &v, const Joint &joint);
};

} // namespace nnc
