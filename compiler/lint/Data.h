// What can be known of a field's numbers before the run.
#pragma once

#include "compiler/lint/Context.h"
#include "compiler/lint/Step.h"

namespace nnc::lint {

/// A raw column of a field, with what a sample of its rows is like.
struct ColumnRead {
  std::string name;
  nn_column_summary summary;
};

/// Where the field of a step's data was declared; null: nowhere.
const sema::FieldInfo *fieldInfo(const Context &context, const Step &step, llvm::StringRef field);
/// The columns that a field holds as they stand, perhaps among computed ones; read from the source.
/// Empty where that cannot be done: a generator, classes, a file with mistakes (the run will say
/// so).
std::vector<ColumnRead> rawColumns(const Context &context, const Step &step, llvm::StringRef field);
/// What is large about columns, or of very different sizes: "`income` goes from 18000 to 61000";
/// empty: nothing.
std::string outOfScale(llvm::ArrayRef<ColumnRead> columns);
/// Where a field's value stands.
Range placeOfField(const Step &step, const sema::FieldInfo &field);
/// Whether a field holds classes, or numbers that all are 0 or 1.
bool holdsLabels(const Context &context, const Step &step, llvm::StringRef field);

/// Whether two fields hold a raw column both.
bool shareColumns(const Context &context, const Step &step, llvm::StringRef a, llvm::StringRef b);

} // namespace nnc::lint
