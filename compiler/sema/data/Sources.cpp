// Checks calls of data sources: `csv("iris.csv")`, `rows(x: [2], y: [1])`, `spirals(n = 300)`.
#include "compiler/sema/Analyzer.h"
#include "compiler/sema/data/SourceTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void Analyzer::checkSource(const Expr *expr, const Scope &scope, SourceInfo &info) {
  std::vector<StringRef> known;
  for (const SourceFunction &s : sources())
    known.push_back(s.name);
  auto *call = llvm::dyn_cast_or_null<CallExpr>(expr);
  auto *name = call ? dyn_cast<NameExpr>(call->callee) : nullptr;
  if (!name) {
    diags.error(expr ? expr->range : Range(), "a source of data is expected here")
        .note("the sources are " + listed(known) + ": `csv(\"iris.csv\")`");
    return;
  }
  const SourceFunction *source = findSource(name->name.text);
  if (!source) {
    auto e = diags.error(name->range, quoted(name->name.text) + " is not a source of data")
                 .suggest(name->name.text, known);
    e.note("the sources are " + listed(known));
    return;
  }
  info.call = call;
  info.kind = source->kind;

  if (source->kind == NN_ROWS) {
    info.sound = readRowFields(*call, info);
    return;
  }
  unsigned errorsBefore = diags.errorCount();
  llvm::SmallVector<Formal, 8> formals;
  for (size_t i = 0; i < source->params.size(); ++i)
    formals.push_back({source->params[i], i < source->required});
  size_t position = 0;
  const Expr *path = nullptr, *labels = nullptr, *columns = nullptr;
  std::vector<Argument> plain; // without the names of columns
  for (const Argument &a : call->args) {
    if (source->columns && (a.name ? !llvm::is_contained(source->params, a.name.text)
                                   : position >= source->positional)) {
      readArrayColumn(a, info);
      path = path ? path : a.value;
      continue;
    }
    plain.push_back(a);
    size_t at =
        a.name ? llvm::find(source->params, a.name.text) - source->params.begin() : position++;
    if (!a.name && at >= source->positional) {
      diags.error(a.range, "an argument without its name; " + quoted(source->name) + " takes " +
                               listed(source->params, "and") +
                               (source->positional ? " by name" : ", each by name"));
      continue;
    }
    if (at >= source->params.size())
      continue; // checkArguments reports it
    if (!a.value) {
      diags.error(a.range, "a shape may be only among the fields of `rows(…)`");
      continue;
    }
    StringRef param = source->params[at];
    if (source->isGenerator()) {
      checkExpr(a.value, scope);
      info.settings[param] = a.value;
    } else if (param == "columns") {
      columns = a.value;
    } else if (param == "header") {
      readHeader(a.value, info);
    } else if (readTableSetting(param, a.value, info)) {
      continue;
    } else if (param == "size" || param == "channels" || param == "length") {
      readFileSetting(param, a.value, info);
    } else if (auto *text = dyn_cast<StringExpr>(a.value)) {
      (param == "labels" ? labels : path) = a.value;
      (param == "labels" ? info.labels : info.path) =
          options.folders.pathAt(text->range.begin, text->value);
      (param == "labels" ? info.labelsPlace : info.pathPlace) =
          diags.position(a.value->range).str();
      if (text->value.empty())
        diags.error(a.value->range, "the name of a file is empty");
    } else {
      diags.error(a.value->range, "the name of a file is expected here, in quotes");
    }
  }
  if (diags.errorCount() == errorsBefore)
    checkArguments(plain, call->range, source->name, name->range, formals, 0);
  if (columns)
    readCsvColumns(columns, info);
  if (source->kind == NN_NPY && call->args.empty())
    diags.error(call->range, "`npy` needs a file: `npy(x = \"x.npy\", y = \"y.npy\")`");
  if (source->isGenerator())
    info.sound = readGenerator(info);
  else if (diags.errorCount() == errorsBefore)
    probe(info, path, labels);
}

/// `columns = [sepal_length, …]`: names, in backquotes or quotes if they are not identifiers.
void Analyzer::readCsvColumns(const Expr *value, SourceInfo &info) {
  auto *list = dyn_cast<ListExpr>(value);
  if (!list || list->elements.empty()) {
    diags.error(value->range, "`columns` is a list of names: `columns = [width, height]`");
    return;
  }
  std::map<StringRef, Range> seen;
  for (const Expr *e : list->elements) {
    StringRef name;
    if (auto *n = dyn_cast<NameExpr>(e))
      name = n->name.text;
    else if (auto *s = dyn_cast<StringExpr>(e))
      name = s->value;
    else {
      diags.error(e->range, "the name of a column is expected here");
      continue;
    }
    auto [it, fresh] = seen.try_emplace(name, e->range);
    if (!fresh)
      diags.error(e->range, "two columns are called " + quoted(name)).note(it->second, "the first");
    info.givenColumns.push_back(name.str());
  }
}

/// `npy("x.npy")`, `npy(x = "inputs.npy")`, `npz("all.npz", x = "x_train")`: a column and the array
/// that it comes from.
void Analyzer::readArrayColumn(const Argument &argument, SourceInfo &info) {
  auto *text = llvm::dyn_cast_or_null<StringExpr>(argument.value);
  if (!text || text->value.empty()) {
    diags.error(argument.range,
                info.kind == NN_NPY
                    ? "the name of a file is expected here, in quotes"
                    : "the name of an array in the file is expected here, in quotes");
    return;
  }
  StringRef name = argument.name ? argument.name.text : llvm::sys::path::stem(text->value);
  if (llvm::is_contained(info.givenColumns, name))
    diags.error(argument.range, "two columns are called " + quoted(name));
  info.givenColumns.push_back(name.str());
  info.arrays.push_back(info.kind == NN_NPY ? options.folders.pathAt(text->range.begin, text->value)
                                            : text->value.str());
  if (info.pathPlace.empty())
    info.pathPlace = diags.position(argument.value->range).str();
}

/// `size = [32, 32]` and `channels = 1` of images, `length = 64` of a text. They determine the
/// shapes of the columns.
void Analyzer::readFileSetting(StringRef name, const Expr *value, SourceInfo &info) {
  auto whole = [&](const Expr *e, double most) -> int64_t {
    auto v = constantValue(e);
    return v && *v >= 1 && *v <= most && *v == int64_t(*v) ? int64_t(*v) : 0;
  };
  if (name == "length") {
    info.length = whole(value, 1e6);
    if (!info.length)
      diags.error(value->range, "`length` is the number of characters of an example, a whole "
                                "number known before the run");
  } else if (name == "channels") {
    info.recolor = true;
    info.channels = whole(value, 3);
    if (info.channels != 1 && info.channels != 3)
      diags.error(value->range, "`channels` is 1, for gray, or 3, for colours");
  } else {
    info.resize = true;
    auto *list = dyn_cast<ListExpr>(value);
    if (list && list->elements.size() == 2) {
      info.height = whole(list->elements[0], 65536);
      info.width = whole(list->elements[1], 65536);
    }
    if (!info.height || !info.width)
      diags.error(value->range,
                  "`size` is the height and the width of every image: `size = [32, 32]`");
  }
}

void Analyzer::readHeader(const Expr *value, SourceInfo &info) {
  auto *name = dyn_cast<NameExpr>(value);
  StringRef text = name ? name->name.text : "";
  if (auto *b = dyn_cast<BoolExpr>(value))
    text = b->value ? "yes" : "none";
  if (text == "none")
    info.header = NN_HEADER_NO;
  else if (text == "yes")
    info.header = NN_HEADER_YES;
  else if (text != "auto")
    diags.error(value->range, "`header` is `auto`, `yes` or `none`");
}

/// `rows(x: [2], y: [1])`: each field is a column of that shape.
bool Analyzer::readRowFields(const CallExpr &call, SourceInfo &info) {
  bool sound = true;
  std::map<StringRef, Range> seen;
  auto fail = [&](Range where, const llvm::Twine &message) {
    diags.error(where, message)
        .note("`rows(x: [2], y: [1])` declares rows of two numbers for `x` and one for `y`");
    sound = false;
  };
  if (call.args.empty())
    fail(call.range, "`rows` needs its fields and their shapes");
  for (const Argument &a : call.args) {
    if (!a.name || !a.shape) {
      fail(a.range, "a field with its shape is expected here");
      continue;
    }
    auto [it, fresh] = seen.try_emplace(a.name.text, a.range);
    if (!fresh) {
      diags.error(a.name.range, quoted(a.name.text) + " is declared twice")
          .note(it->second, "first declared here");
      sound = false;
      continue;
    }
    auto shape = constantShape(*a.shape);
    if (!shape) {
      fail(a.shape->range, "the shape of a row's field is of whole numbers of at least 1");
      continue;
    }
    info.columns.push_back({a.name.text.str(), *shape, false, 0, true, {}});
  }
  return sound;
}

/// Generators produce points `x` in the plane (blobs: in `dims` dimensions) and their class `y`.
bool Analyzer::readGenerator(SourceInfo &info) {
  int64_t dims = 2;
  if (const Expr *e = info.settings.lookup("dims")) {
    auto v = constantValue(e);
    if (!v || *v < 1 || *v > 1e6 || *v != int64_t(*v)) {
      diags.error(e->range, "`dims` is a whole number of at least 1, known before the run");
      return false;
    }
    dims = int64_t(*v);
  }
  info.columns.push_back({"x", {dims}, false, 0, true, {}});
  info.columns.push_back({"y", {}, true, 0, true, {}});
  return true;
}

} // namespace nnc::sema
