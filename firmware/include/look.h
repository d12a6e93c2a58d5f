/*
 * look.h - what somebody looks like: mean colors of the upper and the lower body, read from the
 * network's input where the box is.
 *
 * Of a box the two bands (rows 5/32 to 14/32 and 18/32 to 29/32 of its height, the middle 3/8 of
 * its width) are sampled: LOOK_ROWS rows of at most LOOK_WORDS words each, so that a box costs at
 * most 2 * LOOK_ROWS * LOOK_WORDS * 3 reads, however large it is. A network that sees luma alone
 * (or R G B and luma) gives fewer (no more) tones; without an image nobody has a look.
 *
 * The image is that of the newest tensor until the next frame is read out. While the next one is
 * written, rows show the same people a frame later, a pixel or two off: nothing that means of bands
 * would notice.
 */
#ifndef FW_LOOK_H
#define FW_LOOK_H

#include "net.h"

enum { LOOK_BANDS = 2, LOOK_COLORS = 3, LOOK_ROWS = 4, LOOK_WORDS = 4 };
enum { LOOK_TONES = LOOK_BANDS * LOOK_COLORS };

/* Codes of the tensor x 16, + 128 x 16: 0..4080. */
typedef struct {
    uint16_t tone[LOOK_TONES]; /* bands one after the other */
    uint16_t tones;            /* that count; 0: not known */
} look_t;

/* Planes of rows of bytes, as in npu/net_info.h. */
typedef struct {
    const volatile uint32_t *pixels; /* NULL: there is none */
    uint32_t width, height, channels;
    uint32_t row_bytes, plane_bytes; /* multiples of 4 */
    det_roi_t seen;                  /* what of the array it shows */
} look_image_t;

/* The network's input, of which `seen` says what it shows. */
look_image_t look_image(const net_t *net, det_roi_t seen);

/* What is outside the image counts as its nearest edge. */
look_t look_at(const look_image_t *image, const det_box_t *box);
void look_at_all(const look_image_t *image, const det_box_t *boxes, uint32_t count, look_t *looks);

/* Sum of squared differences of their tones, in codes squared; both have as many. */
uint32_t look_distance(const look_t *a, const look_t *b);

/* Moves `known` by 1 / 2^shift of the way to `now`. */
void look_learn(look_t *known, const look_t *now, uint32_t shift);

#endif
