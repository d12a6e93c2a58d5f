/*
 * topology_line.h - one line of a layer list: words to numbers. Private to topology*.c.
 */
#ifndef NPU_COMPILER_TOPOLOGY_LINE_H
#define NPU_COMPILER_TOPOLOGY_LINE_H

#include "npu/compiler/graph.h"

#define TOPO_WORD_BYTES 64
#define TOPO_MAX_WORDS 80
#define TOPO_MAX_FROM 64
#define TOPO_MAX_PARTS 32

typedef enum {
    TOPO_FROM,
    TOPO_KERNEL,
    TOPO_STRIDE,
    TOPO_DILATION,
    TOPO_CHANNELS,
    TOPO_PAD,
    TOPO_MULT,
    TOPO_AXIS,
    TOPO_SHAPE,
    TOPO_TO,
    TOPO_BEGIN,
    TOPO_STEP,
    TOPO_PERM,
    TOPO_PARTS,
    TOPO_BITS,
    TOPO_SIZE,
    TOPO_ALIGN,   /* align_corners */
    TOPO_CENTERS, /* half_pixel_centers */
    TOPO_ACT,     /* relu, relu6 */
    TOPO_KEYS
} topo_key_t;

typedef enum { TOPO_PAD_SAME, TOPO_PAD_VALID, TOPO_PAD_GIVEN } topo_pad_t;

/* Words of a line, and where errors go. */
typedef struct {
    const char *file;
    uint32_t number; /* of the line, from 1 */
    uint32_t words;
    char word[TOPO_MAX_WORDS][TOPO_WORD_BYTES];
    bool failed;
    char *error;
    size_t error_bytes;
} topo_line_t;

typedef struct {
    uint32_t given; /* bit per topo_key_t */
    uint32_t from_count;
    char from[TOPO_MAX_FROM][TOPO_WORD_BYTES];
    uint32_t kernel[2], stride[2], dilation[2], size[2], to[2]; /* height, width */
    uint32_t channels, mult, axis, bits;
    uint32_t shape[3], begin[3], step[3]; /* height, width, channels */
    uint32_t perm[3];                     /* 1..3, each once */
    uint32_t part_count, part[TOPO_MAX_PARTS];
    topo_pad_t pad_mode;
    uint32_t pad[4]; /* top, left, bottom, right */
    npu_activation_t activation;
} topo_keys_t;

/* The first complaint is kept: "file:line: ...". Returns false. */
bool topo_fail(topo_line_t *line, const char *fmt, ...) SIM_PRINTF(2, 3);

/* Cuts the next line off *text, without its comment; false at the end. A line that is too long for
 * the limits above fails. */
bool topo_next_line(topo_line_t *line, const char **text, const char *end);

/* A word as a number in low..high; what names it in the complaint. */
uint32_t topo_number(topo_line_t *line, const char *word, uint32_t low, uint32_t high,
                     const char *what);

/* 2, 4 or 8. */
uint32_t topo_bits(topo_line_t *line, const char *word);

/* What the lowest of these keys is called. */
const char *topo_key_name(uint32_t keys);

/* Reads words `first` and on as keys; allowed is a bit per topo_key_t. */
bool topo_read_keys(topo_line_t *line, uint32_t first, uint32_t allowed, topo_keys_t *keys);

#endif
