// Checks a split entry: `split train = 70%, val = 15%, test = 15%, stratify = y, seed = 1`.
#include "compiler/sema/data/Split.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/data/Fields.h"

#include "llvm/ADT/STLExtras.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

/// The names of the settings, in the order of SplitChecker::Setting.
static const StringRef settings[] = {"train", "val", "test", "folds", "stratify", "seed"};

void SplitChecker::check(const SplitEntry &split, const Scope &scope) {
  if (info.hasSplit) {
    diags.error(split.range, "a data set is split once");
    return;
  }
  info.hasSplit = true;
  info.inOrder = split.inOrder.isValid();
  std::map<StringRef, Range> seen;
  for (const Argument &a : split.settings) {
    StringRef key = a.name.text;
    const StringRef *known = llvm::find(settings, key);
    if (known == std::end(settings)) {
      auto e = diags.error(a.name ? a.name.range : a.range, "`split` has no setting " + quoted(key))
                   .suggest(key, settings);
      if (didYouMean(key, settings).empty())
        e.note("its settings are " + listed(settings));
      continue;
    }
    if (once(seen, key, a.range) && a.value)
      checkSetting(Setting(known - settings), a.value, scope);
  }
  checkTogether(split);
}

void SplitChecker::checkSetting(Setting setting, const Expr *value, const Scope &scope) {
  if (setting == Setting::Stratify) {
    auto *name = dyn_cast<NameExpr>(value);
    if (!name)
      diags.error(value->range,
                  "`stratify` names a field, whose classes every split gets in the same shares");
    else if (const FieldInfo *field = FieldChecker(shared).find(name->name, info))
      info.stratify = int(field - info.fields.data());
    return;
  }
  checkExpr(value, scope);
  switch (setting) {
  case Setting::Seed:
    info.splitSeed = value;
    return;
  case Setting::Folds: {
    info.folds = value;
    info.hasVal = true;
    auto n = constantValue(value);
    if (n && (*n < 2 || *n != int64_t(*n)))
      diags.error(value->range, "`folds` is a whole number of at least 2");
    return;
  }
  case Setting::Train:
    info.trainPart = value;
    return checkFraction(value);
  case Setting::Val:
    info.valPart = value;
    info.hasVal = true;
    return checkFraction(value);
  case Setting::Test:
    info.testPart = value;
    info.hasTest = true;
    return checkFraction(value);
  case Setting::Stratify:
    return;
  }
}

/// Rows that follow one another are not dealt at random.
void SplitChecker::checkOrder(const SplitEntry &split) {
  if (info.series.isValid() && !info.inOrder) {
    diags
        .error(split.range, "the rows of a series are split in order: dealt at random, what is "
                            "tested lies between rows that were learned from")
        .note(info.series, "they are a series here; `split …, in order` takes the first for "
                           "training and the last for the test");
    return;
  }
  if (!info.inOrder)
    return;
  if (info.folds)
    diags.error(info.folds->range,
                "`folds` deals rows at random, and `in order` does not: a fold "
                "would be judged by rows that come before those it learned from");
  for (const Argument &a : split.settings)
    if (a.name.text == "stratify" || a.name.text == "seed")
      diags.error(a.range, "`" + a.name.text +
                               "` says how rows are dealt at random, and `in order` deals none");
}

/// Checks the settings against each other.
void SplitChecker::checkTogether(const SplitEntry &split) {
  checkOrder(split);
  if (info.folds && info.trainPart)
    diags
        .error(info.trainPart->range,
               "`train` and `folds` exclude each other: all folds but one are the training split")
        .note(info.folds->range, "the folds are given here");
  if (info.folds && info.valPart)
    diags
        .error(info.valPart->range,
               "`val` and `folds` exclude each other: each fold is the validation split in turn")
        .note(info.folds->range, "the folds are given here");
  if (info.testPart && info.hasTestSource)
    diags.error(info.testPart->range, "the test split has a source of its own")
        .note(info.test.call ? info.test.call->range : info.decl->name.range,
              "`test` is given here");
  else if (known && sum > 1 + 1e-9)
    diags.error(split.range, "the splits add up to " + llvm::Twine(int(sum * 100 + 0.5)) +
                                 " %, more than all rows");
}

/// Adds a part to `sum`. Clears `known` if the part is wrong or depends on an option.
void SplitChecker::checkFraction(const Expr *part) {
  auto v = constantValue(part);
  if (!v) {
    known = false;
    return;
  }
  sum += *v;
  if (*v >= 0 && *v <= 1)
    return;
  diags.error(part->range, "a split is a share of all rows, between 0 % and 100 %");
  known = false;
}

} // namespace nnc::sema
