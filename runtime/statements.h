// Walking through a program's statements, those of experiments among them. Part of the contract: the compiler reads it too.
#pragma once

#include "runtime/abi.h"

#include <cstdint>
#include <vector>

namespace nnrt {

/// Calls visit(statement) for each of `count` statements and for those inside of them, in the order of the program, until a
/// call returns false. Returns whether none did.
template <class Visit> bool forEachStatement(const nn_statement *statements, int32_t count, Visit &&visit) {
  for (int32_t i = 0; i < count; ++i) {
    if (!visit(statements[i]))
      return false;
    if (statements[i].kind == NN_STMT_EXPERIMENT) {
      const nn_experiment &experiment = *static_cast<const nn_experiment *>(statements[i].body);
      for (int32_t v = 0; v < experiment.n_variants; ++v)
        if (!forEachStatement(experiment.variants[v].statements, experiment.variants[v].n_statements, visit))
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

/// The models that a user can name: not those of experiments.
inline std::vector<const nn_model *> shownModels(const nn_program &program) {
  std::vector<const nn_model *> shown;
  for (int32_t m = 0; m < program.n_models; ++m)
    if (!program.models[m].hidden)
      shown.push_back(&program.models[m]);
  return shown;
}

} // namespace nnrt
