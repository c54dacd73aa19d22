// Generates predict statements. The rows of a data set are prepared by that data set. The rows of a
// separate source have the raw columns of the data set on which the model was trained, and are
// prepared in the same way.
#include "compiler/irgen/statements/Predict.h"

#include "runtime/program/statements.h"

#include "llvm/ADT/STLExtras.h"

using namespace nnc;

static int64_t elementsOf(llvm::ArrayRef<int64_t> shape) {
  int64_t n = 1;
  for (int64_t s : shape)
    n *= s;
  return n;
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

bool PredictGenerator::holdsInput(const ast::PredictStmt *s, const sema::SourceInfo &source,
                                  int32_t model) {
  const Range at = s->data->range;
  const std::vector<int64_t> &takes = ctx.out.models[model].in_shape;
  if (ctx.options.session || source.kind != NN_CSV) {
    ctx.diags
        .error(at, "`" + s->target.text() + "` is not trained " +
                       (ctx.options.session ? "in this session as it is declared now" : "above") +
                       ", so nothing says how its input is computed from this source")
        .note("a data set does: declare one, and predict on it");
    return false;
  }
  if (int64_t(source.columns.size()) < elementsOf(takes)) {
    ctx.diags
        .error(at, "`" + s->target.text() + "` takes " + shapeText(takes) + ", and the table has " +
                       llvm::Twine(source.columns.size()) +
                       (source.columns.size() == 1 ? " column" : " columns"))
        .note("it is not trained above on a data set that says how its input is computed: each "
              "row begins with the input's elements");
    return false;
  }
  return true;
}

bool PredictGenerator::hasColumns(const ast::PredictStmt *s, sema::SourceInfo &source,
                                  int32_t trained) {
  const Range at = s->data->range;
  const DataGenerator::InputColumns &input = dataSets.inputColumnsOf(trained);
  const std::string name = input.decl->name.text.str();
  const sema::SourceInfo &of = ctx.symbols.data[input.decl].source;
  if (!nameColumns(source, of)) {
    ctx.diags
        .error(at, "the table has " + llvm::Twine(source.columns.size()) + " columns, `" + name +
                       "` names " + llvm::Twine(of.givenColumns.size()))
        .note(of.call->range, "here");
    return false;
  }
  const DataT &data = ctx.out.data[trained];
  const std::string field = data.fields[nnrt::inputField(data)].name;
  for (const std::string &needed : input.names) {
    const int found = source.columnIndex(needed), known = of.columnIndex(needed);
    if (found < 0) {
      std::vector<llvm::StringRef> others; // a name with its own use is not a misspelling
      for (const auto &c : source.columns)
        if (of.columnIndex(c.name) < 0)
          others.push_back(c.name);
      ctx.diags
          .error(at, "the source has no column `" + needed + "`, which `" + field + "` of `" +
                         name + "` is computed from")
          .suggest(needed, others)
          .note(input.decl->name.range, "`" + s->target.text() + "` is trained on it");
      return false;
    }
    if (const auto &has = source.columns[found].shape, &wants = of.columns[known].shape;
        elementsOf(has) != elementsOf(wants)) {
      ctx.diags
          .error(at, "column `" + needed + "` of the source is " + shapeText(has) + ", that of `" +
                         name + "` is " + shapeText(wants))
          .note(input.decl->name.range, "`" + s->target.text() + "` is trained on it");
      return false;
    }
  }
  return true;
}

std::unique_ptr<SourceT> PredictGenerator::generateSource(const ast::PredictStmt *s,
                                                          sema::SourceInfo source, int32_t model,
                                                          int32_t trained) {
  if (trained < 0 ? !holdsInput(s, source, model) : !hasColumns(s, source, trained))
    return nullptr;
  std::unique_ptr<SourceT> row = sources.generate(source, nullptr);
  if (!nnrt::isGenerator(source.kind))
    row->classes = constantNumber(0); // it may lack some of the classes
  return row;
}

bool PredictGenerator::isPredictedFrom(const ast::PredictStmt *s, const DataT &data,
                                       const ast::ModelDecl &decl, const ModelT &model) {
  if (data.fields.empty()) {
    ctx.diags.error(s->data->range,
                    "`" + data.name + "` has no field that `" + s->target.text() + "` could take");
    return false;
  }
  const FieldT &field = data.fields[nnrt::inputField(data)];
  if (elementsOf(field.shape) == elementsOf(model.in_shape))
    return true;
  ctx.diags
      .error(s->data->range, "`" + field.name + "` of `" + data.name + "` is " +
                                 shapeText(field.shape) + ", and `" + s->target.text() +
                                 "` takes " + shapeText(model.in_shape))
      .note(decl.inputs[0].range, "declared here");
  return false;
}

void PredictGenerator::generate(const ast::PredictStmt *s) {
  const ast::ModelDecl *model = ctx.findModel(s->target);
  auto known = ctx.symbols.predicted.find(s);
  std::string file;
  if (!model || model->inputs.empty() || known == ctx.symbols.predicted.end() ||
      (s->file && !settings.textOf(s->file, file, "the file to write")))
    return;
  const sema::PredictInfo &info = known->second;
  PredictT row;
  row.where = ctx.where(s->range);
  row.target = s->target.text();
  row.model = models.indexOf(model);
  row.data = info.data ? dataSets.indexOf(info.data) : ctx.out.models[row.model].data;
  row.split = info.split;
  row.path = file;
  if (!info.data) {
    row.source = generateSource(s, info.source, row.model, row.data);
    if (!row.source)
      return;
  }
  if (row.data >= 0 &&
      !isPredictedFrom(s, ctx.out.data[row.data], *model, ctx.out.models[row.model]))
    return;
  ctx.add(std::move(row));
}
