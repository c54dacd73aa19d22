// Printing a stage of a session.
#pragma once

#include "llvm/Support/raw_ostream.h"

namespace nnc {

class Session;

enum class EmitKind { None, Ast, Nn, Grad, Fused, Mlir, Llvm, Asm, Obj, Math, Plan };

/// Runs the session as far as `kind` needs and writes that stage to `os`. False after an error,
/// which is in the session.
bool emitStage(Session &session, EmitKind kind, bool latex, llvm::raw_ostream &os);

/// Formulas of the forward pass and of each parameter's gradient (EmitMath.cpp). The session has
/// reached Differentiated.
void printMath(Session &session, llvm::raw_ostream &os, bool latex);

/// Parameters, bytes by kind, kernels and FLOPs of each step (EmitPlan.cpp). The session has
/// reached Lowered.
void printPlan(Session &session, llvm::raw_ostream &os);

/// Tries every stated derivative and each run's gradients against finite differences
/// (CheckGradients.cpp).
bool checkGradients(Session &session, llvm::raw_ostream &os);

} // namespace nnc
