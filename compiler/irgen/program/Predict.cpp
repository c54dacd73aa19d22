// Generates predict statements. The rows of a data set are prepared by that data set. The rows of a
// separate source have the raw columns of the data set on which the model was trained, and are
// prepared in the same way.
#include "compiler/irgen/program/ProgramGenerator.h"

#include "runtime/program/statements.h"

#include "llvm/ADT/STLExtras.h"

using namespace nnc;

static int64_t elementsOf(llvm::ArrayRef<int64_t> shape) {
  int64_t n = 1;
  for (int64_t s : shape)
    n *= s;
  return n;
}

void ProgramGenerator::noteInputColumns(const ast::DataDecl *decl, mlir::func::FuncOp prepare,
                                        const nn_data &row) {
  InputColumns &input = inputColumns[dataIndex[decl]];
  input.decl = decl;
  mlir::Operation *end =
      prepare.getBody().empty() ? nullptr : prepare.getBody().front().getTerminator();
  if (!row.n_fields || !end)
    return;
  llvm::SmallVector<mlir::Value> open = {end->getOperand(nnrt::inputField(row))};
  llvm::DenseSet<mlir::Value> seen;
  while (!open.empty()) {
    mlir::Value v = open.pop_back_val();
    mlir::Operation *made = seen.insert(v).second ? v.getDefiningOp() : nullptr;
    if (made)
      llvm::append_range(open, made->getOperands());
  }
  int32_t i = -1;
  for (mlir::BlockArgument argument : prepare.getArguments()) // inputs, with options in between
    if (prepare.getArgAttr(argument.getArgNumber(), "nn.field") && ++i < row.n_inputs &&
        seen.contains(argument))
      for (int32_t c : llvm::ArrayRef(row.inputs[i].columns, row.inputs[i].n_columns)) {
        input.names.push_back(row.columns[c].name);
        // The generator owns the table.
        const_cast<nn_column &>(row.columns[c]).for_input = 1;
      }
}

/// If a table has no column names of its own, gives its columns the names given for the data set's
/// table, as many as there are.
static bool nameColumns(sema::SourceInfo &source, const sema::SourceInfo &trained) {
  if (source.kind != NN_CSV || trained.kind != NN_CSV || !source.givenColumns.empty() ||
      trained.givenColumns.empty() || llvm::any_of(source.columns, [&](const auto &c) {
        return llvm::is_contained(trained.givenColumns, c.name);
      }))
    return true;
  if (source.columns.size() > trained.givenColumns.size())
    return false;
  for (auto [column, name] : llvm::zip(source.columns, trained.givenColumns)) {
    column.name = name;
    source.givenColumns.push_back(name);
  }
  source.reindex();
  return true;
}

bool ProgramGenerator::genPredictSource(const ast::PredictStmt *s, sema::SourceInfo source,
                                        int32_t trained, nn_predict *row) {
  const Range at = s->data->range;
  const nn_model &model = *modelRows[row->model];
  const int64_t takes = elementsOf({model.in_shape, size_t(model.in_rank)});
  if (trained < 0) {
    if (options.session || source.kind != NN_CSV) {
      diags
          .error(at, "`" + s->target.text() + "` is not trained " +
                         (options.session ? "in this session as it is declared now" : "above") +
                         ", so nothing says how its input is computed from this source")
          .note("a data set does: declare one, and predict on it");
      return false;
    }
    if (int64_t(source.columns.size()) < takes) {
      diags
          .error(at, "`" + s->target.text() + "` takes " +
                         shapeText({model.in_shape, size_t(model.in_rank)}) +
                         ", and the table has " + llvm::Twine(source.columns.size()) +
                         (source.columns.size() == 1 ? " column" : " columns"))
          .note("it is not trained above on a data set that says how its input is computed: each "
                "row begins with the input's elements");
      return false;
    }
  } else {
    const InputColumns &input = inputColumns[trained];
    const std::string name = input.decl->name.text.str();
    const sema::SourceInfo &of = symbols.data[input.decl].source;
    if (!nameColumns(source, of)) {
      diags
          .error(at, "the table has " + llvm::Twine(source.columns.size()) + " columns, `" + name +
                         "` names " + llvm::Twine(of.givenColumns.size()))
          .note(of.call->range, "here");
      return false;
    }
    const nn_data &data = *dataRows[trained];
    const std::string field = data.fields[nnrt::inputField(data)].name;
    for (const std::string &needed : input.names) {
      const int found = source.columnIndex(needed), known = of.columnIndex(needed);
      if (found < 0) {
        std::vector<llvm::StringRef> others; // a name with its own use is not a misspelling
        for (const auto &c : source.columns)
          if (of.columnIndex(c.name) < 0)
            others.push_back(c.name);
        diags
            .error(at, "the source has no column `" + needed + "`, which `" + field + "` of `" +
                           name + "` is computed from")
            .suggest(needed, others)
            .note(input.decl->name.range, "`" + s->target.text() + "` is trained on it");
        return false;
      }
      if (const auto &has = source.columns[found].shape, &wants = of.columns[known].shape;
          elementsOf(has) != elementsOf(wants)) {
        diags
            .error(at, "column `" + needed + "` of the source is " + shapeText(has) +
                           ", that of `" + name + "` is " + shapeText(wants))
            .note(input.decl->name.range, "`" + s->target.text() + "` is trained on it");
        return false;
      }
    }
  }
  auto *made = tables.make<nn_source>();
  genSource(source, nullptr, *made);
  if (source.kind < NN_BLOBS)
    made->classes = constantNumber(0); // it may lack some classes
  row->source = made;
  return true;
}

void ProgramGenerator::genPredict(const ast::PredictStmt *s) {
  const ast::ModelDecl *model = findModel(s->target);
  auto known = symbols.predicted.find(s);
  std::string file;
  if (!model || model->inputs.empty() || known == symbols.predicted.end() ||
      (s->file && !textOf(s->file, file, "the file to write")))
    return;
  const sema::PredictInfo &info = known->second;
  auto *row = addStatement<nn_predict>(NN_STMT_PREDICT);
  *row =
      nn_predict{where(s->range), text(s->target.text()),        modelIndex[model], -1, info.split,
                 nullptr,         s->file ? text(file) : nullptr};
  const nn_model &made = *modelRows[row->model];
  row->data = info.data ? dataIndex[info.data] : made.data;
  if (!info.data && !genPredictSource(s, info.source, row->data, row))
    return;
  if (row->data < 0 || (made.in_rank && !made.in_shape))
    return;
  const nn_data &data = *dataRows[row->data];
  const std::string name = data.name;
  if (!data.n_fields) {
    diags.error(s->data->range,
                "`" + name + "` has no field that `" + s->target.text() + "` could take");
    return;
  }
  const nn_field &field = data.fields[nnrt::inputField(data)];
  const llvm::ArrayRef<int64_t> has(field.shape, field.rank), takes(made.in_shape, made.in_rank);
  if (elementsOf(has) != elementsOf(takes))
    diags
        .error(s->data->range, "`" + std::string(field.name) + "` of `" + name + "` is " +
                                   shapeText(has) + ", and `" + s->target.text() + "` takes " +
                                   shapeText(takes))
        .note(model->inputs[0].range, "declared here");
}
