// Compiles nn functions in this process, runs them, and compares them with the reference
// interpreter.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "test/interpreter/Interpreter.h"
#include "gtest/gtest.h"

#include <string>
#include <vector>

namespace nnc::test {

using reference::Tensor;

/// How a function is compiled and run.
struct Setup {
  std::string cpu = "native"; // see Levels.h
  bool unfused = false;
  int threads = 1;
  int64_t spareRows = 3; // scratch is allocated for this many more rows than there are
  int64_t usualRows = 0; // nn.rows; 0: not known
};

/// A module with one nn function. Arguments without a kind become fields (rank-0 f64 arguments
/// become scalars), results without a kind become results.
class Program {
public:
  /// `text` is a module, or a list of functions. Fails the test if it does not parse.
  explicit Program(const std::string &text);
  explicit Program(mlir::OwningOpRef<mlir::ModuleOp> module);

  mlir::func::FuncOp function() { return *module->getOps<mlir::func::FuncOp>().begin(); }
  mlir::ModuleOp getModule() { return *module; }

  /// Random arguments in [-1, 1], for `batch` examples.
  std::vector<Tensor> randomArguments(int64_t batch, unsigned seed = 1);
  /// The interpreter's results.
  std::vector<Tensor> interpret(const std::vector<Tensor> &arguments, int64_t batch);
  /// The compiled function's results, in the order of the function's results.
  std::vector<Tensor> run(const std::vector<Tensor> &arguments, int64_t batch,
                          const Setup &setup = {});

  /// For the last run: the bytes of scratch that were planned, and those up to the last one that
  /// was written.
  int64_t scratchPlanned = 0, scratchTouched = 0;

private:
  void addKinds();
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// The MLIR context of test programs.
mlir::MLIRContext &testContext();

/// Expects each element to be within `tolerance` of the reference, relative to the greatest
/// magnitude in its tensor or 1.
void expectNear(const std::vector<Tensor> &actual, const std::vector<Tensor> &expected,
                double tolerance);
/// Expects elements that are equal to the last bit; NaNs count as equal.
void expectSame(const std::vector<Tensor> &actual, const std::vector<Tensor> &expected,
                const std::string &what);

/// Runs the program in every distinct setup, on each level: results must be near the interpreter's,
/// and bit-identical fused or not, with one and three threads, as kernels and (if it is small)
/// flat.
void check(const std::string &text, int64_t batch, double tolerance = 1e-5, unsigned seed = 1);
void check(Program &program, const std::vector<Tensor> &arguments, int64_t batch, double tolerance);

} // namespace nnc::test
