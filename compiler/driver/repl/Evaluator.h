// Evaluator: evaluates the inputs of an interactive session. Reading them is not part of it.
#pragma once

#include "compiler/driver/repl/Commands.h"
#include "compiler/driver/repl/Workspace.h"

#include "runtime/abi.h"

#include <string>

namespace nnc::repl {

class Evaluator {
public:
  Evaluator(SessionOptions options, int argc, char **argv);
  ~Evaluator();

  /// Evaluates a complete input: statements of the language, or a command (":help"). Prints all
  /// errors.
  void evaluate(llvm::StringRef input);
  /// Evaluates statements, and prints where the time went.
  void evaluateTimed(llvm::StringRef statement);
  /// Checks the file as a whole, then runs it. Returns false if the file cannot be read. Other
  /// errors are only printed; they end the file.
  bool loadFile(llvm::StringRef path);
  /// Whether `:quit` was given.
  bool isOver() const { return commands.isOver(); }

  /// Words that may follow `before`, the input up to the cursor. Sets `word` to the part of them
  /// that has been typed.
  std::vector<std::string> completions(llvm::StringRef before, llvm::StringRef &word);

  /// The text of the last statement that has run, or empty.
  const std::string &lastStatement() const { return last; }
  /// The train statements that have run, in order.
  llvm::ArrayRef<std::string> trainStatements() const { return trains; }
  /// The results of statements that have run.
  nn_session *results() { return memory; }

private:
  /// What is being evaluated: a typed input, or a file.
  struct Input {
    llvm::StringRef text;
    std::string label, folder; // for messages; where paths start
    bool isFile = false, isTimed = false;
  };

  bool statements(const Input &input);
  void declare(const ast::Decl &declaration, const Input &input);
  bool runStatement(const ast::Stmt &statement, const Input &input, size_t offset);
  bool run(const Part &part, const Input &input, Ran &record);

  Workspace workspace;
  Commands commands;
  std::vector<std::string> arguments;
  nn_session *memory;     // results of statements that have run
  int64_t nextNumber = 0; // of the next statement that runs
  std::string last;
  std::vector<std::string> trains;
};

} // namespace nnc::repl
