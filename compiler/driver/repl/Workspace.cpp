// Opens sessions for inputs with the declarations that they need.
#include "compiler/driver/repl/Workspace.h"

#include "compiler/parse/Parse.h"

#include "llvm/Support/raw_ostream.h"

using namespace nnc;
using namespace nnc::repl;

llvm::StringRef repl::unknownName(const Diagnostic &d) {
  llvm::StringRef message = d.message;
  if (d.severity != Severity::Error || !message.starts_with("unknown "))
    return {};
  return message.split('`').second.split('`').first;
}

std::unique_ptr<Session> Workspace::open(const Composed &program, llvm::StringRef label) {
  SessionOptions own = options;
  own.earlierAt = program.earlierAt;
  own.earlier = int32_t(program.numbers.size());
  own.folders = program.folders;
  auto session = std::make_unique<Session>(std::move(own));
  session->loadText(program.text,
                    label); // errors of the text are in the session's diagnostics
  return session;
}

void Workspace::report(Session &session, const Composed &program) {
  session.diagnostics().print(llvm::errs());
  for (const std::string &model : program.forgotten)
    llvm::errs() << "note: `" << model
                 << "` was trained with declarations that have changed since: what it learned from "
                    "its data besides "
                 << "weights is not saved\n";
  if (!session.diagnostics().hasErrors())
    return;
  for (const std::string &name : program.gone)
    llvm::errs() << "note: what `" << name
                 << "` found was found with declarations that have changed since: run it again\n";
  if (program.trainedGone)
    llvm::errs() << "note: what was trained last was declared anew since: train it again\n";
  // The compiled text contained only the declarations that the input names, so the session could
  // not suggest others.
  std::vector<llvm::StringRef> names;
  for (const Declaration &d : declarations.all())
    names.push_back(d.name);
  for (const Ran &s : declarations.ran())
    if (!s.result.empty())
      names.push_back(s.result);
  for (const Diagnostic &d : session.diagnostics().all())
    if (llvm::StringRef name = unknownName(d);
        !name.empty() && d.notes.empty() && !llvm::is_contained(program.gone, name))
      if (llvm::StringRef near = didYouMean(name, names); !near.empty())
        llvm::errs() << "note: did you mean `" << near << "`?\n";
}

std::unique_ptr<Session> Workspace::compile(llvm::StringRef text, Stage stage) {
  Part part{text, {{0, text.size()}}, {}, {}, "", false};
  Diagnostics diags; // errors are reported below
  std::optional<unsigned> buffer = addBuffer(diags, text, typedLabel);
  if (std::unique_ptr<ast::Program> parsed = buffer ? parseString(diags, *buffer) : nullptr;
      parsed && !parsed->statements.empty()) {
    part.kinds.push_back(parsed->statements.back()->kind);
    part.results.push_back(ast::resultOf(parsed->statements.back()).text.str());
  }
  const Composed program = declarations.compose(part);
  std::unique_ptr<Session> session = open(program, typedLabel);
  const bool ok = session->reach(stage);
  report(*session, program);
  return ok ? std::move(session) : nullptr;
}

Session &Workspace::prelude() {
  if (!preludeSession) {
    preludeSession = std::make_unique<Session>(options);
    preludeSession->loadText("let nothing = 0\n", typedLabel);
    preludeSession->reach(Stage::Checked);
  }
  return *preludeSession;
}

const ast::Decl *Workspace::preludeDeclaration(llvm::StringRef name) {
  return prelude().symbols().prelude.lookup(name);
}

Session *Workspace::quietly(llvm::StringRef name) {
  const std::string text = "let unused_ = 0 # " + name.str();
  const Composed program = declarations.compose({text, {{0, text.size()}}, {}, {}, "", false});
  if (looked.first != program.text) {
    looked = {program.text, open(program, typedLabel)};
    looked.second->reach(Stage::Generated);
  }
  return looked.second.get();
}
