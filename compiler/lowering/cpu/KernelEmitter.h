// KernelEmitter: what every kernel generator needs besides its own loops. It provides the buffers
// and this thread's share of the work, evaluates the nn ops of a kernel's region at any index, and
// stores the results of the kernel.
//
// A generator (pointwise, reduction, contraction) writes its loops with builder(). When it has
// computed the root's elements at some index it calls storeResults(), which emits the remaining ops
// of the region (the epilogue) and the stores. For a contraction, where acc is a vector<lanes x T>
// with out[m, n … n + lanes - 1]:
//
//   emitter.storeResults({nn::Index::affine(m, 0), nn::Index::affine(n, 1, /*divisor=*/lanes)},
//                        {{contract->getResult(0), acc}}, mask);
//
// Here `mask` is null or vector<lanes x i1> (false: a lane past the end, which is neither loaded
// nor stored). Each call emits the whole epilogue, so an unrolled tile should keep its accumulators
// in an alloca and make the call in a loop. The operands of a contraction are kernel inputs, so
// input() gives their memory. Memory is row-major, so the strides of a buffer are constants. The
// rows of an element of a sequence are further apart than their size (Buffer::pitch). Two
// buffers overlap only if they are the same buffer: a result may overwrite an input, and then the
// kernel reads that input only at the index that it writes.
#pragma once

#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/lowering/cpu/elements/Memory.h"
#include "compiler/machine/MachineModel.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"

#include <memory>

namespace nnc {

class ElementScope;

/// The half-open range of `count` pieces, in whole blocks of `multiple`, for `thread` of `threads`.
/// If there are fewer than `grain` pieces, the first thread does all of them. All values have the
/// same integer type or `index`.
std::pair<mlir::Value, mlir::Value> shareOf(mlir::OpBuilder &b, mlir::Location loc,
                                            mlir::Value count, mlir::Value thread,
                                            mlir::Value threads, int64_t grain,
                                            int64_t multiple = 1);

class KernelEmitter {
public:
  /// What is known about the kernel's function: the buffers of the region's arguments and of the
  /// results; the number of examples to compute and the batch size, which may be larger
  /// (RowPanels); the number of this thread and the number of threads. The numbers are `index`
  /// values. Values for the whole kernel are put before `prologueEnd`, an op in the entry block of
  /// the function; the builder is after it.
  struct Context {
    kern::FusedOp kernel;
    llvm::SmallVector<Buffer> inputs, outputs;
    mlir::Value rows, batch, thread, threads;
    mlir::Operation *prologueEnd;
    MachineModel target;
  };
  KernelEmitter(mlir::OpBuilder &b, Context context);
  ~KernelEmitter();

  kern::FusedOp kernel() { return context.kernel; }
  mlir::OpBuilder &builder() { return b; }
  mlir::Location location() { return context.kernel.getLoc(); }
  const MachineModel &target() const { return context.target; }
  /// The number of examples to compute, the batch size, the number of this thread, and the number
  /// of threads. They have type `index` and are valid everywhere in the function.
  mlir::Value rows() { return context.rows; }
  mlir::Value batch() { return context.batch; }
  mlir::Value thread() { return context.thread; }
  mlir::Value threads() { return context.threads; }
  /// The memory of a region argument (such as an operand of a contraction), or of result `i`.
  const Buffer &input(mlir::Value argument);
  const Buffer &output(unsigned i) { return context.outputs[i]; }
  /// Whether the rows of a buffer are further apart than their size. Then its first dim is not
  /// walked as one with others.
  bool hasPitch() const;
  /// The number of lanes of all vectors in this kernel: as many as its widest ranked element type
  /// allows.
  int64_t lanes() const { return laneCount; }

  // Numbers
  mlir::Value constant(int64_t value);                     // of type `index`, in the prologue
  mlir::Value extent(mlir::ShapedType type, unsigned dim); // a constant or rows()
  mlir::Value elements(mlir::ShapedType type);             // the number of elements

  /// This thread's share [begin, end) of `count` units of work (`index` values), in whole multiples
  /// of `multiple` units. If there are less than `grain` units, thread 0 gets all of them. Shares
  /// only determine who computes an element; no element may depend on where a share begins.
  std::pair<mlir::Value, mlir::Value> share(mlir::Value count, int64_t grain, int64_t multiple = 1);

  // Memory
  /// Memory on this thread's stack for the whole kernel, 64-byte aligned; !llvm.ptr.
  mlir::Value stack(int64_t bytes);
  /// The total size that stack() has allocated so far.
  int64_t stackBytes() const { return allStack; }
  /// vector<lanes x i1> (i1 if lanes == 1): lane < limit - base, for `index` values base and limit.
  mlir::Value tailMask(mlir::Value base, mlir::Value limit, int64_t lanes);

  // Elements
  /// Region values that are already computed at the current index: roots and their elements.
  using Known = std::pair<mlir::Value, mlir::Value>;

  /// Evaluates and stores every yielded value at `index` of the kernel's space. The elements of the
  /// roots there are `known`. All indices but the last should be uniform and the last should have
  /// stride 1 (otherwise elements are stored one by one). `linear`, if given, is the row-major
  /// linear index of `index`; this saves arithmetic.
  void storeResults(llvm::ArrayRef<nn::Index> index, llvm::ArrayRef<Known> known, int64_t lanes,
                    mlir::Value mask = {}, std::optional<nn::Index> linear = std::nullopt);

  /// For generators that handle several points at a time: an evaluation scope with `lanes` lanes.
  /// Values of rank 0 that do not depend on a root are computed once, in the prologue. See
  /// ElementScope.h.
  std::unique_ptr<ElementScope> scope(int64_t lanes, mlir::Value mask = {});

  /// Whether region value `value` depends on a root of the kernel.
  bool dependsOnRoot(mlir::Value value) const { return rootDependent.contains(value); }

private:
  friend class ElementScope;
  mlir::OpBuilder &b;
  Context context;
  int64_t laneCount, allStack = 0;
  mlir::OpBuilder prologue;
  llvm::DenseMap<int64_t, mlir::Value> constants;
  llvm::DenseSet<mlir::Value> rootDependent;
  std::unique_ptr<ElementScope> prologueScope;
};

} // namespace nnc
