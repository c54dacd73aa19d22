/* What the compiler and every trainer must do first and last in a process. Part of the contract
 * (C). */
#ifndef NNC_RUNTIME_PROCESS_H
#define NNC_RUNTIME_PROCESS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Opens /dev/null for each closed descriptor of 0 to 2, so that no file that is opened later
 * becomes standard output. Turns signals about files into errors of the failing calls: SIGPIPE
 * becomes EPIPE, SIGXFSZ becomes EFBIG. */
void nn_process_begin(void);

/* Flushes standard output. Returns `code`; or 1, after a message, if code is 0 and output was lost.
 * */
int nn_output_end(int code);

/* Whether output was lost: nobody reads it, or a disk is full. */
int nn_output_lost(void);

#ifdef __cplusplus
}
#endif
#endif
