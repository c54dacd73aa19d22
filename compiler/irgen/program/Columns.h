// The raw columns that the expressions of a data block name, as inputs of the function that is
// being generated. A run of table columns is one input of any length, so that the code does not
// grow with the width of the table.
#pragma once

#include "compiler/irgen/eval/Elaborator.h"

#include <tuple>

namespace nnc {

class Columns {
public:
  Columns(Elaborator &elab, const sema::SourceInfo &source, const SourceT &described,
          llvm::StringRef sourceDir, std::function<std::string(Range)> where);
  ~Columns();

  /// From here on, names denote columns, which become inputs of this function.
  void enter(Function &function);
  /// By the column: how many classes it has. 0: nothing has asked yet, and may do so later; below
  /// 0: they cannot be told.
  using Counts = std::map<int32_t, std::shared_ptr<int64_t>>;
  /// Ends the function's inputs: hands out their columns and themselves, as rows of the tables.
  Counts finish(std::vector<ColumnT> &columns, std::vector<InputT> &inputs);

  /// The function arguments of the inputs so far. Options are arguments too, in between.
  llvm::ArrayRef<mlir::Value> arguments() const { return given; }

  /// The rows of the inputs so far.
  llvm::ArrayRef<InputT> inputRows() const { return inputs; }
  /// What windows read in other rows: values of the function, each after those it is computed from.
  llvm::ArrayRef<mlir::Value> windowed() const { return windowedValues; }
  /// From here on, expressions may have windows.
  void allowWindows();

  /// The columns so far.
  std::vector<ColumnT> &table() { return columns; }

  /// The column whose class numbers a value holds unchanged, or -1.
  int32_t categoryOf(const Value &v) const {
    auto found = categories.find(v.tensor);
    return found == categories.end() ? -1 : found->second;
  }

private:
  std::optional<Value> one(llvm::StringRef name, bool category, Range at);
  std::optional<Value> run(llvm::ArrayRef<ColumnName> names);
  std::optional<Value> truth(llvm::StringRef name, column_kind kind, llvm::StringRef text,
                             Range at);
  std::optional<Value> text(llvm::StringRef name, column_kind kind, int64_t length, int64_t most,
                            Range at);
  std::vector<ColumnName> range(llvm::StringRef first, llvm::StringRef last, Range at);
  int32_t rowOf(int index, bool category, Range at);
  void needNumbers(int index, Range at);
  Value window(const Value &v, int64_t first, int64_t count, bool isLag, Range at);
  Value input(llvm::StringRef name, std::vector<int32_t> rows, llvm::ArrayRef<int64_t> shape,
              bool wide);

  Elaborator &elab;
  const sema::SourceInfo &source;
  const SourceT &described;
  std::shared_ptr<const SourceT> shared; // a copy, for what counts classes later
  const std::string sourceDir;
  std::function<std::string(Range)> where;
  Function *function = nullptr;
  std::vector<ColumnT> columns;
  Counts counts;
  std::vector<InputT> inputs;
  std::vector<mlir::Value> given;               // what each of them is in the function
  std::map<std::pair<int, bool>, int32_t> rows; // (column of the source, as a category) -> columns
  std::map<std::tuple<int, column_kind, std::string>, int32_t>
      truths;                                   // (column of the source, kind, text) -> columns
  std::map<std::vector<int32_t>, Value> values; // rows -> the input that holds them
  llvm::DenseMap<mlir::Value, int32_t> categories;
  std::vector<mlir::Value> windowedValues;
  std::map<std::tuple<int32_t, int64_t, int64_t, bool>, Value> windows; // value, first, count, lag
};

} // namespace nnc
