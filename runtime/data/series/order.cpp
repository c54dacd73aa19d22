// Warns about a random split of rows that are a series, because it tests little.
#include "runtime/data/parts.h"
#include "runtime/support/indices.h"

#include "runtime/support/status.h"
#include "runtime/support/visible.h"

#include <cmath>

namespace nnrt {

const int64_t leastRows = 20; // with fewer, even steps may be chance

/// Whether numbers rise or fall by the same step each time, as days, hours and running numbers do.
static bool hasEvenSteps(const std::vector<double> &values) {
  const double step = values[1] - values[0];
  if (step == 0 || !std::isfinite(step))
    return false;
  for (size_t i = 1; i < values.size(); ++i)
    if (!(std::fabs(values[i] - values[i - 1] - step) <= 1e-6 * std::fabs(step)))
      return false;
  return true;
}

void Parts::noteOrder() {
  const Part &part = parts[0];
  const int64_t count = int64_t(part.kept.size());
  if (!description->has_split || !part.source->isTable() || count < leastRows)
    return;
  for (int32_t c : indices(description->columns)) {
    const ColumnT &column = description->columns[c];
    if (column.kind != NN_NUMBER || column.size != 1 || !part.source->has(c))
      continue;
    std::vector<double> values(leastRows); // most columns already show here that they do not count
    part.source->fill(c, part.kept.data(), leastRows, {values.data(), true});
    if (!hasEvenSteps(values))
      continue;
    values.resize(size_t(count));
    part.source->fill(c, part.kept.data(), count, {values.data(), true});
    if (!hasEvenSteps(values))
      continue;
    remarks.push_back(format("note: `%s` of %s goes in even steps from row to row, as in a series, "
                             "and the split draws rows at random, so that "
                             "what is tested lies between rows that were learned from; `split …, "
                             "in order` tests what comes after",
                             visible(column.name).c_str(), description->source->path.c_str()));
    return;
  }
}

} // namespace nnrt
