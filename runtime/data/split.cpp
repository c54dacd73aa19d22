// Makes splits: exact sizes by largest remainder, then rows are dealt in an order that keeps strata
// in proportion.
#include "runtime/data/split.h"
#include "runtime/support/shuffle.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace nnrt {

std::vector<int64_t> allRows(int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

/// The first folds have one row more if the rows cannot be divided evenly.
static int64_t foldSize(int64_t rows, int32_t folds, int32_t fold) {
  return rows / folds + (fold < rows % folds);
}

Status splitSizes(const DataT &data, const Engine &engine, int64_t rows, SplitSizes &sizes) {
  int64_t *size[3] = {&sizes.train, &sizes.val, &sizes.test};
  const char *const names[3] = {"train", "val", "test"};
  if (!data.has_split) {
    sizes = {rows, 0, 0};
    return Status();
  }
  double part[3] = {engine.value(data.train), engine.value(data.val), engine.value(data.test_part)};
  if (data.folds > 0) // the rows that the test split leaves are dealt to the folds: see below
    part[0] = -1, part[1] = 0;
  // Numbers above 1 are counts of rows, others are shares of them.
  double ideal[3], sum = 0;
  for (int s = 0; s < 3; ++s) {
    bool rest = s == 0 && part[s] < 0;
    if (!rest && !(part[s] >= 0))
      return Status::error(format("split: %s = %s is neither a share nor a count", names[s],
                                  number(part[s]).c_str()));
    ideal[s] = rest ? 0 : part[s] > 1 ? std::floor(part[s]) : part[s] * double(rows);
    sum += ideal[s];
  }
  if (sum > double(rows) * (1 + 1e-9))
    return Status::error(format("split: train, val and test ask for %s rows of %s",
                                number(std::ceil(sum)).c_str(), grouped(rows).c_str()));
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
      return Status::error(format("split: the %s split is empty: %s of %s rows is less than one",
                                  names[s], number(part[s]).c_str(), grouped(rows).c_str()));
  if (data.folds > 0) {
    if (sizes.train < data.folds)
      return Status::error(format("split: %d folds need at least as many rows, there are %s",
                                  data.folds, grouped(sizes.train).c_str()));
    sizes.val = foldSize(sizes.train, data.folds, 0);
    sizes.train -= sizes.val;
  }
  if (sizes.train == 0)
    return Status::error("split: nothing is left for the training split");
  return Status();
}

/// Deals rows 0 … rows - 1 to parts of these sizes; remaining rows are not used.
static std::vector<std::vector<int64_t>> dealRows(int64_t rows, const std::vector<int64_t> &sizes,
                                                  const std::vector<int32_t> &strata,
                                                  uint64_t seed) {
  std::vector<int64_t> order = allRows(rows);
  if (sizes[0] != rows)
    shuffle(order, seed, Stream::Split, 0, 0);
  std::vector<std::vector<int64_t>> parts(sizes.size());
  if (strata.empty()) {
    int64_t at = 0;
    for (size_t p = 0; p < parts.size(); ++p)
      for (int64_t i = 0; i < sizes[p]; ++i)
        parts[p].push_back(order[at++]);
    return parts;
  }
  // Stratum by stratum, each row goes to the part that is furthest below its share so far. At every
  // point each part is within about one row of its share, and therefore also in each stratum; the
  // caps make the totals exact.
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return strata[a] < strata[b]; });
  std::vector<int64_t> want = sizes;
  int64_t unused = rows;
  for (int64_t size : sizes)
    unused -= size;
  want.push_back(unused);
  std::vector<int64_t> given(want.size(), 0);
  for (int64_t i = 0; i < rows; ++i) {
    size_t best = want.size();
    double most = 0;
    for (size_t p = 0; p < want.size(); ++p) {
      double missing = double(want[p]) * double(i + 1) / double(rows) - double(given[p]);
      if (given[p] < want[p] && (best == want.size() || missing > most)) {
        best = p;
        most = missing;
      }
    }
    ++given[best];
    if (best < parts.size())
      parts[best].push_back(order[i]);
  }
  return parts;
}

/// All rows of a small class may have gone to the other splits, so it could not be learned: it gets
/// one of those rows, in exchange for one of the class with the most training rows.
static void teachEveryClass(const std::vector<int32_t> &strata,
                            std::vector<std::vector<int64_t>> &parts) {
  const int32_t count = 1 + *std::max_element(strata.begin(), strata.end());
  std::vector<int64_t> trained(count, 0);
  for (int64_t row : parts[0])
    ++trained[strata[row]];
  for (size_t p = parts.size(); p-- > 1;)
    for (int64_t &row : parts[p]) {
      const int32_t most =
          int32_t(std::max_element(trained.begin(), trained.end()) - trained.begin());
      if (trained[strata[row]] > 0 || trained[most] < 2)
        continue;
      auto given = std::find_if(parts[0].rbegin(), parts[0].rend(),
                                [&](int64_t r) { return strata[r] == most; });
      --trained[most];
      ++trained[strata[row]];
      std::swap(*given, row);
    }
}

/// Source order: reads walk forward through memory, and evaluation follows the file.
static void sortSplits(std::vector<int64_t> (&splits)[3]) {
  for (std::vector<int64_t> &split : splits)
    std::sort(split.begin(), split.end());
}

void splitRows(int64_t rows, const SplitSizes &sizes, const std::vector<int32_t> &strata,
               uint64_t seed, std::vector<int64_t> (&splits)[3]) {
  std::vector<std::vector<int64_t>> parts =
      dealRows(rows, {sizes.train, sizes.val, sizes.test}, strata, seed);
  if (!strata.empty())
    teachEveryClass(strata, parts);
  for (int s = 0; s < 3; ++s)
    splits[s] = std::move(parts[s]);
  sortSplits(splits);
}

void foldRows(int64_t rows, int64_t test, int32_t folds, int32_t fold,
              const std::vector<int32_t> &strata, uint64_t seed,
              std::vector<int64_t> (&splits)[3]) {
  std::vector<int64_t> sizes;
  for (int32_t f = 0; f < folds; ++f)
    sizes.push_back(foldSize(rows - test, folds, f));
  sizes.push_back(test);
  std::vector<std::vector<int64_t>> parts = dealRows(rows, sizes, strata, seed);
  splits[NN_SPLIT_TRAIN].clear();
  for (int32_t f = 0; f < folds; ++f)
    if (f != fold)
      splits[NN_SPLIT_TRAIN].insert(splits[NN_SPLIT_TRAIN].end(), parts[f].begin(), parts[f].end());
  splits[NN_SPLIT_VAL] = std::move(parts[fold]);
  splits[NN_SPLIT_TEST] = std::move(parts[folds]);
  sortSplits(splits);
}

Status strataOf(Elements values, int64_t rows, int64_t size, const std::string &name,
                std::vector<int32_t> &strata) {
  auto key = [&](int64_t row) {
    std::vector<double> elements(size);
    for (int64_t i = 0; i < size; ++i)
      elements[i] = values.get(row * size + i);
    return elements;
  };
  std::map<std::vector<double>, std::pair<int32_t, int64_t>> seen; // number, rows
  for (int64_t row = 0; row < rows; ++row)
    ++seen[key(row)].second;
  int32_t next = 0;
  int64_t alone = 0;
  for (auto &entry : seen) {
    entry.second.first = next++;
    alone += entry.second.second == 1;
  }
  if (alone > rows / 2)
    return Status::error(
        format("split: `stratify = %s` finds %s different values in %s rows, but it needs classes",
               name.c_str(), grouped(next).c_str(), grouped(rows).c_str()));
  strata.resize(rows);
  for (int64_t row = 0; row < rows; ++row)
    strata[row] = seen[key(row)].first;
  return Status();
}

} // namespace nnrt
