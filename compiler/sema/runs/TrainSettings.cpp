// The names of the settings of train blocks, and of their losses.
#include "compiler/sema/runs/TrainSettings.h"

#include "runtime/schema/program.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using llvm::StringRef;

namespace nnc::sema {

llvm::ArrayRef<StringRef> trainSettings() {
  static const StringRef names[] = {"loss",   "optimizer", "times",      "batch",
                                    "epochs", "steps",     "accumulate", "average"};
  return names;
}

std::optional<TrainSetting> findTrainSetting(StringRef name) {
  const size_t at = llvm::find(trainSettings(), name) - trainSettings().begin();
  return at < trainSettings().size() ? std::optional(TrainSetting(at)) : std::nullopt;
}

llvm::SmallVector<const ast::UpdateEntry *> updatesOf(const ast::TrainStmt &train) {
  llvm::SmallVector<const ast::UpdateEntry *> updates;
  for (const ast::Entry *e : train.entries)
    if (auto *update = llvm::dyn_cast<ast::UpdateEntry>(e); update && !update->places.empty())
      updates.push_back(update);
  return updates;
}

std::vector<std::string> lossNames(const ast::TrainStmt &train) {
  std::vector<std::string> names;
  llvm::StringMap<int> counts;
  for (const ast::UpdateEntry *update : updatesOf(train)) {
    std::string name = update->places.front().text() + "." + nnrt::lossName;
    if (const int n = ++counts[name]; n > 1)
      name += std::to_string(n);
    names.push_back(std::move(name));
  }
  if (names.empty())
    names.emplace_back(nnrt::lossName);
  return names;
}

} // namespace nnc::sema
