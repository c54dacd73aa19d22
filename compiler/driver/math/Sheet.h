// Sheet: orders and prints the formulas of one training step.
#pragma once

#include "compiler/driver/math/Step.h"
#include "compiler/driver/math/Writer.h"

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace nnc::math {

/// `left = right`, and a remark in words.
struct Line {
  std::string left, sign, right, remark;
};

struct Section {
  std::string title;
  std::vector<Line> lines;
};

class Sheet {
public:
  Sheet(Step &step, const Typography &type) : step(step), type(type), writer(type) {}

  /// The sections: inputs and parameters, the forward pass, gradients, updates.
  std::vector<Section> build();

private:
  using Values = llvm::ArrayRef<mlir::Value>;

  void nameArguments();
  void nameLandmarks();
  void nameGradients();
  /// Names values that several formulas use, and parts of formulas that are too long for a line.
  void nameParts(Values roots);
  void nameOne(mlir::Value v);
  void numberParts();
  /// The roots and all values from which they are computed, in program order.
  llvm::SmallVector<mlir::Value> reachable(Values roots) const;

  Section tensors();
  Section forward();
  Section backward();
  Line lineFor(mlir::Value v);

  Step &step;
  const Typography &type;
  Writer writer;
  llvm::DenseSet<mlir::Value> isForward, printed;
  llvm::DenseMap<mlir::Value, Formula> preferred; // names for values that may need one
  llvm::DenseMap<mlir::Value, std::string> lefts, remarks;
  llvm::SmallVector<mlir::Value> unnumbered;
};

/// The formulas of the optimizer, once for all parameters that have the same. `names` has names for
/// arguments and gradients.
std::vector<Section> updateSections(Step &step, const Writer &names);

/// Writes a section with its signs in one column, or as an align* environment.
void print(llvm::raw_ostream &os, const Section &section, const Typography &type);

} // namespace nnc::math
