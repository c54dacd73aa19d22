// Runs both entry points of a source's reader: nn_probe_source and openSource.
#include "Sources.h"

#include "Fuzz.h"
#include "runtime/ask.h"
#include "runtime/sources/source.h"

using namespace nnrt;

namespace nnc_fuzz {

SourceT sourceOf(source_kind kind) {
  SourceT source;
  source.kind = kind;
  source.where = "fuzz.nn:1:1";
  return source;
}

/// The most numbers that are used of one column.
static const int64_t mostNumbers = 1 << 16;

static void look(const nnrt::Source &source, int column, int64_t size) {
  const int64_t count =
      std::min(source.rows, std::max<int64_t>(1, mostNumbers / std::max<int64_t>(1, size)));
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < count; ++i)
    rows.push_back(i < count / 2 ? i : source.rows - count + i); // from both ends
  for (bool f64 : {false, true}) {
    std::vector<unsigned char> numbers(size_t(count * size) * (f64 ? 8 : 4));
    source.fill(column, rows.data(), count, Elements{numbers.data(), f64});
    use(numbers.data(), numbers.size());
  }
  if (const Category *category = source.category(column))
    for (int32_t code : category->codes)
      if (code >= 0)
        use(category->names.at(size_t(code)).data(), category->names[size_t(code)].size());
  for (int64_t row : source.absent(column))
    use(source.place(row).data(), 1);
}

/// Reads some columns of the source; false if it cannot be read.
static bool read(const SourceT &source, const std::vector<ColumnRequest> &requests) {
  const SourceSpec spec{&source, 0, 0, 0, 0, 0, 0, 0, 0, {}};
  std::unique_ptr<nnrt::Source> opened;
  if (openSource(spec, requests, opened).failed())
    return false;
  for (size_t c = 0; c < requests.size(); ++c)
    look(*opened, int(c), requests[c].size);
  use(opened->guessed().data(), opened->guessed().size());
  return true;
}

void readSource(const SourceT &source, const std::vector<column_kind> &kinds) {
  const size_t mostColumns = 20, mostAlone = 3;
  const nn_probe probe = nn_probe_source(source, "");
  if (probe.error.empty()) {
    std::vector<ColumnRequest> requests;
    std::vector<ColumnT> columns;
    for (size_t c = 0; c < probe.columns.size() && c < mostColumns; ++c) {
      const nn_probe_column &column = probe.columns[c];
      requests.push_back({column.name, "fuzz.nn:2:2", kinds[c % kinds.size()],
                          elementCount(column.shape), false, "x",
                          c % 2 ? NN_ABSENT_PREVIOUS : NN_ABSENT_DROP});
      columns.emplace_back();
      columns.back().name = column.name;
      columns.back().size = requests.back().size;
    }
    // An error in one column must not hide the others.
    if (!read(source, requests))
      for (size_t c = 0; c < requests.size() && c < mostAlone; ++c)
        read(source, {requests[c]});
    for (const nn_column_summary &summary : nn_summarize_columns(source, "", "", columns))
      use(&summary, sizeof summary);
  }
}

} // namespace nnc_fuzz
