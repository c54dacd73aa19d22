// The table of lints, and reporting, which skips lints that are silenced or were already reported.
#include "compiler/lint/Lint.h"

#include "compiler/lint/Checks.h"

using llvm::StringRef;

namespace nnc::lint {

/// grammar/LANGUAGE.md, section 11, explains each.
static const Lint table[] = {
    {"he-with-tanh", checkHeWithTanh},
    {"xavier-with-relu", checkXavierWithRelu},
    {"constant-weights", checkConstantWeights},
    {"bias-before-norm", checkBiasBeforeNorm},
    {"norm-of-one-row", checkNormOfOneRow},
    {"dropout-at-output", checkDropoutAtOutput},
    {"probabilities-as-logits", checkProbabilitiesAsLogits},
    {"logits-as-probabilities", checkLogitsAsProbabilities},
    {"sigmoid-with-mse", checkSigmoidWithMse},
    {"learning-rate", checkLearningRate},
    {"raw-inputs", checkRawInputs},
    {"raw-targets", checkRawTargets},
    {"transposed-axes", checkTransposedAxes},
};

/// For comments that silence a lint that does not exist.
static const Lint unknownLint{"unknown-lint", nullptr};

llvm::ArrayRef<Lint> lints() { return table; }

Context::Context(Diagnostics &diags, const ast::Program &program, const sema::Symbols &symbols,
                 const IrgenResult &generated, StringRef dataDir, bool asErrors)
    : program(program), symbols(symbols), generated(generated), dataDir(dataDir), diags(diags),
      asErrors(asErrors), silencers(diags.sources(), program.buffer),
      drawn(ast::drawnLets(program)) {}

bool Context::isUsers(Range r) const {
  return r.isValid() && diags.sources().FindBufferContainingLoc(r.begin) == program.buffer;
}

/// Whether `text` contains `name` as a word.
static bool mentions(StringRef text, StringRef name) {
  auto isPart = [](unsigned char c) { return llvm::isAlnum(c) || c == '_' || c >= 0x80; };
  for (size_t at = text.find(name); at != StringRef::npos; at = text.find(name, at + 1))
    if ((at == 0 || !isPart(text[at - 1])) &&
        (at + name.size() == text.size() || !isPart(text[at + name.size()])))
      return true;
  return false;
}

bool Context::isDrawn(Range r) const {
  if (!isUsers(r))
    return false;
  const char *begin = r.begin.getPointer(), *end = std::max(begin, r.end.getPointer());
  return llvm::any_of(drawn, [&](const ast::LetDecl *let) {
    return (begin >= let->range.begin.getPointer() && begin < let->range.end.getPointer()) ||
           mentions(StringRef(begin, end - begin), let->name.text);
  });
}

StringRef Context::preludeName(ast::StmtKind kind, StringRef key, StringRef value) const {
  const ast::Decl *first = nullptr;
  for (const auto &entry : symbols.prelude) {
    const ast::Decl *decl = entry.second;
    // Take the first in source order, because the table is unordered.
    if (decl->kind == kind && factOf(decl, key) == value &&
        (!first || decl->range.begin.getPointer() < first->range.begin.getPointer()))
      first = decl;
  }
  return first ? first->name.text : StringRef();
}

bool Context::isNew(const Lint &lint, Range where) {
  return isUsers(where) && !silencers.silence(lint.name, where) &&
         said.insert({lint.name.str(), where.begin.getPointer()}).second;
}

std::optional<DiagnosticBuilder> Context::report(const Lint &lint, Range where,
                                                 const llvm::Twine &message) {
  if (!isNew(lint, where))
    return std::nullopt;
  const std::string text = (message + " [" + lint.name + "]").str();
  return asErrors ? diags.error(where, text) : diags.warning(where, text);
}

void Context::checkSilencers() {
  std::vector<StringRef> known;
  for (const Lint &lint : lints())
    known.push_back(lint.name);
  for (const Silencers::Named &named : silencers.names()) {
    if (llvm::is_contained(known, named.name))
      continue;
    if (named.name.empty()) {
      if (auto report = this->report(unknownLint, named.range, "this comment silences nothing"))
        report->note("the lints are named: `# nolint: " + known.front() + "`");
    } else if (auto report = this->report(unknownLint, named.range,
                                          "there is no lint `" + named.name + "`")) {
      report->suggest(named.name, known);
    }
  }
}

} // namespace nnc::lint

void nnc::lintProgram(Diagnostics &diags, const ast::Program &program, const sema::Symbols &symbols,
                      const IrgenResult &generated, StringRef dataDir, LintMode mode) {
  if (mode == LintMode::Off)
    return;
  lint::Context context(diags, program, symbols, generated, dataDir, mode == LintMode::Error);
  for (const TrainedStep &trained : generated.elaborated->steps) {
    lint::Step step(trained, generated, symbols);
    for (const lint::Lint &lint : lint::lints())
      lint.check(context, step, lint);
  }
  context.checkSilencers();
}
