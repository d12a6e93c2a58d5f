/*
 * slow.h - an ISP whose times can be worked out in the head, for the tests of time and registers.
 *
 * One clock cycle is 10 ns, two pixels a cycle, 1 + 2 + 3 + 4 + 5 = 15 cycles of pipe, 6 of the
 * scaler's, 1 of each of the image's stages. Frames are 8 x 6, so a line takes at least 4 cycles;
 * line k comes in cycles 100 + 20 k .. 110 + 20 k unless a test says otherwise. In a header, as it
 * asserts with Check.
 */
#ifndef TESTS_ISP_SLOW_H
#define TESTS_ISP_SLOW_H

#include "tests/isp/rig.h"
#include "tests/test.h"

#define CYCLE_PS UINT64_C(10000)
#define ADDR (RIG_MEM_BASE + 0x800)
#define WIDTH 8
#define HEIGHT 6

static const rig_timing_t usual = {100 * CYCLE_PS, 20 * CYCLE_PS, 10 * CYCLE_PS};

static inline isp_desc_t slow_desc(void)
{
    isp_desc_t desc = rig_small();
    desc.clk_hz = 100000000;
    desc.px_per_clk = 2;
    desc.blc.pipe_cycles = 1;
    desc.tnr_pipe_cycles = 1;
    desc.dpc_pipe_cycles = 2;
    desc.lsc_pipe_cycles = 1;
    desc.wb.pipe_cycles = 2;
    desc.demosaic_pipe_cycles = 3;
    desc.edge_pipe_cycles = 4;
    desc.ccm.pipe_cycles = 4;
    desc.gamma.pipe_cycles = 5;
    desc.yuv_pipe_cycles = 1;
    desc.nr_pipe_cycles = 1;
    desc.sharpen_pipe_cycles = 1;
    desc.scaler_pipe_cycles = 6;
    desc.writer_slots = 2;
    desc.writer_outstanding = 2;
    return desc;
}

typedef struct {
    rig_t *rig;
    ref_t ref; /* region: rows 0..3; tensor 3 x 4 x 8 */
    uint16_t raw[WIDTH * HEIGHT];
    uint8_t rgb[WIDTH * HEIGHT * 3];
    int8_t tensor[4096];
} bench_t;

static inline void bench_expect(bench_t *b)
{
    ref_rgb(&b->ref, b->raw, b->rgb);
    ref_tensor(&b->ref, b->rgb, b->tensor);
}

static inline bench_t *bench_new_of(const isp_desc_t *desc)
{
    bench_t *b = calloc(1, sizeof(*b));
    b->rig = rig_new(desc);
    b->ref = rig_reference(b->rig, WIDTH, HEIGHT);
    b->ref.roi_h = 171; /* floor(171 * 6 / 256) = 4 rows */
    b->ref.out_width_px = 8;
    b->ref.out_height_px = 4;
    rig_configure(b->rig, &b->ref, ADDR);
    rig_noise(1, 10, WIDTH * HEIGHT, b->raw);
    bench_expect(b);
    return b;
}

static inline bench_t *bench_new(void)
{
    isp_desc_t desc = slow_desc();
    return bench_new_of(&desc);
}

static inline void bench_free(bench_t *b)
{
    rig_free(b->rig);
    free(b);
}

static inline void image_only(bench_t *b)
{
    rig_write(b->rig, "ISP_CTRL", ISP_CTRL_ENABLE);
}

static inline rig_timing_t from_cycle(uint64_t cycle)
{
    return (rig_timing_t){cycle * CYCLE_PS, 20 * CYCLE_PS, 10 * CYCLE_PS};
}

static inline void bench_frame(bench_t *b, uint32_t frame, rig_timing_t timing)
{
    rig_lines(b->rig, &b->ref, frame, HEIGHT, b->raw, timing);
}

/* One line at any cycles. */
static inline void line_at(bench_t *b, uint32_t row, uint64_t start_cycle, uint64_t end_cycle)
{
    rig_timing_t t = {start_cycle * CYCLE_PS, 0, (end_cycle - start_cycle) * CYCLE_PS};
    rig_line(b->rig, &b->ref, 0, row, b->raw, t);
}

static inline void row_left(const bench_t *b, uint32_t index, uint32_t row, uint64_t start_cycle,
                            uint64_t end_cycle)
{
    const rig_row_t *r = &b->rig->row[index];
    ck_assert_uint_lt(index, b->rig->rows);
    ck_assert_uint_eq(r->row, row);
    ck_assert_uint_eq(r->start_ps, start_cycle * CYCLE_PS);
    ck_assert_uint_eq(r->end_ps, end_cycle * CYCLE_PS);
    ck_assert_uint_eq(r->now_ps, r->end_ps);
}

static inline void image_is_right(const bench_t *b)
{
    ck_assert_mem_eq(b->rig->rgb, b->rgb, (size_t)b->ref.width_px * b->ref.height_px * 3);
}

static inline void tensor_is_right(const bench_t *b)
{
    ck_assert_mem_eq(b->rig->mem.bytes + (ADDR - RIG_MEM_BASE), b->tensor,
                     ref_tensor_bytes(&b->ref));
}

static inline bool logged(const bench_t *b, const char *text)
{
    return strstr(b->rig->log, text) != NULL;
}

static inline int lines_logged(const bench_t *b)
{
    int lines = 0;
    for (const char *p = b->rig->log; *p != 0; p++)
        lines += *p == '\n';
    return lines;
}

#endif
