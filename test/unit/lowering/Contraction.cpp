// Contraction: its text in the nn dialect and its reference result.
#include "Contraction.h"

#include <cmath>

namespace nnc {

static std::string tensor(const std::vector<int64_t> &shape, const std::string &type) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += (size < 0 ? std::string("?") : std::to_string(size)) + "x";
  return text + type + ">";
}

int64_t elementsOf(const std::vector<int64_t> &shape, int64_t rows) {
  int64_t product = 1;
  for (int64_t size : shape)
    product *= size < 0 ? rows : size;
  return product;
}

std::vector<int64_t> Contraction::shapeOf(const std::vector<int> &map) const {
  std::vector<int64_t> shape;
  for (int loop : map)
    shape.push_back(sizes[loop]);
  return shape;
}

std::string Contraction::module(const std::string &epilogue) const {
  std::string loops, maps[3], sizeText;
  for (size_t i = 0; i < sizes.size(); ++i) {
    loops += (i ? ", d" : "d") + std::to_string(i);
    sizeText += (i ? ", " : "") + std::to_string(sizes[i]);
  }
  for (const auto &entry : left) {
    std::string sum;
    for (auto [loop, factor] : entry)
      sum += (sum.empty() ? "d" : " + d") + std::to_string(loop) +
             (factor == 1 ? "" : " * " + std::to_string(factor));
    maps[0] += (maps[0].empty() ? "" : ", ") + sum;
  }
  for (int loop : right)
    maps[1] += (maps[1].empty() ? "d" : ", d") + std::to_string(loop);
  for (int loop : out)
    maps[2] += (maps[2].empty() ? "d" : ", d") + std::to_string(loop);
  std::string a = tensor(leftShape, type), b = tensor(rightShape(), type),
              y = tensor(outShape(), type);
  std::string text = "func.func @f(%a: " + a + " {nn.field = \"a\"}, %b: " + b +
                     " {nn.field = \"b\"}) -> (" + y +
                     " {nn.result = \"y\"}) {\n  %y = nn.contract %a, %b {maps = [";
  for (int i = 0; i < 3; ++i)
    text += (i ? ", " : "") + ("affine_map<(" + loops + ") -> (" + maps[i] + ")>");
  text += "], sizes = array<i64: " + sizeText + ">} : (" + a + ", " + b + ") -> " + y + "\n";
  text += epilogue.empty() ? "  return %y : " : epilogue + "\n  return %z : ";
  return "module attributes {nn.scalars = [\"step\", \"epoch\", \"total_steps\", "
         "\"steps_per_epoch\", \"seed\"]} {\n" +
         text + y + "\n}\n}\n";
}

double Contraction::products(int64_t rows) const { return double(elementsOf(sizes, rows)); }

int64_t Contraction::depth(int64_t rows) const {
  return elementsOf(sizes, rows) / elementsOf(outShape(), rows);
}

void Contraction::reference(int64_t rows, const std::vector<double> &a,
                            const std::vector<double> &b, std::vector<double> &y,
                            std::vector<double> &magnitude) const {
  std::vector<int64_t> extents, index(sizes.size(), 0);
  for (int64_t size : sizes)
    extents.push_back(size < 0 ? rows : size);
  y.assign(elementsOf(outShape(), rows), 0);
  magnitude = y;
  auto plain = [&](const std::vector<int> &map) {
    int64_t offset = 0;
    for (int loop : map)
      offset = offset * extents[loop] + index[loop];
    return offset;
  };
  for (int64_t n = elementsOf(sizes, rows); n-- > 0;) {
    int64_t offset = 0;
    for (size_t i = 0; i < left.size(); ++i) {
      int64_t at = 0;
      for (auto [loop, factor] : left[i])
        at += factor * index[loop];
      offset = offset * (leftShape[i] < 0 ? rows : leftShape[i]) + at;
    }
    double product = a[offset] * b[plain(right)];
    y[plain(out)] += product;
    magnitude[plain(out)] += std::fabs(product);
    for (size_t i = sizes.size(); i-- > 0;) {
      if (++index[i] < extents[i])
        break;
      index[i] = 0;
    }
  }
}

Contraction denseForward(int64_t k, int64_t n) {
  return {"dense forward " + std::to_string(k) + "x" + std::to_string(n),
          {-1, n, k},
          {{{0, 1}}, {{2, 1}}},
          {2, 1},
          {0, 1},
          {-1, k}};
}
Contraction denseInput(int64_t k, int64_t n) {
  return {"dense input " + std::to_string(k) + "x" + std::to_string(n),
          {-1, n, k},
          {{{0, 1}}, {{1, 1}}},
          {2, 1},
          {0, 2},
          {-1, n}};
}
Contraction denseWeight(int64_t k, int64_t n) {
  return {"dense weight " + std::to_string(k) + "x" + std::to_string(n),
          {-1, n, k},
          {{{0, 1}}, {{2, 1}}},
          {0, 1},
          {2, 1},
          {-1, k}};
}

static std::string blockedName(const char *kind, int64_t k, int64_t n, int64_t block) {
  return "blocked " + std::string(kind) + " " + std::to_string(k) + "x" + std::to_string(n) +
         " by " + std::to_string(block);
}
// Loops: b, block of n, n in the block, k.
Contraction blockedForward(int64_t k, int64_t n, int64_t block) {
  return {blockedName("forward", k, n, block),
          {-1, n / block, block, k},
          {{{0, 1}}, {{3, 1}}},
          {1, 3, 2},
          {0, 1, 2},
          {-1, k}};
}
Contraction blockedInput(int64_t k, int64_t n, int64_t block) {
  return {blockedName("input", k, n, block),
          {-1, n / block, block, k},
          {{{0, 1}}, {{1, 1}}, {{2, 1}}},
          {1, 3, 2},
          {0, 3},
          {-1, n / block, block}};
}
Contraction blockedWeight(int64_t k, int64_t n, int64_t block) {
  return {blockedName("weight", k, n, block),
          {-1, n / block, block, k},
          {{{0, 1}}, {{3, 1}}},
          {0, 1, 2},
          {1, 3, 2},
          {-1, k}};
}

static std::string convName(const char *kind, int64_t c, int64_t o, int64_t size, int64_t window) {
  return "conv " + std::string(kind) + " " + std::to_string(c) + "x" + std::to_string(size) + "x" +
         std::to_string(size) + " to " + std::to_string(o) + " by " + std::to_string(window);
}
// Loops: b, o, h, w, c, r, s.
Contraction convForward(int64_t c, int64_t o, int64_t size, int64_t window, int64_t stride) {
  int64_t out = (size - window) / stride + 1;
  return {convName("forward", c, o, size, window),
          {-1, o, out, out, c, window, window},
          {{{0, 1}}, {{4, 1}}, {{2, stride}, {5, 1}}, {{3, stride}, {6, 1}}},
          {1, 4, 5, 6},
          {0, 1, 2, 3},
          {-1, c, size, size}};
}
Contraction convWeight(int64_t c, int64_t o, int64_t size, int64_t window, int64_t stride) {
  Contraction result = convForward(c, o, size, window, stride);
  std::swap(result.right, result.out);
  result.name = convName("weight", c, o, size, window);
  return result;
}
Contraction convInput(int64_t c, int64_t o, int64_t size, int64_t window) {
  // Loops: b, o, x, y, c, r, s; dy padded is [b, o, size + window - 1, …].
  int64_t padded = size + window - 1;
  return {convName("input", c, o, size, window),
          {-1, o, size, size, c, window, window},
          {{{0, 1}}, {{1, 1}}, {{2, 1}, {5, 1}}, {{3, 1}, {6, 1}}},
          {1, 4, 5, 6},
          {0, 4, 2, 3},
          {-1, o, padded, padded}};
}

} // namespace nnc
