// The passes of each compilation stage, in order. Other code builds its pass managers from the
// functions here; only driver/math/Step.cpp also runs differentiation and simplification alone.
//
//   nn    --buildNnPipeline-->    nn without gradients, simplified, with small loops  --emit=grad
//         --buildKernPipeline-->  kern: fused, scheduled, planned        --emit=fused, plan
//         --buildLoopPipeline-->  scf, arith, math, vector, llvm         --emit=mlir
//         --buildLlvmPipeline-->  the LLVM dialect
#pragma once

#include "compiler/machine/MachineModel.h"
#include "compiler/transforms/Fuse.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace nnc {

struct PipelineOptions {
  FuseOptions fuse;
  MachineModel target;
  /// Keep matrices in blocks (LayOut). Off for tests that pass tensors row by row.
  bool blocks = true;
  /// Run the verifier after every pass. On in tests, because the MLIR libraries are built without
  /// assertions.
  bool verifyEach = false;
};

/// Differentiates and simplifies, and moves out of loops what needs no state.
void buildNnPipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});
/// Simplifies alone.
void buildSimplifyPipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});
/// Computes once what is computed twice, and nothing else: formulas keep their other ops.
void buildCsePipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});
/// Lays out matrices, fuses, schedules, plans memory and plans contractions and row panels.
/// memoryPlanOf() then returns the memory plan.
void buildKernPipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});
/// Lowers kernels to loops over memory.
void buildLoopPipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});
/// Lowers loops to the LLVM dialect.
void buildLlvmPipeline(mlir::OpPassManager &pm, const PipelineOptions &options = {});

/// The last stage that runPipeline() runs.
enum class PipelineStage { Grad, Fused, Loops, Llvm };

/// Runs `module`, as irgen made it, through all stages up to and including `last`.
mlir::LogicalResult runPipeline(mlir::ModuleOp module, PipelineStage last,
                                const PipelineOptions &options = {});

/// For nn-opt: the dialects that its files may contain.
void registerDialects(mlir::DialectRegistry &registry);
/// For nn-opt: registers MLIR's canonicalize and cse, every pass of the compiler, and
/// `nn-pipeline-{nn,kern,loops,llvm}`. The last three have an option for the level of the machine:
/// `cpu=x86-64-v3`. Single passes run for x86-64-v4.
void registerPasses();

} // namespace nnc
