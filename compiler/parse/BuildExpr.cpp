// Builds the nodes of expressions. Loops walk chains of operators: the context of a rule holds the
// whole chain, so the recursion is only as deep as the nesting of brackets.
#include "compiler/parse/Builder.h"

#include "compiler/support/Numbers.h"

#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::parse;
using P = PartBuilder::P;

Expr *ExprBuilder::build(P::ExpressionContext *c) {
  OpenElses open;
  Expr *value = choice(c->choice(), open);
  for (P::PipeTailContext *tail : c->pipeTail()) {
    // An `else` extends to the end of the expression (LANGUAGE.md 4.1), so the pipe belongs to its
    // side.
    Expr *&end = open.last ? open.last->otherwise : value;
    auto *pipe = make<PipeExpr>(join(end->range, range(tail)));
    pipe->lhs = end;
    pipe->opRange = source.range(tail->start);
    if (tail->name())
      pipe->place = name(tail->name());
    end = pipe;
    for (Expr *around : open.around)
      around->range = join(around->range, pipe->range);
    OpenElses inner;
    pipe->rhs = choice(tail->choice(), inner);
    if (inner.last) {
      open.around.push_back(pipe);
      open.around.append(inner.around);
      open.last = inner.last;
    }
  }
  return value;
}

Expr *ExprBuilder::choice(P::ChoiceContext *c, OpenElses &open) {
  if (!c->If())
    return disjunction(c->disjunction());
  auto *node = make<IfExpr>(c);
  auto parts = c->expression();
  node->condition = build(parts[0]);
  node->hasBlocks = c->block() != nullptr;
  node->then = node->hasBlocks ? block(c->block()) : build(parts[1]);
  if (c->choice()) {
    open.around.push_back(node);
    open.last = node;
    node->otherwise = choice(c->choice(), open);
  }
  return node;
}

static BinaryOp binaryOp(size_t type) {
  switch (type) {
  case P::Plus:
    return BinaryOp::Add;
  case P::Minus:
    return BinaryOp::Sub;
  case P::Star:
    return BinaryOp::Mul;
  case P::Slash:
    return BinaryOp::Div;
  case P::At:
    return BinaryOp::MatMul;
  case P::Mod:
    return BinaryOp::Mod;
  case P::Caret:
    return BinaryOp::Pow;
  case P::Eq:
    return BinaryOp::Eq;
  case P::Ne:
    return BinaryOp::Ne;
  case P::Lt:
    return BinaryOp::Lt;
  case P::Le:
    return BinaryOp::Le;
  case P::Gt:
    return BinaryOp::Gt;
  case P::Ge:
    return BinaryOp::Ge;
  case P::And:
    return BinaryOp::And;
  case P::Or:
    return BinaryOp::Or;
  default:
    llvm_unreachable("not a binary operator");
  }
}

Expr *ExprBuilder::binary(antlr4::Token *op, Expr *lhs, Expr *rhs) {
  auto *node = make<BinaryExpr>(join(lhs->range, rhs->range));
  node->op = binaryOp(op->getType());
  node->opRange = source.range(op);
  node->lhs = lhs;
  node->rhs = rhs;
  return node;
}

/// `a op b op c …`: builds the operands with `build` and joins them from the left. The children of
/// a context alternate: operand, operator, operand, …
template <typename Operands, typename Build>
Expr *ExprBuilder::leftChain(antlr4::ParserRuleContext *c, const Operands &operands, Build build) {
  Expr *value = build(operands[0]);
  for (size_t i = 1; i != operands.size(); ++i) {
    auto *op = static_cast<antlr4::tree::TerminalNode *>(c->children[2 * i - 1]);
    value = binary(op->getSymbol(), value, build(operands[i]));
  }
  return value;
}

Expr *ExprBuilder::disjunction(P::DisjunctionContext *c) {
  return leftChain(c, c->conjunction(), [&](auto *operand) { return conjunction(operand); });
}

Expr *ExprBuilder::conjunction(P::ConjunctionContext *c) {
  return leftChain(c, c->negation(), [&](auto *operand) { return negation(operand); });
}

Expr *ExprBuilder::negation(P::NegationContext *c) {
  if (c->comparison())
    return comparison(c->comparison());
  auto *node = make<UnaryExpr>(c);
  node->op = UnaryOp::Not;
  node->opRange = source.range(c->start);
  node->operand = negation(c->negation());
  return node;
}

Expr *ExprBuilder::comparison(P::ComparisonContext *c) {
  auto operands = c->sum();
  if (operands.size() > 2) {
    auto *second = static_cast<antlr4::tree::TerminalNode *>(c->children[3]);
    diags.error(source.range(second->getSymbol()), "comparisons do not chain")
        .note("write `a < b and b < c`, or brackets around one of them");
  }
  return leftChain(c, operands, [&](auto *operand) { return sum(operand); });
}

Expr *ExprBuilder::sum(P::SumContext *c) {
  return leftChain(c, c->product(), [&](auto *operand) { return product(operand); });
}

Expr *ExprBuilder::product(P::ProductContext *c) {
  return leftChain(c, c->unary(), [&](auto *operand) { return unary(operand); });
}

Expr *ExprBuilder::unary(P::UnaryContext *c) {
  if (c->power())
    return power(c->power());
  auto *node = make<UnaryExpr>(c);
  node->op = UnaryOp::Neg;
  node->opRange = source.range(c->start);
  node->operand = unary(c->unary());
  return node;
}

Expr *ExprBuilder::power(P::PowerContext *c) {
  Expr *base = postfix(c->postfix());
  return c->unary() ? binary(c->Caret()->getSymbol(), base, unary(c->unary())) : base;
}

Expr *ExprBuilder::postfix(P::PostfixContext *c) {
  Expr *value = primary(c->primary());
  for (P::SuffixContext *s : c->suffix())
    value = suffix(value, s);
  return value;
}

Expr *ExprBuilder::suffix(Expr *base, P::SuffixContext *c) {
  Range whole = join(base->range, range(c));
  if (auto *call = dynamic_cast<P::CallSuffixContext *>(c)) {
    auto *node = make<CallExpr>(whole);
    node->callee = base;
    node->parens = range(c);
    node->args = each(call->argument(), [&](P::ArgumentContext *arg) { return argument(arg); });
    return node;
  }
  if (auto *index = dynamic_cast<P::IndexSuffixContext *>(c)) {
    auto *node = make<IndexExpr>(whole);
    node->base = base;
    node->indices = items(index->item());
    return node;
  }
  if (auto *field = dynamic_cast<P::FieldSuffixContext *>(c)) {
    auto *node = make<FieldExpr>(whole);
    node->base = base;
    node->field = name(field->name());
    return node;
  }
  auto *node = make<TransposeExpr>(whole);
  node->operand = base;
  return node;
}

Argument ExprBuilder::argument(P::ArgumentContext *c) {
  Argument result;
  result.range = range(c);
  if (c->name())
    result.name = name(c->name());
  if (c->shape())
    result.shape = shape(c->shape());
  else
    result.value = build(c->expression());
  return result;
}

Expr *ExprBuilder::primary(P::PrimaryContext *c) {
  if (auto *n = dynamic_cast<P::NumberContext *>(c))
    return number(n->start, n->unit);
  if (dynamic_cast<P::PercentContext *>(c))
    return number(c->start, nullptr);
  if (dynamic_cast<P::StringContext *>(c))
    return string(c->start);
  if (auto *flag = dynamic_cast<P::BoolContext *>(c)) {
    auto *node = make<BoolExpr>(c);
    node->value = flag->value->getType() == P::True;
    return node;
  }
  if (auto *reference = dynamic_cast<P::NameRefContext *>(c)) {
    auto *node = make<NameExpr>(c);
    node->name = name(reference->name());
    return node;
  }
  if (dynamic_cast<P::EllipsisContext *>(c))
    return make<EllipsisExpr>(c);
  if (auto *list = dynamic_cast<P::ListContext *>(c)) {
    auto *node = make<ListExpr>(c);
    node->elements = items(list->item());
    return node;
  }
  if (auto *paren = dynamic_cast<P::ParenContext *>(c)) {
    Expr *inner = build(paren->expression());
    inner->range = range(c); // so that a caret covers the parentheses too
    return inner;
  }
  if (auto *value = dynamic_cast<P::ScanValueContext *>(c))
    return scan(value->scan());
  return block(static_cast<P::BlockValueContext *>(c)->block());
}

Expr *ExprBuilder::scan(P::ScanContext *c) {
  auto *node = make<ScanExpr>(c);
  node->sources = each(c->scanSource(), [&](P::ScanSourceContext *s) {
    return ScanSource{name(s->name()), build(s->expression())};
  });
  if (c->every)
    node->every = build(c->every);
  node->body = block(c->block());
  return node;
}

Expr *ExprBuilder::number(antlr4::Token *token, antlr4::Token *unit) {
  auto *node = make<NumberExpr>(unit ? source.range(token, unit) : source.range(token));
  llvm::StringRef text = source.text(token);
  node->spelling = text;
  node->isPercent = text.consume_back("%");
  node->isInteger = !node->isPercent && text.find_first_of(".eE") == llvm::StringRef::npos;
  if (unit)
    node->unit =
        unit->getType() == P::Epoch || unit->getType() == P::Epochs ? Unit::Epochs : Unit::Steps;

  std::string digits;
  llvm::copy_if(text, std::back_inserter(digits), [](char c) { return c != '_'; });
  const bool malformed = !readNumber(digits, node->value);
  bool nonzero = llvm::StringRef(digits)
                     .take_until([](char c) { return c == 'e' || c == 'E'; })
                     .find_first_of("123456789") != llvm::StringRef::npos;
  if (malformed || std::isinf(node->value) || (node->value == 0 && nonzero)) {
    const std::string shown =
        text.size() <= 40
            ? text.str()
            : (text.take_front(30) + "… of " + llvm::Twine(text.size()) + " characters").str();
    diags.error(source.range(token), "the number " + shown + " is out of range")
        .note("64-bit floats reach from "
              "about 5e-324 to 1.8e308");
    node->value = 1;
  }
  if (node->isPercent)
    node->value /= 100;
  return node;
}

Expr *ExprBuilder::string(antlr4::Token *token) {
  auto *node = make<StringExpr>(source.range(token));
  node->value = stringValue(token);
  return node;
}

Expr *ExprBuilder::item(P::ItemContext *c) {
  auto parts = c->expression();
  Expr *first = build(parts[0]);
  if (parts.size() == 1)
    return first;
  auto *node = make<RangeOfExpr>(c);
  node->first = first;
  node->last = build(parts[1]);
  return node;
}

llvm::ArrayRef<Expr *> ExprBuilder::items(const std::vector<P::ItemContext *> &contexts) {
  return each(contexts, [&](P::ItemContext *c) { return item(c); });
}
