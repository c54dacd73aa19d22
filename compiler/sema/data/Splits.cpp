// The names of the splits of data sets.
#include "compiler/sema/data/Splits.h"

#include "llvm/ADT/STLExtras.h"

using llvm::StringRef;

namespace nnc::sema {

llvm::ArrayRef<StringRef> splitNames() {
  static const StringRef names[] = {"train", "val", "test"};
  static_assert(NN_SPLIT_TRAIN == 0 && NN_SPLIT_VAL == 1 && NN_SPLIT_TEST == 2);
  return names;
}

std::optional<program::split> findSplit(StringRef name) {
  const size_t at = llvm::find(splitNames(), name) - splitNames().begin();
  return at < splitNames().size() ? std::optional(program::split(at)) : std::nullopt;
}

} // namespace nnc::sema
