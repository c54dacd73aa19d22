// A tensor of the reference interpreter: doubles in row-major order, whatever the element type in
// the IR.
#pragma once
#include <cassert>
#include <cstdint>
#include <vector>

namespace nnc::reference {

using Shape = std::vector<int64_t>;

inline int64_t elementsOf(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

struct Tensor {
  Shape shape;
  std::vector<double> data;

  Tensor() = default;
  explicit Tensor(Shape shape, double fill = 0)
      : shape(std::move(shape)), data(elementsOf(this->shape), fill) {}
  Tensor(Shape shape, std::vector<double> data) : shape(std::move(shape)), data(std::move(data)) {
    assert(int64_t(this->data.size()) == elementsOf(this->shape));
  }

  int64_t offset(const Shape &index) const {
    assert(index.size() == shape.size());
    int64_t at = 0;
    for (size_t i = 0; i < shape.size(); ++i) {
      assert(index[i] >= 0 && index[i] < shape[i]);
      at = at * shape[i] + index[i];
    }
    return at;
  }
  double &operator()(const Shape &index) { return data[offset(index)]; }
  double operator()(const Shape &index) const { return data[offset(index)]; }
};

/// body(index) for every index of `shape`, in row-major order.
template <typename Body> void forEachIndex(const Shape &shape, Body body) {
  Shape index(shape.size(), 0);
  for (int64_t count = elementsOf(shape); count > 0; --count) {
    body(index);
    for (size_t i = shape.size(); i-- > 0;) {
      if (++index[i] < shape[i])
        break;
      index[i] = 0;
    }
  }
}

/// The tensor whose element at each index is body(index).
template <typename Body> Tensor generate(const Shape &shape, Body body) {
  Tensor result(shape);
  int64_t next = 0;
  forEachIndex(shape, [&](const Shape &index) { result.data[next++] = body(index); });
  return result;
}

} // namespace nnc::reference
