// Evaluates scans: `scan z in x { state h: [n] = 0; h <- …; h }`.
#pragma once

#include "compiler/irgen/eval/Part.h"
#include "compiler/irgen/scans/ScanFrame.h"

namespace nnc {

class ScanMark;

/// What a scan carries from step to step. Its value in the step is in the scope of the block.
struct ScanState {
  const ast::StateStmt *declared = nullptr;
  Value start;           // of the type that the state has in every step
  bool isShaped = false; // the declaration gives its shape
  Range changed;         // the value last assigned to it
  /// The type that the state turned out to have after a step, if that is another one.
  struct Type {
    std::vector<int64_t> shape;
    bool batched;
    std::vector<std::string> axes;
  };
  std::optional<Type> grown = std::nullopt;
};

/// The states of the scan whose block is being run.
struct ScanStates {
  std::vector<ScanState> list;
  ScanState *find(llvm::StringRef name);
};

class Scans : public Part {
public:
  using Part::Part;
  Value evaluate(const ast::ScanExpr *e, const Scope &scope);
  /// `name <- value` for a state of the scan. Returns false after an error.
  bool assign(ScanState &state, const ast::AssignStmt *s, Value v, const Scope &scope);
  /// What `draw` draws for one step, of that type. A scan's block draws nothing: the numbers of all
  /// steps are drawn before the outermost scan.
  mlir::Value drawn(mlir::RankedTensorType type,
                    llvm::function_ref<mlir::Value(mlir::RankedTensorType)> draw);
  /// What `make` emits, before the outermost scan: a value that may be used after it.
  mlir::Value outside(llvm::function_ref<mlir::Value()> make);
  /// If `v` is an element of a sequence of a scan that is being elaborated: that sequence.
  mlir::Value sequenceOf(mlir::Value v) const;
  /// Whether a scan's block is being elaborated as such.
  bool isInBlock() const { return innermost; }
  /// For a tensor that is drawn: ends the elaboration of the blocks around, without a message, if
  /// there are any. The outermost scan is elaborated again as one step without a loop, because the
  /// tensor must not be inside of one. Returns false then.
  bool mayDraw() {
    drawsTensors |= isInBlock();
    return !isInBlock();
  }
  /// Reports that a step's `y` depends on `w` in ways that its derivative would not see. Returns
  /// false then.
  bool checkGradient(mlir::Value y, mlir::Value w, Range at);

private:
  /// The sequences of a scan.
  struct Sequences {
    std::vector<Value> list;
    int64_t length = 0;
    std::string axis; // the name of the first axis
  };
  /// While it lives, ops go into the block of that scan.
  struct Inside {
    Inside(Scans &scans, ScanFrame &frame)
        : scans(scans), around(std::exchange(scans.innermost, &frame)) {}
    ~Inside() { scans.innermost = around; }
    Scans &scans;
    ScanFrame *around;
  };
  /// The value, if elaboration ends here: after an error, or because there is no value.
  using End = std::optional<Value>;
  End findSequences(const ast::ScanExpr *e, const Scope &scope, Sequences &found);
  End findStarts(const ast::ScanExpr *e, const Scope &scope, ScanStates &states);
  bool findEvery(const ast::ScanExpr *e, const Scope &scope, int64_t &every);
  /// Runs the block once, and finishes the op. Nothing if a state has another type after a step:
  /// its start has that type then, and the block must be run again.
  End run(const ast::ScanExpr *e, const Scope &scope, const Sequences &sequences,
          ScanStates &states, int64_t every, ScanMark &before);
  /// The same for a block in which tensors are drawn: one step without a loop. Only the shape of
  /// its value matters.
  End runForShapes(const ast::ScanExpr *e, const Scope &scope, const Sequences &sequences,
                   ScanStates &states);
  /// The value of the block; `inner` has the names of the step.
  Value runBlock(const ast::ScanExpr *e, Scope &inner, ScanStates &states);
  /// Finds out whether the states have the types with which they started, and if so gives their
  /// next values these types. Returns false after an error.
  bool settle(ScanStates &states, std::vector<Value> &next, bool &settled);
  /// Gives the starts the types that the states turned out to have.
  void grow(ScanStates &states);

  /// The scan of whose block `v` is an argument, or null.
  ScanFrame *frameOf(mlir::Value v) const;
  /// Whether `from`, which is outside of the innermost block or an argument of it, may change with
  /// `w` in a way that the block does not see.
  bool reaches(mlir::Value w, mlir::Value from) const;

  ScanFrame *innermost = nullptr; // of the blocks that are being elaborated
  bool drawsTensors = false;      // mayDraw returned false
};

} // namespace nnc
