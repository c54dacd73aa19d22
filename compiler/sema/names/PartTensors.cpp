// The table of names that stand for many tensors.
#include "compiler/sema/names/PartTensors.h"

#include "llvm/ADT/STLExtras.h"

namespace nnc::sema {

llvm::ArrayRef<llvm::StringRef> partTensorsNames() {
  static const llvm::StringRef names[] = {"weights", "biases", "parameters"};
  return names;
}

std::optional<PartTensors> findPartTensors(llvm::StringRef name) {
  const auto *found = llvm::find(partTensorsNames(), name);
  if (found == partTensorsNames().end())
    return std::nullopt;
  return PartTensors(found - partTensorsNames().begin());
}

} // namespace nnc::sema
