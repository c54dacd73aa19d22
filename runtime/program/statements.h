// Iterates over a program's statements, including those in experiments. Part of the contract: the
// compiler uses it too.
#pragma once

#include "runtime/abi.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nnrt {

/// A place of a variant's model as the program names it: "net#3.dense1.w" is "net.dense1.w". The
/// part between only distinguishes variants.
inline std::string withoutVariant(std::string place) {
  if (const size_t mark = place.find('#'); mark != std::string::npos)
    place.erase(mark, place.find('.', mark) - mark);
  return place;
}

/// Calls visit(statement) for each of `count` statements and the statements inside of them, in
/// program order, until a call returns false. Returns true if none did.
template <class Visit>
bool forEachStatement(const nn_statement *statements, int32_t count, Visit &&visit) {
  for (int32_t i = 0; i < count; ++i) {
    if (!visit(statements[i]))
      return false;
    if (statements[i].kind == NN_STMT_EXPERIMENT) {
      const nn_experiment &experiment = *static_cast<const nn_experiment *>(statements[i].body);
      for (int32_t v = 0; v < experiment.n_variants; ++v)
        if (!forEachStatement(experiment.variants[v].statements,
                              experiment.variants[v].n_statements, visit))
          return false;
    } else if (statements[i].kind == NN_STMT_CHOSEN) {
      const nn_chosen &chosen = *static_cast<const nn_chosen *>(statements[i].body);
      if (!forEachStatement(chosen.bodies, chosen.n_bodies, visit))
        return false;
    }
  }
  return true;
}

/// The same for every statement of a program.
template <class Visit> bool forEachStatement(const nn_program &program, Visit &&visit) {
  return forEachStatement(program.statements, program.n_statements, visit);
}

/// Calls visit(train) for each train statement, in the order of the program.
template <class Visit> void forEachTrain(const nn_program &program, Visit &&visit) {
  forEachStatement(program, [&](const nn_statement &statement) {
    if (statement.kind == NN_STMT_TRAIN)
      visit(*static_cast<const nn_train *>(statement.body));
    return true;
  });
}

/// The field of a data set that a model predicts from: `x`, otherwise the first. The data set must
/// have fields.
inline int32_t inputField(const nn_data &data) {
  for (int32_t f = 0; f < data.n_fields; ++f)
    if (std::string_view(data.fields[f].name) == "x")
      return f;
  return 0;
}

/// The field (an index in nn_data.fields) with the number of the right one of a model's `outputs`,
/// as a train or evaluate statement reads it; -1: none.
template <class Statement> int32_t labelOf(const Statement &statement, int64_t outputs) {
  for (int32_t b = 0; b < statement.n_bounds; ++b)
    if (statement.bounds[b].kind == NN_SELECTS && statement.bounds[b].bound == outputs)
      return statement.bounds[b].field;
  return -1;
}

/// The data set that a statement reads, or -1.
inline int32_t dataOf(const nn_statement &statement) {
  switch (statement.kind) {
  case NN_STMT_TRAIN:
    return static_cast<const nn_train *>(statement.body)->data;
  case NN_STMT_EVALUATE:
    return static_cast<const nn_evaluate *>(statement.body)->data;
  case NN_STMT_PREDICT:
    return static_cast<const nn_predict *>(statement.body)->data;
  default:
    return -1;
  }
}

/// The models that a user can name: not those of experiments.
inline std::vector<const nn_model *> shownModels(const nn_program &program) {
  std::vector<const nn_model *> shown;
  for (int32_t m = 0; m < program.n_models; ++m)
    if (!program.models[m].hidden)
      shown.push_back(&program.models[m]);
  return shown;
}

} // namespace nnrt
