// Evaluates expressions of the language. Everything known at compile time is computed, layers and
// functions are inlined, and the rest becomes nn ops in the current function.
#pragma once

#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/values/Function.h"
#include "compiler/sema/Symbols.h"

#include <cmath>
#include <functional>
#include <optional>

namespace nnc {

/// Whether the tensor `name` is at `place` or below it.
bool isUnder(llvm::StringRef name, llvm::StringRef place);
/// Whether a parameter multiplies inputs. Biases, gains and shifts do not: they have one axis.
inline bool isWeight(const TensorInfo &info) { return info.shape.size() >= 2; }

/// A column as an expression names it.
struct ColumnName {
  llvm::StringRef name;
  Range at;
};

class Elaborator {
public:
  Elaborator(Diagnostics &diags, const sema::Symbols &symbols) : diags(diags), symbols(symbols) {}

  Diagnostics &diags;
  const sema::Symbols &symbols;
  /// The function that is being built.
  Function *fn = nullptr;

  /// Additional facts about a model: for models in the blocks of experiments, and for ensembles.
  struct ModelUse {
    std::string place; // the place of its tensors; a `#` ends the part that is used as key of its
                       // random numbers
    int members = 0;   // of an ensemble; 0 for other models
    // values of a search result: `best.rate`; Unavailable: what the name denotes is not known
    std::map<std::string, Value> values;
  };
  std::map<const ast::Decl *, ModelUse> modelUses;
  /// The place of a model's tensors: its name, unless modelUses overrides it.
  std::string placeOf(const ast::Decl *model) const {
    auto use = modelUses.find(model);
    return use == modelUses.end() ? model->name.text.str() : use->second.place;
  }

  /// Models made of models (Models.cpp). `parts`: the models that a model applies, directly or
  /// indirectly, by place. `passesOn`: the models that get its input unchanged. They are filled in
  /// when the init function of a model is elaborated. That ends early if a part is not yet `known`;
  /// `missing` is then that part.
  std::map<const ast::Decl *, NameMap<const ast::Decl *>> parts;
  std::map<const ast::Decl *, std::set<const ast::Decl *>> passesOn;
  std::set<const ast::Decl *> known;
  const ast::Decl *missing = nullptr;
  /// The names that the program gives to places, by model and by the declaration whose body gives
  /// them. Numbered names skip these.
  std::map<std::pair<const ast::Decl *, const ast::Decl *>, std::set<std::string>> givenNames;
  /// A numbered name was given that the text gives explicitly further on. The model must be
  /// elaborated again.
  bool renumber = false;
  /// The place of `rest`, a path below a model as the program writes it. Its first name may be that
  /// of a part that is a model.
  std::string placeBelow(const ast::Decl *model, llvm::StringRef rest) const;
  /// Whether a tensor is at a place, below it, or in a model that is a part of the model at that
  /// place.
  bool belongsTo(llvm::StringRef tensor, llvm::StringRef place) const;

  /// Every persistent tensor so far, by full place. Filled in when the init function of a model is
  /// elaborated.
  NameMap<TensorInfo> tensors;
  /// The places that the program froze.
  std::vector<std::string> frozen;

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
  /// Records the conditions that the facts of a function or metric state about its arguments
  /// (Targets.cpp). Returns false after an error.
  bool noteTarget(const ast::Decl *decl, const Scope &scope, Range at);
  void noteBound(mlir::Value value, BoundT row, Range at);
  /// If a value only moves, repeats or converts all the numbers of another one: that value.
  /// Otherwise null.
  static mlir::Value beforeMoving(mlir::Value value);

  /// In a data block: whether there is a column of that name.
  std::function<bool(llvm::StringRef name)> isColumn;
  /// In a data block: the value of a column, as numbers or as class numbers.
  std::function<std::optional<Value>(llvm::StringRef name, bool asCategory, Range at)> column;
  /// In a data block: 1 where the cell of the column has no value (NN_MISSING) or reads as `text`
  /// (NN_EQUALS), else 0.
  std::function<std::optional<Value>(llvm::StringRef name, column_kind kind, llvm::StringRef text,
                                     Range at)>
      columnTruth;
  /// True while the condition of a `where` is elaborated.
  bool inWhere = false;
  /// Whether a comparison such as `origin != "usa"` compares a cell with a text.
  bool comparesText(const ast::BinaryExpr *e) const;
  Value compareText(const ast::BinaryExpr *e);
  /// In a data block: columns with one number each as one tensor. Nothing if any has more numbers.
  std::function<std::optional<Value>(llvm::ArrayRef<ColumnName> names)> columnRun;
  /// In a data block: the columns from one to another.
  std::function<std::vector<ColumnName>(llvm::StringRef first, llvm::StringRef last, Range at)>
      columnRange;
  /// Whether the element type of the program is f64.
  bool wideProgram = false;

  /// The state of the elaboration of a metric (Metrics.cpp): `total` collects in the batch function
  /// and reads in the final one.
  enum class TotalMode { None, Collect, Read };
  TotalMode totalMode = TotalMode::None;
  std::vector<mlir::Value> totals; // Collect: the sums over the batch
  std::vector<size_t> spreads;     // Collect: the indices at which the three totals of each
                                   // `total_spread` begin
  size_t totalsRead = 0;           // Read: how many were read
  std::vector<Application> *metricUses =
      nullptr; // if not null: records the metrics that are called while collecting

  // Expressions -----------------------------------------------------------------------------------
  Value evaluate(const ast::Expr *e, const Scope &scope);
  /// Evaluates a block with a value; `scope` receives its lets.
  Value evaluateBlock(const ast::BlockExpr *block, Scope &scope);
  /// Evaluates a compile-time number and drops its unit. Reports anything else.
  bool evaluateNumber(const ast::Expr *e, const Scope &scope, double &number, llvm::StringRef what);
  bool evaluateInteger(const ast::Expr *e, const Scope &scope, int64_t &number,
                       llvm::StringRef what);
  /// Evaluates a declared shape to sizes and axis names. Unknown names are an error.
  bool evaluateShape(const ast::Shape &shape, const Scope &scope, std::vector<int64_t> &sizes,
                     std::vector<std::string> &axes);

  // Application -----------------------------------------------------------------------------------
  using Arg = nnc::Arg;
  /// Calls or instantiates `callee`.
  Value call(const Value &callee, llvm::ArrayRef<Arg> args, Range at);
  Value applyLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                   llvm::StringRef placeName = {});
  Value runLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                 llvm::StringRef placeName);
  /// Records what `apply` does in `fn->applications`, if that is not null.
  Value recorded(const Applicable &callee, llvm::ArrayRef<Arg> args, Range at,
                 llvm::function_ref<Value()> apply);
  Value applyModel(const Applicable &model, llvm::ArrayRef<Arg> inputs, Range at);
  /// The value of a metric for an example or from its totals. In a metric made of others, the value
  /// for the whole split.
  Value metricValue(const Applicable &metric, llvm::ArrayRef<Arg> args, Range at);
  Value callMetric(const Applicable &metric, llvm::ArrayRef<Arg> args, Range at);
  /// The value of a declared name.
  Value declared(const ast::Decl *decl, bool prelude);

  /// Binary and unary arithmetic of the language on all kinds of values.
  Value binary(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
               Range rangeB);
  Value negate(const Value &a, Range at);
  Value choose(const Value &condition, const Value &a, const Value &b, Range at,
               llvm::ArrayRef<Range> ranges);

  /// Converts `10 epochs` to steps. Everything else is unchanged.
  Value inSteps(const Value &v, Range at);

  /// The tensors of a model at or below a place.
  std::vector<const TensorInfo *> tensorsUnder(llvm::StringRef place) const;
  bool isFrozen(llvm::StringRef tensor) const;
  /// Whether the train statement whose step is being built trains that place.
  bool isTrained(llvm::StringRef place) const;
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
  /// The value of a place in an expression: one tensor, or all weights below it.
  Value readPlace(const Value &place, Range at);

  /// Evaluates an initializer or a start value for a tensor of that shape.
  mlir::Value initialValue(const Value &v, const TensorInfo &info, Range at);
  /// Parameters whose initializer fits them to the first batch. Filled in together with `tensors`.
  std::set<std::string> fitted;
  /// In a `fit` function: the fitted parameters in order, each with the mask of the elements to
  /// change, and the sum of the relative changes so far.
  struct FittedTensor {
    std::string name;
    mlir::Value mask;
  };
  std::vector<FittedTensor> fits;
  Value fitChange;

  /// Runs the statements of an optimizer for one parameter; `theta` and `grad` are ambient. Returns
  /// false after an error.
  bool runOptimizer(const Applicable &optimizer, const TensorInfo &parameter,
                    llvm::StringRef prefix, mlir::Value grad, Range at);
  /// The optimizer states that runOptimizer has found, with their start values.
  struct OptimizerState {
    TensorInfo info;
    Value start;
    Range range;
  };
  NameMap<OptimizerState> optimizerStates;

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

  /// Reports that a name is unknown here. (sema has checked the names, so it is only unknown in
  /// this function.)
  Value unknownName(llvm::StringRef name, Range at);

  /// A nesting level of values, functions and layers. Evaluation is recursive: the limit keeps the
  /// stack below half of the usual 8 MiB.
  static constexpr unsigned mostNesting = 400;
  struct Nesting {
    Nesting(Elaborator &e, const llvm::Twine &name, Range at);
    ~Nesting() { --e.depth; }
    Elaborator &e;
    const bool allowed;
  };
  /// The largest number of expressions evaluated in one function. 5,000 layers need a tenth of it;
  /// exponential growth reaches it within seconds.
  static constexpr int64_t mostEvaluations = 4'000'000;
  bool tooLarge = false;
  /// Counts an evaluation. Reports once that there are too many.
  bool withinLimit(Range at);
  /// The known numbers of the program's lets.
  std::map<const ast::Decl *, Value> knownLets;
  bool inVariant = false; // the block of an experiment, which has names of its own, is being
                          // elaborated

  struct RangeGuard {
    RangeGuard(Elaborator &e, Range r) : e(e), old(e.fn->emit.range) { e.fn->emit.range = r; }
    ~RangeGuard() { e.fn->emit.range = old; }
    Elaborator &e;
    Range old;
  };

  bool integerOf(const Value &v, int64_t &n, Range at, llvm::StringRef what);
  /// Evaluates the value of `over`: axis names and positions, `batch` and `...`.
  Value evaluateAxes(const ast::Expr *e, const Scope &scope);

  Value evaluateName(const ast::NameExpr *e, const Scope &scope);
  /// The value of a name that the language provides. Nothing for a name that belongs to one kind of
  /// body, which puts its value into Function::ambient, and for the clock where there is none.
  std::optional<Value> ambientValue(const sema::Ambient &ambient, Range at);
  std::optional<Value> clockValue(const sema::Ambient &ambient, Range at);
  Value evaluateField(const ast::FieldExpr *e, const Scope &scope);
  Value evaluateCall(const ast::CallExpr *e, const Scope &scope);
  Value evaluatePipe(const ast::PipeExpr *e, const Scope &scope);
  Value evaluateIndex(const ast::IndexExpr *e, const Scope &scope);
  /// Which of `n` elements an index selects; a negative one counts from the end. `of` names their
  /// owner: "an axis", "a list".
  bool positionOf(const Value &v, int64_t n, llvm::StringRef of, int64_t &at, Range range);
  /// The first and the last element of a range.
  bool positionsOf(const ast::RangeOfExpr *range, int64_t n, llvm::StringRef of, int64_t &from,
                   int64_t &to, const Scope &scope);
  /// One or several items of a list. If the index is not known before the run, sets `known` to
  /// false and returns the index.
  Value indexList(const Value &list, const ast::Expr *index, const Scope &scope, bool &known);
  class Branches; // Branches.cpp
  Value evaluateIf(const ast::IfExpr *e, const Scope &scope);
  Value evaluateList(const ast::ListExpr *e, const Scope &scope);
  /// Appends the columns that a list element names: one, or a range. Returns false if it is not an
  /// unchanged column.
  bool namesColumns(const ast::Expr *e, const Scope &scope, std::vector<ColumnName> &names);
  bool runStatement(const ast::Stmt *s, Scope &scope);
  bool runParam(const ast::ParamStmt *s, Scope &scope);
  bool runState(const ast::StateStmt *s, Scope &scope);
  /// The shape of a layer's parameter or state, and its name, which no inner layer may have.
  /// `needs` is the error if it has no shape. Returns false after an error.
  template <class Stmt>
  bool declareTensor(const Stmt *s, const llvm::Twine &needs, const Scope &scope, TensorInfo &info);
  bool runAssign(const ast::AssignStmt *s, Scope &scope);
  std::vector<Arg> evaluateParts(llvm::ArrayRef<ast::Argument> args, const Scope &scope);
  std::vector<Arg> evaluateArgs(llvm::ArrayRef<ast::Argument> args, const Scope &scope);

  /// Binds arguments to parameters in `scope`, and evaluates defaults there.
  bool bind(llvm::ArrayRef<ast::Parameter> params, llvm::ArrayRef<Arg> args, Scope &scope, Range at,
            llvm::StringRef what, bool toSteps = true);
  /// Matches an input against its declared shape: binds axis names to sizes, and gives the tensor
  /// its axis names.
  bool matchShape(const ast::Parameter &param, Value &input, Scope &scope, Range at,
                  llvm::StringRef what);
  /// Checks that the result of a body has the declared shape. `applied` is the place of the
  /// application, if it deserves a note.
  bool checkResult(const ast::Shape *shape, Value &result, Scope &scope, const ast::Expr *body,
                   Range applied, llvm::StringRef what);
  Value callFunction(const Applicable &f, llvm::ArrayRef<Arg> args, Range at);
  Value instantiate(const Applicable &a, llvm::ArrayRef<Arg> args, Range at);
  bool placeFor(const std::shared_ptr<Applicable> &layer, llvm::StringRef placeName, Range at);
  /// Gives `who` the name in `in`, and reports an error if something else has it. If that name is
  /// only a number, it is changed in the next elaboration.
  bool give(Placement &in, std::string &name, const void *who, Range at);
  /// The surrounding model, for applyModel.
  struct Around {
    const ast::Decl *model = nullptr;
    mlir::Value input;
    Placement *placement = nullptr;
    std::string member; // of an ensemble: the place of the current member, which has its own parts
  };
  Around around;
  bool notePart(const Applicable &model, mlir::Value input, const std::string &place, Range at);
  /// Evaluates `e`, a part of the initializer `init`, for a tensor. `more` are additional names in
  /// scope.
  Value evaluateInit(const Applicable &init, const ast::Expr *e, const TensorInfo &info,
                     const std::map<std::string, Value> &more, Range at);
  /// The value of a layer. In a `fit` function, first fits the parameters whose initializers
  /// request it. `body` may be called twice.
  Value withFits(Placement &place, llvm::function_ref<Value()> body);
  bool fit(const Function::Fit &fit, const Value &output, mlir::Value &result);
  /// Declares a number that a schedule remembers from step to step.
  bool runScheduleState(const ast::StateStmt *s, Scope &scope);
  Value mapWeights(const Value &a, const Value &b,
                   llvm::function_ref<Value(const Value &, const Value &)> f);

  llvm::SmallVector<int64_t> resolveAxes(const Value &x, const Arg *over, Range at, bool &ok);
  /// The elements of x at `i` along an axis. The axes of i replace that axis.
  Value taken(const Value &x, const Value &i, int64_t axis);

  std::map<std::string, TensorInfo> localStates; // names assigned with `<-` in the body being run
  /// The function whose body is being run, and the place of its states once it has one.
  struct Schedule {
    std::string name, place;
  };
  Schedule *schedule = nullptr;
  // the layers, in the order in which they got their places
  std::vector<std::shared_ptr<Applicable>> placed;
  const void *suppressedDerivative = nullptr; // the function whose stated derivative is being
                                              // evaluated
  unsigned depth = 0;
  unsigned frames = 0;         // number of calls so far: see Scope::frame
  bool insideFunction = false; // inside a function, whose applications are parts of it
  size_t applicationDepth = 0; // number of recorded applications that have not ended
};

} // namespace nnc
