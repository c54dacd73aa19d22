// The settings of train blocks: `loss = …`, `epochs = …`.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace nnc::sema {

enum class TrainSetting { Loss, Optimizer, Batch, Epochs, Steps };

/// The names of all settings, in the order of the enumeration.
llvm::ArrayRef<llvm::StringRef> trainSettings();
/// The setting of that name, or nothing.
std::optional<TrainSetting> findTrainSetting(llvm::StringRef name);

} // namespace nnc::sema
