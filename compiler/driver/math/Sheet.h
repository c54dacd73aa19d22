// Sheet: orders and prints the formulas of one training step.
#pragma once

#include "compiler/driver/math/Parts.h"
#include "compiler/driver/math/Step.h"

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace nnc::math {

struct Section {
  std::string title;
  std::vector<Line> lines;
};

class Sheet {
public:
  Sheet(Step &step, const Typography &type)
      : step(step), type(type), block(step.function.getBody().front()), writer(type),
        parts(writer) {}

  /// The sections: inputs and parameters, the forward pass, gradients, updates.
  std::vector<Section> build();

private:
  void nameArguments();
  void nameLandmarks();
  void nameGradients();
  void numberParts();
  /// The new values of what a layer remembers, with the layer's parameter.
  std::vector<std::pair<const Parameter *, mlir::Value>> remembered() const;

  Section tensors();
  Section forward();
  Section backward();

  Step &step;
  const Typography &type;
  mlir::Block &block; // the function's only one; loops have blocks of their own
  Writer writer;
  Parts parts;
  llvm::DenseSet<mlir::Value> isForward;
};

/// The formulas of the optimizer, once for all parameters that have the same. `names` has names for
/// arguments and gradients.
std::vector<Section> updateSections(Step &step, const Writer &names);

/// Writes a section with its signs in one column and blocks indented, or as an align* environment
/// with blocks that are aligned after a brace.
void print(llvm::raw_ostream &os, const Section &section, const Typography &type);

} // namespace nnc::math
