// Checks what `keep` and `stop` watch (`val.loss`, `train.accuracy`): the split, and a value of the
// train block.
#include "compiler/sema/Analyzer.h"

#include "llvm/ADT/STLExtras.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void Analyzer::checkQuantity(const Path &quantity, const DataInfo *data,
                             llvm::ArrayRef<MetricUse> metrics, StringRef forWhat,
                             const KeepEntry *keep) {
  if (quantity.empty())
    return;
  static const StringRef splits[] = {"train", "val"};
  const Ident &split = quantity.front();
  if (split.text == "test") {
    diags
        .error(quantity.range, "training never sees the test split, and " + quoted(forWhat) +
                                   " is a part of training")
        .note("what is chosen by the test split cannot be judged by it; watch `val." +
              (quantity.parts.size() > 1 ? quantity.parts[1].text : StringRef("loss")) +
              "` instead");
    return;
  }
  if (quantity.parts.size() != 2) {
    auto e = diags.error(quantity.range,
                         quoted(forWhat) + " watches a value of a split, such as `val.loss`");
    if (quantity.parts.size() == 1 && split.text != "val" && split.text != "train")
      e.note("write `val." + split.text + "`");
    return;
  }
  if (!llvm::is_contained(splits, split.text)) {
    auto e =
        diags.error(split.range, "unknown split " + quoted(split.text)).suggest(split.text, splits);
    e.note(quoted(forWhat) + " watches `val` or `train`");
    return;
  }
  if (split.text == "val" && data && data->sound && !data->hasVal)
    diags.error(split.range, quoted(data->decl->name.text) + " has no validation split to watch")
        .note(data->decl->name.range, "a `split` entry with `val = 10%` makes one");

  const Ident &name = quantity.parts[1];
  if (name.text == "loss")
    return;
  std::vector<StringRef> names = {"loss"};
  const MetricUse *metric = nullptr, *second = nullptr;
  for (const MetricUse &m : metrics) {
    names.push_back(m.name.text);
    if (m.name.text == name.text)
      (metric ? second : metric) = &m;
  }
  if (!metric) {
    auto e = diags.error(name.range, "this block has no metric " + quoted(name.text))
                 .suggest(name.text, names);
    if (didYouMean(name.text, names).empty())
      e.note(metrics.empty() ? "it has no metrics; `metric accuracy(net(x), y)` adds one"
                             : "it has " + listed(names));
    return;
  }
  if (second && !(metric->given && second->given)) // otherwise it has been reported
    diags.error(name.range, "two metrics of this block are called " + quoted(name.text))
        .note(metric->name.range, "the first")
        .note(second->name.range, "the second");
  else if (!keep || keep->which == KeepKind::Best)
    checkDirection(*metric, quantity);
}

/// Reports a metric if neither its entry nor its declaration says whether higher or lower is
/// better.
void Analyzer::checkDirection(const MetricUse &metric, const Path &quantity) {
  const Decl *decl = metric.target.kind == Target::Declaration ? metric.target.decl : nullptr;
  auto *declared = llvm::dyn_cast_or_null<MetricDecl>(decl);
  if ((metric.target.kind == Target::Unknown && !metric.given) ||
      metric.target.kind == Target::Local || metric.direction != Direction::None ||
      (declared && declared->direction != Direction::None))
    return;
  StringRef name = metric.name.text, watched = quantity.front().text;
  auto e = diags.error(quantity.range,
                       "whether more or less of " + quoted(name) + " is better is not known");
  if (metric.given)
    e.note(metric.name.range,
           "`metric " + name + " highest = …` or `metric " + name + " lowest = …` says it");
  else if (decl)
    e.note(decl->name.range,
           declared ? "this metric says neither `highest` nor `lowest`"
                    : "it is a function; a `metric` declaration says `highest` or `lowest`");
  e.note("`keep highest " + watched + "." + name + "` or `keep lowest " + watched + "." + name +
         "` says it");
}

} // namespace nnc::sema
