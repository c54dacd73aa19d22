// Generates compare and search statements. The block is generated once for each combination of the
// values on which the code depends. All other drawn values are scalars of the compiled functions,
// which the runtime sets before each trial.
#include "compiler/irgen/experiments/Experiments.h"

#include "compiler/irgen/train/Quantities.h"
#include "compiler/sema/runs/Experiments.h"
#include "runtime/abi.h"

#include "llvm/ADT/STLExtras.h"

using namespace nnc;

bool ExperimentGenerator::generateDrawn(llvm::ArrayRef<ast::Stmt *> body, llvm::StringRef prefix,
                                        ExperimentT &row, std::vector<Drawn> &drawn,
                                        size_t &combinations) {
  for (const ast::Stmt *inner : body) {
    auto *let = llvm::dyn_cast<ast::LetDecl>(inner);
    if (!let || !let->drawn)
      continue;
    drawn.emplace_back();
    Drawn &d = drawn.back();
    if (!readDrawn(ctx, builtIn, results.nodes, let, d))
      return false;
    if (row.method == NN_GRID && d.draw == NN_DRAW_NORMAL)
      ctx.diags
          .error(let->range, "a grid has no points on a normal distribution, which has no ends")
          .note("`uniform(low, high)` has");
    VariableT variable;
    variable.name = let->name.text.str();
    variable.draw = d.draw;
    variable.low = d.low;
    variable.high = d.high;
    variable.labels = d.labels;
    if (d.builtIn) {
      combinations *= d.labels.size();
    } else {
      d.scalar = (prefix + "." + let->name.text).str();
      variable.slot = NN_SLOT_OPTIONS + ctx.out.options.size() + ctx.chosenNames.size();
      ctx.chosenNames.push_back(d.scalar);
      variable.values = d.numbers;
    }
    row.variables.push_back(std::move(variable));
    if (combinations > mostVariants) {
      ctx.diags
          .error(let->range, "the code depends on " + llvm::Twine(combinations) +
                                 " combinations of values: too many to compile")
          .note("up to " + llvm::Twine(mostVariants) +
                " are compiled; numbers that are no sizes of layers need no code of their own");
      return false;
    }
  }
  return true;
}

bool ExperimentGenerator::generateVariants(llvm::ArrayRef<ast::Stmt *> body,
                                           llvm::ArrayRef<Drawn> drawn, size_t combinations,
                                           ExperimentT &row, Experiment &experiment) {
  // To find which constants are needed, one variant is enough.
  for (size_t c = 0; c < (ctx.elab.findsDrawn ? 1 : combinations); ++c) {
    // The last variable changes fastest.
    std::vector<int32_t> choice(drawn.size(), -1);
    size_t rest = c;
    for (size_t i = drawn.size(); i-- > 0;)
      if (drawn[i].builtIn) {
        choice[i] = int32_t(rest % drawn[i].labels.size());
        rest /= drawn[i].labels.size();
      }
    row.variants.emplace_back();
    if (!variants.generate(body, drawn, choice, row.variants.back(), experiment))
      return false; // what is wrong in one variant is mostly wrong in all
  }
  return true;
}

bool ExperimentGenerator::generateGoal(const ast::SearchStmt *s, ExperimentT &row,
                                       Experiment &experiment) {
  for (size_t v = 0; v < experiment.variants.size(); ++v) {
    ExperimentVariant &known = experiment.variants[v];
    VariantT &variant = row.variants[v];
    const TrainT *judged = nullptr;
    int32_t trains = 0;
    for (const StatementT &statement : variant.statements)
      if (statement.body.type == NN_STMT_TRAIN)
        judged = &nnrt::as<TrainT>(statement), ++trains;
    if (!judged) {
      ctx.diags.error(s->range,
                      "a search trains in each trial: its block has no `train` statement");
      return false;
    }
    row.goal_train = trains - 1;
    variant.model = judged->model;
    if (v == 0 && !watch(ctx, s->objective, judged->metrics, nnrt::lossOf(*judged), row.goal))
      return false;
    const ast::TrainStmt *train = known.trains.back();
    NamesGuard guard(ctx.symbols, known.names);
    known.model = ctx.findModel(train->target);
    const ast::DataDecl *data = ctx.findData(train->data);
    if (row.goal.split == NN_SPLIT_VAL && data && !ctx.symbols.data[data].hasVal) {
      ctx.diags
          .error(s->objective.range,
                 "`" + data->name.text + "` has no validation split to judge trials by")
          .note(data->name.range, "a `split` entry with `val = 20%` or `folds = 5` makes one");
      return false;
    }
  }
  row.goal.direction = s->minimize ? NN_LOWEST : NN_HIGHEST;
  return true;
}

bool ExperimentGenerator::generateSearch(
    const ast::SearchStmt *s,
    const std::map<const ast::ModelDecl *, const ast::TrainStmt *> &inBlocks, ExperimentT &row,
    Experiment &experiment) {
  for (const ast::Argument &a : s->settings) {
    const bool trials = sema::findRunSetting(a.name.text) == sema::RunSetting::Trials;
    (trials ? row.trials : row.seed) =
        settings.number(a.value, ("`" + a.name.text + "`").str(), trials ? 1 : 0, 1e9,
                        /*whole=*/true);
  }
  if (!generateGoal(s, row, experiment))
    return false;
  for (const ExperimentVariant &variant : experiment.variants)
    if (auto by = inBlocks.find(variant.model); by != inBlocks.end())
      trained.byModel[variant.model] = by->second;
  return true;
}

void ExperimentGenerator::generate(const ast::Stmt *s) {
  const ast::Ident name = ast::resultOf(s);
  const llvm::ArrayRef<ast::Stmt *> body = ast::blockOf(s);
  auto *search = llvm::dyn_cast<ast::SearchStmt>(s);
  const int32_t ordinal = count++;
  ExperimentT row;
  row.where = ctx.where(s->range);
  row.name = name.text.str();
  row.method = search ? sema::findSearchMethod(search->method.text)->method : NN_COMPARE;
  settings.enter();
  std::vector<Drawn> drawn;
  size_t combinations = 1;
  if (!generateDrawn(body, name.text.empty() ? "experiment" + std::to_string(ordinal) : row.name,
                     row, drawn, combinations))
    return;

  auto experiment = std::make_shared<Experiment>();
  experiment->ordinal = ordinal;
  auto inBlocks = trained.byModel;
  if (!generateVariants(body, drawn, combinations, row, *experiment))
    return;
  const std::vector<StatementT> &statements = row.variants.front().statements;
  for (const StatementT &inner : statements)
    if (inner.body.type == NN_STMT_TRAIN)
      if (const int32_t data = nnrt::as<TrainT>(inner).data; ctx.out.data[data].folds > 0)
        row.data = data;
  if (!search && statements.empty()) {
    ctx.diags.error(
        s->range,
        "there is nothing to compare: the block has no statement that runs, such as `train`");
    return;
  }
  row.seed = constantNumber(0);
  row.trials = constantNumber(0);
  // What a block does to a model of the program is undone, but for the result of the search.
  inBlocks.swap(trained.byModel);
  if (search && !generateSearch(search, inBlocks, row, *experiment))
    return;
  if (!name.empty())
    results.experiments[name.text.str()] = experiment;
  ctx.add(std::move(row));
}
