// The pass pipeline for code that already has explicit vectors and unrolled loops.
#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Flatten.h"
#include "compiler/lowering/cpu/SmallFunction.h"

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace nnc {

// What remains for such code: common addresses, constants, control flow, and hoisting out of loops.
// The default pipeline (O2) takes four times as long and makes the kernels no faster (measured with
// bench/kernels).
static constexpr StringLiteral passes =
    "function<eager-inv>(early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(loop-rotate,licm),early-cse<memssa>,simplifycfg)";

// The additional passes for a function with inlined kernels. The first list makes loop counts and
// masks constant. It excludes instcombine, which turns masked loads of memory that is known to
// exist into loads of whole vectors, wider than what was stored. The second list promotes stack
// memory to registers.
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
