// The nodes for statements (in blocks and at the top level) and for the entries of blocks.
#pragma once
#include "compiler/ast/Expr.h"

namespace nnc::ast {

enum class StmtKind {
  // Declarations (Decl.h). Decl::classof relies on Let being the first and Data the last. Let also
  // occurs in blocks.
  Let,
  Option,
  Fn,
  Layer,
  Init,
  Optimizer,
  Metric,
  Model,
  Data,
  // In the blocks of layers, functions and optimizers.
  Param,
  State,
  Assign,
  Expression,
  // Runs: at the top level and in the blocks of search and compare.
  Train,
  Evaluate,
  Predict,
  Save,
  Load,
  Freeze,
  Report,
  Print,
  Plot,
  Search,
  Compare,
  Ensemble,
};

/// A kind in words, for messages: "a model", "a data set", "what a search found".
llvm::StringRef inWords(StmtKind kind);

struct Stmt {
  const StmtKind kind;
  Range range;

protected:
  explicit Stmt(StmtKind kind) : kind(kind) {}
};

template <StmtKind K> struct StmtOf : Stmt {
  StmtOf() : Stmt(K) {}
  static bool classof(const Stmt *s) { return s->kind == K; }
};

/// `param w: [n, units] ~ weights` (drawn by an initializer) or `param gamma: [c] = 1`.
struct ParamStmt : StmtOf<StmtKind::Param> {
  Ident name;
  Shape *shape = nullptr; ///< null: none given
  Expr *value = nullptr;  ///< the initializer or the start value; null: none given
  bool drawn = false;     ///< `~` rather than `=`
};

/// `state m = 0`, `state mean_: [c] = 0`.
struct StateStmt : StmtOf<StmtKind::State> {
  Ident name;
  Shape *shape = nullptr; ///< null: the parameter's shape (in an optimizer)
  Expr *value = nullptr;  ///< null: none given
};

/// `theta <- theta - lr * grad`
struct AssignStmt : StmtOf<StmtKind::Assign> {
  Ident name;
  Expr *value = nullptr;
};

/// An expression as a statement: in a block before its last statement, or at the top level (the
/// REPL shows its value).
struct ExprStmt : StmtOf<StmtKind::Expression> {
  Expr *expr = nullptr;
};

// ---- entries of the blocks of data, train, evaluate and ensemble --------------------------------

enum class EntryKind {
  Setting,
  Metric,
  Clip,
  Constrain,
  Stop,
  Keep,
  Checkpoint,
  Update,
  Optimizer,
  Split,
  Normalize,
  Balance,
  Augment,
  Where,
  Drop,
  Fill,
  Series,
  Row
};

struct Entry {
  const EntryKind kind;
  Range range;

protected:
  explicit Entry(EntryKind kind) : kind(kind) {}
};

template <EntryKind K> struct EntryOf : Entry {
  EntryOf() : Entry(K) {}
  static bool classof(const Entry *e) { return e->kind == K; }
};

/// `batch = 64`, `x = flatten(image)`, `test = idx(…)`. sema knows which keys exist.
struct SettingEntry : EntryOf<EntryKind::Setting> {
  Ident name;
  Expr *value = nullptr;
};

/// Whether higher or lower values of a metric are better. `keep best` and curves need this.
enum class Direction { None, Highest, Lowest };

/// `metric accuracy(net(x), y)`, `metric miss lowest = 1 - accuracy(net(x), y)`
struct MetricEntry : EntryOf<EntryKind::Metric> {
  Ident given;                           ///< the name before `=`; empty: none
  Direction direction = Direction::None; ///< written after that name
  Expr *expr = nullptr;

  /// The call, if the whole value is one call of a function or metric; otherwise null.
  const CallExpr *call() const {
    auto *c = llvm::dyn_cast_or_null<CallExpr>(expr);
    return c && llvm::isa<NameExpr>(c->callee) ? c : nullptr;
  }
  /// The name of the metric: the given one, or that of the called function. Empty after an error.
  Ident name() const {
    return given || !call() ? given : llvm::cast<NameExpr>(call()->callee)->name;
  }
};

enum class ClipKind { Norm, Value };

/// `clip norm 1.0`, `clip value 0.5`
struct ClipEntry : EntryOf<EntryKind::Clip> {
  ClipKind by = ClipKind::Norm;
  Expr *limit = nullptr;
};

/// `constrain net.weights to max_norm(theta, 3)`: applies to each of those parameters after each
/// update.
struct ConstrainEntry : EntryOf<EntryKind::Constrain> {
  Path target;
  Expr *value = nullptr;
};

/// `stop when val.loss stalls for 3 epochs`
struct StopEntry : EntryOf<EntryKind::Stop> {
  Path quantity;
  Expr *patience = nullptr;
};

enum class KeepKind { Best, Highest, Lowest };

/// `keep best val.accuracy`
struct KeepEntry : EntryOf<EntryKind::Keep> {
  KeepKind which = KeepKind::Best;
  Path quantity;
};

/// `checkpoint "run.ckpt" every 1 epochs`
struct CheckpointEntry : EntryOf<EntryKind::Checkpoint> {
  Expr *file = nullptr;
  Expr *every = nullptr;
};

/// `update critic { loss = …; optimizer = …; times = 5 }`: one of the updates of a step.
struct UpdateEntry : EntryOf<EntryKind::Update> {
  llvm::ArrayRef<Path> places;
  llvm::ArrayRef<Entry *> entries;
};

/// `optimizer net.head = adamw(1e-3)`: the optimizer of a part.
struct OptimizerEntry : EntryOf<EntryKind::Optimizer> {
  Path target;
  Expr *value = nullptr;
};

/// `split train = 70%, val = 15%, test = 15%, stratify = y, seed = 1`; all arguments are named.
struct SplitEntry : EntryOf<EntryKind::Split> {
  llvm::ArrayRef<Argument> settings;
  Range inOrder; ///< of `in order`; not valid: not given
};

/// `normalize x, y`, `normalize x by its own`
struct NormalizeEntry : EntryOf<EntryKind::Normalize> {
  llvm::ArrayRef<Ident> fields;
  bool own = false; ///< by the statistics of this data set, whatever a model has learned
};

/// `balance y`
struct BalanceEntry : EntryOf<EntryKind::Balance> {
  Ident field;
};

/// `augment x = shift(x, 2)`. For several fields the value is a list.
struct AugmentEntry : EntryOf<EntryKind::Augment> {
  llvm::ArrayRef<Ident> fields;
  Expr *value = nullptr;
};

/// `where class < 5`
struct WhereEntry : EntryOf<EntryKind::Where> {
  Expr *condition = nullptr;
};

/// `drop missing`, `drop missing [age, height]`
struct DropEntry : EntryOf<EntryKind::Drop> {
  llvm::ArrayRef<Ident> columns; ///< empty: all columns in use
};

/// `fill age, height = mean`
struct FillEntry : EntryOf<EntryKind::Fill> {
  llvm::ArrayRef<Ident> columns;
  Expr *value = nullptr;
};

/// `series by time, each meter`: rows that follow one another
struct SeriesEntry : EntryOf<EntryKind::Series> {
  Expr *key = nullptr;  ///< null: the order of the file
  Expr *each = nullptr; ///< null: one series
};

/// One row of `rows(…)`: `[0, 1] -> [1]`. One value for each field, in the order of the fields.
struct RowEntry : EntryOf<EntryKind::Row> {
  llvm::ArrayRef<Expr *> values;
};

// ---- runs ---------------------------------------------------------------------------------------

/// `train classifier on digits { … }`, `train autoencoder.enc1 on digits { … }`,
/// `train critic, maker on faces { … }`
struct TrainStmt : StmtOf<StmtKind::Train> {
  Path target, data;
  llvm::ArrayRef<Path> targets; ///< all of them; the first is `target`
  llvm::ArrayRef<Entry *> entries;
};

/// `evaluate classifier on digits.test { metric … }`
struct EvaluateStmt : StmtOf<StmtKind::Evaluate> {
  Path target, data;
  llvm::ArrayRef<Entry *> entries;
};

/// `predict classifier on digits.test`, `predict classifier on csv("new.csv") to "out.csv"`
struct PredictStmt : StmtOf<StmtKind::Predict> {
  Path target;
  Expr *data = nullptr;
  Expr *file = nullptr; ///< null: standard output
};

/// `save classifier to "classifier.safetensors"`
struct SaveStmt : StmtOf<StmtKind::Save> {
  Path target;
  Expr *file = nullptr;
};

/// `load base from "base.safetensors" except base.head, base.conv1`
struct LoadStmt : StmtOf<StmtKind::Load> {
  Path target;
  Expr *file = nullptr;
  llvm::ArrayRef<Path> except;
};

/// `freeze base.conv1, base.conv2`
struct FreezeStmt : StmtOf<StmtKind::Freeze> {
  llvm::ArrayRef<Path> places;
};

/// `report "report.html"`
struct ReportStmt : StmtOf<StmtKind::Report> {
  Expr *file = nullptr;
};

/// `print net([0, 1]), best`
struct PrintStmt : StmtOf<StmtKind::Print> {
  llvm::ArrayRef<Expr *> values;
};

/// `plot net.dense1.w, val.loss to "loss.svg"`
struct PlotStmt : StmtOf<StmtKind::Plot> {
  llvm::ArrayRef<Expr *> values;
  Expr *file = nullptr; ///< null: none given
};

/// `search best by tpe, trials = 25, minimize val.loss { … }`
struct SearchStmt : StmtOf<StmtKind::Search> {
  Ident name; ///< empty: none given
  Ident method;
  llvm::ArrayRef<Argument> settings; ///< all named
  bool minimize = true;
  Path objective;
  llvm::ArrayRef<Stmt *> body; ///< declarations, `let x ~ …` (LetDecl::drawn) and runs
};

/// `compare activations { let act ~ each(relu, tanh) … }`
struct CompareStmt : StmtOf<StmtKind::Compare> {
  Ident name; ///< empty: none given
  llvm::ArrayRef<Stmt *> body;
};

/// `ensemble five of classifier on digits { members = 5 … }`
struct EnsembleStmt : StmtOf<StmtKind::Ensemble> {
  Ident name;
  Path of, data;
  llvm::ArrayRef<Entry *> entries;
};

/// The block of a search or compare; empty for every other statement.
llvm::ArrayRef<Stmt *> blockOf(const Stmt *s);
/// The name that a search, compare or ensemble gives its result. Empty if it has none, and for
/// every other statement.
Ident resultOf(const Stmt *s);

} // namespace nnc::ast
