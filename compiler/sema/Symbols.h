// What sema knows of a program once its names, arities, keys and splits are sound: the input of
// irgen.
#pragma once

#include "compiler/ast/Ast.h"
#include "runtime/abi.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace nnc::sema {

/// One source call of a data declaration (`csv("iris.csv")`), resolved. Numbers that may depend on
/// options (n, noise, seed …) stay expressions; irgen evaluates them.
struct SourceInfo {
  const ast::CallExpr *call = nullptr;
  int32_t kind = NN_ROWS;                        // nn_source_kind
  std::string path, labels;                      // as written
  int32_t header = NN_HEADER_AUTO;               // nn_header
  int32_t separator = 0, decimal = 0, quote = 0; // csv: as in nn_source
  int32_t encoding = NN_UTF8;                    // csv, text: nn_encoding
  bool hasMissing = false;                       // csv: `missing` was given
  std::vector<std::string> missing;
  std::vector<std::string> givenColumns; // csv(columns = […]), npy and npz(x = …)
  std::vector<std::string> arrays; // npy, npz: what each of these is read from: a file, a member
  int64_t channels = 0, height = 0,
          width = 0;                    // images: of each; once the source was opened, always known
  bool resize = false, recolor = false; // images: `size` and `channels` were given
  int64_t length = 0;                   // text: characters of an example
  llvm::StringMap<const ast::Expr *>
      settings; // a generator's numbers by name: n, classes, noise, …
  std::string pathPlace,
      labelsPlace; // "file:line:col" of path and labels, for the runtime's messages
  std::string dir; // where the files were found: sourceDir, dataDir, or empty (generators)

  /// The raw columns that the data block's expressions may name, with the shape of one example
  /// each: a table's columns (shape []), arrays, `image` and `label` of images, the fields of rows,
  /// `x` and `y` of generators.
  struct Column {
    std::string name;
    std::vector<int64_t> shape;
    bool isCategory = false; // a label of images, a character, a generator's y
    int64_t classes = 0;     // how many there are, where that is known before the run
    bool wide = true;        // its numbers may need 64 bits
    std::string word;        // one that it holds, of a table's column that holds no numbers
  };
  std::vector<Column> columns;
  /// False after an error (a missing file): the columns are not known, and naming one is no error.
  bool sound = false;

  /// Fills in what the runtime's table says of a source in numbers.
  void describe(nn_source &source) const {
    source.kind = kind;
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
  /// To be called after columns have got other names.
  void reindex() {
    index.clear();
    indexed = 0;
  }

private:
  mutable llvm::StringMap<int> index; // a table may have thousands of columns
  mutable size_t indexed = 0;
};

/// What a run's expressions may name of a data set.
struct FieldInfo {
  std::string name;
  const ast::Expr *value = nullptr; // null: the column of that name as it is
  Range where;
  bool normalize = false;
  bool balance = false;               // an epoch draws its classes equally often
  bool weighted = false;              // a run asks for `class_weights` of it
  const ast::Expr *augment = nullptr; // null: none
  int augmentPart = -1;               // which element of that, where it augments several fields
};

/// What becomes of cells without a value in a column.
struct AbsentInfo {
  std::string column;
  Range where;                      // of its name in the entry
  int32_t absent = NN_ABSENT_ERROR; // nn_absent
  double number = 0;                // with NN_ABSENT_VALUE: a number, or a class
  bool isText = false;
  std::string text;
};

struct DataInfo {
  const ast::DataDecl *decl = nullptr;
  SourceInfo source;
  bool hasTestSource = false;
  SourceInfo test; // with hasTestSource: the same columns as source
  /// Which splits a run may name; without a `split` entry there is only `train` (all rows).
  bool hasSplit = false, hasVal = false, hasTest = false;
  /// The `split` entry's settings; null: not given.
  const ast::Expr *trainPart = nullptr, *valPart = nullptr, *testPart = nullptr, *folds = nullptr,
                  *splitSeed = nullptr;
  int stratify = -1; // index into fields

  /// In the order of the text. Columns that no entry assigns are fields too in `rows` and
  /// generators, and in every source where nothing is assigned.
  std::vector<FieldInfo> fields;
  std::vector<AbsentInfo> absent; // of `drop missing [a]` and `fill a = …`
  bool dropsAll = false;          // `drop missing`: all columns in use that no other entry names
  llvm::SmallVector<const ast::Expr *, 1> conditions; // of `where`: a row is kept where all hold
  /// False after an error: some fields may be unknown.
  bool sound = false;

  int fieldIndex(llvm::StringRef name) const {
    for (size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == name)
        return int(i);
    return -1;
  }
};

/// What a predict statement reads: a data set, or a source of its own.
struct PredictInfo {
  const ast::DataDecl *data = nullptr;
  int32_t split = NN_SPLIT_ALL;
  SourceInfo source; // where `data` is null
};

/// The split of that name.
inline int32_t splitNamed(llvm::StringRef name) {
  return name == "train" ? NN_SPLIT_TRAIN : name == "val" ? NN_SPLIT_VAL : NN_SPLIT_TEST;
}

struct Symbols {
  llvm::StringMap<const ast::Decl *> user, prelude; // every top-level declaration
  llvm::MapVector<const ast::DataDecl *, DataInfo>
      data; // those in the blocks of search and compare too
  std::map<const ast::PredictStmt *, PredictInfo> predicted;
  /// What search, compare and ensemble statements give a name to, and which of these names a
  /// top-level statement mentions.
  llvm::StringMap<const ast::Stmt *> results;
  std::map<const ast::Stmt *, std::set<std::string>> mentions;

  /// The user's declaration of that name, else the prelude's, else null. Code of the prelude sees
  /// only the prelude.
  const ast::Decl *find(llvm::StringRef name, bool fromPrelude = false) const {
    if (!fromPrelude)
      if (const ast::Decl *d = user.lookup(name))
        return d;
    return prelude.lookup(name);
  }
};

} // namespace nnc::sema
