// The fields of the runtime's structs (runtime/abi.h): one list per struct, in the order of
// declaration. A visitor gets one call per field. The type of the field says most; the calls add
// what the type cannot say:
//   v.field(s.x)                a number, a string (const char *) or a struct held by value
//   v.list(s.items, s.n_items)  a pointer to n_items elements, and the count, which follows it
//   v.one(s.item)               a pointer to one struct, or null
//   v.code(s)                   the code pointer of an nn_fn
//   v.body(s)                   the body of an nn_statement, whose type depends on its kind
#pragma once

#include "runtime/abi.h"

namespace nnc {

template <class V> void visitFields(V &v, const nn_fn &s) {
  v.code(s);
  v.field(s.fixed_bytes);
  v.field(s.row_bytes);
  v.field(s.whole);
}

template <class V> void visitFields(V &v, const nn_number &s) {
  v.field(s.value);
  v.field(s.slot);
}

template <class V> void visitFields(V &v, const nn_tensor &s) {
  v.field(s.name);
  v.field(s.key);
  v.field(s.offset);
  v.list(s.shape, s.rank);
  v.field(s.kind);
  v.field(s.block);
}

template <class V> void visitFields(V &v, const nn_range &s) {
  v.field(s.first);
  v.field(s.count);
}

template <class V> void visitFields(V &v, const nn_layer &s) {
  v.field(s.place);
  v.field(s.text);
  v.list(s.shape, s.rank);
  v.field(s.depth);
}

template <class V> void visitFields(V &v, const nn_entry &s) {
  v.field(s.name);
  v.field(s.text);
}

template <class V> void visitFields(V &v, const nn_model &s) {
  v.field(s.name);
  v.field(s.where);
  v.field(s.tensors);
  v.field(s.init);
  v.field(s.predict);
  v.list(s.in_shape, s.in_rank);
  v.list(s.out_shape, s.out_rank);
  v.field(s.data);
  v.field(s.hidden);
  v.list(s.layers, s.n_layers);
  v.list(s.bounds, s.n_bounds);
  v.one(s.targets);
}

template <class V> void visitFields(V &v, const nn_source &s) {
  v.field(s.kind);
  v.field(s.where);
  v.field(s.path);
  v.field(s.labels);
  v.field(s.header);
  v.field(s.separator);
  v.field(s.decimal);
  v.field(s.quote);
  v.field(s.encoding);
  v.field(s.has_missing);
  v.list(s.missing, s.n_missing);
  v.field(s.n_compiled);
  v.list(s.columns, s.n_columns);
  v.list(s.arrays, s.n_arrays);
  v.field(s.channels);
  v.field(s.height);
  v.field(s.width);
  v.field(s.resize);
  v.field(s.recolor);
  v.field(s.length);
  v.list(s.values, s.n_values);
  v.field(s.row_width);
  v.field(s.n);
  v.field(s.classes);
  v.field(s.turns);
  v.field(s.factor);
  v.field(s.noise);
  v.field(s.spread);
  v.field(s.dims);
  v.field(s.seed);
}

template <class V> void visitFields(V &v, const nn_column &s) {
  v.field(s.name);
  v.field(s.where);
  v.field(s.kind);
  v.field(s.size);
  v.field(s.text);
  v.field(s.fill);
  v.field(s.absent);
  v.field(s.numbered);
  v.field(s.classes);
  v.field(s.for_input);
}

template <class V> void visitFields(V &v, const nn_input &s) {
  v.list(s.columns, s.n_columns);
  v.field(s.wide);
}

template <class V> void visitFields(V &v, const nn_field &s) {
  v.field(s.name);
  v.list(s.shape, s.rank);
  v.field(s.flags);
  v.field(s.stat_axis_size);
  v.field(s.category_column);
}

template <class V> void visitFields(V &v, const nn_bound &s) {
  v.field(s.field);
  v.field(s.kind);
  v.field(s.bound);
  v.field(s.low);
  v.field(s.high);
  v.field(s.ignored);
  v.field(s.reader);
  v.field(s.where);
}

template <class V> void visitFields(V &v, const nn_targets &s) {
  v.field(s.compute);
  v.list(s.sizes, s.n_results);
  v.list(s.bounds, s.n_bounds);
}

template <class V> void visitFields(V &v, const nn_data &s) {
  v.field(s.name);
  v.field(s.where);
  v.field(s.source);
  v.one(s.test);
  v.list(s.columns, s.n_columns);
  v.list(s.inputs, s.n_inputs);
  v.list(s.where_columns, s.n_where_columns);
  v.list(s.where_inputs, s.n_where_inputs);
  v.field(s.keep);
  v.field(s.prepare);
  v.list(s.bounds, s.n_bounds);
  v.list(s.fields, s.n_fields);
  v.field(s.train);
  v.field(s.val);
  v.field(s.test_part);
  v.field(s.folds);
  v.field(s.stratify);
  v.field(s.split_seed);
  v.field(s.has_split);
  v.field(s.hidden);
}

template <class V> void visitFields(V &v, const nn_metric &s) {
  v.field(s.name);
  v.list(s.total_sizes, s.n_totals);
  v.list(s.spreads, s.n_spreads);
  v.field(s.finish);
  v.list(s.shape, s.rank);
  v.field(s.direction);
}

template <class V> void visitFields(V &v, const nn_watch &s) {
  v.field(s.metric);
  v.field(s.split);
  v.field(s.direction);
}

template <class V> void visitFields(V &v, const nn_trace_point &s) {
  v.field(s.op);
  v.field(s.place);
  v.field(s.where);
}

template <class V> void visitFields(V &v, const nn_train &s) {
  v.field(s.where);
  v.field(s.target);
  v.field(s.model);
  v.field(s.data);
  v.list(s.fields, s.n_fields);
  v.field(s.init);
  v.field(s.step);
  v.field(s.eval);
  v.field(s.trace);
  v.list(s.trace_points, s.n_trace_points);
  v.field(s.monitor);
  v.list(s.trained, s.n_trained);
  v.list(s.activations, s.n_activations);
  v.field(s.fit);
  v.list(s.fitted, s.n_fitted);
  v.field(s.reads_val_loss);
  v.field(s.optimizer_tensors);
  v.list(s.metrics, s.n_metrics);
  v.list(s.bounds, s.n_bounds);
  v.field(s.targets);
  v.field(s.batch);
  v.field(s.epochs);
  v.field(s.steps);
  v.field(s.has_stop);
  v.field(s.stop);
  v.field(s.stop_patience);
  v.field(s.has_keep);
  v.field(s.keep);
  v.field(s.checkpoint);
  v.field(s.checkpoint_every);
  v.list(s.entries, s.n_entries);
  v.list(s.origins, s.n_origins);
}

template <class V> void visitFields(V &v, const nn_evaluate &s) {
  v.field(s.where);
  v.field(s.target);
  v.field(s.model);
  v.field(s.data);
  v.field(s.split);
  v.list(s.fields, s.n_fields);
  v.field(s.eval);
  v.list(s.metrics, s.n_metrics);
  v.list(s.bounds, s.n_bounds);
  v.field(s.truth);
  v.field(s.targets);
}

template <class V> void visitFields(V &v, const nn_save &s) {
  v.field(s.where);
  v.field(s.target);
  v.field(s.model);
  v.field(s.path);
}

template <class V> void visitFields(V &v, const nn_load &s) {
  v.field(s.where);
  v.field(s.model);
  v.field(s.path);
  v.list(s.except, s.n_except);
}

template <class V> void visitFields(V &v, const nn_predict &s) {
  v.field(s.where);
  v.field(s.target);
  v.field(s.model);
  v.field(s.data);
  v.field(s.split);
  v.one(s.source);
  v.field(s.path);
}

template <class V> void visitFields(V &v, const nn_report &s) {
  v.field(s.where);
  v.field(s.path);
  v.field(s.text);
}

template <class V> void visitFields(V &v, const nn_plotted &s) {
  v.field(s.text);
  v.field(s.fn);
  v.list(s.shape, s.rank);
  v.field(s.metric);
  v.field(s.splits);
  v.one(s.train);
}

template <class V> void visitFields(V &v, const nn_plot &s) {
  v.field(s.where);
  v.field(s.path);
  v.list(s.items, s.n_items);
}

template <class V> void visitFields(V &v, const nn_print &s) {
  v.field(s.where);
  v.field(s.text);
  v.field(s.fn);
  v.list(s.shape, s.rank);
}

template <class V> void visitFields(V &v, const nn_statement &s) {
  v.field(s.kind);
  v.body(s);
}

template <class V> void visitFields(V &v, const nn_variable &s) {
  v.field(s.name);
  v.field(s.draw);
  v.field(s.low);
  v.field(s.high);
  v.list(s.labels, s.n_labels);
  v.list(s.values, s.n_values);
  v.field(s.slot);
}

template <class V> void visitFields(V &v, const nn_variant &s) {
  v.list(s.choices, s.n_choices);
  v.field(s.models);
  v.field(s.model);
  v.list(s.statements, s.n_statements);
}

template <class V> void visitFields(V &v, const nn_experiment &s) {
  v.field(s.where);
  v.field(s.name);
  v.field(s.method);
  v.field(s.data);
  v.list(s.variables, s.n_variables);
  v.list(s.variants, s.n_variants);
  v.field(s.trials);
  v.field(s.seed);
  v.field(s.goal_train);
  v.field(s.goal);
}

template <class V> void visitFields(V &v, const nn_chosen &s) {
  v.field(s.experiment);
  v.list(s.bodies, s.n_bodies);
}

template <class V> void visitFields(V &v, const nn_ensemble &s) {
  v.field(s.where);
  v.field(s.name);
  v.field(s.model);
  v.field(s.of);
  v.field(s.members);
  v.field(s.seed);
}

template <class V> void visitFields(V &v, const nn_outcome &s) {
  v.field(s.where);
  v.field(s.experiment);
}

template <class V> void visitFields(V &v, const nn_option &s) {
  v.field(s.name);
  v.field(s.help);
  v.field(s.value);
  v.field(s.kind);
}

template <class V> void visitFields(V &v, const nn_amount &s) {
  v.field(s.fixed);
  v.field(s.per_row);
}

template <class V> void visitFields(V &v, const nn_traffic &s) {
  v.field(s.bytes);
  v.field(s.distance);
}

template <class V> void visitFields(V &v, const nn_kernel &s) {
  v.field(s.kind);
  v.field(s.results);
  v.field(s.places);
  v.list(s.lines, s.n_lines);
  v.field(s.flops);
  v.field(s.others);
  v.list(s.traffic, s.n_traffic);
}

template <class V> void visitFields(V &v, const nn_profiled &s) {
  v.field(s.fn);
  v.field(s.name);
  v.list(s.kernels, s.n_kernels);
}

template <class V> void visitFields(V &v, const nn_source_line &s) {
  v.field(s.where);
  v.field(s.text);
}

template <class V> void visitFields(V &v, const nn_profile &s) {
  v.field(s.vector_bytes);
  v.field(s.fma);
  v.list(s.lines, s.n_lines);
  v.list(s.functions, s.n_functions);
}

template <class V> void visitFields(V &v, const nn_program &s) {
  v.field(s.abi_version);
  v.field(s.size);
  v.field(s.name);
  v.field(s.source_path);
  v.field(s.source_dir);
  v.field(s.doc);
  v.field(s.elements);
  v.field(s.persistent_bytes);
  v.list(s.tensors, s.n_tensors);
  v.list(s.models, s.n_models);
  v.list(s.data, s.n_data);
  v.list(s.options, s.n_options);
  v.list(s.statements, s.n_statements);
  v.field(s.settings);
  v.field(s.n_settings);
  v.field(s.n_chosen);
  v.one(s.profile);
  v.field(s.compiler);
  v.field(s.cpu);
  v.field(s.features);
}

} // namespace nnc
