/*
 * ties_test.c - all that share L2 at once, at every latency of it: the ISP's tensor, statistics and
 * noise reduction, the NPU, the DMA, the link's metadata. The order of what happens at one instant
 * changes nothing.
 */
#include "logic/sensor.h"
#include "tests/test.h"

/* Of the array, and where each has its place in L2. */
enum {
    SIDE = 96,
    FRAMES = 3,
    L2_BYTES = 65536,
    TENSOR = BUS_L2_BASE,
    STATS = TENSOR + 0x3000,
    NOISE = TENSOR + 0x5000,
    COPY = TENSOR + 0x9000,
    LINK = TENSOR + 0xb000,
    DESC = TENSOR + 0xd000,
    PROG = TENSOR + 0xe000,
};

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    npu_prog_t prog;
} chip_t;

static void gray(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *const planes[] = {out->r, out->g, out->b};
    (void)ctx;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            planes[p][i] = 200;
}

typedef struct {
    const char *name;
    uint32_t value;
} setting_t;

static void put(sim_comp_t *comp, const char *name, uint32_t value)
{
    const sim_reg_t *reg = comp->kind->regs;
    while (reg->name != NULL && strcmp(reg->name, name) != 0)
        reg++;
    ck_assert_msg(reg->name != NULL, "no register %s", name);
    sim_reg_write(comp, reg->addr, value);
}

static void put_all(sim_comp_t *comp, const setting_t *setting, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(comp, setting[i].name, setting[i].value);
}

#define PUT_ALL(comp, ...)                                                                         \
    put_all(comp, (const setting_t[]){__VA_ARGS__},                                                \
            sizeof((const setting_t[]){__VA_ARGS__}) / sizeof(setting_t))

/* Binned by 2: frames of 48 x 48. */
static void start_picture(sensor_t *s)
{
    PUT_ALL(&s->isp.comp, {"ISP_TENSOR_ADDR", TENSOR}, {"ISP_TENSOR_W", 32}, {"ISP_TENSOR_H", 40},
            {"ISP_STATS_ADDR", STATS}, {"ISP_TNR_ADDR", NOISE}, {"ISP_TNR_BYTES", COPY - NOISE},
            {"ISP_TNR", ISP_TNR_ON}, {"ISP_CTRL", 7});
    PUT_ALL(&s->mipi.comp, {"MIPI_CTRL", MIPI_CTRL_RAW | MIPI_CTRL_META}, {"MIPI_META_ADDR", LINK},
            {"MIPI_META_BYTES", 1000}, {"MIPI_META_LINE", 200});
    PUT_ALL(&s->pixel.comp, {"PIX_FRAME_LENGTH", 60}, {"PIX_COARSE", 8}, {"PIX_CTRL", 1});
}

/* Copies without end, rows across bursts. */
static void start_dma(sensor_t *s)
{
    const uint32_t words[DMA_DESC_WORDS] = {0, TENSOR, COPY, 500, 4, 512, 520, DESC};
    for (uint32_t i = 0; i < DMA_DESC_WORDS; i++) {
        const uint8_t b[4] = {(uint8_t)words[i], (uint8_t)(words[i] >> 8),
                              (uint8_t)(words[i] >> 16), (uint8_t)(words[i] >> 24)};
        ck_assert(bus_poke(&s->bus, DESC + 4 * i, b, 4));
    }
    PUT_ALL(&s->dma.comp, {"DMA0_FIRST", DESC}, {"DMA0_CTRL", 1});
}

/* Part of the tensor in, part of that out to where the link reads. */
static void make_program(npu_prog_t *prog)
{
    const npu_insn_t insns[] = {
        {.op = NPU_OP_LOAD,
         .signal = {1},
         .l2 = 0,
         .l2_row = 1024,
         .row_bytes = 1000,
         .rows = 3,
         .planes = 1},
        {.op = NPU_OP_STORE,
         .wait = {{1, 1}},
         .l2 = LINK - TENSOR,
         .l2_row = 700,
         .row_bytes = 500,
         .rows = 3,
         .planes = 1},
        {.op = NPU_OP_END},
    };
    char error[200] = "";
    for (size_t i = 0; i < SIM_COUNT(insns); i++)
        npu_prog_add_insn(prog, &insns[i], error, sizeof(error));
    ck_assert_str_eq(error, "");
    prog->meta.insn_l2 = PROG - TENSOR;
}

/* A small sensor, whose core spins. */
static void make(chip_t *chip, uint32_t latency_cycles, bool exact)
{
    const uint8_t spin[4] = {0x6f, 0, 0, 0}; /* jal x0, 0 */
    sensor_desc_t desc = sensor_desc_default();
    desc.pixel.width_px = desc.pixel.height_px = SIDE;
    desc.logic.l2.latency_cycles = latency_cycles;
    desc.logic.l2.bytes = desc.logic.bus.l2_bytes = desc.npu.l2_bytes = L2_BYTES;
    *chip = (chip_t){.sim = sim_new(), .pool = sim_pool_new(1), .sensor = sensor_new()};
    sensor_t *s = chip->sensor;
    ck_assert_msg(sensor_init(s, chip->sim, &desc, chip->pool) == SIM_OK, "%s",
                  sim_error(chip->sim));
    s->pixel.light.row = gray;
    s->npu.exact = exact;
    ck_assert(bus_poke(&s->bus, BUS_ROM_BASE, spin, sizeof(spin)));
    ck_assert_msg(sim_check(chip->sim) == SIM_OK, "%s", sim_error(chip->sim));
    sim_reset(chip->sim);
    ck_assert_int_eq(sim_start(chip->sim), SIM_OK);
    make_program(&chip->prog);
    ck_assert(npu_prog_load(&chip->prog, &s->npu.load.port, BUS_L2_BASE));
}

static void drop(chip_t *chip)
{
    npu_prog_free(&chip->prog);
    sensor_free(chip->sensor);
    sim_pool_free(chip->pool);
    sim_free(chip->sim);
}

/* The NPU runs again and again, and metadata leave again and again, for FRAMES frames. */
static uint64_t run(uint32_t latency_cycles, uint64_t order, bool exact)
{
    chip_t chip;
    make(&chip, latency_cycles, exact);
    sensor_t *s = chip.sensor;
    sim_set_shuffle(chip.sim, order);
    start_picture(s);
    start_dma(s);
    for (uint32_t i = 0; s->isp.frames < FRAMES && i < 10000; i++) {
        if (!(s->npu.status_reg & NPU_STATUS_BUSY))
            PUT_ALL(&s->npu.comp, {"NPU_PROG_ADDR", PROG}, {"NPU_PROG_COUNT", 3},
                    {"NPU_CTRL", NPU_CTRL_START});
        if (!s->mipi.meta_busy)
            put(&s->mipi.comp, "MIPI_META_GO", 1);
        sim_run_until_ps(chip.sim, sim_now_ps(chip.sim) + 10 * SIM_PS_PER_US);
    }
    ck_assert_uint_eq(s->isp.frames, FRAMES);
    ck_assert_uint_gt(s->isp.tensors, 0);
    ck_assert_uint_gt(s->isp.stats.blocks, 0);
    ck_assert_uint_eq(s->isp.tnr.frames, FRAMES - 1);
    ck_assert_uint_eq(s->npu.failed_runs, 0);
    ck_assert_uint_gt(s->npu.runs, 100);
    ck_assert_uint_gt(s->mipi.metadata_frames, 100);
    ck_assert_uint_gt(s->dma.descriptors, 100);
    uint64_t hash = sim_state_hash(chip.sim);
    drop(&chip);
    return hash;
}

START_TEST(the_order_of_what_happens_at_one_instant_changes_nothing)
{
    static const uint64_t orders[] = {SIM_REVERSE, 1};
    for (uint32_t latency = 1; latency <= L2_MAX_LATENCY; latency++) {
        uint64_t plain = run(latency, 0, false);
        for (size_t i = 0; i < SIM_COUNT(orders); i++)
            ck_assert_msg(run(latency, orders[i], i == 0) == plain, "latency %u, order %zu",
                          latency, i);
    }
}
END_TEST

TEST_MAIN("sensor ties", the_order_of_what_happens_at_one_instant_changes_nothing)
