// A minimum cut by maximum flow, along shortest paths.
#include "compiler/dialect/scan/Cut.h"
#include "llvm/ADT/BitVector.h"
#include <algorithm>

using namespace llvm;

namespace nnc::nn {

static constexpr unsigned source = 0, sink = 1;

void Cut::connect(unsigned a, unsigned b, int64_t room) {
  from.resize(std::max<size_t>(from.size(), std::max(a, b) + 1));
  from[a].push_back(edges.size());
  edges.push_back({b, room});
  from[b].push_back(edges.size());
  edges.push_back({a, 0});
}

bool Cut::augment() {
  SmallVector<int> by(from.size(), -1); // the edge by which a node was reached
  SmallVector<unsigned> queue{source};
  for (unsigned i = 0; i < queue.size() && by[sink] < 0; ++i)
    for (unsigned e : from[queue[i]])
      if (edges[e].room > 0 && by[edges[e].to] < 0 && edges[e].to != source) {
        by[edges[e].to] = int(e);
        queue.push_back(edges[e].to);
      }
  if (by[sink] < 0)
    return false;
  int64_t room = unlimited;
  for (unsigned node = sink; node != source; node = edges[by[node] ^ 1].to)
    room = std::min(room, edges[by[node]].room);
  for (unsigned node = sink; node != source; node = edges[by[node] ^ 1].to) {
    edges[by[node]].room -= room;
    edges[by[node] ^ 1].room += room;
  }
  return true;
}

SmallVector<unsigned> Cut::find() {
  from.resize(std::max<size_t>(from.size(), 2 + 2 * costs.size()));
  for (unsigned value = 0; value < costs.size(); ++value)
    connect(in(value), out(value), costs[value]);
  for (unsigned value : given)
    connect(source, in(value), unlimited);
  for (unsigned value : needed)
    connect(out(value), sink, unlimited);
  while (augment()) {
  }
  // The nodes from which more could flow to the sink.
  BitVector open(from.size());
  SmallVector<unsigned> work{sink};
  open.set(sink);
  while (!work.empty())
    for (unsigned e : from[work.pop_back_val()])
      if (edges[e ^ 1].room > 0 && !open[edges[e].to]) {
        open.set(edges[e].to);
        work.push_back(edges[e].to);
      }
  SmallVector<unsigned> kept;
  for (unsigned value = 0; value < costs.size(); ++value)
    if (open[out(value)] && !open[in(value)])
      kept.push_back(value);
  return kept;
}

} // namespace nnc::nn
