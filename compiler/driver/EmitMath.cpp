// --emit=math: what a training step computes, as formulas.
#include "compiler/driver/Emit.h"

#include "compiler/driver/Session.h"
#include "compiler/driver/math/Sheet.h"

using namespace nnc;

/// The train statements in the order in which the module has their steps.
static std::vector<std::string> trainTitles(Session &session) {
  std::vector<std::string> titles;
  for (const ast::Stmt *s : session.program().statements)
    if (auto *train = llvm::dyn_cast<ast::TrainStmt>(s)) {
      Position at = session.diagnostics().position(s->range);
      titles.push_back("train " + train->target.front().text.str() + " on " + train->data.front().text.str() + " (line " +
                       std::to_string(at.line) + ")");
    }
  return titles;
}

void nnc::printMath(Session &session, llvm::raw_ostream &os, bool latex) {
  const math::Typography type(latex);
  math::Steps steps = math::prepareSteps(session, type);
  if (session.diagnostics().hasErrors())
    return;
  std::vector<std::string> titles = trainTitles(session);
  for (auto [i, step] : llvm::enumerate(steps.steps)) {
    if (i)
      os << "\n";
    if (i < titles.size())
      os << (latex ? "\\section*{" + type.escaped(titles[i]) + "}" : titles[i]) << "\n\n";
    for (const math::Section &section : math::Sheet(step, type).build())
      print(os, section, type);
  }
  if (!steps.definitions.empty()) {
    os << (latex ? "\\paragraph{where}\n\\begin{itemize}\n" : "where\n");
    for (const math::Definition &d : steps.definitions)
      os << (latex ? "\\item \\verb|" + d.comment + "|" : "  " + d.comment) << "\n";
    if (latex)
      os << "\\end{itemize}\n";
  }
}
