// Fuzzes tables: with a guessed format, and with formats that programs give.
#include "Fuzz.h"
#include "Sources.h"

using namespace nnc_fuzz;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string path = fileOf(textOf(data, size));
  SourceT source = sourceOf(NN_CSV);
  source.path = path;
  const std::vector<column_kind> kinds = {NN_NUMBER, NN_CATEGORY, NN_MISSING, NN_EQUALS};
  readSource(source, kinds);
  source.separator = ';';
  source.decimal = ',';
  source.quote = '\'';
  source.encoding = NN_LATIN1;
  source.has_missing = true;
  source.missing = {"?", "-1", ""};
  readSource(source, kinds);
  source = sourceOf(NN_CSV);
  source.path = path;
  source.quote = nnrt::noQuotes;
  source.separator = ' ';
  source.encoding = NN_UTF16;
  source.columns = {"a", "b", "c"};
  readSource(source, kinds);
  return 0;
}
