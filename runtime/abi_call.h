/* The calling convention of compiled functions. Part of the contract (C): see abi.h. */
#ifndef NNC_RUNTIME_ABI_CALL_H
#define NNC_RUNTIME_ABI_CALL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Slots of nn_call.scalars. Options follow, in the order of nn_program.options, then what
 * experiments choose. Known to the compiler by name: "step" (0-based), "epoch" (fractional),
 * "total_steps", "steps_per_epoch", "seed", "val_loss" (after the last complete epoch; infinite
 * before), "first_row" (in an evaluation in pieces: the number of the call's first row among all
 * rows), "batch_share" (in a training step: its rows / those of a full batch). */
enum {
  NN_SLOT_STEP,
  NN_SLOT_EPOCH,
  NN_SLOT_TOTAL_STEPS,
  NN_SLOT_STEPS_PER_EPOCH,
  NN_SLOT_SEED,
  NN_SLOT_VAL_LOSS,
  NN_SLOT_FIRST_ROW,
  NN_SLOT_BATCH_SHARE,
  NN_SLOT_OPTIONS
};

/* One call of a compiled function; shared by all worker threads. */
typedef struct nn_call {
  unsigned char *arena; /* persistent tensors at their nn_tensor.offset; 64-byte aligned */
  /* at least fixed_bytes + row_bytes * capacity of the function; 64-byte aligned */
  unsigned char *scratch;
  /* fields, row-major, `rows` examples each, in the order of the function's fields */
  const void *const *in;
  /* results, row-major, in the order of the function's results. Fields and results have the
   * program's element type unless a table says f64, and are aligned only to one element. */
  void *const *out;
  /* the NN_SLOT_… values, the options' values, the values that experiments choose */
  const double *scalars;
  int64_t rows;     /* examples in this batch: 1 … capacity */
  int64_t capacity; /* the number of rows `scratch` was sized for */
  /* all threads meet here between dependent kernels; never called when threads == 1 */
  void (*barrier)(void *);
  void *barrier_data;
  /* called only by profiled functions: `event` has just ended on `thread`. Event i < n: kernel i; n
   * + i: waiting for other threads after kernel i, where n is nn_profiled.n_kernels. */
  void (*stamp)(void *, int32_t thread, int32_t event);
  void *stamp_data;
} nn_call;

/* Called by every worker thread with its number; the result does not depend on `threads`, to the
 * last bit. */
typedef void (*nn_code)(const nn_call *call, int32_t thread, int32_t threads);

typedef struct nn_fn {
  nn_code code;        /* NULL: the function does not exist */
  int64_t fixed_bytes; /* scratch that does not depend on the batch */
  int64_t row_bytes;   /* scratch for each row of capacity (a multiple of 64) */
  /* for an evaluation or a prediction: 1 if its rows depend on one another (`over = batch`), so
   * that all must be in one call */
  int64_t whole;
} nn_fn;

/* A number that is either constant or the result `slot` of nn_program.settings (it depends on an
 * option). */
typedef struct nn_number {
  double value;
  int32_t slot; /* -1: constant */
} nn_number;

#ifdef __cplusplus
}
#endif

#endif
