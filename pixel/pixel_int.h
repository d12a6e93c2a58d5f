/*
 * pixel_int.h - what the files of this folder share.
 */
#ifndef PIXEL_PIXEL_INT_H
#define PIXEL_PIXEL_INT_H

#include "pixel/pixel.h"

/* Purposes of random numbers: "PIX" and a letter. */
#define PIX_RNG_SHOT 0x50495853u
#define PIX_RNG_READ 0x50495852u
#define PIX_RNG_FPN 0x50495846u
#define PIX_RNG_COLUMN 0x50495843u /* fixed pattern of columns */
#define PIX_RNG_ROW 0x5049584fu    /* row noise */
#define PIX_RNG_HOT 0x50495848u    /* where hot photosites are */
#define PIX_RNG_TRAP 0x50495854u   /* where traps are, and what they are like */
#define PIX_RNG_RTN 0x5049584eu    /* what traps do */

/* e^x for |x| <= 700, the same on every machine; for set-up, not for rows. */
double pix_exp(double x);
double pix_ln(double x);          /* x > 0 */
double pix_sine(double turns);    /* sin(2 pi turns) */
double pix_normal(uint32_t word); /* a standard normal number, as the kernels' */

/* Width rounded up to whole vectors. */
uint32_t pix_padded_px(uint32_t width_px);

/* Lines from a frame's first readout until rows may begin the exposure of the next, in step. */
uint32_t pix_exposure_margin(const pix_desc_t *desc, const pix_frame_t *frame);

/* What the registers say: geometry and lengths; exposure, gain and what else changes at once. */
void pix_take_geometry(const pix_desc_t *desc, const pix_regs_t *regs, pix_frame_t *frame);
void pix_take_exposure(const pix_regs_t *regs, pix_frame_t *frame);
/* Writes "setting value taken as value" for each that differs. */
void pix_settings_diff(const pix_frame_t *wanted, const pix_frame_t *taken, char *out,
                       size_t bytes);

extern const sim_reg_t pix_reg_table[];
void pix_wrote_ctrl(sim_comp_t *comp, uint32_t value);
void pix_wrote_irq(sim_comp_t *comp, uint32_t value);
void pix_wrote_hold(sim_comp_t *comp, uint32_t value);

/* What a stream that begins now would be clocked with. */
uint64_t pix_clock_hz(const pix_t *pix);
int64_t pix_die_uc(const pix_t *pix);
/* Degree Celsius in millionths. */
int64_t pix_uc(double temperature_c);

/* A worker's planes, pix_padded_px of the array's width each. */
typedef enum {
    PIX_PLANE_LIGHT,                                  /* red, green, blue */
    PIX_PLANE_COLUMNS = PIX_PLANE_LIGHT + PIX_COLORS, /* gains, offsets */
    PIX_PLANE_BLOOM = PIX_PLANE_COLUMNS + 2,          /* of 2 n + 1 rows: mean charge, excess */
} pix_plane_t;

/* How many planes there are; the lens's room is behind them. */
uint32_t pix_planes(const pix_desc_t *desc);

/* How many rows above and below a row depends on. */
uint32_t pix_bloom_rows(const pix_desc_t *desc);

/* pix_row, and the sum of the ADC's codes; of a test pattern, of its samples. */
uint32_t pix_row_codes(const pix_t *pix, const pix_frame_t *frame, uint32_t row, uint32_t worker,
                       uint16_t *out, uint64_t *codes);

/* Counts of one conversion: the reset ramp, and all of them. */
uint32_t pix_reset_counts(const pix_desc_t *desc, uint32_t bits);
uint32_t pix_ramp_counts(const pix_desc_t *desc, uint32_t bits);

/* band.c: rows of the frame that is read */
bool pix_rows_make(pix_t *pix); /* false without memory */
void pix_rows_free(pix_t *pix);
/* pix->now begins to be read. */
void pix_rows_begin(pix_t *pix);
/* Accounts for its next row. Its samples; NULL: its frame is known, who needs them asks. */
const uint16_t *pix_rows_take(pix_t *pix, uint32_t row);
/* All of its rows were taken. */
void pix_rows_end(pix_t *pix);
/* Forgets rows that nobody waited for. */
void pix_rows_drop(pix_t *pix);

/* activity.c */
void pix_activity_reset(pix_t *pix);
/* Times and shutters up to now: before `pending` or `reading` change, too. */
void pix_activity_count(pix_t *pix);
/* The shutter of that frame does not go on. */
void pix_activity_ended(pix_t *pix, const pix_frame_t *frame);
/* A line was read. */
void pix_activity_line(pix_t *pix, uint64_t codes);

/* Whether pix_keep has nothing to do. */
bool pix_keeps(const pix_t *pix, const pix_frame_t *frame);

/* The clock at which row 0 of `next` begins to be read when `next` follows `now`. */
uint64_t pix_follow_pck(const pix_desc_t *desc, const pix_frame_t *now, const pix_frame_t *next);
/* As many lines of exposure as leave it one frame length after `now`; false: it has no more. */
bool pix_shorten(const pix_desc_t *desc, const pix_frame_t *now, pix_frame_t *next);

#endif
