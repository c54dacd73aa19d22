// The report's part about classes: the table of each class, ROC, precision over recall,
// calibration; and the importance of columns.
#include "runtime/report/page.h"

#include <cmath>

namespace nnrt {

NN_PART(class_curves_page);

static std::string share(double of, double all) { return all > 0 ? number(of / all) : "–"; }

static void addClassTable(Page &page, const EvaluateRecord &record) {
  Page::Table table{"how well each class is told from the others",
                    {"class", "rows", "precision", "recall", "F1", "ROC AUC", "average precision"},
                    {},
                    {},
                    ""};
  for (const EvaluateRecord::ClassCurves &of : record.classCurves) {
    if (of.rows + of.predicted == 0 && &of == &record.classCurves.back())
      continue; // that of all classes together
    auto area = [](double value) { return std::isfinite(value) ? number(value) : "–"; };
    table.rows.push_back({htmlText(of.name), grouped(of.rows),
                          share(double(of.right), double(of.predicted)),
                          share(double(of.right), double(of.rows)),
                          share(2 * double(of.right), double(of.rows + of.predicted)),
                          area(of.area), area(of.precision)});
  }
  page.table(table);
}

void addClassCurves(Page &page, const EvaluateRecord &record) {
  if (record.classCurves.empty())
    return;
  page.heading("Classes");
  addClassTable(page, record);
  Lines roc{"ROC", "share of the others taken for it", "share of the class found", {}, true, false},
      recall{"precision and recall", "recall", "precision", {}, false, false},
      calibration{"calibration: mean error " + number(record.calibrationError),
                  "predicted probability",
                  "share that is right",
                  {},
                  true,
                  true};
  for (const EvaluateRecord::ClassCurves &of : record.classCurves) {
    if (!of.roc.empty())
      roc.lines.push_back({of.name + " (" + number(of.area) + ")", of.roc});
    if (!of.recall.empty())
      recall.lines.push_back({of.name + " (" + number(of.precision) + ")", of.recall});
  }
  Lines::Line line;
  for (const EvaluateRecord::Calibration &part : record.calibration)
    line.points.emplace_back(part.probability, part.share);
  std::vector<std::string> plots;
  if (!roc.lines.empty())
    plots.push_back(linesSvg(roc));
  if (!recall.lines.empty())
    plots.push_back(linesSvg(recall));
  if (!line.points.empty()) {
    calibration.lines.push_back(line);
    plots.push_back(linesSvg(calibration));
  }
  page.plots(plots);
}

void addImportance(Page &page, const EvaluateRecord &record) {
  if (record.importance.empty())
    return;
  page.heading("Importance of columns");
  page.paragraph("How much worse a metric becomes if the column is shuffled among the rows" +
                 (record.shuffles > 1 ? ": the mean of " + counted(record.shuffles, "time") +
                                            " and its standard deviation."
                                      : std::string(".")));
  Page::Table table{
      "the column that matters most to the first metric is first", {"column"}, {}, {}, ""};
  for (const std::string &name : record.importanceOf)
    table.head.push_back(name);
  for (const EvaluateRecord::Importance &one : record.importance) {
    std::vector<std::string> cells = {htmlText(one.column)};
    for (size_t k = 0; k < one.mean.size(); ++k)
      cells.push_back(number(one.mean[k]) +
                      (record.shuffles > 1 ? " ± " + number(one.deviation[k]) : ""));
    table.rows.push_back(std::move(cells));
  }
  page.table(table);
}

} // namespace nnrt
