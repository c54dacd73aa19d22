// Runs the statements of bodies.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

struct ScanStates;

class Bodies : public Part {
public:
  using Part::Part;
  /// Evaluates a block with a value; `scope` receives its lets.
  Value evaluateBlock(const ast::BlockExpr *block, Scope &scope);
  /// Runs the block of a scan but for its states, which are in `scope`.
  Value runOfScan(const ast::BlockExpr *block, Scope &scope);
  /// Runs the statements of an optimizer for one parameter; `theta` and `grad` are ambient. Returns
  /// false after an error.
  bool runOptimizer(const Applicable &optimizer, const TensorInfo &parameter, mlir::Value grad,
                    Range at);

  std::map<std::string, TensorInfo> localStates; // names assigned with `<-` in the body being run
  /// The function whose body is being run, and the place of its states once it has one.
  struct Schedule {
    std::string name, place;
  };
  Schedule *schedule = nullptr;
  ScanStates *scan = nullptr; // of the scan whose block is being run, in the body being run
  /// A body of its own: that of a function (with its schedule), a layer or an optimizer.
  struct Entered {
    Entered(Bodies &bodies, Schedule *own)
        : bodies(bodies), states(std::move(bodies.localStates)), schedule(bodies.schedule),
          scan(std::exchange(bodies.scan, nullptr)) {
      bodies.localStates.clear();
      bodies.schedule = own;
    }
    Entered(const Entered &) = delete;
    ~Entered() {
      bodies.schedule = schedule;
      bodies.scan = scan;
      bodies.localStates = std::move(states);
    }
    Bodies &bodies;
    std::map<std::string, TensorInfo> states; // of the surrounding body, as is its schedule
    Schedule *schedule;
    ScanStates *scan;
  };

private:
  bool runStatement(const ast::Stmt *s, Scope &scope);
  bool runLet(const ast::LetDecl *let, Scope &scope);
  bool runParam(const ast::ParamStmt *s, Scope &scope);
  /// Draws a parameter, whose start value is `start`. Null after an error.
  mlir::Value drawParam(const ast::ParamStmt *s, const TensorInfo &info, const Value &start);
  bool runState(const ast::StateStmt *s, Scope &scope);
  /// Declares a number that a schedule remembers from step to step.
  bool runScheduleState(const ast::StateStmt *s, Scope &scope);
  bool runOptimizerState(const ast::StateStmt *s, const Value *theta, Scope &scope);
  /// The shape of a layer's parameter or state, and its name, which no inner layer may have.
  /// `needs` is the error if it has no shape. Returns false after an error.
  template <class Stmt>
  bool declareTensor(const Stmt *s, const llvm::Twine &needs, const Scope &scope, TensorInfo &info);
  bool runAssign(const ast::AssignStmt *s, Scope &scope);
};

} // namespace nnc
