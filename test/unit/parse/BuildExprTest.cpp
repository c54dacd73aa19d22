// Tests of parsing expressions: precedence, associativity, postfix forms, literals (LANGUAGE.md 4).
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::test;

TEST(BuildExpr, BindsFromLoosestToTightest) {
  EXPECT_EQ(treeOf("a + b * c"), "(+ a (* b c))");
  EXPECT_EQ(treeOf("a * b + c"), "(+ (* a b) c)");
  EXPECT_EQ(treeOf("-a ^ b"), "(- (^ a b))");
  EXPECT_EQ(treeOf("-a * b"), "(* (- a) b)");
  EXPECT_EQ(treeOf("a ^ -b"), "(^ a (- b))");
  EXPECT_EQ(treeOf("a < b + c"), "(< a (+ b c))");
  EXPECT_EQ(treeOf("not a == b and c or d"), "(or (and (not (== a b)) c) d)");
  EXPECT_EQ(treeOf("if a or b then c + 1 else d |> f"), "(if (or a b) (+ c 1) (|> d f))");
  EXPECT_EQ(treeOf("x @ w + b |> relu"), "(|> (+ (@ x w) b) relu)");
}

TEST(BuildExpr, AssociatesToTheLeftButPowersToTheRight) {
  EXPECT_EQ(treeOf("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(treeOf("a / b * c % d @ e"), "(@ (% (* (/ a b) c) d) e)");
  EXPECT_EQ(treeOf("a ^ b ^ c"), "(^ a (^ b c))");
  EXPECT_EQ(treeOf("x |> f |> g"), "(|> (|> x f) g)");
  EXPECT_EQ(treeOf("a - (b - c)"), "(- a (- b c))");
}

TEST(BuildExpr, ReadsPostfixForms) {
  EXPECT_EQ(treeOf("f(a, k = b)"), "(call f a k=b)");
  EXPECT_EQ(treeOf("f()(x)"), "(call (call f) x)");
  EXPECT_EQ(treeOf("z[i, 0][j]"), "(index (index z i 0) j)");
  EXPECT_EQ(treeOf("run.val.loss"), "(. (. run val) loss)");
  EXPECT_EQ(treeOf("a' @ a"), "(@ (' a) a)");
  EXPECT_EQ(treeOf("softmax(z)[label]'"), "(' (index (call softmax z) label))");
  EXPECT_EQ(treeOf("z[..., 0 .. 3]"), "(index z ... (.. 0 3))");
}

TEST(BuildExpr, ReadsPipesWithPlaces) {
  EXPECT_EQ(treeOf("x |> dense(4) as first |> relu"), "(|> (|> x (call dense 4) as first) relu)");
}

TEST(BuildExpr, ReadsListsAndRanges) {
  EXPECT_EQ(treeOf("[[1], [1]]"), "(list (list 1) (list 1))");
  EXPECT_EQ(treeOf("[c1 .. c13, d]"), "(list (.. c1 c13) d)");
  EXPECT_EQ(treeOf("[batch, ...]"), "(list batch ...)");
  EXPECT_EQ(treeOf("[]"), "(list)");
}

TEST(BuildExpr, ReadsBothFormsOfIf) {
  EXPECT_EQ(treeOf("if a then b else if c then d else e"), "(if a b (if c d e))");
  EXPECT_EQ(treeOf("if a { b } else { c }"), "(if a (block 0 b) (block 0 c))");
  EXPECT_EQ(treeOf("if a { b } else if c { d }"), "(if a (block 0 b) (if c (block 0 d) null))");
  EXPECT_EQ(treeOf("if a then if b then c else d else e"), "(if a (if b c d) e)");
}

TEST(BuildExpr, LetsElseReachOverPipes) {
  EXPECT_EQ(treeOf("if a then b else c |> f |> g as p"), "(if a b (|> (|> c f) g as p))");
  EXPECT_EQ(treeOf("(if a then b else c) |> f"), "(|> (if a b c) f)");
  EXPECT_EQ(treeOf("if a then b |> f else c"), "(if a (|> b f) c)");
  EXPECT_EQ(treeOf("if a then b else if c then d else e |> f"), "(if a b (if c d (|> e f)))");
  EXPECT_EQ(treeOf("if a { b } else { c } |> f"), "(if a (block 0 b) (|> (block 0 c) f))");
  EXPECT_EQ(treeOf("if a { b } |> f"), "(|> (if a (block 0 b) null) f)");
  EXPECT_EQ(treeOf("if a { b } else if c { d } |> f"),
            "(if a (block 0 b) (|> (if c (block 0 d) null) f))");
  EXPECT_EQ(treeOf("x |> if a then f else g |> h"), "(|> x (if a f (|> g h)))");
  EXPECT_EQ(treeOf("x |> if a then f else g |> if b then h else i |> j"),
            "(|> x (if a f (|> g (if b h (|> i j)))))");
  EXPECT_EQ(treeOf("x |> (if a then f else g) |> h"), "(|> (|> x (if a f g)) h)");
  EXPECT_EQ(treeOf("x |> if a then f else g as p"), "(|> x (if a f g) as p)");
  EXPECT_EQ(treeOf("[if a then b else c |> f, d]"), "(list (if a b (|> c f)) d)");
  EXPECT_EQ(treeOf("if a then b else c\n|> f"), "(if a b (|> c f))");
}

TEST(BuildExpr, ReadsShapesInCalls) {
  EXPECT_EQ(treeOf("rows(x: [2, n], y: [])"), "(call rows x:[ 2 n ] y:[ ])");
}

TEST(BuildExpr, TakesSoftKeywordsAsNames) {
  EXPECT_EQ(treeOf("step / steps_per_epoch + norm(value, over = batch)"),
            "(+ (/ step steps_per_epoch) (call norm value over=batch))");
  EXPECT_EQ(treeOf("warmup(200 steps, then = to)"), "(call warmup 200 steps then=to)");
  EXPECT_EQ(treeOf("metric.model.data"), "(. (. metric model) data)");
}

static const ast::NumberExpr &number(Parsed &parsed) {
  return *llvm::cast<ast::NumberExpr>(parsed.only<ast::ExprStmt>().expr);
}

TEST(BuildExpr, ReadsNumbers) {
  struct Case {
    const char *text;
    double value;
    ast::Unit unit;
    bool percent, integer;
  } cases[] = {
      {"3", 3, ast::Unit::None, false, true},
      {"10_000", 10000, ast::Unit::None, false, true},
      {"1e-3", 1e-3, ast::Unit::None, false, false},
      {"0.5", 0.5, ast::Unit::None, false, false},
      {"2E+3", 2000, ast::Unit::None, false, false},
      {"80%", 0.8, ast::Unit::None, true, false},
      {"12.5%", 0.125, ast::Unit::None, true, false},
      {"10 epochs", 10, ast::Unit::Epochs, false, true},
      {"1 epoch", 1, ast::Unit::Epochs, false, true},
      {"200 steps", 200, ast::Unit::Steps, false, true},
      {"0", 0, ast::Unit::None, false, true},
      {"0.0e5", 0, ast::Unit::None, false, false},
  };
  for (const Case &c : cases) {
    Parsed parsed(c.text);
    const ast::NumberExpr &n = number(parsed);
    EXPECT_EQ(n.value, c.value) << c.text;
    EXPECT_EQ(n.unit, c.unit) << c.text;
    EXPECT_EQ(n.isPercent, c.percent) << c.text;
    EXPECT_EQ(n.isInteger, c.integer) << c.text;
  }
}

TEST(BuildExpr, TellsPercentFromModulo) {
  EXPECT_EQ(treeOf("10 % 3"), "(% 10 3)");
  EXPECT_EQ(treeOf("10%3"), "(% 10 3)");
  EXPECT_EQ(treeOf("10%(a)"), "(% 10 a)");
  EXPECT_EQ(treeOf("80% - 10%"), "(- 80% 10%)");
  EXPECT_EQ(treeOf("[80%, 20%]"), "(list 80% 20%)");
  EXPECT_EQ(treeOf("a % b"), "(% a b)");
}

TEST(BuildExpr, RejectsNumbersOutOfRange) {
  EXPECT_EQ(treeOf("1e999"), "1:1: the number 1e999 is out of range\n");
  EXPECT_EQ(treeOf("1 + 1e-999"), "1:5: the number 1e-999 is out of range\n");
}

TEST(BuildExpr, ReplacesEscapesInStrings) {
  Parsed parsed(R"("a\"b\\c\n\t")");
  EXPECT_EQ(llvm::cast<ast::StringExpr>(parsed.only<ast::ExprStmt>().expr)->value, "a\"b\\c\n\t");
  EXPECT_EQ(treeOf(R"("a\qb")"), "1:3: unknown escape in a string\n");
}

TEST(BuildExpr, RejectsChainedComparisons) {
  EXPECT_EQ(treeOf("a < b < c"), "1:7: comparisons do not chain\n");
  EXPECT_EQ(treeOf("(a < b) == c"), "(== (< a b) c)");
}

TEST(BuildExpr, GivesEachNodeItsRange) {
  llvm::StringRef text = "let a = f(x)[1] + (b)'";
  Parsed parsed(text);
  auto *sum = llvm::cast<ast::BinaryExpr>(parsed.only<ast::LetDecl>().value);
  auto textOf = [](Range range) {
    return llvm::StringRef(range.begin.getPointer(),
                           range.end.getPointer() - range.begin.getPointer());
  };
  EXPECT_EQ(textOf(sum->range), "f(x)[1] + (b)'");
  EXPECT_EQ(textOf(sum->opRange), "+");
  EXPECT_EQ(textOf(sum->lhs->range), "f(x)[1]");
  auto *index = llvm::cast<ast::IndexExpr>(sum->lhs);
  EXPECT_EQ(textOf(llvm::cast<ast::CallExpr>(index->base)->parens), "(x)");
  EXPECT_EQ(textOf(llvm::cast<ast::CallExpr>(index->base)->args[0].range), "x");
  EXPECT_EQ(textOf(llvm::cast<ast::TransposeExpr>(sum->rhs)->operand->range), "(b)");
}

TEST(BuildExpr, ReadsScans) {
  EXPECT_EQ(treeOf("scan z in x { z }"), "(scan z=x (block 0 z))");
  EXPECT_EQ(treeOf("scan z in x @ w + b, m in f(x, y) { state h = 0; h <- z * m; h }"),
            "(scan z=(+ (@ x w) b) m=(call f x y) (block 2 h))");
  EXPECT_EQ(treeOf("scan z in x, remember every 16 steps { z }"),
            "(scan z=x every 16 steps (block 0 z))");
  EXPECT_EQ(treeOf("scan z in x |> f { z }[-1] + 1"),
            "(+ (index (scan z=(|> x f) (block 0 z)) (- 1)) 1)");
  EXPECT_EQ(treeOf("x |> f(scan z in x { z }, y)"), "(|> x (call f (scan z=x (block 0 z)) y))");
  EXPECT_EQ(treeOf("scan a in x { scan b in a { b } }"),
            "(scan a=x (block 0 (scan b=a (block 0 b))))");
  EXPECT_EQ(treeOf("scan z in x,\n m in y\n{\n  z\n}"), "(scan z=x m=y (block 0 z))");
}

TEST(BuildExpr, ReadsTheWordsOfScansAsNames) {
  EXPECT_EQ(treeOf("scan + in * remember"), "(+ scan (* in remember))");
  EXPECT_EQ(treeOf("scan(x)[in]"), "(index (call scan x) in)");
  EXPECT_EQ(treeOf("scan scan in in, remember in scan { remember }"),
            "(scan scan=in remember=scan (block 0 remember))");
  EXPECT_EQ(treeOf("scan every in x { every }"), "(scan every=x (block 0 every))");
  EXPECT_EQ(treeOf("if scan then in else remember"), "(if scan in remember)");
}

TEST(BuildExpr, ReportsBrokenScans) {
  EXPECT_EQ(treeOf("scan z x { z }"), "1:8: expected `in`, found `x`\n");
  EXPECT_EQ(treeOf("scan z in x"), "1:12: expected `,` or `{`, found the end of the file\n");
}
