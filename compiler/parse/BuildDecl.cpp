// Builds the nodes of declarations.
#include "compiler/parse/Builder.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::parse;
using P = PartBuilder::P;

Stmt *DeclBuilder::build(P::DeclarationContext *c) {
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
    return DataBuilder(context).build(d);
  if (auto *d = c->optionDecl())
    return option(d);
  if (auto *d = c->initDecl())
    return init(d);
  return optimizer(c->optimizerDecl());
}

Stmt *DeclBuilder::let(P::LetDeclContext *c) {
  auto *decl = declare<LetDecl>(c, c->name());
  decl->value = expression(c->expression());
  decl->drawn = c->op->getType() == P::Tilde;
  return decl;
}

Stmt *DeclBuilder::option(P::OptionDeclContext *c) {
  auto *decl = declare<OptionDecl>(c, c->name());
  decl->defaultValue = expression(c->expression());
  if (c->String())
    decl->help = stringValue(c->String()->getSymbol());
  return decl;
}

Stmt *DeclBuilder::fn(P::FnDeclContext *c) {
  auto *decl = declare<FnDecl>(c, c->name());
  decl->params = parameters(c->parameters());
  decl->body = body(c->body());
  if (c->expression())
    decl->derivative = expression(c->expression());
  return decl;
}

Stmt *DeclBuilder::layer(P::LayerDeclContext *c) {
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

Stmt *DeclBuilder::init(P::InitDeclContext *c) {
  auto *decl = declare<InitDecl>(c, c->name());
  decl->params = parameters(c->parameters());
  decl->body = body(c->body());
  if (c->fit)
    decl->fit = expression(c->fit);
  return decl;
}

Stmt *DeclBuilder::optimizer(P::OptimizerDeclContext *c) {
  auto *decl = declare<OptimizerDecl>(c, c->name());
  decl->params = parameters(c->parameters());
  decl->body = block(c->block());
  return decl;
}

Stmt *DeclBuilder::metric(P::MetricDeclContext *c) {
  auto *decl = declare<MetricDecl>(c, c->name());
  decl->params = parameters(c->parameters());
  if (c->direction)
    decl->direction = direction(c->direction);
  decl->body = body(c->body());
  return decl;
}

Stmt *DeclBuilder::model(P::ModelDeclContext *c) {
  auto *decl = declare<ModelDecl>(c, c->name());
  decl->inputs = parameters(c->parameters());
  decl->result = shape(c->shape());
  decl->body = body(c->body());
  return decl;
}

llvm::ArrayRef<Parameter> DeclBuilder::parameters(P::ParametersContext *c) {
  if (!c)
    return {};
  return each(c->parameter(), [&](P::ParameterContext *p) {
    Parameter parameter;
    parameter.range = range(p);
    parameter.name = name(p->name());
    parameter.shape = shape(p->shape());
    if (p->expression())
      parameter.defaultValue = expression(p->expression());
    return parameter;
  });
}

Expr *DeclBuilder::body(P::BodyContext *c) {
  return c->block() ? block(c->block()) : expression(c->expression());
}
