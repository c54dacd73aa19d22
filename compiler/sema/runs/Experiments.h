// What search and compare can do, each fact once: distributions of drawn constants, methods of
// search.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace nnc::sema {

struct Distribution {
  llvm::StringRef name;
  int32_t draw;         // nn_draw
  unsigned least, most; // arguments; of NN_DRAW_LIST they are the values
  llvm::StringRef example;
};
/// The one of that name, or null.
const Distribution *findDistribution(llvm::StringRef name);

struct SearchMethod {
  llvm::StringRef name;
  int32_t method; // nn_method
  bool needsTrials;
};
/// The one of that name, or null.
const SearchMethod *findSearchMethod(llvm::StringRef name);

} // namespace nnc::sema
