// Data sets whose fields are computed for each batch, and RowCheck, the check of all their rows.
#pragma once

#include "runtime/device/engine.h"
#include "runtime/device/task.h"
#include "runtime/support/status.h"

#include <vector>

namespace nnrt {

class Dataset;

/// Looks at every row once, and at the bounds of fields that are recorded until then. It may do so
/// on a thread of its own while the run's first steps are made.
class RowCheck {
public:
  explicit RowCheck(Dataset &data) : data(data) {}

  /// From now on the rows are not checked.
  void require() { looked = false; }
  bool isPending() const { return !looked; }
  /// Records a bound to be checked with the rows.
  void add(const BoundT &bound) { bounds.push_back(bound); }

  /// See Dataset::beginCheck, isChecking and checkRows.
  void begin(Engine &engine);
  bool isRunning() const { return task.isRunning(); }
  Status finish(Engine &engine);

private:
  Status checkRows(Engine &engine, int threads);
  Status checkRowsAndBounds(Engine &engine, int threads);

  Dataset &data;
  bool looked = true;
  std::vector<BoundT> bounds;
  Engine *engine = nullptr; // of the task
  Status result;            // of the task
  Task task;
};

/// Whether it is better to compute the fields of `data` for each batch than to keep them.
bool canKeepRaw(const Engine &engine, const Dataset &data);

} // namespace nnrt
