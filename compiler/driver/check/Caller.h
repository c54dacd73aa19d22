// Caller: calls a program's compiled functions on this thread, in f64, outside of any run.
#pragma once

#include "compiler/support/Program.h"
#include "runtime/abi.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/AlignOf.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace nnc::check {

class Caller {
public:
  /// `program` is compiled in memory as `image`, in f64, and both outlive the caller. Options have
  /// their defaults.
  Caller(const ProgramT &program, const nn_image &image);

  /// The elements of a persistent tensor.
  llvm::MutableArrayRef<double> tensor(int32_t index);
  /// The contents of all persistent tensors, to be restored later.
  std::vector<double> save() const { return arena.values; }
  void restore(const std::vector<double> &saved) { arena.values = saved; }

  /// Calls `fn` for `rows` examples. `fields` and `results` are in the order of its arguments and
  /// results. Each result must already have the right size.
  void call(const nn_fn &fn, llvm::ArrayRef<std::vector<double>> fields,
            llvm::MutableArrayRef<std::vector<double>> results, int64_t rows);

private:
  /// Doubles, the first of which has the alignment that kernels expect.
  struct Memory {
    std::vector<double> values;
    double *data() {
      auto address = reinterpret_cast<uintptr_t>(values.data());
      return values.data() + ((64 - address % 64) % 64) / sizeof(double);
    }
    void resize(size_t bytes) { values.assign(bytes / sizeof(double) + 9, 0.0); }
  };
  const ProgramT &program;
  const nn_image &image;
  Memory arena, scratch;
  std::vector<double> scalars;
};

} // namespace nnc::check
