// The classes of the printer: one for each kind of node, and what they have in common. All other
// code includes Printer.h.
#pragma once
#include "compiler/ast/Ast.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace nnc::ast {

/// How tightly an expression binds, in the order of the rules of grammar/Nn.g4. A node that binds
/// more loosely than its context requires is printed in parentheses. An `if` also has binding Pipe,
/// because its `else` side may be a pipe.
enum class Binding { Pipe, Or, And, Not, Compare, Sum, Product, Unary, Power, Postfix, Primary };

/// Where the text goes.
struct Output {
  explicit Output(llvm::raw_ostream &os) : os(os) {}

  void newline() {
    os << '\n';
    os.indent(2 * level);
  }

  llvm::raw_ostream &os;
  unsigned level = 0; ///< the current nesting depth of blocks
};

/// What nodes of several kinds consist of. PrintParts.cpp
class PartPrinter {
public:
  explicit PartPrinter(Output &out) : out(out), os(out.os) {}

protected:
  void expr(const Expr &e, Binding atLeast = Binding::Pipe);
  void exprs(llvm::ArrayRef<Expr *> list);
  /// An expression where a statement may begin.
  void exprStatement(const Expr &e);
  void statement(const Stmt &stmt);
  void entries(llvm::ArrayRef<Entry *> list);
  void args(llvm::ArrayRef<Argument> list);
  void shape(const Shape &shape);
  /// A name with a shape, which may be null.
  void typed(const Ident &name, const Shape *shape);
  void ident(const Ident &name);
  void idents(llvm::ArrayRef<Ident> list);
  void path(const Path &path);
  void paths(llvm::ArrayRef<Path> list);
  void string(llvm::StringRef value);
  void direction(Direction direction);
  /// `{`, what `lines` prints one step further in, and `}` on a line of its own.
  void braced(llvm::function_ref<void()> lines);

  Output &out;
  llvm::raw_ostream &os;
};

/// PrintExpr.cpp
class ExprPrinter : PartPrinter {
public:
  using PartPrinter::PartPrinter;

  void print(const Expr &e, Binding atLeast = Binding::Pipe);

private:
  void plain(const Expr &e);
  void number(const NumberExpr &e);
  void ifExpr(const IfExpr &e);
  void block(const BlockExpr &e);
  void list(const ListExpr &e);
  void range(const RangeOfExpr &e);
  void unary(const UnaryExpr &e);
  void binary(const BinaryExpr &e);
  void call(const CallExpr &e);
  void index(const IndexExpr &e);
  void field(const FieldExpr &e);
  void transpose(const TransposeExpr &e);
  void pipe(const PipeExpr &e);
  void scan(const ScanExpr &e);
};

/// PrintDecl.cpp
class DeclPrinter : PartPrinter {
public:
  using PartPrinter::PartPrinter;

  void print(const Decl &decl);

private:
  void doc(llvm::StringRef text);
  void let(const LetDecl &decl);
  void option(const OptionDecl &decl);
  void fn(const FnDecl &decl);
  void layer(const LayerDecl &decl);
  void init(const InitDecl &decl);
  void optimizer(const OptimizerDecl &decl);
  void metric(const MetricDecl &decl);
  void model(const ModelDecl &decl);
  void data(const DataDecl &decl);
  void parameters(llvm::ArrayRef<Parameter> list);
  void result(const Shape *type);
  void body(const Expr &body);
};

/// PrintStmt.cpp
class StmtPrinter : PartPrinter {
public:
  using PartPrinter::PartPrinter;

  void printAll(llvm::ArrayRef<Stmt *> list);
  void print(const Stmt &stmt);

private:
  void param(const ParamStmt &stmt);
  void state(const StateStmt &stmt);
  void assign(const AssignStmt &stmt);
};

/// PrintRun.cpp
class RunPrinter : PartPrinter {
public:
  using PartPrinter::PartPrinter;

  void print(const Stmt &stmt);

private:
  void train(const TrainStmt &train);
  void evaluate(const EvaluateStmt &evaluate);
  void predict(const PredictStmt &predict);
  void save(const SaveStmt &save);
  void load(const LoadStmt &load);
  void plot(const PlotStmt &plot);
  void search(const SearchStmt &search);
  void compare(const CompareStmt &compare);
  void ensemble(const EnsembleStmt &ensemble);
  void on(const Path &target, const Path &data);
  void nested(llvm::ArrayRef<Stmt *> list);
};

/// PrintEntry.cpp
class EntryPrinter : PartPrinter {
public:
  using PartPrinter::PartPrinter;

  void printAll(llvm::ArrayRef<Entry *> list);

private:
  void print(const Entry &entry);
  void setting(const SettingEntry &setting);
  void metric(const MetricEntry &metric);
  void clip(const ClipEntry &clip);
  void constrain(const ConstrainEntry &constrain);
  void stop(const StopEntry &stop);
  void keep(const KeepEntry &keep);
  void checkpoint(const CheckpointEntry &checkpoint);
  void update(const UpdateEntry &update);
  void optimizer(const OptimizerEntry &optimizer);
  void assigned(llvm::StringRef keyword, llvm::ArrayRef<Ident> names, const Expr &value);
  void drop(const DropEntry &drop);
  void split(const SplitEntry &split);
  void normalize(const NormalizeEntry &normalize);
  void series(const SeriesEntry &series);
  void row(const RowEntry &row);
};

} // namespace nnc::ast
