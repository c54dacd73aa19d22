/* The tables of tensors, models and data sets. Part of the contract (C): see abi.h. */
#ifndef NNC_RUNTIME_ABI_DATA_H
#define NNC_RUNTIME_ABI_DATA_H

#include "runtime/abi_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- tensors and models ---------------------------------------------------------------------- */

enum nn_tensor_kind { NN_PARAMETER = 0, NN_STATE = 1, NN_OPTIMIZER_STATE = 2 };

/* A persistent tensor, in nn_program.elements ('f32' or 'f64'): row-major, or a matrix [K, N] in
 * blocks of `block` columns, whose element [k, n] is element ((n / block) * K + k) * block + n %
 * block. Files and all memory outside of the arena are row-major. */
typedef struct nn_tensor {
  /* the full place: "mlp.hidden.w"; optimizer state: "train0.m/mlp.hidden.w" */
  const char *name;
  const char *key; /* name in weight files: the place without its model: "hidden.w" */
  int64_t offset;  /* bytes from the start of the arena */
  const int64_t *shape;
  int32_t rank;
  int32_t kind;  /* nn_tensor_kind */
  int32_t block; /* columns of a block; 0: row-major */
} nn_tensor;

typedef struct nn_range {
  int32_t first, count;
} nn_range;

/* A step that a model applies to its input, as written in the program: a line of the network in a
 * report. */
typedef struct nn_layer {
  const char *place; /* "mlp.hidden"; empty: a function, which has none */
  const char *text;  /* "dense(16)" */
  const int64_t *shape;
  int32_t rank;  /* of its value for one example */
  int32_t depth; /* the number of preceding layers that contain it */
} nn_layer;

typedef struct nn_model {
  const char *name;
  const char *where;
  nn_range tensors; /* parameters and states, in nn_program.tensors */
  nn_fn init;       /* no fields; writes every tensor of the model from scalars[SEED] */
  /* field 0: x; result 0: the output for each row; not in training mode */
  nn_fn predict;
  const int64_t *in_shape;
  int32_t in_rank; /* of one example */
  const int64_t *out_shape;
  int32_t out_rank;
  /* the first data set that it was trained on, whose `prepare` makes `predict`'s input; or -1 */
  int32_t data;
  /* 1: a variant of an experiment or an ensemble, which draws it itself; not shown to the user */
  int32_t hidden;
  const nn_layer *layers;
  int32_t n_layers; /* if a report shows them, in the order in which they are applied */
  const struct nn_bound *bounds;
  int32_t n_bounds;                 /* the allowed elements of x; nn_bound.field is 0 */
  const struct nn_targets *targets; /* values computed from x alone, with bounds; or NULL */
} nn_model;

/* ---- data ------------------------------------------------------------------------------------ */

/* Rows and the kinds that read files come before the generators. */
enum nn_source_kind {
  NN_ROWS,
  NN_CSV,
  NN_IDX,
  NN_NPY,
  NN_NPZ,
  NN_IMAGES,
  NN_TEXT,
  NN_BLOBS,
  NN_MOONS,
  NN_CIRCLES,
  NN_SPIRALS
};

enum nn_header { NN_HEADER_AUTO, NN_HEADER_YES, NN_HEADER_NO };
enum nn_encoding { NN_UTF8, NN_LATIN1, NN_CP1252, NN_UTF16 };
enum { NN_NO_QUOTES = -1 }; /* nn_source.quote: cells are never in quotes */

typedef struct nn_source {
  int32_t kind;
  const char *where;
  const char *path;   /* csv, npz, text: the file; idx: the images; images: the folder */
  const char *labels; /* idx: the labels, or NULL */
  int32_t header;     /* csv: nn_header */
  int32_t separator;  /* csv: the character between cells; 0: detected */
  int32_t decimal;    /* csv: the character of the decimal point; 0: a point */
  /* csv: the character around cells; 0: a double quote; or NN_NO_QUOTES */
  int32_t quote;
  int32_t encoding; /* csv, text: nn_encoding */
  /* csv: 1: cells equal to one of `missing` have no value; 0: those of the usual list */
  int32_t has_missing;
  const char *const *missing;
  int32_t n_missing;
  /* csv: the number of columns of the file that the program was compiled with; 0: not known */
  int32_t n_compiled;
  /* csv, npz: names given in the program, otherwise none; npy: the columns' names; rows: the field
   * of each number of a row */
  const char *const *columns;
  int32_t n_columns;
  /* for each of `columns`: npy: its file; npz: its array in the file */
  const char *const *arrays;
  int32_t n_arrays;
  /* images: of every image; 0 (for nn_probe_source): as in the files */
  int64_t channels, height, width;
  /* images: 1: convert every image to height by width, or to `channels`; 0: they must be so */
  int32_t resize, recolor;
  int64_t length; /* text: characters of an example */
  /* rows: row after row, x's elements before y's */
  const double *values;
  int64_t n_values;
  int32_t row_width;                                              /* rows: numbers in each row */
  nn_number n, classes, turns, factor, noise, spread, dims, seed; /* generators */
} nn_source;

/* For tables also NN_MISSING: 1 if the cell has no value, otherwise 0; and NN_EQUALS: 1 if the
 * cell's text is nn_column.text, otherwise 0. */
enum nn_column_kind { NN_NUMBER, NN_CATEGORY, NN_MISSING, NN_EQUALS };

/* How a cell without a value is treated: it is an error; its row is left out; or it is replaced by
 * a statistic of the training split, the value of the row before, or nn_column.fill (numbers) or
 * nn_column.text (categories). */
enum nn_absent {
  NN_ABSENT_ERROR,
  NN_ABSENT_DROP,
  NN_ABSENT_MEAN,
  NN_ABSENT_MEDIAN,
  NN_ABSENT_MODE,
  NN_ABSENT_PREVIOUS,
  NN_ABSENT_VALUE
};

/* A raw input of a data set's prepare function: a column of a table, an array, `image` or `label`
 * of images, `x` or `y` of rows, texts and generators. A category becomes its class number: classes
 * are sorted as numbers if all are, otherwise as text. */
typedef struct nn_column {
  const char *name;
  const char *where;
  int32_t kind;     /* nn_column_kind */
  int64_t size;     /* elements in each row: 1 for a table's column, 28·28 for an image */
  const char *text; /* NN_EQUALS, and NN_ABSENT_VALUE of a category; otherwise NULL */
  double fill;      /* NN_ABSENT_VALUE of a number */
  int32_t absent;   /* nn_absent */
  /* 1: `category(column)`: if the source has numbers instead of names, their values are numbered
   * from 0 too; 0: such numbers are the class numbers as they are */
  int32_t numbered;
  /* the number of classes that the code was compiled for; 0: any number */
  int64_t classes;
  int32_t for_input; /* 1: the field that is a model's input is computed from it */
} nn_column;

/* An input of `prepare` or `keep`: the elements of these columns, one column after the other in
 * each row, as for a table's `[a .. z]`. */
typedef struct nn_input {
  const int32_t *columns;
  int32_t n_columns; /* in the table of columns */
  /* 1: f64; 0: the program's elements, which hold every number of the source exactly */
  int32_t wide;
} nn_input;

/* CLASS_WEIGHTS: prepare returns class numbers, which are replaced by the weights of their classes:
 * n / (k n_class) over the training split. BALANCED: an epoch draws the classes of this field
 * equally often. */
enum nn_field_flags {
  NN_FIELD_NORMALIZE = 1,
  NN_FIELD_CATEGORY = 2,
  NN_FIELD_CLASS_WEIGHTS = 4,
  NN_FIELD_BALANCED = 8
};

typedef struct nn_field {
  const char *name; /* x, y, … */
  const int64_t *shape;
  int32_t rank; /* of one example */
  int32_t flags;
  /* normalize: statistics are computed for each of this many channels (the first axis of the
   * shape); 0: for each element. A deviation of 0 is replaced by 1. */
  int32_t stat_axis_size;
  /* with NN_FIELD_CATEGORY: index of the column whose classes it counts; otherwise -1 */
  int32_t category_column;
} nn_field;

typedef struct nn_data {
  const char *name;
  const char *where;
  nn_source source;
  const nn_source *test; /* a separate test source, or NULL */
  const nn_column *columns;
  int32_t n_columns;
  const nn_input *inputs;
  int32_t n_inputs; /* what `prepare` takes of them */
  /* raw inputs of `keep`, if there is a `where` */
  const nn_column *where_columns;
  int32_t n_where_columns;
  const nn_input *where_inputs;
  int32_t n_where_inputs;
  /* fields: where_inputs; result 0: f64, 1 for rows to keep; or no code */
  nn_fn keep;
  /* fields: inputs, in order; results: fields, in order. Fields with NN_FIELD_NORMALIZE or
   * NN_FIELD_CLASS_WEIGHTS are f64, because their final values are computed from that */
  nn_fn prepare;
  /* the allowed values of the inputs of `prepare`: nn_bound.field is an index in `inputs` */
  const struct nn_bound *bounds;
  int32_t n_bounds;
  const nn_field *fields;
  int32_t n_fields;
  /* fractions, or counts if above 1; train < 0: all rows that the others leave */
  nn_number train, val, test_part;
  /* 0: none; k: the rows that `test` leaves are divided into k parts, and a train statement outside
   * of an experiment validates on the first */
  int32_t folds;
  int32_t stratify; /* index of a field, or -1 */
  nn_number split_seed;
  int32_t has_split;
  /* 1: it is in an experiment's block, and may differ between choices */
  int32_t hidden;
} nn_data;

#ifdef __cplusplus
}
#endif

#endif
