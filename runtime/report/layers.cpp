// The report's part about what was monitored in a training run: norms of weights, gradients and
// updates by tensor, dead and saturated units, weights.
#include "runtime/record/monitor.h"
#include "runtime/report/page.h"

#include <cmath>

namespace nnrt {

static std::string shortNumber(double value) { return format("%.3g", value); }

static std::string warned(const std::string &text, const char *why) {
  return why ? "<td class=\"warn\" title=\"" + htmlText(why) + "\">" + text + "</td>" : text;
}

static void addTensors(Page &page, const TrainRecord &record, size_t last) {
  Page::Table table{
      "trained tensors at the last look: norms are Euclidean, update / weight is that of one step "
      "and is best near 0.001",
      {"tensor", "weight norm", "gradient norm", "update norm", "update / weight", "weights"},
      {},
      {},
      ""};
  for (size_t t = 0; t < record.tensors.size(); ++t) {
    TensorLook look = tensorLook(record, last, t);
    const Histogram *weights = nullptr;
    for (const Histogram &h : record.weights)
      if (h.name == record.tensors[t])
        weights = &h;
    table.rows.push_back({htmlText(record.tensors[t]), shortNumber(look.weight),
                          warned(shortNumber(look.gradient), gradientWarning(record, last, t)),
                          shortNumber(look.update),
                          warned(look.weight > 0 ? shortNumber(look.update / look.weight) : "–",
                                 updateWarning(look)),
                          weights ? smallBarsSvg(format("%s to %s", number(weights->low).c_str(),
                                                        number(weights->high).c_str()),
                                                 weights->counts)
                                  : ""});
  }
  page.table(table);
}

static void addUnits(Page &page, const TrainRecord &record, size_t last) {
  if (record.activations.empty())
    return;
  Page::Table table{"units at the last look: dead ones give the same for every example, saturated "
                    "ones have a derivative below 0.05 for nearly all",
                    {"activation", "dead", "saturated"},
                    {},
                    {},
                    ""};
  for (size_t a = 0; a < record.activations.size(); ++a) {
    UnitsLook look = unitsLook(record, last, a);
    auto share = [](double x) { return format("%.1f %%", 100 * x); };
    table.rows.push_back({htmlText(record.activations[a]),
                          warned(share(look.dead), unitsWarning(look.dead)),
                          warned(share(look.saturated), unitsWarning(look.saturated))});
  }
  page.table(table);
}

void addMonitored(Page &page, const TrainRecord &record) {
  const size_t rows = record.monitored.rows();
  if (rows == 0 || record.tensors.empty())
    return;
  page.heading("Layers");
  if (rows > 1) {
    Plot gradients{"gradient norm", {}, -1}, ratios{"update / weight", {}, -1};
    for (size_t t = 0; t < record.tensors.size() && t < 16; ++t) {
      std::vector<double> g, r;
      for (size_t row = 0; row < rows; ++row) {
        TensorLook look = tensorLook(record, row, t);
        g.push_back(look.gradient);
        r.push_back(look.weight > 0 ? look.update / look.weight : NAN);
      }
      int64_t stride = record.monitored.stride() * record.monitorEvery;
      gradients.curves.push_back({record.tensors[t], g, stride, int(t), t >= 8});
      ratios.curves.push_back({record.tensors[t], r, stride, int(t), t >= 8});
    }
    page.plots({curvesSvg(gradients), curvesSvg(ratios)});
  }
  addTensors(page, record, rows - 1);
  addUnits(page, record, rows - 1);
}

} // namespace nnrt
