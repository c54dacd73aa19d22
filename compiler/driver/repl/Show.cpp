// Implements :show and :load.
#include "compiler/driver/repl/Commands.h"
#include "compiler/driver/repl/Evaluator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnc;
using namespace nnc::repl;

void Commands::load(llvm::StringRef path) {
  if (path.size() > 1 && path.front() == '"' && path.back() == '"')
    path = path.drop_front().drop_back();
  if (path.empty())
    llvm::errs() << "`:load` takes a file: `:load examples/xor.nn`\n";
  else
    evaluator.loadFile(path);
}

void Commands::unknown(llvm::StringRef name) {
  std::vector<llvm::StringRef> candidates;
  for (const Declaration &d : workspace.declarations.all())
    candidates.push_back(d.name);
  for (const Ran &s : workspace.declarations.ran())
    if (!s.result.empty())
      candidates.push_back(s.result);
  for (auto &entry : workspace.prelude().symbols().prelude)
    candidates.push_back(entry.getKey());
  llvm::errs() << "nothing is called `" << name << "`";
  if (llvm::StringRef near = didYouMean(name, candidates); !near.empty())
    llvm::errs() << "; did you mean `" << near << "`?";
  llvm::errs() << "\n";
}

/// Prints everything in the session, one line for each kind.
void Commands::showAll() {
  static const std::pair<ast::StmtKind, const char *> kinds[] = {
      {ast::StmtKind::Data, "data"},
      {ast::StmtKind::Model, "models"},
      {ast::StmtKind::Search, "searches"},
      {ast::StmtKind::Compare, "comparisons"},
      {ast::StmtKind::Ensemble, "ensembles"},
      {ast::StmtKind::Let, "constants"},
      {ast::StmtKind::Option, "options"},
      {ast::StmtKind::Fn, "functions"},
      {ast::StmtKind::Layer, "layers"},
      {ast::StmtKind::Init, "initializers"},
      {ast::StmtKind::Optimizer, "optimizers"},
      {ast::StmtKind::Metric, "metrics"}};
  bool any = false;
  for (const auto &[kind, title] : kinds) {
    std::string names;
    auto add = [&](const std::string &name) { names += (names.empty() ? "" : ", ") + name; };
    for (const Declaration &d : workspace.declarations.all())
      if (d.kind == kind)
        add(d.name);
    for (const Ran &s : workspace.declarations.ran())
      if (s.kind == kind && !s.result.empty())
        add(s.result);
    if (!names.empty())
      llvm::outs() << title << ": " << names << "\n";
    any |= !names.empty();
  }
  if (!any)
    llvm::outs() << "nothing is declared yet\n";
}

void Commands::showModel(llvm::StringRef name) {
  std::unique_ptr<Session> session =
      workspace.compile(("let unused_ = " + name).str(), Stage::Generated);
  if (!session)
    return;
  const ProgramT &program = session->tables().program;
  for (const ModelT &model : program.models) {
    if (name != model.name)
      continue;
    auto shape = [](llvm::ArrayRef<int64_t> sizes) {
      std::string text = "[";
      for (auto [d, size] : llvm::enumerate(sizes))
        text += (d ? ", " : "") + std::to_string(size);
      return text + "]";
    };
    int64_t parameters = 0;
    std::string lines;
    for (int32_t t = model.tensors.first; t < model.tensors.first + model.tensors.count; ++t) {
      const TensorT &tensor = program.tensors[t];
      int64_t elements = 1;
      for (int64_t size : tensor.shape)
        elements *= size;
      if (tensor.kind == NN_PARAMETER)
        parameters += elements;
      lines += "  " + tensor.name + ": " + shape(tensor.shape) +
               (tensor.kind == NN_STATE ? ", a state" : "") + "\n";
    }
    llvm::outs() << name << ": " << shape(model.in_shape) << " -> " << shape(model.out_shape)
                 << ", " << parameters << (parameters == 1 ? " parameter\n" : " parameters\n")
                 << lines;
  }
}

void Commands::show(llvm::StringRef name) {
  if (name.empty())
    return showAll();
  if (const Ran *found = workspace.declarations.findResult(name)) {
    if (found->kind == ast::StmtKind::Ensemble)
      llvm::outs() << found->text << "\n";
    else
      evaluator.evaluate(("print " + name).str());
    return;
  }
  const Declaration *known = workspace.declarations.find(name);
  if (!known && !workspace.preludeDeclaration(name))
    return unknown(name);
  if (known && known->kind == ast::StmtKind::Model)
    return showModel(name);
  if (!known || known->kind != ast::StmtKind::Data)
    return type(name);
  const std::string text = "let unused_ = 0 # " + name.str();
  const Composed composed =
      workspace.declarations.compose({text, {{0, text.size()}}, {}, {}, "", false});
  std::unique_ptr<Session> session = workspace.open(composed, typedLabel);
  const nn_image *image = session->compileInMemory();
  workspace.report(*session, composed);
  if (image) {
    llvm::outs().flush();
    nn_session_show(evaluator.results(), image, name.str().c_str());
  }
}
