// Evaluates inputs. Declarations are kept as text. Every other statement is compiled with the
// declarations that it needs, and run at once.
#include "compiler/driver/repl/Evaluator.h"

#include "compiler/ast/Printer.h"
#include "compiler/driver/repl/Completion.h"
#include "compiler/parse/Parse.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <map>

using namespace nnc;
using namespace nnc::repl;

/// The options of all compilations.
static SessionOptions interactive(SessionOptions options) {
  options.session = options.monitor = true; // a later report may need what was monitored
  return options;
}

Evaluator::Evaluator(SessionOptions options, int argc, char **argv)
    : workspace(interactive(options)), commands(*this, workspace) {
  arguments.push_back(argc ? argv[0] : "nnc");
  if (!options.dataDir.empty())
    arguments.insert(arguments.end(), {"--data", options.dataDir});
  std::vector<char *> words;
  for (std::string &a : arguments)
    words.push_back(a.data());
  memory = nn_session_create(int(words.size()), words.data());
}

Evaluator::~Evaluator() { nn_session_destroy(memory); }

static void flush() {
  llvm::outs().flush();
  llvm::errs().flush();
  std::fflush(stdout);
}

void Evaluator::evaluate(llvm::StringRef input) {
  llvm::StringRef trimmed = input.trim();
  if (trimmed.starts_with(":"))
    commands.run(trimmed.drop_front());
  else if (!trimmed.empty())
    statements({input, typedLabel.str(), "", false});
  flush();
}

bool Evaluator::loadFile(llvm::StringRef path) {
  Diagnostics diags;
  std::optional<unsigned> buffer = nnc::loadFile(diags, path);
  diags.print(llvm::errs());
  if (buffer)
    statements({bufferText(diags.sources(), *buffer), path.str(),
                llvm::sys::path::parent_path(path).str(), true});
  flush();
  return buffer.has_value();
}

void Evaluator::evaluateTimed(llvm::StringRef statement) {
  statements({statement, typedLabel.str(), "", false, true});
}

bool Evaluator::statements(const Input &input) {
  Diagnostics diags;
  std::optional<unsigned> buffer = addBuffer(diags, input.text, input.label);
  std::unique_ptr<ast::Program> program = buffer ? parseString(diags, *buffer) : nullptr;
  if (!program || diags.hasErrors()) {
    diags.print(llvm::errs());
    return false;
  }
  const char *text = bufferText(diags.sources(), *buffer).data();
  auto stretch = [&](const ast::Stmt &s) {
    return Stretch(s.range.begin.getPointer() - text, s.range.end.getPointer() - text);
  };
  if (input.isFile) { // checked as a whole: nothing is taken from a file with errors
    Declarations before = workspace.declarations;
    Part all{input.text, {{0, input.text.size()}}, {}, {}, input.folder, true};
    for (const ast::Stmt *s : program->statements) {
      all.kinds.push_back(s->kind);
      if (const ast::Ident result = ast::resultOf(s); !result.empty())
        all.results.push_back(result.text.str());
      if (auto *decl = llvm::dyn_cast<ast::Decl>(s)) {
        Declaration d = declarationOf(*decl);
        d.here = stretch(*decl);
        before.add(std::move(d));
      }
    }
    const Composed whole = before.compose(all);
    std::unique_ptr<Session> session = workspace.open(whole, input.label);
    const bool sound = session->reach(Stage::Generated);
    workspace.report(*session, whole);
    if (!sound)
      return false;
  }
  // Add all declarations of an input first, because they may need one another.
  for (const ast::Stmt *s : program->statements)
    if (auto *decl = llvm::dyn_cast<ast::Decl>(s)) {
      Declaration d = declarationOf(*decl);
      d.here = stretch(*decl);
      d.folder = input.folder;
      for (const std::string &model : workspace.declarations.add(std::move(d)))
        llvm::errs() << "note: `" << model
                     << "` is declared anew, and nothing of it is frozen any more\n";
    }
  bool ok = true;
  for (const ast::Stmt *s : program->statements) {
    if (auto *decl = llvm::dyn_cast<ast::Decl>(s)) {
      if (!input.isFile)
        declare(*decl, input);
      continue;
    }
    ok = runStatement(*s, input, stretch(*s).first);
    flush();
    if (!ok && input.isFile) {
      if (s != program->statements.back())
        llvm::errs() << "note: what follows line " << diags.position(s->range).line << " of "
                     << input.label << " has not been run\n";
      break;
    }
  }
  workspace.declarations.leaveInput();
  return ok;
}

bool Evaluator::runStatement(const ast::Stmt &s, const Input &input, size_t offset) {
  Ran record;
  record.kind = s.kind;
  record.text = textOf(s);
  record.folder = input.folder;
  record.result = ast::resultOf(&s).text.str();
  record.target = targetOf(s);
  if (auto *expression = llvm::dyn_cast<ast::ExprStmt>(&s))
    if (auto *name = llvm::dyn_cast<ast::NameExpr>(expression->expr);
        name && workspace.declarations.findResult(name->name.text)) {
      commands.show(name->name.text); // a result has no value to print, but it can be shown
      return true;
    }
  const Part part{input.text,   {{offset, offset + record.text.size()}},
                  {s.kind},     {record.result},
                  input.folder, true};
  const std::string text = record.text;
  if (!run(part, input, record))
    return false;
  last = text;
  if (s.kind == ast::StmtKind::Train)
    trains.push_back(text);
  return true;
}

/// Checks a declaration. It is kept even if that fails: what it lacks may be declared next, or it
/// may be declared again.
void Evaluator::declare(const ast::Decl &declaration, const Input &input) {
  const Declaration *own = workspace.declarations.find(declaration.name.text);
  if (!own)
    return; // the input declares this name twice
  const std::string name = own->name;
  const Composed program =
      workspace.declarations.compose({input.text, {own->here}, {}, {}, input.folder, true});
  std::unique_ptr<Session> session = workspace.open(program, input.label);
  if (session->reach(Stage::Generated))
    return session->diagnostics().print(llvm::errs());
  std::map<std::string, std::string> missing; // with suggestions
  for (const Diagnostic &d : session->diagnostics().all()) {
    if (d.severity != Severity::Error)
      continue;
    llvm::StringRef unknown = unknownName(d);
    if (unknown.empty() ||
        llvm::StringRef(d.message).starts_with("unknown column")) // no declaration can add a column
      return session->diagnostics().print(llvm::errs());
    std::string &near = missing[unknown.str()];
    for (const Diagnostic &note : d.notes)
      if (llvm::StringRef(note.message).starts_with("did you mean"))
        near = note.message;
  }
  llvm::errs() << "`" << name << "` needs";
  const char *separator = " ";
  std::string hints;
  for (const auto &[name, near] : missing) {
    llvm::errs() << separator << "`" << name << "`";
    separator = ", ";
    hints += near.empty() ? "" : "; " + near;
  }
  llvm::errs() << ", which is not declared yet" << hints << "\n";
}

bool Evaluator::run(const Part &part, const Input &input, Ran &record) {
  const double start = Timeline::now();
  Composed composed = workspace.declarations.compose(part);
  std::unique_ptr<Session> session = workspace.open(composed, input.label);
  const nn_image *image = session->compileInMemory();
  workspace.report(*session, composed);
  if (!image)
    return false;
  llvm::outs().flush();
  const double began = Timeline::now();
  const int64_t number = nextNumber++;
  std::vector<int64_t> numbers = composed.numbers;
  numbers.push_back(number);
  const int code = nn_session_run(memory, image, numbers.data(), int32_t(composed.numbers.size()));
  std::fflush(stdout);
  session->timeline().add("run", began, Timeline::now());
  if (input.isTimed)
    session->timeline().print(llvm::outs(), start, Timeline::now(), "in all");
  // A training that was interrupted has a history too. What is loaded or frozen counts for
  // ensembles and for everything that follows.
  const bool loaded = record.kind == ast::StmtKind::Load || record.kind == ast::StmtKind::Freeze;
  if (nn_session_remembers(memory, number) || (loaded && code == 0)) {
    record.number = number;
    record.needs = std::move(composed.needs);
    record.uses = std::move(composed.uses);
    workspace.declarations.add(std::move(record));
  }
  return code == 0;
}

std::vector<std::string> Evaluator::completions(llvm::StringRef before, llvm::StringRef &word) {
  return repl::completions(workspace, before, word);
}
