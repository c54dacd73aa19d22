// Draws the progress of a training run. The clock is read only about every 20 ms, however short the
// steps are.
#include "runtime/terminal/progress.h"

#include "runtime/process/output.h"
#include "runtime/support/status.h"
#include "runtime/support/visible.h"
#include "runtime/terminal/terminal.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/ioctl.h>
#include <unistd.h>

namespace nnrt {

static double since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Progress::Progress(bool quiet) : quiet(quiet) {
  const char *kind = getenv("TERM");
  terminal = isatty(1) && kind && strcmp(kind, "dumb") != 0;
}

void Progress::begin(const TrainRecord &record) {
  current = &record;
  firstStep = record.steps;
  started = lastDraw = lastLine = lookTime = Clock::now();
  lastLook = record.steps;
  nextLook = quiet || !terminal ? INT64_MAX : record.steps + 1;
  int64_t epochs = (record.totalSteps + record.stepsPerEpoch - 1) / record.stepsPerEpoch;
  everyEpochs = epochs <= 100 ? 1 : (epochs + 49) / 50;
  shownEpochs = record.epochs;
}

void Progress::look(int64_t steps, double meanLoss) {
  // Choose the next reading so that about 20 ms pass until then.
  double passed = since(lookTime),
         perStep = passed / double(std::max<int64_t>(1, steps - lastLook));
  lookTime = Clock::now();
  lastLook = steps;
  nextLook = steps + std::max<int64_t>(1, std::min<int64_t>(int64_t(0.02 / std::max(perStep, 1e-9)),
                                                            2 * (steps - firstStep) + 1));
  if (since(lastDraw) < 0.1)
    return;
  draw(steps, meanLoss);
}

static std::string shortNumber(double value) {
  double size = std::fabs(value);
  return size >= 1000                ? format("%.6g", value)
         : value != 0 && size < 1e-3 ? format("%.3g", value)
                                     : format("%.4f", value);
}

void Progress::draw(int64_t steps, double meanLoss) {
  lastDraw = Clock::now();
  double seconds = since(started), rate = double(steps - firstStep) / std::max(seconds, 1e-9);
  int64_t epochs = (current->totalSteps + current->stepsPerEpoch - 1) / current->stepsPerEpoch;
  int64_t epoch = std::min(epochs, steps / current->stepsPerEpoch + 1);
  double part = double(steps) / double(std::max<int64_t>(1, current->totalSteps));
  const int width = 20;
  int full = int(part * width + 0.5);
  std::string bar;
  for (int i = 0; i < width; ++i)
    bar += i < full ? "█" : "░";
  std::string line =
      format("epoch %lld/%lld %s %3.0f %%  %s %s", (long long)epoch, (long long)epochs, bar.c_str(),
             100 * part, lossOf(*current->statement).c_str(), shortNumber(meanLoss).c_str());
  if (current->epochs > 0) { // metrics are known at the end of an epoch: show the last ones
    const EpochRecord &last = current->last;
    const std::vector<double> &values = last.val.empty() ? last.train : last.val;
    for (int32_t m = 0; m < int32_t(current->statement->metrics.size()) && m < 2; ++m)
      if (size_t(m) + 1 < values.size() && current->statement->metrics[m].shape.empty())
        line +=
            format("  %s%s %s", last.val.empty() ? "" : "val.",
                   current->statement->metrics[m].name.c_str(), shortNumber(values[m + 1]).c_str());
  }
  line += rate >= 100 ? format("  %s steps/s", grouped(int64_t(rate)).c_str())
                      : format("  %.3g steps/s", rate);
  line += "  " + duration(double(current->totalSteps - steps) / std::max(rate, 1e-9)) + " left";
  for (bool val : {false, true}) // last, so that a narrow terminal cuts it first
    if (std::string spark = sparkline(series(*current, val, 0), 10); !spark.empty())
      line += (val ? "  val " : "  loss ") + spark;
  winsize size{};
  size_t columns = ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80, shown = 0,
         at = 0;
  for (; at < line.size();
       ++at) // cut at the terminal's width, counting characters rather than bytes
    if ((line[at] & 0xC0) != 0x80 && ++shown >= columns)
      break;
  drawText("\r" + visible(line.substr(0, at)) + "\033[K");
  drawn = true;
}

void Progress::clear() {
  if (drawn)
    drawText("\r\033[K");
  drawn = false;
}

std::string Progress::epochName(const TrainRecord &record) const {
  int64_t epochs = (record.totalSteps + record.stepsPerEpoch - 1) / record.stepsPerEpoch;
  return format("epoch %lld/%lld", (long long)record.epochs, (long long)epochs);
}

std::string Progress::values(const TrainRecord &record, const EpochRecord &epoch) {
  std::string line;
  for (int side = 0; side < 2; ++side) {
    const std::vector<double> &values = side ? epoch.val : epoch.train;
    for (size_t i = 0; i < values.size(); ++i)
      if (isNumber(*record.statement, i))
        line += format("  %s%s %s", side ? "val." : "", valueName(*record.statement, i).c_str(),
                       shortNumber(values[i]).c_str());
  }
  return line;
}

// A long run shows every n-th epoch, and reads the clock more often.
static constexpr int64_t clockEpochs = 64;

int64_t Progress::untilShown(int64_t steps, int64_t epochs) const {
  if (quiet)
    return INT64_MAX;
  auto until = [&](int64_t every) { return every - 1 - epochs % every; };
  return std::min({nextLook - steps - 1, until(everyEpochs), until(clockEpochs)});
}

void Progress::epoch(const TrainRecord &record) {
  if (quiet)
    return;
  int64_t done = record.epochs;
  bool due = done % everyEpochs == 0 || done == 1;
  if (!due && (everyEpochs == 1 || done % clockEpochs != 0 || since(lastLine) < 10))
    return;
  clear();
  show(epochName(record) + values(record, record.last) + "  " + duration(since(lastLine)) + "\n");
  lastLine = Clock::now();
  shownEpochs = done;
}

void Progress::end(const TrainRecord &record) {
  clear();
  if (!quiet && record.epochs > shownEpochs) {
    everyEpochs = 1;
    epoch(record);
  }
  current = nullptr;
}

void Progress::note(const std::string &text) {
  clear();
  if (quiet)
    return;
  show(text + "\n");
}

} // namespace nnrt
