// KernelEmitter: what every kernel generator needs around its own loops. It gives the buffers and
// this thread's share of the work, evaluates the nn ops of a kernel's region at any index, and
// stores the kernel's results.
//
// A generator (pointwise, reduction, contraction) writes its loops with builder() and, where it
// holds the root's elements for some index, calls storeResults(): that emits the region's remaining
// ops (the epilogue) and the stores. For a contraction this is, with acc a vector<lanes x T> of
// out[m, n … n + lanes - 1] just computed:
//
//   emitter.storeResults({nn::Index::affine(m, 0), nn::Index::affine(n, 1, /*divisor=*/lanes)},
//                        {{contract->getResult(0), acc}}, mask);
//
// where `mask` is null or vector<lanes x i1> (false: a lane past the end, neither loaded nor
// stored). The call emits the whole epilogue once; an unrolled tile that would call it for each
// accumulator should rather keep its accumulators in an alloca and call it in a loop. Operands of a
// contraction are kernel inputs, so input() gives their memory. Memory is row-major, so a buffer's
// strides are constants. No two buffers overlap unless they are the same buffer: a result may be
// written where an input lies, and then the kernel reads that input only at the index it writes.
#pragma once

#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/lowering/cpu/Target.h"
#include "compiler/lowering/cpu/elements/Memory.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"

#include <memory>

namespace nnc {

class ElementScope;

/// The half-open range of `count` pieces, in whole blocks of `multiple`, that `thread` of `threads`
/// does; the first does everything if there are fewer than `grain`. All of them of one integer type
/// or `index`.
std::pair<mlir::Value, mlir::Value> shareOf(mlir::OpBuilder &b, mlir::Location loc,
                                            mlir::Value count, mlir::Value thread,
                                            mlir::Value threads, int64_t grain,
                                            int64_t multiple = 1);

class KernelEmitter {
public:
  /// What of the kernel's function is known: buffers of the region's arguments and of the results;
  /// the examples to compute and the batch size, which may be more (RowPanels), as `index`; this
  /// thread's number and the number of threads as `index`. Values for the whole kernel are put
  /// before `prologueEnd`, an op of the function's entry block; the builder stands behind it.
  struct Context {
    kern::FusedOp kernel;
    llvm::SmallVector<Buffer> inputs, outputs;
    mlir::Value rows, batch, thread, threads;
    mlir::Operation *prologueEnd;
    LoweringTarget target;
  };
  KernelEmitter(mlir::OpBuilder &b, Context context);
  ~KernelEmitter();

  kern::FusedOp kernel() { return context.kernel; }
  mlir::OpBuilder &builder() { return b; }
  mlir::Location location() { return context.kernel.getLoc(); }
  const LoweringTarget &target() const { return context.target; }
  /// The examples to compute, the batch size, this thread's number, and the number of threads: of
  /// type `index`, valid everywhere in the function.
  mlir::Value rows() { return context.rows; }
  mlir::Value batch() { return context.batch; }
  mlir::Value thread() { return context.thread; }
  mlir::Value threads() { return context.threads; }
  /// The memory of a region argument (a contraction's operand, say), or of result `i`.
  const Buffer &input(mlir::Value argument);
  const Buffer &output(unsigned i) { return context.outputs[i]; }
  /// Lanes for all vectors of this kernel: as many as its widest ranked element type allows.
  int64_t lanes() const { return laneCount; }

  // Numbers
  // ------------------------------------------------------------------------------------------------
  mlir::Value constant(int64_t value);                     // of type `index`, in the prologue
  mlir::Value extent(mlir::ShapedType type, unsigned dim); // a constant or rows()
  mlir::Value elements(mlir::ShapedType type);             // the number of elements

  /// This thread's share [begin, end) of `count` units of work (`index` values), in whole multiples
  /// of `multiple` units. If the whole is less than `grain` units thread 0 gets all of it. Shares
  /// only say who computes an element; no element may depend on where a share begins.
  std::pair<mlir::Value, mlir::Value> share(mlir::Value count, int64_t grain, int64_t multiple = 1);

  // Memory
  // -------------------------------------------------------------------------------------------------
  // loadElements() and storeElements() of Memory.h at builder().
  mlir::Value load(const Buffer &buffer, mlir::Value offset, int64_t lanes, int64_t stride = 1,
                   mlir::Value mask = {}) {
    return loadElements(b, location(), buffer, offset, lanes, stride, mask);
  }
  void store(const Buffer &buffer, mlir::Value offset, mlir::Value value, mlir::Value mask = {}) {
    storeElements(b, location(), buffer, offset, value, /*stride=*/1, mask);
  }
  /// Memory on this thread's stack for the whole kernel, 64-byte aligned; !llvm.ptr.
  mlir::Value stack(int64_t bytes);
  /// What stack() has given out so far.
  int64_t stackBytes() const { return allStack; }
  /// vector<lanes x i1> (i1 if lanes == 1): lane < limit - base. For `index` values base and limit.
  mlir::Value tailMask(mlir::Value base, mlir::Value limit, int64_t lanes);

  // Elements
  // -----------------------------------------------------------------------------------------------
  /// Region values already computed for the index in question: roots and their elements.
  using Known = std::pair<mlir::Value, mlir::Value>;

  /// The elements of region value `value` at `index`, `lanes` of them; lanes where `mask` is false
  /// read no memory. Values of rank 0 that depend on no root are computed once, in the prologue.
  mlir::Value evaluate(mlir::Value value, llvm::ArrayRef<nn::Index> index, int64_t lanes,
                       mlir::Value mask = {});
  /// Evaluates every yielded value at `index` of the kernel's space, where the elements of the
  /// roots are `known`, and stores them. Each index but the last should be uniform and the last
  /// have stride 1 (else elements are stored one by one). `linear`, if given, is the row-major
  /// linear index that `index` means, which saves arithmetic.
  void storeResults(llvm::ArrayRef<nn::Index> index, llvm::ArrayRef<Known> known, int64_t lanes,
                    mlir::Value mask = {}, std::optional<nn::Index> linear = std::nullopt);

  /// For generators with several points at a time: an evaluation scope of `lanes` lanes. See
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
