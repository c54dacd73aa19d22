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
  llvm::SmallVector<Expr *, 8> list;
  for (P::ExpressionContext *c : contexts)
    list.push_back(expression(c));
  return arena.copy(list);
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
  llvm::SmallVector<Ident, 4> list;
  for (P::NameContext *c : contexts)
    list.push_back(name(c));
  return arena.copy(list);
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
  llvm::SmallVector<Ident, 4> parts;
  for (P::NameContext *part : c->name())
    parts.push_back(name(part));
  result.parts = arena.copy(parts);
  return result;
}

llvm::ArrayRef<Path> PartBuilder::paths(const std::vector<P::PathContext *> &contexts) {
  llvm::SmallVector<Path, 4> list;
  for (P::PathContext *c : contexts)
    list.push_back(path(c));
  return arena.copy(list);
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
