// Keeps the text of an interactive session: its declarations by name and the statements that have
// run. Composes programs from them.
#pragma once

#include "compiler/ast/Ast.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <utility>
#include <vector>

namespace nnc::repl {

/// A stretch of an input: the offsets of its first byte and of the byte after its last.
using Stretch = std::pair<size_t, size_t>;

struct Declaration {
  std::string name;
  std::string text; // with its documentation comment
  std::string doc;
  ast::StmtKind kind;
  std::string folder;    // where its paths start; "" is the working directory
  Stretch here = {0, 0}; // where it is in the input that is being evaluated; empty: it is not there
};

/// A statement that has run. Later programs that use its result contain it.
struct Ran {
  int64_t number = -1; // its number in the runtime's memory; -1: it is not there
  ast::StmtKind kind = ast::StmtKind::Expression;
  std::string text, folder;
  std::string result; // the name that a search, a comparison or an ensemble gives its result
  std::string target; // the model that is trained, loaded or frozen
  // the declarations that it was compiled with, by name and text
  std::vector<std::pair<std::string, std::string>> needs;
  std::vector<int64_t> uses; // the numbers of the statements that it was compiled with
};

/// The program that is compiled for an input.
struct Composed {
  std::string text;
  size_t earlierAt = 0;         // where the statements that ran before begin; 0: there are none
  std::vector<int64_t> numbers; // numbers of those statements that are in the program's tables
  std::vector<std::pair<size_t, std::string>> folders;
  std::vector<std::pair<std::string, std::string>> needs;
  std::vector<int64_t> uses; // the numbers of all these statements
  bool trainedGone = false;  // the training to plot cannot be compiled again, because declarations
                             // have changed
  // models to save whose data are no longer known, because declarations have changed
  std::vector<std::string> forgotten;
  // results that the input names but that are no longer valid, because declarations have changed
  std::vector<std::string> gone;
};

/// An input, and the parts of it to compile.
struct Part {
  llvm::StringRef input;
  std::vector<Stretch> stretches;
  std::vector<ast::StmtKind> kinds; // of its statements
  std::vector<std::string> results; // the names of the results that it will define
  std::string folder;
  bool inPlace = false; // take declarations from their position in this input, if they have one
};

class Declarations {
public:
  /// Stores a declaration and forgets an earlier one with the same name. Returns the models that
  /// had frozen parts and no longer do.
  std::vector<std::string> add(Declaration d);
  const Declaration *find(llvm::StringRef name) const;
  llvm::ArrayRef<Declaration> all() const { return list; }
  /// Ends the input: no declaration is part of the next one.
  void leaveInput();

  void add(Ran statement);
  llvm::ArrayRef<Ran> ran() const { return statements; }
  const Ran *findResult(llvm::StringRef name) const;

  /// Composes a program. The part of the input keeps its position, so that messages have its lines.
  /// Below it come all declarations that it needs, directly or indirectly, and then the statements
  /// whose results it uses.
  Composed compose(const Part &part) const;

private:
  struct Selection;
  void close(Selection &chosen) const;
  bool isStale(const Ran &statement) const;
  void chooseByKind(ast::StmtKind kind, Selection &chosen) const;
  void chooseLastTraining(Selection &chosen) const;
  void chooseTrainings(ast::StmtKind kind, Selection &chosen) const;

  std::vector<Declaration> list;
  std::vector<Ran> statements;
};

/// The source text of a statement. That of a declaration includes its documentation comment.
std::string textOf(const ast::Stmt &statement);
Declaration declarationOf(const ast::Decl &declaration);
/// The model that a train, load or freeze statement names, or empty.
std::string targetOf(const ast::Stmt &statement);

} // namespace nnc::repl
