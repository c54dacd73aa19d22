// Decides which stage each kind of output needs and prints it.
#include "compiler/driver/Emit.h"

#include "compiler/ast/Printer.h"
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Tables.h"
#include "compiler/dialect/Walks.h"
#include "compiler/driver/Session.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/IR/Module.h"

using namespace nnc;

static Stage stageOf(EmitKind kind) {
  switch (kind) {
  case EmitKind::None:
  case EmitKind::Ast:
    return Stage::Parsed;
  case EmitKind::Nn:
    return Stage::Generated;
  case EmitKind::Grad:
  case EmitKind::Math:
    return Stage::Differentiated;
  case EmitKind::Fused:
  case EmitKind::Program:
  case EmitKind::Plan:
    return Stage::Planned;
  case EmitKind::Mlir:
    return Stage::Looped;
  case EmitKind::Llvm:
  case EmitKind::Asm:
  case EmitKind::Obj:
    return Stage::Translated;
  }
  return Stage::Parsed;
}

/// Removes ops that elaboration built and nobody uses. Does not simplify anything else: equal
/// values may be different variables.
static void eraseDeadOps(mlir::ModuleOp module) {
  for (auto function : module.getOps<mlir::func::FuncOp>())
    nn::eraseDeadOps(function.getBody());
}

bool nnc::emitStage(Session &session, EmitKind kind, bool latex, llvm::raw_ostream &os) {
  if (!session.reach(stageOf(kind)))
    return false;
  switch (kind) {
  case EmitKind::None:
    return true;
  case EmitKind::Ast:
    ast::print(session.program(), os);
    return true;
  case EmitKind::Nn:
    eraseDeadOps(session.module());
    [[fallthrough]];
  case EmitKind::Grad:
  case EmitKind::Fused:
  case EmitKind::Mlir:
    session.module().print(os);
    return true;
  case EmitKind::Program:
    if (llvm::Error error = completeTables(session.tables(), session.module())) {
      session.diagnostics().error(llvm::toString(std::move(error)));
      return false;
    }
    printProgram(session.tables(), os);
    return true;
  case EmitKind::Math:
    printMath(session, os, latex);
    return true;
  case EmitKind::Plan:
    printPlan(session, os);
    return true;
  case EmitKind::Llvm:
    session.llvmModule().print(os, nullptr);
    return true;
  case EmitKind::Asm: {
    llvm::Expected<std::string> text = emitAssembly(session.llvmModule(), session.target());
    if (!text) {
      session.diagnostics().error(llvm::toString(text.takeError()));
      return false;
    }
    os << *text;
    return true;
  }
  case EmitKind::Obj: {
    // The whole program with its tables and main. Linked with a runtime built for the same machine,
    // it is a trainer.
    addProgram(session.llvmModule(), session.tables());
    llvm::Expected<llvm::SmallVector<char, 0>> bytes =
        emitObject(session.llvmModule(), session.target());
    if (!bytes) {
      session.diagnostics().error(llvm::toString(bytes.takeError()));
      return false;
    }
    os.write(bytes->data(), bytes->size());
    return true;
  }
  }
  return true;
}
