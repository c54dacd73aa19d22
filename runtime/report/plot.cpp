// Executes plot statements: in the terminal, or as an SVG file.
#include "runtime/files/file.h"
#include "runtime/record/monitor.h"
#include "runtime/report/plots.h"
#include "runtime/run/run.h"
#include "runtime/terminal/terminal.h"

#include <cmath>
#include <cstdio>
#include <cstring>

namespace nnrt {

namespace {

/// A plot: the curves of one value, or one histogram.
struct Panel {
  std::string title;
  const TrainRecord *record = nullptr; // null: the histogram
  int32_t metric = -1;
  std::vector<TextCurve> curves;
  Histogram histogram;
};

} // namespace

static Status addCurve(Run &run, const PlotT &plot, const PlottedT &item,
                       std::vector<Panel> &panels) {
  const TrainRecord *record = nullptr;
  const std::string &where = trainAt(run.program, item.train).where;
  for (const TrainRecord &candidate : run.trained)
    // Compared by place: a search has one statement for each variant, and trained with that of the
    // best one.
    if (candidate.statement->where == where)
      record = &candidate;
  if (!record)
    return Status::error("there is no `" + item.text + "` to plot: its training has not run")
        .at(plot.where);
  Panel *panel = nullptr;
  for (Panel &p : panels)
    if (p.record == record && p.metric == item.metric)
      panel = &p;
  if (!panel) {
    panels.emplace_back();
    panel = &panels.back();
    panel->title = valueName(*record->statement, size_t(item.metric + 1));
    panel->record = record;
    panel->metric = item.metric;
  }
  for (bool val : {false, true})
    if (item.splits & (val ? 2 : 1)) {
      const char *name = val ? "val" : "train";
      bool there = false;
      for (const TextCurve &curve : panel->curves)
        there |= curve.name == name;
      std::vector<double> values = series(*record, val, size_t(item.metric + 1));
      if (!there && !values.empty())
        panel->curves.push_back({name, values, record->history.stride()});
    }
  return Status();
}

static Status addValues(Run &run, const PlotT &plot, const PlottedT &item,
                        std::vector<Panel> &panels) {
  Engine &engine = run.engine;
  const int64_t count = elementCount(item.shape);
  Buffer result;
  NN_TRY(result.allocate(size_t(count * engine.elementBytes()), "the values to plot"));
  void *out = result.data();
  NN_TRY(engine.reserve(item.fn, 1));
  FlushDenormals flush;
  engine.callAlone(item.fn, nullptr, &out);
  const Elements values{out, engine.f64()};
  for (int64_t i = 0; i < count; ++i)
    if (!std::isfinite(values.get(i)))
      return Status::error(format("`%s` cannot be plotted: element %lld is %s", item.text.c_str(),
                                  (long long)i, number(values.get(i)).c_str()))
          .at(plot.where);
  panels.emplace_back();
  panels.back().title = item.text;
  panels.back().histogram = histogramOf(values, count, 20);
  return Status();
}

/// Joins the drawings, one below the other.
static std::string stacked(const std::vector<std::string> &svgs) {
  if (svgs.size() == 1)
    return svgs[0];
  double y = 0;
  std::string inner;
  for (const std::string &svg : svgs) {
    double width = 0, height = 0;
    size_t at = svg.find(" viewBox=\"0 0 ");
    sscanf(svg.c_str() + at, " viewBox=\"0 0 %lf %lf", &width, &height);
    inner += format("<svg y=\"%g\"", y) + svg.substr(4);
    y += height;
  }
  // The parts have their own sizes, twice those of their drawings.
  for (size_t at = 0; (at = inner.find("<svg y=", at)) != std::string::npos; ++at) {
    size_t from = inner.find(" width=", at), to = inner.find(" viewBox=", at);
    double width = 0, height = 0;
    sscanf(inner.c_str() + to, " viewBox=\"0 0 %lf %lf", &width, &height);
    inner.replace(from, to - from, format(" width=\"%g\" height=\"%g\"", width, height));
  }
  return format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"880\" height=\"%g\" viewBox=\"0 "
                "0 440 %g\">\n",
                2 * y, y) +
         inner + "</svg>\n";
}

static Status runPlot(Run &run, const StatementT &statement, Counts &) {
  const PlotT &plot = as<PlotT>(statement);
  std::vector<Panel> panels;
  for (const PlottedT &item : plot.items)
    NN_TRY(item.fn.exists() ? addValues(run, plot, item, panels)
                            : addCurve(run, plot, item, panels));
  if (plot.path.empty()) {
    for (const Panel &panel : panels)
      run.draw(panel.record ? curvesText(panel.title, panel.curves, standardCanvas())
                            : histogramText(panel.title, panel.histogram, standardCanvas()));
    return Status();
  }
  std::vector<std::string> svgs;
  for (const Panel &panel : panels) {
    Plot drawn{panel.title, {}, -1};
    for (const TextCurve &curve : panel.curves)
      drawn.curves.push_back({curve.name, curve.values, curve.stride, curve.name == "val", false});
    std::string svg = panel.record ? curvesSvg(drawn, true)
                                   : barsSvg(panel.title, panel.histogram.counts,
                                             panel.histogram.low, panel.histogram.high, true);
    if (!svg.empty())
      svgs.push_back(svg);
  }
  if (svgs.empty())
    return Status::error("there is nothing to plot: no epoch was completed").at(plot.where);
  const std::string text = stacked(svgs);
  NN_TRY(writeFile(plot.path, {{text.data(), text.size()}}).at(plot.where));
  run.progress.note("wrote " + plot.path);
  return Status();
}
NN_EXECUTES(NN_STMT_PLOT, runPlot);

} // namespace nnrt
