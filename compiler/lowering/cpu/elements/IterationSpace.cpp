// Splits linear indices.
#include "compiler/lowering/cpu/elements/IterationSpace.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

std::optional<int64_t> staticExtent(RankedTensorType type, LaneDims dims) {
  int64_t extent = 1;
  for (unsigned dim = dims.first; dim <= dims.last && dim < type.getRank(); ++dim) {
    if (type.isDynamicDim(dim))
      return std::nullopt;
    extent *= type.getDimSize(dim);
  }
  return extent;
}

Value extentOf(KernelEmitter &emitter, RankedTensorType type, LaneDims dims) {
  return emitter.elements(RankedTensorType::get(
      type.getShape().slice(dims.first, dims.last + 1 - dims.first), type.getElementType()));
}

bool isWhole(RankedTensorType type, LaneDims dims, int64_t lanes) {
  int64_t extent = 1;
  for (unsigned dim = dims.first; dim <= dims.last; ++dim)
    extent *= type.isDynamicDim(dim) ? 1 : type.getDimSize(dim);
  return extent % lanes == 0;
}

Index vectorAt(ElementScope &scope, Value base, int64_t first, int64_t divisor) {
  SmallVector<int64_t> offsets;
  for (int64_t lane = 0; lane < scope.lanes(); ++lane)
    offsets.push_back(first + lane);
  return Index::pattern(base, offsets, divisor);
}

void splitLanes(ElementScope &scope, RankedTensorType type, LaneDims dims, Index along,
                MutableArrayRef<Index> index) {
  Index rest = along;
  for (unsigned dim = dims.last; dim > dims.first; --dim) {
    index[dim] = scope.mod(rest, type.getDimSize(dim));
    rest = scope.floorDiv(rest, type.getDimSize(dim));
  }
  index[dims.first] = rest;
}

void splitUniform(ElementScope &scope, RankedTensorType type, ArrayRef<unsigned> dims, Value number,
                  MutableArrayRef<Index> index) {
  Index rest = scope.uniform(number);
  for (size_t i = dims.size(); i-- > 1;) {
    index[dims[i]] = scope.mod(rest, type.getDimSize(dims[i]));
    rest = scope.floorDiv(rest, type.getDimSize(dims[i]));
  }
  if (!dims.empty())
    index[dims[0]] = rest;
}

} // namespace nnc
