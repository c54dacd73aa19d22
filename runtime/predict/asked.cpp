// Finds the model that the flags of `predict` and `generate` name.
#include "runtime/predict/asked.h"

#include "runtime/program/statements.h"
#include "runtime/support/suggest.h"

#include <algorithm>

namespace nnrt {
namespace {

/// A choice for the subcommand's --model: a model of the program, or the result of a search.
struct Choice {
  std::string name;
  const ModelT *model = nullptr;
  const ExperimentT *search = nullptr;
};

std::vector<Choice> choicesOf(const ProgramT &program) {
  std::vector<Choice> choices;
  for (const ModelT *model : shownModels(program))
    choices.push_back({model->name, model, nullptr});
  forEachStatement(program, [&](const StatementT &statement) {
    if (statement.body.type != NN_STMT_EXPERIMENT)
      return true;
    const auto &search = as<ExperimentT>(statement);
    if (search.method != NN_COMPARE && !search.name.empty() && !search.variants.empty() &&
        program.models[search.variants[0].model].hidden)
      choices.push_back({search.name, nullptr, &search});
    return true;
  });
  return choices;
}

} // namespace

Status askedModel(Run &run, const char *verb, const ModelT *&model, SafetensorsFile &weights) {
  const std::vector<Choice> choices = choicesOf(run.program);
  std::vector<std::string> names;
  for (const Choice &choice : choices)
    names.push_back(choice.name);
  if (names.empty())
    return Status::error(format("the program has no model to %s with", verb));
  size_t chosen = 0;
  if (!run.flags.model.empty()) {
    chosen = size_t(std::find(names.begin(), names.end(), run.flags.model) - names.begin());
    if (chosen == names.size())
      return Status::error("there is no model `" + quoted(run.flags.model) + "`" +
                           didYouMean(run.flags.model, names));
  } else if (names.size() > 1) {
    std::string list;
    for (const std::string &name : names)
      list += (list.empty() ? "" : ", ") + name;
    return Status::error("the program has several models; choose one with --model: " + list);
  }
  const Choice &choice = choices[chosen];
  NN_TRY(readSafetensors(run.flags.weights, weights));
  const VariantT *variant = nullptr;
  if (choice.search)
    NN_TRY(chosenVariant(run.engine, *choice.search, weights, variant));
  model = variant ? &run.program.models[variant->model] : choice.model;
  return model->predict.exists() ? Status()
                                 : Status::error(format("%s cannot %s: it has no input of its own",
                                                        model->name.c_str(), verb));
}

} // namespace nnrt
