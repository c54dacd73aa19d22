// Rows that follow one another: their order, functions that compute what windows read in other
// rows, how far they reach, and the checks that what is to be predicted is not among what is given.
#include "compiler/irgen/program/Columns.h"
#include "compiler/irgen/program/DataSets.h"

#include "compiler/dialect/NnDialect.h"

#include "runtime/program/statements.h"

#include "mlir/IR/IRMapping.h"

using namespace nnc;

namespace {

/// The rows that a value is computed from, relative to its own: of each column the first and last.
using Reads = std::map<int32_t, std::pair<int64_t, int64_t>>;

void add(Reads &to, const Reads &reads, int64_t first, int64_t last) {
  for (const auto &[column, rows] : reads) {
    auto [known, fresh] = to.try_emplace(column, rows.first + first, rows.second + last);
    if (!fresh)
      known->second = {std::min(known->second.first, rows.first + first),
                       std::max(known->second.second, rows.second + last)};
  }
}

/// How far reads reach before and after a row.
std::pair<int64_t, int64_t> reach(const Reads &reads) {
  int64_t back = 0, ahead = 0;
  for (const auto &[column, rows] : reads) {
    back = std::max(back, -rows.first);
    ahead = std::max(ahead, rows.second);
  }
  return {back, ahead};
}

/// Copies values of one function to another, with all that they are computed from.
class Copy {
public:
  Copy(Function &from, const Columns &columns, Function &to, std::vector<InputT> &inputs)
      : from(from), columns(columns), to(to), inputs(inputs) {}

  mlir::Value of(mlir::Value value) {
    llvm::SmallVector<mlir::Value> open{value};
    while (!open.empty()) {
      mlir::Value v = open.back();
      if (map.contains(v)) {
        open.pop_back();
        continue;
      }
      mlir::Operation *op = v.getDefiningOp();
      if (!op) {
        map.map(v, argument(v));
        continue;
      }
      auto marker = llvm::dyn_cast<nn::AutodiffMarkerOp>(op);
      const size_t before = open.size();
      auto need = [&](mlir::Value operand) {
        if (!map.contains(operand))
          open.push_back(operand);
      };
      if (marker)
        need(marker.getForwarded());
      else
        llvm::for_each(op->getOperands(), need);
      if (open.size() > before)
        continue;
      if (marker)
        map.map(v, map.lookup(marker.getForwarded()));
      else
        to.emit.b.clone(*op, map);
    }
    return map.lookup(value);
  }

private:
  mlir::Value argument(mlir::Value v) {
    if (llvm::StringRef scalar = from.scalarOf(v); !scalar.empty())
      return to.scalar(scalar);
    const size_t i = size_t(llvm::find(columns.arguments(), v) - columns.arguments().begin());
    auto type = llvm::cast<mlir::RankedTensorType>(v.getType());
    inputs.push_back(columns.inputRows()[i]);
    return to
        .addField("in" + std::to_string(inputs.size()), exampleShape(v), /*batched=*/true,
                  type.getElementType())
        .tensor;
  }

  Function &from;
  const Columns &columns;
  Function &to;
  std::vector<InputT> &inputs;
  mlir::IRMapping map;
};

/// Reports what a model would be given and could not know: rows after its own, or all of what it is
/// to predict.
void checkReads(Diagnostics &diags, const sema::DataInfo &info, const DataT &row,
                llvm::ArrayRef<Reads> ofFields) {
  auto placeOf = [&](const FieldT &field) {
    const int i = info.fieldIndex(field.name);
    return i < 0 ? info.decl->name.range : info.fields[i].where;
  };
  const int32_t x = nnrt::inputField(row);
  const Reads &given = ofFields[x];
  if (reach(given).second > 0)
    diags
        .error(placeOf(row.fields[x]), "`" + row.fields[x].name +
                                           "` is what a model predicts from, "
                                           "and it reads rows that come after its own")
        .note("`next` is for what is to be predicted; `past` and `lag` read what is known by then");
  for (auto [field, reads] : llvm::zip(row.fields, ofFields)) {
    const auto [back, ahead] = reach(reads);
    const bool hasWindows = reach(given).first > 0 || back > 0 || ahead > 0;
    auto isGiven = [&](const auto &one) {
      auto known = given.find(one.first);
      return known != given.end() && known->second.first <= one.second.first &&
             known->second.second >= one.second.second;
    };
    if (field.name == "y" && !reads.empty() && hasWindows && llvm::all_of(reads, isGiven))
      diags
          .error(placeOf(field), "`y` is computed from rows that `" + row.fields[x].name +
                                     "` holds, so that there is nothing to predict")
          .note("`past` ends with the row itself; `y = next(1, …)` is the row after it, and "
                "`x = lag(1, past(k, …))` ends with the row before it")
          .note("a model that is to give back what it is given has `" + row.fields[x].name +
                "` as its target: `mse(net(x), x)`");
  }
}

} // namespace

void DataGenerator::addOrder(Current &current, Function &keep) {
  const sema::DataInfo &info = current.info;
  auto add = [&](Value v, llvm::StringRef name, llvm::StringRef what, Range at) {
    v = keep.emit.toTensor(v, at);
    if (v.isTensor() && !exampleShape(v.tensor).empty())
      v = keep.emit.shapeError(at, what + " is one number for each row", v, at);
    if (!v.isTensor())
      return;
    keep.addResult(name, keep.emit.batched(v.tensor));
    const llvm::DenseSet<mlir::Value> origins = originsOf(v.tensor);
    for (auto [argument, input] : // new rows need these columns, too
         llvm::zip(current.columns.arguments(), current.columns.inputRows()))
      for (int32_t column : input.columns)
        if (origins.contains(argument))
          current.columns.table()[size_t(column)].for_input = true;
  };
  if (info.seriesKey)
    add(ctx.elab.evaluate(info.seriesKey, Scope()), "key", "what a series is ordered by",
        info.seriesKey->range);
  if (!info.seriesEach)
    return;
  auto *list = llvm::dyn_cast<ast::ListExpr>(info.seriesEach);
  const llvm::ArrayRef<const ast::Expr *> each =
      list ? llvm::ArrayRef<const ast::Expr *>(list->elements.data(), list->elements.size())
           : llvm::ArrayRef<const ast::Expr *>(info.seriesEach);
  for (auto [i, e] : llvm::enumerate(each)) {
    std::optional<Value> v;
    if (auto *name = llvm::dyn_cast<ast::NameExpr>(e))
      v = ctx.elab.column(name->name.text, /*asCategory=*/true, e->range);
    add(v ? *v : ctx.elab.evaluate(e, Scope()), "series" + std::to_string(i),
        "what tells series apart", e->range);
  }
}

void DataGenerator::generateSeries(Current &current, Function &prepare) {
  Columns &columns = current.columns;
  auto series = std::make_unique<SeriesT>();
  series->where = ctx.where(current.info.series);
  series->key = current.info.seriesKey != nullptr;
  auto *list = llvm::dyn_cast_or_null<ast::ListExpr>(current.info.seriesEach);
  series->each = list ? int32_t(list->elements.size()) : current.info.seriesEach ? 1 : 0;

  std::vector<Reads> ofValues;
  auto readsOf = [&](mlir::Value v) {
    Reads reads;
    const llvm::DenseSet<mlir::Value> origins = originsOf(v);
    for (auto [argument, input] : llvm::zip(columns.arguments(), columns.inputRows())) {
      if (!origins.contains(argument))
        continue;
      for (int32_t column : input.columns)
        add(reads, {{column, {0, 0}}}, 0, 0);
      if (input.window >= 0)
        add(reads, ofValues[size_t(input.window)], input.first, input.first + input.count - 1);
    }
    return reads;
  };
  readsOfValues.clear();
  for (auto [i, value] : llvm::enumerate(columns.windowed())) {
    ofValues.push_back(readsOf(value));
    readsOfValues.emplace_back();
    for (const auto &[column, rows] : ofValues.back())
      readsOfValues.back().insert(column);
    SeriesValueT row;
    Function fn(ctx.diags, ctx.module, current.symbol + "_series" + std::to_string(i),
                mlir::Float64Type::get(ctx.module.getContext()));
    fn.batched = true;
    mlir::Value copy = Copy(prepare, columns, fn, row.inputs).of(value);
    fn.addResult("value", fn.emit.batched(fn.emit.cast(copy, fn.emit.element)));
    row.size = 1;
    for (int64_t n : exampleShape(value))
      row.size *= n;
    std::tie(row.back, row.ahead) = reach(ofValues.back());
    row.compute = ctx.finish(fn);
    series->values.push_back(std::move(row));
  }
  ctx.elab.fn = &prepare;
  std::vector<Reads> ofFields;
  for (auto [field, value] : llvm::zip(current.row.fields, fieldValues)) {
    ofFields.push_back(readsOf(value));
    const auto [back, ahead] = reach(ofFields.back());
    series->back = std::max(series->back, back);
    series->ahead = std::max(series->ahead, ahead);
    const auto *argument = llvm::find(columns.arguments(), value);
    if (argument == columns.arguments().end())
      continue;
    const InputT &input = columns.inputRows()[size_t(argument - columns.arguments().begin())];
    field.window = input.window;
    field.first = input.first;
  }
  if (!ofFields.empty()) {
    series->input_back = reach(ofFields[nnrt::inputField(current.row)]).first;
    checkReads(ctx.diags, current.info, current.row, ofFields);
  }
  current.row.series = std::move(series);
}
