// Checks a split entry: `split train = 70%, val = 15%, test = 15%, stratify = y, seed = 1`.
#include "compiler/sema/Analyzer.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void Analyzer::checkSplit(const SplitEntry &split, const Scope &scope, DataInfo &info) {
  static const StringRef keys[] = {"train", "val", "test", "folds", "stratify", "seed"};
  if (info.hasSplit) {
    diags.error(split.range, "a data set is split once");
    return;
  }
  info.hasSplit = true;
  std::map<StringRef, Range> seen;
  double sum = 0;
  bool known = true;
  for (const Argument &a : split.settings) {
    StringRef key = a.name.text;
    if (!llvm::is_contained(keys, key)) {
      auto e = diags.error(a.name ? a.name.range : a.range, "`split` has no setting " + quoted(key))
                   .suggest(key, keys);
      if (didYouMean(key, keys).empty())
        e.note("its settings are " + listed(keys));
      continue;
    }
    auto [it, fresh] = seen.try_emplace(key, a.range);
    if (!fresh) {
      diags.error(a.range, quoted(key) + " is given twice").note(it->second, "first given here");
      continue;
    }
    if (!a.value)
      continue;
    if (key == "stratify") {
      auto *name = dyn_cast<NameExpr>(a.value);
      if (!name)
        diags.error(a.value->range,
                    "`stratify` names a field, whose classes every split gets in the same shares");
      else if (findField(name->name, info))
        info.stratify = info.fieldIndex(name->name.text);
      continue;
    }
    checkExpr(a.value, scope);
    if (key == "seed") {
      info.splitSeed = a.value;
    } else if (key == "folds") {
      info.folds = a.value;
      info.hasVal = true;
      auto n = constantValue(a.value);
      if (n && (*n < 2 || *n != int64_t(*n)))
        diags.error(a.value->range, "`folds` is a whole number of at least 2");
    } else {
      (key == "train" ? info.trainPart : key == "val" ? info.valPart : info.testPart) = a.value;
      info.hasVal |= key == "val";
      info.hasTest |= key == "test";
      checkFraction(a.value, sum, known);
    }
  }
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

/// Adds a part to `sum`, or clears `known` if the part depends on an option.
void Analyzer::checkFraction(const Expr *part, double &sum, bool &known) {
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
