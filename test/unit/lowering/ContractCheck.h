// Computes and compares contractions for the tests in ContractTest.cpp and ContractRandomTest.cpp.
#pragma once

#include "CompiledFunction.h"
#include "Contraction.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace nnc {

template <class T> std::vector<T> randomNumbers(int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<T> uniform(-1, 1);
  std::vector<T> values(count);
  for (T &value : values)
    value = uniform(random);
  return values;
}

/// The result of the contraction on fixed random operands; the memory after it must not change.
template <class T>
std::vector<T> computeContraction(CompiledFunction &function, const Contraction &c, int64_t rows,
                                  int threads) {
  auto a = randomNumbers<T>(elementsOf(c.leftShape, rows), 1),
       b = randomNumbers<T>(elementsOf(c.rightShape(), rows), 2);
  int64_t size = elementsOf(c.outShape(), rows);
  std::vector<T> y(size + 64, T(-77));
  function.run(rows, {a.data(), b.data()}, {y.data()}, threads);
  for (int64_t i = size; i < int64_t(y.size()); ++i)
    EXPECT_EQ(y[i], T(-77)) << "wrote past the end";
  y.resize(size);
  return y;
}

/// Checks that every element is within γ_K Σ|a||b| of the definition, with the same bits on one,
/// two and three threads.
template <class T>
void checkContraction(CompiledFunction &function, const Contraction &c, int64_t rows) {
  auto a = randomNumbers<T>(elementsOf(c.leftShape, rows), 1),
       b = randomNumbers<T>(elementsOf(c.rightShape(), rows), 2);
  std::vector<double> y, magnitude;
  c.reference(rows, std::vector<double>(a.begin(), a.end()),
              std::vector<double>(b.begin(), b.end()), y, magnitude);
  std::vector<T> got = computeContraction<T>(function, c, rows, 1);
  double k = double(c.depth(rows)), unit = std::numeric_limits<T>::epsilon() / 2,
         gamma = k * unit / (1 - k * unit);
  // The reference itself also rounds, in double.
  double slack = sizeof(T) == 8 ? 2 : 1;
  for (size_t i = 0; i < y.size(); ++i)
    ASSERT_LE(std::fabs(double(got[i]) - y[i]), slack * gamma * magnitude[i] + 1e-300)
        << "element " << i << " of " << y.size() << ": " << got[i] << ", not " << y[i];
  for (int threads : {2, 3}) {
    std::vector<T> other = computeContraction<T>(function, c, rows, threads);
    ASSERT_TRUE(got == other) << threads << " threads change the result";
  }
}

} // namespace nnc
