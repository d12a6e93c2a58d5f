/*
 * tensor_files.h - what a host keeps of the IMX500's tensor lines: a line of tensors.jsonl for each
 * frame that has them, inputs as input_NNNNN.png, outputs as output_NNNNN_M.npy (float32).
 *
 * A network slower than a frame sends its input in one frame and its output in a later one; both
 * have the same frame count, and the line of the output names the input's file again.
 *
 * The channels may leave on different virtual channels, and so in several frames of the receiver,
 * KPI's first: the line of tensors.jsonl comes with the last tensor's frame.
 */
#ifndef TOOLS_TENSOR_FILES_H
#define TOOLS_TENSOR_FILES_H

#include <stdio.h>

#include "mipi/rx.h"
#include "tools/tensor_lines.h"

#define TENSOR_EMBEDDED_LINES 2u /* register lines (SMIA) before them, where those share a type */

typedef struct {
    FILE *lines;                      /* tensors.jsonl; the caller's; NULL: nothing is kept */
    const char *dir;                  /* pictures and arrays go here; NULL: they do not */
    uint64_t frames, inputs, outputs; /* with lines; valid inputs, valid sets of outputs so far */
    uint32_t each;                    /* arrays of a set */
    bool input_waits;                 /* the last input's output has not come */
    uint8_t input_count;
    tensor_set_t set; /* what has come of the next line */
    uint64_t set_ps;  /* start of the frame that its input stood in */
    bool told;        /* the last frame made a line */
    char error[256];  /* of the last frame or file that was not taken; empty: none */
    bool file_failed;
} tensor_files_t;

/* May the stream be tensor lines? Fovea's own packets, which begin with a magic number, are not. */
bool tensor_files_may_be(const mipi_rx_stream_t *stream);

/* Takes the tensor lines of a frame, if it has any. False: they make no sense (error says why), or,
 * if file_failed, a file could not be written. */
bool tensor_files_take(tensor_files_t *files, const mipi_rx_frame_t *frame);
/* The input is over. False: a tensor waits for its other. */
bool tensor_files_finish(tensor_files_t *files);
void tensor_files_free(tensor_files_t *files);

/* "input_00003.png", "output_00003_1.npy"; 64 bytes of room. */
void tensor_files_input_name(char name[64], uint64_t input);
void tensor_files_output_name(char name[64], uint64_t set, uint32_t output);

/* An array of float32 in C order as a .npy file of version 1.0 (the format of NumPy). */
bool tensor_write_npy(const char *file, const float *values, const ap_tensor_t *shape, char *error,
                      size_t error_bytes);

#endif
