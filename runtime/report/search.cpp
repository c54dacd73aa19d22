// The report's part about the trials of a search, best first by its own goal.
#include "runtime/report/page.h"

#include <algorithm>
#include <cstdlib>

namespace nnrt {

NN_PART(search);

void addSearch(Page &page, const SearchRecord &search) {
  page.section("search " + search.name + (search.name.empty() ? "by " : " by ") + search.method +
               ": " + counted(int64_t(search.trials.size()), "trial"));
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
  for (size_t v = 0; v < search.variables.size();
       ++v) { // a plot over each variable with numeric values
    Dots dots{search.goal + " over " + search.variables[v],
              search.variables[v],
              {},
              search.best,
              false,
              lowest};
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
    std::vector<std::string> cells = {std::to_string(i + 1) +
                                      (int64_t(i) == search.best ? " ★" : "")};
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
