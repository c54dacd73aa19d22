// Tests of the printer: canonical source text of expressions, with brackets exactly where they are
// needed.
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::test;

/// `text`, parsed and printed.
static std::string canonical(llvm::StringRef text) {
  Parsed parsed(text);
  if (parsed.diags.hasErrors())
    return parsed.errors();
  return ast::toString(*parsed.only<ast::ExprStmt>().expr);
}

TEST(PrintExpr, LeavesCanonicalTextAlone) {
  for (const char *text : {"a + b * c",
                           "(a + b) * c",
                           "a - (b - c)",
                           "a - b - c",
                           "a / (b * c)",
                           "-a^2",
                           "(-a)^2",
                           "2^-x",
                           "(a^b)^c",
                           "a^b^c",
                           "--a",
                           "not (a or b) and c",
                           "(a < b) == c",
                           "if a then b else c",
                           "if a then b else if c then d else e",
                           "(if a then b else c) + 1",
                           "x |> f |> g(2) as place",
                           "f(x |> g, k = 3)",
                           "(x |> f) + 1",
                           "z[i, ..., 0 .. 3]",
                           "a' @ (b + c)'",
                           "run.val.loss",
                           "[c1 .. c13, [1, 2]]",
                           "rows(x: [2, n], y: [])",
                           "80%",
                           "10 epochs",
                           "200 steps",
                           "10_000",
                           "1e-3",
                           "\"a\\\"b\\\\c\\n\"",
                           "true",
                           "`petal width (cm)` / 2",
                           "(3).x",
                           "(3)'",
                           "f()(x)",
                           "a @ b % c",
                           "(if a then b else c)(x)",
                           "if (x |> f) then a else b",
                           "if a then (if b then c else d) else e",
                           "3^2",
                           "x |> (if a then f else g)",
                           "(not a) == b",
                           "if a then b else c |> f",
                           "(if a then b else c) |> f",
                           "x |> (if a then f else g) |> h",
                           "x |> (if a then f else g |> h)",
                           "if a then (b |> f) else c |> g as p"})
    EXPECT_EQ(canonical(text), text);
}

TEST(PrintExpr, DropsWhatIsNotNeeded) {
  EXPECT_EQ(canonical("((a)) + (b * c)"), "a + b * c");
  EXPECT_EQ(canonical("f( a ,k=3, )"), "f(a, k = 3)");
  EXPECT_EQ(canonical("x\n  |> f\n  |> g"), "x |> f |> g");
  EXPECT_EQ(canonical("1 epoch"), "1 epochs");
}

TEST(PrintExpr, IndentsBlocks) {
  EXPECT_EQ(canonical("if a { let b = 1; b } else { ; {} }"),
            "if a {\n  let b = 1\n  b\n} else {\n  ({})\n}");
}

TEST(PrintExpr, PrintsScans) {
  for (const char *text :
       {"scan z in x, m in f(y) {\n  state h: [n] = 0\n  h <- z * m\n  h\n}",
        "scan z in x, remember every 16 steps {\n  z\n}",
        "scan i in range(3) {\n  scan in in i {\n    in\n  }\n}[-1]", "scan(remember)[in]"})
    EXPECT_EQ(canonical(text), text);
}
