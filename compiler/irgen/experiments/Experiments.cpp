// Generates compare and search statements. The block is generated once for each combination of the
// values on which the code depends. All other drawn values are scalars of the compiled functions,
// which the runtime sets before each trial.
#include "compiler/irgen/experiments/Experiment.h"

#include "compiler/sema/runs/Experiments.h"
#include "runtime/abi.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace nnc;

/// More variants would take minutes to compile and are hardly ever intended.
static constexpr size_t mostVariants = 512;

bool ProgramGenerator::readDrawn(const ast::LetDecl *let, Drawn &drawn) {
  auto *call = llvm::cast<ast::CallExpr>(let->value);
  drawn.let = let;
  drawn.draw = drawOf(let);
  if (drawn.draw == NN_DRAW_LIST) {
    for (const ast::Argument &a : call->args) {
      drawn.values.push_back(a.value);
      drawn.labels.push_back(writtenAt(a.value->range));
    }
    const bool numbers = listsNumbers(let);
    if (numbers)
      for (const ast::Expr *value : drawn.values) {
        double number = 0;
        if (!elab.evaluateNumber(value, Scope(), number, "a value"))
          return false;
        drawn.numbers.push_back(number);
      }
    drawn.builtIn = !numbers || builtIn.count(let);
    return true;
  }
  if (!elab.evaluateNumber(call->args[0].value, Scope(), drawn.low,
                           "the first number of a distribution") ||
      !elab.evaluateNumber(call->args[1].value, Scope(), drawn.high,
                           "the second number of a distribution"))
    return false;
  const Range at = call->range;
  if (drawn.draw == NN_DRAW_NORMAL) {
    if (drawn.high <= 0)
      return diags.error(call->args[1].value->range, "a standard deviation is above 0"), false;
  } else if (drawn.low >= drawn.high) {
    return diags.error(at, "the first bound must be below the second"), false;
  }
  if (drawn.draw == NN_DRAW_LOG_UNIFORM && drawn.low <= 0)
    return diags.error(call->args[0].value->range,
                       "the bounds of `log_uniform` are above 0: it draws their logarithm"),
           false;
  if (drawn.draw == NN_DRAW_INTEGER) {
    if (drawn.low != std::floor(drawn.low) || drawn.high != std::floor(drawn.high))
      return diags.error(at, "the bounds of `integer` are whole numbers"), false;
    if (builtIn.count(let) && drawn.high - drawn.low < double(mostVariants)) {
      // The code depends on it, so it becomes a list, each value of which is compiled.
      drawn.draw = NN_DRAW_LIST;
      drawn.builtIn = true;
      for (double value = drawn.low; value <= drawn.high; ++value) {
        ast::NumberExpr number;
        number.value = value;
        number.isInteger = true;
        number.range = at;
        number.spelling = copyOf(std::to_string(int64_t(value)));
        drawn.values.push_back(copyOf(number));
        drawn.labels.push_back(number.spelling.str());
        drawn.numbers.push_back(value);
      }
    }
  }
  return true;
}

bool ProgramGenerator::genVariant(llvm::ArrayRef<ast::Stmt *> body, llvm::ArrayRef<Drawn> drawn,
                                  llvm::ArrayRef<int32_t> choice, VariantT &variant,
                                  Experiment &experiment) {
  Names names;
  const std::string number = std::to_string(++variantCount);
  std::map<std::string, Value> values;
  for (auto [d, chosen] : llvm::zip(drawn, choice)) {
    const std::string name = d.let->name.text.str();
    if (d.builtIn) {
      ast::LetDecl *let = copyOf(*d.let);
      let->value = const_cast<ast::Expr *>(d.values[chosen]);
      let->drawn = false;
      names[name] = let;
      values[name] = d.numbers.empty() ? Value::ofKind(Value::Kind::Unavailable)
                                       : Value::of(d.numbers[chosen]);
    } else {
      ast::OptionDecl option;
      option.range = d.let->range;
      option.name = d.let->name;
      option.name.text = copyOf(d.scalar);
      names[name] = copyOf(option);
      values[name] = Value::ofKind(Value::Kind::HostScalar);
      values[name].text = d.scalar;
    }
  }
  std::vector<const ast::ModelDecl *> models;
  for (const ast::Stmt *s : body) {
    auto *decl = llvm::dyn_cast<ast::Decl>(s);
    if (!decl || names.count(decl->name.text.str()))
      continue;
    names[decl->name.text.str()] = decl;
    if (auto *model = llvm::dyn_cast<ast::ModelDecl>(decl)) {
      ast::ModelDecl *copy = copyOf(*model);
      elab.modelUses[copy].place = model->name.text.str() + "#" + number;
      names[model->name.text.str()] = copy;
      models.push_back(copy);
    }
  }

  const unsigned before = diags.errorCount();
  NamesGuard guard(symbols, names);
  std::vector<StatementT> outer = std::exchange(statementRows, {});
  trainsOfBlock.clear();
  const size_t frozen = elab.frozen.size();
  inBlock = elab.inVariant = true;
  variant.models.first = out.models.size();
  for (const ast::ModelDecl *model : models)
    genModel(model);
  variant.models.count = models.size();
  for (const ast::Stmt *s : body)
    if (auto *data = llvm::dyn_cast<ast::DataDecl>(s))
      genData(data);
  for (const ast::Stmt *s : body)
    genPlainStatement(s);
  inBlock = elab.inVariant = false;
  elab.frozen.resize(frozen);
  variant.choices = choice.vec();
  variant.statements = std::exchange(statementRows, std::move(outer));
  experiment.variants.push_back({std::move(names), std::move(values), trainsOfBlock, nullptr, {}});
  return diags.errorCount() == before;
}

bool ProgramGenerator::genGoal(const ast::SearchStmt *s, ExperimentT &row, Experiment &experiment) {
  for (size_t v = 0; v < experiment.variants.size(); ++v) {
    ExperimentVariant &known = experiment.variants[v];
    VariantT &variant = row.variants[v];
    const TrainT *judged = nullptr;
    int32_t trains = 0;
    for (const StatementT &statement : variant.statements)
      if (statement.body.type == NN_STMT_TRAIN)
        judged = &nnrt::as<TrainT>(statement), ++trains;
    if (!judged) {
      diags.error(s->range, "a search trains in each trial: its block has no `train` statement");
      return false;
    }
    row.goal_train = trains - 1;
    variant.model = judged->model;
    if (v == 0 && !watch(s->objective, judged->metrics, row.goal))
      return false;
    const ast::TrainStmt *train = known.trains.back();
    NamesGuard guard(symbols, known.names);
    known.model = findModel(train->target);
    const ast::DataDecl *data = findData(train->data);
    if (row.goal.split == NN_SPLIT_VAL && data && !symbols.data[data].hasVal) {
      diags
          .error(s->objective.range,
                 "`" + data->name.text + "` has no validation split to judge trials by")
          .note(data->name.range, "a `split` entry with `val = 20%` or `folds = 5` makes one");
      return false;
    }
  }
  row.goal.direction = s->minimize ? NN_LOWEST : NN_HIGHEST;
  return true;
}

void ProgramGenerator::genExperiment(const ast::Stmt *s) {
  const ast::Ident name = ast::resultOf(s);
  const llvm::ArrayRef<ast::Stmt *> body = ast::blockOf(s);
  auto *search = llvm::dyn_cast<ast::SearchStmt>(s);
  const int32_t ordinal = experimentCount++;
  ExperimentT row;
  row.where = where(s->range);
  row.name = name.text.str();
  row.method = search ? sema::findSearchMethod(search->method.text)->method : NN_COMPARE;
  elab.fn = settings.get();
  std::vector<Drawn> drawn;
  size_t combinations = 1;
  for (const ast::Stmt *inner : body) {
    auto *let = llvm::dyn_cast<ast::LetDecl>(inner);
    if (!let || !let->drawn)
      continue;
    drawn.emplace_back();
    Drawn &d = drawn.back();
    if (!readDrawn(let, d))
      return;
    if (row.method == NN_GRID && d.draw == NN_DRAW_NORMAL)
      diags.error(let->range, "a grid has no points on a normal distribution, which has no ends")
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
      d.scalar = (name.text.empty() ? "experiment" + std::to_string(ordinal) : name.text.str()) +
                 "." + let->name.text.str();
      variable.slot = NN_SLOT_OPTIONS + out.options.size() + chosenNames.size();
      chosenNames.push_back(d.scalar);
      variable.values = d.numbers;
    }
    row.variables.push_back(std::move(variable));
    if (combinations > mostVariants) {
      diags
          .error(let->range, "the code depends on " + llvm::Twine(combinations) +
                                 " combinations of values: too many to compile")
          .note("up to " + llvm::Twine(mostVariants) +
                " are compiled; numbers that are no sizes of layers need no code of their own");
      return;
    }
  }

  auto experiment = std::make_shared<Experiment>();
  experiment->ordinal = ordinal;
  auto trained = trainedBy;
  for (size_t c = 0; c < (attempt ? 1 : combinations); ++c) {
    // The last variable changes fastest.
    std::vector<int32_t> choice(drawn.size(), -1);
    size_t rest = c;
    for (size_t i = drawn.size(); i-- > 0;)
      if (drawn[i].builtIn) {
        choice[i] = int32_t(rest % drawn[i].labels.size());
        rest /= drawn[i].labels.size();
      }
    row.variants.emplace_back();
    if (!genVariant(body, drawn, choice, row.variants.back(), *experiment))
      return; // what is wrong in one variant is mostly wrong in all
  }
  const std::vector<StatementT> &statements = row.variants.front().statements;
  for (const StatementT &inner : statements)
    if (inner.body.type == NN_STMT_TRAIN)
      if (const int32_t data = nnrt::as<TrainT>(inner).data; out.data[data].folds > 0)
        row.data = data;
  if (!search && statements.empty()) {
    diags.error(
        s->range,
        "there is nothing to compare: the block has no statement that runs, such as `train`");
    return;
  }
  row.seed = constantNumber(0);
  row.trials = constantNumber(0);
  trained.swap(trainedBy); // what a block does to a model of the program is undone, but for the
                           // result of the search
  if (search) {
    for (const ast::Argument &a : search->settings)
      (a.name.text == "trials" ? row.trials : row.seed) =
          number(a.value, ("`" + a.name.text + "`").str(), a.name.text == "trials" ? 1 : 0, 1e9,
                 /*whole=*/true);
    if (!genGoal(search, row, *experiment))
      return;
    for (const ExperimentVariant &variant : experiment->variants)
      if (auto by = trained.find(variant.model); by != trained.end())
        trainedBy[variant.model] = by->second;
  }
  if (!name.empty())
    experiments[name.text.str()] = experiment;
  addStatement(std::move(row));
}

void ProgramGenerator::genOutcome(const ast::Stmt *s, const std::string &name) {
  auto found = experiments.find(name);
  if (found == experiments.end()) {
    diags.error(s->range, "`" + name + "` has no result yet: statements run in order")
        .note(symbols.results[name]->range, "it is found here");
    return;
  }
  OutcomeT row;
  row.where = where(s->range);
  row.experiment = found->second->ordinal;
  addStatement(std::move(row));
}

void ProgramGenerator::genAboutResult(const ast::Stmt *s, const std::set<std::string> &names) {
  if (auto *print = llvm::dyn_cast<ast::PrintStmt>(s)) {
    for (ast::Expr *const &e : print->values) {
      auto *name = llvm::dyn_cast<ast::NameExpr>(e);
      const ast::Stmt *result = name ? symbols.results.lookup(name->name.text) : nullptr;
      if (result && !llvm::isa<ast::EnsembleStmt>(result)) {
        genOutcome(s, name->name.text.str());
        continue;
      }
      ast::PrintStmt *one = copyOf(*print);
      one->values = llvm::ArrayRef<ast::Expr *>(e);
      genForEachChoice(one, names);
    }
    return;
  }
  if (llvm::isa<ast::SearchStmt, ast::CompareStmt>(s)) {
    diags.error(s->range,
                "the block of `search` or `compare` cannot use what another one found, `" +
                    *names.begin() + "`");
    return;
  }
  genForEachChoice(s, names);
}

void ProgramGenerator::genForEachChoice(const ast::Stmt *s, const std::set<std::string> &names) {
  Experiment *experiment = nullptr;
  for (const std::string &name : names) {
    const ast::Stmt *result = symbols.results[name];
    if (llvm::isa<ast::CompareStmt>(result)) {
      diags.error(s->range, "`" + name + "` is a comparison: `print " + name +
                                "` shows it, and it has no other value");
      return;
    }
    std::string searched = name;
    if (llvm::isa<ast::EnsembleStmt>(result)) {
      auto known = ensembles.find(name);
      if (known != ensembles.end() && known->second.empty())
        continue; // an ensemble of a model, which is itself a model
      searched = known == ensembles.end() ? "" : known->second;
    }
    auto found = experiments.find(searched);
    if (found == experiments.end()) {
      if (!diags.hasErrors())
        diags.error(s->range, "`" + name + "` has no result yet: statements run in order")
            .note(result->range, "it is found here");
      return;
    }
    if (experiment && experiment != found->second.get()) {
      diags.error(s->range, "one statement cannot be about what two searches found");
      return;
    }
    experiment = found->second.get();
  }
  if (!experiment)
    return genPlainStatement(s);

  const unsigned before = diags.errorCount();
  std::vector<std::vector<StatementT>> bodies;
  std::vector<StatementT> outer = std::exchange(statementRows, {});
  for (ExperimentVariant &variant : experiment->variants) {
    Names visible = variant.names;
    for (auto &[name, found] : experiments)
      if (found.get() == experiment) {
        visible[name] = variant.model;
        elab.modelUses[variant.model].values = variant.values;
        if (elab.modelUses[variant.model]
                .place.empty()) // a model of the program that the block trains
          elab.modelUses[variant.model].place = variant.model->name.text.str();
      }
    for (auto &[name, model] : variant.ensembles)
      visible[name] = model;
    current = &variant;
    {
      NamesGuard guard(symbols, visible);
      genPlainStatement(s);
    }
    current = nullptr;
    if (diags.errorCount() != before) {
      statementRows = std::move(outer);
      return; // an error in one variant usually occurs in all
    }
    bodies.push_back(std::exchange(statementRows, {}));
  }
  statementRows = std::move(outer);
  for (size_t i = 0; i < bodies.front().size(); ++i) {
    ChosenT row;
    row.experiment = experiment->ordinal;
    for (std::vector<StatementT> &body : bodies)
      if (i < body.size())
        row.bodies.push_back(std::move(body[i]));
    addStatement(std::move(row));
  }
}
