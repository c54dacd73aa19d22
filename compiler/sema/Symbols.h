// The results of sema: declarations by name, and the sources, fields and splits of data sets. irgen
// reads them.
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/support/Program.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace nnc::sema {

/// One source call of a data declaration (`csv("iris.csv")`), resolved. Numbers that may depend on
/// options (n, noise, seed …) remain expressions, which irgen evaluates.
struct SourceInfo {
  const ast::CallExpr *call = nullptr;
  source_kind kind = NN_ROWS;
  std::string path, labels; // as written
  program::header header = NN_HEADER_AUTO;
  int32_t separator = 0, decimal = 0, quote = 0; // csv: as in SourceT
  program::encoding encoding = NN_UTF8;          // csv, text
  bool hasMissing = false;                       // csv: `missing` was given
  std::vector<std::string> missing;
  std::vector<std::string> givenColumns; // csv(columns = […]), npy and npz(x = …)
  std::vector<std::string> arrays; // npy, npz: the file or the member from which each of these is
                                   // read
  int64_t channels = 0, height = 0,
          width = 0;                    // images: of each image; known once the source has been
                                        // opened
  bool resize = false, recolor = false; // images: `size` and `channels` were given
  int64_t length = 0;                   // text: characters per example
  std::vector<std::string> characters;  // text: its different characters, by their numbers
  llvm::StringMap<const ast::Expr *>
      settings; // the numbers of a generator, by name: n, classes, noise, …
  std::string pathPlace,
      labelsPlace; // "file:line:col" of path and labels, for the runtime's messages
  std::string dir; // where the files were found: sourceDir, dataDir, or empty (generators)

  /// The raw columns that the expressions of the data block may name, each with the shape of one
  /// example: the columns of a table (shape []), arrays, `image` and `label` of images, the fields
  /// of rows, `x` and `y` of generators.
  struct Column {
    std::string name;
    std::vector<int64_t> shape;
    bool isCategory = false; // a label of images, a character, the y of a generator
    int64_t classes = 0;     // the number of classes, if known before the run
    bool wide = true;        // its numbers may need 64 bits
    std::string word;        // an example of its content, for a column of a table that holds no
                             // numbers
  };
  std::vector<Column> columns;
  /// False after an error (a missing file). The columns are then unknown, and naming one is not an
  /// error.
  bool sound = false;

  /// Fills in what the runtime's table says of a source, but for its place, and numbers that may
  /// depend on options.
  void describe(SourceT &source) const {
    source.kind = kind;
    source.path = path;
    source.labels = labels;
    source.missing = missing;
    source.columns = givenColumns;
    source.arrays = arrays;
    source.header = header;
    source.separator = separator;
    source.decimal = decimal;
    source.quote = quote;
    source.encoding = encoding;
    source.has_missing = hasMissing;
    source.channels = channels;
    source.height = height;
    source.width = width;
    source.resize = resize;
    source.recolor = recolor;
    source.length = length;
  }

  /// The first column of that name, or -1.
  int columnIndex(llvm::StringRef name) const {
    for (; indexed < columns.size(); ++indexed)
      index.try_emplace(columns[indexed].name, int(indexed));
    auto found = index.find(name);
    return found == index.end() ? -1 : found->second;
  }
  /// Call this after columns have been renamed.
  void reindex() {
    index.clear();
    indexed = 0;
  }

private:
  mutable llvm::StringMap<int> index; // a table may have thousands of columns
  mutable size_t indexed = 0;
};

/// A field of a data set, which the expressions of a run may name.
struct FieldInfo {
  std::string name;
  const ast::Expr *value = nullptr; // null: the column of that name as it is
  Range where;
  bool normalize = false;
  bool ownStatistics = false;         // `normalize … by its own`: not by what a model has learned
  bool unscaled = false;              // a run puts numbers back into its own units
  bool balance = false;               // an epoch draws its classes equally often
  bool weighted = false;              // a run uses `class_weights` of it
  const ast::Expr *augment = nullptr; // null: none
  int augmentPart = -1;               // the index into the value, if that augments several fields
};

/// How cells without a value in a column are handled.
struct AbsentInfo {
  std::string column;
  Range where; // of its name in the entry
  program::absent absent = NN_ABSENT_ERROR;
  double number = 0; // with NN_ABSENT_VALUE: a number, or a class
  bool isText = false;
  std::string text;
};

struct DataInfo {
  const ast::DataDecl *decl = nullptr;
  SourceInfo source;
  bool hasTestSource = false;
  SourceInfo test; // with hasTestSource: the same columns as source
  /// The splits that a run may name. Without a `split` entry the only one is `train` (all rows).
  bool hasSplit = false, hasVal = false, hasTest = false;
  /// The `split` entry's settings; null: not given.
  const ast::Expr *trainPart = nullptr, *valPart = nullptr, *testPart = nullptr, *folds = nullptr,
                  *splitSeed = nullptr;
  int stratify = -1; // index into fields

  /// In source order. Columns that no entry assigns are fields too in `rows` and generators, and in
  /// every source if no entry assigns anything.
  std::vector<FieldInfo> fields;
  /// `series by key, each of`: rows that follow one another. Not valid: there is no such entry.
  Range series;
  const ast::Expr *seriesKey = nullptr, *seriesEach = nullptr; // null: not given
  bool inOrder = false;                                        // `split …, in order`

  std::vector<AbsentInfo> absent; // from `drop missing [a]` and `fill a = …`
  bool dropsAll = false;          // `drop missing`: all columns in use that no other entry names
  llvm::SmallVector<const ast::Expr *, 1> conditions; // of `where`: a row is kept if all hold
  /// False after an error: some fields may be unknown.
  bool sound = false;

  int fieldIndex(llvm::StringRef name) const {
    for (size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == name)
        return int(i);
    return -1;
  }
};

/// The input of a predict statement: a data set, or a source of its own.
struct PredictInfo {
  const ast::DataDecl *data = nullptr;
  program::split split = NN_SPLIT_ALL;
  SourceInfo source; // where `data` is null
};

/// The split that `name` names, which sema has checked.
inline program::split splitNamed(llvm::StringRef name) {
  return findSplit(name).value_or(NN_SPLIT_TEST);
}

struct Symbols {
  llvm::StringMap<const ast::Decl *> user, prelude; // every top-level declaration
  llvm::MapVector<const ast::DataDecl *, DataInfo>
      data; // including those in the blocks of search and compare
  std::map<const ast::PredictStmt *, PredictInfo> predicted;
  /// The names given by search, compare and ensemble statements, and for each top-level statement
  /// those that it mentions.
  llvm::StringMap<const ast::Stmt *> results;
  std::map<const ast::Stmt *, std::set<std::string>> mentions;

  /// The user's declaration of that name, else that of the prelude, else null. Prelude code sees
  /// only the prelude.
  const ast::Decl *find(llvm::StringRef name, bool fromPrelude = false) const {
    if (!fromPrelude)
      if (const ast::Decl *d = user.lookup(name))
        return d;
    return prelude.lookup(name);
  }
};

} // namespace nnc::sema
