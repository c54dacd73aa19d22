// Draws random numbers, shapes and operands.
#include "test/unit/lowering/RandomValues.h"

using namespace mlir;

namespace nnc::test {

RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }
Sizes shapeOf(Value v) { return Sizes(typeOf(v).getShape()); }
int64_t elements(ArrayRef<int64_t> shape) {
  int64_t product = 1;
  for (int64_t size : shape)
    product *= size == batch ? 4 : size;
  return product;
}

int64_t RandomValues::below(int64_t n) {
  return std::uniform_int_distribution<int64_t>(0, n - 1)(random);
}
bool RandomValues::coin() { return below(2); }
RankedTensorType RandomValues::type(ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, element);
}
int64_t RandomValues::randomSize() {
  static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 20, 32};
  return sizes[below(std::size(sizes))];
}

Sizes RandomValues::randomShape() {
  while (true) {
    Sizes shape;
    if (coin())
      shape.push_back(batch);
    for (int64_t dims = below(4); dims > 0; --dims)
      shape.push_back(randomSize());
    if (elements(shape) <= 6000)
      return shape;
  }
}

Value RandomValues::any() { return all[below(all.size())]; }
Value RandomValues::anyOfRank(int64_t least) {
  for (int tries = 0; tries < 30; ++tries)
    if (Value v = any(); typeOf(v).getRank() >= least)
      return v;
  return broadcast(any(), Sizes{batch, 5, 8, 3});
}

Value RandomValues::constant(double value, ArrayRef<int64_t> shape) {
  return broadcast(b.create<nn::ConstantOp>(loc, type({}), value), shape);
}

Value RandomValues::broadcast(Value x, ArrayRef<int64_t> shape) {
  if (typeOf(x).getShape() == shape)
    return x;
  Sizes dims;
  size_t from = 0;
  for (int64_t size : typeOf(x).getShape()) {
    while (from < shape.size() && shape[from] != size)
      ++from;
    if (from == shape.size())
      return broadcast(total(x), shape);
    dims.push_back(from++);
  }
  return b.create<nn::BroadcastOp>(loc, type(shape), x, dims);
}

Value RandomValues::total(Value x) {
  Sizes dims = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank()));
  return dims.empty() ? x : shrink(b.create<nn::ReduceMaxOp>(loc, x, dims));
}

Value RandomValues::like(Value x) {
  for (int tries = 0; tries < 10; ++tries)
    if (Value v = any(); v.getType() == x.getType())
      return v;
  return broadcast(any(), shapeOf(x));
}

Value RandomValues::shrink(Value x) { return b.create<nn::TanhOp>(loc, x); }
Value RandomValues::positive(Value x) {
  Value size = b.create<nn::AbsOp>(loc, x);
  return b.create<nn::AddOp>(loc, size, constant(0.5, shapeOf(x)));
}

Value RandomValues::integers(Value x, int64_t limit) {
  Value scaled = b.create<nn::MulOp>(loc, b.create<nn::AbsOp>(loc, shrink(x)),
                                     constant(double(limit), shapeOf(x)));
  return b.create<nn::FloorOp>(loc, scaled);
}

void RandomValues::keep(Value v) {
  if (elements(typeOf(v).getShape()) <= 20000)
    all.push_back(v);
}

Sizes RandomValues::someDims(Value x, bool batchToo) {
  Sizes dims;
  for (int64_t dim = 0; dim < typeOf(x).getRank(); ++dim)
    if ((batchToo || !typeOf(x).isDynamicDim(dim)) && coin())
      dims.push_back(dim);
  return dims;
}

} // namespace nnc::test
