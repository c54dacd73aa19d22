// Compiles one nn function as the compiler does and calls it as the runtime does. For tests of
// generated code and for bench/.
#pragma once

#include "compiler/codegen/Jit.h"
#include "compiler/pipeline/Pipeline.h"
#include "runtime/abi.h"

#include <string>
#include <vector>

namespace nnc {

struct CompileOptions {
  std::string cpu = "native";
  bool unfused = false;
  /// If not empty: set on every contraction kernel as `kern.tiles`, in place of the model's choice.
  std::string plan;
};

class CompiledFunction {
public:
  /// `text` is a module of the nn dialect with a function @f without persistent tensors. Ends the
  /// program with a message if it does not compile.
  explicit CompiledFunction(const std::string &text, const CompileOptions &options = {});

  /// Calls the function on `threads` threads for a batch of `rows`. `in` and `out` are its fields
  /// and results.
  void run(int64_t rows, std::vector<const void *> in, std::vector<void *> out, int threads = 1);

  /// For callers with their own threads: the function, and scratch for `capacity` rows.
  nn_code code = nullptr;
  std::vector<unsigned char> scratch(int64_t capacity) const {
    return std::vector<unsigned char>(fixedBytes + rowBytes * capacity + 64);
  }
  /// The kern module after planning, as text, and the assembly if `cpu` is this machine's.
  std::string kernText;
  double compileSeconds = 0;

private:
  std::unique_ptr<Jit> jit;
  int64_t fixedBytes = 0, rowBytes = 0;
};

/// A 64-byte aligned address in `memory`.
inline unsigned char *aligned(std::vector<unsigned char> &memory) {
  auto address = reinterpret_cast<uintptr_t>(memory.data());
  return memory.data() + (64 - address % 64) % 64;
}

} // namespace nnc
