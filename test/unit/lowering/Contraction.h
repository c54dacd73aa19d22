// Contractions as text and as plain loops, for tests and bench/.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nnc {

/// One contraction: `sizes` of the loops (-1: the batch); entries of the left map as {loop, factor}
/// sums, right and out plain.
struct Contraction {
  using Access = std::vector<std::vector<std::pair<int, int64_t>>>;
  std::string name;
  std::vector<int64_t> sizes;
  Access left;
  std::vector<int> right, out;
  std::vector<int64_t>
      leftShape; // of the left operand; its windows need not reach its end (-1: the batch)
  std::string type = "f32";

  /// A module whose @f computes it; `epilogue` are nn ops that turn %y into %z, of the same type
  /// (empty: none).
  std::string module(const std::string &epilogue = "") const;
  std::vector<int64_t> rightShape() const { return shapeOf(right); }
  std::vector<int64_t> outShape() const { return shapeOf(out); }
  /// Multiply-adds for a batch of `rows`.
  double products(int64_t rows) const;

  /// y and Σ|a||b| by the definition, in double.
  void reference(int64_t rows, const std::vector<double> &a, const std::vector<double> &b,
                 std::vector<double> &y, std::vector<double> &magnitude) const;
  /// The number of products in each sum.
  int64_t depth(int64_t rows) const;

private:
  std::vector<int64_t> shapeOf(const std::vector<int> &map) const;
};

/// The number of elements of `shape` for a batch of `rows`.
int64_t elementsOf(const std::vector<int64_t> &shape, int64_t rows);

// The kinds that programs use. A dense layer is y[b,n] = x[b,k] w[k,n]; a convolution of stride s
// has square windows.
Contraction denseForward(int64_t k, int64_t n);
Contraction denseInput(int64_t k, int64_t n);
Contraction denseWeight(int64_t k, int64_t n);
/// The same with w in blocks of columns: w[n / block, k, n % block].
Contraction blockedForward(int64_t k, int64_t n, int64_t block);
Contraction blockedInput(int64_t k, int64_t n, int64_t block);
Contraction blockedWeight(int64_t k, int64_t n, int64_t block);
Contraction convForward(int64_t c, int64_t o, int64_t size, int64_t window, int64_t stride = 1);
Contraction convWeight(int64_t c, int64_t o, int64_t size, int64_t window, int64_t stride = 1);
/// The gradient with respect to x, from dy padded to `size + window - 1` and reversed weights.
Contraction convInput(int64_t c, int64_t o, int64_t size, int64_t window);

} // namespace nnc
