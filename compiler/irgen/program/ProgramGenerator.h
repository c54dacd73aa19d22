// Generates functions of the module and rows of the tables from declarations and statements.
#pragma once

#include "compiler/irgen/Irgen.h"
#include "compiler/irgen/eval/Elaborator.h"

#include <memory>
#include <set>

namespace nnc {

struct Drawn;      // Experiment.h: a drawn constant of an experiment
struct Experiment; // a generated experiment, for the statements about its result
struct ExperimentVariant;

/// The source text at `r`, on one line and without comments.
std::string writtenAt(Range r);

class ProgramGenerator {
public:
  ProgramGenerator(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                   const sema::Symbols &symbols, const IrgenOptions &options,
                   const BuiltIn &builtIn, bool attempt, IrgenResult &result);
  void run();

private:
  Diagnostics &diags;
  mlir::MLIRContext &context;
  const ast::Program &program;
  sema::Symbols symbols; // in an experiment, the names of its block hide those of the program
  const IrgenOptions &options;
  const BuiltIn &builtIn;
  // only checks whether the program is sound: one variant of each experiment is enough
  const bool attempt;
  IrgenResult &result;
  mlir::ModuleOp module;
  mlir::Type element; // T
  Elaborator elab;
  ProgramTables &tables;
  ProgramT &out; // of the tables. Its lists move when they grow: rows are known by their numbers

  std::vector<std::string> chosenNames;  // scalars that experiments choose: "best.rate"
  std::vector<StatementT> statementRows; // of the program, or of the block that is being generated
  std::map<const ast::ModelDecl *, int32_t> modelIndex;
  std::map<const ast::DataDecl *, int32_t> dataIndex;
  std::unique_ptr<Function> settings;
  int32_t settingCount = 0;
  int trainCount = 0, evaluateCount = 0, printCount = 0, plotCount = 0, experimentCount = 0,
      variantCount = 0;
  bool inBlock = false; // of an experiment
  /// The train statement above the one that is being generated: a plot shows its curves.
  struct Trained {
    const ast::TrainStmt *statement = nullptr;
    int32_t number = 0; // among the program's train statements
    struct Metric {
      std::string name;
      bool isNumber;
    };
    std::vector<Metric> metrics;
  } lastTrain;

  /// A field of a data set, as seen by the runs.
  struct Field {
    std::string name;
    std::vector<int64_t> shape;
    const ast::Expr *augment = nullptr;
    int32_t row = 0;
    int augmentPart = -1;
    std::shared_ptr<const std::function<int64_t()>> classes; // for class numbers: counts the
                                                             // classes
  };
  std::map<const ast::DataDecl *, std::vector<Field>> fieldsOf;

  /// The columns from which the input of models is computed, for each data set.
  struct InputColumns {
    const ast::DataDecl *decl;
    std::vector<std::string> names;
  };
  std::map<int32_t, InputColumns> inputColumns;

  /// A column of classes, and their number once something has asked for it. 0: nothing has; below
  /// 0: it is not known.
  struct CountedColumn {
    int32_t data, column; // numbers of rows
    bool inWhere;         // it is one of `where`
    std::shared_ptr<const int64_t> classes;
  };
  std::vector<CountedColumn> countedColumns;

  // Helpers ---------------------------------------------------------------------------------------
  std::string where(Range r);
  /// Ends a function and adds it to the tables.
  nn_fn finish(Function &fn);
  /// Ends a function and removes it.
  static void drop(Function &fn);
  nn_number number(const ast::Expr *e, llvm::StringRef what, double least = -1e300,
                   double most = 1e300, bool whole = false);
  static nn_number constantNumber(double v) { return nn_number{v, -1}; }
  /// A duration, or a plain number of epochs.
  nn_number epochs(const ast::Expr *e, llvm::StringRef what);
  bool textOf(const ast::Expr *e, std::string &text, llvm::StringRef what);
  const ast::ModelDecl *findModel(const ast::Path &path);
  const ast::DataDecl *findData(const ast::Path &path, program::split *split = nullptr);

  /// The row of a tensor.
  int32_t tensorRow(llvm::StringRef name) const;
  /// The place of a model, as part of a function name.
  std::string symbolOf(const ast::ModelDecl *model) const;
  /// The place of a path whose model may be in the block of an experiment: "net#3.dense1".
  std::string placeText(const ast::Path &path);

  // Declarations ----------------------------------------------------------------------------------
  void genOptions();
  void genModel(const ast::ModelDecl *decl);
  /// Draws the tensors of the model in `init`. `x` is its input; `made` becomes its value. Returns
  /// false if one of its parts must be generated first.
  bool genInit(const ast::ModelDecl *decl, Function &init, const Elaborator::Arg &x, Value &made);
  /// The model is trained on that data set, which prepares its input from here on. This also
  /// applies to models that pass their input on to it unchanged or get it from it.
  void noteData(const ast::ModelDecl *model, int32_t data);
  std::set<const ast::Decl *> ownData; // models that were trained themselves
  void genData(const ast::DataDecl *decl);
  std::unique_ptr<SourceT> genSource(const sema::SourceInfo &info, const ast::DataDecl *decl);
  void treatAbsent(const sema::DataInfo &info, std::vector<ColumnT> &columns);
  void genRows(const ast::DataDecl *decl, const sema::SourceInfo &info, SourceT &source);

  // Statements ------------------------------------------------------------------------------------
  void genStatement(const ast::Stmt *s);
  /// Generates a statement that does not depend on the result of an experiment, or depends on the
  /// variant whose names are in scope.
  void genPlainStatement(const ast::Stmt *s);
  void genTrain(const ast::TrainStmt *s);
  void genEvaluate(const ast::EvaluateStmt *s);
  void genPredict(const ast::PredictStmt *s);
  /// The source that `predict` reads: checks that it has the columns from which the input of the
  /// data set `trained` (-1: none) is computed. Null after an error.
  std::unique_ptr<SourceT> genPredictSource(const ast::PredictStmt *s, sema::SourceInfo source,
                                            int32_t model, int32_t trained);
  /// Whether the model takes the input of the data set. If not, reports an error.
  bool isPredictedFrom(const ast::PredictStmt *s, const DataT &data, const ast::ModelDecl &decl,
                       const ModelT &model);
  /// Records the columns on which the input of the data set depends, once `prepare` is complete.
  void noteInputColumns(const ast::DataDecl *decl, mlir::func::FuncOp prepare, DataT &row);
  void genPrint(const ast::PrintStmt *s);
  void genPlot(const ast::PlotStmt *s);
  bool genPlotted(const ast::Expr *e, PlottedT &item);

  // Experiments (Experiments.cpp, Ensembles.cpp) --------------------------------------------------
  /// Nodes that are not in the program: a model of a block copied for each variant, a constant for
  /// a drawn value.
  std::vector<std::shared_ptr<void>> made;
  template <class T> T *copyOf(const T &node) {
    auto copy = std::make_shared<T>(node);
    made.push_back(copy);
    return copy.get();
  }
  /// A text for them.
  llvm::StringRef copyOf(std::string text) { return *copyOf<std::string>(text); }
  std::map<std::string, std::shared_ptr<Experiment>> experiments; // by the name of their result
  // name -> the search whose result it trains, or empty
  std::map<std::string, std::string> ensembles;
  std::map<const ast::ModelDecl *, const ast::TrainStmt *> trainedBy;
  ExperimentVariant *current =
      nullptr; // the variant whose names are in scope, in a statement about the result of a search
  // of the variant that is being generated, in order
  std::vector<const ast::TrainStmt *> trainsOfBlock;

  void genExperiment(const ast::Stmt *s);
  bool readDrawn(const ast::LetDecl *let, Drawn &drawn);
  bool genVariant(llvm::ArrayRef<ast::Stmt *> body, llvm::ArrayRef<Drawn> drawn,
                  llvm::ArrayRef<int32_t> choice, VariantT &variant, Experiment &experiment);
  bool genGoal(const ast::SearchStmt *s, ExperimentT &row, Experiment &experiment);
  /// Generates a statement about results: once for each variant of the experiment that it depends
  /// on.
  void genAboutResult(const ast::Stmt *s, const std::set<std::string> &names);
  void genForEachChoice(const ast::Stmt *s, const std::set<std::string> &names);
  void genEnsemble(const ast::EnsembleStmt *s);
  std::string resultOfCurrent() const; // the name of the search that `current` belongs to
  void genOutcome(const ast::Stmt *s, const std::string &name);
  /// Adds a statement with that body: a TrainT, an EvaluateT ….
  template <class T> void addStatement(T body) {
    statementRows.emplace_back();
    statementRows.back().body.Set(std::move(body));
  }

  /// The entries of a train block by kind.
  struct TrainEntries;
  /// The bounds that the elaboration of a function has recorded for `fields`.
  std::vector<BoundT> boundsOf(llvm::ArrayRef<mlir::Value> fields);
  /// The bounds of values that are computed from `fields` alone (ComputedTargets.cpp). `declare`
  /// adds the same fields to another function.
  std::unique_ptr<TargetsT>
  computedTargets(llvm::StringRef prefix, llvm::ArrayRef<mlir::Value> fields,
                  llvm::function_ref<void(Function &, std::vector<mlir::Value> &)> declare);
  std::unique_ptr<TargetsT> computedTargets(llvm::StringRef prefix, const ast::DataDecl *data,
                                            llvm::ArrayRef<mlir::Value> fields);
  /// Adds the fields of `data` to `fn` and gives their values names in `scope`; with `augment`, the
  /// augmented values.
  bool addFields(Function &fn, const ast::DataDecl *data, Scope &scope, bool augment,
                 std::vector<mlir::Value> *raw);
  /// If `s` trains a part of a model, defines `input` as what reaches that part. Reports an error
  /// and returns false if nothing does.
  bool addPartInput(Function &fn, const ast::TrainStmt *s, Scope &scope);
  /// The mean loss over the batch: batched terms are averaged, the others are added unchanged.
  mlir::Value meanLoss(const ast::Expr *e, const Scope &scope);
  /// Adds the totals of the metrics as results of `fn`; fills in names, directions and sizes.
  bool addMetrics(Function &fn, llvm::ArrayRef<const ast::MetricEntry *> entries,
                  const Scope &scope, std::vector<MetricT> *rows);
  Value evaluateMetric(const ast::MetricEntry &entry, const Scope &scope,
                       ast::Direction &direction);
  /// Generates the functions that compute values from totals.
  void finishMetrics(llvm::StringRef prefix, llvm::ArrayRef<const ast::MetricEntry *> entries,
                     const ast::DataDecl *data, llvm::MutableArrayRef<MetricT> rows);
  // for the metrics of the last addMetrics
  std::vector<std::vector<mlir::RankedTensorType>> totalTypes;
  std::vector<bool> totalsStated; // whether they are the metric's own, not a mean's
  bool watch(const ast::Path &path, llvm::ArrayRef<MetricT> metrics, nn_watch &watched);
  /// The limit of a `clip` entry: one number, at least 0 if it is known.
  Value clipLimit(const ast::ClipEntry *entry);
  /// 1 if a limit that is only known at run time is below 0 or NaN, else 0, as a tensor.
  mlir::Value isBelowZero(const Value &limit, Range at);
  mlir::Value lossUnlessBelowZero(mlir::Value loss, const Value &limit, Range at);
  bool clip(const ast::ClipEntry *entry, const Value &limit,
            llvm::MutableArrayRef<mlir::Value> grads);
  void genTrace(const ast::TrainStmt *s, llvm::StringRef prefix, const ast::Expr *loss,
                const ast::ClipEntry *clip, TrainT &row, const ast::DataDecl *data);
  /// Fills in `trained`, the parameters on which the loss depends.
  bool genStep(const ast::TrainStmt *s, llvm::StringRef prefix, const TrainEntries &entries,
               TrainT &row, const ast::DataDecl *data, std::vector<TensorInfo> &trained);
  // Reports (Report.cpp) --------------------------------------------------------------------------
  /// Whether any statement writes a report.
  bool reports() const;
  void noteEntries(llvm::ArrayRef<ast::Entry *> entries, TrainT &row);
  /// Records the texts by which a checkpoint of the statement is compared (Origins.cpp).
  void noteOrigins(const ast::TrainStmt &statement, TrainT &row);
  /// Records the layers of the network, from what was applied in its `predict`.
  void noteLayers(llvm::ArrayRef<Application> applications, ModelT &row);
  /// The field that `fn` compares with the outputs of the model element by element, or -1 if there
  /// is none. `fields` are the values of the fields.
  int32_t comparedField(Function &fn, const ast::ModelDecl *model, const ast::DataDecl *data,
                        llvm::ArrayRef<mlir::Value> fields);

  /// Whether anything shows the results of the monitor functions.
  bool monitors() const;
  void genMonitor(const ast::TrainStmt *s, llvm::StringRef prefix, const ast::Expr *loss,
                  TrainT &row, const ast::DataDecl *data, llvm::ArrayRef<TensorInfo> trained);
  /// Adds the shares of dead and of saturated units of an activation as results of `fn`.
  void addUnits(Function &fn, mlir::Value input, mlir::Value result, int number, Range at);
  llvm::SmallVector<mlir::Value> gradientsOf(Function &fn, mlir::Value loss,
                                             llvm::ArrayRef<TensorInfo> parameters);
  /// The mean loss in a function other than the step, computed as in the step. Null after an error.
  /// Records the applications in `applications` if that is not null.
  mlir::Value lossAsInStep(Function &fn, const ast::TrainStmt *s, llvm::StringRef prefix,
                           const ast::Expr *loss, const ast::DataDecl *data, bool augment,
                           std::vector<Application> *applications = nullptr);
  /// Sets up `fn` as the step of that statement, or as a function that belongs to it.
  void beginStep(Function &fn, const ast::TrainStmt *s, llvm::StringRef prefix,
                 const ast::DataDecl *data);
  /// Defines `step`, `val_loss`, … and the states of schedules in a function of the train statement
  /// `prefix`.
  void setClock(Function &fn, llvm::StringRef prefix, const ast::DataDecl *data);
  /// In the step function, applies a `constrain` entry to the parameters that it names. Reports an
  /// error if there are none.
  bool constrain(const ast::ConstrainEntry *entry, llvm::ArrayRef<TensorInfo> trained);
  /// Generates the function that fits freshly drawn parameters to the first batch, if initializers
  /// of `parameters` request it.
  void genFit(const ast::TrainStmt *s, llvm::StringRef prefix, const ast::Expr *loss,
              llvm::ArrayRef<TensorInfo> parameters, TrainT &row, const ast::DataDecl *data);
};

} // namespace nnc
