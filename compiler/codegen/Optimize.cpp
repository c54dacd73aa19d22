// The pipeline: kernels come with explicit vectors, unrolled where it pays.
#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Flatten.h"
#include "compiler/lowering/cpu/SmallFunction.h"

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace nnc {

// What remains to be done for such code: common addresses, constants, control flow, and hoisting
// out of loops. The default pipeline (O2) takes four times as long for the same speed of the
// kernels, measured with bench/kernels.
static constexpr StringLiteral passes =
    "function<eager-inv>(early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(loop-rotate,licm),early-cse<memssa>,simplifycfg)";

// What a function with inlined kernels needs beyond that. First everything that makes loop counts
// and masks constants: but not instcombine, which turns masked loads of memory that is known to be
// there into loads of whole vectors, wider than what was stored. Then memory on the stack becomes
// registers.
static constexpr StringLiteral unrolling =
    "early-cse<memssa>,simplifycfg,loop-mssa(loop-rotate,licm),loop(indvars,loop-unroll-full),"
    "instsimplify,sccp,simplifycfg,early-cse<memssa>,loop(loop-unroll-full),instsimplify,sccp,"
    "simplifycfg";
static constexpr StringLiteral promotion =
    "sroa,instcombine<no-verify-fixpoint>,gvn,dse,instcombine<no-verify-fixpoint>,"
    "early-cse<memssa>,simplifycfg";

/// Makes a function flat (see compiler/lowering/cpu/SmallFunction.h).
static void flatten(Function &function, PassBuilder &builder, FunctionAnalysisManager &analyses) {
  FunctionPassManager pipeline;
  pipeline.addPass(InlineKernelsPass());
  pipeline.addPass(MarkLoopsPass());
  cantFail(builder.parsePassPipeline(pipeline, unrolling));
  pipeline.addPass(NarrowMaskedAccessPass());
  cantFail(builder.parsePassPipeline(pipeline, promotion));
  pipeline.run(function, analyses);
}

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
  for (Function &function : module)
    if (function.hasFnAttribute(flatAttribute))
      flatten(function, builder, functions);
}

} // namespace nnc
