// Checks the sizes of the tables in abi.h on 64-bit machines. If one of them changes,
// NN_ABI_VERSION must change too, because a compiled program contains such tables.
#include "runtime/abi.h"

#include <cstddef>

static_assert(sizeof(void *) == 8, "the tables are laid out for 64-bit machines");
static_assert(sizeof(nn_call) == 88, "");
static_assert(sizeof(nn_fn) == 32, "");
static_assert(sizeof(nn_number) == 16, "");
static_assert(sizeof(nn_tensor) == 48, "");
static_assert(sizeof(nn_range) == 8, "");
static_assert(sizeof(nn_layer) == 32, "");
static_assert(sizeof(nn_model) == 168, "");
static_assert(sizeof(nn_source) == 296, "");
static_assert(sizeof(nn_column) == 72, "");
static_assert(sizeof(nn_input) == 16, "");
static_assert(sizeof(nn_field) == 32, "");
static_assert(sizeof(nn_data) == 560, "");
static_assert(sizeof(nn_metric) == 88, "");
static_assert(sizeof(nn_watch) == 12, "");
static_assert(sizeof(nn_bound) == 56, "");
static_assert(sizeof(nn_targets) == 64, "");
static_assert(sizeof(nn_trace_point) == 24, "");
static_assert(sizeof(nn_entry) == 16, "");
static_assert(sizeof(nn_train) == 552, "");
static_assert(sizeof(nn_evaluate) == 176, "");
static_assert(sizeof(nn_save) == 32, "");
static_assert(sizeof(nn_load) == 40, "");
static_assert(sizeof(nn_predict) == 48, "");
static_assert(sizeof(nn_report) == 24, "");
static_assert(sizeof(nn_plotted) == 72, "");
static_assert(sizeof(nn_plot) == 32, "");
static_assert(sizeof(nn_print) == 64, "");
static_assert(sizeof(nn_statement) == 16, "");
static_assert(sizeof(nn_variable) == 64, "");
static_assert(sizeof(nn_variant) == 40, "");
static_assert(sizeof(nn_experiment) == 104, "");
static_assert(sizeof(nn_chosen) == 24, "");
static_assert(sizeof(nn_ensemble) == 48, "");
static_assert(sizeof(nn_outcome) == 16, "");
static_assert(sizeof(nn_option) == 32, "");
static_assert(sizeof(nn_amount) == 16, "");
static_assert(sizeof(nn_traffic) == 32, "");
static_assert(sizeof(nn_kernel) == 88, "");
static_assert(sizeof(nn_profiled) == 56, "");
static_assert(sizeof(nn_source_line) == 16, "");
static_assert(sizeof(nn_profile) == 40, "");
static_assert(sizeof(nn_program) == 208, "");
static_assert(sizeof(nn_probe) == 1048, "");
