// The report's part about the networks: what is applied in which order, with shapes and numbers of
// parameters.
#include "runtime/program/statements.h"
#include "runtime/report/page.h"

#include <set>

namespace nnrt {

namespace {

/// Whether a tensor belongs to the layer at `place`.
bool isBelow(const char *tensor, const std::string &place) {
  const std::string name = tensor;
  return name.compare(0, place.size(), place) == 0 &&
         (name.size() == place.size() || name[place.size()] == '.');
}

/// The elements of the model's tensors of one kind below a place; of all for an empty place.
int64_t elementsBelow(const nn_program &program, const nn_model &model,
                      const std::vector<int64_t> &elements, const std::string &place,
                      int32_t kind) {
  int64_t sum = 0;
  std::set<std::string> seen; // a model that is in two parts has its tensors listed twice
  for (int32_t t = model.tensors.first; t < model.tensors.first + model.tensors.count; ++t)
    if (program.tensors[t].kind == kind &&
        (place.empty() || isBelow(program.tensors[t].name, place)) &&
        seen.insert(program.tensors[t].name).second)
      sum += elements[size_t(t)];
  return sum;
}

Page::Table tableOf(const nn_program &program, const nn_model &model,
                    const std::vector<int64_t> &elements) {
  Page::Table table{"what is applied, in order: for one example",
                    {"layer", "place", "output", "parameters"},
                    {},
                    {},
                    "network"};
  auto text = [](const std::string &cell) {
    return "<td class=\"text\">" + htmlText(cell) + "</td>";
  };
  table.rows.push_back(
      {"input", "<td></td>", text(shapeText(model.in_shape, model.in_rank)), "<td></td>"});
  std::set<std::string> seen;
  for (int32_t i = 0; i < model.n_layers; ++i) {
    const nn_layer &layer = model.layers[i];
    const bool again = *layer.place && !seen.insert(layer.place).second;
    const int64_t own =
        *layer.place ? elementsBelow(program, model, elements, layer.place, NN_PARAMETER) : 0;
    const std::string depth =
        layer.depth > 0 ? format("<span class=\"depth%d\"></span>", std::min(layer.depth, 4))
                        : std::string();
    table.rows.push_back({depth + htmlText(layer.text), text(withoutVariant(layer.place)),
                          text(shapeText(layer.shape, layer.rank)),
                          again ? "shared"
                          : own ? grouped(own)
                                : ""});
  }
  table.rows.push_back({"output", "<td></td>", text(shapeText(model.out_shape, model.out_rank)),
                        grouped(elementsBelow(program, model, elements, "", NN_PARAMETER))});
  table.classes.assign(table.rows.size(), "");
  table.classes.back() = "sum";
  return table;
}

/// The choices of the experiment's variant that contains the model number `index`: "act = relu";
/// they distinguish it from other models of this name.
std::string choicesOf(const nn_program &program, int32_t index) {
  std::string text;
  forEachStatement(program, [&](const nn_statement &statement) {
    if (statement.kind != NN_STMT_EXPERIMENT)
      return true;
    const nn_experiment &experiment = *static_cast<const nn_experiment *>(statement.body);
    for (int32_t v = 0; v < experiment.n_variants; ++v) {
      const nn_variant &variant = experiment.variants[v];
      if (index < variant.models.first || index >= variant.models.first + variant.models.count)
        continue;
      for (int32_t c = 0; c < variant.n_choices; ++c)
        if (variant.choices[c] >= 0)
          text += (text.empty() ? "" : ", ") + std::string(experiment.variables[c].name) + " = " +
                  experiment.variables[c].labels[variant.choices[c]];
      return false;
    }
    return true;
  });
  return text;
}

} // namespace

void addNetworks(Page &page, const nn_program &program, const std::vector<int64_t> &elements) {
  const size_t open = 8; // networks shown open; an experiment may have hundreds
  size_t shown = 0;
  std::vector<std::pair<std::string, std::vector<std::vector<std::string>>>> seen;
  for (int32_t m = 0; m < program.n_models; ++m) {
    const nn_model &model = program.models[m];
    if (!model.n_layers)
      continue;
    const Page::Table table = tableOf(program, model, elements);
    // Variants that differ only in numbers are one network.
    bool known = false;
    for (const auto &[name, rows] : seen)
      known |= name == model.name && rows == table.rows;
    if (known)
      continue;
    seen.emplace_back(model.name, table.rows);
    if (seen.size() == 1)
      page.section("Networks");
    const std::string choices = model.hidden ? choicesOf(program, m) : "",
                      title = model.name + (choices.empty() ? "" : ": " + choices);
    const int64_t states = elementsBelow(program, model, elements, "", NN_STATE);
    const std::string count =
        counted(elementsBelow(program, model, elements, "", NN_PARAMETER), "parameter") +
        (states ? " and " + counted(states, "number") + " of state" : "");
    const bool folded = shown++ >= open;
    if (folded)
      page.fold(title + ", " + count);
    else
      page.heading(title);
    if (!folded)
      page.paragraph(count + ".");
    page.table(table);
    if (folded)
      page.endFold();
  }
}

} // namespace nnrt
