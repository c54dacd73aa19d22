// Compares Differentiate's gradients with central differences of the interpreter, to any order.
#pragma once
#include "test/interpreter/Interpreter.h"
#include <gtest/gtest.h>
#include <string>

namespace nnc::test {

/// The domain of a check's random arguments.
struct Domain {
  double low = -2, high = 2;
  /// Arguments that are drawn but not differentiated (indices, seeds); whole numbers in [low,
  /// high].
  std::vector<unsigned> indices = {};
  /// Whether all arguments are whole numbers, which include 0, ties and places where functions are
  /// undefined.
  bool whole = false;
};

/// `body` is the text of a function's parameters, results and block, with element type f64:
///   "(%x: tensor<3xf64>) -> tensor<3xf64> { %y = nn.exp %x : tensor<3xf64> return %y :
///   tensor<3xf64> }".
/// Checks d(Σ w·results)/d(arguments) for random w, and `order` - 1 gradients of it in the same
/// way, each before and after Simplify, and after Hoist.
void checkGradients(const std::string &body, Domain domain = {}, int order = 1, int64_t batch = 3);

} // namespace nnc::test
