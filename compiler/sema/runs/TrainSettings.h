// The settings of train blocks, and the names of their losses: `loss = …`, `epochs = …`.
#pragma once

#include "compiler/ast/Ast.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace nnc::sema {

enum class TrainSetting { Loss, Optimizer, Times, Batch, Epochs, Steps, Accumulate, Average };

/// The names of all settings, in the order of the enumeration.
llvm::ArrayRef<llvm::StringRef> trainSettings();
/// The setting of that name, or nothing.
std::optional<TrainSetting> findTrainSetting(llvm::StringRef name);
/// Whether it belongs in the `update` blocks of a statement that has any; `loss` and `optimizer`
/// belong in the block of the statement otherwise.
inline bool isOfUpdate(TrainSetting setting) { return setting <= TrainSetting::Times; }

/// The `update` entries of a statement.
llvm::SmallVector<const ast::UpdateEntry *> updatesOf(const ast::TrainStmt &train);
/// The name of the loss of each update, in order: `critic.loss`; of a statement without updates
/// `loss`. A second one of a name is `critic.loss2`.
std::vector<std::string> lossNames(const ast::TrainStmt &train);

} // namespace nnc::sema
