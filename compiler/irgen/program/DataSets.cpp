// Generates the table row of a data set, and the functions that compute its fields from its raw
// columns.
#include "compiler/irgen/program/Columns.h"
#include "compiler/irgen/program/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ScopeExit.h"

using namespace nnc;

void ProgramGenerator::genRows(const ast::DataDecl *decl, const sema::SourceInfo &info,
                               SourceT &source) {
  std::vector<double> &values = source.values;
  int64_t width = 0;
  for (const auto &column : info.columns) {
    int64_t n = 1;
    for (int64_t s : column.shape)
      n *= s;
    width += n;
    source.columns.insert(source.columns.end(), n, column.name); // the field of each number
  }
  elab.fn = settings.get();
  std::function<bool(const Value &, Range)> flatten = [&](const Value &v, Range at) {
    if (v.isKnown()) {
      values.push_back(v.number);
      return true;
    }
    if (v.kind == Value::Kind::List) {
      for (const Value &item : v.items)
        if (!flatten(item, at))
          return false;
      return true;
    }
    if (!v.isError())
      diags.error(at, "a row holds numbers; this is " + v.describe());
    return false;
  };
  for (const ast::Entry *e : decl->entries)
    if (auto *row = llvm::dyn_cast<ast::RowEntry>(e)) {
      const size_t before = values.size();
      bool ok = true;
      for (const ast::Expr *v : row->values)
        ok = ok && flatten(elab.evaluate(v, Scope()), v->range);
      if (ok && int64_t(values.size() - before) != width) {
        diags
            .error(row->range, "this row holds " + llvm::Twine(values.size() - before) +
                                   " numbers; the fields need " + llvm::Twine(width))
            .note(decl->source->range, "declared here");
        return;
      }
    }
  source.row_width = width;
}

std::unique_ptr<SourceT> ProgramGenerator::genSource(const sema::SourceInfo &info,
                                                     const ast::DataDecl *decl) {
  auto source = std::make_unique<SourceT>();
  info.describe(*source);
  source->where = where(info.call ? info.call->range : decl->range);
  source->compiled_columns = info.kind == NN_CSV ? info.columns.size() : 0;
  if (info.kind == NN_ROWS)
    genRows(decl, info, *source);
  auto setting = [&](llvm::StringRef name, nn_number &to, double fallback, double least,
                     double most, bool whole = false) {
    to = constantNumber(fallback);
    if (const ast::Expr *e = info.settings.lookup(name))
      to = number(e, ("`" + name + "`").str(), least, most, whole);
  };
  setting("n", source->n, 1000, 1, 1e9, true);
  setting("classes", source->classes, 2, 1, 1e6, true);
  for (const auto &c : info.columns)
    if (c.classes)
      source->classes = constantNumber(c.classes);
  setting("turns", source->turns, 1, 0, 1e6);
  setting("factor", source->factor, 0.5, 0, 1);
  setting("noise", source->noise, 0, 0, 1e6);
  setting("spread", source->spread, 1, 0, 1e6);
  setting("dims", source->dims, 2, 1, 1e4, true);
  setting("seed", source->seed, 0, 0, 9e15, true);
  return source;
}

/// Sets how cells without a value are handled in each column.
void ProgramGenerator::treatAbsent(const sema::DataInfo &info, std::vector<ColumnT> &columns) {
  std::set<std::string> named; // by an entry
  for (const sema::AbsentInfo &absent : info.absent) {
    named.insert(absent.column);
    for (ColumnT &column : columns) {
      if (absent.column != column.name || column.kind == NN_EQUALS)
        continue;
      if (column.kind == NN_MISSING) {
        column.absent = absent.absent == NN_ABSENT_DROP ? NN_ABSENT_DROP : NN_ABSENT_ERROR;
        continue;
      }
      const bool category = column.kind == NN_CATEGORY;
      if (category && (absent.absent == NN_ABSENT_MEAN || absent.absent == NN_ABSENT_MEDIAN))
        diags
            .error(absent.where,
                   "`" + absent.column + "` holds classes, which have no mean and no median")
            .note("`fill " + absent.column + " = mode` takes the most frequent one");
      else if (absent.absent == NN_ABSENT_VALUE && absent.isText != category)
        diags.error(absent.where,
                    category ? "`" + absent.column +
                                   "` holds classes: what fills it is a class, in quotes"
                             : "`" + absent.column + "` holds numbers: what fills it is a number");
      column.absent = absent.absent;
      column.fill = absent.number;
      if (category && absent.isText)
        column.text = absent.text;
    }
  }
  for (ColumnT &column : columns)
    if (info.dropsAll && (column.kind == NN_NUMBER || column.kind == NN_CATEGORY) &&
        !named.count(column.name))
      column.absent = NN_ABSENT_DROP;
}

void ProgramGenerator::genData(const ast::DataDecl *decl) {
  const int32_t index = out.data.size();
  dataIndex[decl] = index;
  out.data.emplace_back();
  DataT row;
  row.source = std::make_unique<SourceT>();
  auto complete = llvm::make_scope_exit([&] { out.data[index] = std::move(row); });
  fieldsOf[decl].clear();
  // The data set of an experiment's block is generated once for each variant.
  row.hidden = inBlock;
  const std::string symbol =
      "data_" + decl->name.text.str() + (row.hidden ? "_" + std::to_string(index) : "");
  auto known = symbols.data.find(decl);
  if (known == symbols.data.end())
    return;
  const sema::DataInfo &info = known->second;
  row.name = decl->name.text.str();
  row.where = where(decl->name.range);
  row.source = genSource(info.source, decl);
  if (info.hasTestSource) {
    row.test = genSource(info.test, decl);
    if (!info.test.settings.count("classes"))
      row.test->classes = constantNumber(
          info.test.kind < NN_BLOBS ? 0 : 2); // a test source may lack some of the classes
  }

  // A data block computes in 64 bits, like its columns. Only the fields have the element type of
  // the program.
  mlir::Type exact = mlir::Float64Type::get(&context);
  Columns columns(elab, info.source, *row.source, options.sourceDir,
                  [this](Range at) { return where(at); });
  auto noteCounts = [&](Columns::Counts counts, bool inWhere) {
    for (auto &[column, classes] : counts)
      countedColumns.push_back({index, column, inWhere, classes});
  };
  if (!info.conditions.empty()) {
    Function keep(diags, module, symbol + "_keep", exact);
    keep.batched = true;
    columns.enter(keep);
    Value all = Value::ofBool(true);
    elab.inWhere = true;
    for (const ast::Expr *condition : info.conditions) {
      Value v = keep.emit.toTensor(elab.evaluate(condition, Scope()), condition->range);
      if (v.isTensor() && !exampleShape(v.tensor).empty())
        v = keep.emit.shapeError(condition->range, "`where` needs one truth value for each row", v,
                                 condition->range);
      all = elab.binary(ast::BinaryOp::And, all, v, condition->range, condition->range,
                        condition->range);
    }
    elab.inWhere = false;
    if (all.isTensor())
      keep.addResult("keep", keep.emit.batched(all.tensor));
    row.keep = finish(keep);
    noteCounts(columns.finish(row.where_columns, row.where_inputs), /*inWhere=*/true);
  }

  // Fields: those that the program defines, otherwise the raw columns unchanged.
  Function prepare(diags, module, symbol + "_prepare", exact);
  prepare.batched = true;
  columns.enter(prepare);
  elab.bounds.clear();
  std::vector<Field> &fields = fieldsOf[decl];
  auto addField = [&](llvm::StringRef name, Value v, Range at, bool isExact) {
    const auto classes = v.classes;
    v = prepare.emit.toTensor(v, at);
    if (!v.isTensor())
      return;
    FieldT field;
    field.name = name.str();
    field.shape = exampleShape(v.tensor).vec();
    field.category_column = columns.categoryOf(v);
    if (field.category_column >= 0)
      field.flags |= NN_FIELD_CATEGORY;
    mlir::Value whole = prepare.emit.batched(v.tensor);
    prepare.addResult(name, isExact ? whole : prepare.emit.narrowed(whole, element));
    fields.push_back(
        Field{field.name, field.shape, nullptr, int32_t(row.fields.size()), -1, classes});
    row.fields.push_back(std::move(field));
  };
  for (const sema::FieldInfo &f : info.fields) {
    const Range at = f.value ? f.value->range : decl->source->range;
    if (f.value)
      addField(f.name, elab.evaluate(f.value, Scope()), at, f.normalize);
    else if (std::optional<Value> v = elab.column(f.name, /*asCategory=*/false, at))
      addField(f.name, *v, at, f.normalize);
  }
  for (const sema::FieldInfo &f : info.fields)
    if (f.weighted) {
      const size_t before = row.fields.size();
      addField("class_weights(" + f.name + ")",
               f.value ? elab.evaluate(f.value, Scope()) : *elab.column(f.name, false, f.where),
               f.where,
               /*isExact=*/true);
      for (size_t i = before; i < row.fields.size(); ++i)
        row.fields[i].flags = NN_FIELD_CLASS_WEIGHTS;
    }
  for (const sema::AbsentInfo &absent : info.absent) // a column to drop by may have no other use
    if (absent.absent == NN_ABSENT_DROP)
      elab.columnTruth(absent.column, NN_MISSING, "", absent.where);
  treatAbsent(info, columns.table());
  row.bounds = boundsOf(columns.arguments());
  elab.bounds.clear();
  row.prepare = finish(prepare);
  noteCounts(columns.finish(row.columns, row.inputs), /*inWhere=*/false);

  for (auto [f, known] : llvm::zip(fields, info.fields)) {
    f.augment = known.augment;
    f.augmentPart = known.augmentPart;
    if (known.balance)
      row.fields[f.row].flags |= NN_FIELD_BALANCED;
    if (!known.normalize)
      continue;
    row.fields[f.row].flags |= NN_FIELD_NORMALIZE;
    // The statistics of an image are per channel, because a pixel at the border may be the same in
    // all images.
    row.fields[f.row].stat_axis_size = f.shape.size() == 3 ? int32_t(f.shape[0]) : 0;
  }
  auto part = [&](const ast::Expr *e, llvm::StringRef name, double fallback) {
    return e ? number(e, name, 0) : constantNumber(fallback);
  };
  row.has_split = info.hasSplit;
  row.train = part(info.trainPart, "`train`", -1);
  row.val = part(info.valPart, "`val`", 0);
  row.test_part = part(info.testPart, "`test`", 0);
  row.split_seed = part(info.splitSeed, "`seed`", 0);
  row.folds = info.folds ? int32_t(number(info.folds, "`folds`", 2, 1000).value) : 0;
  row.stratify = info.stratify;
  noteInputColumns(decl, prepare.op(), row);
}
