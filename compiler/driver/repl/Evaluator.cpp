// Declarations are kept as text; every other statement is compiled with those that it needs and run at once.
#include "compiler/driver/repl/Evaluator.h"

#include "compiler/ast/Printer.h"
#include "compiler/parse/Parse.h"
#include "compiler/sema/Builtins.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <set>

using namespace nnc;
using namespace nnc::repl;

static constexpr const char *bufferLabel = "<repl>";

Evaluator::Evaluator(SessionOptions o, int argc, char **argv) : options(std::move(o)) {
  arguments.push_back(argc ? argv[0] : "nnc");
  if (!options.dataDir.empty())
    arguments.insert(arguments.end(), {"--data", options.dataDir});
  std::vector<char *> words;
  for (std::string &a : arguments)
    words.push_back(a.data());
  memory = nn_session_create(int(words.size()), words.data());
}

Evaluator::~Evaluator() { nn_session_destroy(memory); }

void Evaluator::evaluate(llvm::StringRef input) {
  llvm::StringRef trimmed = input.trim();
  if (trimmed.starts_with(":"))
    command(trimmed.drop_front());
  else if (!trimmed.empty())
    statements(input);
  llvm::outs().flush();
  llvm::errs().flush();
  std::fflush(stdout);
}

void Evaluator::command(llvm::StringRef text) {
  auto [name, argument] = text.split(' ');
  std::vector<llvm::StringRef> names;
  for (const Command &c : commands()) {
    // A beginning is enough: `:q`
    if (!name.empty() && llvm::StringRef(c.name).starts_with(name))
      return (this->*c.run)(argument.trim());
    names.push_back(c.name);
  }
  llvm::errs() << "there is no command `:" << name << "`";
  if (llvm::StringRef near = didYouMean(name, names); !near.empty())
    llvm::errs() << "; did you mean `:" << near << "`?\n";
  else
    llvm::errs() << "; `:help` lists them\n";
}

void Evaluator::statements(llvm::StringRef text) {
  Diagnostics diags;
  std::optional<unsigned> buffer = addBuffer(diags, text, bufferLabel);
  std::unique_ptr<ast::Program> program = buffer ? parseString(diags, *buffer) : nullptr;
  if (!program || diags.hasErrors())
    return diags.print(llvm::errs());
  // All declarations of one input first: they may need one another.
  for (const ast::Stmt *s : program->statements)
    if (llvm::isa<ast::Decl>(s))
      declarations.add(declarationOf(*s));
  for (auto [i, s] : llvm::enumerate(program->statements)) {
    const Position at = diags.position(s->range);
    if (llvm::isa<ast::Decl>(s)) {
      declare(*s, at);
      continue;
    }
    const std::string statement = textOf(*s);
    if (const ast::Ident result = ast::resultOf(s); !result.empty()) {
      // What stands below it in the input may use what it finds: they are one program.
      std::string rest = statement;
      for (const ast::Stmt *later : program->statements.drop_front(i + 1))
        if (llvm::isa<ast::Decl>(later))
          declare(*later, diags.position(later->range));
        else
          rest += "\n" + textOf(*later);
      results.insert(result.text.str());
      if (run(rest, at.line, at.column, false))
        lastStatement = rest;
      return;
    }
    if (!run(statement, at.line, at.column, false))
      continue;
    lastStatement = statement;
    if (s->kind == ast::StmtKind::Train)
      trains.push_back(statement);
    if (s->kind == ast::StmtKind::Freeze)
      declarations.add(declarationOf(*s));
  }
}

/// The name that an "unknown …" message is about, or empty.
static llvm::StringRef unknownName(const Diagnostic &d) {
  llvm::StringRef message = d.message;
  if (d.severity != Severity::Error || !message.starts_with("unknown "))
    return {};
  return message.split('`').second.split('`').first;
}

/// Checks a declaration. It stays even if that fails: what it lacks may be declared next, or it may be declared anew.
void Evaluator::declare(const ast::Stmt &statement, Position at) {
  const std::string text(statement.range.begin.getPointer(), statement.range.end.getPointer());
  const std::string name = llvm::cast<ast::Decl>(statement).name.text.str();
  Declarations others;
  for (const Declaration &d : declarations.all())
    if (d.name != name)
      others.add(d);
  Session session(options);
  if (session.loadText(others.programFor(text, at.line, at.column), bufferLabel) && session.reach(Stage::Generated))
    return session.diagnostics().print(llvm::errs());
  std::set<std::string> unknown;
  for (const Diagnostic &d : session.diagnostics().all()) {
    if (d.severity != Severity::Error)
      continue;
    llvm::StringRef missing = unknownName(d);
    if (missing.empty())
      return session.diagnostics().print(llvm::errs());
    unknown.insert(missing.str());
  }
  llvm::errs() << "`" << name << "` needs";
  const char *separator = " ";
  for (const std::string &u : unknown) {
    llvm::errs() << separator << "`" << u << "`";
    separator = ", ";
  }
  llvm::errs() << ", which is not declared yet\n";
}

void Evaluator::report(Session &session) {
  session.diagnostics().print(llvm::errs());
  // The compiled text had only the declarations that the input names, so it could not suggest the others.
  std::vector<llvm::StringRef> names;
  for (const Declaration &d : declarations.all())
    names.push_back(d.name);
  for (const Diagnostic &d : session.diagnostics().all())
    if (llvm::StringRef name = unknownName(d); results.count(name.str()))
      llvm::errs() << "note: what `" << name << "` found is known only in the input that ran it: write `; print " << name << "` behind its block\n";
    else if (!name.empty() && d.notes.empty())
      if (llvm::StringRef near = didYouMean(name, names); !near.empty())
        llvm::errs() << "note: did you mean `" << near << "`?\n";
}

bool Evaluator::run(llvm::StringRef text, unsigned line, unsigned column, bool timing) {
  const double start = Timeline::now();
  Session session(options);
  const nn_program *program = nullptr;
  if (session.loadText(declarations.programFor(text, line, column), bufferLabel))
    program = session.compileInMemory();
  report(session);
  if (!program)
    return false;
  llvm::outs().flush();
  const double began = Timeline::now();
  const int code = nn_session_run(memory, program);
  std::fflush(stdout);
  session.timeline().add("run", began, Timeline::now());
  if (timing)
    session.timeline().print(llvm::outs(), start, Timeline::now(), "in all");
  return code == 0;
}

std::unique_ptr<Session> Evaluator::compile(llvm::StringRef text, Stage stage) {
  auto session = std::make_unique<Session>(options);
  const bool ok = session->loadText(declarations.programFor(text), bufferLabel) && session->reach(stage);
  report(*session);
  return ok ? std::move(session) : nullptr;
}

Session &Evaluator::prelude() {
  if (!preludeSession) {
    preludeSession = std::make_unique<Session>(options);
    preludeSession->loadText("let nothing = 0\n", bufferLabel);
    preludeSession->reach(Stage::Checked);
  }
  return *preludeSession;
}

const ast::Decl *Evaluator::preludeDeclaration(llvm::StringRef name) { return prelude().symbols().prelude.lookup(name); }

std::vector<std::string> Evaluator::completions(llvm::StringRef prefix) {
  std::set<std::string> words;
  auto offer = [&](llvm::StringRef word) {
    if (word.starts_with(prefix))
      words.insert(word.str());
  };
  if (prefix.starts_with(":")) {
    for (const Command &c : commands())
      offer((":" + llvm::StringRef(c.name)).str());
    return {words.begin(), words.end()};
  }
  for (const Declaration &d : declarations.all())
    offer(d.name);
  for (auto &entry : prelude().symbols().prelude)
    offer(entry.getKey());
  for (const sema::Builtin &b : sema::builtins())
    offer(b.name);
  for (llvm::StringRef name : sema::elementwiseNames())
    offer(name);
  for (llvm::StringRef keyword :
       {"let", "option", "fn", "layer", "init", "optimizer", "metric", "model", "data", "param", "state", "train", "evaluate",
        "predict", "save", "load", "freeze", "report", "print", "derivative", "fit", "if", "then", "else", "loss", "batch", "epochs", "steps",
        "clip", "constrain", "stop", "keep", "checkpoint", "split", "normalize", "augment", "where"})
    offer(keyword);
  return {words.begin(), words.end()};
}
