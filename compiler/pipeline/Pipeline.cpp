// Builds the pass pipelines of all stages.
#include "compiler/pipeline/Pipeline.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/lowering/cpu/LowerKernels.h"
#include "compiler/lowering/cpu/RowPanels.h"
#include "compiler/lowering/cpu/ToLlvm.h"
#include "compiler/lowering/cpu/contract/Contract.h"
#include "compiler/transforms/Differentiate.h"
#include "compiler/transforms/LayOut.h"
#include "compiler/transforms/PlanMemory.h"
#include "compiler/transforms/Schedule.h"
#include "compiler/transforms/Simplify.h"
#include "compiler/transforms/loops/Hoist.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;

namespace nnc {

void buildNnPipeline(OpPassManager &pm, const PipelineOptions &options) {
  // Differentiate first. Simplification may replace a value by what it was computed from, and then
  // a gradient with respect to that value would find no path to it.
  pm.addPass(createDifferentiatePass());
  buildSimplifyPipeline(pm, options);
  pm.addPass(createHoistPass());
}

void buildSimplifyPipeline(OpPassManager &pm, const PipelineOptions &) {
  pm.addPass(createSimplifyPass());
}

void buildCsePipeline(OpPassManager &pm, const PipelineOptions &) { pm.addPass(createCSEPass()); }

void buildKernPipeline(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(createLayOutPass({options.blocks ? options.target.blockBytes() : 0}));
  pm.addPass(createFusePass(options.fuse, options.target));
  pm.addPass(createSchedulePass());
  pm.addPass(createPlanMemoryPass());
  pm.addPass(createTileContractionsPass(options.target));
  pm.addPass(createRowPanelsPass(options.target));
}

void buildLoopPipeline(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(createLowerKernelsPass(options.target));
  pm.addPass(createCSEPass());
}

void buildLlvmPipeline(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(createToLlvmPass(options.target));
}

LogicalResult runPipeline(ModuleOp module, PipelineStage last, const PipelineOptions &options) {
  PassManager pm(module->getContext(), ModuleOp::getOperationName());
  pm.enableVerifier(options.verifyEach);
  buildNnPipeline(pm, options);
  if (last >= PipelineStage::Fused)
    buildKernPipeline(pm, options);
  if (last >= PipelineStage::Loops)
    buildLoopPipeline(pm, options);
  if (last >= PipelineStage::Llvm)
    buildLlvmPipeline(pm, options);
  return pm.run(module);
}

namespace {
/// The option of nn-opt's pipelines: `--nn-pipeline-kern=cpu=x86-64-v3`.
struct LevelOption : PassPipelineOptions<LevelOption> {
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("the machine's level, x86-64 to x86-64-v4"),
                          llvm::cl::init("x86-64-v4")};

  PipelineOptions options() const {
    std::optional<MachineModel> machine = MachineModel::named(cpu);
    if (!machine)
      llvm::report_fatal_error("no level has the name '" + llvm::Twine(cpu) + "'",
                               /*gen_crash_diag=*/false);
    PipelineOptions options;
    options.target = *machine;
    return options;
  }
};
} // namespace

void registerDialects(DialectRegistry &registry) {
  registry.insert<nn::NnDialect, kern::KernDialect>();
  registry
      .insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect,
              math::MathDialect, memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
}

void registerPasses() {
  registerCanonicalizerPass();
  registerCSEPass();
  registerPass([] { return createSimplifyPass(); });
  registerPass([] { return createDifferentiatePass(); });
  registerPass([] { return createHoistPass(); });
  registerPass([] { return createLayOutPass(); });
  registerPass([] { return createFusePass(); });
  registerPass([] { return createSchedulePass(); });
  registerPass([] { return createPlanMemoryPass(); });
  registerPass([] { return createTileContractionsPass(); });
  registerPass([] { return createRowPanelsPass(); });
  registerPass([] { return createLowerKernelsPass(); });
  registerPass([] { return createToLlvmPass(); });
  static PassPipelineRegistration<> nn("nn-pipeline-nn", "differentiate, simplify, hoist",
                                       [](OpPassManager &pm) { buildNnPipeline(pm); });
  static PassPipelineRegistration<LevelOption> kern(
      "nn-pipeline-kern", "lay out, fuse, schedule, plan memory",
      [](OpPassManager &pm, const LevelOption &level) { buildKernPipeline(pm, level.options()); });
  static PassPipelineRegistration<LevelOption> loops(
      "nn-pipeline-loops", "kernels to loops",
      [](OpPassManager &pm, const LevelOption &level) { buildLoopPipeline(pm, level.options()); });
  static PassPipelineRegistration<LevelOption> llvm(
      "nn-pipeline-llvm", "loops to the LLVM dialect",
      [](OpPassManager &pm, const LevelOption &level) { buildLlvmPipeline(pm, level.options()); });
}

} // namespace nnc
