// Frontend: the program of a session as text, parsed, and checked.
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/driver/session/SessionOptions.h"
#include "compiler/sema/Sema.h"
#include "compiler/support/Diagnostics.h"

#include <memory>
#include <optional>
#include <vector>

namespace nnc {

class Frontend {
public:
  Frontend(SessionOptions &options, Diagnostics &diags) : options(options), diags(diags) {}

  /// Takes the program from `text`, which is then the program `name`. Reports errors of the text.
  bool loadText(llvm::StringRef text, llvm::StringRef name);
  /// Parses the program. If no text was given, it is the file options.path.
  bool parse();
  bool check();
  /// The folders in which relative paths of each part of the text start.
  sema::Folders folders() const;

  std::unique_ptr<ast::Program> parsed;
  std::vector<std::unique_ptr<ast::Program>> prelude;
  sema::Symbols names;

private:
  bool load();

  SessionOptions &options;
  Diagnostics &diags;
  std::optional<unsigned> buffer;
  // the program's statements, if they do not run in the order of the text
  std::vector<ast::Stmt *> ordered;
};

} // namespace nnc
