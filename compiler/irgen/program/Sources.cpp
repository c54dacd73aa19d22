// Generates the table row of a source, with the rows that the program itself holds.
#include "compiler/irgen/program/Sources.h"

using namespace nnc;

bool SourceGenerator::flatten(const Value &v, Range at, std::vector<double> &values) {
  if (std::optional<double> number = ctx.elab.knownNumber(v)) {
    values.push_back(*number);
    return true;
  }
  if (v.kind == Value::Kind::List) {
    for (const Value &item : v.items)
      if (!flatten(item, at, values))
        return false;
    return true;
  }
  if (!v.isError())
    ctx.diags.error(at, "a row holds numbers; this is " + v.describe());
  return false;
}

void SourceGenerator::addRows(const ast::DataDecl *decl, const sema::SourceInfo &info,
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
  settings.enter();
  for (const ast::Entry *e : decl->entries)
    if (auto *row = llvm::dyn_cast<ast::RowEntry>(e)) {
      const size_t before = values.size();
      bool ok = true;
      for (const ast::Expr *v : row->values)
        ok = ok && flatten(ctx.elab.evaluate(v, Scope()), v->range, values);
      if (ok && int64_t(values.size() - before) != width) {
        ctx.diags
            .error(row->range, "this row holds " + llvm::Twine(values.size() - before) +
                                   " numbers; the fields need " + llvm::Twine(width))
            .note(decl->source->range, "declared here");
        return;
      }
    }
  source.row_width = width;
}

std::unique_ptr<SourceT> SourceGenerator::generate(const sema::SourceInfo &info,
                                                   const ast::DataDecl *decl) {
  auto source = std::make_unique<SourceT>();
  info.describe(*source);
  source->where = ctx.where(info.call ? info.call->range : decl->range);
  source->compiled_columns = info.kind == NN_CSV ? info.columns.size() : 0;
  if (info.kind == NN_ROWS)
    addRows(decl, info, *source);
  auto setting = [&](llvm::StringRef name, nn_number &to, double fallback, double least,
                     double most, bool whole = false) {
    to = constantNumber(fallback);
    if (const ast::Expr *e = info.settings.lookup(name))
      to = settings.number(e, ("`" + name + "`").str(), least, most, whole);
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
