// Runs of one group side by side, and the trials of a search.
#include "runtime/advice.h"
#include "runtime/report/page.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace nnrt {

namespace {

/// What runs are ranked by: the first metric that has a direction, else the loss; of the validation split where there is one.
struct Judge {
  size_t value = 0; // as in series()
  bool val = false, highest = false;
  std::string name = "loss";

  explicit Judge(const TrainRecord &record) : val(record.valRows > 0) {
    for (int32_t m = 0; m < record.statement->n_metrics && value == 0; ++m)
      if (const nn_metric &metric = record.statement->metrics[m]; metric.rank == 0 && metric.direction != NN_NO_DIRECTION) {
        value = size_t(m) + 1;
        highest = metric.direction == NN_HIGHEST;
        name = metric.name;
      }
    name = (val ? "val." : "train.") + name;
  }
  bool better(double a, double b) const { return !(a != a) && (b != b || (highest ? a > b : a < b)); }
  double bestOf(const TrainRecord &record, size_t &epoch) const {
    double best = NAN;
    std::vector<double> curve = series(record, val, value);
    for (size_t i = 0; i < curve.size(); ++i)
      if (better(curve[i], best)) {
        best = curve[i];
        epoch = i * size_t(record.history.stride()) + 1;
      }
    return best;
  }
};

/// Enough digits to tell runs apart, few enough for a wide table.
std::string shortly(double value) { return format("%.4g", value); }

std::string swatch(int colour) { return format("<span class=\"swatch\" style=\"background:%s\"></span>", paletteColour(colour)); }

} // namespace

static void addRanking(Page &page, const std::vector<const TrainRecord *> &group, const std::vector<EvaluateRecord> &evaluated) {
  const TrainRecord &first = *group.front();
  const nn_train &train = *first.statement;
  Judge judge(first);
  Page::Table table{"the runs, best " + judge.name + " first; the other values are those of the last epoch",
                    {"run", "best " + judge.name, "at epoch"},
                    {},
                    {},
                    ""};
  for (int32_t i = -1; i < train.n_metrics; ++i)
    if (i < 0 || train.metrics[i].rank == 0)
      for (const char *split : {"train", "val"})
        if (split[0] == 't' || first.valRows)
          table.head.push_back(std::string(split) + "." + (i < 0 ? "loss" : train.metrics[i].name));
  std::vector<std::string> tests; // values of evaluate statements in the runs
  auto testsOf = [&](const TrainRecord &record, const std::string &name) {
    for (const EvaluateRecord &e : evaluated)
      if (e.group == record.group && e.variant == record.variant)
        for (const EvaluateRecord::Value &v : e.metrics)
          if (v.shape.empty() && e.data + " " + v.name == name)
            return number(v.values[0]);
    return std::string("–");
  };
  for (const EvaluateRecord &e : evaluated)
    if (e.group == first.group)
      for (const EvaluateRecord::Value &v : e.metrics)
        if (std::string name = e.data + " " + v.name; v.shape.empty() && std::find(tests.begin(), tests.end(), name) == tests.end())
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
  std::stable_sort(order.begin(), order.end(), [&](const Place &a, const Place &b) { return judge.better(a.best, b.best); });
  for (const Place &place : order) {
    const TrainRecord &record = *group[place.index];
    const std::string failed = record.failure.empty() ? "" : " (failed)";
    std::vector<std::string> cells = {swatch(int(place.index)) + htmlText(record.variant + failed), shortly(place.best),
                                      place.epoch ? std::to_string(place.epoch) : "–"};
    for (size_t i = 0; i < 1 + size_t(train.n_metrics); ++i)
      if (isNumber(train, i))
        for (const std::vector<double> *values : {&record.last.train, &record.last.val})
          if (values == &record.last.train || first.valRows)
            cells.push_back(i < values->size() ? shortly((*values)[i]) : "–");
    for (const std::string &name : tests)
      cells.push_back(testsOf(record, name));
    cells.push_back(grouped(record.epochs));
    cells.push_back(duration(record.seconds));
    cells.push_back(record.seconds > 0 ? number(std::round(double(record.steps) / record.seconds)) : "–");
    table.rows.push_back(cells);
    table.classes.push_back(table.rows.size() == 1 ? "best" : "");
  }
  page.table(table);
}

void addComparison(Page &page, const std::vector<const TrainRecord *> &group, const std::vector<EvaluateRecord> &evaluated) {
  const TrainRecord &first = *group.front();
  page.section(first.group + ": " + counted(int64_t(group.size()), "run"));
  addRanking(page, group, evaluated);
  std::vector<std::string> plots;
  for (bool val : {true, false})
    for (size_t i = 0; i < 1 + size_t(first.statement->n_metrics); ++i) {
      if (!isNumber(*first.statement, i) || (val && !first.valRows))
        continue;
      Plot plot{std::string(val ? "val." : "train.") + valueName(*first.statement, i), {}, -1};
      for (size_t g = 0; g < group.size(); ++g)
        plot.curves.push_back({group[g]->variant, series(*group[g], val, i), group[g]->history.stride(), int(g), g >= 8});
      plots.push_back(curvesSvg(plot));
    }
  page.plots(plots);
  std::string notes;
  for (size_t g = 0; g < group.size(); ++g) {
    if (!group[g]->failure.empty())
      notes += "<li>" + swatch(int(g)) + "<b>" + htmlText(group[g]->variant) + "</b> failed: " + htmlText(group[g]->failure) + "</li>\n";
    for (const Advice &entry : advice(*group[g]))
      notes += "<li>" + swatch(int(g)) + "<b>" + htmlText(group[g]->variant) + "</b>: " + htmlText(entry.text) + "</li>\n";
  }
  if (!notes.empty())
    page.html += "<div class=\"advice\" role=\"note\"><ul>\n" + notes + "</ul></div>\n";
}

void addSearch(Page &page, const SearchRecord &search) {
  page.section("search " + search.name + (search.name.empty() ? "by " : " by ") + search.method + ": " +
               counted(int64_t(search.trials.size()), "trial"));
  const bool lowest = search.direction != NN_HIGHEST, folds = search.folds > 1;
  page.paragraph(std::string(lowest ? "The least " : "The highest ") + search.goal + " is wanted" +
                 (folds ? ", the mean over " + counted(search.folds, "fold") : "") + ".");
  std::vector<size_t> order;
  for (size_t i = 0; i < search.trials.size(); ++i)
    order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    double x = search.trials[a].goal, y = search.trials[b].goal;
    return x == x && (y != y || (lowest ? x < y : x > y));
  });
  Dots all{search.goal + " of each trial", "trial", {}, search.best, true, lowest};
  for (size_t i = 0; i < search.trials.size(); ++i)
    all.points.push_back({double(i + 1), search.trials[i].goal});
  std::vector<std::string> plots = {dotsSvg(all)};
  for (size_t v = 0; v < search.variables.size(); ++v) { // over each variable that has numbers for values
    Dots dots{search.goal + " over " + search.variables[v], search.variables[v], {}, search.best, false, lowest};
    bool numbers = true;
    for (const SearchRecord::Trial &trial : search.trials) {
      char *end = nullptr;
      const char *text = v < trial.values.size() ? trial.values[v].c_str() : "";
      double value = strtod(text, &end);
      numbers &= end != text && !*end;
      dots.points.push_back({value, trial.goal});
    }
    if (numbers)
      plots.push_back(dotsSvg(dots));
  }
  page.plots(plots);
  Page::Table table{"the trials, best first", {"trial"}, {}, {}, ""};
  table.head.insert(table.head.end(), search.variables.begin(), search.variables.end());
  table.head.push_back(search.goal);
  if (folds)
    table.head.push_back("spread");
  table.head.insert(table.head.end(), {"epochs", "time"});
  for (size_t i : order) {
    const SearchRecord::Trial &trial = search.trials[i];
    std::vector<std::string> cells = {std::to_string(i + 1) + (int64_t(i) == search.best ? " ★" : "")};
    for (const std::string &value : trial.values)
      cells.push_back(htmlText(value));
    cells.push_back(trial.goal == trial.goal ? number(trial.goal) : "failed");
    if (folds)
      cells.push_back(number(trial.spread));
    cells.push_back(grouped(trial.epochs));
    cells.push_back(duration(trial.seconds));
    table.rows.push_back(cells);
    table.classes.push_back(int64_t(i) == search.best ? "best" : "");
  }
  page.table(table);
}

} // namespace nnrt
