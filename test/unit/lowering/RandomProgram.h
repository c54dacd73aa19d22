// Random programs of nn ops: every op of the dialect, in any combination that types allow.
#pragma once

#include "test/unit/lowering/Compiled.h"

#include <set>

namespace nnc::test {

/// A function of about `ops` random ops over tensors of `element` ("f32" or "f64") with a few
/// results. The same seed gives the same program. Values stay of moderate size, so that results can
/// be compared. The names of the generated ops are added to `made`.
mlir::OwningOpRef<mlir::ModuleOp> randomProgram(unsigned seed, int ops, const std::string &element,
                                                std::set<std::string> *made = nullptr);

} // namespace nnc::test
