// Checks the arguments of a call against the parameters of what is called: by position, by name,
// and through a pipe.
#include "compiler/sema/expressions/Arguments.h"

#include "compiler/sema/Text.h"

#include "llvm/ADT/STLExtras.h"

using llvm::ArrayRef;
using llvm::StringRef;
using llvm::Twine;

namespace nnc::sema {
using namespace ast;

void ArgumentChecker::check(ArrayRef<Argument> args, Range where, StringRef callee, Range declared,
                            ArrayRef<Formal> formals, unsigned piped) {
  std::vector<Range> given(formals.size()); // where the argument of each formal is
  std::vector<bool> has(formals.size(), false);
  const std::vector<StringRef> names = namesOf(formals);
  for (unsigned i = 0; i < piped && i < formals.size(); ++i)
    has[i] = true;

  size_t position = piped;
  const Argument *surplus = nullptr;
  bool wrong = false;
  for (const Argument &a : args) {
    if (shared.enough())
      return;
    size_t at = position;
    if (a.name) {
      at = llvm::find(names, a.name.text) - names.begin();
      if (at == names.size()) {
        wrong = true;
        auto e =
            diags.error(a.name.range, quoted(callee) + " has no parameter " + quoted(a.name.text))
                .suggest(a.name.text, names);
        if (didYouMean(a.name.text, names).empty())
          e.note(declared,
                 names.empty() ? "it has no parameters" : "its parameters are " + listed(names));
        continue;
      }
    } else if (position++ >= formals.size()) {
      surplus = surplus ? surplus : &a;
      continue;
    }
    if (has[at]) {
      wrong = true;
      auto e = diags.error(a.range, quoted(names[at]) + " is given twice");
      if (at < piped)
        e.note("the pipe gives it too: `x |> f(a)` is `f(x, a)`");
      else
        e.note(given[at], "first given here");
    }
    has[at] = true;
    given[at] = a.range;
  }

  if (surplus || piped > formals.size()) {
    auto e = diags.error(
        surplus ? surplus->range : where,
        quoted(callee) + " takes " +
            (formals.empty() ? "no arguments" : "at most " + counted(formals.size(), "argument")) +
            ", but " + Twine(position) + (position == 1 ? " is given" : " are given"));
    e.note(declared, "declared here");
    if (piped)
      e.note("what is piped into a function is its first argument: `x |> f(a)` is `f(x, a)`");
    return;
  }
  if (wrong)
    return;
  std::vector<std::string> missing;
  for (size_t i = 0; i < formals.size(); ++i)
    if (formals[i].required && !has[i])
      missing.push_back(quoted(formals[i].name));
  if (!missing.empty()) {
    std::vector<StringRef> list(missing.begin(), missing.end());
    diags.error(where, quoted(callee) + " needs " + listed(list)).note(declared, "declared here");
  }
}

void ArgumentChecker::checkBuiltin(ArrayRef<Argument> args, Range where, const Builtin &builtin,
                                   unsigned piped) {
  unsigned given = piped;
  llvm::SmallVector<const Argument *, 4> named;
  for (const Argument &a : args) {
    if (shared.enough())
      return;
    if (!a.name) {
      ++given;
      continue;
    }
    if (!llvm::is_contained(builtin.named, a.name.text)) {
      auto e = diags
                   .error(a.name.range,
                          quoted(builtin.name) + " has no parameter " + quoted(a.name.text))
                   .suggest(a.name.text, builtin.named);
      if (didYouMean(a.name.text, builtin.named).empty() && !builtin.named.empty())
        e.note("it may be given " + listed(builtin.named, "or") + " by name");
    }
    auto first =
        llvm::find_if(named, [&](const Argument *b) { return b->name.text == a.name.text; });
    if (first == named.end())
      named.push_back(&a);
    else
      diags.error(a.range, quoted(a.name.text) + " is given twice")
          .note((*first)->range, "first given here");
  }
  if (given >= builtin.min && given <= builtin.max)
    return;
  std::string wanted =
      builtin.max == Builtin::any ? "at least " + counted(builtin.min, "argument")
      : builtin.min == builtin.max
          ? counted(builtin.min, "argument")
          : std::to_string(builtin.min) + " to " + std::to_string(builtin.max) + " arguments";
  diags.error(where, quoted(builtin.name) + " takes " + wanted + ", not " + Twine(given));
}

} // namespace nnc::sema
