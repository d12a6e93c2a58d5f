#include "tests/pixel/die.h"

#include "tests/test.h"

pix_desc_t die_small(void)
{
    pix_desc_t desc = pix_desc_default();
    desc.width_px = 64;
    desc.height_px = 48;
    return desc;
}

static void flat_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const die_t *die = ctx;
    for (uint32_t i = 0; i < req->width_px; i++) {
        out->r[i] = die->lux[0];
        out->g[i] = die->lux[1];
        out->b[i] = die->lux[2];
    }
}

static void keep_line(void *ctx, const sim_line_t *line)
{
    die_t *die = ctx;
    if (line->frame >= DIE_MAX_FRAMES || line->exposure != 0)
        return;
    die_frame_t *frame = &die->frame[line->frame];
    if (line->row == 0) {
        frame->line = *line;
        free(frame->sample);
        free(frame->row);
        frame->width_px = line->width_px;
        frame->height_px = line->height_px;
        frame->sample = calloc((size_t)line->width_px * line->height_px, sizeof(uint16_t));
        frame->row = calloc(line->height_px, sizeof(die_row_t));
    }
    memcpy(frame->sample + (size_t)line->row * line->width_px, sim_line_raw(line),
           line->width_px * sizeof(uint16_t));
    frame->row[line->row] =
        (die_row_t){sim_now_ps(die->sim), line->start_ps, line->end_ps, line->flags};
}

static void on_start(void *ctx, bool level)
{
    die_t *die = ctx;
    pix_timing_t timing = pix_timing(die->pix);
    if (level && timing.frame < DIE_MAX_FRAMES) {
        die->frame[timing.frame].frame_start_ps = sim_now_ps(die->sim);
        die->frame[timing.frame].timing = timing;
    }
    die->starts += level;
}

static void on_end(void *ctx, bool level)
{
    die_t *die = ctx;
    uint32_t frame = pix_timing(die->pix).frame;
    if (level && frame < DIE_MAX_FRAMES)
        die->frame[frame].frame_end_ps = sim_now_ps(die->sim);
    die->ends += level;
}

die_t *die_new(const pix_desc_t *desc, uint32_t threads)
{
    return die_new_known(desc, threads, NULL);
}

die_t *die_new_known(const pix_desc_t *desc, uint32_t threads, const sim_memo_t *memo)
{
    die_t *die = calloc(1, sizeof(*die));
    die->sim = sim_new();
    die->pool = sim_pool_new(threads);
    die->pix = calloc(1, sizeof(*die->pix));
    die->pix->memo = memo;
    die->lux[0] = die->lux[1] = die->lux[2] = 300;
    ck_assert_int_eq(pix_init(die->pix, die->sim, desc, "pixel", die->pool), SIM_OK);
    die->pix->light = (sim_light_t){flat_row, die};
    ck_assert(pix_add_sink(die->pix, (sim_line_sink_t){keep_line, die}));
    ck_assert(sim_wire_connect(&die->pix->frame_start, on_start, die));
    ck_assert(sim_wire_connect(&die->pix->frame_end, on_end, die));
    ck_assert_int_eq(sim_check(die->sim), SIM_OK);
    sim_reset(die->sim);
    ck_assert_int_eq(sim_start(die->sim), SIM_OK);
    return die;
}

void die_free(die_t *die)
{
    pix_free(die->pix);
    free(die->pix);
    sim_pool_free(die->pool);
    sim_free(die->sim);
    for (uint32_t i = 0; i < DIE_MAX_FRAMES; i++) {
        free(die->frame[i].sample);
        free(die->frame[i].row);
    }
    free(die);
}

static uint32_t addr_of(const die_t *die, const char *name)
{
    for (const sim_reg_t *reg = die->pix->comp.kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            return reg->addr;
    ck_abort_msg("no register %s", name);
}

void die_write(die_t *die, const char *reg, uint32_t value)
{
    sim_reg_write(&die->pix->comp, addr_of(die, reg), value);
}

uint32_t die_read(die_t *die, const char *reg)
{
    return sim_reg_read(&die->pix->comp, addr_of(die, reg));
}

void die_run_frames(die_t *die, uint32_t frames)
{
    while (die->ends < frames)
        ck_assert(sim_step(die->sim, SIM_NEVER_PS));
}

void die_set_mode(die_t *die, die_mode_t mode)
{
    die_write(die, "PIX_BIN", mode == DIE_BINNED ? 0x22 : 0x11);
}

pix_frame_t die_latched(const pix_desc_t *desc, die_mode_t mode, uint32_t number)
{
    pix_frame_t frame = pix_frame_default(desc);
    frame.readout_pck = UINT64_C(1) << 32;
    frame.frame = number;
    frame.x.bin = frame.y.bin = mode == DIE_BINNED ? 2 : 1;
    (void)pix_clamp(desc, &frame);
    return frame;
}

pix_size_t die_size(const pix_desc_t *desc, die_mode_t mode)
{
    pix_frame_t frame = die_latched(desc, mode, 0);
    return pix_frame_size(&frame);
}

uint16_t *die_picture(const die_t *die, const pix_frame_t *frame)
{
    pix_size_t size = pix_frame_size(frame);
    uint32_t lines = pix_frame_lines(frame);
    uint16_t *picture = calloc((size_t)size.width_px * lines, sizeof(*picture));
    uint16_t *out = calloc(pix_row_room(frame), sizeof(*out));
    for (uint32_t row = 0; row < lines; row++) {
        pix_row(die->pix, frame, row, 0, out);
        memcpy(picture + (size_t)row * size.width_px, out, size.width_px * sizeof(*out));
    }
    free(out);
    return picture;
}
