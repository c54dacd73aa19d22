// The report's part about the runs of one group, side by side.
#include "runtime/record/advice.h"
#include "runtime/report/judge.h"
#include "runtime/report/page.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

namespace {

/// Enough digits to distinguish runs, few enough for a wide table.
std::string shortly(double value) { return format("%.4g", value); }

std::string swatch(int colour) {
  return format("<span class=\"swatch\" style=\"background:%s\"></span>", paletteColour(colour));
}

} // namespace

static void addRanking(Page &page, const Group &group, const std::vector<EvaluateRecord> &evaluated,
                       const SearchRecord *search) {
  const TrainRecord &first = *group.front();
  const TrainT &train = *first.statement;
  Judge judge(first, search);
  Page::Table table{"the runs, best " + judge.name +
                        " first; the other values are those of the last epoch",
                    {"run", (search ? "" : "best ") + judge.name, "at epoch"},
                    {},
                    {},
                    ""};
  for (int32_t i = -1; i < int32_t(train.metrics.size()); ++i)
    if (i < 0 || int32_t(train.metrics[i].shape.size()) == 0)
      for (const char *split : {"train", "val"})
        if (split[0] == 't' || first.valRows)
          table.head.push_back(std::string(split) + "." + valueName(train, size_t(i + 1)));
  std::vector<std::string> tests; // values of evaluate statements in the runs
  auto testsOf = [&](const TrainRecord &record, const std::string &name) {
    for (const EvaluateRecord &e : evaluated)
      if (e.groupPlace == record.groupPlace && e.group == record.group &&
          e.variant == record.variant)
        for (const EvaluateRecord::Value &v : e.metrics)
          if (v.shape.empty() && e.data + " " + v.name == name)
            return number(v.values[0]);
    return std::string("–");
  };
  for (const EvaluateRecord &e : evaluated)
    if (e.groupPlace == first.groupPlace && e.group == first.group)
      for (const EvaluateRecord::Value &v : e.metrics)
        if (std::string name = e.data + " " + v.name;
            v.shape.empty() && std::find(tests.begin(), tests.end(), name) == tests.end())
          tests.push_back(name);
  table.head.insert(table.head.end(), tests.begin(), tests.end());
  for (const char *name : {"epochs", "time", "steps/s"})
    table.head.push_back(name);

  struct Place {
    double best = NAN;
    size_t epoch = 0, index = 0;
  };
  std::vector<Place> order(group.size());
  for (size_t i = 0; i < group.size(); ++i) {
    order[i].index = i;
    order[i].best = judge.bestOf(*group[i], order[i].epoch);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](const Place &a, const Place &b) { return judge.better(a.best, b.best); });
  for (const Place &place : order) {
    const TrainRecord &record = *group[place.index];
    const std::string failed = record.failure.empty() ? "" : " (failed)";
    std::vector<std::string> cells = {swatch(int(place.index)) + htmlText(record.variant + failed),
                                      shortly(place.best),
                                      place.epoch ? std::to_string(place.epoch) : "–"};
    for (size_t i = 0; i < 1 + train.metrics.size(); ++i)
      if (isNumber(train, i))
        for (const std::vector<double> *values : {&record.last.train, &record.last.val})
          if (values == &record.last.train || first.valRows)
            cells.push_back(i < values->size() ? shortly((*values)[i]) : "–");
    for (const std::string &name : tests)
      cells.push_back(testsOf(record, name));
    cells.push_back(grouped(record.epochs));
    cells.push_back(duration(record.seconds));
    cells.push_back(record.seconds > 0 ? number(std::round(double(record.steps) / record.seconds))
                                       : "–");
    table.rows.push_back(cells);
    table.classes.push_back(table.rows.size() == 1 ? "best" : "");
  }
  page.table(table);
}

void addCurves(Page &page, const TrainRecord &of, size_t count, const std::string &ending,
               const std::function<Curve(bool val, size_t value, size_t index)> &curve) {
  std::vector<std::string> plots;
  for (bool val : {true, false})
    for (size_t value = 0; value < 1 + of.statement->metrics.size(); ++value) {
      if (!isNumber(*of.statement, value) || (val && !of.valRows))
        continue;
      Plot plot{
          std::string(val ? "val." : "train.") + valueName(*of.statement, value) + ending, {}, -1};
      for (size_t i = 0; i < count; ++i)
        plot.curves.push_back(curve(val, value, i));
      plots.push_back(curvesSvg(plot));
    }
  page.plots(plots);
}

NN_PART(comparison);

void addComparison(Page &page, const Group &group, const std::vector<EvaluateRecord> &evaluated,
                   const SearchRecord *search) {
  page.cards({{"As written", statementFacts(*group.front()->statement)}});
  addMeans(page, group, evaluated, search);
  const bool folded = group.front()->repeated; // the means matter more
  if (folded)
    page.fold("each run and its curves");
  addRanking(page, group, evaluated, search);
  addCurves(page, *group.front(), group.size(), "", [&](bool val, size_t value, size_t g) {
    const TrainRecord &run = *group[g];
    return Curve{run.variant, series(run, val, value), run.history.stride(), int(g), g >= 8, {}};
  });
  if (folded)
    page.endFold();
  std::string notes;
  for (size_t g = 0; g < group.size(); ++g) {
    if (!group[g]->failure.empty())
      notes += "<li>" + (folded ? "" : swatch(int(g))) + "<b>" + htmlText(group[g]->variant) +
               "</b> failed: " + htmlText(group[g]->failure) + "</li>\n";
    for (const Advice &entry : advice(*group[g]))
      notes += "<li>" + (folded ? "" : swatch(int(g))) + "<b>" + htmlText(group[g]->variant) +
               "</b>: " + htmlText(entry.text) + "</li>\n";
  }
  if (!notes.empty())
    page.html += "<div class=\"advice\" role=\"note\"><ul>\n" + notes + "</ul></div>\n";
}

} // namespace nnrt
