// Weights and balanced epochs for classes of unequal size. `classes` holds the class number of
// every row of a data set.
#pragma once

#include "runtime/sources/source.h"

#include <cstdint>
#include <vector>

namespace nnrt {

/// `rows` sorted by class, in ascending order of the class numbers; classes without a row are left
/// out.
std::vector<std::vector<int64_t>> rowsOfClasses(Elements classes, const std::vector<int64_t> &rows);

/// Replaces the class of each of `rows` rows by its weight n / (k n_class): n rows of `train`, in k
/// classes, n_class of them in this one. So the weights of `train` add up to n, and those of each
/// class to n / k. Returns -1, or the first row whose class is not in `train`; then nothing has
/// changed.
int64_t weighClasses(Elements classes, int64_t rows, const std::vector<int64_t> &train);

/// Fills `order`, an epoch, with rows drawn from `classes` in turn, with replacement, and shuffles
/// it: each class occurs equally often, to within one. The result depends only on the seed, the
/// run's number and the epoch.
void drawBalanced(const std::vector<std::vector<int64_t>> &classes, uint64_t seed, uint32_t run,
                  uint32_t epoch, std::vector<int64_t> &order);

} // namespace nnrt
