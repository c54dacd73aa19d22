// Opens a source according to its kind.
#include "runtime/sources/source.h"
#include "runtime/sources/image_reader.h"

#include <cctype>
#include <cstring>

namespace nnrt {

std::string sourceKind(source_kind kind) {
  if (!isGenerator(kind))
    return kind == NN_ROWS ? "rows in the program" : "files";
  std::string name = EnumNamesource_kind(kind);
  name.erase(0, strlen("NN_"));
  for (char &c : name)
    c = char(tolower(c));
  return name;
}

ColumnRequest requestFor(const ColumnT &column, bool optional) {
  return {column.name,   optional ? "" : column.where,
          column.kind,   column.size,
          optional,      column.kind == NN_EQUALS || column.kind == NN_MOMENT ? column.text : "",
          column.absent, optional && !column.for_input};
}

const std::vector<int64_t> &Source::absent(int) const {
  static const std::vector<int64_t> none;
  return none;
}

// Weak: a trainer links only what reads the sources of its own program (NN_PART).
[[gnu::weak]] Open openCsv, openIdx, openNpy, openText, openRows, openGenerator;

static Open *openerOf(int32_t kind) {
  switch (kind) {
  case NN_ROWS:
    return openRows;
  case NN_CSV:
    return openCsv;
  case NN_IDX:
    return openIdx;
  case NN_NPY:
  case NN_NPZ:
    return openNpy;
  case NN_IMAGES:
    return imageReader() ? imageReader()->open : nullptr;
  case NN_TEXT:
    return openText;
  default:
    return openGenerator;
  }
}

Status openSource(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                  std::unique_ptr<Source> &result) {
  if (Open *open = openerOf(spec.source->kind))
    return open(spec, columns, result);
  return spec.source->kind == NN_IMAGES
             ? Status::error("this program was linked without the library that reads images")
             : Status::error("this trainer was linked without a part of the runtime that reads "
                             "its data: let nnc link it");
}

Status checkColumnSize(const ColumnRequest &column, int64_t size, const std::string &source) {
  if (column.size == size)
    return Status();
  return Status::error(
      format("`%s` of %s has %lld elements in each row, the program was compiled for %lld",
             column.name.c_str(), source.c_str(), (long long)size, (long long)column.size));
}

Status checkClasses(const SourceSpec &spec, size_t found, const std::string &source,
                    const char *what) {
  if (spec.classes <= 0 || spec.classes == double(found))
    return Status();
  return Status::error(format("%s has %s, but the program was compiled for %s", source.c_str(),
                              counted(int64_t(found), what).c_str(),
                              grouped(int64_t(spec.classes)).c_str()))
      .at(spec.source->where);
}

} // namespace nnrt
