// Turns declarations and statements into functions of the module and rows of the tables.
#pragma once

#include "compiler/irgen/Elaborator.h"
#include "compiler/irgen/Irgen.h"

namespace nnc {

class ProgramGenerator {
public:
  ProgramGenerator(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                   const sema::Symbols &symbols, const IrgenOptions &options, IrgenResult &result);
  void run();

private:
  Diagnostics &diags;
  mlir::MLIRContext &context;
  const ast::Program &program;
  const sema::Symbols &symbols;
  const IrgenOptions &options;
  IrgenResult &result;
  mlir::ModuleOp module;
  mlir::Type element;          // T
  Elaborator elab;
  ProgramTables &tables;

  std::vector<nn_tensor> tensorRows;
  std::vector<nn_model> modelRows;
  std::vector<nn_data> dataRows;
  std::vector<nn_option> optionRows;
  std::vector<nn_statement> statementRows;
  std::map<const ast::ModelDecl *, int32_t> modelIndex;
  std::map<const ast::DataDecl *, int32_t> dataIndex;
  /// Functions named while the row that holds them could still move: (address of the row's copy, symbol) at the end.
  std::unique_ptr<Function> settings;
  int32_t settingCount = 0;
  int trainCount = 0, evaluateCount = 0, printCount = 0, plotCount = 0;
  const ast::TrainStmt *lastTrain = nullptr;  // above the statement that is being generated, with its row and that row's number
  const nn_train *lastTrainRow = nullptr;
  int32_t lastTrainStatement = -1;

  /// A field of a data set as the runs see it.
  struct Field {
    std::string name;
    std::vector<int64_t> shape;
    const ast::Expr *augment = nullptr;
    int32_t row = 0;
  };
  std::map<const ast::DataDecl *, std::vector<Field>> fieldsOf;

  // Helpers ------------------------------------------------------------------------------------------------
  const char *where(Range r);
  const char *text(llvm::StringRef s) { return tables.text(s); }
  const int64_t *shape(llvm::ArrayRef<int64_t> s) { return tables.list<int64_t>(s); }
  /// Ends a function and notes that `slot` (which must have its final address) is to hold it.
  void finish(Function &fn, nn_fn *slot);
  nn_number number(const ast::Expr *e, llvm::StringRef what, double least = -1e300, double most = 1e300,
                   bool whole = false);
  nn_number constantNumber(double v) { return nn_number{v, -1}; }
  /// A duration or plain number in epochs.
  nn_number epochs(const ast::Expr *e, llvm::StringRef what);
  bool textOf(const ast::Expr *e, std::string &text, llvm::StringRef what);
  const ast::ModelDecl *findModel(const ast::Path &path);
  const ast::DataDecl *findData(const ast::Path &path, int32_t *split = nullptr);

  // Declarations ---------------------------------------------------------------------------------------------
  void genOptions();
  void genModel(const ast::ModelDecl *decl);
  void genData(const ast::DataDecl *decl);
  bool genSource(const sema::SourceInfo &info, const ast::DataDecl *decl, nn_source &out);
  void genRows(const ast::DataDecl *decl, const sema::SourceInfo &info, nn_source &out);

  // Statements -------------------------------------------------------------------------------------------------
  void genStatement(const ast::Stmt *s);
  void genTrain(const ast::TrainStmt *s);
  void genEvaluate(const ast::EvaluateStmt *s);
  void genPrint(const ast::PrintStmt *s);
  void genPlot(const ast::PlotStmt *s);
  bool genPlotted(const ast::Expr *e, nn_plotted &item);
  template <class T> T *addStatement(int32_t kind) {
    T *body = tables.make<T>();
    statementRows.push_back(nn_statement{kind, body});
    return body;
  }

  /// The entries of a train block, sorted out.
  struct TrainEntries;
  /// Adds the fields of `data` to `fn` and gives their values names in `scope`; augmented ones too if training.
  bool addFields(Function &fn, const ast::DataDecl *data, Scope &scope, bool augment, std::vector<mlir::Value> *raw);
  /// Where `s` trains a part of a model: `input` becomes what reaches that part. Reports an error and returns false if nothing does.
  bool addPartInput(Function &fn, const ast::TrainStmt *s, Scope &scope);
  /// The mean loss over the batch: batched terms are averaged, the others added as they are.
  mlir::Value meanLoss(const ast::Expr *e, const Scope &scope);
  /// The metrics' totals as results of `fn`; fills in names, directions and sizes.
  bool addMetrics(Function &fn, llvm::ArrayRef<const ast::MetricEntry *> entries, const Scope &scope,
                  std::vector<nn_metric> *rows);
  Value evaluateMetric(const ast::Expr *e, const Scope &scope, std::string &name, ast::Direction &direction);
  /// The functions that turn totals into values.
  void finishMetrics(llvm::StringRef prefix, llvm::ArrayRef<const ast::MetricEntry *> entries, const ast::DataDecl *data,
                     llvm::MutableArrayRef<nn_metric> rows);
  std::vector<std::vector<mlir::RankedTensorType>> totalTypes; // of the metrics of the last addMetrics
  nn_metric *metricList(std::vector<nn_metric> &rows);
  bool watch(const ast::Path &path, llvm::ArrayRef<nn_metric> metrics, nn_watch &out);
  void genTrace(const ast::TrainStmt *s, llvm::StringRef prefix, const ast::Expr *loss, nn_train *row,
                const ast::DataDecl *data);
  bool genStep(const ast::TrainStmt *s, llvm::StringRef prefix, const TrainEntries &entries, nn_train *row,
               const ast::DataDecl *data, std::vector<nn_metric> &metrics, std::vector<TensorInfo> &trained);
  /// Whether anything shows what the monitor functions compute.
  bool monitors() const;
  void genMonitor(const ast::TrainStmt *s, llvm::StringRef prefix, const ast::Expr *loss, nn_train *row, const ast::DataDecl *data,
                  llvm::ArrayRef<TensorInfo> trained);
  /// The shares of an activation's units that are dead, and saturated, as results of `fn`.
  void addUnits(Function &fn, const Function::Application &activation, int number, Range at);
};

} // namespace nnc
