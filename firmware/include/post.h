/*
 * post.h - what the network leaves to the core: runs the list of operators that the compiler put
 * into L2 (its offsets: POST_* of fovea_regs.h).
 *
 * Floats are IEEE single and double, in soft float on this core; every operation rounds to
 * nearest even, so the same bits come out on any machine. Codes are int8 in L2 whatever the
 * network's own type; their zero point comes with them.
 *
 *   DEQUANTIZE   scale * (code - zero point), exact product rounded once, as the reference kernel.
 *   QUANTIZE     zero point + x / scale rounded half away from zero, clamped to the type.
 *   ARG_MAX      index of the largest along an axis; of equal ones the first.
 *   DETECTION_POSTPROCESS  as TFLite_Detection_PostProcess of TensorFlow Lite Micro
 *                (micro/kernels/detection_postprocess.cc):
 *       box:     center = y / y_scale * anchor.h + anchor.y, half size = 0.5 * e^(h / h_scale) *
 *                anchor.h, in double; edges in single.
 *       fast:    a box's score is its best class's; boxes of at least the threshold, best first
 *                (of equal scores the lower index), suppress what overlaps them too much, whatever
 *                its class; each gives its best classes.
 *       regular: the same for each class by itself; the best of all classes together (of equal
 *                scores the lower class, then the better rank) are the result.
 *       Places that stay empty are 0. Where Micro writes results of several classes a box beyond
 *       its tensors, and refuses boxes of no area, this does as TensorFlow Lite: result k of box i
 *       is at classes * i + k, the count is that of boxes, and only edges in the wrong order are
 *       refused. Quantized scores and boxes are dequantized as above; NaN scores are never chosen.
 *
 * e^x is post_exp. The reference has its C library's; both are correct to the last place or next
 * to it in double, so edges in single are equal but for about one in 10^8.
 */
#ifndef FW_POST_H
#define FW_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "fovea_regs.h"

/* Where the table and its tensors are: bus address a is memory[a - base]. On the chip both are
 * L2_BASE; in a test memory is an array. */
typedef struct {
    uint8_t *memory;
    uint32_t base;
    uint32_t table; /* bus address of the table */
} post_view_t;

/* A word of the table's head: POST_OPS, POST_BEFORE, ... */
uint32_t post_head(const post_view_t *view, uint32_t offset);

/* Runs operator `index` and returns its status (POST_STATUS_*). scratch is aligned to 8 and may be
 * anywhere; POST_SCRATCH_BYTES are enough for every operator. */
uint32_t post_run(const post_view_t *view, uint32_t index, void *scratch, uint32_t scratch_bytes);

/* Writes into the table how it went. */
void post_note(const post_view_t *view, uint32_t index, uint32_t status, uint64_t cycles);

/*
 * e^x for any double, less than 1 unit in the last place off (measured: 0.86); infinity above
 * 709.78, 0 below -745.2. Argument reduction by a two-part ln 2, Taylor series to r^13.
 */
double post_exp(double x);

#endif
