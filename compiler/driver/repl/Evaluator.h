// Evaluator: evaluates the inputs of an interactive session. Reading them is not part of it.
#pragma once

#include "compiler/driver/Session.h"
#include "compiler/driver/repl/Declarations.h"

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
  /// Checks the file as a whole, then runs it. Returns false if the file cannot be read. Other
  /// errors are only printed; they end the file.
  bool loadFile(llvm::StringRef path);
  /// Whether `:quit` was given.
  bool isOver() const { return over; }

  /// Words that may follow `before`, the input up to the cursor. Sets `word` to the part of them
  /// that has been typed.
  std::vector<std::string> completions(llvm::StringRef before, llvm::StringRef &word);

  struct Command {
    const char *name, *argument, *help;
    void (Evaluator::*run)(llvm::StringRef argument);
  };
  static llvm::ArrayRef<Command> commands();

private:
  /// What is being evaluated: a typed input, or a file.
  struct Input {
    llvm::StringRef text;
    std::string label, folder; // for messages; where paths start
    bool isFile = false, isTimed = false;
  };

  void command(llvm::StringRef text);
  bool statements(const Input &input);
  void declare(const ast::Decl &declaration, const Input &input);
  bool runStatement(const ast::Stmt &statement, const Input &input, size_t offset);
  bool run(const Part &part, const Input &input, Ran &record);

  /// Opens a session and loads the composed program.
  std::unique_ptr<Session> open(const Composed &program, const std::string &label);
  /// Prints a session's messages, with suggestions from all declarations.
  void report(Session &session, const Composed &program);

  // The commands (Commands.cpp, Show.cpp).
  void help(llvm::StringRef);
  void type(llvm::StringRef expression);
  void source(llvm::StringRef name);
  void ir(llvm::StringRef what);
  void grad(llvm::StringRef model);
  void time(llvm::StringRef statement);
  void load(llvm::StringRef path);
  void show(llvm::StringRef name);
  void quit(llvm::StringRef) { over = true; }
  void showAll();
  void showModel(llvm::StringRef name);
  /// Prints "nothing is called `NAME`", with a suggestion.
  void unknown(llvm::StringRef name);

  // Completion (Completion.cpp).
  struct Words;
  void offerGeneral(Words &words);
  bool offerFields(llvm::StringRef before, Words &words);
  void offerFound(llvm::StringRef path, Words &words);
  void offerArguments(llvm::StringRef before, Words &words);
  void offerData(llvm::StringRef before, Words &words);
  /// A session of the declaration `name`, checked and generated without printing messages. It may
  /// have errors. It is kept until its program changes.
  Session *quietly(llvm::StringRef name);

  /// A session of `text` with what it needs, at `stage`. Null after an error, which is printed.
  std::unique_ptr<Session> compile(llvm::StringRef text, Stage stage);
  /// The prelude, parsed and checked.
  Session &prelude();
  const ast::Decl *preludeDeclaration(llvm::StringRef name);

  SessionOptions options;
  std::vector<std::string> arguments;
  nn_session *memory; // results of statements that have run
  Declarations declarations;
  int64_t nextNumber = 0; // of the next statement that runs
  std::string lastStatement;
  std::vector<std::string> trains; // the train statements that have run, in order
  std::unique_ptr<Session> preludeSession;
  // the last session of quietly(), with the text of its program
  std::pair<std::string, std::unique_ptr<Session>> looked;
  bool over = false;
};

} // namespace nnc::repl
