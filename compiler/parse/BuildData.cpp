// Builds the nodes of data declarations.
#include "compiler/parse/Builder.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::parse;
using P = PartBuilder::P;

Stmt *DataBuilder::build(P::DataDeclContext *c) {
  auto *decl = declare<DataDecl>(c, c->name());
  decl->source = expression(c->expression());
  llvm::SmallVector<Entry *, 8> list;
  for (P::DataEntryContext *e : c->dataEntry())
    if (!e->exception)
      list.push_back(entry(e));
  decl->entries = arena.copy(list);
  return decl;
}

Entry *DataBuilder::entry(P::DataEntryContext *c) {
  if (auto *e = c->setting())
    return setting(e);
  if (auto *e = c->row()) {
    auto *entry = make<RowEntry>(e);
    entry->values = expressions(e->expression());
    return entry;
  }
  if (auto *e = c->splitEntry()) {
    auto *entry = make<SplitEntry>(e);
    llvm::SmallVector<Argument, 6> settings;
    for (P::SplitPartContext *part : e->splitPart())
      if (part->setting())
        settings.push_back(settingArgument(part->setting()));
      else
        entry->inOrder = range(part);
    entry->settings = arena.copy(settings);
    return entry;
  }
  if (auto *e = c->normalizeEntry()) {
    auto *entry = make<NormalizeEntry>(e);
    entry->fields = names(e->name());
    entry->own = e->Own() != nullptr;
    return entry;
  }
  if (auto *e = c->balanceEntry()) {
    auto *entry = make<BalanceEntry>(e);
    entry->field = name(e->name());
    return entry;
  }
  if (auto *e = c->augmentEntry()) {
    auto *entry = make<AugmentEntry>(e);
    entry->fields = names(e->name());
    entry->value = expression(e->expression());
    return entry;
  }
  if (auto *e = c->dropEntry()) {
    auto *entry = make<DropEntry>(e);
    entry->columns = names(e->name());
    return entry;
  }
  if (auto *e = c->fillEntry()) {
    auto *entry = make<FillEntry>(e);
    entry->columns = names(e->name());
    entry->value = expression(e->expression());
    return entry;
  }
  if (auto *e = c->seriesEntry()) {
    auto *entry = make<SeriesEntry>(e);
    entry->key = e->key ? expression(e->key) : nullptr;
    entry->each = e->of ? expression(e->of) : nullptr;
    return entry;
  }
  auto *e = c->whereEntry();
  auto *entry = make<WhereEntry>(e);
  entry->condition = expression(e->expression());
  return entry;
}
