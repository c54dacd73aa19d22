// Checks calls of data sources: `csv("iris.csv")`, `rows(x: [2], y: [1])`, `spirals(n = 300)`.
#include "compiler/sema/data/Sources.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/expressions/Arguments.h"
#include "compiler/sema/expressions/Constants.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void SourceReader::read(const Expr *expr, const Scope &scope) {
  const SourceFunction *source = sourceOf(expr);
  if (!source)
    return;
  info.call = cast<CallExpr>(expr);
  info.kind = source->kind;
  if (source->kind == NN_ROWS) {
    info.sound = readRowFields(*info.call);
    return;
  }
  unsigned errorsBefore = diags.errorCount();
  readArguments(*source, scope);
  if (columns)
    readCsvColumns(columns);
  if (source->kind == NN_NPY && info.call->args.empty())
    diags.error(info.call->range, "`npy` needs a file: `npy(x = \"x.npy\", y = \"y.npy\")`");
  if (nnrt::isGenerator(info.kind))
    info.sound = readGenerator(*source);
  else if (diags.errorCount() == errorsBefore)
    probe();
}

/// The source that is called, or null after an error.
const SourceFunction *SourceReader::sourceOf(const Expr *expr) {
  const std::vector<StringRef> known = namesOf(sources());
  auto *call = llvm::dyn_cast_or_null<CallExpr>(expr);
  auto *name = call ? dyn_cast<NameExpr>(call->callee) : nullptr;
  if (!name) {
    diags.error(expr ? expr->range : Range(), "a source of data is expected here")
        .note("the sources are " + listed(known) + ": `csv(\"iris.csv\")`");
    return nullptr;
  }
  const SourceFunction *source = findSource(name->name.text);
  if (!source) {
    auto e = diags.error(name->range, quoted(name->name.text) + " is not a source of data")
                 .suggest(name->name.text, known);
    e.note("the sources are " + listed(known));
  }
  return source;
}

void SourceReader::readArguments(const SourceFunction &source, const Scope &scope) {
  const CallExpr &call = *info.call;
  unsigned errorsBefore = diags.errorCount();
  llvm::SmallVector<StringRef, 8> names;
  llvm::SmallVector<Formal, 8> formals;
  for (size_t i = 0; i < source.params.size(); ++i) {
    names.push_back(nameOf(source.params[i]));
    formals.push_back({names[i], i < source.required});
  }
  size_t position = 0;
  std::vector<Argument> plain; // without the names of columns
  for (const Argument &a : call.args) {
    const size_t named = a.name ? source.indexOf(a.name.text) : names.size();
    if (source.columns && (a.name ? named == names.size() : position >= source.positional)) {
      readArrayColumn(a);
      path = path ? path : a.value;
      continue;
    }
    plain.push_back(a);
    size_t at = a.name ? named : position++;
    if (!a.name && at >= source.positional) {
      diags.error(a.range, "an argument without its name; " + quoted(source.name) + " takes " +
                               listed(names, "and") +
                               (source.positional ? " by name" : ", each by name"));
      continue;
    }
    if (at >= names.size())
      continue; // ArgumentChecker reports it
    if (!a.value) {
      diags.error(a.range, "a shape may be only among the fields of `rows(…)`");
      continue;
    }
    if (nnrt::isGenerator(info.kind)) {
      checkExpr(a.value, scope);
      info.settings[names[at]] = a.value;
    } else {
      readSetting(source.params[at], a.value);
    }
  }
  if (diags.errorCount() == errorsBefore)
    ArgumentChecker(shared).check(plain, call.range, source.name, call.callee->range, formals, 0);
}

void SourceReader::readSetting(SourceSetting setting, const Expr *value) {
  switch (setting) {
  case SourceSetting::Columns:
    columns = value;
    return;
  case SourceSetting::Header:
    return readHeader(value);
  case SourceSetting::Separator:
  case SourceSetting::Decimal:
  case SourceSetting::Quote:
  case SourceSetting::Encoding:
  case SourceSetting::Missing:
    return TableReader(shared, info).read(setting, value);
  case SourceSetting::Size:
    return readSize(value);
  case SourceSetting::Channels:
    return readChannels(value);
  case SourceSetting::Length:
    return readLength(value);
  default:
    return readFile(setting, value);
  }
}

void SourceReader::readFile(SourceSetting setting, const Expr *value) {
  auto *text = dyn_cast<StringExpr>(value);
  if (!text) {
    diags.error(value->range, "the name of a file is expected here, in quotes");
    return;
  }
  const bool isLabels = setting == SourceSetting::Labels;
  (isLabels ? labels : path) = value;
  (isLabels ? info.labels : info.path) =
      shared.options.folders.pathAt(text->range.begin, text->value);
  (isLabels ? info.labelsPlace : info.pathPlace) = diags.position(value->range).str();
  if (text->value.empty())
    diags.error(value->range, "the name of a file is empty");
}

/// `columns = [sepal_length, …]`: names, in backquotes or quotes if they are not identifiers.
void SourceReader::readCsvColumns(const Expr *value) {
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
void SourceReader::readArrayColumn(const Argument &argument) {
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
  info.arrays.push_back(info.kind == NN_NPY
                            ? shared.options.folders.pathAt(text->range.begin, text->value)
                            : text->value.str());
  if (info.pathPlace.empty())
    info.pathPlace = diags.position(argument.value->range).str();
}

/// A whole number from 1 to `most` that is known before the run, or 0.
int64_t SourceReader::wholeNumber(const Expr *value, double most) const {
  auto v = constantValue(value);
  return v && *v >= 1 && *v <= most && *v == int64_t(*v) ? int64_t(*v) : 0;
}

/// `length = 64` of a text. Like `size` and `channels` of images, it determines the shapes of the
/// columns.
void SourceReader::readLength(const Expr *value) {
  info.length = wholeNumber(value, 1e6);
  if (!info.length)
    diags.error(value->range, "`length` is the number of characters of an example, a whole "
                              "number known before the run");
}

/// `channels = 1` of images.
void SourceReader::readChannels(const Expr *value) {
  info.recolor = true;
  info.channels = wholeNumber(value, 3);
  if (info.channels != 1 && info.channels != 3)
    diags.error(value->range, "`channels` is 1, for gray, or 3, for colours");
}

/// `size = [32, 32]` of images.
void SourceReader::readSize(const Expr *value) {
  info.resize = true;
  auto *list = dyn_cast<ListExpr>(value);
  if (list && list->elements.size() == 2) {
    info.height = wholeNumber(list->elements[0], 65536);
    info.width = wholeNumber(list->elements[1], 65536);
  }
  if (!info.height || !info.width)
    diags.error(value->range,
                "`size` is the height and the width of every image: `size = [32, 32]`");
}

void SourceReader::readHeader(const Expr *value) {
  const StringRef none = nameOf(AmbientKind::None);
  auto *name = dyn_cast<NameExpr>(value);
  StringRef text = name ? name->name.text : "";
  if (auto *b = dyn_cast<BoolExpr>(value))
    text = b->value ? "yes" : none;
  if (text == none)
    info.header = NN_HEADER_NO;
  else if (text == "yes")
    info.header = NN_HEADER_YES;
  else if (text != "auto")
    diags.error(value->range, "`header` is `auto`, `yes` or `none`");
}

/// `rows(x: [2], y: [1])`: each field is a column of that shape.
bool SourceReader::readRowFields(const CallExpr &call) {
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
    auto shape = ConstantEvaluator(shared).shape(*a.shape);
    if (!shape) {
      fail(a.shape->range, "the shape of a row's field is of whole numbers of at least 1");
      continue;
    }
    info.columns.push_back({a.name.text.str(), *shape, false, 0, true, {}});
  }
  return sound;
}

/// Generators produce points `x` and for each its class, or a number, `y`.
bool SourceReader::readGenerator(const SourceFunction &source) {
  int64_t dims = source.dims;
  if (const Expr *e = info.settings.lookup(nameOf(SourceSetting::Dims))) {
    auto v = constantValue(e);
    if (!v || *v < 1 || *v > 1e6 || *v != int64_t(*v)) {
      diags.error(e->range, "`dims` is a whole number of at least 1, known before the run");
      return false;
    }
    dims = int64_t(*v);
  }
  info.columns.push_back({"x", {dims}, false, 0, true, {}});
  info.columns.push_back({"y", {}, source.classes, 0, true, {}});
  return true;
}

} // namespace nnc::sema
