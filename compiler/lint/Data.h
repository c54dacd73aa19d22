// What is known about the numbers of a field before the run.
#pragma once

#include "compiler/lint/Context.h"
#include "compiler/lint/Step.h"
#include "runtime/ask.h"

namespace nnc::lint {

/// A raw column of a field, with a summary of a sample of its rows.
struct ColumnRead {
  std::string name;
  nn_column_summary summary;
};

/// The declaration of a field of the step's data set, or null.
const sema::FieldInfo *fieldInfo(const Context &context, const Step &step, llvm::StringRef field);
/// The columns that a field holds unchanged (it may hold computed ones too), read from the source.
/// Empty if they cannot be read: a generator, classes, a file with errors (which the run will
/// report).
std::vector<ColumnRead> rawColumns(const Context &context, const Step &step, llvm::StringRef field);
/// Describes columns that are large or of very different sizes: "`income` goes from 18000 to
/// 61000". Empty if there are none.
std::string outOfScale(llvm::ArrayRef<ColumnRead> columns);
/// The place of a field's value.
Range placeOfField(const Step &step, const sema::FieldInfo &field);
/// Whether a field holds classes, or only the numbers 0 and 1.
bool holdsLabels(const Context &context, const Step &step, llvm::StringRef field);

/// Whether two fields hold a common raw column.
bool shareColumns(const Context &context, const Step &step, llvm::StringRef a, llvm::StringRef b);

} // namespace nnc::lint
