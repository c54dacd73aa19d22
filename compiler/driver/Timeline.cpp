// Prints the table of --timing: stages in order, each indented below the stage that contains it.
#include "compiler/driver/Timeline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Format.h"

#include <chrono>

using namespace nnc;

double Timeline::now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void Timeline::add(std::string name, double begin, double end) {
  std::lock_guard<std::mutex> lock(guard);
  stages.push_back({std::move(name), begin, end, std::this_thread::get_id()});
}

/// Prints one line, without a share if `total` is 0.
static void row(llvm::raw_ostream &os, double seconds, double total, unsigned depth,
                llvm::StringRef name) {
  os << llvm::format("%9.1f ms  ", seconds * 1e3);
  if (total > 0)
    os << llvm::format("%5.1f %%  ", 100 * seconds / total);
  os.indent(2 * depth) << name << "\n";
}

void Timeline::print(llvm::raw_ostream &os, double begin, double end,
                     llvm::StringRef totalName) const {
  std::lock_guard<std::mutex> lock(guard);
  llvm::SmallVector<Stage> during, beside, after;
  for (const Stage &stage : stages) {
    if (stage.begin >= end)
      after.push_back(stage);
    else if (stage.thread == mainThread)
      during.push_back(stage);
    else
      beside.push_back(stage);
  }
  const double total = end - begin;
  /// Prints a list and returns how much of the time its outermost stages take.
  auto list = [&](llvm::SmallVector<Stage> &list, double total) {
    // A stage that contains another begins earlier, or begins at the same time and ends later.
    llvm::stable_sort(list, [](const Stage &a, const Stage &b) {
      return a.thread != b.thread ? a.thread < b.thread
             : a.begin != b.begin ? a.begin < b.begin
                                  : a.end > b.end;
    });
    double filled = 0;
    llvm::SmallVector<const Stage *> open;
    for (const Stage &stage : list) {
      while (!open.empty() &&
             (open.back()->thread != stage.thread || open.back()->end <= stage.begin))
        open.pop_back();
      if (open.empty())
        filled += std::min(stage.end, end) - stage.begin;
      row(os, stage.end - stage.begin, total, open.size(), stage.name);
      open.push_back(&stage);
    }
    return filled;
  };
  const double filled = list(during, total);
  row(os, total - filled, total, 0, "everything else");
  row(os, total, total, 0, totalName);
  if (!beside.empty()) {
    os << "meanwhile, on other threads:\n";
    list(beside, 0);
  }
  if (!after.empty()) {
    os << "afterwards:\n";
    list(after, 0);
  }
}
