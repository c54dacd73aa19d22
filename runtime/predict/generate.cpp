// generate: a model that was trained to tell the next character of a text writes one. The compiled
// function is that of predictions: it takes as many characters as an example has, and gives the
// scores of what follows each of them. Where fewer characters are there, they are at its start,
// which is right only if no score depends on the characters after it: that is tried.
#include "runtime/predict/generate.h"

#include "runtime/predict/asked.h"
#include "runtime/process/signals.h"
#include "runtime/program/statements.h"
#include "runtime/support/philox.h"
#include "runtime/support/utf8.h"

#include <algorithm>
#include <cmath>

namespace nnrt {
namespace {

class Writer {
public:
  Writer(Run &run, const ModelT &model) : run(run), engine(run.engine), model(model) {}

  /// Finds the characters that the model knows, and checks that it tells the next one.
  Status prepare(const SafetensorsFile &weights);
  /// Puts the prompt into the window.
  Status read(const std::string &prompt);
  Status write();

private:
  Status notForTexts(const std::string &why) const;
  /// The scores of what follows character `last` of the window.
  const double *scores();
  /// Fails if they depend on the characters after it.
  Status checkCausal();
  int64_t draw(const double *scores, int64_t index) const;
  void add(int64_t character);

  Run &run;
  Engine &engine;
  const ModelT &model;
  std::vector<std::string> characters;
  int64_t length = 0; // characters in the window
  std::vector<double> window;
  int64_t last = -1; // the last one in the window that was written
  Buffer in, out;
  std::vector<double> row;
};

Status Writer::notForTexts(const std::string &why) const {
  return Status::error("`" + model.name + "` does not write texts: " + why +
                       "\n  generate needs a model that was trained on a `text`, from its `x` "
                       "alone, with the scores of each next character as its value");
}

Status Writer::prepare(const SafetensorsFile &weights) {
  const DataT *data = model.data >= 0 ? &run.program.data[size_t(model.data)] : nullptr;
  if (!data || data->source->kind != NN_TEXT)
    return notForTexts("the program does not train it on a text");
  const FieldT &field = data->fields[size_t(inputField(*data))];
  if (field.category_column < 0)
    return notForTexts("its input is computed from the characters");
  Learned learned;
  NN_TRY(learnedFrom(weights, data->name, learned));
  const std::string &column = data->columns[size_t(field.category_column)].name;
  if (const auto *known = learned.classesOf(column))
    characters = *known;
  if (characters.empty())
    return Status::error(weights.path + " does not hold the characters of " + data->name +
                         "; save the model with this program");
  if (model.in_shape.size() != 1)
    return notForTexts("its input is " + shapeText(model.in_shape));
  length = model.in_shape[0];
  const std::vector<int64_t> expected = {length, int64_t(characters.size())};
  if (model.out_shape != expected)
    return notForTexts("its value is " + shapeText(model.out_shape) + ", and would be " +
                       shapeText(expected) + " for the " + counted(expected[1], "character") +
                       " in " + weights.path);
  const size_t width = size_t(engine.elementBytes());
  NN_TRY(in.allocate(size_t(length) * width, "the characters"));
  NN_TRY(out.allocate(size_t(length) * characters.size() * width, "the scores"));
  row.resize(characters.size());
  window.assign(size_t(length), 0);
  return engine.reserve(model.predict, 1);
}

Status Writer::read(const std::string &prompt) {
  std::string unknown;
  std::vector<int64_t> numbers;
  for (size_t at = 0; at < prompt.size();) {
    uint32_t code;
    const size_t size = firstCharacter(std::string_view(prompt).substr(at), code);
    const std::string character = prompt.substr(at, size);
    at += size;
    const auto found = std::find(characters.begin(), characters.end(), character);
    if (found != characters.end())
      numbers.push_back(found - characters.begin());
    else if (const std::string shown = "`" + quoted(character) + "`";
             unknown.find(shown) == std::string::npos)
      unknown += (unknown.empty() ? "" : ", ") + shown;
  }
  if (!unknown.empty())
    return Status::error(
        format("--prompt has characters that are not among the %zu that %s knows: %s",
               characters.size(), model.name.c_str(), unknown.c_str()));
  for (int64_t number : numbers)
    add(number);
  return Status();
}

void Writer::add(int64_t character) {
  if (last + 1 == length)
    std::rotate(window.begin(), window.begin() + 1, window.end());
  else
    ++last;
  window[size_t(last)] = double(character);
}

const double *Writer::scores() {
  const Elements values{in.data(), engine.f64()}, all{out.data(), engine.f64()};
  for (int64_t i = 0; i < length; ++i)
    values.set(i, window[size_t(i)]);
  const void *given = in.data();
  void *result = out.data();
  engine.call(model.predict, &given, &result, 1, 1);
  for (size_t c = 0; c < row.size(); ++c)
    row[c] = all.get(last * int64_t(row.size()) + int64_t(c));
  return row.data();
}

Status Writer::checkCausal() {
  if (last + 1 == length || characters.size() < 2)
    return Status();
  scores();
  const std::vector<double> before = row, kept = window;
  std::fill(window.begin() + last + 1, window.end(), 1);
  scores();
  window = kept;
  for (size_t c = 0; c < row.size(); ++c)
    if (row[c] != before[c] && !(std::isnan(row[c]) && std::isnan(before[c])))
      return Status::error(format(
          "the scores of `%s` at a character depend on those after it, so the prompt must fill its "
          "%lld characters; it has %lld\n  a causal model (`causal = true`, `lstm`) needs only one",
          model.name.c_str(), (long long)length, (long long)(last + 1)));
  return Status();
}

int64_t Writer::draw(const double *scores, int64_t index) const {
  const int64_t classes = int64_t(characters.size());
  std::vector<int64_t> order(characters.size());
  for (int64_t c = 0; c < classes; ++c)
    order[size_t(c)] = c;
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return scores[a] > scores[b]; });
  if (run.flags.temperature == 0)
    return order[0];
  if (run.flags.top > 0 && run.flags.top < classes)
    order.resize(size_t(run.flags.top));
  std::vector<double> weights;
  double sum = 0;
  for (int64_t c : order) {
    weights.push_back(std::exp((scores[c] - scores[order[0]]) / run.flags.temperature));
    sum += weights.back();
  }
  const Philox words = randomWords(run.flags.seed, Stream::Text, uint64_t(index));
  double left = uniformFrom(words.word[0]) * sum;
  for (size_t i = 0; i < order.size(); ++i)
    if ((left -= weights[i]) < 0)
      return order[i];
  return order[0]; // what rounding left
}

Status Writer::write() {
  NN_TRY(checkCausal());
  run.say(run.flags.prompt);
  for (int64_t i = 0; i < run.flags.length; ++i) {
    if (pendingSignal()) {
      run.signal = pendingSignal();
      break;
    }
    const double *found = scores();
    for (size_t c = 0; c < row.size(); ++c)
      if (!std::isfinite(found[c]))
        return Status::error(format("the score of `%s` after %lld characters is %s",
                                    quoted(characters[c]).c_str(), (long long)i,
                                    number(found[c]).c_str()));
    const int64_t next = draw(found, i);
    run.say(characters[size_t(next)]);
    add(next);
  }
  run.say("\n");
  return Status();
}

} // namespace

Status generate(Run &run) {
  FlushDenormals flush;
  SafetensorsFile weights;
  const ModelT *model = nullptr;
  NN_TRY(askedModel(run, "generate", model, weights));
  std::vector<std::string> unused;
  NN_TRY(loadModel(run.engine, *model, weights, {}, unused));
  Writer writer(run, *model);
  NN_TRY(writer.prepare(weights));
  NN_TRY(writer.read(run.flags.prompt));
  return writer.write();
}

} // namespace nnrt
