/* The contract between compiled programs, the compiler and the runtime (C, versioned).
 *
 * A compiled program is one `nn_program`: constant tables plus pointers to compiled functions. The
 * object file of a trainer and the code that the JIT makes carry the same tables, so both run
 * through `nn_main` below. The program owns everything here, and it lives as long as the code.
 * Strings are UTF-8, NUL-terminated. A list is a pointer and a count. `where` strings are
 * "file:line:col", for messages. */
#ifndef NNC_RUNTIME_ABI_H
#define NNC_RUNTIME_ABI_H

#include "runtime/abi_call.h"
#include "runtime/abi_data.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NN_ABI_VERSION 8u

/* ---- statements ------------------------------------------------------------------------------ */

enum nn_split { NN_SPLIT_TRAIN, NN_SPLIT_VAL, NN_SPLIT_TEST, NN_SPLIT_ALL };
enum nn_direction { NN_LOWEST = -1, NN_NO_DIRECTION = 0, NN_HIGHEST = 1 };

/* A metric: totals over all rows of a split, which `finish` turns into the value shown. */
typedef struct nn_metric {
  const char *name; /* accuracy, r2, confusion … */
  /* the number of elements of each total, in the order of results; all are f64 */
  const int64_t *total_sizes;
  int32_t n_totals;
  /* Totals are added up batch after batch, except at these indices: each is the first of three
   * totals (the number of examples, their mean, the sum of squared deviations from it), which are
   * combined as for two sets. */
  const int32_t *spreads;
  int32_t n_spreads;
  nn_fn finish; /* fields: the totals, as f64, unbatched; result 0: the value, f64 */
  /* shape of the value; rank 0: a number; rank 2: a table */
  const int64_t *shape;
  int32_t rank;
  int32_t direction; /* nn_direction: what is better */
} nn_metric;

/* Selects a value of a run's history: metric < 0 is the loss. */
typedef struct nn_watch {
  int32_t metric;
  int32_t split;
  int32_t direction;
} nn_watch;

/* The allowed values of a field (an index in nn_data.fields), because of its use in a loss or a
 * metric; checked on the data before the run. */
enum nn_bound_kind {
  /* whole numbers from 0 to bound - 1, which select one of an example's `bound` elements */
  NN_SELECTS,
  NN_LOOKS_UP, /* the same, for a table that all examples share */
  NN_WITHIN,   /* from low to high */
  NN_EITHER    /* low or high */
};
typedef struct nn_bound {
  int32_t field;
  int32_t kind;       /* nn_bound_kind */
  int64_t bound;      /* NN_SELECTS, NN_LOOKS_UP */
  double low, high;   /* the others */
  double ignored;     /* a value that is allowed with every kind; NaN: none */
  const char *reader; /* the function that requires it: "binary_cross_entropy"; NULL: an index */
  const char *where;
} nn_bound;

/* Values that losses and metrics compute from fields before they use them (`y[1]`, `y - 1`):
 * computed for every row and checked before the run, as fields are. Here nn_bound.field is the
 * index of a result. */
typedef struct nn_targets {
  /* fields: those of the statement; results: the numbers to check. No code: there are none */
  nn_fn compute;
  const int64_t *sizes;
  int32_t n_results; /* elements of each result, of one row */
  const nn_bound *bounds;
  int32_t n_bounds;
} nn_targets;

/* A possible cause of a non-finite number: entry i describes result i of nn_train.trace. */
typedef struct nn_trace_point {
  /* "log", "/"; if `place` is empty, what is wrong with the step in words */
  const char *op;
  const char *place; /* "net.dense1", or "the loss" */
  const char *where;
} nn_trace_point;

/* An entry of a statement as it is written, for reports: "loss", "mse(net(x), y)". */
typedef struct nn_entry {
  const char *name, *text;
} nn_entry;

typedef struct nn_train {
  const char *where;
  const char *target; /* what is trained: the model, or a part of it, "autoencoder.enc1" */
  int32_t model, data;
  /* fields of the data, in the order the functions take them */
  const int32_t *fields;
  int32_t n_fields;
  nn_fn init; /* no fields: writes the optimizer's state */
  /* one training step: result 0: the batch's mean loss; then each metric's totals. If the loss is
   * not finite, it returns before it has written any tensor. */
  nn_fn step;
  nn_fn eval; /* the same results, not in training mode; writes no tensor */
  /* results: for each trace point 1 if it is non-finite; writes no tensor */
  nn_fn trace;
  const nn_trace_point *trace_points;
  int32_t n_trace_points;
  /* results: for each of `trained` the norm of its gradient; then for each activation the share of
   * its units that are dead and the share that are saturated; writes no tensor. May have no code */
  nn_fn monitor;
  const int32_t *trained;
  int32_t n_trained; /* in nn_program.tensors */
  const char *const *activations;
  int32_t n_activations; /* "net.dense1 relu" */
  /* fields: the batch, not augmented, then one number for each of `fitted`, 1 to fit it; result 0:
   * how much the call changed them, relative to their size. In training mode. May have no code */
  nn_fn fit;
  /* parameters, in nn_program.tensors, that are fitted to the first batch if they are still as
   * drawn */
  const int32_t *fitted;
  int32_t n_fitted;
  int32_t reads_val_loss; /* a schedule depends on it, so there must be rows to validate on */
  nn_range optimizer_tensors;
  const nn_metric *metrics;
  int32_t n_metrics;
  const nn_bound *bounds;
  int32_t n_bounds;
  nn_targets targets;
  nn_number batch;  /* 0: all rows of the training split */
  nn_number epochs; /* 0 when `steps` is given */
  nn_number steps;  /* total steps; 0 when `epochs` is given */
  int32_t has_stop;
  nn_watch stop;
  nn_number stop_patience; /* in epochs */
  int32_t has_keep;
  nn_watch keep;
  const char *checkpoint;     /* or NULL */
  nn_number checkpoint_every; /* in epochs */
  const nn_entry *entries;
  int32_t n_entries; /* if a report shows them */
  /* if there is a checkpoint, which compares them: parts of the statement and the declarations that
   * it depends on, without comments and spacing; a long text is `#` and its hash */
  const nn_entry *origins;
  int32_t n_origins;
} nn_train;

typedef struct nn_evaluate {
  const char *where;
  /* the model as the statement names it; the result of a search has its own name */
  const char *target;
  int32_t model, data, split;
  const int32_t *fields;
  int32_t n_fields;
  nn_fn eval; /* results: each metric's totals */
  const nn_metric *metrics;
  int32_t n_metrics;
  const nn_bound *bounds;
  int32_t n_bounds;
  /* a field of the data whose elements a metric compares with the model's outputs, one by one; -1:
   * none */
  int32_t truth;
  nn_targets targets;
} nn_evaluate;

typedef struct nn_save {
  const char *where;
  const char *target;
  int32_t model;
  const char *path;
} nn_save;
/* Loads tensors by key; `except` lists key prefixes left as they are. */
typedef struct nn_load {
  const char *where;
  int32_t model;
  const char *path;
  const char *const *except;
  int32_t n_except;
} nn_load;

/* Writes the model's outputs as CSV, for the rows of a data set or for those of `source`, whose
 * columns are those of the data set `data` that the model was trained on; -1: that is not known,
 * and its rows begin with x's elements. */
typedef struct nn_predict {
  const char *where;
  const char *target; /* the model as the statement names it */
  int32_t model, data, split;
  const nn_source *source; /* or NULL */
  const char *path;        /* NULL: standard output */
} nn_predict;

typedef struct nn_report {
  const char *where;
  const char *path;
  const char *text; /* the program's */
} nn_report;

/* One item of a plot statement: a curve of the last run of a train statement, or a histogram of
 * values. */
typedef struct nn_plotted {
  const char *text; /* as written: "val.loss", "net.dense1.w" */
  nn_fn fn;         /* computes the values (no fields; result 0); no code: a curve */
  const int64_t *shape;
  int32_t rank;
  int32_t metric;               /* for a curve; -1: the loss */
  int32_t splits;               /* for a curve: 1 train, 2 val, 3 both */
  const struct nn_train *train; /* for a curve: the statement */
} nn_plotted;

/* Curves share a plot; each histogram has its own. With a path: an SVG file instead of the
 * terminal. */
typedef struct nn_plot {
  const char *where;
  const char *path; /* or NULL */
  const nn_plotted *items;
  int32_t n_items;
} nn_plot;

/* Prints `text`, then the value that `fn` computes (no fields; result 0) if it has code. */
typedef struct nn_print {
  const char *where;
  const char *text; /* "net([0, 1])" or a string's contents */
  nn_fn fn;
  const int64_t *shape;
  int32_t rank;
} nn_print;

enum nn_statement_kind {
  NN_STMT_TRAIN,
  NN_STMT_EVALUATE,
  NN_STMT_SAVE,
  NN_STMT_LOAD,
  NN_STMT_REPORT,
  NN_STMT_PRINT,
  NN_STMT_EXPERIMENT,
  NN_STMT_CHOSEN,
  NN_STMT_ENSEMBLE,
  NN_STMT_OUTCOME,
  NN_STMT_PLOT,
  NN_STMT_PREDICT
};

typedef struct nn_statement {
  int32_t kind;
  const void *body;
} nn_statement;

/* ---- experiments: compare and search --------------------------------------------------------- */

enum nn_draw {
  NN_DRAW_LIST,
  NN_DRAW_UNIFORM,
  NN_DRAW_LOG_UNIFORM,
  NN_DRAW_NORMAL,
  NN_DRAW_INTEGER
};

/* A drawn constant of an experiment: `let rate ~ log_uniform(1e-4, 1e-1)`. */
typedef struct nn_variable {
  const char *name;
  int32_t draw;     /* nn_draw */
  double low, high; /* both included; NN_DRAW_NORMAL: mean and standard deviation */
  const char *const *labels;
  int32_t n_labels; /* NN_DRAW_LIST: the values as they are written */
  const double *values;
  int32_t n_values; /* with a slot: the values of NN_DRAW_LIST */
  /* the slot in nn_call.scalars; -1: the code depends on the value, and each variant has one of the
   * values */
  int32_t slot;
} nn_variable;

/* The experiment's block, compiled for one choice of the variables without a slot. */
typedef struct nn_variant {
  /* for each variable: the index of its value; -1 where it has a slot */
  const int32_t *choices;
  int32_t n_choices;
  nn_range models; /* drawn before the statements run */
  int32_t model;   /* searches: the result, which the judged statement trains; otherwise -1 */
  const nn_statement *statements;
  int32_t n_statements;
} nn_variant;

enum nn_method { NN_COMPARE, NN_GRID, NN_RANDOM, NN_TPE };

/* Runs its block once for each choice of values, and on each fold if the data have folds. */
typedef struct nn_experiment {
  const char *where;
  const char *name; /* "" if it has none */
  int32_t method;   /* nn_method */
  int32_t data;     /* the data set whose folds are used; -1: none */
  const nn_variable *variables;
  int32_t n_variables;
  const nn_variant *variants;
  int32_t n_variants;
  nn_number trials, seed; /* searches; trials = 0: all points of a grid */
  /* searches: which of a variant's statements is the train statement that is judged */
  int32_t goal_train;
  nn_watch goal;
} nn_experiment;

/* A statement about the result of the program's experiment number `experiment`: bodies[v] is for
 * variant v. */
typedef struct nn_chosen {
  int32_t experiment;
  const nn_statement *bodies;
  int32_t n_bodies;
} nn_chosen;

/* Trains `members` networks with the preceding load and train statements that name the model `of`,
 * each from its own seed, and keeps them as the parts of `model`: its tensors are those of `of`,
 * member after member. */
typedef struct nn_ensemble {
  const char *where;
  const char *name;
  int32_t model, of;
  int32_t members;
  nn_number seed;
} nn_ensemble;

/* Prints what the experiment chose. */
typedef struct nn_outcome {
  const char *where;
  int32_t experiment;
} nn_outcome;

enum nn_option_kind { NN_OPTION_NUMBER, NN_OPTION_INTEGER, NN_OPTION_BOOL };

typedef struct nn_option {
  const char *name;
  const char *help;
  double value; /* the default */
  int32_t kind;
} nn_option;

/* ---- profiles: the tables of nnc --profile --------------------------------------------------- */

/* A number that grows with the batch: fixed + per_row * rows. */
typedef struct nn_amount {
  double fixed, per_row;
} nn_amount;

/* Bytes that a kernel reads and writes in one place, and how many bytes (including these) the
 * function touches from its last use of that place to the end of the kernel: a cache of that size
 * still has them. */
typedef struct nn_traffic {
  nn_amount bytes, distance;
} nn_traffic;

typedef struct nn_kernel {
  const char *kind;    /* "contraction", "reduction", "pointwise" */
  const char *results; /* their shapes: "[n, 256]" */
  const char *places;  /* the parts of the model: "net.dense1" */
  /* in nn_profile.lines: the line that it mainly implements, then others that it is a part of */
  const int32_t *lines;
  int32_t n_lines;
  nn_amount flops;  /* of contractions: two for each multiply-add */
  nn_amount others; /* other operations, in vector instructions per element */
  const nn_traffic *traffic;
  int32_t n_traffic;
} nn_kernel;

/* A function that calls nn_call.stamp. Its address is that of the nn_fn elsewhere in the tables. */
typedef struct nn_profiled {
  nn_fn fn;
  const char *name; /* "train0_step" */
  const nn_kernel *kernels;
  int32_t n_kernels; /* in the order in which they run */
} nn_profiled;

typedef struct nn_source_line {
  const char *where; /* "12", or "prelude/layers.nn:7" outside of the program's file */
  const char *text;  /* without leading and trailing space */
} nn_source_line;

typedef struct nn_profile {
  int32_t vector_bytes; /* the width of the vectors that kernels use */
  int32_t fma;          /* whether they use fused multiply-adds */
  const nn_source_line *lines;
  int32_t n_lines;
  const nn_profiled *functions;
  int32_t n_functions;
} nn_profile;

typedef struct nn_program {
  uint32_t abi_version; /* NN_ABI_VERSION */
  uint32_t size;        /* sizeof(nn_program) */
  const char *name;     /* "mnist_mlp" */
  /* as given to the compiler; in a trainer, only the last part of an absolute path */
  const char *source_path;
  /* where relative data paths start. Absolute in nnc itself. In a trainer relative to the folder
   * that it was made in, because trainers contain no absolute paths, or "" if the two folders have
   * nothing in common */
  const char *source_dir;
  const char *doc;      /* the first comment block of the program, for --help */
  const char *elements; /* "f32" or "f64" */
  int64_t persistent_bytes;
  const nn_tensor *tensors;
  int32_t n_tensors;
  const nn_model *models;
  int32_t n_models;
  const nn_data *data;
  int32_t n_data;
  const nn_option *options;
  int32_t n_options;
  const nn_statement *statements;
  int32_t n_statements;
  nn_fn settings; /* no fields; results: one f64 for each slot */
  int32_t n_settings;
  int32_t n_chosen;          /* scalars after the options' */
  const nn_profile *profile; /* NULL: the program is not profiled */
  const char *compiler;      /* "nnc 0.1.0": what --version prints; or NULL */
  /* the processor that the code is for: a level below, or one of LLVM's names; or NULL */
  const char *cpu;
  /* all features of it that the code may use, under LLVM's names: "avx2,fma"; or NULL */
  const char *features;
} nn_program;

/* Levels of x86-64 processors, from the lowest, and the features that each adds to the one before
 * it: those that vector code depends on, and scalar extensions of the same generation. */
#define NN_X86_LEVELS(LEVEL)                                                                       \
  LEVEL("x86-64", "")                                                                              \
  LEVEL("x86-64-v2", "sse4.2,ssse3,popcnt,cx16")                                                   \
  LEVEL("x86-64-v3", "avx2,fma,f16c,bmi,bmi2,lzcnt,movbe")                                         \
  LEVEL("x86-64-v4", "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")

/* ---- the runtime's entry points -------------------------------------------------------------- */

/* The trainer's main function: parses flags, executes the statements in order. Returns the exit
 * code: 0 done, 1 the run failed (data, files, NaN loss), 2 wrong flags. */
int nn_main(const nn_program *program, int argc, char **argv);

/* The time when this process began, in monotonic seconds (C++'s steady clock). Most exact if it is
 * first called early, when there is only one thread: see runtime/support/clock.cpp. */
double nn_process_start(void);

/* From now on, calls `observer` after each stage of a run, with monotonic seconds: "load NAME" for
 * a data set, NN_STAGE_FIRST_STEP. Null: no calls. */
typedef void (*nn_observer)(void *data, const char *stage, double begin, double end);
void nn_observe(nn_observer observer, void *data);
#define NN_STAGE_FIRST_STEP "first step"

/* A session keeps trained tensors (by name and shape) and loaded data between programs. The REPL
 * uses it. */
typedef struct nn_session nn_session;
nn_session *nn_session_create(int argc, char **argv);
/* Executes the statements of the program except the first `n_earlier`. Those ran in earlier
 * programs of the session, under the numbers in `numbers`: their results (histories, evaluations,
 * the choices of a search) are taken from the session's memory. The number after them is that of
 * the first statement that runs, under which it may be passed later. `numbers` is NULL if there are
 * no earlier ones: then only tensors are remembered. */
int nn_session_run(nn_session *session, const nn_program *program, const int64_t *numbers,
                   int32_t n_earlier);
/* Whether the session remembers results of the statement with that number: 1 or 0. */
int nn_session_remembers(const nn_session *session, int64_t number);
/* Loads the data set `name` of the program and describes it: rows, splits, fields, ranges, classes.
 * Returns the exit code. */
int nn_session_show(nn_session *session, const nn_program *program, const char *name);
void nn_session_destroy(nn_session *session);

/* What the compiler learns about a source before the run. */
enum { NN_PROBE_RANK = 7 };
typedef struct nn_probe_column {
  const char *name; /* for a table: from the header or the program, or c1, c2, … */
  int32_t kind;     /* nn_column_kind; columns of a table are numbers */
  int32_t rank;
  int64_t shape[NN_PROBE_RANK]; /* of one example */
  /* the number of classes, if that is known without reading everything; otherwise 0 */
  int64_t classes;
  int32_t wide; /* 1: its numbers may need 64 bits; 0: all are exact in 32 */
  /* a cell of a table's column in which no examined cell is a number; otherwise NULL */
  const char *word;
} nn_probe_column;

typedef struct nn_probe {
  /* -1: not known (a very long CSV file; a generator whose n depends on an option) */
  int64_t rows;
  int32_t n_columns;
  /* for files; none for rows and generators, whose columns follow from the program */
  nn_probe_column *columns;
  char error[1024]; /* empty on success; otherwise a message without a place */
} nn_probe;

/* Opens `source` (paths relative to `dir`) and reads as little as possible. The probe owns what it
 * points to until nn_probe_free. Returns 0 on success. */
int nn_probe_source(const nn_source *source, const char *dir, nn_probe *probe);
void nn_probe_free(nn_probe *probe);

/* Statistics of a column's numbers, from a sample of its rows; the pixels of an image count
 * together. */
typedef struct nn_column_summary {
  double least, most, mean_square;
  int32_t is_binary; /* every number is 0 or 1 */
} nn_column_summary;

/* Reads these columns of `source` (paths relative to `dir`, then to `data_dir`, which may be null)
 * and summarises each; images need not be read for that. Returns 0 on success; 1 for a generator or
 * a text, which have nothing to summarise, and if the source cannot be read: the run will report
 * why. */
int nn_summarize_columns(const nn_source *source, const char *dir, const char *data_dir,
                         const nn_column *columns, int32_t n_columns, nn_column_summary *summaries);

/* The number of classes of a category column of `source`, which it reads. -1 if it cannot be read:
 * the run will report why. */
int64_t nn_count_classes(const nn_source *source, const char *dir, const char *data_dir,
                         const nn_column *column);

/* What one core of this machine can do, measured. */
enum nn_level { NN_L1, NN_L2, NN_L3, NN_MEMORY, NN_LEVELS };
typedef struct nn_roof {
  /* of the measured multiply-adds; without fma, a multiplication and an addition */
  int32_t vector_bytes, fma;
  /* f32 FLOPs per second on registers alone, two for each multiply-add; f64 has half */
  double flops;
  /* bytes per second of a triad, a[i] = b[i] + s c[i], counting three times the length of a */
  double bandwidth[NN_LEVELS];
  double sizes[NN_LEVELS]; /* bytes that the level holds; infinity for memory */
} nn_roof;

/* Measures for about 0.2 s. Returns 0, or 1 if this machine has no such vectors. */
int nn_measure_roof(int32_t vector_bytes, int32_t fma, nn_roof *roof);

/* The least time that a kernel could take on one core, in seconds: for its operations if all data
 * are in registers, and for moving its data from where they are. */
typedef struct nn_roofline {
  double compute, memory;
  int32_t level; /* nn_level: where most of `memory` goes */
} nn_roofline;
void nn_roofline_of(const nn_kernel *kernel, int64_t rows, int32_t element_bytes,
                    const nn_roof *roof, nn_roofline *result);

/* Whether writing the file `path` would overwrite something that the program reads (data, images,
 * weights) or its own text, under whatever name. `data_dir` may be null. Returns 0 if not;
 * otherwise 1, with a description in `message`. */
int nn_is_input(const nn_program *program, const char *data_dir, const char *path, char *message,
                int32_t size);

/* Whether every trainer has a flag of that name (`seed`, `threads` …), so that no option can have
 * the name. */
int nn_is_flag(const char *name);
/* Whether that flag (`log`, `watch` …) makes a trainer call nn_train.monitor. */
int nn_is_monitor_flag(const char *name);

#ifdef __cplusplus
}
#endif
#endif
