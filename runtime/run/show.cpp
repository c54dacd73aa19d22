// Describes a data set in text. Numbers are shown as they are before `normalize`, because wrong
// units and stray values are visible there.
#include "runtime/run/show.h"
#include "runtime/support/indices.h"

#include "runtime/program/statements.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

namespace nnrt {

/// Elements of a field, and classes, that are described one by one.
static const int64_t mostShown = 12;

static std::string sourceText(const SourceT &source) {
  if (!source.path.empty())
    return source.path;
  if (!source.arrays.empty())
    return source.arrays[0] + (source.arrays.size() > 1 ? ", …" : "");
  return sourceKind(source.kind);
}

namespace {

/// A summary of numbers that are added one by one.
struct Summary {
  double low = INFINITY, high = -INFINITY, mean = 0, squares = 0;
  int64_t count = 0;

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
    const double distance = value - mean;
    mean += distance / double(++count);
    squares += distance * (value - mean);
  }
  std::string text() const {
    return number(low) + " .. " + number(high) + ", mean " + number(mean) + ", deviation " +
           number(std::sqrt(squares / double(count)));
  }
};

class DataText {
public:
  DataText(const Run &run, const Dataset &data)
      : run(run), data(data), description(*data.description) {}
  std::string all() const;

private:
  std::string splits() const;
  std::string field(int32_t f) const;
  std::string classes(int32_t f) const;
  std::string ranges(int32_t f) const;
  /// A number of a field as it was before it was normalised.
  double original(int32_t f, int64_t row, int64_t element) const;

  const Run &run;
  const Dataset &data;
  const DataT &description;
};

} // namespace

std::string DataText::all() const {
  std::string text = description.name + ": " + sourceText(*description.source);
  if (description.test)
    text += ", test " + sourceText(*description.test);
  text += ": " + counted(data.rows, "row") + "\n" + splits();
  for (int32_t f : indices(description.fields))
    text += field(f);
  return text;
}

std::string DataText::splits() const {
  if (!description.has_split && !description.test)
    return "  no splits: every row is for training\n";
  static const char *const names[] = {"train", "val", "test"};
  std::string text;
  for (int split = 0; split < 3; ++split)
    if (const size_t rows = data.splits[split].size())
      text += format("%s%s %s (%s %%)", text.empty() ? "  " : ", ", names[split],
                     grouped(int64_t(rows)).c_str(),
                     number(std::round(1000.0 * double(rows) / double(data.rows)) / 10).c_str());
  if (description.folds > 0)
    text += format("; %d folds, of which the first validates here", description.folds);
  return text + "\n";
}

double DataText::original(int32_t f, int64_t row, int64_t element) const {
  const int64_t size = data.fields.sizes[f];
  const double value = data.fields.values(run.engine, f).get(data.fields.at(f, row) + element);
  const Statistics &s = data.statistics[f];
  if (s.mean.empty())
    return value;
  return s.inOwnUnits(value, element, size, description.fields[f].window >= 0);
}

std::string DataText::field(int32_t f) const {
  const FieldT &field = description.fields[f];
  const bool areClasses = (field.flags & NN_FIELD_CATEGORY) && data.fields.sizes[f] == 1;
  std::string text =
      std::string("  ") + field.name + ": " + (areClasses ? "classes" : shapeText(field.shape));
  if (field.flags & NN_FIELD_NORMALIZE)
    text += ", normalized by the statistics of the training rows";
  if (field.flags & NN_FIELD_BALANCED)
    text += ", its classes drawn equally often";
  if (description.stratify == f)
    text += ", its classes in all splits alike";
  if (!data.fields.buffers[f].data())
    return text + "; too large to look at all of it: computed for each batch\n";
  if (field.flags & NN_FIELD_CLASS_WEIGHTS)
    return text + "; weights of classes\n";
  return text + (areClasses ? classes(f) : ranges(f));
}

std::string DataText::classes(int32_t f) const {
  const FieldT &field = description.fields[f];
  std::map<int64_t, int64_t> counts;
  for (int64_t row : data.splitRows(NN_SPLIT_ALL))
    ++counts[int64_t(original(f, row, 0))];
  const std::vector<std::string> names = field.category_column < 0
                                             ? std::vector<std::string>()
                                             : data.columns.classes[field.category_column];
  const size_t different = std::max(counts.size(), names.size());
  std::string text = ", " + grouped(int64_t(different)) + " of them: ";
  int64_t shown = 0;
  for (const auto &[label, count] : counts) {
    if (shown == mostShown) {
      text += format(" and %s more", grouped(int64_t(counts.size()) - shown).c_str());
      break;
    }
    const std::string name =
        label >= 0 && size_t(label) < names.size() ? names[size_t(label)] : std::to_string(label);
    text += (shown++ ? ", " : "") + quoted(name) + " × " + grouped(count);
  }
  return text + "\n";
}

std::string DataText::ranges(int32_t f) const {
  const FieldT &field = description.fields[f];
  const int64_t size = data.fields.sizes[f];
  if (data.rows == 0)
    return "\n";
  const bool each = int32_t(field.shape.size()) == 1 && size > 1 && size <= mostShown;
  std::vector<Summary> summaries(size_t(each ? size : 1));
  for (int64_t row : data.splitRows(NN_SPLIT_ALL))
    for (int64_t element = 0; element < size; ++element)
      summaries[each ? size_t(element) : 0].add(original(f, row, element));
  if (!each)
    return ", " + summaries[0].text() + "\n";
  std::string text = "\n";
  for (int64_t element = 0; element < size; ++element)
    text += format("    %s[%lld] %s\n", field.name.c_str(), (long long)element,
                   summaries[size_t(element)].text().c_str());
  return text;
}

Status showData(Run &run, const std::string &name) {
  for (const DataT &description : run.program.data) {
    if (description.name != name)
      continue;
    Dataset data;
    data.keptBytes = int64_t(256) << 20;
    NN_TRY(data.load(run.engine, description, run.folders, run.cache));
    NN_TRY(data.checkRows(run.engine));
    run.say(DataText(run, data).all());
    for (const std::string &remark : data.parts.remarks)
      run.progress.note(remark);
    return Status();
  }
  return Status::error("there is no data set `" + name + "`");
}

} // namespace nnrt
