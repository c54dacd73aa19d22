// The precompiled header of unit tests: MLIR by way of the dialect, and GoogleTest. The program's
// schema is not in it, because its names are those of tests too.
#pragma once
#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include <gtest/gtest.h>
