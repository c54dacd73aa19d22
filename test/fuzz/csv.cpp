// Fuzzes tables: with a guessed format, and with formats that programs give.
#include "Fuzz.h"
#include "Sources.h"

using namespace nnc_fuzz;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const missing[] = {"?", "-1", ""};
  static const char *const names[] = {"a", "b", "c"};
  const std::string path = fileOf(textOf(data, size));
  nn_source source = sourceOf(NN_CSV);
  source.path = path.c_str();
  const std::vector<nn_column_kind> kinds = {NN_NUMBER, NN_CATEGORY, NN_MISSING, NN_EQUALS};
  readSource(source, kinds);
  source.separator = ';';
  source.decimal = ',';
  source.quote = '\'';
  source.encoding = NN_LATIN1;
  source.has_missing = 1;
  source.missing = missing;
  source.n_missing = 3;
  readSource(source, kinds);
  source = sourceOf(NN_CSV);
  source.path = path.c_str();
  source.quote = NN_NO_QUOTES;
  source.separator = ' ';
  source.encoding = NN_UTF16;
  source.columns = names;
  source.n_columns = 3;
  readSource(source, kinds);
  return 0;
}
