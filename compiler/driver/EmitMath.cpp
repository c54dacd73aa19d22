// Implements --emit=math: prints what a training step computes as formulas.
#include "compiler/driver/Emit.h"

#include "compiler/driver/Session.h"
#include "compiler/driver/math/Sheet.h"
#include "compiler/sema/runs/TrainSettings.h"

#include "llvm/Support/Regex.h"

using namespace nnc;

/// The titles of the train statements, in the order of their steps in the module.
static std::vector<std::string> trainTitles(Session &session) {
  std::vector<std::string> titles;
  for (const ast::Stmt *s : session.program().statements)
    if (auto *train = llvm::dyn_cast<ast::TrainStmt>(s)) {
      Position at = session.diagnostics().position(s->range);
      std::string targets;
      for (const ast::Path &target : train->targets)
        targets += (targets.empty() ? "" : ", ") + target.front().text.str();
      const std::string title = "train " + targets + " on " + train->data.front().text.str() +
                                " (line " + std::to_string(at.line);
      const auto updates = sema::updatesOf(*train);
      for (const ast::UpdateEntry *update : updates) {
        at = session.diagnostics().position(update->range);
        titles.push_back(title + "), update " + update->places.front().text() + " (line " +
                         std::to_string(at.line) + ")");
      }
      if (updates.empty())
        titles.push_back(title + ")");
    }
  return titles;
}

/// Explains those signs that the formulas use.
static std::vector<std::string> legend(llvm::StringRef formulas, bool latex) {
  static const struct {
    const char *sign, *latexSign, *text, *latexText;
  } signs[] = {
      {"Σᵢ", "\\sum_{i}", "i numbers the examples of the batch; j, k, … the axes of one example",
       "$i$ numbers the examples of the batch; $j, k, \\dots$ the axes of one example"},
      {"⊙", "\\odot", "x ⊙ y multiplies element by element",
       "$x \\odot y$ multiplies element by element"},
      {"∗", "\\ast", "x ∗ W slides W over x: sums of products, as a convolution layer has them",
       "$x \\ast W$ slides $W$ over $x$: sums of products, as a convolution layer has them"},
      {" > ", " > ", "[a > b] is 1 where it holds, else 0",
       "$[a > b]$ is 1 where it holds, else 0"},
      {"[j =", "[j =", "[j = y] is 1 at the label's place, else 0",
       "$[j = y]$ is 1 at the label's place, else 0"},
      {"U[0, 1)", "\\mathcal{U}[0, 1)", "U[0, 1): random numbers, new in every step",
       "$\\mathcal{U}[0, 1)$: random numbers, new in every step"},
      {"N(0, 1)", "\\mathcal{N}(0, 1)", "N(0, 1): normal random numbers, new in every step",
       "$\\mathcal{N}(0, 1)$: normal random numbers, new in every step"},
  };
  std::vector<std::string> lines;
  for (auto &s : signs)
    if (formulas.contains(latex ? s.latexSign : s.sign))
      lines.push_back(latex ? s.latexText : s.text);
  return lines;
}

/// Typesets a definition such as "σ(z) = 1 / (1 + e^-z)".
static std::string definitionText(const math::Definition &d, const math::Typography &type) {
  if (!type.script.latex)
    return d.comment;
  std::string rest = d.comment.substr(d.symbol.size());
  llvm::Regex power("\\^(-?[a-zA-Z0-9]+)");
  for (std::string changed; (changed = power.sub("^{\\1}", rest)) != rest;)
    rest = changed;
  return "$" + type.name(d.symbol).text + rest + "$";
}

void nnc::printMath(Session &session, llvm::raw_ostream &os, bool latex) {
  const math::Typography type(latex);
  math::Steps steps = math::prepareSteps(session, type);
  if (session.diagnostics().hasErrors())
    return;
  std::string text;
  llvm::raw_string_ostream formulas(text);
  std::vector<std::string> titles = trainTitles(session);
  for (auto [i, step] : llvm::enumerate(steps.steps)) {
    if (i < titles.size())
      formulas << (latex ? "\\section*{" + type.script.escaped(titles[i]) + "}\n"
                         : titles[i] + "\n\n");
    for (const math::Section &section : math::Sheet(step, type).build())
      print(formulas, section, type);
  }
  if (steps.steps.empty()) {
    os << (latex ? "% " : "") << "the program has no train statement\n";
    return;
  }
  std::vector<std::string> notes;
  for (const math::Definition &d : steps.definitions)
    notes.push_back(definitionText(d, type));
  for (std::string &line : legend(text, latex))
    notes.push_back(std::move(line));
  os << text;
  if (notes.empty())
    return;
  os << (latex ? "\\paragraph{where}\n\\begin{itemize}\n" : "where\n");
  for (const std::string &note : notes)
    os << (latex ? "  \\item " : "  ") << note << "\n";
  if (latex)
    os << "\\end{itemize}\n";
}
