// Compiles functions. The cache's key is a hash of planned kernels, which are still small: a few
// kilobytes of text. A hit then saves lowering, LLVM's passes and code generation, which take
// nearly all of the time.
#include "compiler/driver/FunctionCompiler.h"

#include "compiler/codegen/Object.h"
#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Translate.h"
#include "runtime/support/visible.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Target/TargetMachine.h"

#include <mutex>

using namespace nnc;

FunctionCompiler::FunctionCompiler(mlir::ModuleOp module, const Target &target,
                                   const PipelineOptions &pipeline, ObjectCache &cache,
                                   Timeline &timeline)
    : module(module), target(target), pipeline(pipeline), cache(cache), timeline(timeline) {}

std::string nnc::objectKey(mlir::ModuleOp module, const Target &target,
                           const PipelineOptions &pipeline, llvm::StringRef more) {
  // The generic form contains every attribute and type, whatever an op's own syntax omits.
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, mlir::OpPrintingFlags().printGenericOpForm().useLocalScope());
  ObjectKey key;
  key.add(target).add(text).add(more);
  // If a field is added, this does not compile until somebody decides whether the field changes
  // code. `fuse` does not: fusion has already happened.
  const auto &[fuse, machine, blocks, verifyEach] = pipeline;
  key.add(machine.text());
  (void)fuse, (void)blocks, (void)verifyEach;
  return key.text();
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
FunctionCompiler::compile(llvm::StringRef name) {
  const double begin = Timeline::now();
  mlir::OwningOpRef<mlir::ModuleOp> part = mlir::ModuleOp::create(module.getLoc());
  (*part)->setAttrs(module->getAttrs());
  part->push_back(module.lookupSymbol(name)->clone());
  const std::string key = cache.enabled() ? objectKey(*part, target, pipeline) : "";
  if (std::unique_ptr<llvm::MemoryBuffer> kept = cache.find(key)) {
    timeline.add(("compile " + name + " (in the cache)").str(), begin, Timeline::now());
    return kept;
  }
  llvm::Expected<llvm::SmallVector<char, 0>> object = compileAnew(*part, name);
  if (!object)
    return object.takeError();
  const llvm::StringRef bytes(object->data(), object->size());
  cache.keep(key, bytes);
  timeline.add(("compile " + name).str(), begin, Timeline::now());
  return llvm::MemoryBuffer::getMemBufferCopy(bytes, name);
}

llvm::Expected<llvm::SmallVector<char, 0>> FunctionCompiler::compileAnew(mlir::ModuleOp part,
                                                                         llvm::StringRef name) {
  const bool lowered = timeline.measure("lower", [&] {
    mlir::PassManager passes(part->getContext());
    buildLoopPipeline(passes, pipeline);
    buildLlvmPipeline(passes, pipeline);
    return mlir::succeeded(passes.run(part));
  });
  if (!lowered)
    return llvm::createStringError("lowering `" + name + "` failed");
  llvm::Expected<LlvmProgram> program =
      timeline.measure("translate", [&] { return translateProgram(part, target); });
  if (!program)
    return program.takeError();
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = target.createMachine();
  if (!machine)
    return machine.takeError();
  timeline.measure("optimize", [&] {
    optimize(*program->module, **machine);
    return true;
  });
  return timeline.measure("generate code", [&] { return emitObject(*program->module, target); });
}

void nnc::noteUnusedCache(const ObjectCache &cache, const std::string &folder) {
  static std::once_flag once;
  std::call_once(once, [&] {
    if (std::string why = cache.distrust(); !why.empty())
      llvm::errs() << nnrt::visible("note: the cache " + folder + " is not used: " + why) << "\n";
  });
}
