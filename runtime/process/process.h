/* What every process of nnc does first and last, compiler and trainer alike. Part of the contract
 * (C). */
#ifndef NNC_RUNTIME_PROCESS_H
#define NNC_RUNTIME_PROCESS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Opens /dev/null for each of the descriptors 0 to 2 that is closed, so that no file which is
 * opened later takes the place of standard output, and makes signals about files errors of the
 * calls that meet them: SIGPIPE becomes EPIPE, SIGXFSZ EFBIG. */
void nn_process_begin(void);

/* Writes what is left of standard output. Returns `code`; or 1, after a message, if code is 0 and
 * output was lost. */
int nn_output_end(int code);

/* Whether output was lost: nobody reads it, or a disk is full. */
int nn_output_lost(void);

#ifdef __cplusplus
}
#endif
#endif
