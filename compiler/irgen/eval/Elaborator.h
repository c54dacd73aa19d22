// Evaluates expressions of the language. Everything known at compile time is computed, layers and
// functions are inlined, and the rest becomes nn ops in the current function.
#pragma once

#include "compiler/irgen/eval/Arithmetic.h"
#include "compiler/irgen/eval/Axes.h"
#include "compiler/irgen/eval/Bodies.h"
#include "compiler/irgen/eval/Calls.h"
#include "compiler/irgen/eval/DrawnUse.h"
#include "compiler/irgen/eval/Expressions.h"
#include "compiler/irgen/eval/Indexing.h"
#include "compiler/irgen/eval/Initializers.h"
#include "compiler/irgen/eval/Layers.h"
#include "compiler/irgen/eval/ModelTensors.h"
#include "compiler/irgen/eval/Places.h"
#include "compiler/irgen/scans/Scans.h"

#include <cmath>
#include <functional>

namespace nnc {

/// In a data block: how expressions read its columns.
struct ColumnAccess {
  /// Whether there is a column of that name.
  std::function<bool(llvm::StringRef name)> isColumn;
  /// The value of a column, as numbers or as class numbers.
  std::function<std::optional<Value>(llvm::StringRef name, bool asCategory, Range at)> column;
  /// 1 where the cell of the column has no value (NN_MISSING) or reads as `text` (NN_EQUALS), else
  /// 0.
  std::function<std::optional<Value>(llvm::StringRef name, column_kind kind, llvm::StringRef text,
                                     Range at)>
      columnTruth;
  /// Columns with one number each as one tensor. Nothing if any has more numbers.
  std::function<std::optional<Value>(llvm::ArrayRef<ColumnName> names)> columnRun;
  /// The columns from one to another.
  std::function<std::vector<ColumnName>(llvm::StringRef first, llvm::StringRef last, Range at)>
      columnRange;
  /// In a series: a value of the row, in `count` rows from the `first` after it on (below 0: before
  /// it), along a new first axis; or, for `lag`, in that one row.
  std::function<Value(const Value &v, int64_t first, int64_t count, bool isLag, Range at)> window;
  /// The numbers of the first `length` words or characters of a column's cells, all below `most`.
  std::function<std::optional<Value>(llvm::StringRef name, column_kind kind, int64_t length,
                                     int64_t most, Range at)>
      columnText;
  /// What `category(c, least = …)` asks for while its column is read; 0: nothing.
  int64_t leastRows = 0;
  /// True while the condition of a `where` is elaborated.
  bool inWhere = false;
};

/// The state of the elaboration of a metric (Metrics.cpp): `total` and `every` collect in the batch
/// function and read in the final one, whose batch is the whole split.
struct MetricTotals {
  enum class TotalMode { None, Collect, Read };
  TotalMode totalMode = TotalMode::None;
  std::vector<mlir::Value> totals; // Collect: the sums over the batch, and what `every` keeps
  std::vector<size_t> spreads;     // Collect: the indices at which the three totals of each
                                   // `total_spread` begin
  std::vector<size_t> keptRows;    // Collect: the indices of the totals that are values of each row
  /// Collect: for each `total_below`, the index of the first of its two totals, and the size of
  /// their last axis.
  std::vector<std::pair<size_t, int64_t>> belows;
  size_t totalsRead = 0; // Read: how many were read
  /// Collect: for each metric that was called, the one that takes its place because the model has a
  /// single output, or null. Read: they are taken in the same order.
  std::vector<const ast::MetricDecl *> forms;
  size_t formsRead = 0;
  std::vector<Application> *metricUses =
      nullptr; // if not null: records the metrics that are called while collecting
};

/// The state of an elaboration, and what the rest of irgen asks of it. The parts do the work.
class Elaborator : public ModelTensors, public ColumnAccess, public MetricTotals, public DrawnUse {
public:
  Elaborator(Diagnostics &diags, const sema::Symbols &symbols);

  Diagnostics &diags;
  const sema::Symbols &symbols;
  /// The function that is being built.
  Function *fn = nullptr;

  using Arg = nnc::Arg;

  // Expressions -----------------------------------------------------------------------------------
  Value evaluate(const ast::Expr *e, const Scope &scope) { return expressions.evaluate(e, scope); }
  /// Evaluates a compile-time number and drops its unit. Reports anything else.
  bool evaluateNumber(const ast::Expr *e, const Scope &scope, double &number, llvm::StringRef what);
  bool evaluateInteger(const ast::Expr *e, const Scope &scope, int64_t &number,
                       llvm::StringRef what);
  bool integerOf(const Value &v, int64_t &n, Range at, llvm::StringRef what);
  /// Evaluates a declared shape to sizes and axis names. Unknown names are an error.
  bool evaluateShape(const ast::Shape &shape, const Scope &scope, std::vector<int64_t> &sizes,
                     std::vector<std::string> &axes);
  /// The value of a declared name.
  Value declared(const ast::Decl *decl, bool prelude) {
    return expressions.declared(decl, prelude);
  }
  /// Calls or instantiates `callee`.
  Value call(const Value &callee, llvm::ArrayRef<Arg> args, Range at) {
    return calls.call(callee, args, at);
  }
  /// The value of a place in an expression: one tensor, or all weights below it.
  Value readPlace(const Value &place, Range at);
  Value binary(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
               Range rangeB) {
    return arithmetic.binary(op, a, b, at, rangeA, rangeB);
  }
  Value negate(const Value &a, Range at) { return arithmetic.negate(a, at); }

  // Tensors ---------------------------------------------------------------------------------------
  mlir::Value initialValue(const Value &v, const TensorInfo &info, Range at) {
    return initializers.initialValue(v, info, at);
  }
  bool runOptimizer(const Applicable &optimizer, const TensorInfo &parameter, mlir::Value grad,
                    Range at) {
    return bodies.runOptimizer(optimizer, parameter, grad, at);
  }
  /// The optimizer states that runOptimizer has found, with their start values.
  struct OptimizerState {
    TensorInfo info;
    Value start;
    Range range;
  };
  NameMap<OptimizerState> optimizerStates;
  // the layers, in the order in which they got their places
  std::vector<std::shared_ptr<Applicable>> placed;

  // Fits (Fit.cpp) --------------------------------------------------------------------------------
  /// In a `fit` function: the fitted parameters in order, each with the mask of the elements to
  /// change, and the sum of the relative changes so far.
  struct FittedTensor {
    std::string name;
    mlir::Value mask;
  };
  std::vector<FittedTensor> fits;
  Value fitChange;
  /// The value of a layer. In a `fit` function, first fits the parameters whose initializers
  /// request it. `body` may be called twice.
  Value withFits(Placement &place, llvm::function_ref<Value()> body);
  bool fit(const Function::Fit &fit, const Value &output, mlir::Value &result);

  // Metrics (Metrics.cpp) -------------------------------------------------------------------------
  /// The value of a metric for an example or from its totals. In a metric made of others, the value
  /// for the whole split.
  Value metricValue(const Applicable &metric, llvm::ArrayRef<Arg> args, Range at);
  Value callMetric(const Applicable &metric, llvm::ArrayRef<Arg> args, Range at);
  /// The metric for a single output that takes the place of one for classes, `@classes`; or null.
  const ast::MetricDecl *formFor(const ast::MetricDecl *decl, const Scope &scope);

  // Units (Units.cpp) -----------------------------------------------------------------------------
  /// The statistics of a normalised field of the data set of a run, by the field's tensor.
  struct Scaling {
    std::string field;
    Value mean, deviation;
  };
  llvm::DenseMap<mlir::Value, Scaling> scalings;
  /// The targets that losses have compared with outputs of models.
  std::vector<mlir::Value> comparedTargets;
  std::string unitsOfMetric; // the field in whose own units the last metric compared numbers
  /// `v` in the units that a field had before it was normalised.
  Value denormalized(const Value &v, const Value &mean, const Value &deviation, Range at);
  /// If `decl` compares a model's output with a normalised field (`@compares`), notes the target
  /// and, with `args`, replaces both by themselves in the field's own units.
  void noteCompared(const ast::Decl *decl, llvm::ArrayRef<ast::Parameter> params,
                    std::vector<Arg> &args, bool replace, Range at);

  // Conditions on data (Targets.cpp) --------------------------------------------------------------
  /// A condition on the values of a field that is used, unchanged, as an index or as an argument of
  /// a function or metric that states a fact about it. The runtime checks it on the data.
  struct Bound {
    mlir::Value value;
    BoundT row; // but for its field and its place
    Range range;
  };
  std::vector<Bound> bounds;
  double ignored = NAN; // `ignore` of the function that is being run; NaN: nothing is ignored
  /// Sets `ignored` from the `@ignores` fact of a function or metric for the lifetime of the
  /// object.
  struct IgnoreGuard {
    IgnoreGuard(Elaborator &e, const ast::Decl *decl, const Scope &scope);
    ~IgnoreGuard() { e.ignored = outer; }
    Elaborator &e;
    const double outer;
  };
  /// Records the conditions that the facts of a function or metric state about its arguments.
  /// Returns false after an error.
  bool noteTarget(const ast::Decl *decl, const Scope &scope, Range at);
  void noteBound(mlir::Value value, BoundT row, Range at);
  /// If a value only moves, repeats or converts all the numbers of another one: that value.
  /// Otherwise null.
  static mlir::Value beforeMoving(mlir::Value value);

  /// The text data sets whose characters the program turns into numbers or back.
  std::set<const ast::DataDecl *> spelled;

  // The state of the text -------------------------------------------------------------------------
  /// Whether the element type of the program is f64.
  bool wideProgram = false;
  /// The block of an experiment, which has names of its own, is being elaborated.
  bool inVariant = false;
  unsigned frames = 0; // number of calls so far: see Scope::frame

  /// In a part of a model, `training` is 1 if that part is trained. Frozen parts, and other models
  /// in a loss, are applied as in an evaluation.
  struct PartGuard {
    PartGuard(Function &fn, bool trained) : fn(fn), training(fn.training), inside(fn.insideModel) {
      fn.training = fn.isStep && trained;
      fn.insideModel = true;
    }
    ~PartGuard() { fn.training = training, fn.insideModel = inside; }
    Function &fn;
    bool training, inside;
  };
  /// While prelude code runs, messages and locations point to the user's call.
  struct CallSite {
    CallSite(Elaborator &e, bool prelude, Range at) : e(e), old(e.diags.callSite) {
      if (prelude && !old.isValid())
        e.diags.callSite = at;
    }
    ~CallSite() { e.diags.callSite = old; }
    Elaborator &e;
    Range old;
  };
  /// A nesting level of values, functions and layers. Evaluation is recursive: the limit keeps the
  /// stack below half of the usual 8 MiB.
  static constexpr unsigned mostNesting = 400;
  struct Nesting {
    Nesting(Elaborator &e, const llvm::Twine &name, Range at);
    ~Nesting() { --e.depth; }
    Elaborator &e;
    const bool allowed;
  };
  struct RangeGuard {
    RangeGuard(Elaborator &e, Range r) : e(e), old(e.fn->emit.range) { e.fn->emit.range = r; }
    ~RangeGuard() { e.fn->emit.range = old; }
    Elaborator &e;
    Range old;
  };

  // The parts -------------------------------------------------------------------------------------
  Expressions expressions;
  Arithmetic arithmetic;
  Axes axes;
  Indexing indexing;
  Calls calls;
  Places places;
  Layers layers;
  Bodies bodies;
  Initializers initializers;
  Scans scans;

private:
  unsigned depth = 0; // of Nesting
};

} // namespace nnc
