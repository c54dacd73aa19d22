// The report's part about a train statement: its figures, advice, curves, and what was monitored.
#include "runtime/record/advice.h"
#include "runtime/report/page.h"

namespace nnrt {

static std::string both(int64_t part, int64_t whole) {
  return part == whole ? grouped(part) : grouped(part) + " of " + grouped(whole);
}

static Page::Facts runFacts(const TrainRecord &record) {
  const TrainT &train = *record.statement;
  Page::Facts facts = {{"rows", grouped(record.trainRows) + " train, " + grouped(record.valRows) +
                                    " val, " + grouped(record.testRows) + " test"},
                       {"batch", grouped(record.batch)},
                       {"steps", both(record.steps, record.totalSteps) + ", " +
                                     grouped(record.stepsPerEpoch) + " in an epoch"},
                       {"epochs", grouped(record.epochs)}};
  std::string speed =
      record.steps && record.seconds > 0
          ? ", " + format(double(record.steps) < 100 * record.seconds ? "%.3g steps/s"
                                                                      : "%.0f steps/s",
                          double(record.steps) / record.seconds)
          : "";
  facts.push_back(
      {"time", duration(record.seconds) + speed + ", " + counted(record.threads, "thread")});
  if (train.has_keep && record.kept.seen)
    facts.push_back({"kept", "epoch " + std::to_string(record.kept.epoch + 1) + ": " +
                                 watchName(train.keep, train) + " " + number(record.kept.best)});
  if (record.stoppedEarly)
    facts.push_back({"stopped early", watchName(train.stop, train) +
                                          " did not improve after epoch " +
                                          std::to_string(record.stop.epoch + 1)});
  return facts;
}

/// The last epoch's values; metrics that are not numbers are left out.
static Page::Facts lastFacts(const TrainRecord &record) {
  Page::Facts facts;
  const EpochRecord &last = record.last;
  for (size_t i = 0; i < last.train.size(); ++i) {
    if (!isNumber(*record.statement, i))
      continue;
    std::string text = "train " + number(last.train[i]);
    if (i < last.val.size())
      text += ", val " + number(last.val[i]) + ", gap " + number(last.val[i] - last.train[i]);
    facts.push_back({valueName(*record.statement, i), text});
  }
  return facts;
}

void addTraining(Page &page, const TrainRecord &record) {
  const TrainT &train = *record.statement;
  page.section("train " + record.model + " on " + record.data +
               (record.variant.empty() ? "" : " (" + record.variant + ")"));
  page.cards({{"As written", statementFacts(train)},
              {"The run", runFacts(record)},
              {"The last epoch", record.epochs > 0 ? lastFacts(record) : Page::Facts()}});
  if (std::vector<Advice> list = advice(record); !list.empty()) {
    page.html += "<div class=\"advice\" role=\"note\"><ul>\n";
    for (const Advice &entry : list)
      page.html += "<li>" + htmlText(entry.text) + "</li>\n";
    page.html += "</ul></div>\n";
  }
  std::vector<std::string> plots;
  for (size_t i = 0; i < record.last.train.size(); ++i) {
    if (!isNumber(train, i))
      continue;
    Plot plot{valueName(train, i), {}, train.has_keep && record.kept.seen ? record.kept.epoch : -1};
    plot.curves.push_back({"train", series(record, false, i), record.history.stride(), 0, false});
    if (record.valRows)
      plot.curves.push_back({"val", series(record, true, i), record.history.stride(), 1, false});
    plots.push_back(curvesSvg(plot));
  }
  page.plots(plots);
  addMonitored(page, record);
}

} // namespace nnrt
