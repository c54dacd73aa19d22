// The names of the settings of train blocks.
#include "compiler/sema/runs/TrainSettings.h"

#include "llvm/ADT/STLExtras.h"

using llvm::StringRef;

namespace nnc::sema {

llvm::ArrayRef<StringRef> trainSettings() {
  static const StringRef names[] = {"loss", "optimizer", "batch", "epochs", "steps"};
  return names;
}

std::optional<TrainSetting> findTrainSetting(StringRef name) {
  const size_t at = llvm::find(trainSettings(), name) - trainSettings().begin();
  return at < trainSettings().size() ? std::optional(TrainSetting(at)) : std::nullopt;
}

} // namespace nnc::sema
