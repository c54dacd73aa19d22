// Inputs in raw units, which a layer gets as they stand.
#include "compiler/lint/Checks.h"
#include "compiler/lint/Data.h"

#include "llvm/Support/Format.h"

#include <cmath>

using llvm::StringRef;

namespace nnc::lint {

/// Inputs of this size in the root of their mean square saturate units whose weights were drawn for inputs of size 1; and columns
/// whose ranges differ by this factor need steps whose lengths do.
static const double largestSize = 10, largestRatio = 100;

static std::string rangeText(const nn_column_summary &s) {
  llvm::SmallString<32> text;
  llvm::raw_svector_ostream(text) << "from " << llvm::format("%g", s.least) << " to " << llvm::format("%g", s.most);
  return std::string(text);
}

void checkRawInputs(Context &context, const Step &step, const Lint &lint) {
  for (const Weighing &w : step.weighings) {
    const StringRef field = step.field(w.data);
    const sema::FieldInfo *info = field.empty() ? nullptr : fieldInfo(context, step, field);
    if (!info || info->normalize)
      continue;
    const Range at = info->value ? info->value->range : info->where.isValid() ? info->where : step.trained.data->source->range;
    const std::vector<ColumnRead> columns = rawColumns(context, step, field);
    const ColumnRead *largest = nullptr, *widest = nullptr, *narrowest = nullptr;
    auto width = [](const ColumnRead *c) { return c->summary.most - c->summary.least; };
    for (const ColumnRead &c : columns) {
      if (!largest || c.summary.mean_square > largest->summary.mean_square)
        largest = &c;
      if (width(&c) == 0)
        continue; // the same everywhere: it has no unit to speak of
      if (!widest || width(&c) > width(widest))
        widest = &c;
      if (!narrowest || width(&c) < width(narrowest))
        narrowest = &c;
    }
    std::string found;
    if (largest && largest->summary.mean_square > largestSize * largestSize)
      found = "`" + largest->name + "` goes " + rangeText(largest->summary);
    else if (widest && width(widest) > largestRatio * width(narrowest))
      found = "`" + widest->name + "` goes " + rangeText(widest->summary) + ", `" + narrowest->name + "` " + rangeText(narrowest->summary);
    if (found.empty())
      continue;
    if (auto report = context.report(lint, at, "`" + field + "` reaches a layer as it was measured, and " + found +
                                                   ": learning is slow where inputs are large or of different sizes")) {
      if (const Application *layer = step.layerAt(StringRef(w.weights->name).rsplit('.').first))
        report->note(context.placeOf(*layer), "this layer gets it");
      report->note("`normalize " + field + "` in the data block brings each to mean 0 and deviation 1, by the training split");
    }
  }
}

} // namespace nnc::lint
