// Generates data declarations: the row of each data set, and the functions that compute its fields
// from its raw columns.
#pragma once

#include "compiler/irgen/program/Sources.h"

namespace nnc {

class Columns;

class DataGenerator {
public:
  DataGenerator(ProgramContext &ctx, Settings &settings)
      : ctx(ctx), settings(settings), sources(ctx, settings) {}

  void generate(const ast::DataDecl *decl);
  /// Generates it now if that has not been done: for models that take their sizes from it.
  void ensure(const ast::DataDecl *decl);
  /// Writes the numbers of classes to the columns, once everything that may ask for them exists.
  void writeClassCounts();
  /// Writes to their sources the characters of the texts that the program spells.
  void writeCharacters();
  /// The row of a data set.
  int32_t indexOf(const ast::DataDecl *decl) { return indices[decl]; }

  /// A field of a data set, as seen by the runs.
  struct Field {
    std::string name;
    std::vector<int64_t> shape;
    const ast::Expr *augment = nullptr;
    int32_t row = 0;
    int augmentPart = -1;
    std::shared_ptr<const std::function<int64_t()>> classes; // for class numbers: counts the
                                                             // classes
    bool isTarget = false; // normalised, and not what a model predicts from
  };
  llvm::ArrayRef<Field> fieldsOf(const ast::DataDecl *decl) { return fields[decl]; }
  /// The rows of all its fields.
  std::vector<int32_t> fieldRows(const ast::DataDecl *decl);
  /// Adds the fields of `data` to `fn` and gives their values names in `scope`; with `augment`, the
  /// augmented values.
  bool addFields(Function &fn, const ast::DataDecl *data, Scope &scope, bool augment,
                 std::vector<mlir::Value> *raw);

  /// The row of the normalised field that a loss compares with outputs of a model, by the fields'
  /// tensors and what it has compared; or -1.
  int32_t predictedField(const ast::DataDecl *data, llvm::ArrayRef<mlir::Value> raw,
                         llvm::ArrayRef<mlir::Value> compared);

  /// The columns from which the input of models is computed.
  struct InputColumns {
    const ast::DataDecl *decl;
    std::vector<std::string> names;
  };
  /// Those of the data set with that row.
  const InputColumns &inputColumnsOf(int32_t index) { return inputColumns[index]; }

private:
  /// The data set that is being generated.
  struct Current {
    const ast::DataDecl *decl;
    const sema::DataInfo &info;
    int32_t index;
    std::string symbol; // the beginning of the names of its functions
    DataT &row;
    Columns &columns;
  };
  void generateSources(const ast::DataDecl *decl, const sema::DataInfo &info, DataT &row);
  /// The function that tells which rows `where` keeps.
  void generateKeep(Current &current);
  /// The function that computes the fields: those that the program defines, otherwise the raw
  /// columns unchanged.
  void generatePrepare(Current &current, Function &prepare);
  /// The order of the rows of a series, as results of the function that tells which rows are kept.
  void addOrder(Current &current, Function &keep);
  /// The fields with the statistics of normalised ones.
  void addStatistics(Current &current, Function &prepare);
  /// What windows of `prepare` read in other rows, and how far they reach (Series.cpp).
  void generateSeries(Current &current, Function &prepare);
  void addField(Current &current, Function &prepare, llvm::StringRef name, Value v, Range at,
                bool isExact);
  /// Sets how cells without a value are handled in each column.
  void treatAbsent(const sema::DataInfo &info, std::vector<ColumnT> &columns);
  /// Records the columns whose classes something may count later.
  void noteCounts(std::map<int32_t, std::shared_ptr<int64_t>> counts, int32_t index, bool inWhere);
  /// Sets which fields are normalized, balanced and augmented.
  void treatFields(const Current &current);
  void generateSplit(const sema::DataInfo &info, DataT &row);
  /// Records the columns on which the input of the data set depends, once `prepare` is complete.
  void noteInputColumns(const Current &current, mlir::func::FuncOp prepare);
  /// Gives the augmented values of the fields their names in `scope`.
  bool augment(Function &fn, const ast::DataDecl *data, Scope &scope);

  ProgramContext &ctx;
  Settings &settings;
  SourceGenerator sources;
  std::map<const ast::DataDecl *, int32_t> indices;
  std::set<const ast::DataDecl *> early; // by `ensure`, and not yet asked for again
  std::map<const ast::DataDecl *, std::vector<Field>> fields;
  std::map<int32_t, InputColumns> inputColumns;
  /// For each windowed value of the data set that is being generated: the columns it reads.
  std::vector<std::set<int32_t>> readsOfValues;
  std::vector<mlir::Value> fieldValues; // of its fields, in f64
  /// A column of classes, and their number once something has asked for it. 0: nothing has; below
  /// 0: it is not known.
  struct CountedColumn {
    int32_t data, column; // numbers of rows
    bool inWhere;         // it is one of `where`
    std::shared_ptr<const int64_t> classes;
  };
  std::vector<CountedColumn> countedColumns;
};

} // namespace nnc
