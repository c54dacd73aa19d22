// The state of an elaboration before the block of a scan.
#pragma once

#include "compiler/irgen/eval/Elaborator.h"

namespace nnc {

/// What is known before a block is elaborated. Nothing in the block may be used outside of it, and
/// a second elaboration must find what the first one found, so that it gives its layers and draws
/// the same places.
class ScanMark {
public:
  explicit ScanMark(Elaborator &elab);
  /// Forgets what is known of values in the block.
  void forgetInside();
  /// Forgets the applications in the block.
  void forgetApplications();
  /// Restores everything.
  void restore();

private:
  Elaborator &elab;
  Function &fn;
  std::optional<Placement> placement;
  int randomSites;
  llvm::StringMap<int> schedules;
  std::map<std::string, Value> inputs;
  std::map<std::pair<std::string, void *>, Value> applied;
  size_t applications, bounds, placed, meetings;
};

} // namespace nnc
