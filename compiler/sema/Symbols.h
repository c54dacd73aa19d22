// What sema knows of a program once its names, arities, keys and splits are sound: the input of irgen.
#pragma once

#include "compiler/ast/Ast.h"
#include "runtime/abi.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

#include <string>
#include <vector>

namespace nnc::sema {

/// One source call of a data declaration (`csv("iris.csv")`), resolved. Numbers that may depend on options (n, noise,
/// seed …) stay expressions; irgen evaluates them.
struct SourceInfo {
  const ast::CallExpr *call = nullptr;
  int32_t kind = NN_ROWS;                         // nn_source_kind
  std::string path, labels;                       // as written
  int32_t header = NN_HEADER_AUTO;                // nn_header
  std::vector<std::string> givenColumns;          // csv(columns = […])
  llvm::StringMap<const ast::Expr *> settings;    // a generator's numbers by name: n, classes, noise, …

  /// The raw columns that the data block's expressions may name, with the shape of one example each: a table's columns
  /// (shape []), `image` and `label` of idx, the fields of rows, `x` and `y` of generators.
  struct Column {
    std::string name;
    std::vector<int64_t> shape;
    bool isCategory = false;                      // an idx label, a generator's y
  };
  std::vector<Column> columns;
};

struct DataInfo {
  const ast::DataDecl *decl = nullptr;
  SourceInfo source;
  bool hasTestSource = false;
  SourceInfo test;                                // with hasTestSource: the same columns as source
  /// Which splits a run may name; without a `split` entry there is only `train` (all rows).
  bool hasSplit = false, hasVal = false, hasTest = false;
};

struct Symbols {
  llvm::StringMap<const ast::Decl *> user, prelude; // every top-level declaration
  llvm::MapVector<const ast::DataDecl *, DataInfo> data;

  /// The user's declaration of that name, else the prelude's, else null. Code of the prelude sees only the prelude.
  const ast::Decl *find(llvm::StringRef name, bool fromPrelude = false) const {
    if (!fromPrelude)
      if (const ast::Decl *d = user.lookup(name))
        return d;
    return prelude.lookup(name);
  }
};

} // namespace nnc::sema
