// Cut: the cheapest values to keep so that others can be computed from them.
#pragma once

#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace nnc::nn {

/// A minimum cut of values in a graph of how they are computed. Every path from a value that cannot
/// be computed again to one that is needed passes through a value that is kept. Of several cheapest
/// cuts it is the one nearest to what is needed, which leaves the least to be computed again.
class Cut {
public:
  /// A value that costs `cost` to keep. Values are numbered from 0.
  void add(int64_t cost) { costs.push_back(cost); }
  /// `to` is computed again from `from`.
  void use(unsigned from, unsigned to) { connect(out(from), in(to), unlimited); }
  /// The value cannot be computed again, or must not be.
  void setGiven(unsigned value) { given.push_back(value); }
  void setNeeded(unsigned value) { needed.push_back(value); }
  /// The numbers of the values to keep, ascending.
  llvm::SmallVector<unsigned> find();

private:
  /// An edge of the flow graph, in which a value is two nodes with an edge of its cost between
  /// them. Edge e ^ 1 is edge e backwards.
  struct Edge {
    unsigned to;
    int64_t room;
  };
  static constexpr int64_t unlimited = int64_t(1) << 60;
  static unsigned in(unsigned value) { return 2 + 2 * value; }
  static unsigned out(unsigned value) { return 3 + 2 * value; }

  void connect(unsigned from, unsigned to, int64_t room);
  /// Sends what fits along one path from source to sink; false if there is none.
  bool augment();

  llvm::SmallVector<int64_t> costs;
  llvm::SmallVector<unsigned> given, needed;
  llvm::SmallVector<Edge> edges;
  llvm::SmallVector<llvm::SmallVector<unsigned, 4>> from; // the edges that leave a node
};

} // namespace nnc::nn
