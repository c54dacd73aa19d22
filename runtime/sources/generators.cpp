// Generates data sets from formulas. Row i belongs to class c = i mod classes and is number
// j = i div classes of the m points of its class; N is standard normal noise from Philox, a
// function of (seed, i) alone.
//
//   spirals  r = sqrt(0.01 + 0.99 (j + 1/2) / m);  angle = 2 pi (turns r + c / classes)
//            x = r (cos angle, sin angle) + noise N
//            (evenly over the ring from 0.1 to 1: at the very centre all arms would meet)
//   moons    a = pi j / (m - 1)
//            c = 0: (cos a, sin a) + noise N;  c = 1: (1 - cos a, 1/2 - sin a) + noise N
//   circles  a = 2 pi j / m
//            c = 0: (cos a, sin a) + noise N;  c = 1: factor (cos a, sin a) + noise N
//   blobs    centre_c uniform in [-10, 10]^dims;  x = centre_c + spread N
#include "runtime/sources/source.h"
#include "runtime/support/philox.h"

#include <cmath>

namespace nnrt {
namespace {

class GeneratorSource : public Source {
public:
  GeneratorSource(const SourceSpec &spec, std::vector<bool> isX)
      : kind(spec.source->kind), classes(int64_t(spec.classes)), dims(2), turns(spec.turns),
        factor(spec.factor), noise(spec.noise), spread(spec.spread),
        seed(uint64_t(int64_t(spec.seed))), isX(std::move(isX)) {
    rows = int64_t(spec.n);
    if (kind == NN_MOONS || kind == NN_CIRCLES)
      classes = 2;
    if (kind == NN_BLOBS)
      dims = int64_t(spec.dims);
  }

  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    std::vector<double> point(dims);
    for (int64_t r = 0; r < count; ++r) {
      if (!isX[column]) {
        out.set(r, double(selected[r] % classes));
        continue;
      }
      make(selected[r], point);
      for (int64_t d = 0; d < dims; ++d)
        out.set(r * dims + d, point[d]);
    }
  }

  std::string place(int64_t row) const override { return format("row %lld", (long long)row + 1); }

private:
  void make(int64_t row, std::vector<double> &point) const {
    int64_t c = row % classes, j = row / classes;
    int64_t m = rows / classes + (c < rows % classes ? 1 : 0);
    double deviation = noise;
    if (kind == NN_SPIRALS) {
      double radius = std::sqrt(0.01 + 0.99 * (j + 0.5) / m),
             angle = 2 * M_PI * (turns * radius + double(c) / classes);
      point[0] = radius * std::cos(angle);
      point[1] = radius * std::sin(angle);
    } else if (kind == NN_MOONS) {
      double angle = m > 1 ? M_PI * j / (m - 1) : 0;
      point[0] = c == 0 ? std::cos(angle) : 1 - std::cos(angle);
      point[1] = c == 0 ? std::sin(angle) : 0.5 - std::sin(angle);
    } else if (kind == NN_CIRCLES) {
      double angle = 2 * M_PI * j / m, radius = c == 0 ? 1 : factor;
      point[0] = radius * std::cos(angle);
      point[1] = radius * std::sin(angle);
    } else {
      deviation = spread;
      for (int64_t d = 0; d < dims; ++d)
        point[d] = 20 * uniformFrom(randomWords(seed, Stream::Centre, d, uint32_t(c)).word[0]) - 10;
    }
    for (int64_t d = 0; d < dims; d += 2) {
      double first, second;
      normalPair(randomWords(seed, Stream::Generator, row, uint32_t(d / 2)), first, second);
      point[d] += deviation * first;
      if (d + 1 < dims)
        point[d + 1] += deviation * second;
    }
  }

  int32_t kind;
  int64_t classes, dims;
  double turns, factor, noise, spread;
  uint64_t seed;
  std::vector<bool> isX;
};

Status checkWhole(const std::string &generator, const char *name, double value, double low,
                  double high) {
  if (value >= low && value <= high && value == std::floor(value))
    return Status();
  return Status::error(format("%s: %s = %s, but it must be a whole number from %s to %s",
                              generator.c_str(), name, number(value).c_str(), number(low).c_str(),
                              number(high).c_str()));
}

} // namespace

NN_PART(NN_BLOBS);
NN_PART(NN_MOONS);
NN_PART(NN_CIRCLES);
NN_PART(NN_SPIRALS);

Status openGenerator(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                     std::unique_ptr<Source> &result) {
  const std::string name = sourceKind(spec.source->kind);
  NN_TRY(checkWhole(name, "n", spec.n, 1, 1e9));
  if (spec.source->kind == NN_SPIRALS || spec.source->kind == NN_BLOBS)
    NN_TRY(checkWhole(name, "classes", spec.classes, 1, 1e6));
  if (spec.source->kind == NN_BLOBS)
    NN_TRY(checkWhole(name, "dims", spec.dims, 1, 1e6));
  NN_TRY(checkWhole(name, "seed", spec.seed, 0, 0x1p53));
  for (double value : {spec.turns, spec.factor, spec.noise, spec.spread})
    if (!std::isfinite(value))
      return Status::error(format("%s: a parameter is %s", name.c_str(), number(value).c_str()));
  std::vector<bool> isX;
  for (const ColumnRequest &column : columns) {
    if (column.name != "x" && column.name != "y")
      return Status::error(name + " have `x` and `y`, there is no `" + column.name + "`")
          .at(column.where);
    int64_t dims = spec.source->kind == NN_BLOBS ? int64_t(spec.dims) : 2;
    NN_TRY(checkColumnSize(column, column.name == "x" ? dims : 1, name));
    isX.push_back(column.name == "x");
  }
  result.reset(new GeneratorSource(spec, std::move(isX)));
  return Status();
}

} // namespace nnrt
