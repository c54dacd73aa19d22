// Checks derivatives of functions. Compares grad() of a call, whether its derivative is stated or
// found by the compiler, with finite differences of the call's values.
#include "compiler/driver/check/Checks.h"
#include "compiler/driver/check/Probe.h"
#include "compiler/driver/check/Slopes.h"

#include "compiler/ast/Facts.h"
#include "compiler/support/Numbers.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace nnc;
using namespace nnc::check;

/// Points on both sides of 0, none of them a round number.
static std::vector<double> ordinaryPoints() {
  std::vector<double> x;
  for (int i = 0; i < 24; ++i)
    x.push_back(std::round((-3.9137 + 7.81 * i / 23.0 + 0.013 * (i % 3)) * 1e6) / 1e6);
  return x;
}

double check::relativeError(double a, double b, double scale) {
  return std::fabs(a - b) / std::max({std::fabs(a), std::fabs(b), scale});
}

/// The numbers in the function's text and their opposites. The function may have corners there, or
/// its domain may end there.
static std::vector<double> numbersOf(const ast::FnDecl &fn) {
  std::vector<double> numbers;
  llvm::StringRef text(fn.range.begin.getPointer(),
                       size_t(fn.range.end.getPointer() - fn.range.begin.getPointer()));
  auto isPart = [](char c) { return llvm::isAlnum(c) || c == '.' || c == '_' || (c & 0x80); };
  while (!text.empty() && numbers.size() < 24) {
    const llvm::StringRef word = text.take_while(isPart);
    double value = 0;
    // In 1e-7 and 1e+7, the number continues after the sign.
    llvm::StringRef number = word;
    if (!word.empty() && llvm::isDigit(word[0]) && word.ends_with("e") &&
        word.size() + 1 < text.size())
      number = text.take_front(word.size() + 1 +
                               text.drop_front(word.size() + 1).take_while(llvm::isDigit).size());
    if (!word.empty() && llvm::isDigit(word[0]) && readNumber(number, value))
      for (double v : {value, -value})
        if (!llvm::is_contained(numbers, v))
          numbers.push_back(v);
    text = text.drop_front(std::max<size_t>(1, std::max(word.size(), number.size())));
  }
  return numbers;
}

/// The source text of the program's declarations, without data, models and statements that run.
static std::string declarationsOf(Session &session) {
  std::string text;
  for (const ast::Stmt *s : session.program().statements)
    if (llvm::isa<ast::Decl>(s) && !llvm::isa<ast::DataDecl>(s) && !llvm::isa<ast::ModelDecl>(s))
      text += std::string(s->range.begin.getPointer(), s->range.end.getPointer()) + "\n";
  return text;
}

namespace {

class FunctionChecker {
public:
  FunctionChecker(Session &session, const ast::FnDecl &fn, Probe &probe)
      : session(session), fn(fn), probe(probe), x(probe.size()) {
    verdict.what = fn.name.text.str();
  }

  Verdict run() {
    const std::vector<double> ordinary = ordinaryPoints(), own = numbersOf(fn);
    std::vector<double> special(std::begin(specialPoints), std::end(specialPoints));
    for (double v : own)
      if (!llvm::is_contained(special, v))
        special.push_back(v);
    // If the second argument is an index, its value is the same for all numbers near 0. For one
    // element, 0 is the only valid index.
    const bool isIndex = probe.hasOther() && looksUp();
    for (double v : ordinary)
      checkOrdinary(v, isIndex ? 0 : 0.6);
    unsigned points = ordinary.size();
    // The second argument takes the targets 0 and 1, one in between, and the first argument itself,
    // where the two tie.
    for (double v : special) {
      std::vector<double> others{0.6};
      if (isIndex)
        others = {0};
      else if (probe.hasOther())
        others = {0, 1, 0.6, v};
      for (double other : others)
        checkSpecial(v, other);
      ++points;
    }
    verdict.extent = std::to_string(points) + " points";
    if (corners)
      verdict.remark =
          std::to_string(corners) + (corners == 1 ? " corner left out" : " corners left out");
    return verdict;
  }

private:
  bool looksUp() {
    auto value = [&](double other) {
      for (size_t i = 0; i < x.size(); ++i)
        x[i] = 0.31 + 0.37 * double(i);
      return probe.at(x, other).value;
    };
    const double first = value(0);
    return value(0.17) == first && value(0.34) == first && value(-0.23) == first;
  }

  /// Sets all elements to different values near v, so that no two are equal.
  double gradientAt(double v, double other, size_t element) {
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = v + 0.37 * double(i);
    return probe.at(x, other).gradient[element];
  }
  double valueWith(size_t element, double shift, double other) {
    const double kept = x[element];
    x[element] += shift;
    const double value = probe.at(x, other).value;
    x[element] = kept;
    return value;
  }

  void checkOrdinary(double v, double other) {
    const double gradient = gradientAt(v, other, 0);
    double error = 1e300, difference = 0;
    bool corner = false, found = false;
    // Two distances: at a corner of the function their results differ.
    for (double h : {1e-5, 1e-6}) {
      const double above = valueWith(0, h, other), below = valueWith(0, -h, other),
                   here = valueWith(0, 0, other);
      if (!std::isfinite(above) || !std::isfinite(below) || !std::isfinite(here))
        continue;
      const double d = (above - below) / (2 * h), e = relativeError(gradient, d, 1e-3);
      found = true;
      corner |= relativeError((above - here) / h, (here - below) / h, 1e-3) > 1e-2;
      if (!(e >= error)) {
        error = std::isnan(e) ? 1e300 : e;
        difference = d;
      }
    }
    if (!found)
      return;
    // Far from 1 these differences are too coarse. One-sided ones also estimate their own error.
    double better;
    if (error > tolerance &&
        judge(
            gradient, v, [&](double shift) { return valueWith(0, shift, other); }, better) ==
            Judgement::Right) {
      corners += corner;
      return;
    }
    if (error > tolerance && corner && std::isfinite(gradient)) {
      ++corners;
      return;
    }
    verdict.worst = std::max(verdict.worst, std::min(error, 1.0));
    if (error > tolerance)
      report(v, gradient, difference);
  }

  void checkSpecial(double v, double other) {
    for (size_t element = 0; element < std::min<size_t>(x.size(), 2); ++element) {
      const double gradient = gradientAt(v, other, element);
      double difference = 0;
      auto f = [&](double shift) { return valueWith(element, shift, other); };
      if (judge(gradient, x[element], f, difference) != Judgement::Wrong)
        continue;
      verdict.worst =
          std::max(verdict.worst, std::min(relativeError(gradient, difference, 1e-3), 1.0));
      report(x[element], gradient, difference);
    }
  }

  void report(double at, double gradient, double difference) {
    if (verdict.isWrong)
      return;
    verdict.isWrong = true;
    std::string message;
    llvm::raw_string_ostream os(message);
    if (fn.derivative)
      os << "the derivative that `" << verdict.what << "` states is wrong: at ";
    else
      os << "the derivative of `" << verdict.what << "` is wrong: at ";
    os << fn.params[0].name.text << " = " << llvm::format("%g", at) << " it gives "
       << llvm::format("%.8g", gradient) << ", and finite differences give "
       << llvm::format("%.8g", difference);
    auto e =
        session.diagnostics().error(fn.derivative ? fn.derivative->range : fn.name.range, message);
    if (!fn.derivative)
      e.note("each operation of it is derived by itself, and at that point this fails; another "
             "formula, or a stated `derivative`, mends it");
  }

  Session &session;
  const ast::FnDecl &fn;
  Probe &probe;
  std::vector<double> x;
  Verdict verdict;
  unsigned corners = 0;
};

/// Whether a function of the prelude is an activation or a loss, as its tags or its stated
/// derivative show.
bool isActivationOrLoss(const ast::FnDecl &fn) {
  return fn.derivative || !ast::factsOf(&fn, "like").empty() || !ast::factsOf(&fn, "takes").empty();
}

} // namespace

std::vector<Verdict> check::checkFunctions(Session &session) {
  std::vector<Verdict> verdicts;
  const std::string declarations = declarationsOf(session);
  auto checkAll = [&](const ast::Program &program, bool isPrelude) {
    for (const ast::Stmt *s : program.statements) {
      auto *fn = llvm::dyn_cast<ast::FnDecl>(s);
      if (!fn || fn->params.empty() || (isPrelude && !isActivationOrLoss(*fn)))
        continue;
      std::string why;
      // A declaration of the program with the same name must not be tried instead of the prelude's
      // function.
      std::unique_ptr<Probe> probe = Probe::make(session, *fn, isPrelude ? "" : declarations, why);
      if (probe)
        verdicts.push_back(FunctionChecker(session, *fn, *probe).run());
      else if (fn->derivative)
        verdicts.push_back(
            {fn->name.text.str(), "", -1, false, why.empty() ? "not a function of numbers" : why});
    }
  };
  checkAll(session.program(), false);
  for (auto &program : session.prelude())
    checkAll(*program, true);
  return verdicts;
}
