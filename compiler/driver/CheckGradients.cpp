// Implements `nnc check --gradients`: prints a table of what was tried.
#include "compiler/driver/Emit.h"

#include "compiler/driver/Session.h"
#include "compiler/driver/check/Checks.h"

#include "llvm/Support/Format.h"

using namespace nnc;

static bool print(llvm::raw_ostream &os, llvm::StringRef title,
                  llvm::ArrayRef<check::Verdict> verdicts) {
  if (verdicts.empty())
    return true;
  os << title << "\n";
  bool ok = true;
  size_t what = 0, extent = 0;
  for (const check::Verdict &v : verdicts) {
    what = std::max(what, v.what.size());
    extent = std::max(extent, v.extent.size());
  }
  for (const check::Verdict &v : verdicts) {
    os << "  " << llvm::left_justify(v.what, what) << "  " << llvm::right_justify(v.extent, extent)
       << "  ";
    if (v.worst < 0)
      os << "not tried";
    else
      os << llvm::format("worst relative error %.1e  ", v.worst) << (v.isWrong ? "WRONG" : "ok");
    if (!v.remark.empty())
      os << "  (" << v.remark << ")";
    os << "\n";
    ok &= !v.isWrong;
  }
  return ok;
}

bool nnc::checkGradients(Session &session, llvm::raw_ostream &os) {
  bool ok = print(os, "derivatives of functions", check::checkFunctions(session));
  for (const check::StepVerdicts &step : check::checkSteps(session))
    ok &= print(os, "gradients of train " + step.title, step.tensors);
  return ok && !session.diagnostics().hasErrors();
}
