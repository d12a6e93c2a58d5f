/*
 * ref.h - the image pipeline once more, pixel by pixel, from the definitions in isp's headers:
 * slow, plain, no line buffers, no vectors, every sum in 64 bits.
 */
#ifndef TESTS_ISP_REF_H
#define TESTS_ISP_REF_H

#include "sim/line.h"

/* What happens to the image behind the tone curve; all 0: nothing. */
typedef struct {
    bool bt709, full; /* coefficients and range of YUV */
    bool nr, sharpen, yuv422, out, mirror;
    uint32_t nr_luma, nr_chroma, nr_strength;
    uint32_t amount, core, limit;
    uint32_t x, y, w, h;          /* region, array pixels */
    uint32_t width_px, height_px; /* 0: as the region has */
} ref_image_t;

typedef struct {
    sim_bayer_t bayer;
    uint32_t bits, width_px, height_px;
    uint32_t black[4], gain_q8[4]; /* R, Gr, Gb, B */
    int32_t matrix_q10[9];
    bool tone;          /* false: code = value / 16 */
    uint32_t point[42]; /* of the tone curve */

    uint32_t array_width_px, array_height_px;
    sim_window_t window;                 /* what of the array the frame shows; 0 wide: all */
    uint32_t roi_x, roi_y, roi_w, roi_h; /* array pixels */
    uint32_t out_width_px, out_height_px, channels;
    uint32_t div_val[4], div_shift[4], norm_shift[4]; /* of each channel */
    int32_t norm_val[4], clip_min[4], clip_max[4];
    bool mix_on, r_g_g_b; /* sums of R G B; four channels are R G G B */
    int32_t mix[3][3];
    uint32_t turn; /* quarter turns clockwise, after the mirror */
    bool mirror;

    bool tnr, tnr_packed; /* the frame before counts (ref_tnr) */
    uint32_t tnr_gain, tnr_read, tnr_shot, tnr_addr;
    uint32_t digital_q8; /* gain ahead of white balance */
    bool search;         /* of defects */
    uint32_t hot_dn, hot_q8, cold_dn, cold_q8;
    uint32_t sites, site[16]; /* of the map: row << 16 | column of the array */
    uint32_t demosaic;        /* 0 Malvar-He-Cutler, 1 bilinear, 2 along edges */
    bool shading;
    uint16_t shade_q10[768]; /* 12 rows of 16 nodes of R, Gr, Gb, B */

    uint32_t low, high;        /* of cells that zones and AWB count */
    uint32_t awb[4], focus[4]; /* windows: x, y, w, h in array pixels */
    uint32_t rg_q8[2], bg_q8[2], focus_min;

    ref_image_t image;
} ref_t;

/* An image: 3 bytes a pixel, of YUV422 2. */
typedef struct {
    uint32_t width_px, height_px, row_bytes;
    uint8_t *data; /* the caller's to free */
} ref_picture_t;

/* 0 R, 1 Gr, 2 Gb, 3 B at a position. */
uint32_t ref_phase(const ref_t *ref, int64_t x, int64_t y);
/* Samples of the array's pixels [at, at + size) along an axis of the frame. */
void ref_samples(const ref_t *ref, bool vertical, int64_t at, int64_t size, int64_t *first,
                 int64_t *count);

/* Linear 12-bit sample (x, y) of the frame ahead of white balance. */
int64_t ref_linear(const ref_t *ref, const uint16_t *raw, int64_t x, int64_t y);
/* The block of statistics: 1456 words. */
void ref_stats(const ref_t *ref, uint32_t frame, const uint16_t *raw, uint32_t *word);

/* The same after white balance, of the whole frame. */
void ref_balanced(const ref_t *ref, const uint16_t *raw, uint16_t *sample);
/* One demosaiced value of channel 0..2, 0..4095, from balanced samples. */
int64_t ref_demosaic(const ref_t *ref, const uint16_t *sample, uint32_t x, uint32_t y, int channel);
int64_t ref_tone(const ref_t *ref, int64_t value);

/* A frame filtered with the one before: word, in and out, is what memory keeps, a number for each
 * sample, not used when the frame starts anew; out are its 12-bit samples, black at 0. */
void ref_tnr(const ref_t *ref, const uint16_t *raw, bool anew, uint16_t *word, uint16_t *out);
/* The reference of what comes behind it: takes out as RAW. */
ref_t ref_behind_tnr(const ref_t *ref);
/* Sample (x, y) of the frame that memory keeps. */
uint32_t ref_tnr_word(const ref_t *ref, const uint8_t *memory, uint32_t x, uint32_t y);

/* raw: width x height samples; rgb: width x height x 3, interleaved. */
void ref_rgb(const ref_t *ref, const uint16_t *raw, uint8_t *rgb);

/* The image that leaves, from that. */
ref_picture_t ref_image(const ref_t *ref, const uint8_t *rgb);

/* What of a frame an array region is, along one axis, and its resizing (scaler.h). */
typedef struct {
    int64_t first, count; /* source pixels */
    int64_t to;
} ref_axis_t;
ref_axis_t ref_axis_x(const ref_t *ref, uint32_t at, uint32_t size, uint32_t to);
ref_axis_t ref_axis_y(const ref_t *ref, uint32_t at, uint32_t size, uint32_t to);
/* Byte `channel` of pixel (j, k), of source pixels with 3 bytes each. */
int64_t ref_resized(const ref_t *ref, const uint8_t *rgb, const ref_axis_t *ax,
                    const ref_axis_t *ay, uint32_t j, uint32_t k, int channel);

/* tensor: channels planes of even height and rows of multiples of 32 bytes. */
uint32_t ref_tensor_bytes(const ref_t *ref);
void ref_tensor(const ref_t *ref, const uint8_t *rgb, int8_t *tensor);

#endif
