// FunctionCompiler: compiles single functions of a planned module to objects, or takes them from
// the cache.
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
  /// `module` has been planned. All arguments must outlive this object. Meanwhile nobody else may
  /// use the module's context, unless its multithreading is enabled.
  FunctionCompiler(mlir::ModuleOp module, const Target &target, const PipelineOptions &pipeline,
                   ObjectCache &cache, Timeline &timeline);

  /// Returns the object of one function and its kernels. Several threads may compile at the same
  /// time. Errors of lowering are in the context's diagnostics; the returned error names the
  /// function.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> compile(llvm::StringRef name);

private:
  llvm::Expected<llvm::SmallVector<char, 0>> compileAnew(mlir::ModuleOp part, llvm::StringRef name);

  mlir::ModuleOp module;
  const Target &target;
  const PipelineOptions &pipeline;
  ObjectCache &cache;
  Timeline &timeline;
};

/// The cache's key for the object that `module`, which has been planned, is compiled to for
/// `target`. It contains everything that lowering and code generation read. It does not contain
/// locations, because the code does not.
std::string objectKey(mlir::ModuleOp module, const Target &target, const PipelineOptions &pipeline,
                      llvm::StringRef more = {});

/// Says once why compiled code is not kept although `folder` is set for it.
void noteUnusedCache(const ObjectCache &cache, const std::string &folder);

} // namespace nnc
