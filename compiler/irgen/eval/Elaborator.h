// Evaluates the language's expressions: everything known at compile time is computed, layers and
// functions are inlined, and what remains becomes nn ops in the current function.
#pragma once

#include "compiler/irgen/values/Function.h"
#include "compiler/sema/Symbols.h"

#include <cmath>
#include <functional>
#include <optional>

namespace nnc {

/// Whether the tensor `name` is `place` or lies below it.
bool isUnder(llvm::StringRef name, llvm::StringRef place);
/// Whether a parameter multiplies inputs: biases, gains and shifts have one axis.
inline bool isWeight(const TensorInfo &info) { return info.shape.size() >= 2; }

/// A column, as an expression names it.
struct ColumnName {
  llvm::StringRef name;
  Range at;
};

class Elaborator {
public:
  Elaborator(Diagnostics &diags, const sema::Symbols &symbols) : diags(diags), symbols(symbols) {}

  Diagnostics &diags;
  const sema::Symbols &symbols;
  /// The function being filled.
  Function *fn = nullptr;

  /// What is known of a model besides its declaration: those in the blocks of experiments, and
  /// ensembles.
  struct ModelUse {
    std::string place; // where its tensors live; a `#` ends the part that keys its random numbers
    int members = 0;   // of an ensemble
    // of what a search found: `best.rate`; unavailable: what the name stands for
    std::map<std::string, Value> values;
  };
  std::map<const ast::Decl *, ModelUse> modelUses;
  /// Where a model's tensors live: under its name, unless modelUses says otherwise.
  std::string placeOf(const ast::Decl *model) const {
    auto use = modelUses.find(model);
    return use == modelUses.end() ? model->name.text.str() : use->second.place;
  }

  /// Models made of models (Models.cpp). `parts` are those that a model applies, however deep, by
  /// their place; `passesOn` those that get its input as it is. Filled when a model's init function
  /// is elaborated, which ends early where a part is not `known` yet, `missing`.
  std::map<const ast::Decl *, NameMap<const ast::Decl *>> parts;
  std::map<const ast::Decl *, std::set<const ast::Decl *>> passesOn;
  std::set<const ast::Decl *> known;
  const ast::Decl *missing = nullptr;
  /// Names that the program gives to places, by the model and the declaration in whose body they
  /// are given: numbers pass them over.
  std::map<std::pair<const ast::Decl *, const ast::Decl *>, std::set<std::string>> givenNames;
  /// A number was given that the text gives as a name further on: elaborate the model once more.
  bool renumber = false;
  /// A place as a program writes it, below a model: the first name after it may be that of a part
  /// that is a model.
  std::string placeBelow(const ast::Decl *model, llvm::StringRef rest) const;
  /// Whether a tensor is at a place, or below it, or in a model that the model at that place is
  /// made of.
  bool belongsTo(llvm::StringRef tensor, llvm::StringRef place) const;

  /// Every persistent tensor met so far, by full place; filled when a model's init function is
  /// elaborated.
  NameMap<TensorInfo> tensors;
  /// Places the program froze: prefixes of tensor names.
  std::vector<std::string> frozen;

  /// What the values of a field must be that reaches an index, or a function or metric that states
  /// a fact about it, as it stands: checked on the data.
  struct Bound {
    mlir::Value value;
    nn_bound row;
    Range range;
  };
  std::vector<Bound> bounds;
  std::map<const char *, std::string> readers; // the names in `bounds`
  double ignored = NAN; // `ignore` of the function that is being run; NaN: nothing is ignored
  /// While it lives, what a function or a metric says that it ignores is.
  struct IgnoreGuard {
    IgnoreGuard(Elaborator &e, const ast::Decl *decl, const Scope &scope);
    ~IgnoreGuard() { e.ignored = outer; }
    Elaborator &e;
    const double outer;
  };
  /// Notes what the facts of a function or a metric say of its arguments (Targets.cpp); false after
  /// an error.
  bool noteTarget(const ast::Decl *decl, const Scope &scope, Range at);
  void noteBound(mlir::Value value, nn_bound row, Range at);
  /// Of a value that only moves, repeats or converts another one's numbers, that other one; else
  /// null. A part of a value says nothing of the rest of it.
  static mlir::Value beforeMoving(mlir::Value value);

  /// In a data block: whether there is a column of that name; its value, as numbers or as class
  /// numbers; columns of one number each as one tensor, or nothing where they are more; and the
  /// names from one column to another.
  std::function<bool(llvm::StringRef name)> isColumn;
  std::function<std::optional<Value>(llvm::StringRef name, bool asCategory, Range at)> column;
  /// In a data block: 1 where the column's cell has no value (NN_MISSING), or reads as `text`
  /// (NN_EQUALS), else 0.
  std::function<std::optional<Value>(llvm::StringRef name, int32_t kind, llvm::StringRef text,
                                     Range at)>
      columnTruth;
  /// While the condition of a `where` is elaborated.
  bool inWhere = false;
  /// `origin != "usa"`: a cell compared with a text.
  bool comparesText(const ast::BinaryExpr *e) const;
  Value compareText(const ast::BinaryExpr *e);
  std::function<std::optional<Value>(llvm::ArrayRef<ColumnName> names)> columnRun;
  std::function<std::vector<ColumnName>(llvm::StringRef first, llvm::StringRef last, Range at)>
      columnRange;
  /// Whether the program's elements are f64.
  bool wideProgram = false;

  /// State of a metric's elaboration (Metrics.cpp): `total` collects in the batch function, and
  /// reads in the final one.
  enum class TotalMode { None, Collect, Read };
  TotalMode totalMode = TotalMode::None;
  std::vector<mlir::Value> totals; // Collect: the sums over the batch
  std::vector<size_t> spreads;     // Collect: where the three totals of a `total_spread` begin
  size_t totalsRead = 0;           // Read: how many were asked for
  std::vector<Application> *metricUses =
      nullptr; // if not null, metrics that are collected are noted there

  // Expressions -----------------------------------------------------------------------------------
  Value evaluate(const ast::Expr *e, const Scope &scope);
  /// A block with a value; `scope` receives its lets.
  Value evaluateBlock(const ast::BlockExpr *block, Scope &scope);
  /// A compile-time number, with the unit dropped; reports anything else.
  bool evaluateNumber(const ast::Expr *e, const Scope &scope, double &number, llvm::StringRef what);
  bool evaluateInteger(const ast::Expr *e, const Scope &scope, int64_t &number,
                       llvm::StringRef what);
  /// A shape as declared: sizes and axis names. Names not yet known are an error.
  bool evaluateShape(const ast::Shape &shape, const Scope &scope, std::vector<int64_t> &sizes,
                     std::vector<std::string> &axes);

  // Application -----------------------------------------------------------------------------------
  struct Arg {
    std::string name; // empty: positional
    Value value;
    Range range;
  };
  /// Calls or instantiates `callee`.
  Value call(const Value &callee, llvm::ArrayRef<Arg> args, Range at);
  Value applyLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                   llvm::StringRef placeName = {});
  Value runLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                 llvm::StringRef placeName);
  /// Notes in `fn->applications`, if they are wanted, what `apply` does.
  Value recorded(const Applicable &callee, llvm::ArrayRef<Arg> args, Range at,
                 llvm::function_ref<Value()> apply);
  Value applyModel(const Applicable &model, llvm::ArrayRef<Arg> inputs, Range at);
  /// What a metric gives for an example, or of its totals; and, in a metric made of others, for the
  /// whole split.
  Value metricValue(const Applicable &metric, llvm::ArrayRef<Arg> args, Range at);
  Value callMetric(const Applicable &metric, llvm::ArrayRef<Arg> args, Range at);
  /// The value of a declaration's name.
  Value declared(const ast::Decl *decl, bool prelude);

  /// Binary and unary arithmetic of the language on any values.
  Value binary(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
               Range rangeB);
  Value negate(const Value &a, Range at);
  Value choose(const Value &condition, const Value &a, const Value &b, Range at,
               llvm::ArrayRef<Range> ranges);

  /// `10 epochs` as steps, where a plain number is wanted; everything else is unchanged.
  Value inSteps(const Value &v, Range at);

  /// The tensors of a model below a place.
  std::vector<const TensorInfo *> tensorsUnder(llvm::StringRef place) const;
  bool isFrozen(llvm::StringRef tensor) const;
  /// Whether the train statement whose step is being filled trains what is at that place.
  bool isTrained(llvm::StringRef place) const;
  /// Within a part of a model, `training` is 1 if that part is trained: what is frozen, and other
  /// models in a loss, are applied as in an evaluation.
  struct PartGuard {
    PartGuard(Function &fn, bool trained) : fn(fn), training(fn.training), inside(fn.insideModel) {
      fn.training = fn.isStep && trained;
      fn.insideModel = true;
    }
    ~PartGuard() { fn.training = training, fn.insideModel = inside; }
    Function &fn;
    bool training, inside;
  };
  /// The value of a place in an expression: one tensor, or the weights below it.
  Value readPlace(const Value &place, Range at);

  /// Evaluates an initializer, or a start value, for a tensor of that shape.
  mlir::Value initialValue(const Value &v, const TensorInfo &info, Range at);
  /// Parameters whose initializer goes on to fit them to the first batch; filled as `tensors` is.
  std::set<std::string> fitted;
  /// The sum of what a `fit` function has changed so far, and what masks each parameter it fits, in
  /// order.
  struct FittedTensor {
    std::string name;
    mlir::Value mask;
  };
  std::vector<FittedTensor> fits;
  Value fitChange;

  /// Runs the statements of an optimizer for one parameter: `theta` and `grad` are ambient. Returns
  /// the states' names.
  bool runOptimizer(const Applicable &optimizer, const TensorInfo &parameter,
                    llvm::StringRef prefix, mlir::Value grad, Range at);
  /// Optimizer states are registered here while runOptimizer meets them, with their start values.
  struct OptimizerState {
    TensorInfo info;
    Value start;
    Range range;
  };
  NameMap<OptimizerState> optimizerStates;

  /// While prelude code runs, messages and locations point at the user's call of it.
  struct CallSite {
    CallSite(Elaborator &e, bool prelude, Range at) : e(e), old(e.diags.callSite) {
      if (prelude && !old.isValid())
        e.diags.callSite = at;
    }
    ~CallSite() { e.diags.callSite = old; }
    Elaborator &e;
    Range old;
  };

  /// Reports that a name is unknown here (sema has checked names, so: not known in this place).
  Value unknownName(llvm::StringRef name, Range at);

  /// A level of values, functions and layers that are made of one another. Evaluation is recursive:
  /// the limit keeps its stack below half of the usual 8 MiB.
  static constexpr unsigned mostNesting = 400;
  struct Nesting {
    Nesting(Elaborator &e, const llvm::Twine &name, Range at);
    ~Nesting() { --e.depth; }
    Elaborator &e;
    const bool allowed;
  };
  /// Expressions in one function: 5,000 layers need a tenth of it, and what doubles itself meets it
  /// within seconds.
  static constexpr int64_t mostEvaluations = 4'000'000;
  bool tooLarge = false;
  /// Counts an evaluation; reports once that there are too many.
  bool withinLimit(Range at);
  /// Known numbers of the program's lets.
  std::map<const ast::Decl *, Value> knownLets;
  bool inVariant = false; // a block of an experiment is elaborated, with names of its own

  struct RangeGuard {
    RangeGuard(Elaborator &e, Range r) : e(e), old(e.fn->emit.range) { e.fn->emit.range = r; }
    ~RangeGuard() { e.fn->emit.range = old; }
    Elaborator &e;
    Range old;
  };

  // Builtins (Builtins*.cpp) ----------------------------------------------------------------------
  struct BuiltinCall {
    llvm::ArrayRef<Arg> args;
    Range at;
    /// Of `grad`: evaluates its first argument once more, where these tensors are the second.
    llvm::function_ref<Value(llvm::ArrayRef<Value>)> again = nullptr;
    const Arg *positional(size_t i) const;
    const Arg *named(llvm::StringRef name) const;
    /// Positional i or the named one; null if neither is there.
    const Arg *either(size_t i, llvm::StringRef name) const;
  };
  Value callBuiltin(llvm::StringRef name, const BuiltinCall &call);
  static bool isBuiltin(llvm::StringRef name);

  bool integerOf(const Value &v, int64_t &n, Range at, llvm::StringRef what);
  /// Evaluates `over = …`: axis names and positions, `batch` and `...`.
  Value evaluateAxes(const ast::Expr *e, const Scope &scope);

private:
  Value evaluateName(const ast::NameExpr *e, const Scope &scope);
  Value evaluateField(const ast::FieldExpr *e, const Scope &scope);
  Value evaluateCall(const ast::CallExpr *e, const Scope &scope);
  Value evaluatePipe(const ast::PipeExpr *e, const Scope &scope);
  Value evaluateIndex(const ast::IndexExpr *e, const Scope &scope);
  /// The element of `n` that an index means, from the end if it is negative; `of` is what has them:
  /// "an axis", "a list".
  bool positionOf(const Value &v, int64_t n, llvm::StringRef of, int64_t &at, Range range);
  /// The first and the last element that a range means.
  bool positionsOf(const ast::RangeOfExpr *range, int64_t n, llvm::StringRef of, int64_t &from,
                   int64_t &to, const Scope &scope);
  /// An item of a list, or some; `known` becomes false where the index is not known before the run,
  /// and is what is returned.
  Value indexList(const Value &list, const ast::Expr *index, const Scope &scope, bool &known);
  class Branches; // Branches.cpp
  Value evaluateIf(const ast::IfExpr *e, const Scope &scope);
  Value evaluateList(const ast::ListExpr *e, const Scope &scope);
  /// Appends the columns that an element of a list names: one, or a range. False: it is no column
  /// as it stands.
  bool namesColumns(const ast::Expr *e, const Scope &scope, std::vector<ColumnName> &names);
  bool runStatement(const ast::Stmt *s, Scope &scope);
  bool runParam(const ast::ParamStmt *s, Scope &scope);
  bool runState(const ast::StateStmt *s, Scope &scope);
  bool runAssign(const ast::AssignStmt *s, Scope &scope);
  std::vector<Arg> evaluateParts(llvm::ArrayRef<ast::Argument> args, const Scope &scope);
  std::vector<Arg> evaluateArgs(llvm::ArrayRef<ast::Argument> args, const Scope &scope);

  /// Binds arguments to parameters in `scope`; defaults are evaluated there.
  bool bind(llvm::ArrayRef<ast::Parameter> params, llvm::ArrayRef<Arg> args, Scope &scope, Range at,
            llvm::StringRef what, bool toSteps = true);
  /// Matches an input against its declared shape: binds axis names to sizes, and gives the tensor
  /// its axis names.
  bool matchShape(const ast::Parameter &param, Value &input, Scope &scope, Range at,
                  llvm::StringRef what);
  /// Whether what a body gives has the shape that is declared for it; `applied`: where, if that is
  /// worth a note.
  bool checkResult(const ast::Shape *shape, Value &result, Scope &scope, const ast::Expr *body,
                   Range applied, llvm::StringRef what);
  Value callFunction(const Applicable &f, llvm::ArrayRef<Arg> args, Range at);
  Value instantiate(const Applicable &a, llvm::ArrayRef<Arg> args, Range at);
  bool placeFor(const std::shared_ptr<Applicable> &layer, llvm::StringRef placeName, Range at);
  /// Gives `who` the name in `in`, and reports an error if something else has it. A number gives
  /// way, at the next elaboration.
  bool give(Placement &in, std::string &name, const void *who, Range at);
  /// What applyModel knows of the model around it.
  struct Around {
    const ast::Decl *model = nullptr;
    mlir::Value input;
    Placement *placement = nullptr;
    std::string member; // of an ensemble: the place of the member, which has parts of its own
  };
  Around around;
  bool notePart(const Applicable &model, mlir::Value input, const std::string &place, Range at);
  /// What `e`, a part of the initializer `init`, makes of a tensor; `more` are names that it sees
  /// besides.
  Value evaluateInit(const Applicable &init, const ast::Expr *e, const TensorInfo &info,
                     const std::map<std::string, Value> &more, Range at);
  /// A layer's value, of parameters that are fitted to it first where a `fit` function asks for
  /// that. `body` may be called twice.
  Value withFits(Placement &place, llvm::function_ref<Value()> body);
  bool fit(const Function::Fit &fit, const Value &output, mlir::Value &result);
  /// A number that a schedule remembers.
  bool runScheduleState(const ast::StateStmt *s, Scope &scope);
  Value mapWeights(const Value &a, const Value &b,
                   llvm::function_ref<Value(const Value &, const Value &)> f);

  // Builtins
  Value reduction(llvm::StringRef op, const BuiltinCall &call);
  llvm::SmallVector<int64_t> resolveAxes(const Value &x, const Arg *over, Range at, bool &ok);
  Value random(llvm::StringRef op, const BuiltinCall &call);
  Value conv2d(const BuiltinCall &call);
  Value windows(const BuiltinCall &call);
  Value window(const BuiltinCall &call);
  Value padded(const BuiltinCall &call);
  /// The elements of x at `i` along an axis, whose place i's axes take.
  Value taken(const Value &x, const Value &i, int64_t axis);
  Value reshaped(llvm::StringRef name, const BuiltinCall &call);
  Value gradientOf(const BuiltinCall &call);
  /// Reports an e that does not depend on w, though it depends on what w is made of.
  bool checkDependence(const Value &y, const Value &w, const BuiltinCall &call);
  /// Each example's derivative of the call's e by each of the tensors that all share, or nothing.
  std::optional<std::vector<mlir::Value>> ownGradients(const BuiltinCall &call,
                                                       llvm::ArrayRef<Value> shared);
  Value totalOf(const BuiltinCall &call, bool spread);
  bool shapeFrom(const Value &v, std::vector<int64_t> &shape, Range at);

  struct State {
    TensorInfo info;
  };
  std::map<std::string, TensorInfo> localStates; // names assigned with `<-` in the body being run
  /// The function whose body is being run, and what its states are called once it has one.
  struct Schedule {
    std::string name, place;
  };
  Schedule *schedule = nullptr;
  // layers, in the order in which they got their places
  std::vector<std::shared_ptr<Applicable>> placed;
  const void *suppressedDerivative = nullptr; // inside a function's own derivative
  unsigned depth = 0;
  unsigned frames = 0;         // calls so far: see Scope::frame
  bool insideFunction = false; // whose applications are parts of its own
  size_t applicationDepth = 0; // of those that are recorded and not yet over
};

} // namespace nnc
