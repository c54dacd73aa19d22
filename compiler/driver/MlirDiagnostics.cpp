// Converts MLIR's locations to source ranges: for inlined code, that of the outermost call.
#include "compiler/driver/MlirDiagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

using namespace nnc;

static Range rangeOf(Diagnostics &diags, mlir::Location loc) {
  if (auto named = llvm::dyn_cast<mlir::NameLoc>(loc))
    return rangeOf(diags, named.getChildLoc());
  if (auto call = llvm::dyn_cast<mlir::CallSiteLoc>(loc))
    return rangeOf(diags, call.getCaller());
  if (auto fused = llvm::dyn_cast<mlir::FusedLoc>(loc)) {
    for (mlir::Location part : fused.getLocations())
      if (Range r = rangeOf(diags, part); r.isValid())
        return r;
    return {};
  }
  if (auto file = llvm::dyn_cast<mlir::FileLineColLoc>(loc)) {
    llvm::SMLoc at =
        locationOf(diags.sources(), file.getFilename(), file.getLine(), file.getColumn());
    if (at.isValid())
      return Range(at, llvm::SMLoc::getFromPointer(at.getPointer() + 1));
  }
  return {};
}

void nnc::reportMlirDiagnostics(mlir::MLIRContext &context, Diagnostics &diags) {
  context.getDiagEngine().registerHandler([&diags](mlir::Diagnostic &d) {
    const Range where = rangeOf(diags, d.getLocation());
    if (d.getSeverity() == mlir::DiagnosticSeverity::Error) {
      auto report = diags.error(where, d.str());
      for (mlir::Diagnostic &note : d.getNotes())
        report.note(rangeOf(diags, note.getLocation()), note.str());
    } else if (d.getSeverity() == mlir::DiagnosticSeverity::Warning) {
      diags.warning(where, d.str());
    }
    return mlir::success();
  });
}
