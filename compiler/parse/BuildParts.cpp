// Builds what nodes of several kinds consist of: names, paths, shapes, settings, texts.
#include "compiler/parse/Builder.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::parse;
using P = PartBuilder::P;

Expr *PartBuilder::expression(P::ExpressionContext *c) { return ExprBuilder(context).build(c); }

BlockExpr *PartBuilder::block(P::BlockContext *c) { return StmtBuilder(context).block(c); }

llvm::ArrayRef<Expr *>
PartBuilder::expressions(const std::vector<P::ExpressionContext *> &contexts) {
  return each(contexts, [&](P::ExpressionContext *c) { return expression(c); });
}

Entry *PartBuilder::setting(P::SettingContext *c) {
  auto *entry = make<SettingEntry>(c);
  entry->name = name(c->name());
  entry->value = expression(c->expression());
  return entry;
}

Argument PartBuilder::settingArgument(P::SettingContext *c) {
  Argument argument;
  argument.range = range(c);
  argument.name = name(c->name());
  argument.value = expression(c->expression());
  return argument;
}

llvm::ArrayRef<Ident> PartBuilder::names(const std::vector<P::NameContext *> &contexts) {
  return each(contexts, [&](P::NameContext *c) { return name(c); });
}

Ident PartBuilder::name(P::NameContext *c) {
  Ident ident;
  ident.range = range(c);
  ident.text = source.text(c->start);
  ident.quoted = c->start->getType() == P::Quoted;
  if (ident.quoted)
    ident.text = ident.text.drop_front().drop_back();
  return ident;
}

Path PartBuilder::path(P::PathContext *c) {
  Path result;
  result.range = range(c);
  result.parts = names(c->name());
  return result;
}

llvm::ArrayRef<Path> PartBuilder::paths(const std::vector<P::PathContext *> &contexts) {
  return each(contexts, [&](P::PathContext *c) { return path(c); });
}

Shape *PartBuilder::shape(P::ShapeContext *c) {
  if (!c)
    return nullptr;
  Shape *result = make<Shape>(c);
  result->dims = expressions(c->expression());
  return result;
}

llvm::StringRef PartBuilder::stringValue(antlr4::Token *token) {
  llvm::StringRef text = source.text(token).drop_front().drop_back();
  if (!text.contains('\\'))
    return text;
  std::string value;
  for (size_t i = 0; i != text.size(); ++i) {
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    switch (text[++i]) {
    case 'n':
      value += '\n';
      break;
    case 't':
      value += '\t';
      break;
    case '"':
      value += '"';
      break;
    case '\\':
      value += '\\';
      break;
    default: {
      auto begin = llvm::SMLoc::getFromPointer(text.data() + i - 1);
      diags
          .error({begin, llvm::SMLoc::getFromPointer(text.data() + i + 1)},
                 "unknown escape in a string")
          .note("`\\n`, `\\t`, `\\\"` and `\\\\` are known");
    }
    }
  }
  return arena.copy(value);
}
