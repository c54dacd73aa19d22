// Splits: exact sizes by largest remainder, then rows dealt out in an order that keeps strata in proportion.
#include "runtime/dataset.h"
#include "runtime/shuffle.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

Status splitSizes(const nn_data &data, const Engine &engine, int64_t rows, SplitSizes &sizes) {
  int64_t *size[3] = {&sizes.train, &sizes.val, &sizes.test};
  const char *const names[3] = {"train", "val", "test"};
  if (!data.has_split) {
    sizes = {rows, 0, 0};
    return Status();
  }
  double part[3] = {engine.value(data.train), engine.value(data.val), engine.value(data.test_part)};
  if (data.folds > 0 && part[1] <= 0) // a lone train statement takes the first fold to validate on
    part[1] = (1 - std::max(0.0, part[2] > 1 ? part[2] / double(rows) : part[2])) / data.folds;
  // Numbers above 1 are counts of rows, others shares of them.
  double ideal[3], sum = 0;
  for (int s = 0; s < 3; ++s) {
    bool rest = s == 0 && part[s] < 0;
    if (!rest && !(part[s] >= 0))
      return Status::error(format("split: %s = %s is neither a share nor a count", names[s], number(part[s]).c_str()));
    ideal[s] = rest ? 0 : part[s] > 1 ? std::floor(part[s]) : part[s] * double(rows);
    sum += ideal[s];
  }
  if (sum > double(rows) * (1 + 1e-9))
    return Status::error(format("split: train, val and test ask for %s rows of %s", number(std::ceil(sum)).c_str(),
                                grouped(rows).c_str()));
  if (part[0] < 0)
    ideal[0] = std::max(0.0, double(rows) - sum);
  // Largest remainder; among equal ones the later split gets the row.
  double total = ideal[0] + ideal[1] + ideal[2];
  int64_t left = std::llround(total);
  double remainder[3];
  for (int s = 0; s < 3; ++s) {
    *size[s] = int64_t(std::floor(ideal[s] + 1e-9));
    remainder[s] = std::max(0.0, ideal[s] - double(*size[s]));
    left -= *size[s];
  }
  for (; left > 0; --left) {
    int best = 2;
    for (int s = 1; s >= 0; --s)
      if (remainder[s] > remainder[best] + 1e-9)
        best = s;
    ++*size[best];
    remainder[best] = -1;
  }
  for (int s = 0; s < 3; ++s)
    if (ideal[s] > 0 && *size[s] == 0)
      return Status::error(format("split: the %s split is empty: %s of %s rows is less than one", names[s],
                                  number(part[s]).c_str(), grouped(rows).c_str()));
  if (sizes.train == 0)
    return Status::error("split: nothing is left for the training split");
  return Status();
}

void splitRows(int64_t rows, const SplitSizes &sizes, const std::vector<int32_t> &strata, uint64_t seed,
               std::vector<int64_t> (&splits)[3]) {
  std::vector<int64_t> order(rows);
  for (int64_t i = 0; i < rows; ++i)
    order[i] = i;
  for (std::vector<int64_t> &split : splits)
    split.clear();
  const int64_t size[3] = {sizes.train, sizes.val, sizes.test};
  if (sizes.train != rows)
    shuffle(order, seed, Stream::Split, 0, 0);
  if (strata.empty()) {
    int64_t at = 0;
    for (int s = 0; s < 3; ++s)
      for (int64_t i = 0; i < size[s]; ++i)
        splits[s].push_back(order[at++]);
  } else {
    // Stratum after stratum, each row goes where most are missing so far. At every point each split is within about one
    // row of its share, so it is in each stratum too; the caps make the totals exact.
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return strata[a] < strata[b]; });
    int64_t given[4] = {0, 0, 0, 0};
    const int64_t want[4] = {size[0], size[1], size[2], rows - size[0] - size[1] - size[2]}; // the last: unused rows
    for (int64_t i = 0; i < rows; ++i) {
      int best = -1;
      double most = 0;
      for (int s = 0; s < 4; ++s) {
        double missing = double(want[s]) * double(i + 1) / double(rows) - double(given[s]);
        if (given[s] < want[s] && (best < 0 || missing > most)) {
          best = s;
          most = missing;
        }
      }
      ++given[best];
      if (best < 3)
        splits[best].push_back(order[i]);
    }
  }
  // Source order: reads walk forward through memory, and evaluation follows the file.
  for (std::vector<int64_t> &split : splits)
    std::sort(split.begin(), split.end());
}

} // namespace nnrt
