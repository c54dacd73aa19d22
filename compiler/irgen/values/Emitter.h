// Emits nn ops for the language's arithmetic: broadcasting over example axes, by name or by
// position, with the batch axis implicit. Knows nothing of the AST beyond source ranges.
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
  /// If set, what is known before the run is rounded to it where it becomes a tensor.
  mlir::Type roundedTo;
  /// Where ops emitted now come from: an expression, in a part of a model.
  Range range;
  std::string place;

  /// While it lives, T is `element`.
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
  /// `v` as a tensor of T: numbers become rank 0, lists are stacked along a new first axis. Reports
  /// what cannot be one.
  Value toTensor(const Value &v, Range at);
  /// The same for an argument whose parameter is a tensor: `grad` may ask how a value changes with
  /// it, so it becomes a variable of its own, even if the same tensor is given twice, or one that
  /// is known before the run.
  Value argument(const Value &v, Range at);
  /// The names of axes of tensors of one rank that are put together: those that none of them
  /// contradicts.
  static std::vector<std::string> commonAxes(llvm::ArrayRef<Value> parts);
  /// The arguments that follow belong to a new call.
  void beginCall() { ++calls; }
  /// Which call the argument `v` belongs to.
  int64_t callOf(mlir::Value v) const { return callsOf.lookup(v); }
  /// `v` as tensor<f64> (numbers and host scalars only).
  mlir::Value toHost(const Value &v);

  // Ops -------------------------------------------------------------------------------------------
  /// One op of the dialect by mnemonic whose result has the type of its (equal) operands.
  mlir::Value elementwise(llvm::StringRef mnemonic, mlir::ValueRange operands);
  /// An elementwise op over values of any shapes: broadcasts them first. Known numbers stay
  /// host-side where all are.
  Value elementwise(llvm::StringRef mnemonic, llvm::ArrayRef<Value> operands,
                    llvm::ArrayRef<Range> ranges, Range at);
  Value matmul(const Value &a, const Value &b, Range at, Range rangeA, Range rangeB);
  Value transposed(const Value &a, Range at);
  Value reshape(const Value &a, llvm::ArrayRef<int64_t> shape);
  /// Reduces `dims` of the MLIR tensor (batch included, ascending) with a reduction op; keep leaves
  /// axes of size 1.
  Value reduce(llvm::StringRef mnemonic, const Value &x, llvm::ArrayRef<int64_t> dims, bool keep);
  /// Reduces every dim, the batch included.
  Value reduceAll(llvm::StringRef mnemonic, const Value &x);
  /// The length of all elements of all tensors taken together, as a host scalar. Neither overflows
  /// nor underflows on the way.
  Value norm(mlir::ValueRange tensors);
  /// v in another element type; what was cast from that type is what it was cast from.
  mlir::Value cast(mlir::Value v, mlir::Type to);
  /// What was widened to make `v`, or `v` itself.
  static mlir::Value beforeCast(mlir::Value v);
  /// The tensors of `v`, or of its items, as tensors of T.
  Value inElement(Value v);
  /// Whether every whole number below `count` can be told from its neighbours in T; if not, says so
  /// of `what`.
  bool canCount(double count, Range at, llvm::StringRef what);
  /// Where `v` is not 0, which NaN is not either: 1 there, else 0. A comparison is that already.
  Value truth(const Value &v, Range at);
  /// d `y` / d each of `xs`; y is one number.
  llvm::SmallVector<mlir::Value> gradients(mlir::Value y, mlir::ValueRange xs);
  /// Sum over the batch, divided by the number of examples; the identity without a batch.
  mlir::Value batchMean(mlir::Value v);
  mlir::Value batchSum(mlir::Value v);
  /// Repeats an unbatched or smaller tensor: operand dim i becomes dims[i] of `type`.
  mlir::Value broadcast(mlir::Value v, mlir::RankedTensorType type, llvm::ArrayRef<int64_t> dims);
  /// An f64 value in fewer bits: rounded once. Where that gives the same, what it is made of is
  /// narrowed, not the value: what only moves numbers, and one operation on numbers that are exact
  /// in fewer bits.
  mlir::Value narrowed(mlir::Value v, mlir::Type to);
  /// `v` with a leading batch dim.
  mlir::Value batched(mlir::Value v);

  /// Remembers which expression a tensor came from, for notes.
  void noteOrigin(mlir::Value v, Range r, bool replace = false) {
    auto [it, fresh] = origin.try_emplace(v, r);
    if (!fresh && replace)
      it->second = r;
  }
  /// Reports a shape error with a note for each operand: its shape and where it came from.
  Value shapeError(Range at, const llvm::Twine &message, llvm::ArrayRef<Value> operands,
                   llvm::ArrayRef<Range> ranges);

  std::vector<TurnedMeeting> turnedMeetings;

  /// Creates an op by name with the result types given.
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
