// Generates the table row of a data set, and the functions that compute its fields from its raw
// columns.
#include "compiler/irgen/program/DataSets.h"

#include "compiler/irgen/program/Columns.h"
#include "compiler/irgen/program/Targets.h"

#include "runtime/program/statements.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace nnc;

void DataGenerator::ensure(const ast::DataDecl *decl) {
  if (indices.count(decl))
    return;
  generate(decl);
  early.insert(decl);
}

void DataGenerator::generate(const ast::DataDecl *decl) {
  if (early.erase(decl))
    return;
  const int32_t index = ctx.out.data.size();
  indices[decl] = index;
  ctx.out.data.emplace_back();
  DataT row;
  row.source = std::make_unique<SourceT>();
  auto complete = llvm::make_scope_exit([&] { ctx.out.data[index] = std::move(row); });
  fields[decl].clear();
  // The data set of an experiment's block is generated once for each variant.
  row.hidden = ctx.elab.inVariant;
  const std::string symbol =
      "data_" + decl->name.text.str() + (row.hidden ? "_" + std::to_string(index) : "");
  auto known = ctx.symbols.data.find(decl);
  if (known == ctx.symbols.data.end())
    return;
  const sema::DataInfo &info = known->second;
  row.name = decl->name.text.str();
  row.where = ctx.where(decl->name.range);
  generateSources(decl, info, row);

  // A data block computes in 64 bits, like its columns. Only the fields have the element type of
  // the program.
  Columns columns(ctx.elab, info.source, *row.source, ctx.options.sourceDir,
                  [this](Range at) { return ctx.where(at); });
  Current current{decl, info, index, symbol, row, columns};
  if (!info.conditions.empty() || info.seriesKey || info.seriesEach)
    generateKeep(current);
  Function prepare(ctx.diags, ctx.module, symbol + "_prepare",
                   mlir::Float64Type::get(ctx.module.getContext()));
  generatePrepare(current, prepare);
  treatFields(current);
  generateSplit(info, row);
  noteInputColumns(current, prepare.op());
}

void DataGenerator::generateSources(const ast::DataDecl *decl, const sema::DataInfo &info,
                                    DataT &row) {
  row.source = sources.generate(info.source, decl);
  if (info.hasTestSource) {
    row.test = sources.generate(info.test, decl);
    if (!info.test.settings.count("classes"))
      row.test->classes = constantNumber(
          nnrt::isGenerator(info.test.kind) ? 2 : 0); // a test source may lack some of the classes
  }
}

void DataGenerator::generateKeep(Current &current) {
  Function keep(ctx.diags, ctx.module, current.symbol + "_keep",
                mlir::Float64Type::get(ctx.module.getContext()));
  keep.batched = true;
  current.columns.enter(keep);
  Value all = Value::ofBool(true);
  ctx.elab.inWhere = true;
  for (const ast::Expr *condition : current.info.conditions) {
    Value v = keep.emit.toTensor(ctx.elab.evaluate(condition, Scope()), condition->range);
    if (v.isTensor() && !exampleShape(v.tensor).empty())
      v = keep.emit.shapeError(condition->range, "`where` needs one truth value for each row", v,
                               condition->range);
    all = ctx.elab.binary(ast::BinaryOp::And, all, v, condition->range, condition->range,
                          condition->range);
  }
  ctx.elab.inWhere = false;
  all = keep.emit.toTensor(all, current.decl->name.range);
  if (all.isTensor())
    keep.addResult("keep", keep.emit.batched(keep.emit.cast(all.tensor, keep.emit.element)));
  addOrder(current, keep);
  current.row.keep = ctx.finish(keep);
  noteCounts(current.columns.finish(current.row.where_columns, current.row.where_inputs),
             current.index, /*inWhere=*/true);
}

void DataGenerator::addStatistics(Current &current, Function &prepare) {
  std::vector<FieldT> &rows = current.row.fields;
  for (const sema::FieldInfo &f : current.info.fields) {
    const auto scaled = llvm::find_if(rows, [&](const FieldT &row) { return row.name == f.name; });
    if (!f.unscaled || scaled == rows.end())
      continue;
    const int32_t of = int32_t(scaled - rows.begin());
    const std::vector<int64_t> shape = rows[of].shape;
    const std::pair<std::string, field_flags> both[] = {
        {sema::meanName(f.name), NN_FIELD_MEAN}, {sema::deviationName(f.name), NN_FIELD_DEVIATION}};
    for (const auto &[name, flag] : both) {
      const size_t before = rows.size();
      const Value zeros = Value::of(prepare.emit.broadcast(
          prepare.emit.constant(0), prepare.emit.typeOf(shape, /*batched=*/true), {}));
      addField(current, prepare, name, zeros, f.where, /*isExact=*/false);
      for (size_t i = before; i < rows.size(); ++i) {
        rows[i].flags = flag;
        rows[i].of = of;
      }
    }
  }
}

void DataGenerator::addField(Current &current, Function &prepare, llvm::StringRef name, Value v,
                             Range at, bool isExact) {
  const auto classes = v.classes;
  v = prepare.emit.toTensor(v, at);
  if (!v.isTensor())
    return;
  FieldT field;
  field.name = name.str();
  field.shape = exampleShape(v.tensor).vec();
  field.category_column = current.columns.categoryOf(v);
  if (field.category_column >= 0)
    field.flags |= NN_FIELD_CATEGORY;
  mlir::Value whole = prepare.emit.batched(v.tensor);
  fieldValues.push_back(whole);
  prepare.addResult(name, isExact ? whole : prepare.emit.narrowed(whole, ctx.element));
  fields[current.decl].push_back(Field{field.name, field.shape, nullptr,
                                       int32_t(current.row.fields.size()), -1, classes, false});
  current.row.fields.push_back(std::move(field));
}

void DataGenerator::generatePrepare(Current &current, Function &prepare) {
  prepare.batched = true;
  fieldValues.clear();
  current.columns.enter(prepare);
  if (current.info.series.isValid())
    current.columns.allowWindows();
  ctx.elab.bounds.clear();
  for (const sema::FieldInfo &f : current.info.fields) {
    const Range at = f.value ? f.value->range : current.decl->source->range;
    if (f.value)
      addField(current, prepare, f.name, ctx.elab.evaluate(f.value, Scope()), at, f.normalize);
    else if (std::optional<Value> v = ctx.elab.column(f.name, /*asCategory=*/false, at))
      addField(current, prepare, f.name, *v, at, f.normalize);
  }
  for (const sema::FieldInfo &f : current.info.fields)
    if (f.weighted) {
      const size_t before = current.row.fields.size();
      addField(current, prepare, sema::classWeightsName(f.name),
               f.value ? ctx.elab.evaluate(f.value, Scope())
                       : *ctx.elab.column(f.name, false, f.where),
               f.where,
               /*isExact=*/true);
      for (size_t i = before; i < current.row.fields.size(); ++i)
        current.row.fields[i].flags = NN_FIELD_CLASS_WEIGHTS;
    }
  addStatistics(current, prepare);
  if (current.info.series.isValid())
    generateSeries(current, prepare);
  for (const sema::AbsentInfo &absent :
       current.info.absent) // a column to drop by may have no other use
    if (absent.absent == NN_ABSENT_DROP)
      ctx.elab.columnTruth(absent.column, NN_MISSING, "", absent.where);
  treatAbsent(current.info, current.columns.table());
  current.row.bounds = boundsOf(ctx, current.columns.arguments());
  ctx.elab.bounds.clear();
  current.row.prepare = ctx.finish(prepare);
  noteCounts(current.columns.finish(current.row.columns, current.row.inputs), current.index,
             /*inWhere=*/false);
}

void DataGenerator::treatAbsent(const sema::DataInfo &info, std::vector<ColumnT> &columns) {
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
      const bool isText = column.kind == NN_WORDS || column.kind == NN_CHARACTERS;
      if ((column.kind == NN_MOMENT || isText) && absent.absent != NN_ABSENT_DROP &&
          absent.absent != NN_ABSENT_PREVIOUS)
        ctx.diags
            .error(absent.where, "`" + absent.column + "` is read as a " +
                                     (isText ? "text" : "date or time") +
                                     ", which has no such value")
            .note("`fill " + absent.column +
                  " = previous` takes that of the row before; `drop "
                  "missing [" +
                  absent.column + "]` leaves such rows out");
      const bool category = column.kind == NN_CATEGORY;
      if (category && (absent.absent == NN_ABSENT_MEAN || absent.absent == NN_ABSENT_MEDIAN))
        ctx.diags
            .error(absent.where,
                   "`" + absent.column + "` holds classes, which have no mean and no median")
            .note("`fill " + absent.column + " = mode` takes the most frequent one");
      else if (absent.absent == NN_ABSENT_VALUE && absent.isText != category)
        ctx.diags.error(
            absent.where,
            category ? "`" + absent.column + "` holds classes: what fills it is a class, in quotes"
                     : "`" + absent.column + "` holds numbers: what fills it is a number");
      column.absent = absent.absent;
      column.fill = absent.number;
      if (category && absent.isText)
        column.text = absent.text;
    }
  }
  for (ColumnT &column : columns)
    if (info.dropsAll && column.kind != NN_MISSING && column.kind != NN_EQUALS &&
        !named.count(column.name))
      column.absent = NN_ABSENT_DROP;
}

void DataGenerator::noteCounts(std::map<int32_t, std::shared_ptr<int64_t>> counts, int32_t index,
                               bool inWhere) {
  for (auto &[column, classes] : counts)
    countedColumns.push_back({index, column, inWhere, classes});
}

void DataGenerator::writeClassCounts() {
  for (const CountedColumn &counted : countedColumns) {
    DataT &data = ctx.out.data[counted.data];
    (counted.inWhere ? data.where_columns : data.columns)[counted.column].classes =
        std::max<int64_t>(0, *counted.classes);
  }
}

void DataGenerator::writeCharacters() {
  for (const ast::DataDecl *text : ctx.elab.spelled)
    if (auto info = ctx.symbols.data.find(text);
        info != ctx.symbols.data.end() && indices.count(text))
      ctx.out.data[indices[text]].source->characters = info->second.source.characters;
}

void DataGenerator::treatFields(const Current &current) {
  for (auto [f, known] : llvm::zip(fields[current.decl], current.info.fields)) {
    f.augment = known.augment;
    f.augmentPart = known.augmentPart;
    if (known.balance)
      current.row.fields[f.row].flags |= NN_FIELD_BALANCED;
    if (!known.normalize)
      continue;
    f.isTarget = f.row != nnrt::inputField(current.row);
    current.row.fields[f.row].flags |= NN_FIELD_NORMALIZE;
    current.row.fields[f.row].own_statistics = known.ownStatistics;
    // The statistics of an image are per channel, because a pixel at the border may be the same in
    // all images.
    current.row.fields[f.row].stat_axis_size =
        f.shape.size() == 3 && current.row.fields[f.row].window < 0 ? int32_t(f.shape[0]) : 0;
  }
}

void DataGenerator::generateSplit(const sema::DataInfo &info, DataT &row) {
  auto part = [&](const ast::Expr *e, llvm::StringRef name, double fallback) {
    return e ? settings.number(e, name, 0) : constantNumber(fallback);
  };
  row.has_split = info.hasSplit;
  row.in_order = info.inOrder;
  row.train = part(info.trainPart, "`train`", -1);
  row.val = part(info.valPart, "`val`", 0);
  row.test_part = part(info.testPart, "`test`", 0);
  row.split_seed = part(info.splitSeed, "`seed`", 0);
  row.folds = info.folds ? int32_t(settings.number(info.folds, "`folds`", 2, 1000).value) : 0;
  row.stratify = info.stratify;
}

std::vector<int32_t> DataGenerator::fieldRows(const ast::DataDecl *decl) {
  std::vector<int32_t> rows;
  for (const Field &f : fields[decl])
    rows.push_back(f.row);
  return rows;
}

void DataGenerator::noteInputColumns(const Current &current, mlir::func::FuncOp prepare) {
  DataT &row = current.row;
  InputColumns &input = inputColumns[current.index];
  input.decl = current.decl;
  mlir::Operation *end =
      prepare.getBody().empty() ? nullptr : prepare.getBody().front().getTerminator();
  if (row.fields.empty() || !end)
    return;
  const llvm::DenseSet<mlir::Value> origins = originsOf(end->getOperand(nnrt::inputField(row)));
  size_t i = 0;
  for (mlir::BlockArgument argument : prepare.getArguments()) { // inputs, and options between them
    if (!prepare.getArgAttr(argument.getArgNumber(), "nn.field") || i == row.inputs.size())
      continue;
    const InputT &one = row.inputs[i++];
    if (origins.contains(argument))
      for (int32_t c : one.window < 0 ? std::set<int32_t>(one.columns.begin(), one.columns.end())
                                      : readsOfValues[size_t(one.window)]) {
        input.names.push_back(row.columns[c].name);
        row.columns[c].for_input = true;
      }
  }
}

bool DataGenerator::addFields(Function &fn, const ast::DataDecl *data, Scope &scope, bool augment,
                              std::vector<mlir::Value> *raw) {
  const llvm::ArrayRef<Field> fields = fieldsOf(data);
  if (auto info = ctx.symbols.data.find(data); info != ctx.symbols.data.end())
    for (const sema::FieldInfo &f : info->second.fields)
      scope.names[f.name] = Value::error(); // fields that could not be computed were reported there
  for (const Field &f : fields) {
    Value v = fn.addField(f.name, f.shape);
    v.classes = f.classes;
    if (raw)
      raw->push_back(v.tensor);
    scope.names[f.name] = v;
  }
  ctx.elab.scalings.clear();
  for (const Field &f : fields) {
    const Value *mean = scope.find(sema::meanName(f.name)),
                *deviation = scope.find(sema::deviationName(f.name));
    if (mean && deviation && f.isTarget)
      ctx.elab.scalings[scope.names[f.name].tensor] = {f.name, *mean, *deviation};
  }
  return !augment || this->augment(fn, data, scope);
}

int32_t DataGenerator::predictedField(const ast::DataDecl *data, llvm::ArrayRef<mlir::Value> raw,
                                      llvm::ArrayRef<mlir::Value> compared) {
  int32_t found = -1;
  for (mlir::Value v : compared) {
    while (mlir::Value before = Elaborator::beforeMoving(v))
      v = before;
    for (auto [f, value] : llvm::zip(fieldsOf(data), raw))
      if (f.isTarget && v == value) {
        if (found >= 0 && found != f.row)
          return -1; // several: the outputs are in the units of neither
        found = f.row;
      }
  }
  return found;
}

bool DataGenerator::augment(Function &fn, const ast::DataDecl *data, Scope &scope) {
  const llvm::ArrayRef<Field> fields = fieldsOf(data);
  // All updates of a step see one batch, augmented once.
  llvm::SaveAndRestore<mlir::Value> counter(fn.counter, mlir::Value());
  llvm::SaveAndRestore<std::string> draws(fn.draws, "");
  std::map<const ast::Expr *, Value> joint; // expressions that augment several fields, evaluated
                                            // once
  for (const Field &f : fields) {
    if (!f.augment)
      continue;
    Placement site;
    site.path = (data->name.text + "." + f.name).str();
    fn.placement = &site;
    auto [known, fresh] = joint.try_emplace(f.augment);
    if (fresh)
      known->second = ctx.elab.evaluate(f.augment, scope);
    Value v = known->second;
    const size_t parts =
        llvm::count_if(fields, [&](const Field &g) { return g.augment == f.augment; });
    if (f.augmentPart >= 0 && !v.isError()) {
      if (v.kind != Value::Kind::List || v.items.size() != parts) {
        ctx.diags.error(f.augment->range, "this augments " + llvm::Twine(parts) +
                                              " fields, so it must be a list of as many tensors");
        fn.placement = nullptr;
        return false;
      }
      v = v.items[f.augmentPart];
    }
    v = fn.emit.toTensor(v, f.augment->range);
    fn.placement = nullptr;
    if (!v.isTensor())
      return false;
    if (exampleShape(v.tensor) != llvm::ArrayRef<int64_t>(f.shape)) {
      fn.emit.shapeError(f.augment->range,
                         "an augmentation keeps the shape of its field, " + shapeText(f.shape), v,
                         f.augment->range);
      return false;
    }
    v.axes.clear();
    scope.names[f.name] = v;
  }
  return true;
}
