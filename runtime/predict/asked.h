// The model that the flags of a subcommand name.
#pragma once

#include "runtime/run/run.h"
#include "runtime/weights/weights.h"

namespace nnrt {

/// Finds the model of --model, or the only one, and reads --weights. `verb`, in messages:
/// "predict".
Status askedModel(Run &run, const char *verb, const ModelT *&model, SafetensorsFile &weights);

} // namespace nnrt
