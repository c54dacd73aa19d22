// The pipeline: kernels come with explicit vectors, unrolled where it pays.
#include "compiler/codegen/Optimize.h"

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace nnc {

// What remains to be done for such code: common addresses, constants, control flow, and hoisting out of loops. The default
// pipeline (O2) takes four times as long for the same speed of the kernels, measured with bench/kernels.
static constexpr StringLiteral passes = "function<eager-inv>(early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
                                        "loop-mssa(loop-rotate,licm),early-cse<memssa>,simplifycfg)";

void optimize(Module &module, TargetMachine &machine) {
  PassBuilder builder(&machine);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager sccs;
  ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  ModulePassManager pipeline;
  cantFail(builder.parsePassPipeline(pipeline, passes));
  pipeline.run(module, modules);
}

} // namespace nnc
