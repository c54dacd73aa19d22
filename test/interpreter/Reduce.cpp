// The interpreter's reductions and pick.
#include "test/interpreter/Interpreter.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace nnc::reference {

static bool contains(const Shape &list, int64_t dim) {
  return std::find(list.begin(), list.end(), dim) != list.end();
}

/// fold(state, x, linear index over dims) over the elements that belong to each result element.
template <typename Fold> static Tensor reduce(const Call &call, double initial, Fold fold) {
  const Tensor &x = call.operand(0);
  Shape dims = call.list("dims");
  Tensor result(call.resultShape, initial);
  forEachIndex(x.shape, [&](const Shape &index) {
    Shape kept;
    int64_t linear = 0;
    for (size_t i = 0; i < index.size(); ++i)
      if (contains(dims, int64_t(i)))
        linear = linear * x.shape[i] + index[i];
      else
        kept.push_back(index[i]);
    double &state = result(kept);
    state = fold(state, x(index), linear, kept);
  });
  return result;
}

void addReductions(Table &table) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  table["nn.reduce_sum"] = [](const Call &call) {
    return reduce(call, 0, [](double sum, double x, int64_t, const Shape &) { return sum + x; });
  };
  table["nn.reduce_max"] = [](const Call &call) {
    return reduce(call, -infinity, [](double best, double x, int64_t, const Shape &) {
      return std::isnan(best) || best > x ? best : x;
    });
  };
  table["nn.reduce_min"] = [](const Call &call) {
    return reduce(call, infinity, [](double best, double x, int64_t, const Shape &) {
      return std::isnan(best) || best < x ? best : x;
    });
  };
  table["nn.argmax"] = [](const Call &call) {
    Tensor best(call.resultShape, -infinity), seen(call.resultShape, 0);
    return reduce(call, 0, [&](double at, double x, int64_t linear, const Shape &kept) {
      bool first = seen(kept) == 0;
      seen(kept) = 1;
      bool greater = !std::isnan(best(kept)) && (std::isnan(x) || x > best(kept));
      if (!first && !greater)
        return at;
      best(kept) = x;
      return double(linear);
    });
  };
  table["nn.pick"] = [](const Call &call) {
    const Tensor &x = call.operand(0);
    int64_t dim = call.number("dim");
    return generate(call.resultShape, [&](const Shape &index) {
      double wanted = call.operand(1)(index);
      int64_t at =
          std::isnan(wanted)
              ? 0
              : int64_t(std::clamp(std::floor(wanted + 0.5), 0.0, double(x.shape[dim] - 1)));
      Shape from = index;
      from.insert(from.begin() + dim, at);
      return x(from);
    });
  };
}

} // namespace nnc::reference
