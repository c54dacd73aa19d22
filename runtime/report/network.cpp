// The report's part about the networks: what is applied in which order, with shapes and numbers of
// parameters.
#include "runtime/program/statements.h"
#include "runtime/report/page.h"
#include "runtime/support/indices.h"

#include <set>

namespace nnrt {

namespace {

/// Whether a tensor belongs to the layer at `place`.
bool isBelow(const std::string &name, const std::string &place) {
  return name.compare(0, place.size(), place) == 0 &&
         (name.size() == place.size() || name[place.size()] == '.');
}

/// The elements of the model's tensors of one kind below a place; of all for an empty place.
int64_t elementsBelow(const ProgramT &program, const ModelT &model,
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

Page::Table tableOf(const ProgramT &program, const ModelT &model,
                    const std::vector<int64_t> &elements) {
  Page::Table table{"what is applied, in order: for one example",
                    {"layer", "place", "output", "parameters"},
                    {},
                    {},
                    "network"};
  auto text = [](const std::string &cell) {
    return "<td class=\"text\">" + htmlText(cell) + "</td>";
  };
  table.rows.push_back({"input", "<td></td>", text(shapeText(model.in_shape)), "<td></td>"});
  std::set<std::string> seen;
  for (const LayerT &layer : model.layers) {
    const bool isPlace = !layer.place.empty();
    const bool again = isPlace && !seen.insert(layer.place).second;
    const int64_t own =
        isPlace ? elementsBelow(program, model, elements, layer.place, NN_PARAMETER) : 0;
    const std::string depth =
        layer.depth > 0 ? format("<span class=\"depth%d\"></span>", std::min(layer.depth, 4))
                        : std::string();
    table.rows.push_back({depth + htmlText(layer.text), text(withoutVariant(layer.place)),
                          text(shapeText(layer.shape)),
                          again ? "shared"
                          : own ? grouped(own)
                                : ""});
  }
  table.rows.push_back({"output", "<td></td>", text(shapeText(model.out_shape)),
                        grouped(elementsBelow(program, model, elements, "", NN_PARAMETER))});
  table.classes.assign(table.rows.size(), "");
  table.classes.back() = "sum";
  return table;
}

/// The choices of the experiment's variant that contains the model number `index`: "act = relu";
/// they distinguish it from other models of this name.
std::string choicesOf(const ProgramT &program, int32_t index) {
  std::string text;
  forEachStatement(program, [&](const StatementT &statement) {
    if (statement.body.type != NN_STMT_EXPERIMENT)
      return true;
    const ExperimentT &experiment = as<ExperimentT>(statement);
    for (int32_t v : indices(experiment.variants)) {
      const VariantT &variant = experiment.variants[v];
      if (index < variant.models.first || index >= variant.models.first + variant.models.count)
        continue;
      for (int32_t c : indices(variant.choices))
        if (variant.choices[c] >= 0)
          text += (text.empty() ? "" : ", ") + experiment.variables[c].name + " = " +
                  experiment.variables[c].labels[variant.choices[c]];
      return false;
    }
    return true;
  });
  return text;
}

} // namespace

void addNetworks(Page &page, const ProgramT &program, const std::vector<int64_t> &elements) {
  const size_t open = 8; // networks; an experiment may have hundreds
  size_t shown = 0;
  std::vector<std::pair<std::string, std::vector<std::vector<std::string>>>> seen;
  for (int32_t m : indices(program.models)) {
    const ModelT &model = program.models[m];
    if (!int32_t(model.layers.size()))
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
