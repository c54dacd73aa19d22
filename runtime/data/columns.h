// Columns: how the cells of columns become numbers: the classes of category columns, and the values
// that fill cells without one.
#pragma once

#include "runtime/data/inputs.h"
#include "runtime/data/learned.h"
#include "runtime/data/parts.h"

#include <map>
#include <string>
#include <vector>

namespace nnrt {

/// Whether cells without a value are filled with a statistic of the training split.
inline bool isStatistic(int32_t absent) {
  return absent == NN_ABSENT_MEAN || absent == NN_ABSENT_MEDIAN || absent == NN_ABSENT_MODE;
}

/// Whether cells are read as words or characters.
inline bool isText(const ColumnT &column) {
  return column.kind == NN_WORDS || column.kind == NN_CHARACTERS;
}

/// The last class of a category with `least`.
constexpr const char *otherClass = "other";

class Columns {
public:
  std::vector<std::vector<std::string>> classes; // for each column; empty if it is not a category
  // for each column: the value that fills missing cells; NaN: none
  std::vector<double> fills;

  /// Numbers the classes of the rows that are kept. `given`: classes to use instead of the data's
  /// own; or null.
  Status numberClasses(const DataT &data, const Parts &parts, const Learned *given);

  /// Finds the fills. Before the split is made, `train` is empty: then these are the ones that do
  /// not depend on it. Of tables alone (absent.cpp), and weak as dropAbsent() is.
  [[gnu::weak]] Status learnFills(const DataT &data, const Parts &parts,
                                  const std::vector<int64_t> &train, const Learned *given);

  /// Finds the vocabularies of texts; before the split is made, none. texts.cpp, weak as others
  /// are.
  [[gnu::weak]] void learnTexts(const DataT &data, const Parts &parts,
                                const std::vector<int64_t> &train, const Learned *given);

  /// How the codes or numbers of a part become numbers, for each column.
  const std::vector<ClassNumbers> &ofPart(size_t part) const { return numbers[part]; }

private:
  // find_classes.cpp; weak: a trainer links it only if its program has such classes (NN_PART).
  // `known`: the classes that a model has learned
  [[gnu::weak]] Status numberNames(const DataT &data, const Parts &parts, int32_t column,
                                   const std::vector<std::string> *known);
  [[gnu::weak]] Status numberValues(const DataT &data, const Parts &parts, int32_t column,
                                    const std::vector<std::string> *known);

  std::vector<ClassNumbers> numbers[2]; // for each column, of each part
};

/// The numbers of texts by a vocabulary.
[[gnu::weak]] void numberTexts(const ColumnT &column, const Category &texts,
                               const std::vector<std::string> &vocabulary, ClassNumbers &numbers);

/// The class numbers in the columns of `where`, from all rows of a source.
[[gnu::weak]] Status whereClasses(const DataT &data, const Source &source,
                                  std::vector<ClassNumbers> &numbers);

/// The numbers of a column in `rows`, each with the first row that has it.
Status numbersOf(const Source &source, int column, int64_t size, const std::vector<int64_t> &rows,
                 std::map<double, int64_t> &found);
/// More distinct numbers than this are not classes.
const size_t mostClasses = 1 << 20;
/// The numbering of classes whose names are numbers, in ascending order; empty if they are not.
ClassNumbers classesOfNumbers(const std::vector<std::string> &names);

/// The class names, sorted as numbers if all are numbers, otherwise as text. `byValue`: equal
/// numbers are one class, with the shortest of its names, `1` rather than `1.0`. This is for
/// tables, in whose cells the same number may be written in different ways.
std::vector<std::string> sortedClasses(std::vector<std::string> names, bool byValue);
/// Makes `other` the last class: find_classes.cpp.
[[gnu::weak]] void addOther(std::vector<std::string> &classes);
/// Rare and unknown classes are the last one.
inline void takeOther(const std::vector<std::string> &classes, std::vector<double> &places) {
  for (double &place : places)
    if (place < 0)
      place = double(classes.size()) - 1;
}
/// The names as numbers; empty if one of them is not a number.
std::vector<double> valuesOf(const std::vector<std::string> &names);
/// The place of each name among such classes; -1: it is not one of them.
std::vector<double> placesAmong(const std::vector<std::string> &classes,
                                const std::vector<std::string> &names, bool byValue);

} // namespace nnrt
