// Saves and loads models.
#include "runtime/weights/weights.h"
#include "runtime/support/indices.h"

#include "runtime/program/statements.h"
#include "runtime/sources/csv_scan.h"
#include "runtime/support/json.h"
#include "runtime/support/suggest.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace nnrt {

static std::set<int64_t> offsetsOf(const ProgramT &program, const ModelT &model) {
  std::set<int64_t> offsets;
  for (int32_t t = model.tensors.first; t < model.tensors.first + model.tensors.count; ++t)
    offsets.insert(program.tensors[t].offset);
  return offsets;
}

bool shareTensors(const ProgramT &program, const ModelT &a, const ModelT &b) {
  const std::set<int64_t> ofA = offsetsOf(program, a), ofB = offsetsOf(program, b);
  return std::any_of(ofA.begin(), ofA.end(), [&](int64_t offset) { return ofB.count(offset) > 0; });
}

bool isPartOf(const ProgramT &program, const ModelT &part, const ModelT &whole) {
  const std::set<int64_t> some = offsetsOf(program, part), all = offsetsOf(program, whole);
  return !some.empty() && std::includes(all.begin(), all.end(), some.begin(), some.end());
}

// What describes a model's data set in its weight file: tensors "normalize.points.x.mean" and
// ".deviation", metadata "classes.points.label", "fill.points.age" and, for classes,
// "fill-class.points.town".
static const char *const statisticsKind = "normalize", *const classesKind = "classes",
                         *const meanEnd = ".mean", *const deviationEnd = ".deviation";
/// A column may be read as numbers and as classes.
static const char *fillKind(int32_t kind) { return kind == NN_CATEGORY ? "fill-class" : "fill"; }

static std::string keyOf(const char *kind, const std::string &data, const std::string &name,
                         const char *end = "") {
  return std::string(kind) + "." + data + "." + name + end;
}

/// The name in such a key; empty if it is a different key.
static std::string nameIn(const std::string &key, const char *kind, const std::string &data,
                          const char *end = "") {
  const std::string start = keyOf(kind, data, "");
  const size_t rest = strlen(end);
  if (key.size() < start.size() + rest || key.compare(0, start.size(), start) != 0 ||
      key.compare(key.size() - rest, rest, end) != 0)
    return "";
  return key.substr(start.size(), key.size() - start.size() - rest);
}

std::string classesText(const std::vector<std::string> &classes) {
  std::string text = "[";
  for (size_t i = 0; i < classes.size(); ++i)
    text += (i ? "," : "") + jsonString(classes[i]);
  return text + "]";
}

Status classesFromText(const std::string &text, std::vector<std::string> &classes) {
  Json json;
  NN_TRY(parseJson(text, json));
  if (json.kind != Json::Array)
    return Status::error("the list of classes is no list");
  classes.clear(); // a column may occur twice, as numbers and as classes
  for (const Json &item : json.items) {
    if (item.kind != Json::String)
      return Status::error("a class is no text");
    classes.push_back(item.string);
  }
  return Status();
}

// For the result of a search, metadata "search" is its name and "chosen.units" the value of a
// constant.
static const char *const searchKey = "search", *const chosenKey = "chosen.";

/// If the model `model` is a variant of a search, adds the choices that define it.
static void noteChoice(const Engine &engine, int32_t model, Metadata &metadata) {
  forEachStatement(engine.program, [&](const StatementT &statement) {
    if (statement.body.type != NN_STMT_EXPERIMENT)
      return true;
    const ExperimentT &search = as<ExperimentT>(statement);
    for (int32_t v : indices(search.variants)) {
      const VariantT &variant = search.variants[v];
      if (variant.model != model || !engine.program.models[model].hidden)
        continue;
      metadata.push_back({searchKey, search.name});
      for (int32_t i : indices(search.variables)) {
        const VariableT &variable = search.variables[i];
        metadata.push_back({std::string(chosenKey) + variable.name,
                            variable.slot >= 0
                                ? format("%.17g", engine.scalars[size_t(variable.slot)])
                                : variable.labels[variant.choices[i]]});
      }
      return false;
    }
    return true;
  });
}

Status chosenVariant(Engine &engine, const ExperimentT &search, const SafetensorsFile &file,
                     const VariantT *&variant) {
  const std::string *name = file.meta(searchKey);
  if (!name || *name != search.name)
    return Status::error(file.path + " does not say what the search `" + search.name +
                         "` chose: `save " + search.name +
                         " to …` after the search writes a file "
                         "that does");
  auto chosen = [&](int32_t i) {
    return file.meta(std::string(chosenKey) + search.variables[i].name);
  };
  for (int32_t v : indices(search.variants)) {
    bool same = true;
    for (int32_t i = 0; i < int32_t(search.variables.size()) && same; ++i)
      if (const int32_t choice = search.variants[v].choices[i]; choice >= 0)
        same = chosen(i) && *chosen(i) == search.variables[i].labels[choice];
    if (same) {
      variant = &search.variants[v];
      break;
    }
  }
  bool known = variant != nullptr;
  for (int32_t i = 0; i < int32_t(search.variables.size()) && known; ++i)
    if (const int32_t slot = search.variables[i].slot; slot >= 0)
      known = chosen(i) && parseNumber(*chosen(i), engine.scalars[size_t(slot)]);
  if (!known)
    return Status::error(file.path + " holds a model of `" + search.name +
                         "` with values that this program does not try: it was saved by another "
                         "program");
  return engine.updateSettings();
}

static Status runSave(Run &run, const StatementT &statement, Counts &) {
  const SaveT &save = as<SaveT>(statement);
  Engine &engine = run.engine;
  const ModelT &model = run.program.models[save.model];
  std::vector<TensorView> tensors;
  RowMajor rows(engine.arena);
  DType type = engine.f64() ? DType::F64 : DType::F32;
  for (int32_t t = model.tensors.first; t < model.tensors.first + model.tensors.count; ++t) {
    const TensorT &tensor = run.program.tensors[t];
    tensors.push_back({tensor.key, type, tensor.shape, rows.of(t, engine.arena.tensor(t)),
                       size_t(engine.arena.bytes(t))});
  }
  Metadata metadata = {
      {"format", weightsFormat}, {"model", model.name}, {"program", run.program.name}};
  noteChoice(engine, save.model, metadata);
  if (model.data >= 0) {
    Dataset *data = nullptr;
    NN_TRY(run.needFor(save.model, model.data, data));
    const DataT &description = *data->description;
    metadata.push_back({"data", description.name});
    for (int32_t f : indices(description.fields)) {
      const Statistics &s = data->statistics[f];
      int64_t size = int64_t(s.mean.size());
      if (!size)
        continue;
      auto add = [&](std::string key, const std::vector<double> &values) {
        tensors.push_back({std::move(key),
                           DType::F64,
                           {size},
                           reinterpret_cast<const unsigned char *>(values.data()),
                           size_t(size) * sizeof(double)});
      };
      add(keyOf(statisticsKind, description.name, description.fields[f].name, meanEnd), s.mean);
      add(keyOf(statisticsKind, description.name, description.fields[f].name, deviationEnd),
          s.deviation);
    }
    for (int32_t c : indices(description.columns))
      if (!data->columns.classes[c].empty())
        metadata.push_back(
            {keyOf(classesKind, description.name, learnedName(description.columns[c])),
             classesText(data->columns.classes[c])});
    for (int32_t c = 0; c < int32_t(description.columns.size()) && !data->columns.fills.empty();
         ++c)
      if (const ColumnT &column = description.columns[c];
          !std::isnan(data->columns.fills[size_t(c)]))
        metadata.push_back({keyOf(fillKind(column.kind), description.name, column.name),
                            format("%.17g", data->columns.fills[size_t(c)])});
  }
  NN_TRY(writeSafetensors(save.path, tensors, metadata).at(save.where));
  run.progress.note("saved " + save.target + " to " + save.path);
  return Status();
}
NN_EXECUTES(NN_STMT_SAVE, runSave);

static bool covered(const std::string &key, const std::vector<std::string> &except) {
  for (const std::string &prefix : except)
    if (key == prefix || key.compare(0, prefix.size() + 1, prefix + ".") == 0)
      return true;
  return false;
}

Status loadModel(Engine &engine, const ModelT &model, const SafetensorsFile &file,
                 const std::vector<std::string> &except, std::vector<std::string> &unused) {
  std::vector<std::string> keys;
  for (const TensorView &tensor : file.tensors)
    keys.push_back(tensor.name);
  int32_t end = model.tensors.first + model.tensors.count;
  // Everything is checked before anything is written: a failed load leaves the model as it was.
  for (bool write : {false, true})
    for (int32_t t = model.tensors.first; t < end; ++t) {
      const TensorT &tensor = engine.program.tensors[t];
      if (covered(tensor.key, except))
        continue;
      const TensorView *found = file.find(tensor.key);
      if (!found)
        return Status::error(file.path + " has no tensor `" + tensor.key + "`, which " +
                             model.name + " needs" + didYouMean(tensor.key, keys));
      if (found->shape != tensor.shape)
        return Status::error(format("tensor `%s` has shape %s in %s, but %s in %s",
                                    tensor.key.c_str(), shapeText(found->shape).c_str(),
                                    file.path.c_str(), shapeText(tensor.shape).c_str(),
                                    model.name.c_str()));
      if (found->type == DType::Other)
        return Status::error(format("tensor `%s` of %s holds %s; F32, F64, F16 or BF16 is needed",
                                    tensor.key.c_str(), file.path.c_str(),
                                    found->typeName.c_str()));
      if (!write)
        continue;
      if (found->type == (engine.f64() ? DType::F64 : DType::F32)) {
        engine.arena.importTensor(t, found->data, engine.arena.tensor(t));
        continue;
      }
      std::vector<unsigned char> converted(size_t(engine.arena.bytes(t)));
      Elements values{converted.data(), engine.f64()};
      for (int64_t i = 0, n = engine.arena.elements(t); i < n; ++i)
        values.set(i, found->get(i));
      engine.arena.importTensor(t, converted.data(), engine.arena.tensor(t));
    }
  for (const TensorView &tensor : file.tensors) {
    bool known = tensor.name.compare(0, 10, "normalize.") == 0 || covered(tensor.name, except);
    for (int32_t t = model.tensors.first; t < end && !known; ++t)
      known = tensor.name == engine.program.tensors[t].key;
    if (!known)
      unused.push_back(tensor.name);
  }
  return Status();
}

/// Reads the mean in the tensor `mean` of a file, and the deviation that belongs to it.
static Status readStatistics(const SafetensorsFile &file, const std::string &data,
                             const std::string &field, const TensorView &mean,
                             Statistics &statistics) {
  const TensorView *deviation = file.find(keyOf(statisticsKind, data, field, deviationEnd));
  if (!deviation || deviation->elements() != mean.elements() || mean.type == DType::Other ||
      deviation->type == DType::Other)
    return Status::error(file.path + " is damaged: there is no deviation for each mean of `" +
                         quoted(field) + "`");
  for (int64_t i = 0; i < mean.elements(); ++i) {
    statistics.mean.push_back(mean.get(i));
    statistics.deviation.push_back(deviation->get(i));
  }
  return Status();
}

Status learnedFrom(const SafetensorsFile &file, const std::string &data, Learned &learned) {
  learned.from = file.path;
  for (const TensorView &tensor : file.tensors)
    if (const std::string field = nameIn(tensor.name, statisticsKind, data, meanEnd);
        !field.empty())
      NN_TRY(readStatistics(file, data, field, tensor, learned.statistics[field]));
  for (const auto &[key, text] : file.metadata) {
    if (const std::string column = nameIn(key, classesKind, data); !column.empty())
      if (classesFromText(text, learned.classes[column]).failed())
        return Status::error(file.path + " is damaged: its list of classes of `" + quoted(column) +
                             "` cannot be read");
    for (int32_t kind : {NN_NUMBER, NN_CATEGORY})
      if (const std::string column = nameIn(key, fillKind(kind), data); !column.empty())
        if (!parseNumber(text, learned.fills[{column, kind}]))
          return Status::error(file.path + " is damaged: what fills `" + quoted(column) +
                               "` is no number");
  }
  return Status();
}

static Status runLoad(Run &run, const StatementT &statement, Counts &) {
  const LoadT &load = as<LoadT>(statement);
  // A file that an earlier `save` of this run has written is in the working directory, not in the
  // program's folder.
  std::string path = load.path;
  if (!isFile(path))
    NN_TRY(findFile(load.path, run.folders, path).at(load.where));
  SafetensorsFile file;
  NN_TRY(readSafetensors(path, file).at(load.where));
  std::vector<std::string> unused;
  NN_TRY(loadModel(run.engine, run.program.models[load.model], file, load.except, unused)
             .at(load.where));
  Learned learned;
  if (const std::string *data = file.meta("data"))
    NN_TRY(learnedFrom(file, *data, learned).at(load.where));
  if (!load.except.empty())
    learned.classes
        .clear(); // a part that is left as it is, such as a new head, may be for other classes
  run.loaded[run.program.models[load.model].name] = std::move(learned);
  const nn_range range = run.program.models[load.model].tensors;
  std::set<int64_t> loaded;
  for (int32_t t = range.first; t < range.first + range.count; ++t)
    if (!covered(run.program.tensors[t].key, load.except))
      loaded.insert(run.program.tensors[t].offset);
  for (int32_t t : indices(run.program.tensors)) // in all models that have it
    if (loaded.count(run.program.tensors[t].offset))
      run.drawn[size_t(t)] = 0;
  std::string text = "loaded " + run.modelName(load.model) + " from " + path;
  for (size_t i = 0; i < unused.size() && i < 5; ++i)
    text += (i ? ", " : "; not used: ") + unused[i];
  if (unused.size() > 5)
    text += format(" and %zu more", unused.size() - 5);
  run.progress.note(text);
  return Status();
}
NN_EXECUTES(NN_STMT_LOAD, runLoad);

} // namespace nnrt
