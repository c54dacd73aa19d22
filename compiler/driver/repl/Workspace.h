// Workspace: what has been declared and found in an interactive session, and the compilations of
// inputs that use it.
#pragma once

#include "compiler/driver/Session.h"
#include "compiler/driver/repl/Declarations.h"

#include <memory>
#include <string>
#include <utility>

namespace nnc::repl {

/// The name of typed text in messages.
constexpr llvm::StringLiteral typedLabel = "<repl>";

class Workspace {
public:
  explicit Workspace(SessionOptions options) : options(std::move(options)) {}

  Declarations declarations;

  /// Opens a session and loads the composed program.
  std::unique_ptr<Session> open(const Composed &program, llvm::StringRef label);
  /// Prints a session's messages, with suggestions from all declarations.
  void report(Session &session, const Composed &program);
  /// A session of `text` with what it needs, at `stage`. Null after an error, which is printed.
  std::unique_ptr<Session> compile(llvm::StringRef text, Stage stage);
  /// A session of the declaration `name`, checked and generated without printing messages. It may
  /// have errors. It is kept until its program changes.
  Session *quietly(llvm::StringRef name);

  /// The prelude, parsed and checked.
  Session &prelude();
  const ast::Decl *preludeDeclaration(llvm::StringRef name);

private:
  SessionOptions options;
  std::unique_ptr<Session> preludeSession;
  // the last session of quietly(), with the text of its program
  std::pair<std::string, std::unique_ptr<Session>> looked;
};

/// The name in an "unknown …" message, or empty.
llvm::StringRef unknownName(const Diagnostic &d);

} // namespace nnc::repl
