// Averages runs that differ only in their fold or their seed: means and deviations of their
// results, and their mean curves.
#include "runtime/report/judge.h"
#include "runtime/report/page.h"

#include <algorithm>
#include <map>

namespace nnrt {

namespace {

/// Runs that are averaged.
struct Averaged {
  std::string name;
  Group runs;
  size_t failed() const {
    return size_t(std::count_if(runs.begin(), runs.end(),
                                [](const TrainRecord *r) { return !r->failure.empty(); }));
  }
};

/// Runs with the same name, in the order in which the names appear.
template <class Name> std::vector<Averaged> byName(const Group &group, Name &&nameOf) {
  std::vector<Averaged> list;
  for (const TrainRecord *record : group) {
    const std::string name = nameOf(*record);
    auto same =
        std::find_if(list.begin(), list.end(), [&](const Averaged &a) { return a.name == name; });
    if (same == list.end())
      same = list.insert(list.end(), {name, {}});
    same->runs.push_back(record);
  }
  return list;
}

/// The results of one run, by name: its last or kept epoch, its evaluations.
std::vector<std::pair<std::string, double>> valuesOf(const TrainRecord &record,
                                                     const std::vector<EvaluateRecord> &evaluated) {
  std::vector<std::pair<std::string, double>> values;
  const std::vector<std::string> names = columnsOf(record);
  const std::vector<double> ends = endOf(record);
  for (size_t i = 0; i < names.size() && i < ends.size(); ++i)
    values.emplace_back(names[i], ends[i]);
  for (const EvaluateRecord &e : evaluated)
    if (e.groupPlace == record.groupPlace && e.group == record.group && e.variant == record.variant)
      for (const EvaluateRecord::Value &v : e.metrics)
        if (v.shape.empty())
          values.emplace_back(e.data + " " + v.name, v.values[0]);
  return values;
}

/// A row for each of `list`, best first, with the mean and the deviation of each value over its
/// runs.
void addTable(Page &page, const std::string &caption, const std::string &head,
              const std::vector<Averaged> &list, const std::vector<EvaluateRecord> &evaluated,
              const Judge &judge) {
  struct Row {
    const Averaged *of;
    std::map<std::string, std::vector<double>> values;
    double judged = NAN, seconds = 0;
  };
  const std::string judged = judge.column(*list.front().runs.front());
  std::vector<std::string> names;
  std::vector<Row> rows;
  for (const Averaged &averaged : list) {
    Row row{&averaged, {}, NAN, 0};
    for (const TrainRecord *record : averaged.runs) {
      row.seconds += record->seconds;
      for (const auto &[name, value] : valuesOf(*record, evaluated)) {
        if (std::find(names.begin(), names.end(), name) == names.end())
          names.push_back(name);
        row.values[name].push_back(value);
      }
    }
    // The mean of the successful runs says nothing about one that failed.
    if (averaged.failed())
      row.values.clear();
    else if (!row.values[judged].empty())
      row.judged = spreadOf(row.values[judged]).mean;
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row &a, const Row &b) { return judge.better(a.judged, b.judged); });
  Page::Table table{caption, {head, "runs"}, {}, {}, "means"};
  table.head.insert(table.head.end(), names.begin(), names.end());
  table.head.push_back("time");
  for (const Row &row : rows) {
    const size_t count = row.of->runs.size(), failed = row.of->failed();
    std::vector<std::string> cells = {htmlText(row.of->name),
                                      failed ? format("%zu, %zu failed", count, failed)
                                             : std::to_string(count)};
    for (const std::string &name : names) {
      auto found = row.values.find(name);
      cells.push_back(found == row.values.end() || found->second.empty()
                          ? "–"
                          : meanAndSpread(spreadOf(found->second), int64_t(found->second.size())));
    }
    cells.push_back(duration(row.seconds));
    table.rows.push_back(std::move(cells));
    table.classes.push_back(table.rows.size() == 1 && row.judged == row.judged ? "best" : "");
  }
  page.table(table);
}

/// The mean of the runs' curves, up to the end of the shortest, with their deviation.
Curve meanCurve(const Averaged &averaged, bool val, size_t value, int colour) {
  Curve curve{averaged.name, {}, 1, colour, colour >= 8, {}};
  for (const TrainRecord *run : averaged.runs) // strides are powers of two
    curve.stride = std::max(curve.stride, run->history.stride());
  std::vector<std::vector<double>> all;
  for (const TrainRecord *run : averaged.runs) {
    const std::vector<double> whole = series(*run, val, value);
    std::vector<double> &thinned = all.emplace_back();
    for (size_t i = 0; i < whole.size(); i += size_t(curve.stride / run->history.stride()))
      thinned.push_back(whole[i]);
  }
  size_t length = SIZE_MAX;
  for (const std::vector<double> &one : all)
    length = std::min(length, one.size());
  for (size_t i = 0; i < length && !all.empty(); ++i) {
    std::vector<double> values;
    for (const std::vector<double> &one : all)
      values.push_back(one[i]);
    const Spread spread = spreadOf(values);
    curve.values.push_back(spread.mean);
    curve.spread.push_back(spread.deviation);
  }
  return curve;
}

} // namespace

void addMeans(Page &page, const Group &group, const std::vector<EvaluateRecord> &evaluated,
              const SearchRecord *search) {
  const Judge judge(*group.front(), search);
  if (group.front()->repeated) {
    const std::vector<Averaged> trials = byName(group, [](const TrainRecord &r) {
      return r.trial.empty() ? std::string("all folds") : r.trial;
    });
    addTable(page,
             "mean ± standard deviation over the runs, best " + judge.name +
                 " first; of the epoch that was kept, else of the last one",
             "trial", trials, evaluated, judge);
    addCurves(
        page, *group.front(), trials.size(), ", mean ± deviation",
        [&](bool val, size_t value, size_t t) { return meanCurve(trials[t], val, value, int(t)); });
  }
  // If several constants are compared, one table for each: a seed among them has its mean and
  // deviation here.
  const auto &choices = group.front()->choices;
  std::vector<std::pair<size_t, std::vector<Averaged>>> varied;
  for (size_t c = 0; c < choices.size(); ++c) {
    std::vector<Averaged> values =
        byName(group, [&](const TrainRecord &r) { return r.choices[c].second; });
    if (values.size() > 1)
      varied.emplace_back(c, std::move(values));
  }
  for (const auto &[c, values] : varied)
    if (varied.size() > 1)
      addTable(page,
               "by " + choices[c].first +
                   ": mean ± standard deviation over the runs that have the value, best first",
               choices[c].first, values, evaluated, judge);
}

} // namespace nnrt
