// What an interactive session knows as text: declarations by name and the statements that have run,
// and how a program is made of them.
#pragma once

#include "compiler/ast/Ast.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <utility>
#include <vector>

namespace nnc::repl {

/// A stretch of an input: its first byte and one past its last.
using Stretch = std::pair<size_t, size_t>;

struct Declaration {
  std::string name;
  std::string text; // with its documentation comment
  std::string doc;
  ast::StmtKind kind;
  std::string folder;    // where its paths start; "" is the working directory
  Stretch here = {0, 0}; // where it is in the input that is being evaluated; empty: elsewhere
};

/// A statement that has run, to be part of later programs that are about what it came to.
struct Ran {
  int64_t number = -1; // as the runtime's memory knows it; -1: that has nothing of it
  ast::StmtKind kind = ast::StmtKind::Expression;
  std::string text, folder;
  std::string result; // the name that a search, a comparison or an ensemble gives it
  std::string target; // the model that is trained, loaded or frozen
  // the declarations it was compiled with, by name and text
  std::vector<std::pair<std::string, std::string>> needs;
  std::vector<int64_t> uses; // and the numbers of the statements
};

/// What is compiled for an input.
struct Composed {
  std::string text;
  size_t earlierAt = 0;         // where the statements begin that ran before; 0: there are none
  std::vector<int64_t> numbers; // of those of them that are statements of the program's tables
  std::vector<std::pair<size_t, std::string>> folders;
  std::vector<std::pair<std::string, std::string>> needs;
  std::vector<int64_t> uses; // the numbers of all of them
  bool trainedGone = false;  // what a plot is about cannot be compiled again, for the same reason
  // models to be saved whose data cannot be told any more, for the same reason
  std::vector<std::string> forgotten;
  // results that it names and that can no longer be had, since declarations have changed
  std::vector<std::string> gone;
};

/// An input and what of it must be compiled.
struct Part {
  llvm::StringRef input;
  std::vector<Stretch> stretches;
  std::vector<ast::StmtKind> kinds; // of its statements
  std::vector<std::string> results; // the names that they will give
  std::string folder;
  bool inPlace = false; // declarations with a place in this input are taken from there
};

class Declarations {
public:
  /// Remembers a declaration; an earlier one of that name is forgotten. Returns the models that
  /// something was frozen of, which is so no longer.
  std::vector<std::string> add(Declaration d);
  const Declaration *find(llvm::StringRef name) const;
  llvm::ArrayRef<Declaration> all() const { return list; }
  /// The input is over: no declaration is part of the next one.
  void leaveInput();

  void add(Ran statement);
  llvm::ArrayRef<Ran> ran() const { return statements; }
  const Ran *findResult(llvm::StringRef name) const;

  /// A program: the part of the input where it was typed, so that messages have its lines, and
  /// below it every declaration that it needs and that those need, then the statements whose
  /// results it is about.
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

/// The source text of a statement, its documentation comment included where it is a declaration.
std::string textOf(const ast::Stmt &statement);
Declaration declarationOf(const ast::Decl &declaration);
/// The model that a train, load or freeze statement names, or empty.
std::string targetOf(const ast::Stmt &statement);

} // namespace nnc::repl
