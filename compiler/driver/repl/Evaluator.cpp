// Evaluates inputs. Declarations are kept as text. Every other statement is compiled with the
// declarations that it needs, and run at once.
#include "compiler/driver/repl/Evaluator.h"

#include "compiler/ast/Printer.h"
#include "compiler/parse/Parse.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <map>

using namespace nnc;
using namespace nnc::repl;

static constexpr const char *typedLabel = "<repl>";

Evaluator::Evaluator(SessionOptions o, int argc, char **argv) : options(std::move(o)) {
  options.session = options.monitor = true; // a later report may need what was monitored
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
    command(trimmed.drop_front());
  else if (!trimmed.empty())
    statements({input, typedLabel, "", false});
  flush();
}

void Evaluator::command(llvm::StringRef text) {
  auto [name, argument] = text.split(' ');
  std::vector<llvm::StringRef> names;
  for (const Command &c : commands()) {
    // A prefix is enough: `:q`
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
    Declarations before = declarations;
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
    std::unique_ptr<Session> session = open(whole, input.label);
    const bool sound = session->reach(Stage::Generated);
    report(*session, whole);
    if (!sound)
      return false;
  }
  // Add all declarations of an input first, because they may need one another.
  for (const ast::Stmt *s : program->statements)
    if (auto *decl = llvm::dyn_cast<ast::Decl>(s)) {
      Declaration d = declarationOf(*decl);
      d.here = stretch(*decl);
      d.folder = input.folder;
      for (const std::string &model : declarations.add(std::move(d)))
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
  declarations.leaveInput();
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
        name && declarations.findResult(name->name.text)) {
      show(name->name.text); // a result has no value to print, but it can be shown
      return true;
    }
  const Part part{input.text,   {{offset, offset + record.text.size()}},
                  {s.kind},     {record.result},
                  input.folder, true};
  const std::string text = record.text;
  if (!run(part, input, record))
    return false;
  lastStatement = text;
  if (s.kind == ast::StmtKind::Train)
    trains.push_back(text);
  return true;
}

/// The name in an "unknown …" message, or empty.
static llvm::StringRef unknownName(const Diagnostic &d) {
  llvm::StringRef message = d.message;
  if (d.severity != Severity::Error || !message.starts_with("unknown "))
    return {};
  return message.split('`').second.split('`').first;
}

/// Checks a declaration. It is kept even if that fails: what it lacks may be declared next, or it
/// may be declared again.
void Evaluator::declare(const ast::Decl &declaration, const Input &input) {
  const Declaration *own = declarations.find(declaration.name.text);
  if (!own)
    return; // the input declares this name twice
  const std::string name = own->name;
  const Composed program =
      declarations.compose({input.text, {own->here}, {}, {}, input.folder, true});
  std::unique_ptr<Session> session = open(program, input.label);
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

std::unique_ptr<Session> Evaluator::open(const Composed &program, const std::string &label) {
  SessionOptions own = options;
  own.earlierAt = program.earlierAt;
  own.earlier = int32_t(program.numbers.size());
  own.folders = program.folders;
  auto session = std::make_unique<Session>(std::move(own));
  session->loadText(program.text,
                    label); // errors of the text are in the session's diagnostics
  return session;
}

void Evaluator::report(Session &session, const Composed &program) {
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

bool Evaluator::run(const Part &part, const Input &input, Ran &record) {
  const double start = Timeline::now();
  Composed composed = declarations.compose(part);
  std::unique_ptr<Session> session = open(composed, input.label);
  const nn_image *image = session->compileInMemory();
  report(*session, composed);
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
    declarations.add(std::move(record));
  }
  return code == 0;
}

std::unique_ptr<Session> Evaluator::compile(llvm::StringRef text, Stage stage) {
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

Session &Evaluator::prelude() {
  if (!preludeSession) {
    preludeSession = std::make_unique<Session>(options);
    preludeSession->loadText("let nothing = 0\n", typedLabel);
    preludeSession->reach(Stage::Checked);
  }
  return *preludeSession;
}

const ast::Decl *Evaluator::preludeDeclaration(llvm::StringRef name) {
  return prelude().symbols().prelude.lookup(name);
}
