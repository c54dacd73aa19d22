// CompiledFunction: runs the pipeline, then the JIT.
#include "CompiledFunction.h"

#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Target.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

#include <atomic>
#include <chrono>
#include <thread>

using namespace mlir;

namespace nnc {

static void need(bool ok, const std::string &what) {
  if (!ok)
    llvm::report_fatal_error(llvm::StringRef(what), /*GenCrashDiag=*/false);
}

template <class T> static T need(llvm::Expected<T> value) {
  if (!value)
    llvm::report_fatal_error(value.takeError(), /*GenCrashDiag=*/false);
  return std::move(*value);
}

CompiledFunction::CompiledFunction(const std::string &text, const CompileOptions &options) {
  DialectRegistry registry;
  registry.insert<nn::NnDialect, kern::KernDialect, func::FuncDialect, arith::ArithDialect>();
  registerTranslation(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  auto start = std::chrono::steady_clock::now();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  need(bool(module), "cannot parse:\n" + text);
  Target target = need(Target::parse(options.cpu));

  PipelineOptions pipeline;
  pipeline.fuse.unfused = options.unfused;
  pipeline.target = target.machine;
  pipeline.verifyEach = true;
  need(succeeded(runPipeline(*module, PipelineStage::Fused, pipeline)), "cannot plan:\n" + text);
  if (!options.plan.empty()) {
    Attribute plan = parseAttribute(options.plan, &context);
    need(bool(plan), "cannot parse " + options.plan);
    module->walk([&](kern::FusedOp kernel) {
      if (kernel.getKind() == kern::Kind::contraction)
        kernel->setAttr("kern.tiles", plan);
    });
  }
  llvm::raw_string_ostream(kernText) << *module;

  PassManager pm(&context);
  buildLoopPipeline(pm, pipeline);
  buildLlvmPipeline(pm, pipeline);
  need(succeeded(pm.run(*module)), "cannot lower:\n" + kernText);
  Operation *function = module->lookupSymbol("f");
  fixedBytes = function->getAttrOfType<IntegerAttr>("nn.fixed_bytes").getInt();
  rowBytes = function->getAttrOfType<IntegerAttr>("nn.row_bytes").getInt();

  LlvmProgram program = need(translateProgram(*module, target));
  optimize(*program.module, *need(target.createMachine()));
  jit = need(Jit::create(target));
  llvm::cantFail(jit->add(std::move(program)));
  code = reinterpret_cast<nn_code>(need(jit->lookup("f")));
  compileSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

namespace {
struct Barrier {
  explicit Barrier(int threads) : threads(threads) {}
  static void wait(void *self) {
    auto &barrier = *static_cast<Barrier *>(self);
    int round = barrier.round.load();
    if (++barrier.arrived == barrier.threads) {
      barrier.arrived = 0;
      ++barrier.round;
    } else {
      while (barrier.round.load() == round)
        std::this_thread::yield();
    }
  }
  int threads;
  std::atomic<int> arrived{0}, round{0};
};
} // namespace

void CompiledFunction::run(int64_t rows, std::vector<const void *> in, std::vector<void *> out,
                           int threads) {
  std::vector<unsigned char> memory = scratch(rows);
  double scalars[NN_SLOT_OPTIONS] = {};
  Barrier barrier(threads);
  nn_call call = nn_call();
  call.scratch = aligned(memory);
  call.in = in.data();
  call.out = out.data();
  call.scalars = scalars;
  call.rows = call.capacity = rows;
  call.barrier = Barrier::wait;
  call.barrier_data = &barrier;
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t)
    others.emplace_back([&, t] { code(&call, t, threads); });
  code(&call, 0, threads);
  for (std::thread &other : others)
    other.join();
}

} // namespace nnc
