// Prints a stage of a session.
#pragma once

#include "llvm/Support/raw_ostream.h"

namespace nnc {

class Session;
struct ProgramTables;

enum class EmitKind { None, Ast, Nn, Grad, Fused, Program, Mlir, Llvm, Asm, Obj, Math, Plan };

/// Runs the session as far as `kind` needs and writes that stage to `os`. Returns false after an
/// error, which is in the session's diagnostics.
bool emitStage(Session &session, EmitKind kind, bool latex, llvm::raw_ostream &os);

/// Prints the formulas of the forward pass and of each parameter's gradient (EmitMath.cpp). The
/// session has reached at least Checked.
void printMath(Session &session, llvm::raw_ostream &os, bool latex);

/// Everything but the code, as JSON (EmitProgram.cpp). The tables are complete.
void printProgram(const ProgramTables &tables, llvm::raw_ostream &os);

/// Prints parameters, memory in bytes, and the kernels and FLOPs of each step (EmitPlan.cpp). The
/// session has reached Planned.
void printPlan(Session &session, llvm::raw_ostream &os);

/// Compares the derivatives of functions and the gradients of each train statement with finite
/// differences (CheckGradients.cpp).
bool checkGradients(Session &session, llvm::raw_ostream &os);

} // namespace nnc
