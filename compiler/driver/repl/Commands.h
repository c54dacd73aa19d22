// Commands: what an interactive session does besides statements (`:help`).
#pragma once

#include "compiler/driver/repl/Workspace.h"

namespace nnc::repl {

class Commands;
class Evaluator;

struct Command {
  const char *name, *argument, *help;
  void (Commands::*run)(llvm::StringRef argument);
};

class Commands {
public:
  Commands(Evaluator &evaluator, Workspace &workspace)
      : evaluator(evaluator), workspace(workspace) {}

  static llvm::ArrayRef<Command> list();
  /// Runs a command, given without its colon.
  void run(llvm::StringRef text);
  /// Whether `:quit` was given.
  bool isOver() const { return over; }
  /// Shows a data set, a model, a result, or (without a name) what there is.
  void show(llvm::StringRef name);

private:
  void help(llvm::StringRef);
  void type(llvm::StringRef expression);
  void source(llvm::StringRef name);
  void ir(llvm::StringRef what);
  void grad(llvm::StringRef model);
  void time(llvm::StringRef statement);
  void load(llvm::StringRef path);
  void quit(llvm::StringRef) { over = true; }
  // Show.cpp
  void showAll();
  void showModel(llvm::StringRef name);
  /// Prints "nothing is called `NAME`", with a suggestion.
  void unknown(llvm::StringRef name);

  Evaluator &evaluator;
  Workspace &workspace;
  bool over = false;
};

} // namespace nnc::repl
