// Evaluator: what an interactive session does with an input, apart from reading it.
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

  /// A complete input: statements of the language, or a command (":help"). Whatever is wrong with
  /// it is printed.
  void evaluate(llvm::StringRef input);
  /// Checks the file as a whole, then declares and runs what it holds. False if it cannot be read;
  /// everything else that is wrong with it, which ends it, is only printed.
  bool loadFile(llvm::StringRef path);
  /// Whether `:quit` was given.
  bool isOver() const { return over; }

  /// Words that may follow `before`, what is typed of the input up to the cursor; `word` becomes
  /// what is typed of them.
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

  /// A session of a part with what it needs, loaded.
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
  /// "nothing is called `NAME`", with what may be meant.
  void unknown(llvm::StringRef name);

  // Completion (Completion.cpp).
  struct Words;
  void offerGeneral(Words &words);
  bool offerFields(llvm::StringRef before, Words &words);
  void offerFound(llvm::StringRef path, Words &words);
  void offerArguments(llvm::StringRef before, Words &words);
  void offerData(llvm::StringRef before, Words &words);
  /// A declaration of the session, checked and generated without a message; null where it is not
  /// sound. Kept until something changes.
  Session *quietly(llvm::StringRef name);

  /// A session of `text` with what it needs, at `stage`; null after an error, which is printed.
  std::unique_ptr<Session> compile(llvm::StringRef text, Stage stage);
  /// The prelude, parsed and checked.
  Session &prelude();
  const ast::Decl *preludeDeclaration(llvm::StringRef name);

  SessionOptions options;
  std::vector<std::string> arguments;
  nn_session *memory; // what was learned
  Declarations declarations;
  int64_t nextNumber = 0; // of the statement that runs next
  std::string lastStatement;
  std::vector<std::string> trains; // train statements, the last one last
  std::unique_ptr<Session> preludeSession;
  // what quietly() made last, by the text of its program
  std::pair<std::string, std::unique_ptr<Session>> looked;
  bool over = false;
};

} // namespace nnc::repl
