// Builds the nodes of declarations, of the statements in blocks, and of data declarations.
#include "compiler/parse/Builder.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::parse;
using P = Builder::P;

llvm::ArrayRef<Stmt *>
Builder::topStatements(const std::vector<P::TopStatementContext *> &contexts) {
  llvm::SmallVector<Stmt *, 16> list;
  for (P::TopStatementContext *c : contexts) {
    if (c->exception)
      continue;
    if (c->declaration()) {
      list.push_back(declaration(c->declaration()));
    } else if (c->run()) {
      list.push_back(run(c->run()));
    } else {
      auto *stmt = make<ExprStmt>(c->expression());
      stmt->expr = expression(c->expression());
      list.push_back(stmt);
    }
  }
  return arena.copy(list);
}

Stmt *Builder::declaration(P::DeclarationContext *c) {
  if (auto *d = c->letDecl())
    return let(d);
  if (auto *d = c->fnDecl())
    return fn(d);
  if (auto *d = c->layerDecl())
    return layer(d);
  if (auto *d = c->metricDecl())
    return metric(d);
  if (auto *d = c->modelDecl())
    return model(d);
  if (auto *d = c->dataDecl())
    return data(d);
  if (auto *d = c->optionDecl()) {
    auto *decl = declare<OptionDecl>(d, d->name());
    decl->defaultValue = expression(d->expression());
    if (d->String())
      decl->help = stringValue(d->String()->getSymbol());
    return decl;
  }
  if (auto *d = c->initDecl()) {
    auto *decl = declare<InitDecl>(d, d->name());
    decl->params = parameters(d->parameters());
    decl->body = body(d->body());
    if (d->fit)
      decl->fit = expression(d->fit);
    return decl;
  }
  auto *d = c->optimizerDecl();
  auto *decl = declare<OptimizerDecl>(d, d->name());
  decl->params = parameters(d->parameters());
  decl->body = block(d->block());
  return decl;
}

Stmt *Builder::let(P::LetDeclContext *c) {
  auto *decl = declare<LetDecl>(c, c->name());
  decl->value = expression(c->expression());
  decl->drawn = c->op->getType() == P::Tilde;
  return decl;
}

Stmt *Builder::fn(P::FnDeclContext *c) {
  auto *decl = declare<FnDecl>(c, c->name());
  decl->params = parameters(c->parameters());
  decl->body = body(c->body());
  if (c->expression())
    decl->derivative = expression(c->expression());
  return decl;
}

Stmt *Builder::layer(P::LayerDeclContext *c) {
  auto *decl = declare<LayerDecl>(c, c->name());
  auto lists = c->parameters();
  llvm::ArrayRef<Parameter> first = parameters(lists[0]);
  if (lists.size() == 2) {
    decl->params = first;
    decl->inputs = parameters(lists[1]);
    decl->hasInputs = true;
  } else if (llvm::any_of(first, [](const Parameter &p) { return p.shape != nullptr; })) {
    decl->inputs = first;
    decl->hasInputs = true;
  } else {
    decl->params = first;
  }
  decl->result = shape(c->shape());
  decl->body = body(c->body());
  return decl;
}

Stmt *Builder::metric(P::MetricDeclContext *c) {
  auto *decl = declare<MetricDecl>(c, c->name());
  decl->params = parameters(c->parameters());
  if (c->direction)
    decl->direction = direction(c->direction);
  decl->body = body(c->body());
  return decl;
}

Stmt *Builder::model(P::ModelDeclContext *c) {
  auto *decl = declare<ModelDecl>(c, c->name());
  decl->inputs = parameters(c->parameters());
  decl->result = shape(c->shape());
  decl->body = body(c->body());
  return decl;
}

llvm::ArrayRef<Parameter> Builder::parameters(P::ParametersContext *c) {
  if (!c)
    return {};
  llvm::SmallVector<Parameter, 4> list;
  for (P::ParameterContext *p : c->parameter()) {
    Parameter parameter;
    parameter.range = range(p);
    parameter.name = name(p->name());
    parameter.shape = shape(p->shape());
    if (p->expression())
      parameter.defaultValue = expression(p->expression());
    list.push_back(parameter);
  }
  return arena.copy(list);
}

Expr *Builder::body(P::BodyContext *c) {
  return c->block() ? block(c->block()) : expression(c->expression());
}

// ---- blocks

BlockExpr *Builder::block(P::BlockContext *c) {
  auto *node = make<BlockExpr>(c);
  llvm::SmallVector<Stmt *, 8> list;
  for (P::StatementContext *s : c->statement())
    if (!s->exception)
      list.push_back(statement(s));
  if (!list.empty())
    if (auto *last = llvm::dyn_cast<ExprStmt>(list.back())) {
      node->value = last->expr;
      list.pop_back();
    }
  node->statements = arena.copy(list);
  return node;
}

Stmt *Builder::statement(P::StatementContext *c) {
  if (auto *s = c->letDecl())
    return let(s);
  if (auto *s = c->paramStmt()) {
    auto *stmt = make<ParamStmt>(s);
    stmt->name = name(s->name());
    stmt->shape = shape(s->shape());
    if (s->expression())
      stmt->value = expression(s->expression());
    stmt->drawn = s->op && s->op->getType() == P::Tilde;
    return stmt;
  }
  if (auto *s = c->stateStmt()) {
    auto *stmt = make<StateStmt>(s);
    stmt->name = name(s->name());
    stmt->shape = shape(s->shape());
    if (s->expression())
      stmt->value = expression(s->expression());
    return stmt;
  }
  if (auto *s = c->assignStmt()) {
    auto *stmt = make<AssignStmt>(s);
    stmt->name = name(s->name());
    stmt->value = expression(s->expression());
    return stmt;
  }
  auto *stmt = make<ExprStmt>(c->expression());
  stmt->expr = expression(c->expression());
  return stmt;
}

// ---- data

Stmt *Builder::data(P::DataDeclContext *c) {
  auto *decl = declare<DataDecl>(c, c->name());
  decl->source = expression(c->expression());
  llvm::SmallVector<Entry *, 8> list;
  for (P::DataEntryContext *e : c->dataEntry())
    if (!e->exception)
      list.push_back(dataEntry(e));
  decl->entries = arena.copy(list);
  return decl;
}

Entry *Builder::dataEntry(P::DataEntryContext *c) {
  if (auto *e = c->setting())
    return setting(e);
  if (auto *e = c->row()) {
    auto *entry = make<RowEntry>(e);
    entry->values = expressions(e->expression());
    return entry;
  }
  if (auto *e = c->splitEntry()) {
    auto *entry = make<SplitEntry>(e);
    llvm::SmallVector<Argument, 8> settings;
    for (P::SettingContext *s : e->setting())
      settings.push_back(settingArgument(s));
    entry->settings = arena.copy(settings);
    return entry;
  }
  if (auto *e = c->normalizeEntry()) {
    auto *entry = make<NormalizeEntry>(e);
    entry->fields = names(e->name());
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
  auto *e = c->whereEntry();
  auto *entry = make<WhereEntry>(e);
  entry->condition = expression(e->expression());
  return entry;
}

Entry *Builder::setting(P::SettingContext *c) {
  auto *entry = make<SettingEntry>(c);
  entry->name = name(c->name());
  entry->value = expression(c->expression());
  return entry;
}

Argument Builder::settingArgument(P::SettingContext *c) {
  Argument argument;
  argument.range = range(c);
  argument.name = name(c->name());
  argument.value = expression(c->expression());
  return argument;
}
