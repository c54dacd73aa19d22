// Iterates over a program's statements, including those in experiments. Part of the contract: the
// compiler uses it too.
#pragma once

#include "runtime/schema/program.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

/// A place of a variant's model as the program names it: "net#3.dense1.w" is "net.dense1.w". The
/// part between only distinguishes variants.
inline std::string withoutVariant(std::string place) {
  if (const size_t mark = place.find('#'); mark != std::string::npos)
    place.erase(mark, place.find('.', mark) - mark);
  return place;
}

/// The symbol by which a trainer's linker is told to link what executes statements of a kind
/// (NN_EXECUTES in run.h).
inline std::string executesSymbol(Body kind) {
  return std::string("nn_executes_") + EnumNameBody(kind);
}

/// Consecutive statements.
struct StatementRange {
  const StatementT *first, *last; // `last` is not one of them

  // NOLINTNEXTLINE(google-explicit-constructor): a list is the range of all that it has.
  StatementRange(const std::vector<StatementT> &all, size_t from = 0)
      : first(all.data() + from), last(all.data() + all.size()) {}
  explicit StatementRange(const StatementT &one) : first(&one), last(&one + 1) {}
  const StatementT *begin() const { return first; }
  const StatementT *end() const { return last; }
};

/// Calls visit(statement) for each of the statements and the statements inside of them, in program
/// order, until a call returns false. Returns true if none did.
template <class Visit> bool forEachStatement(StatementRange statements, Visit &&visit) {
  for (const StatementT &statement : statements) {
    if (!visit(statement))
      return false;
    if (statement.body.type == NN_STMT_EXPERIMENT) {
      for (const VariantT &variant : as<ExperimentT>(statement).variants)
        if (!forEachStatement(variant.statements, visit))
          return false;
    } else if (statement.body.type == NN_STMT_CHOSEN) {
      if (!forEachStatement(as<ChosenT>(statement).bodies, visit))
        return false;
    }
  }
  return true;
}

/// The same for every statement of a program.
template <class Visit> bool forEachStatement(const ProgramT &program, Visit &&visit) {
  return forEachStatement(program.statements, visit);
}

/// Calls visit(train) for each train statement, in the order of the program.
template <class Visit> void forEachTrain(const ProgramT &program, Visit &&visit) {
  forEachStatement(program, [&](const StatementT &statement) {
    if (statement.body.type == NN_STMT_TRAIN)
      visit(as<TrainT>(statement));
    return true;
  });
}

/// Train statement `number` in the order of forEachTrain().
inline const TrainT &trainAt(const ProgramT &program, int32_t number) {
  const TrainT *found = nullptr;
  forEachTrain(program, [&](const TrainT &train) { found = number-- == 0 ? &train : found; });
  return *found;
}

/// Whether a statement trains that model, or a part of it.
inline bool trains(const TrainT &train, int32_t model) {
  bool is = train.model == model;
  for (int32_t other : train.also)
    is |= other == model;
  return is;
}

/// The models that a statement trains.
inline std::vector<int32_t> modelsOf(const TrainT &train) {
  std::vector<int32_t> all{train.model};
  all.insert(all.end(), train.also.begin(), train.also.end());
  return all;
}

/// The field of a data set that a model predicts from: `x`, otherwise the first. The data set must
/// have fields.
inline int32_t inputField(const DataT &data) {
  for (size_t f = 0; f < data.fields.size(); ++f)
    if (data.fields[f].name == "x")
      return int32_t(f);
  return 0;
}

/// The model that train statements name for this one; for an ensemble, that of its members.
inline int32_t trainedAs(const ProgramT &program, int32_t model) {
  forEachStatement(program, [&](const StatementT &statement) {
    if (statement.body.type != NN_STMT_ENSEMBLE || as<EnsembleT>(statement).model != model)
      return true;
    model = as<EnsembleT>(statement).of;
    return false;
  });
  return model;
}

/// Whether a field of the data set is normalised.
inline bool normalizes(const DataT &data) {
  for (const FieldT &field : data.fields)
    if (field.flags & NN_FIELD_NORMALIZE)
      return true;
  return false;
}

/// The field (an index in DataT.fields) with the number of the right one of a model's `outputs`,
/// as a train or evaluate statement reads it; -1: none.
template <class Statement> int32_t labelOf(const Statement &statement, int64_t outputs) {
  for (const BoundT &bound : statement.bounds)
    if (bound.kind == NN_SELECTS && bound.limit == outputs)
      return bound.field;
  return -1;
}

/// The data set that a statement reads, or -1.
inline int32_t dataOf(const StatementT &statement) {
  switch (statement.body.type) {
  case NN_STMT_TRAIN:
    return as<TrainT>(statement).data;
  case NN_STMT_EVALUATE:
    return as<EvaluateT>(statement).data;
  case NN_STMT_PREDICT:
    return as<PredictT>(statement).data;
  default:
    return -1;
  }
}

/// Whether an evaluate statement shuffles columns of the data set.
inline bool isShuffled(const ProgramT &program, int32_t data) {
  return !forEachStatement(program, [&](const StatementT &statement) {
    const EvaluateT *evaluate = statement.body.AsNN_STMT_EVALUATE();
    return !(evaluate && evaluate->data == data && evaluate->shuffles > 0);
  });
}

/// The models that a user can name: not those of experiments.
inline std::vector<const ModelT *> shownModels(const ProgramT &program) {
  std::vector<const ModelT *> shown;
  for (const ModelT &model : program.models)
    if (!model.hidden)
      shown.push_back(&model);
  return shown;
}

} // namespace nnrt
