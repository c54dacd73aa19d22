// The tables of distributions for drawn constants and of search methods.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace nnc::sema {

struct Distribution {
  llvm::StringRef name;
  int32_t draw;         // nn_draw
  unsigned least, most; // number of arguments; for NN_DRAW_LIST the arguments are the values
  llvm::StringRef example;
};
/// The distribution of that name, or null.
const Distribution *findDistribution(llvm::StringRef name);

struct SearchMethod {
  llvm::StringRef name;
  int32_t method; // nn_method
  bool needsTrials;
};
/// The method of that name, or null.
const SearchMethod *findSearchMethod(llvm::StringRef name);

} // namespace nnc::sema
