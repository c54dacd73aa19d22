// The raw columns that the expressions of a data block name, as inputs of the function that is
// being generated. A run of table columns is one input of any length, so that the code does not
// grow with the width of the table.
#pragma once

#include "compiler/irgen/ProgramTables.h"
#include "compiler/irgen/eval/Elaborator.h"

#include <tuple>

namespace nnc {

class Columns {
public:
  Columns(Elaborator &elab, ProgramTables &tables, const sema::SourceInfo &source,
          const nn_source &described, llvm::StringRef sourceDir,
          std::function<const char *(Range)> where);
  ~Columns();

  /// From here on, names denote columns, which become inputs of this function.
  void enter(Function &function);
  /// Ends the inputs of the function, and writes them and their columns to the tables.
  void finish(const nn_column *&columns, int32_t &n_columns, const nn_input *&inputs,
              int32_t &n_inputs);

  /// The function arguments of the inputs so far. Options are arguments too, in between.
  llvm::ArrayRef<mlir::Value> arguments() const { return given; }

  /// The columns so far.
  std::vector<nn_column> &table() { return columns; }

  /// The column whose class numbers a value holds unchanged, or -1.
  int32_t categoryOf(const Value &v) const {
    auto found = categories.find(v.tensor);
    return found == categories.end() ? -1 : found->second;
  }

private:
  std::optional<Value> one(llvm::StringRef name, bool category, Range at);
  std::optional<Value> run(llvm::ArrayRef<ColumnName> names);
  std::optional<Value> truth(llvm::StringRef name, int32_t kind, llvm::StringRef text, Range at);
  std::vector<ColumnName> range(llvm::StringRef first, llvm::StringRef last, Range at);
  int32_t rowOf(int index, bool category, Range at);
  void needNumbers(int index, Range at);
  Value input(llvm::StringRef name, std::vector<int32_t> rows, llvm::ArrayRef<int64_t> shape,
              bool wide);

  Elaborator &elab;
  ProgramTables &tables;
  const sema::SourceInfo &source;
  const nn_source &described;
  const std::string sourceDir;
  std::function<const char *(Range)> where;
  Function *function = nullptr;
  std::vector<nn_column> columns;
  /// A number of classes, and where to store it: the row of the column in the tables, once they are
  /// complete.
  struct Count {
    int64_t classes = 0;
    nn_column *row = nullptr;
  };
  std::vector<std::shared_ptr<Count>> counts; // for each column
  std::vector<nn_input> inputs;
  std::vector<mlir::Value> given;               // the function argument of each input
  std::map<std::pair<int, bool>, int32_t> rows; // (column of the source, as a category) -> columns
  std::map<std::tuple<int, int32_t, std::string>, int32_t>
      truths;                                   // (column of the source, kind, text) -> columns
  std::map<std::vector<int32_t>, Value> values; // rows -> the input that holds them
  llvm::DenseMap<mlir::Value, int32_t> categories;
};

} // namespace nnc
