// An evaluate statement in the report: values, the confusion of classes as a heat map, and the
// worst mistakes.
#include "runtime/report/page.h"
#include "runtime/terminal/tables.h"

#include <cmath>

namespace nnrt {

// Weak: a trainer links it only if its program has residuals (NN_PART in residual_plots.cpp).
[[gnu::weak]] void addResiduals(Page &, const EvaluateRecord &);
// The same: class_curves.cpp.
[[gnu::weak]] void addClassCurves(Page &, const EvaluateRecord &);
[[gnu::weak]] void addImportance(Page &, const EvaluateRecord &);

static std::string className(const EvaluateRecord &record, int64_t index) {
  return index >= 0 && size_t(index) < record.classes.size() ? record.classes[size_t(index)]
                                                             : std::to_string(index);
}

/// A table of numbers whose rows are shaded by each cell's share of its row.
static void addTable(Page &page, const EvaluateRecord &record, const EvaluateRecord::Value &value) {
  const size_t rows = size_t(value.shape[0]), columns = size_t(value.shape[1]);
  Page::Table table{value.name + ": a row for each true class, a column for each predicted one",
                    {""},
                    {},
                    {},
                    "heat"};
  auto heading = [&](size_t i, size_t of) {
    return record.classes.size() == of ? record.classes[i] : std::to_string(i);
  };
  for (size_t c = 0; c < columns; ++c)
    table.head.push_back(heading(c, columns));
  for (size_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (size_t c = 0; c < columns; ++c)
      sum += std::fabs(value.values[r * columns + c]);
    std::vector<std::string> cells = {htmlText(heading(r, rows))};
    for (size_t c = 0; c < columns; ++c) {
      double entry = value.values[r * columns + c], share = sum > 0 ? std::fabs(entry) / sum : 0;
      // There are few mistakes: the square root makes them visible.
      cells.push_back(
          format("<td style=\"background:rgba(%s,%.2f)\" title=\"true %s, predicted %s: %s (%.1f "
                 "%%)\">",
                 r == c ? "59,134,214" : "217,105,44",
                 r == c ? share * 0.6 : std::sqrt(share) * 0.75, htmlText(heading(r, rows)).c_str(),
                 htmlText(heading(c, columns)).c_str(), number(entry).c_str(), 100 * share) +
          number(entry) + "</td>");
    }
    table.rows.push_back(cells);
  }
  page.table(table);
}

static std::string percent(double share) {
  return format("%.*f\u00a0%%", share < 0.1 ? 1 : 0, 100 * share);
}

static void addMistakes(Page &page, const EvaluateRecord &record) {
  page.heading(record.wrong == int64_t(record.mistakes.size())
                   ? counted(record.wrong, "mistake")
                   : "The most wrong of " + counted(record.wrong, "mistake"));
  if (record.channels == 0) {
    Page::Table table{
        "where the model gave the true class the least", {"row", "true", "predicted"}, {}, {}, ""};
    for (const EvaluateRecord::Mistake &m : record.mistakes)
      table.rows.push_back({htmlText(m.place),
                            "<td class=\"text\">" + htmlText(className(record, m.truth)) + " (" +
                                percent(m.forTruth) + ")</td>",
                            "<td class=\"text\">" + htmlText(className(record, m.predicted)) +
                                " (" + percent(m.confidence) + ")</td>"});
    page.table(table);
    return;
  }
  page.html += "<div class=\"pictures\">\n";
  for (const EvaluateRecord::Mistake &m : record.mistakes) {
    std::string truth = htmlText(className(record, m.truth)),
                predicted = htmlText(className(record, m.predicted));
    page.html += format("<figure title=\"%s\"><img width=\"%d\" height=\"%d\" alt=\"a %s, taken "
                        "for %s\" src=\"data:image/png;base64,",
                        htmlText(m.place).c_str(), record.width, record.height, truth.c_str(),
                        predicted.c_str()) +
                 base64(pngFile(record.width, record.height, record.channels, m.pixels)) +
                 "\"><figcaption>true <b>" + truth + "</b> (" + percent(m.forTruth) +
                 "), predicted <b>" + predicted + "</b> (" + percent(m.confidence) +
                 ")</figcaption></figure>\n";
  }
  page.html += "</div>\n";
}

void addEvaluation(Page &page, const EvaluateRecord &record) {
  page.section("evaluate " + record.model + " on " + record.data +
               (record.variant.empty() ? "" : " (" + record.variant + ")"));
  Page::Facts facts = {{"rows", grouped(record.rows)}};
  for (const EvaluateRecord::Value &value : record.metrics)
    if (value.shape.empty())
      facts.push_back({value.name, number(value.values[0])});
  if (record.wrong >= 0)
    facts.push_back({"predicted wrong", grouped(record.wrong)});
  if (record.seconds > 0)
    facts.push_back({"time", duration(record.seconds) + ", " +
                                 grouped(std::llround(double(record.rows) / record.seconds)) +
                                 " rows/s"});
  page.cards({{"Results", facts}});
  for (const EvaluateRecord::Value &value : record.metrics)
    if (value.shape.size() == 2)
      addTable(page, record, value);
    else if (!value.shape.empty())
      page.paragraph(value.name + ": " + nested(value.values, value.shape));
  if (addClassCurves) {
    addClassCurves(page, record);
    addImportance(page, record);
  }
  if (!record.mistakes.empty())
    addMistakes(page, record);
  if (!record.residuals.empty())
    addResiduals(page, record);
}

} // namespace nnrt
