// The report's part about predicted numbers: predicted over true, residuals, the rows with the
// worst predictions.
#include "runtime/report/page.h"

#include <cmath>

namespace nnrt {

/// The histogram of all but the farthest residuals, which would squeeze the others into one bar: at
/// most one in 200 rows at either end.
static std::string residualBars(const Residuals &of) {
  const size_t most = 40;
  const double ends = double(of.rows - of.lost) / 200;
  auto lastBefore = [&](auto begin, auto end) {
    double sum = 0;
    size_t parts = 0;
    for (auto count = begin; count != end && (sum += *count) <= ends; ++count)
      ++parts;
    return parts;
  };
  const size_t size = of.counts.size(), first = lastBefore(of.counts.begin(), of.counts.end());
  if (first == size) // all are 0
    return "";
  const size_t last = size - lastBefore(of.counts.rbegin(), of.counts.rend()),
               each = (last - first + most - 1) / most;
  std::vector<double> bars((last - first + each - 1) / each, 0);
  double beyond = 0;
  for (size_t i = 0; i < size; ++i)
    (i >= first && i < last ? bars[(i - first) / each] : beyond) += of.counts[i];
  auto edge = [&](size_t part) { return of.reach * (2 * double(part) / double(size) - 1); };
  return barsSvg("residuals of " + of.name + ": how many rows" +
                     (beyond > 0 ? "; " + grouped(int64_t(beyond)) + " lie beyond" : ""),
                 bars, edge(first), edge(first + bars.size() * each));
}

/// Output `k` of the model.
static void addOutput(Page &page, const EvaluateRecord &record, size_t k) {
  const Residuals &of = record.residuals[k];
  const double n = double(of.rows - of.lost);
  Page::Facts facts = {{"rows", grouped(of.rows)}};
  if (of.lost)
    facts.push_back({"not finite", grouped(of.lost) + " of them, which are left out below"});
  if (n > 0) {
    facts.push_back({"mean residual", number(of.mean)});
    facts.push_back({"root of the mean square", number(std::sqrt(of.squares / n))});
    facts.push_back({"mean without signs", number(of.absolute / n)});
    facts.push_back({"largest", number(of.most)});
  }
  page.cards({{"Residuals of " + of.name, facts}});
  Pairs scatter{"predicted over true " + of.name, "true", of.points, true},
      residuals{"residual over predicted " + of.name, "predicted", {}, false};
  if (of.stride > 1) // outliers are shown, whichever rows were drawn
    for (const EvaluateRecord::Miss &miss : record.misses)
      scatter.points.emplace_back(miss.truth[k], miss.predicted[k]);
  for (const auto &[truth, predicted] : scatter.points)
    residuals.points.emplace_back(predicted, predicted - truth);
  page.plots({pairsSvg(scatter), pairsSvg(residuals), residualBars(of)});
  if (of.stride > 1)
    page.paragraph("The dots are one row in " + grouped(of.stride) +
                   ", and the worst; bars and numbers are of all.");
}

static void addMisses(Page &page, const EvaluateRecord &record) {
  Page::Table table{"the rows that are predicted worst", {"row"}, {}, {}, ""};
  for (const Residuals &of : record.residuals)
    for (const char *what : {"true ", "predicted ", "residual "})
      table.head.push_back(what + of.name);
  for (const EvaluateRecord::Miss &miss : record.misses) {
    std::vector<std::string> cells = {htmlText(miss.place)};
    for (size_t k = 0; k < miss.truth.size(); ++k)
      for (double value : {miss.truth[k], miss.predicted[k], miss.predicted[k] - miss.truth[k]})
        cells.push_back(number(value));
    table.rows.push_back(std::move(cells));
  }
  page.table(table);
}

NN_PART(residual_plots);

void addResiduals(Page &page, const EvaluateRecord &record) {
  page.paragraph("A residual is what was predicted less what is true" +
                 (record.units.empty() ? "" : "; the numbers are " + record.units) + ".");
  for (size_t k = 0; k < record.residuals.size(); ++k)
    addOutput(page, record, k);
  if (!record.misses.empty())
    addMisses(page, record);
}

} // namespace nnrt
