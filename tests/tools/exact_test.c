/*
 * exact_test.c - `--exact` on the chip's own L2: networks, kinds of array, schedules and widths of
 * weights give the same state, memory, counters and layers whether DMAs are streams and only what
 * happens is looked at, or every burst is an event and every cycle is looked at.
 */
#include "npu/array.h"
#include "npu/compiler/tensor_io.h"
#include "npu/pack.h"
#include "sim/file.h"
#include "sim/rng.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/inference.h"
#include "tools/network.h"

#define DIR FOVEA_OUT "/exact"

typedef struct {
    const char *file; /* without a folder: a model */
    const char *chip; /* NULL: the default one */
    uint32_t kind, overlap;
    npu_cascade_t cascade; /* AS_CHIP: the chip's */
    bool rice;
    uint32_t bits;   /* of the weights of a layer list; 0: as it says */
    uint32_t bursts; /* outstanding; 0: the chip's */
    uint64_t clk_hz; /* of the NPU; 0: L2's */
} case_t;

#define SYSTOLIC "logic/chips/systolic.json"
#define LIST(name) "npu/networks/" name ".topo"

/* clang-format off */
static const case_t models[] = {
    {.file = "person_detect"},
    {.file = "resnet8_cifar10_int8"},
    {.file = "vww_96_int8"},
    {.file = "blazeface_front_128_int8"},
    {.file = "mobilenet_v1_1.0_224_quant"},
    {.file = "mobilenet_v1_1.0_224_quant", .rice = true},
    {.file = "mobilenet_v1_1.0_224_quant", .chip = SYSTOLIC, .kind = NPU_ARRAY_WS},
    {.file = "blazeface_front_128_int8",   .chip = SYSTOLIC, .kind = NPU_ARRAY_OS, .overlap = 1},
    {.file = "resnet8_cifar10_int8",       .chip = SYSTOLIC, .kind = NPU_ARRAY_IS, .overlap = 1},
    {.file = "vww_96_int8",                .cascade = NPU_CASCADE_ALWAYS},
    {.file = "person_detect",              .cascade = NPU_CASCADE_ALWAYS, .rice = true},
};
static const case_t lists[] = {
    {.file = LIST("cifar_mininet"), .bits = 4},
    {.file = LIST("cifar_baseline_5x5"), .bits = 2},
    {.file = LIST("mobilenet_v1"), .bits = 4},
    {.file = LIST("mobilenet_v1"), .bits = 2, .chip = SYSTOLIC, .kind = NPU_ARRAY_WS, .overlap = 1},
    {.file = LIST("mobilenet_v2"), .cascade = NPU_CASCADE_ALWAYS},
    {.file = LIST("cifar_mininet"), .bursts = 1},
    {.file = LIST("cifar_mininet"), .bursts = 3},
    {.file = LIST("cifar_baseline"), .clk_hz = 201000000}, /* never streams */
    {.file = LIST("deeplab_513")}, /* part of it in stripes */
};
/* clang-format on */

static char error[512];

/* ---- a case as a program and a chip ---------------------------------------------------------- */

/* The list with a line for all weights before it, in a file of its own. */
static void save_narrow(const case_t *c, char path[1024])
{
    size_t bytes;
    uint8_t *list = sim_file_read(c->file, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(list != NULL, "%s", error);
    char *text = malloc(bytes + 32);
    int head = snprintf(text, 32, "bits %u\n", c->bits);
    memcpy(text + head, list, bytes);
    snprintf(path, 1024, DIR "/narrow.topo");
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, text, bytes + (size_t)head, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    free(text);
    free(list);
}

static void load(const case_t *c, sensor_desc_t *chip, npu_prog_t *prog)
{
    char path[1024];
    network_options_t options = {.cascade = c->cascade};
    ck_assert_msg(chip_load(c->chip, chip, error, sizeof(error)), "%s", error);
    if (c->chip != NULL) {
        chip->npu.mac_kind = c->kind;
        chip->npu.mac_overlap = c->overlap;
    }
    if (c->bursts != 0)
        chip->npu.dma_bursts = c->bursts;
    if (c->clk_hz != 0)
        chip->npu.clk_hz = c->clk_hz;
    if (c->rice)
        chip->npu.dma_compression = NPU_COMPRESSION_RICE;
    if (c->bits != 0)
        save_narrow(c, path);
    else if (strchr(c->file, '/') != NULL)
        snprintf(path, sizeof(path), "%s", c->file);
    else
        snprintf(path, sizeof(path), "%s/%s.tflite", test_models_dir(), c->file);
    memset(prog, 0, sizeof(*prog));
    ck_assert_msg(network_load(path, &chip->npu, &options, prog, error, sizeof(error)), "%s",
                  error);
}

/* What the case is there for is in the program. */
static void check_program(const case_t *c, const npu_prog_t *prog)
{
    uint32_t packed = 0, narrow = 0, turns = 0;
    for (uint32_t i = 0, before = 0; i < prog->insn_count; i++) {
        npu_insn_t insn;
        ck_assert(npu_insn_decode(prog->insns[i], &insn, NULL, 0));
        packed += insn.packed;
        narrow += npu_op_engine(insn.op) == NPU_ENGINE_MAC && insn.narrow != 0;
        turns += insn.layer < before;
        before = insn.layer;
    }
    ck_assert(!c->rice || packed > 0);
    ck_assert(c->bits == 0 || narrow > 0);
    ck_assert_msg(c->cascade != NPU_CASCADE_ALWAYS || turns > 5, "%s: no stripes", c->file);
}

/* ---- both ways ------------------------------------------------------------------------------- */

typedef struct {
    const npu_t *npu;
    uint64_t hash; /* of all counters at the end of each instruction */
} watch_t;

static void on_insn(void *ctx, uint32_t index)
{
    watch_t *w = ctx;
    npu_perf_t perf = npu_perf(w->npu);
    w->hash = sim_hash(w->hash, &index, sizeof(index));
    w->hash = sim_hash(w->hash, &perf, sizeof(perf));
}

typedef struct {
    uint64_t state, memory, events, counters;
    npu_perf_t perf;
    npu_layer_report_t layer[NPU_MAX_LAYERS];
} outcome_t;

static void run(const sensor_desc_t *chip, const npu_prog_t *prog, bool exact, outcome_t *outcome)
{
    inference_t *in = calloc(1, sizeof(*in));
    sim_stream_t noise = sim_stream(7, 31, 0);
    uint64_t bytes = npu_input_bytes(prog, 0);
    uint8_t *input[1] = {malloc(bytes)}, *l2 = malloc(chip->npu.l2_bytes);
    for (uint64_t i = 0; i < bytes; i++)
        input[0][i] = (uint8_t)sim_stream_u32(&noise);
    memset(outcome, 0, sizeof(*outcome));
    ck_assert_msg(inference_init(in, chip, prog), "%s", in->error);
    in->npu.exact = exact;
    watch_t watch = {&in->npu, SIM_HASH_SEED};
    in->npu.on_insn = on_insn;
    in->npu.on_insn_ctx = &watch;
    ck_assert_msg(inference_run(in, input), "%s", in->error);
    ck_assert(sim_mem_peek(&in->memory, chip->npu.l2_base, l2, chip->npu.l2_bytes));
    outcome->state = sim_state_hash(in->sim);
    outcome->memory = sim_hash(SIM_HASH_SEED, l2, chip->npu.l2_bytes);
    outcome->events = sim_events_fired(in->sim);
    outcome->perf = npu_perf(&in->npu);
    outcome->counters = watch.hash;
    for (uint32_t n = 0; n < NPU_MAX_LAYERS; n++)
        npu_layer_report(&in->npu, n, &outcome->layer[n]);
    inference_free(in);
    free(in);
    free(input[0]);
    free(l2);
}

static void compare(const case_t *c)
{
    static outcome_t fast, exact;
    sensor_desc_t chip;
    npu_prog_t prog;
    load(c, &chip, &prog);
    check_program(c, &prog);
    run(&chip, &prog, false, &fast);
    run(&chip, &prog, true, &exact);
    ck_assert_msg(fast.perf.cycles == exact.perf.cycles, "%s: %llu cycles, exact %llu", c->file,
                  (unsigned long long)fast.perf.cycles, (unsigned long long)exact.perf.cycles);
    ck_assert_msg(fast.state == exact.state, "%s: state", c->file);
    ck_assert_msg(fast.counters == exact.counters, "%s: counters on the way", c->file);
    ck_assert_msg(fast.memory == exact.memory, "%s: memory", c->file);
    ck_assert_mem_eq(&fast.perf, &exact.perf, sizeof(fast.perf));
    ck_assert_mem_eq(fast.layer, exact.layer, sizeof(fast.layer));
    ck_assert_uint_gt(exact.events, exact.perf.cycles); /* it did look */
    ck_assert_uint_lt(fast.events, exact.events);
    ck_assert(c->clk_hz != 0 || fast.events * 10 < exact.events); /* streams */
    npu_prog_free(&prog);
}

static uint32_t compare_all(const case_t *cases, size_t count)
{
    uint32_t compared = 0;
    for (size_t i = 0; i < count; i++, compared++)
        compare(&cases[i]);
    return compared;
}

START_TEST(models_give_the_same_in_both_ways)
{
    if (test_models_dir() == NULL) {
        test_skip("no models");
        return;
    }
    ck_assert_uint_eq(compare_all(models, SIM_COUNT(models)), 11);
}
END_TEST

START_TEST(layer_lists_give_the_same_in_both_ways)
{
    ck_assert_uint_eq(compare_all(lists, SIM_COUNT(lists)), 9);
}
END_TEST

/* ---- what leaves memory ---------------------------------------------------------------------- */

static uint32_t error_of(const sensor_desc_t *chip, const npu_prog_t *prog, bool exact,
                         bool timing_only)
{
    inference_t *in = calloc(1, sizeof(*in));
    ck_assert_msg(inference_init(in, chip, prog), "%s", in->error);
    in->npu.exact = exact;
    in->npu.timing_only = timing_only;
    ck_assert(!inference_run(in, NULL));
    uint32_t found = in->npu.error_reg;
    inference_free(in);
    free(in);
    return found;
}

/* The first that loads weights, from so far behind their place. */
static uint32_t break_load(npu_prog_t *prog, uint32_t bytes)
{
    npu_insn_t insn = {0};
    uint32_t i = 0;
    for (; insn.op != NPU_OP_LOAD || insn.mem != NPU_MEM_WGT; i++)
        ck_assert(npu_insn_decode(prog->insns[i], &insn, NULL, 0));
    insn.l2 += bytes;
    ck_assert(npu_insn_encode(&insn, prog->insns[i - 1], NULL, 0));
    return i - 1;
}

START_TEST(a_load_outside_memory_is_found_in_every_way)
{
    const case_t list = {.file = LIST("cifar_baseline")};
    sensor_desc_t chip;
    npu_prog_t prog;
    load(&list, &chip, &prog);
    uint32_t expected = (uint32_t)NPU_ERROR_L2 << 24 | break_load(&prog, 16 << 20);
    for (uint32_t way = 0; way < 4; way++)
        ck_assert_uint_eq(error_of(&chip, &prog, way % 2 != 0, way / 2 != 0), expected);
    npu_prog_free(&prog);
}
END_TEST

/* ---- what stops on the way ------------------------------------------------------------------- */

static void stop_at(const sensor_desc_t *chip, npu_prog_t *prog, uint32_t index, bool exact,
                    outcome_t *outcome)
{
    inference_t *in = calloc(1, sizeof(*in));
    uint32_t first = prog->insns[index][0];
    memset(outcome, 0, sizeof(*outcome));
    prog->insns[index][0] = 0xff; /* no opcode */
    ck_assert_msg(inference_init(in, chip, prog), "%s", in->error);
    in->npu.exact = exact;
    ck_assert(!inference_run(in, NULL));
    prog->insns[index][0] = first;
    ck_assert_uint_eq(in->npu.error_reg, (uint32_t)NPU_ERROR_ILLEGAL << 24 | index);
    ck_assert_uint_eq(in->npu.status_reg, NPU_STATUS_ERROR);
    outcome->perf = npu_perf(&in->npu);
    in->finished = false;
    /* the program is whole in L2 from now on, and runs to its end */
    ck_assert(sim_mem_poke(&in->memory, prog->net[NPU_NET_PROG_ADDR_W] + index * NPU_INSN_BYTES,
                           &first, 4));
    inference_go(in); /* no simulated time is left to it: */
    sim_run_until_ps(in->sim, sim_now_ps(in->sim) + SIM_PS_PER_S);
    ck_assert(in->finished);
    outcome->counters = npu_perf(&in->npu).cycles;
    inference_free(in);
    free(in);
}

/* Streams are out when it does, most of the time. */
START_TEST(a_run_that_stops_on_the_way_stops_the_same_in_both_ways)
{
    static outcome_t fast, exact;
    const case_t list = {.file = LIST("cifar_mininet")};
    sensor_desc_t chip;
    npu_prog_t prog;
    load(&list, &chip, &prog);
    uint64_t part = 0;
    for (uint32_t index = 0; index < prog.insn_count; index += 3) {
        stop_at(&chip, &prog, index, false, &fast);
        stop_at(&chip, &prog, index, true, &exact);
        ck_assert_msg(memcmp(&fast.perf, &exact.perf, sizeof(fast.perf)) == 0,
                      "illegal at %u: cycles %llu, exact %llu", index,
                      (unsigned long long)fast.perf.cycles, (unsigned long long)exact.perf.cycles);
        ck_assert_uint_eq(fast.counters, exact.counters); /* of the whole run after it */
        part += fast.perf.load_busy > 0;
    }
    ck_assert_uint_gt(part, 10);
    npu_prog_free(&prog);
}
END_TEST

TEST_MAIN("npu cycle by cycle on the chip's L2", models_give_the_same_in_both_ways,
          layer_lists_give_the_same_in_both_ways, a_load_outside_memory_is_found_in_every_way,
          a_run_that_stops_on_the_way_stops_the_same_in_both_ways)
