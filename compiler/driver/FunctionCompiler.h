// Single functions of a planned module become objects, from the cache where it has them.
#pragma once

#include "compiler/codegen/ObjectCache.h"
#include "compiler/codegen/Target.h"
#include "compiler/driver/Timeline.h"
#include "compiler/pipeline/Pipeline.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace nnc {

class FunctionCompiler {
public:
  /// `module` has been planned. All arguments must outlive this; meanwhile nobody else uses the
  /// module's context unless its multithreading is enabled.
  FunctionCompiler(mlir::ModuleOp module, const Target &target, const PipelineOptions &pipeline,
                   ObjectCache &cache, Timeline &timeline);

  /// The object of one function and its kernels. Several threads may compile at once. Errors of
  /// lowering are in the context's diagnostics, and named here.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> compile(llvm::StringRef name);

private:
  llvm::Expected<llvm::SmallVector<char, 0>> compileAnew(mlir::ModuleOp part, llvm::StringRef name);

  mlir::ModuleOp module;
  const Target &target;
  const PipelineOptions &pipeline;
  ObjectCache &cache;
  Timeline &timeline;
};

/// The name in the cache of what `module`, which has been planned, becomes for `target`. Everything
/// that lowering and code generation read is part of it; locations are not, since nothing of them
/// is in the code.
std::string objectKey(mlir::ModuleOp module, const Target &target, const PipelineOptions &pipeline,
                      llvm::StringRef more = {});

} // namespace nnc
