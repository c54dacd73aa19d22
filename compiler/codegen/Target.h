// The machine for which code is generated: its name and features, the model of it that passes use,
// and LLVM's TargetMachine.
#pragma once

#include "compiler/machine/MachineModel.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <string>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace nnc {

struct Target {
  std::string triple;
  std::string cpu;      ///< an LLVM processor name; on x86-64 always a level such as x86-64-v4
  std::string features; ///< "+avx2,+fma,-prefer-256-bit": in addition to the features of `cpu`
  std::string all;      ///< "avx2,fma": all that the code may use, with those of `cpu`
  MachineModel machine; ///< what passes must know

  /// The target that `--cpu CPU` and `--target TRIPLE` name. CPU: `native` (this machine, by its
  /// feature bits) or one of the levels x86-64, x86-64-v2, x86-64-v3, x86-64-v4; for other
  /// architectures, any name that LLVM knows. An empty triple means this machine's. Unknown names
  /// are errors that list the known ones.
  static llvm::Expected<Target> parse(llvm::StringRef cpu = "native", llvm::StringRef triple = "");

  /// LLVM's code generator for this target. The code is position independent, so objects can be
  /// linked into any executable.
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine() const;

  /// Marks `module` and every function in it as code for this target.
  void apply(llvm::Module &module, const llvm::TargetMachine &machine) const;
};

} // namespace nnc
