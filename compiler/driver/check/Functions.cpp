// Stated derivatives: grad() of a call uses what the program states; the call's values say what is right.
#include "compiler/driver/check/Caller.h"
#include "compiler/driver/check/Checks.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace nnc;
using namespace nnc::check;

/// Around 0 and on both sides of it, at no round number, where functions like to have their corners.
static std::vector<double> points() {
  std::vector<double> x;
  for (int i = 0; i < 24; ++i)
    x.push_back(std::round((-3.9137 + 7.81 * i / 23.0 + 0.013 * (i % 3)) * 1e6) / 1e6);
  return x;
}

double check::relativeError(double a, double b, double scale) {
  return std::fabs(a - b) / std::max({std::fabs(a), std::fabs(b), scale});
}

static std::string listOf(llvm::ArrayRef<double> values) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (size_t i = 0; i < values.size(); ++i)
    os << (i ? ", " : "[") << llvm::format("%.17g", values[i]);
  os << "]";
  return text;
}

/// Declarations of the program, without what runs.
static std::string declarationsOf(Session &session) {
  std::string text;
  for (const ast::Stmt *s : session.program().statements)
    if (llvm::isa<ast::Decl>(s) && !llvm::isa<ast::DataDecl>(s) && !llvm::isa<ast::ModelDecl>(s))
      text += std::string(s->range.begin.getPointer(), s->range.end.getPointer()) + "\n";
  return text;
}

/// The values of `expressions`, each of which has as many elements as there are points. Nothing after an error.
static std::vector<std::vector<double>> valuesOf(Session &session, llvm::StringRef declarations,
                                                 llvm::ArrayRef<std::string> expressions, std::string &why) {
  std::string text = declarations.str();
  for (const std::string &e : expressions)
    text += "print " + e + "\n";
  SessionOptions options = session.settings();
  options.doublePrecision = true;
  Session probe(options);
  const nn_program *program = probe.loadText(text, session.settings().path) ? probe.compileInMemory() : nullptr;
  std::vector<std::vector<double>> values;
  if (!program) {
    if (!probe.diagnostics().all().empty())
      why = probe.diagnostics().all().front().message;
    return values;
  }
  Caller caller(*program);
  for (int32_t i = 0; i < program->n_statements; ++i) {
    auto &row = *static_cast<const nn_print *>(program->statements[i].body);
    size_t elements = 1;
    for (int32_t d = 0; d < row.rank; ++d)
      elements *= size_t(row.shape[d]);
    std::vector<double> result[1] = {std::vector<double>(elements)};
    caller.call(row.fn, {}, result, 1);
    values.push_back(result[0]);
  }
  return values;
}

static Verdict checkFunction(Session &session, const ast::FnDecl &fn, llvm::StringRef declarations) {
  Verdict verdict;
  verdict.what = fn.name.text.str();
  std::string more;
  double next = 0.6;
  for (const ast::Parameter &p : fn.params.drop_front())
    if (!p.defaultValue) {
      more += ", " + std::to_string(next);
      next += 0.3;
    }
  const std::vector<double> x = points();
  // Two steps: at a corner of the function they disagree with one another.
  const double steps[] = {1e-5, 1e-6};
  auto at = [&](double shift) {
    std::vector<double> moved = x;
    for (double &v : moved)
      v += shift;
    return fn.name.text.str() + "(" + listOf(moved) + " * 1" + more + ")";
  };
  std::vector<std::string> expressions{"gradient_of_" + verdict.what + "(" + listOf(x) + ")", at(0)};
  for (double h : steps) {
    expressions.push_back(at(h));
    expressions.push_back(at(-h));
  }
  const std::string helper =
      "fn gradient_of_" + verdict.what + "(at: [" + std::to_string(x.size()) + "]) = grad(sum(" + fn.name.text.str() + "(at" +
      more + ")), at)\n";
  auto values = valuesOf(session, declarations.str() + helper, expressions, verdict.remark);
  verdict.extent = std::to_string(x.size()) + " points";
  if (values.size() != expressions.size() || values[0].size() != x.size() || values[1].size() != x.size()) {
    verdict.worst = -1;
    if (verdict.remark.empty())
      verdict.remark = "not a function of one element";
    return verdict;
  }
  unsigned corners = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double stated = values[0][i];
    double error = 1e300, difference = 0;
    for (size_t s = 0; s < 2; ++s) {
      const double d = (values[2 + 2 * s][i] - values[3 + 2 * s][i]) / (2 * steps[s]);
      const double e = relativeError(stated, d, 1e-3);
      if (e < error) {
        error = e;
        difference = d;
      }
    }
    const double right = (values[2][i] - values[1][i]) / steps[0], left = (values[1][i] - values[3][i]) / steps[0];
    if (error > tolerance && relativeError(left, right, 1e-3) > 1e-2) {
      ++corners;
      continue;
    }
    verdict.worst = std::max(verdict.worst, error);
    if (error > tolerance && !verdict.isWrong) {
      verdict.isWrong = true;
      std::string message;
      llvm::raw_string_ostream(message)
          << "the derivative that `" << verdict.what << "` states is wrong: at " << fn.params[0].name.text << " = " << llvm::format("%g", x[i])
          << " it gives " << llvm::format("%.8g", stated) << ", and finite differences give "
          << llvm::format("%.8g", difference);
      session.diagnostics().error(fn.derivative->range, message);
    }
  }
  if (corners)
    verdict.remark = std::to_string(corners) + (corners == 1 ? " corner left out" : " corners left out");
  return verdict;
}

std::vector<Verdict> check::checkFunctions(Session &session) {
  std::vector<Verdict> verdicts;
  const std::string declarations = declarationsOf(session);
  auto checkAll = [&](const ast::Program &program, bool isPrelude) {
    for (const ast::Stmt *s : program.statements)
      if (auto *fn = llvm::dyn_cast<ast::FnDecl>(s); fn && fn->derivative && !fn->params.empty())
        // What hides a prelude function must not be tried in its place.
        verdicts.push_back(checkFunction(session, *fn, isPrelude ? "" : declarations));
  };
  checkAll(session.program(), false);
  for (auto &program : session.prelude())
    checkAll(*program, true);
  return verdicts;
}
