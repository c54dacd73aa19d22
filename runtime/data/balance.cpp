// Classes of unequal size: their weights in a loss, and epochs that draw them equally often. Both
// use only the training split.
#include "runtime/data/balance.h"
#include "runtime/support/shuffle.h"

#include <algorithm>
#include <map>

namespace nnrt {

std::vector<std::vector<int64_t>> rowsOfClasses(Elements classes,
                                                const std::vector<int64_t> &rows) {
  std::map<double, std::vector<int64_t>> found;
  for (int64_t row : rows)
    found[classes.get(row)].push_back(row);
  std::vector<std::vector<int64_t>> result;
  for (auto &entry : found)
    result.push_back(std::move(entry.second));
  return result;
}

int64_t weighClasses(Elements classes, int64_t rows, const std::vector<int64_t> &train) {
  std::map<double, double> weights;
  for (const std::vector<int64_t> &members : rowsOfClasses(classes, train))
    weights[classes.get(members[0])] = double(members.size());
  for (auto &entry : weights)
    entry.second = double(train.size()) / (double(weights.size()) * entry.second);
  for (int64_t row = 0; row < rows; ++row)
    if (!weights.count(classes.get(row)))
      return row;
  for (int64_t row = 0; row < rows; ++row)
    classes.set(row, weights[classes.get(row)]);
  return -1;
}

void drawBalanced(const std::vector<std::vector<int64_t>> &classes, uint64_t seed, uint32_t run,
                  uint32_t epoch, std::vector<int64_t> &order) {
  for (size_t i = 0; i < order.size(); ++i) {
    const std::vector<int64_t> &members = classes[(i + epoch) % classes.size()];
    const Philox block = randomWords(seed, Stream::Balance, i >> 2, run, epoch);
    order[i] = members[below(block.word[i & 3], uint32_t(members.size()))];
  }
  shuffle(order, seed, Stream::Shuffle, run, epoch);
}

} // namespace nnrt
