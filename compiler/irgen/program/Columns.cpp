// Turns names of columns, and runs of columns, into inputs of a function.
#include "compiler/irgen/program/Columns.h"

#include "runtime/ask.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"

using namespace nnc;

Columns::Columns(Elaborator &elab, const sema::SourceInfo &source, const SourceT &described,
                 llvm::StringRef sourceDir, std::function<std::string(Range)> where)
    : elab(elab), source(source), described(described), sourceDir(sourceDir),
      where(std::move(where)) {}

Columns::~Columns() {
  elab.isColumn = nullptr;
  elab.column = nullptr;
  elab.columnRun = nullptr;
  elab.columnTruth = nullptr;
  elab.columnRange = nullptr;
  elab.window = nullptr;
  elab.columnText = nullptr;
}

void Columns::enter(Function &fn) {
  function = &fn;
  elab.fn = &fn;
  elab.isColumn = [this](llvm::StringRef name) { return source.columnIndex(name) >= 0; };
  elab.column = [this](llvm::StringRef name, bool category, Range at) {
    return one(name, category, at);
  };
  elab.columnRun = [this](llvm::ArrayRef<ColumnName> names) { return run(names); };
  elab.columnTruth = [this](llvm::StringRef name, column_kind kind, llvm::StringRef text,
                            Range at) { return truth(name, kind, text, at); };
  elab.columnText = [this](llvm::StringRef name, column_kind kind, int64_t length, int64_t most,
                           Range at) { return text(name, kind, length, most, at); };
  elab.columnRange = [this](llvm::StringRef first, llvm::StringRef last, Range at) {
    return range(first, last, at);
  };
}

Columns::Counts Columns::finish(std::vector<ColumnT> &columnRows, std::vector<InputT> &inputRows) {
  columnRows = std::exchange(columns, {});
  inputRows = std::exchange(inputs, {});
  given.clear();
  rows.clear();
  truths.clear();
  values.clear();
  categories.clear();
  windowedValues.clear();
  windows.clear();
  return std::exchange(counts, {});
}

int32_t Columns::rowOf(int index, bool category, Range at) {
  auto [known, fresh] = rows.try_emplace({index, category}, int32_t(columns.size()));
  const int64_t least = category ? elab.leastRows : 0;
  if (!fresh) {
    if (category && columns[known->second].least != least)
      elab.diags.error(at,
                       "`category(" + source.columns[index].name +
                           ")` is taken with two values of `least`: a column has one numbering");
    return known->second;
  }
  const auto &c = source.columns[index];
  if (least && source.kind != NN_CSV)
    elab.diags.error(at, "`least` counts cells of a table, and `" + c.name +
                             "` is not a column of one");
  ColumnT column;
  column.least = least;
  column.name = c.name;
  column.where = where(at);
  column.kind = category || c.isCategory ? NN_CATEGORY : NN_NUMBER;
  column.numbered = category;
  column.size = 1;
  for (int64_t s : c.shape)
    column.size *= s;
  columns.push_back(std::move(column));
  return known->second;
}

/// Whether a text begins as `1949-01` does.
static bool looksLikeDate(llvm::StringRef text) {
  auto isDigit = [&](size_t i) { return i < text.size() && llvm::isDigit(text[i]); };
  return isDigit(0) && isDigit(1) && isDigit(2) && isDigit(3) && text.substr(4, 1) == "-" &&
         isDigit(5) && isDigit(6);
}

void Columns::needNumbers(int index, Range at) {
  const auto &c = source.columns[index];
  if (!c.word.empty())
    elab.diags
        .error(at, "column `" + c.name + "` holds words, such as `" + c.word +
                       "`, and a number is needed here")
        .note(looksLikeDate(c.word)
                  ? "`date(" + c.name + ")` and `time(" + c.name + ")` read it as a moment"
                  : "`category(" + c.name + ")` numbers its classes");
}

Value Columns::input(llvm::StringRef name, std::vector<int32_t> of, llvm::ArrayRef<int64_t> shape,
                     bool wide) {
  auto [known, fresh] = values.try_emplace(std::move(of));
  if (!fresh)
    return known->second;
  mlir::Type f64 = function->emit.element, narrow = mlir::Float32Type::get(f64.getContext());
  wide = wide || elab.wideProgram;
  Value v = function->addField(name, shape, /*batched=*/true, wide ? f64 : narrow);
  given.push_back(v.tensor);
  if (!wide) // f32 is exact for these columns and half the size: the bytes of images stay small on
             // their way
    v.tensor = elab.scans.outside([&] { return function->emit.cast(v.tensor, f64); });
  inputs.emplace_back();
  inputs.back().columns = known->first;
  inputs.back().wide = wide;
  return known->second = v;
}

std::optional<Value> Columns::one(llvm::StringRef name, bool category, Range at) {
  const int index = source.columnIndex(name);
  if (index < 0)
    return std::nullopt;
  const auto &c = source.columns[index];
  const int32_t row = rowOf(index, category, at);
  Value v = input(c.name, {row}, c.shape, c.wide);
  if (columns[row].kind != NN_CATEGORY) {
    needNumbers(index, at);
    return v;
  }
  categories[v.tensor] = row;
  if (c.classes || nnrt::isGenerator(described.kind)) {
    const int64_t known = c.classes ? c.classes : int64_t(described.classes.value);
    v.classes = std::make_shared<std::function<int64_t()>>([known] { return known; });
  } else if (category || described.kind == NN_CSV) {
    if (!shared)
      shared = std::make_shared<const SourceT>(described);
    std::shared_ptr<int64_t> &count = counts[row];
    if (!count)
      count = std::make_shared<int64_t>(0);
    v.classes = std::make_shared<std::function<int64_t()>>([column = columns[row], count = count,
                                                            described = shared, dir = sourceDir,
                                                            found = source.dir] {
      if (!*count)
        *count = nn_count_classes(*described, dir, found, column);
      return *count;
    });
  }
  return v;
}

std::optional<Value> Columns::run(llvm::ArrayRef<ColumnName> names) {
  for (const ColumnName &name : names)
    if (!source.columns[source.columnIndex(name.name)].shape.empty())
      return std::nullopt;
  std::vector<int32_t> of;
  bool wide = false;
  for (const ColumnName &name : names) {
    const int index = source.columnIndex(name.name);
    of.push_back(rowOf(index, false, name.at));
    needNumbers(index, name.at);
    wide |= source.columns[index].wide;
  }
  return input((names.front().name + " .. " + names.back().name).str(), std::move(of),
               {int64_t(names.size())}, wide);
}

std::optional<Value> Columns::truth(llvm::StringRef name, column_kind kind, llvm::StringRef text,
                                    Range at) {
  const int index = source.columnIndex(name);
  if (index < 0)
    return std::nullopt;
  if (source.kind != NN_CSV) {
    auto e =
        elab.diags.error(at, "`" + name + "` is not a column of a table, whose cells are texts");
    if (source.call)
      e.note(source.call->range, "the examples come from here");
    return Value::error();
  }
  auto [known, fresh] = truths.try_emplace({index, kind, text.str()}, int32_t(columns.size()));
  if (fresh) {
    ColumnT column;
    column.name = name.str();
    column.where = where(at);
    column.kind = kind;
    column.size = 1;
    column.text = kind == NN_MISSING ? "" : text.str();
    columns.push_back(std::move(column));
  }
  return input(name, {known->second}, {}, /*wide=*/kind == NN_MOMENT);
}

void Columns::allowWindows() {
  elab.window = [this](const Value &v, int64_t first, int64_t count, bool isLag, Range at) {
    return window(v, first, count, isLag, at);
  };
}

Value Columns::window(const Value &of, int64_t first, int64_t count, bool isLag, Range at) {
  Value v = function->emit.toTensor(of, at);
  if (!v.isTensor())
    return Value::error();
  v.tensor = function->emit.batched(v.tensor);
  auto place = llvm::find(windowedValues, v.tensor);
  const int32_t number = int32_t(place - windowedValues.begin());
  if (place == windowedValues.end())
    windowedValues.push_back(v.tensor);
  auto [known, fresh] = windows.try_emplace({number, first, count, isLag});
  if (!fresh)
    return known->second;
  std::vector<int64_t> shape = exampleShape(v.tensor).vec();
  if (!isLag)
    shape.insert(shape.begin(), count);
  Value result = function->addField("window" + std::to_string(inputs.size()), shape);
  given.push_back(result.tensor);
  inputs.emplace_back();
  inputs.back().wide = true;
  inputs.back().window = number;
  inputs.back().first = first;
  inputs.back().count = count;
  inputs.back().size = 1;
  for (int64_t n : exampleShape(v.tensor))
    inputs.back().size *= n;
  return known->second = result;
}

std::optional<Value> Columns::text(llvm::StringRef name, column_kind kind, int64_t length,
                                   int64_t most, Range at) {
  const int index = source.columnIndex(name);
  if (index < 0)
    return std::nullopt;
  if (source.kind != NN_CSV) {
    elab.diags.error(at, "`" + name + "` is not a column of a table, whose cells are texts");
    return Value::error();
  }
  const std::string key = std::to_string(length) + " " + std::to_string(most);
  auto [known, fresh] = truths.try_emplace({index, kind, key}, int32_t(columns.size()));
  if (fresh) {
    for (const ColumnT &other : columns)
      if (other.kind == kind && other.name == name)
        elab.diags.error(at, "`" + name +
                                 "` is read as a text twice, in two ways; a column has "
                                 "one vocabulary and one length");
    ColumnT column;
    column.name = name.str();
    column.where = where(at);
    column.kind = kind;
    column.size = length;
    column.most = most;
    columns.push_back(std::move(column));
  }
  Value v = input(name, {known->second}, {length}, /*wide=*/false);
  v.classes = std::make_shared<std::function<int64_t()>>([most] { return most; });
  return v;
}

std::vector<ColumnName> Columns::range(llvm::StringRef first, llvm::StringRef last, Range at) {
  const int from = source.columnIndex(first), to = source.columnIndex(last);
  std::vector<ColumnName> names;
  if (from < 0 || to < from)
    elab.diags.error(at, "there is no range of columns from `" + first + "` to `" + last + "`");
  else
    for (int i = from; i <= to; ++i)
      names.push_back({source.columns[i].name, at});
  return names;
}
