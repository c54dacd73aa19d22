// Divides rows into training, validation and test splits. Everything here is a function of its
// arguments: the same seed deals the same rows, on every machine and for any number of threads.
#pragma once

#include "runtime/device/engine.h"

#include <cstdint>
#include <vector>

namespace nnrt {

/// Row numbers 0 … count - 1.
std::vector<int64_t> allRows(int64_t count);

struct SplitSizes {
  int64_t train, val, test;
};

/// The sizes that a data set's `split` requests of `rows` rows; with folds, those of its first
/// fold. Fails if a split would be empty, if the parts request more rows than there are, or if
/// there are fewer rows than folds.
Status splitSizes(const DataT &data, const Engine &engine, int64_t rows, SplitSizes &sizes);

/// Fills train, val and test (NN_SPLIT_…) with row numbers 0 … rows - 1, each in ascending order.
/// `strata` numbers the class of each row (empty: not stratified): every split then has its share
/// of every class, to within about one row, and the training split at least one row of each class,
/// as long as other classes have rows to give.
void splitRows(int64_t rows, const SplitSizes &sizes, const std::vector<int32_t> &strata,
               uint64_t seed, std::vector<int64_t> (&splits)[3]);

/// The same for fold `fold` (0 … folds - 1) of `folds`: its rows validate, those of all other folds
/// train. `test` rows are the same for every fold, every other row validates in exactly one, and
/// folds differ by at most one row; with strata, by about one row in every class.
void foldRows(int64_t rows, int64_t test, int32_t folds, int32_t fold,
              const std::vector<int32_t> &strata, uint64_t seed, std::vector<int64_t> (&splits)[3]);

/// Numbers rows by the values of their `size` elements, in ascending order. Fails if more than half
/// of the rows have values that occur only once: these are not classes. `name`: the field's, for
/// the message.
Status strataOf(Elements values, int64_t rows, int64_t size, const std::string &name,
                std::vector<int32_t> &strata);

} // namespace nnrt
