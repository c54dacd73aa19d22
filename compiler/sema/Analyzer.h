// The class that performs the checks. The heading of each group of methods names the file that
// implements it.
#pragma once

#include "compiler/sema/Scope.h"
#include "compiler/sema/Sema.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nnc::sema {

using ast::Ident;

/// What a name means in its context.
struct Target {
  enum Kind { Unknown, Local, Declaration, Ambient, Structural, Elementwise };
  Kind kind = Unknown;
  const sema::Local *local = nullptr;
  const ast::Decl *decl = nullptr;
  const Builtin *builtin = nullptr;
  unsigned arity = 0; // Elementwise

  bool isDecl(ast::StmtKind k) const { return kind == Declaration && decl->kind == k; }
};

/// A parameter as seen by a call.
struct Formal {
  llvm::StringRef name;
  bool required;
};

/// What kind of thing a name must denote in its context, for suggestions.
enum class Wanted {
  Value,    // an operand
  Function, // what is called
  Stage,    // what follows `|>`, and the parts of `seq`: a layer, or a function of a tensor
  Argument, // anything that may be given: a value, a function, a schedule or a layer
};

/// The metrics of a train block. Its quantities (`val.accuracy`) may name them.
struct MetricUse {
  Ident name;
  Target target; // what is called; Unknown if the value is another expression
  ast::Direction direction = ast::Direction::None; // given in the entry
  bool given = false;                              // the name is before a `=`
};

class Analyzer {
public:
  Analyzer(Diagnostics &diags, const Options &options, Symbols &symbols)
      : diags(diags), options(options), symbols(symbols), syntaxErrors(diags.hasErrors()) {}

  void run(const ast::Program &program, llvm::ArrayRef<const ast::Program *> prelude);

private:
  // ---- Declarations.cpp: the declarations and the rules of each
  void collect(const ast::Program &program, bool prelude);
  void declare(const Ident &name, const ast::Decl *decl, bool prelude);
  void checkDecl(const ast::Decl &decl, const Scope *outer, bool prelude);
  void checkParameters(llvm::ArrayRef<ast::Parameter> params, Scope &scope);
  void checkShapes(llvm::ArrayRef<ast::Parameter> params, Scope &scope);
  void checkShape(const ast::Shape *shape, Scope &scope);
  void checkOption(const ast::OptionDecl &decl);
  void checkLet(const ast::LetDecl &decl, Scope &scope);

  // ---- Blocks.cpp: statements in braces
  void checkBlock(const ast::BlockExpr &block, const Scope &outer);
  void checkBlockStmt(const ast::Stmt &stmt, Scope &scope);
  void checkAssign(const ast::AssignStmt &stmt, Scope &scope);
  void checkParam(const ast::ParamStmt &stmt, Scope &scope);
  void checkState(const ast::StateStmt &stmt, Scope &scope);
  void addLocal(const Ident &name, LocalKind kind, Scope &scope);

  // ---- Names.cpp: expressions and the meaning of their names
  void checkExpr(const ast::Expr *expr, const Scope &scope);
  void checkName(const ast::NameExpr &name, const Scope &scope, Wanted wanted = Wanted::Argument);
  void checkOperand(const ast::Expr *expr, const Scope &scope);
  void checkAxes(const ast::Expr *expr, const Scope &scope);
  void checkRange(const ast::RangeOfExpr &range, const Scope &scope);
  void checkField(const ast::FieldExpr &field, const Scope &scope);
  Target resolve(llvm::StringRef name, const Scope &scope, bool callee = false) const;
  /// Records that the declaration of `scope` needs `decl`, for the search for cycles.
  void use(const ast::Decl *decl, Range where, const Scope &scope);

  // ---- Suggestions.cpp: unknown names
  void unknownName(const Ident &name, const Scope &scope, Wanted wanted);
  /// True if an unknown name deserves an error: it has not been reported before and is not a
  /// consequence of another error.
  bool firstReport(const Ident &name, const Scope &scope,
                   llvm::ArrayRef<llvm::StringRef> candidates);
  bool isWanted(const ast::Decl &decl, Wanted wanted, const Scope &scope, bool isArgument) const;
  std::optional<ast::StmtKind> argumentKind(const ast::Expr *defaultValue, bool prelude) const;
  std::vector<llvm::StringRef> visibleNames(const Scope &scope, Wanted wanted,
                                            bool isArgument) const;
  std::vector<llvm::StringRef> declaredNames(ast::StmtKind kind, const Scope &scope) const;

  // ---- Calls.cpp: callees, arguments, pipes
  void checkCall(const ast::CallExpr &call, const Scope &scope, unsigned piped);
  void checkApplied(const ast::Expr *expr, const Scope &scope);
  void checkCallee(const Target &target, const ast::NameExpr &name, const ast::CallExpr *call,
                   const Scope &scope, unsigned piped);
  /// Checks `args` against `formals`. A pipe supplies the first `piped` of them.
  void checkArguments(llvm::ArrayRef<ast::Argument> args, Range where, llvm::StringRef callee,
                      Range declared, llvm::ArrayRef<Formal> formals, unsigned piped);
  void checkBuiltinArguments(llvm::ArrayRef<ast::Argument> args, Range where,
                             const Builtin &builtin, unsigned piped);
  std::optional<ast::StmtKind> parameterKind(const Target &target, llvm::StringRef name,
                                             size_t position) const;
  void checkArgumentValues(llvm::ArrayRef<ast::Argument> args, const Scope &scope,
                           const Target *target);
  /// Checks `expr` where a declaration of one kind is needed, by name or in a call: `optimizer =
  /// adam(…)`, `~ he`.
  void checkKind(const ast::Expr *expr, const Scope &scope, ast::StmtKind wanted);

  // ---- Places.cpp: parts of models
  void checkStages(const ast::PipeExpr *pipe);
  void checkPlace(const ast::ModelDecl &model, const Ident &place);

  // ---- Cycles.cpp
  void reportCycles();
  void reportCycle(llvm::ArrayRef<std::pair<const ast::Decl *, Range>> cycle);

  // ---- Constants.cpp: values that can be computed without elaborating a program
  std::optional<double> constantValue(const ast::Expr *expr) const;
  std::optional<double> constantValue(const ast::Expr *expr, bool prelude, unsigned &budget) const;
  std::optional<std::vector<int64_t>> constantShape(const ast::Shape &shape) const;

  // ---- Data.cpp, Split.cpp, Rows.cpp: data declarations
  const DataInfo &dataInfo(const ast::DataDecl &decl, const Scope *outer);
  void checkData(const ast::DataDecl &decl, const Scope *outer, DataInfo &info);
  void checkFieldSetting(const ast::SettingEntry &entry, const Scope &scope, DataInfo &info);
  void checkTestSource(const ast::SettingEntry &entry, const Scope &scope, DataInfo &info);
  void checkFieldUses(const ast::DataDecl &decl, const Scope *outer, DataInfo &info);
  void checkSplit(const ast::SplitEntry &split, const Scope &scope, DataInfo &info);
  void checkFraction(const ast::Expr *part, double &sum, bool &known);
  void checkRows(const ast::DataDecl &decl, const SourceInfo &source);
  void checkRow(const ast::RowEntry &row, const SourceInfo &source, Range declared);
  void checkAugment(const ast::AugmentEntry &augment, const Scope &fields, DataInfo &info);
  /// Reports an error and returns false unless the field has one class for each example.
  bool checkCategory(const FieldInfo &field, const DataInfo &info, Range where);
  void checkClassWeights(const ast::CallExpr &call, const Scope &scope);
  const FieldInfo *findField(const Ident &name, const DataInfo &info);

  // ---- Sources.cpp, Probe.cpp: calls of data sources
  void checkSource(const ast::Expr *expr, const Scope &scope, SourceInfo &info);
  void readCsvColumns(const ast::Expr *list, SourceInfo &info);
  void readArrayColumn(const ast::Argument &argument, SourceInfo &info);
  void readFileSetting(llvm::StringRef name, const ast::Expr *value, SourceInfo &info);
  void readHeader(const ast::Expr *value, SourceInfo &info);
  // Tables.cpp
  /// Returns false if there is no such setting.
  bool readTableSetting(llvm::StringRef name, const ast::Expr *value, SourceInfo &info);
  bool hasGaps(const ast::Entry &entry, const SourceInfo &source);
  void checkDrop(const ast::DropEntry &drop, DataInfo &info);
  void checkFill(const ast::FillEntry &fill, DataInfo &info);
  bool addAbsent(const Ident &column, AbsentInfo absent, DataInfo &info);
  bool readRowFields(const ast::CallExpr &call, SourceInfo &info);
  bool readGenerator(SourceInfo &info);
  void probe(SourceInfo &info, const ast::Expr *path, const ast::Expr *labels);

  // ---- Runs.cpp, Train.cpp, Quantities.cpp: runs
  void checkRun(const ast::Stmt &stmt, const Scope &scope);
  void checkEvaluate(const ast::EvaluateStmt &stmt, const Scope &scope);
  void checkPlot(const ast::PlotStmt &stmt, const Scope &scope); // Plots.cpp
  void checkPredict(const ast::PredictStmt &stmt, const Scope &scope);
  void checkSearch(const ast::SearchStmt &stmt, const Scope &scope);
  void checkNested(llvm::ArrayRef<ast::Stmt *> body, const Scope &outer, bool compared);
  bool ranBefore(const ast::Stmt &stmt) const;
  void checkDrawn(const ast::LetDecl &let, const Scope &scope, bool compared);
  void checkResult(const ast::Ident &name, llvm::StringRef what);
  void checkEnsemble(const ast::EnsembleStmt &stmt, const Scope &scope);
  void checkText(const ast::Expr *file, llvm::StringRef what, const Scope &scope);
  /// The model at the start of a path, after checking that it is a model and has that place. Null
  /// if it is unknown or the result of a run.
  const ast::ModelDecl *checkModelPath(const ast::Path &path, const Scope &scope,
                                       llvm::StringRef what, bool parts);
  /// The data set at the start of a path. Null if it is unknown or was reported.
  const ast::DataDecl *checkDataPath(const ast::Path &path, const Scope &scope);
  void addFields(const DataInfo *info, Scope &scope);
  void checkDataSplit(const ast::DataDecl &decl, const Ident &split, const DataInfo &info);

  void checkTrain(const ast::TrainStmt &stmt, const Scope &scope);
  void checkTrainSetting(const ast::SettingEntry &entry, const Scope &fields, const Scope &plain,
                         std::map<llvm::StringRef, Range> &seen);
  void checkMetricName(const Ident &name, llvm::ArrayRef<MetricUse> metrics);
  void checkMetric(const ast::MetricEntry &entry, const Scope &scope,
                   std::vector<MetricUse> &metrics);
  void checkConstrain(const ast::ConstrainEntry &entry, const ast::Path &trained,
                      const Scope &outer);
  void misplacedEntry(const ast::Entry &entry, llvm::StringRef block);
  /// Checks what `keep` and `stop` watch. `data` is null if the data set is unknown.
  void checkQuantity(const ast::Path &quantity, const DataInfo *data,
                     llvm::ArrayRef<MetricUse> metrics, llvm::StringRef forWhat,
                     const ast::KeepEntry *keep);
  void checkDirection(const MetricUse &metric, const ast::Path &quantity);

  /// True if there are far more errors than are printed. More errors and suggestions would only
  /// cost time.
  bool enough() const { return diags.errorCount() > 5 * Diagnostics::maxPrinted; }

  Diagnostics &diags;
  const Scope *block = nullptr;              // of the `search` or `compare` that is being checked
  const ast::TrainStmt *lastTrain = nullptr; // above the statement that is being checked
  const Options &options;
  Symbols &symbols;
  const bool syntaxErrors; // the text may have declarations that are missing here

  std::vector<const ast::Decl *> userDecls,
      preludeDecls;           // in source order, for suggestions
  llvm::StringSet<> reported; // unknown names
  bool inMetric = false;      // the value of a `metric` entry is being checked
  const ast::Expr *argument =
      nullptr; // the argument being checked, and the kind of declaration that it must be
  std::optional<ast::StmtKind> kindOfArgument;
  llvm::SmallPtrSet<const ast::Decl *, 16> preludeSet;

  struct Use {
    const ast::Decl *decl;
    Range where;
  };
  llvm::MapVector<const ast::Decl *, std::vector<Use>> uses;
  Context topContext;
  const ast::Stmt *current = nullptr; // the top-level statement that is being checked
};

/// Whether a let visibly holds something that cannot be applied.
bool holdsLiteral(const ast::Decl *decl);
/// Whether the values of a function depend on the step of a run.
bool isSchedule(const ast::FnDecl &fn);

/// `x` in backquotes.
std::string quoted(llvm::StringRef name);
/// "a, b and c"
std::string listed(llvm::ArrayRef<llvm::StringRef> names, llvm::StringRef conjunction = "and");
/// "1 argument", "3 rows"
std::string counted(uint64_t n, llvm::StringRef noun);

} // namespace nnc::sema
