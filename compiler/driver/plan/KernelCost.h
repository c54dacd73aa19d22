// What the kernels of a planned function cost: operations, and bytes by how long ago they were last
// touched. The one place that counts: --emit=plan and --profile show these numbers.
#pragma once

#include "compiler/dialect/kern/Kern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace nnc::plan {

/// A number that grows with the batch: fixed + perRow · n.
struct Amount {
  double fixed = 0, perRow = 0;
  double at(int64_t rows) const { return fixed + perRow * double(rows); }
  Amount &operator+=(Amount o) {
    fixed += o.fixed;
    perRow += o.perRow;
    return *this;
  }
};

/// One place in memory that a kernel uses.
struct Traffic {
  Amount bytes;    // read and written: twice its size if the kernel does both
  Amount distance; // bytes of all places, this one among them, touched from its last use to the end
                   // of the kernel. A function is called again and again, so the last use may lie
                   // in the call before
};

struct KernelCost {
  llvm::StringRef kind; // "contraction"
  std::string places;   // the parts of the model whose ops it computes: "net.dense1, net"
  std::string computes; // its results' shapes
  std::vector<mlir::FileLineColLoc>
      lines;           // of the user's text: the kernel's own, then others whose ops it contains
  Amount contractions; // exact: two for each multiply-add, but for those left out as padding
  Amount others; // elementwise ops and reductions, by the ops' own costs (in vector instructions an
                 // element)
  std::vector<Traffic> traffic; // each place once

  Amount bytes() const {
    Amount sum;
    for (const Traffic &t : traffic)
      sum += t.bytes;
    return sum;
  }
};

/// The costs of a function's kernels, in their order.
std::vector<KernelCost> costsOf(mlir::func::FuncOp function);

} // namespace nnc::plan
