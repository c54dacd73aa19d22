// Checks the rows of `rows(…)`: one value for each field, each as long as the shape of its field,
// numbers only.
#include "compiler/sema/data/Rows.h"

#include "compiler/sema/Text.h"

using llvm::dyn_cast;

namespace nnc::sema {
using namespace ast;

namespace {

/// Counts the values in nested lists. Sets `odd` to the first element that is neither a list nor a
/// number.
template <typename IsNumber>
uint64_t countNumbers(const Expr *e, const Expr *&odd, IsNumber isNumber) {
  if (auto *list = dyn_cast<ListExpr>(e)) {
    uint64_t n = 0;
    for (const Expr *x : list->elements)
      n += countNumbers(x, odd, isNumber);
    return n;
  }
  if (!odd && !isNumber(e))
    odd = e;
  return 1;
}

/// Whether the lists are nested like the shape.
bool nestsAs(const Expr *e, llvm::ArrayRef<int64_t> shape) {
  auto *list = dyn_cast<ListExpr>(e);
  if (shape.empty() || !list)
    return shape.empty() && !list;
  if (int64_t(list->elements.size()) != shape.front())
    return false;
  for (const Expr *x : list->elements)
    if (!nestsAs(x, shape.drop_front()))
      return false;
  return true;
}

std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

} // namespace

void RowChecker::check(const DataDecl &decl, const SourceInfo &source) {
  unsigned rows = 0;
  for (const Entry *e : decl.entries)
    if (auto *row = dyn_cast<RowEntry>(e)) {
      ++rows;
      if (source.kind != NN_ROWS) {
        diags.error(row->range, "only `rows(…)` has rows in its block")
            .note(source.call->range, "the examples come from here");
        return;
      }
      if (source.sound)
        checkRow(*row, source, source.call->range);
    }
  if (source.kind == NN_ROWS && source.sound && rows == 0)
    diags.error(decl.name.range, quoted(decl.name.text) + " has no rows");
}

void RowChecker::checkRow(const RowEntry &row, const SourceInfo &source, Range declared) {
  if (row.values.size() != source.columns.size()) {
    diags
        .error(row.range, "this row has " + counted(row.values.size(), "value") + " for " +
                              counted(source.columns.size(), "field"))
        .note(declared, "the fields are declared here");
    return;
  }
  for (size_t i = 0; i < row.values.size(); ++i) {
    const Expr *value = row.values[i];
    const SourceInfo::Column &column = source.columns[i];
    const Expr *odd = nullptr;
    auto isNumber = [&](const Expr *e) { return constantValue(e).has_value(); };
    uint64_t found = countNumbers(value, odd, isNumber), wanted = 1;
    for (int64_t d : column.shape)
      wanted *= d;
    if (odd) {
      diags.error(odd->range, "a row holds numbers only");
      continue;
    }
    auto *list = dyn_cast<ListExpr>(value);
    bool flat =
        list && llvm::none_of(list->elements, [](const Expr *e) { return llvm::isa<ListExpr>(e); });
    if (found == wanted && (flat || !list || nestsAs(value, column.shape)))
      continue;
    diags
        .error(value->range, found == wanted
                                 ? quoted(column.name) + " is declared " + shapeText(column.shape) +
                                       "; these numbers are nested otherwise"
                                 : quoted(column.name) + " is declared " + shapeText(column.shape) +
                                       ", but this row gives " + counted(found, "number"))
        .note(source.call->args[i].range, "declared here");
  }
}

} // namespace nnc::sema
