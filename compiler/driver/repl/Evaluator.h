// Evaluator: what an interactive session does with an input, apart from reading it.
#pragma once

#include "compiler/driver/repl/Declarations.h"
#include "compiler/driver/Session.h"

#include "runtime/abi.h"

#include <set>
#include <string>

namespace nnc::repl {

class Evaluator {
public:
  Evaluator(SessionOptions options, int argc, char **argv);
  ~Evaluator();

  /// A complete input: statements of the language, or a command (":help"). Whatever is wrong with it is printed.
  void evaluate(llvm::StringRef input);
  /// Whether `:quit` was given.
  bool isOver() const { return over; }

  /// Words that may follow what is typed: names, keywords, commands.
  std::vector<std::string> completions(llvm::StringRef prefix);

  struct Command {
    const char *name, *argument, *help;
    void (Evaluator::*run)(llvm::StringRef argument);
  };
  static llvm::ArrayRef<Command> commands();

private:
  void command(llvm::StringRef text);
  void statements(llvm::StringRef text);
  void declare(const ast::Stmt &statement, Position at);
  bool run(llvm::StringRef text, unsigned line, unsigned column, bool timing);

  /// Prints a session's messages, with suggestions from all declarations.
  void report(Session &session);

  // The commands (Commands.cpp).
  void help(llvm::StringRef);
  void type(llvm::StringRef expression);
  void source(llvm::StringRef name);
  void ir(llvm::StringRef what);
  void grad(llvm::StringRef model);
  void time(llvm::StringRef statement);
  void quit(llvm::StringRef) { over = true; }

  /// A session of `text` with what it needs, at `stage`; null after an error, which is printed.
  std::unique_ptr<Session> compile(llvm::StringRef text, Stage stage);
  /// The prelude, parsed and checked.
  Session &prelude();
  const ast::Decl *preludeDeclaration(llvm::StringRef name);

  SessionOptions options;
  std::vector<std::string> arguments;
  nn_session *memory;               // what was learned
  Declarations declarations;
  std::set<std::string> results; // names of what searches, comparisons and ensembles found
  std::string lastStatement;
  std::vector<std::string> trains;  // train statements, the last one last
  std::unique_ptr<Session> preludeSession;
  bool over = false;
};

} // namespace nnc::repl
