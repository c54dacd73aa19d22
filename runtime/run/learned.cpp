// What a model has learned from its data besides weights: the statistics that normalised its inputs
// and the order of its classes. They belong to the model, so other data for it are prepared with
// them.
#include "runtime/run/run.h"
#include "runtime/support/indices.h"

namespace nnrt {

/// Whether a field is normalised by the statistics of its own data set.
static bool hasOwn(const DataT &data, const std::string &field) {
  for (const FieldT &f : data.fields)
    if (f.name == field)
      return f.own_statistics;
  return false;
}

/// The names of what differs between `known` and the data's own: "`x`"; empty: nothing.
static std::string differences(const Learned &known, const Dataset &data) {
  const Learned own = data.learned();
  std::string text;
  for (const auto &[field, statistics] : known.statistics)
    if (auto found = own.statistics.find(field);
        found != own.statistics.end() && found->second.mean.size() == statistics.mean.size() &&
        (found->second.mean != statistics.mean ||
         found->second.deviation != statistics.deviation) &&
        !hasOwn(*data.description, field))
      text += (text.empty() ? "`" : ", `") + field + "`";
  for (const auto &[column, classes] : known.classes)
    if (auto found = own.classes.find(column);
        found != own.classes.end() && found->second != classes)
      text += (text.empty() ? "the classes of `" : ", the classes of `") + column + "`";
  return text;
}

/// Fields of the same name that are normalised on one side only.
static std::string oneSided(const Learned &known, const DataT &data) {
  for (int32_t f : indices(data.fields))
    if (!(data.fields[f].flags & NN_FIELD_NORMALIZE) && known.statistics.count(data.fields[f].name))
      return data.fields[f].name;
  return "";
}

Status Run::needFor(int32_t model, int32_t index, Dataset *&result, bool unchecked) {
  NN_TRY(need(index, result, unchecked));
  const ModelT &of = program.models[model];
  const DataT &description = program.data[index];
  Learned known;
  if (auto found = loaded.find(of.name); found != loaded.end()) {
    known = found->second;
  } else if (of.data >= 0 && of.data != index) {
    Dataset *trained = nullptr;
    NN_TRY(need(of.data, trained));
    known = trained->learned();
  }
  if (known.statistics.empty() && known.classes.empty())
    return Status();
  const std::string key = of.name + " " + description.name;
  if (const std::string field = oneSided(known, description);
      !field.empty() && told.insert(key + " " + field).second)
    progress.note(format(
        "note: `%s` of %s is not normalised, and that of %s, which `%s` was trained with, is",
        field.c_str(), description.name.c_str(), known.from.c_str(), modelName(model).c_str()));
  const std::string differing = differences(known, *result);
  if (differing.empty())
    return Status();
  if (description.folds > 0) {
    if (told.insert(key).second)
      progress.note(
          format("note: %s of %s are its own, not those of %s, which `%s` was trained with",
                 differing.c_str(), description.name.c_str(), known.from.c_str(),
                 modelName(model).c_str()));
    return Status();
  }
  std::shared_ptr<Dataset> &kept = adapted[{model, index}];
  if (!kept) {
    kept.reset(new Dataset);
    kept->keepsSource = isShuffled(program, index);
    if (Status status = kept->load(engine, description, folders, cache, false, &known);
        status.failed()) {
      kept.reset();
      return status;
    }
    if (told.insert(key).second)
      progress.note(format("note: %s of %s are by what `%s` has learned from %s", differing.c_str(),
                           description.name.c_str(), modelName(model).c_str(), known.from.c_str()));
  }
  result = kept.get();
  return Status();
}

} // namespace nnrt
