// Computes the costs of a planned function's kernels: operations, and bytes by how long ago they
// were last touched. --emit=plan and --profile both show these numbers.
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

/// A place in memory that a kernel uses.
struct Traffic {
  Amount bytes;    // read and written: twice the size if the kernel does both
  Amount distance; // bytes of all places, including this one, that are touched between its last use
                   // and the end of the kernel. Functions are called repeatedly, so the last use
                   // may be in the previous call
};

struct KernelCost {
  llvm::StringRef kind; // such as "contraction"
  std::string places;   // the parts of the model whose ops it computes: "net.dense1, net"
  std::string computes; // the shapes of its results
  std::vector<mlir::FileLineColLoc>
      lines;           // of the user's text: the kernel's own, then those of other ops in it
  Amount contractions; // exact: two for each multiply-add, without those omitted for padding
  Amount others; // elementwise ops and reductions, with the ops' own costs (vector instructions per
                 // element)
  std::vector<Traffic> traffic; // one for each place

  Amount bytes() const {
    Amount sum;
    for (const Traffic &t : traffic)
      sum += t.bytes;
    return sum;
  }
};

/// The costs of a function's kernels in a call, in order.
std::vector<KernelCost> costsOf(mlir::func::FuncOp function);

} // namespace nnc::plan
