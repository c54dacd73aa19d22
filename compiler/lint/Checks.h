// Declares the checks of the table in Lint.cpp. Each checks one training step.
#pragma once

#include "compiler/lint/Context.h"
#include "compiler/lint/Step.h"

namespace nnc::lint {

// Initializers.cpp
void checkHeWithTanh(Context &, const Step &, const Lint &);
void checkXavierWithRelu(Context &, const Step &, const Lint &);
void checkConstantWeights(Context &, const Step &, const Lint &);
// Layers.cpp
void checkBiasBeforeNorm(Context &, const Step &, const Lint &);
void checkNormOfOneRow(Context &, const Step &, const Lint &);
void checkDropoutAtOutput(Context &, const Step &, const Lint &);
void checkTransposedAxes(Context &, const Step &, const Lint &);
// Losses.cpp
void checkProbabilitiesAsLogits(Context &, const Step &, const Lint &);
void checkLogitsAsProbabilities(Context &, const Step &, const Lint &);
void checkSigmoidWithMse(Context &, const Step &, const Lint &);
void checkRawTargets(Context &, const Step &, const Lint &);
// Rates.cpp
void checkLearningRate(Context &, const Step &, const Lint &);
// Inputs.cpp
void checkRawInputs(Context &, const Step &, const Lint &);

} // namespace nnc::lint
