// What one kernel of a planned function costs: operations and bytes.
#pragma once

#include "compiler/dialect/Kern.h"

#include "llvm/ADT/StringRef.h"

#include <string>

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

struct KernelCost {
  llvm::StringRef kind;      // "contraction"
  std::string places;        // the parts of the model whose ops it computes: "net.dense1, net"
  std::string computes;      // its main op and its results' shapes
  Amount contractions;       // exact: two for each multiply-add
  Amount others;             // elementwise ops and reductions, by the ops' own costs (in vector instructions an element)
  Amount bytes;              // its inputs and results, each once
};

KernelCost costOf(kern::FusedOp kernel);

} // namespace nnc::plan
