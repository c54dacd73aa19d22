// The tables of distributions for drawn constants, of search methods and of settings.
#pragma once

#include "compiler/support/Program.h"

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace nnc::sema {

struct Distribution {
  llvm::StringRef name;
  program::draw draw;
  unsigned least, most; // arguments; of NN_DRAW_LIST they are the values
  llvm::StringRef example;
};
/// The distribution of that name, or null.
const Distribution *findDistribution(llvm::StringRef name);

struct SearchMethod {
  llvm::StringRef name;
  program::method method;
  bool needsTrials;
};
/// The method of that name, or null.
const SearchMethod *findSearchMethod(llvm::StringRef name);

/// The settings of `search` and of `ensemble`.
enum class RunSetting { Trials, Members, Seed };
/// The setting of that name, or nothing.
std::optional<RunSetting> findRunSetting(llvm::StringRef name);

} // namespace nnc::sema
