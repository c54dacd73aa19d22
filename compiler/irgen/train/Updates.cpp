// Reads the entries of train blocks.
#include "compiler/irgen/train/Updates.h"

#include "compiler/sema/runs/TrainSettings.h"

using namespace nnc;

void TrainEntries::read(const ast::SettingEntry &setting) {
  const auto known = sema::findTrainSetting(setting.name.text);
  if (!known)
    return;
  switch (*known) {
  case sema::TrainSetting::Loss:
    loss = setting.value;
    break;
  case sema::TrainSetting::Optimizer:
    optimizer = setting.value;
    break;
  case sema::TrainSetting::Times:
    times = setting.value;
    break;
  case sema::TrainSetting::Batch:
    batch = setting.value;
    break;
  case sema::TrainSetting::Epochs:
    epochs = setting.value;
    break;
  case sema::TrainSetting::Steps:
    steps = setting.value;
    break;
  case sema::TrainSetting::Accumulate:
    accumulate = setting.value;
    break;
  case sema::TrainSetting::Average:
    average = setting.value;
    break;
  }
}

TrainEntries::TrainEntries(llvm::ArrayRef<ast::Entry *> entries) {
  for (const ast::Entry *e : entries) {
    if (auto *set = llvm::dyn_cast<ast::SettingEntry>(e)) {
      read(*set);
    } else if (auto *m = llvm::dyn_cast<ast::MetricEntry>(e)) {
      metrics.push_back(m);
    } else if (auto *c = llvm::dyn_cast<ast::ClipEntry>(e)) {
      clip = c;
    } else if (auto *c = llvm::dyn_cast<ast::ConstrainEntry>(e)) {
      constraints.push_back(c);
    } else if (auto *o = llvm::dyn_cast<ast::OptimizerEntry>(e)) {
      parts.push_back(o);
    } else if (auto *s = llvm::dyn_cast<ast::StopEntry>(e)) {
      stop = s;
    } else if (auto *k = llvm::dyn_cast<ast::KeepEntry>(e)) {
      keep = k;
    } else if (auto *c = llvm::dyn_cast<ast::CheckpointEntry>(e)) {
      checkpoint = c;
    }
  }
}

std::vector<StepUpdate> nnc::updatesOf(ProgramContext &ctx, const TrainStatement &train) {
  std::vector<StepUpdate> updates;
  auto add = [&](llvm::ArrayRef<ast::Entry *> entries, llvm::ArrayRef<ast::Path> places,
                 Range range) {
    StepUpdate update{TrainEntries(entries),
                      updates.size(),
                      train.prefix + "_step",
                      {},
                      "",
                      range,
                      {},
                      {},
                      {},
                      {},
                      {},
                      {},
                      {}};
    if (update.number)
      update.name += std::to_string(update.number + 1);
    for (const ast::Path &place : places) {
      update.places.push_back(ctx.placeText(place));
      update.text += (update.text.empty() ? "" : "`, `") + place.text();
    }
    updates.push_back(std::move(update));
  };
  for (const ast::UpdateEntry *update : sema::updatesOf(*train.statement))
    add(update->entries, update->places, update->range);
  if (updates.empty())
    add(train.statement->entries, train.statement->targets, train.statement->range);
  return updates;
}
