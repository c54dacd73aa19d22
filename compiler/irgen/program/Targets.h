// The conditions on the numbers of fields that the elaboration of a function has recorded, as rows
// of the tables. The runtime checks them on the data before the run.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

class DataGenerator;

/// The conditions on `fields` themselves.
std::vector<BoundT> boundsOf(ProgramContext &ctx, llvm::ArrayRef<mlir::Value> fields);
/// The conditions on values that are computed from `fields` alone, and the function that computes
/// them. `declare` adds the same fields to another function.
std::unique_ptr<TargetsT>
computedTargets(ProgramContext &ctx, llvm::StringRef prefix, llvm::ArrayRef<mlir::Value> fields,
                llvm::function_ref<void(Function &, std::vector<mlir::Value> &)> declare);
std::unique_ptr<TargetsT> computedTargets(ProgramContext &ctx, DataGenerator &dataSets,
                                          llvm::StringRef prefix, const ast::DataDecl *data,
                                          llvm::ArrayRef<mlir::Value> fields);

} // namespace nnc
