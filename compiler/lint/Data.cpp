// Finds the raw columns that the `prepare` function passes on to a field unchanged, and reads
// statistics of their numbers.
#include "compiler/lint/Data.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Format.h"

using llvm::StringRef;

namespace nnc::lint {

namespace {

/// The row of a data set in the program tables, and the function that computes its fields.
struct Prepared {
  const DataT *row = nullptr;
  mlir::func::FuncOp function;
};

Prepared preparedOf(const Context &context, const Step &step) {
  const ProgramTables &tables = *context.generated.tables;
  Prepared found;
  if (step.trained.dataRow < 0 || size_t(step.trained.dataRow) >= tables.program.data.size())
    return found;
  found.row = &tables.program.data[step.trained.dataRow];
  if (StringRef name = tables.symbolOf(found.row->prepare); !name.empty())
    found.function = context.generated.module.get().lookupSymbol<mlir::func::FuncOp>(name);
  return found;
}

/// Adds the names of the columns whose elements `v` holds unchanged. Looks through concatenation
/// and other operations that only move elements.
void collectColumns(Prepared data, mlir::Value v, llvm::SetVector<StringRef> &names) {
  llvm::SmallVector<mlir::Value> todo{v};
  while (!todo.empty()) {
    mlir::Value next = todo.pop_back_val();
    mlir::Operation *op = next.getDefiningOp();
    if (auto arg = llvm::dyn_cast<mlir::BlockArgument>(next)) {
      size_t index = 0; // among the inputs: options are arguments too
      for (unsigned i = 0; i < arg.getArgNumber(); ++i)
        index += data.function.getArgAttr(i, "nn.field") != nullptr;
      if (data.function.getArgAttr(arg.getArgNumber(), "nn.field") &&
          index < data.row->inputs.size())
        for (int32_t column : data.row->inputs[index].columns)
          names.insert(data.row->columns[column].name);
    } else if (nn::movedBy(op)) {
      todo.append(op->operand_begin(), op->operand_end());
    }
  }
}

/// The columns that a field holds unchanged. It may hold computed columns too.
llvm::SetVector<StringRef> columnNames(Prepared data, StringRef field) {
  llvm::SetVector<StringRef> names;
  auto results = data.function.getBody().front().getTerminator()->getOperands();
  for (auto [i, result] : llvm::enumerate(results))
    if (auto name = data.function.getResultAttrOfType<mlir::StringAttr>(i, "nn.result");
        name && name.getValue() == field)
      collectColumns(data, result, names);
  return names;
}

} // namespace

bool shareColumns(const Context &context, const Step &step, StringRef a, StringRef b) {
  Prepared data = preparedOf(context, step);
  if (!data.function)
    return false;
  const llvm::SetVector<StringRef> ofA = columnNames(data, a), ofB = columnNames(data, b);
  return llvm::any_of(ofA, [&](StringRef name) { return ofB.contains(name); });
}

const sema::FieldInfo *fieldInfo(const Context &context, const Step &step, StringRef field) {
  auto data = context.symbols.data.find(step.trained.data);
  if (data == context.symbols.data.end())
    return nullptr;
  const int index = data->second.fieldIndex(field);
  return index < 0 ? nullptr : &data->second.fields[index];
}

std::vector<ColumnRead> rawColumns(const Context &context, const Step &step, StringRef field) {
  Prepared data = preparedOf(context, step);
  auto info = context.symbols.data.find(step.trained.data);
  if (!data.row || !data.function || info == context.symbols.data.end())
    return {};
  const llvm::SetVector<StringRef> names = columnNames(data, field);
  const std::vector<ColumnT> &columns = data.row->columns;
  auto isWanted = [&](const ColumnT &column) {
    const int known = info->second.source.columnIndex(column.name);
    return names.contains(column.name) && column.kind == NN_NUMBER && known >= 0 &&
           !info->second.source.columns[known].isCategory;
  };
  if (llvm::none_of(columns, isWanted))
    return {};
  // Request all columns, as the run will: in `rows`, the position of a column depends on the
  // others.
  const std::vector<nn_column_summary> summaries = nn_summarize_columns(
      *data.row->source, context.generated.tables->program.source_dir, context.dataDir, columns);
  std::vector<ColumnRead> read;
  for (auto [column, summary] : llvm::zip(columns, summaries))
    if (isWanted(column))
      read.push_back({column.name, summary});
  return read;
}

static std::string rangeText(const nn_column_summary &s) {
  llvm::SmallString<32> text;
  llvm::raw_svector_ostream(text) << "from " << llvm::format("%g", s.least) << " to "
                                  << llvm::format("%g", s.most);
  return std::string(text);
}

/// Inputs whose root mean square exceeds `largestSize` saturate units with weights drawn for inputs
/// of size 1; as targets they are far from the first outputs of a layer. Columns whose ranges
/// differ by more than `largestRatio` need steps of equally different lengths, and one of them
/// dominates the loss.
static const double largestSize = 10, largestRatio = 100;

std::string outOfScale(llvm::ArrayRef<ColumnRead> columns) {
  const ColumnRead *largest = nullptr, *widest = nullptr, *narrowest = nullptr;
  auto width = [](const ColumnRead *c) { return c->summary.most - c->summary.least; };
  for (const ColumnRead &c : columns) {
    if (!largest || c.summary.mean_square > largest->summary.mean_square)
      largest = &c;
    if (width(&c) == 0)
      continue; // constant, so it has no scale
    if (!widest || width(&c) > width(widest))
      widest = &c;
    if (!narrowest || width(&c) < width(narrowest))
      narrowest = &c;
  }
  if (largest && largest->summary.mean_square > largestSize * largestSize)
    return "`" + largest->name + "` goes " + rangeText(largest->summary);
  if (widest && width(widest) > largestRatio * width(narrowest))
    return "`" + widest->name + "` goes " + rangeText(widest->summary) + ", `" + narrowest->name +
           "` " + rangeText(narrowest->summary);
  return "";
}

Range placeOfField(const Step &step, const sema::FieldInfo &field) {
  return field.value             ? field.value->range
         : field.where.isValid() ? field.where
                                 : step.trained.data->source->range;
}

bool holdsLabels(const Context &context, const Step &step, StringRef field) {
  Prepared data = preparedOf(context, step);
  auto info = context.symbols.data.find(step.trained.data);
  const sema::FieldInfo *declared = fieldInfo(context, step, field);
  if (!data.row || !declared)
    return false;
  for (const FieldT &f : data.row->fields)
    if (field == f.name && (f.flags & NN_FIELD_CATEGORY))
      return true;
  // A column of classes that is used unchanged: an idx label, a generator's y.
  auto *name = llvm::dyn_cast_or_null<ast::NameExpr>(declared->value);
  const int column = info->second.source.columnIndex(
      declared->value ? (name ? name->name.text : StringRef()) : field);
  if (column >= 0 && info->second.source.columns[column].isCategory)
    return true;
  const std::vector<ColumnRead> columns = rawColumns(context, step, field);
  return !columns.empty() &&
         llvm::all_of(columns, [](const ColumnRead &c) { return c.summary.is_binary; });
}

} // namespace nnc::lint
