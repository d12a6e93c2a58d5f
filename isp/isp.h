/*
 * isp.h - the image signal processor: RAW lines in, RGB lines and the NPU's input tensor out.
 *
 *           +-----+  +-----+  +-----+   +----+  +----------+  +-----+  +-------+
 *   RAW --->| BLC |->| DPC |->| LSC |-+>| WB |->| DEMOSAIC |->| CCM |->| GAMMA |-+-> IMAGE -> sinks
 *   lines   +-----+  +-----+  +-----+ | +----+  +----------+  +-----+  +-------+ |   (image.h)
 *           +-------+                 |                                          |
 *   port <--| STATS |<----------------+                                          |
 *    (L2) +-+-------+----------------------------------+                         |
 *     <---| WRITER <- normalize, luma <- SCALER (crop) |<------------------------+
 *         +--------------------------------------------+
 *             |-> tensor_done (pulse)      irq: level, (ISP_STATUS & ISP_IRQ_EN) != 0
 *
 * TNR (tnr.h), off by default, stands between BLC and DPC and uses the port too. Bursts are made
 * when all that a cycle brings has happened (lines, rows, bursts done), in its arbitrate phase:
 * first WRITER's, then TNR's, then those of STATS. So the order within a cycle does not matter.
 *
 * Timing, in cycles of desc.clk_hz; lc = ceil(width / px_per_clk), pipe = sum of the pipe_cycles of
 * the stages that are on, T = 2 lines (4 with demosaic EDGE) and 2 more with DPC, D = T and 2 more
 * for each of NR and SHARPEN that is on, P(-1) = 0: start S(k) = max(edge at or after line k's
 * start_ps, P(k-1)) end   P(k) = max(edge at or after line k's end_ps, S(k) + lc) row n goes to the
 * tensor's scaler at P(n+T) + pipe, its image from S(n+D) + pipe to P(n+D) + pipe. The last D rows
 * need no further input and are flushed at pipeline rate: they count as lines H and on that come,
 * complete, when the line before them ends, so they leave lc cycles apart; one whose turn it is
 * while a scaler is not ready waits another lc. There is no input FIFO: a line that comes while the
 * row before it has not left (the lines come faster than lc or than pipe cycles) is an overrun, and
 * the rest of its frame is dropped. A frame whose last line comes early (the sensor was stopped
 * within it) is dropped without an overrun: rows that have not left do not. Both times `dropped`
 * pulses.
 *
 * Registers are latched when line 0 of a frame comes. An illegal value is replaced by the nearest
 * legal one at that time, in the register too, and logged SIM_LOG_GUEST.
 *
 * Tensor: rows of the region of interest go to the scaler as they leave gamma. tensor_done pulses
 * when the done of the last burst arrives. When the writer falls behind, the tensor is given up
 * (no tensor_done); when a tensor is not complete at the next frame's start, that frame has none.
 * Both set ISP_STATUS.overrun, are counted and logged SIM_LOG_ERROR. A tensor with a burst where no
 * memory is sets overrun too and is not done; that is logged SIM_LOG_GUEST.
 *
 * Known frames: with a memo (sim/memo.h) what a frame whose lines have a source comes to is found
 *               under that source's key, the registers and the tables: the codes of the tensor's
 *               rows ahead of normalization, the sums of statistics, the counters of the stages.
 *               Then no samples are asked for and no pixels computed; rows, bursts and interrupts
 *               come when they would have come. Those counters count at the frame's end. Line
 *               buffers keep what they had: no snapshots with a memo. Frames with an image or TNR
 *               are always computed.
 * Modeled:      the stages above (each header says what), four Bayer orders, RAW of 8 to 12 bits.
 * Not modeled:  registers change per frame only.
 * Two exposures: lines of the second one (line->exposure) pass by; merging is not modeled.
 * Units:        ISP_ROI_* in full-resolution active-array pixels. A frame of w x h samples covers
 *               line->window of the array (2x2-binned: 2 array pixels each). The region is cut to
 *               the window, or is the window's pixel nearest to it, [x0, x1) of it; in samples
 *               floor((x0 - window.x) * w / window.width) to floor((x1 - window.x) * w /
 *               window.width), at least one, counted from the other end when flipped. ISP_SEEN_*
 *               tell what of the array the newest tensor shows, and how it is flipped.
 */
#ifndef ISP_ISP_H
#define ISP_ISP_H

#include "isp/blc.h"
#include "isp/ccm.h"
#include "isp/demosaic.h"
#include "isp/dpc.h"
#include "isp/gamma.h"
#include "isp/image.h"
#include "isp/lsc.h"
#include "isp/scaler.h"
#include "isp/stats.h"
#include "isp/tnr.h"
#include "isp/wb.h"
#include "isp/writer.h"
#include "sim/json.h"
#include "sim/memo.h"

/* bits of ISP_CTRL, ISP_STATUS (write 1 to clear) and ISP_IRQ_EN */
#define ISP_CTRL_ENABLE 0x1u
#define ISP_CTRL_TENSOR 0x2u
#define ISP_CTRL_STATS 0x4u
#define ISP_STATUS_FRAME 0x1u   /* the last RGB row of a frame has left */
#define ISP_STATUS_TENSOR 0x2u  /* a tensor is complete in memory */
#define ISP_STATUS_OVERRUN 0x4u /* a line, a tensor row, a tensor, statistics were lost */
#define ISP_STATUS_STATS 0x8u   /* statistics of a frame are complete in memory */
/* bits of ISP_TNR */
#define ISP_TNR_ON 0x1u
#define ISP_TNR_PACKED 0x2u
#define ISP_TNR_EXPOSURE 0x4u /* starts anew when exposure or gain of the lines change */
#define ISP_TNR_ANEW 0x8u     /* starts anew at the next frame, which clears it */
/* bits of ISP_TENSOR_MIX */
#define ISP_TENSOR_MIX_SUMS 0x1u  /* ISP_MIX_00.. count */
#define ISP_TENSOR_MIX_BAYER 0x2u /* four channels are R G G B */
/* bits of ISP_DPC */
#define ISP_DPC_SEARCH 0x1u
#define ISP_DPC_MAP 0x2u

typedef struct {
    uint64_t clk_hz;
    uint32_t px_per_clk;                      /* 1..16 */
    uint32_t max_width_px, max_height_px;     /* of a frame, 4..8192; product < 2^24 */
    uint32_t array_width_px, array_height_px; /* full-resolution active array, ROI units */
    uint32_t max_tensor_width_px, max_tensor_height_px;
    blc_desc_t blc;
    uint32_t tnr_pipe_cycles, dpc_pipe_cycles, lsc_pipe_cycles;
    wb_desc_t wb;
    uint32_t demosaic_pipe_cycles, edge_pipe_cycles;
    ccm_desc_t ccm;
    gamma_desc_t gamma;
    uint32_t mask_pipe_cycles, yuv_pipe_cycles, nr_pipe_cycles, sharpen_pipe_cycles;
    uint32_t scaler_pipe_cycles;
    uint32_t writer_slots, writer_outstanding;
    /* reset values of registers: what the pixel die's colors need */
    uint32_t blc_dn[4];     /* R, Gr, Gb, B; 12-bit DN */
    uint32_t wb_gain_q8[4]; /* R, Gr, Gb, B */
    int16_t ccm_q10[9];
    bool lsc_on;
    uint16_t lsc_q10[LSC_GAINS];
    uint32_t defects;                /* in the map, which is on when there are any */
    uint32_t defect_site[DPC_SITES]; /* row << 16 | column of the array */
} isp_desc_t;

/* The 32-bit registers behind the page, in ISP_ order. */
typedef struct {
    uint32_t id, ctrl, status, irq_en;
    uint32_t blc[4], wb[4], ccm[9];
    uint32_t gamma; /* 0: bypass, 1: points */
    uint32_t roi_x, roi_y, roi_w, roi_h;
    uint32_t tensor_addr, tensor_w, tensor_h, tensor_ch;
    uint32_t div_val[TWR_CHANNELS], div_shift[TWR_CHANNELS], norm_val[TWR_CHANNELS];
    uint32_t norm_shift[TWR_CHANNELS], clip[TWR_CHANNELS], tensor_turn;
    uint32_t tensor_mix, mix[ISP_CHANNELS * ISP_CHANNELS];
    uint32_t tensor_frame;
    uint32_t seen_xy, seen_wh, seen_flip;
    uint32_t point[GAMMA_POINTS];
    uint32_t stats_addr, stats_frame, stats_range;
    uint32_t awb_xy, awb_wh, awb_rg, awb_bg;
    uint32_t focus_xy, focus_wh, focus_min;
    uint32_t yuv, nr, nr_luma, nr_chroma, nr_strength;
    uint32_t sharpen, sharpen_amount, sharpen_core, sharpen_limit;
    uint32_t mask, mask_cell, mask_color, mask_xy[MASK_RECTS], mask_wh[MASK_RECTS];
    uint32_t format, out, out_x, out_y, out_w, out_h, out_width, out_height;
    uint32_t dgain;
    uint32_t dpc, dpc_hot, dpc_cold, dpc_sites, dpc_index, dpc_site, dpc_found;
    uint32_t lsc, lsc_index, lsc_gains;
    uint32_t demosaic;
    uint32_t tnr, tnr_addr, tnr_bytes, tnr_gain, tnr_read, tnr_shot, tnr_late;
} isp_regs_t;

/* What a frame is made with: latched registers and the frame's own shape. */
typedef struct {
    sim_bayer_t bayer;
    uint32_t bits, width_px, height_px, frame;
    uint32_t line_cycles;
    uint32_t blc[2][2], wb[2][2]; /* [row parity][column parity] */
    int16_t ccm[9];
    sim_window_t window;                 /* what of the array the frame shows */
    sim_window_t seen;                   /* what of it the tensor does */
    uint32_t roi_x, roi_y, roi_w, roi_h; /* the same in samples of this frame */
    bool tensor;                         /* its rows go to the scaler */
    bool stats;                          /* its samples are counted */
    bool tnr, dpc, lsc, tone;            /* these stages are on */
    uint32_t delay_lines, pipe_cycles;   /* T and pipe of the timing rule */
    uint64_t first_ps;                   /* start of line 0 */
} isp_frame_t;

/* What the stages did, whole lines at a time, whether somebody sees the pixels or not: for accounts
 * of energy. Stages that are off count nothing. X(member, unit, definition) */
#define ISP_WORK_TABLE(X)                                                                          \
    X(raw_px, "px", "samples through black level and white balance")                               \
    X(tnr_px, "px", "through temporal noise reduction")                                            \
    X(dpc_px, "px", "through defect correction")                                                   \
    X(lsc_px, "px", "through lens shading correction")                                             \
    X(stats_px, "px", "into statistics")                                                           \
    X(rgb_px, "px", "through demosaic and color matrix")                                           \
    X(gamma_px, "px", "through the tone curve")                                                    \
    X(buffer_write_bytes, "bytes", "into the line buffers of defect correction and demosaic")      \
    X(buffer_read_bytes, "bytes", "out of them")                                                   \
    X(busy_cycles, "cycles", "clocks that RAW lines took, px_per_clk samples each")

typedef struct {
#define X(member, unit, help) uint64_t member;
    ISP_WORK_TABLE(X)
#undef X
} isp_work_t;

/* The frame in progress, found again or to be kept. Not state. */
typedef struct {
    bool found;  /* it was there: its lines are counted, not computed */
    bool making; /* it will be kept */
    bool over;   /* its last line has come */
    uint64_t *key;
    size_t key_bytes;
    uint64_t *block; /* isp_sums_t of known.c, rows of the tensor */
    size_t block_bytes;
} isp_known_t;

/* Who watches a frame without being part of the chip: sees its rows of codes, R G B, before the
 * stages that only images pass. State, times and statistics are the same whether anybody does. */
typedef struct {
    bool (*wanted)(void *ctx); /* as a frame begins */
    void (*row)(void *ctx, uint32_t row, const uint8_t *const rgb[ISP_CHANNELS]);
    void *ctx;
} isp_watch_t;

typedef struct {
    sim_comp_t comp;
    isp_desc_t desc;
    const sim_memo_t *memo; /* of ISPs with this desc; NULL: none. Set it before sim_check */
    sim_mem_port_t port;    /* to L2, required */
    sim_wire_t irq;         /* out */
    sim_wire_t tensor_done; /* out, pulse */
    sim_wire_t active;      /* out: a frame, a tensor or statistics are under way */
    sim_wire_t dropped;     /* out, pulse: no more rows of the frame will leave */

    blc_t blc; /* "<name>.blc" and so on: components of their own */
    tnr_t tnr;
    dpc_t dpc;
    lsc_t lsc;
    wb_t wb;
    demosaic_t demosaic;
    ccm_t ccm;
    gamma_t gamma;
    scaler_t scaler;
    twr_t writer;
    stats_t stats;
    img_t image;
    isp_watch_t watch; /* row NULL: nobody; set it before the run */
    bool watched;      /* this frame */
    sim_event_t line_out;
    sim_event_t turn; /* bursts are made: at the end of a cycle in which somebody has some */

    uint32_t pipe_cycles; /* of all stages up to GAMMA */
    uint16_t *linear_rows;
    uint8_t *code_rows;
    isp_known_t known;
    demosaic_row_t linear;         /* scratch: one row of linear RGB */
    uint8_t *planes[ISP_CHANNELS]; /* scratch: one row of codes */

    isp_regs_t regs; /* state */
    isp_frame_t now; /* the frame in progress */
    bool in_frame;   /* lines of `now` are expected, or rows of it leave */
    uint32_t next_row_in, next_row_raw, next_row_out; /* came, entered demosaic, left */
    uint64_t start_cycle, end_cycle;                  /* S and P of the line before */
    uint64_t lines, lines_out, frames, dropped_lines, overruns, tensors, lost_tensors;
    isp_work_t work;
} isp_t;

/* The IMX500's numbers where published, else assumed; equal to logic/chips/imx500.json. */
isp_desc_t isp_desc_default(void);

/* Reads the object "isp" of a chip file over what desc holds. Complaints: sim_doc_error. */
void isp_desc_read(const sim_cfg_t *cfg, isp_desc_t *desc);

/*
 * Checks desc, allocates for max_width_px and registers isp and its stages with sim. The caller
 * owns isp, sets isp->port and connects wires and sinks before sim_check, and calls isp_free.
 */
sim_err_t isp_init(isp_t *isp, sim_t *sim, const isp_desc_t *desc, const char *name);
void isp_free(isp_t *isp);

/* Where RAW lines go in. */
sim_line_sink_t isp_sink(isp_t *isp);

/* Where image lines go out, called at the time the row has left. False: all places are taken.
 * With no sink and no tensor the pixels are not computed; times and statistics are the same, but
 * for those of the image's last stages. */
bool isp_add_image_sink(isp_t *isp, img_sink_t sink);

/* Bytes of an image line, as the registers stand, for frames of the whole array's width of that
 * many samples. */
uint32_t isp_line_bytes(const isp_t *isp, uint32_t width_px);

#endif
