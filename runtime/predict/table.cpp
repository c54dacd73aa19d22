// Formats outputs as CSV: numbers that read back exactly, and names of classes, quoted if
// necessary.
#include "runtime/predict/table.h"

#include "runtime/program/statements.h"
#include "runtime/weights/weights.h"

namespace nnrt {

/// The field, in the data set that the model was trained on, whose classes the outputs represent,
/// because it selected one of them in a loss. -1: none; the outputs are not classes.
static int32_t classField(const ProgramT &program, const ModelT &model, int64_t outputs) {
  const int32_t trained = trainedAs(program, int32_t(&model - program.models.data()));
  int32_t field = -1;
  forEachTrain(program, [&](const TrainT &train) {
    // `proba(x) = softmax(net(x))` has the classes of `net`.
    bool its = trains(train, trained);
    for (int32_t m : modelsOf(train))
      its |= isPartOf(program, program.models[m], model);
    if (its && train.data == model.data && field < 0)
      field = labelOf(train, outputs);
  });
  return field;
}

static bool isTrained(const ProgramT &program, const ModelT &model) {
  const int32_t trained = trainedAs(program, int32_t(&model - program.models.data()));
  bool is = false;
  forEachTrain(program, [&](const TrainT &train) {
    is |= trains(train, trained);
    for (int32_t m : modelsOf(train))
      is |= isPartOf(program, program.models[m], model);
  });
  return is;
}

static std::string cell(const std::string &name) {
  if (name.find_first_of(",\"\n\r") == std::string::npos)
    return name;
  std::string doubled;
  for (char c : name)
    doubled += c == '"' ? "\"\"" : std::string(1, c);
  return "\"" + doubled + "\"";
}

std::string predictionTable(const Run &run, const ModelT &model, const DataT *data,
                            const Learned &learned, Elements outputs, int64_t rows) {
  const int64_t size = elementCount(model.out_shape);
  const int32_t label = data ? classField(run.program, model, size) : -1;
  bool category = label >= 0 && size > 1;
  std::vector<std::string> names;
  // For a model that is only loaded, the meaning of the outputs is known only from its weight file:
  // classes, as many as there are outputs.
  for (int32_t f = 0; data && label < 0 && !isTrained(run.program, model) &&
                      f < int32_t(data->fields.size()) && names.empty();
       ++f) {
    const int32_t column = data->fields[f].category_column;
    const auto *known = f == inputField(*data) || column < 0
                            ? nullptr
                            : learned.classesOf(data->columns[column].name);
    if (known && size > 1 && int64_t(known->size()) == size) {
      category = true;
      names = *known;
    }
  }
  if (label >= 0 && category && data->fields[label].category_column >= 0)
    if (const auto *known =
            learned.classesOf(data->columns[data->fields[label].category_column].name);
        known && int64_t(known->size()) == size)
      names = *known;
  std::string text;
  for (int64_t k = 0; k < size; ++k)
    text += (k ? "," : "") + (size == 1 ? std::string("output") : "output" + std::to_string(k + 1));
  text += category ? ",class\n" : "\n";
  for (int64_t r = 0; r < rows; ++r) {
    int64_t best = 0;
    for (int64_t k = 0; k < size; ++k) {
      double value = outputs.get(r * size + k);
      text += format(outputs.f64 ? "%s%.17g" : "%s%.9g", k ? "," : "", value);
      if (value > outputs.get(r * size + best))
        best = k;
    }
    if (category)
      text += "," + (names.empty() ? std::to_string(best) : cell(names[size_t(best)]));
    text += "\n";
  }
  return text;
}

} // namespace nnrt
