// The lint on inputs in raw units that a layer gets unscaled.
#include "compiler/lint/Checks.h"
#include "compiler/lint/Data.h"

using llvm::StringRef;

namespace nnc::lint {

void checkRawInputs(Context &context, const Step &step, const Lint &lint) {
  for (const Weighing &w : step.weighings) {
    const StringRef field = step.field(w.data);
    const sema::FieldInfo *info = field.empty() ? nullptr : fieldInfo(context, step, field);
    if (!info || info->normalize)
      continue;
    const Range at = placeOfField(step, *info);
    const std::string found = outOfScale(rawColumns(context, step, field));
    if (found.empty())
      continue;
    if (auto report =
            context.report(lint, at,
                           "`" + field + "` reaches a layer as it was measured, and " + found +
                               ": learning is slow where inputs are large or of different sizes")) {
      if (const Application *layer = step.layerAt(StringRef(w.weights->name).rsplit('.').first))
        report->note(context.placeOf(*layer), "this layer gets it");
      report->note(
          "`normalize " + field +
          "` in the data block brings each to mean 0 and deviation 1, by the training split");
    }
  }
}

} // namespace nnc::lint
