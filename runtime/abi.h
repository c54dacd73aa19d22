/* How compiled code and the runtime meet (C): the call of a compiled function, and the runtime's
 * entry points.
 *
 * A compiled program is one `nn_image`: bytes that describe it (runtime/schema/program.fbs) and the
 * addresses of its functions. A trainer's object file and the JIT make the same of it. Everything
 * here is owned by the program and lives as long as its code. Strings are UTF-8, NUL-terminated. */
#ifndef NNC_RUNTIME_ABI_H
#define NNC_RUNTIME_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- compiled functions ---------------------------------------------------------------------- */

/* Slots of nn_call.scalars. Options follow, in the order of the program, then what
 * experiments choose. Known to the compiler by name: "step" (0-based), "epoch" (fractional),
 * "total_steps", "steps_per_epoch", "seed", "val_loss" (after the last complete epoch; infinite
 * before), "first_row" (of an evaluation in pieces: the number of the call's first row among all
 * rows; of a step that adds up gradients: the same of its batch), "batch_share" (of a training
 * step: its rows / those of a full batch), "group_share" (its rows / those of all batches whose
 * gradients are added up), "repetition" (how often the step has made the update already). */
enum {
  NN_SLOT_STEP,
  NN_SLOT_EPOCH,
  NN_SLOT_TOTAL_STEPS,
  NN_SLOT_STEPS_PER_EPOCH,
  NN_SLOT_SEED,
  NN_SLOT_VAL_LOSS,
  NN_SLOT_FIRST_ROW,
  NN_SLOT_BATCH_SHARE,
  NN_SLOT_GROUP_SHARE,
  NN_SLOT_REPETITION,
  NN_SLOT_OPTIONS
};

/* One call of a compiled function; shared by all worker threads. */
typedef struct nn_call {
  unsigned char *arena; /* persistent tensors at their TensorT.offset; 64-byte aligned */
  /* at least fixed_bytes + row_bytes * capacity + square_bytes * capacity² of the function; 64-byte
   * aligned */
  unsigned char *scratch;
  /* fields, row-major, `rows` examples each, in the order of the function's fields */
  const void *const *in;
  /* results, row-major, in the order of the function's results. Fields and results are of the
   * program's elements unless a table says f64, and aligned to one element, no more. */
  void *const *out;
  /* NN_SLOT_…, the options' values, the values that experiments choose */
  const double *scalars;
  int64_t rows;     /* examples in this batch: 1 … capacity */
  int64_t capacity; /* the number of rows `scratch` was sized for */
  /* all threads meet here between dependent kernels; never called when threads == 1 */
  void (*barrier)(void *);
  void *barrier_data;
  /* profiled functions alone call it: `event` has just ended on `thread`. Event i < n: kernel i;
   * n + i: waiting for other threads after kernel i, where n is the number of its kernels. */
  void (*stamp)(void *, int32_t thread, int32_t event);
  void *stamp_data;
} nn_call;

/* Called by every worker thread with its number; the result does not depend on `threads`, to the
 * last bit. */
typedef void (*nn_code)(const nn_call *call, int32_t thread, int32_t threads);

/* A compiled program. */
typedef struct nn_image {
  const uint8_t *bytes; /* of a packed program (see `inflated`), aligned to 16 bytes */
  int64_t size;
  const nn_code *functions; /* as many as ProgramT.functions names, in its order */
  int64_t inflated;         /* of a trainer: zlib has compressed the bytes, from this size; or 0 */
} nn_image;

/* ---- the runtime's entry points -------------------------------------------------------------- */

/* The trainer's main: parses flags, runs the statements in order. Returns the exit code: 0 done,
 * 1 the run failed (data, files, NaN loss), 2 wrong flags. */
int nn_main(const nn_image *image, int argc, char **argv);

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
/* Runs the statements of the program but the first `n_earlier`. These ran in earlier programs of
 * the session, under the numbers that `numbers` lists: what they came to (histories, evaluations,
 * what a search has chosen) is taken from the session's memory. The number after those is that of
 * the first statement that runs; it may be given again later. NULL where there are no earlier ones:
 * then nothing is remembered but tensors. */
int nn_session_run(nn_session *session, const nn_image *image, const int64_t *numbers,
                   int32_t n_earlier);
/* Whether the session remembers results of the statement with that number: 1 or 0. */
int nn_session_remembers(const nn_session *session, int64_t number);
/* Loads the data set `name` of the program and describes it: rows, splits, fields, ranges, classes.
 * Returns the exit code. */
int nn_session_show(nn_session *session, const nn_image *image, const char *name);
void nn_session_destroy(nn_session *session);

#ifdef __cplusplus
}
#endif
#endif
