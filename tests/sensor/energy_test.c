/*
 * energy_test.c - energy of whole runs: sums that must agree, and what stats.json's counters and
 * the technology files make of it when it is worked out again here.
 */
#include "logic/sensor.h"
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

static char text[65536];

static void run_entrance(const char *name, int frames, const char *flags)
{
    int code = fovea(text, sizeof(text), "run scenes/entrance.json --frames %d --out %s/%s %s",
                     frames, FOVEA_OUT, name, flags);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

static sim_doc_t *open_json(const char *path)
{
    sim_doc_t *doc = sim_doc_load(path);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    return doc;
}

#define STATS(run) FOVEA_OUT "/" run "/stats.json"

static uint64_t get(const sim_cfg_t *cfg, const char *key)
{
    sim_cfg_need(cfg, key);
    uint64_t value = sim_cfg_u64(cfg, key, 0, UINT64_MAX, 0);
    ck_assert_msg(sim_doc_error(cfg->doc) == NULL, "%s", sim_doc_error(cfg->doc));
    return value;
}

static uint64_t sum_of(const sim_cfg_t *cfg, const char *key)
{
    sim_cfg_t blocks = sim_cfg_obj(cfg, key);
    uint64_t sum = 0;
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
        sum += sim_cfg_u64(&blocks, tech_block_names[b], 0, UINT64_MAX, 0);
    return sum;
}

/* ---- sums ---- */

START_TEST(blocks_phases_and_frames_add_up_to_the_whole)
{
    run_entrance("energy", 3, "");
    sim_doc_t *doc = open_json(STATS("energy"));
    sim_cfg_t root = sim_doc_root(doc), energy = sim_cfg_obj(&root, "energy");
    sim_cfg_t blocks = sim_cfg_obj(&energy, "blocks"), phases = sim_cfg_obj(&energy, "phases");
    uint64_t total = get(&energy, "fj"), sum = 0, leakage = 0, ps = 0, phases_fj = 0;
    uint64_t of_block[TECH_BLOCK_COUNT] = {0};
    ck_assert_uint_gt(total, 0);
    for (uint32_t p = 0; p < ENERGY_PHASE_COUNT; p++) {
        sim_cfg_t phase = sim_cfg_obj(&phases, energy_phase_names[p]);
        sim_cfg_t parts = sim_cfg_obj(&phase, "blocks");
        phases_fj += get(&phase, "fj");
        ps += get(&phase, "ps");
        ck_assert_uint_eq(get(&phase, "fj"), sum_of(&phase, "blocks"));
        for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
            of_block[b] += get(&parts, tech_block_names[b]);
    }
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        sim_cfg_t block = sim_cfg_obj(&blocks, tech_block_names[b]);
        ck_assert_uint_eq(get(&block, "fj"), of_block[b]);
        sum += get(&block, "fj");
        leakage += get(&block, "leakage_fj");
    }
    ck_assert_uint_eq(sum, total);
    ck_assert_uint_eq(phases_fj, total);
    ck_assert_uint_eq(leakage, get(&energy, "leakage_fj"));
    ck_assert_uint_eq(ps, get(&energy, "ps"));
    ck_assert_uint_eq(ps, get(&root, "time_ps"));
    uint64_t frames = get(&energy, "outside_frames_fj");
    ck_assert_uint_eq(sim_cfg_count(&energy, "frames"), 2); /* the third is not over */
    for (uint32_t i = 0; i < 2; i++) {
        sim_cfg_t frame = sim_cfg_at(&energy, "frames", i);
        ck_assert_uint_eq(get(&frame, "fj"), sum_of(&frame, "blocks"));
        frames += get(&frame, "fj");
    }
    ck_assert_uint_eq(frames, total);
    sim_doc_free(doc);
}
END_TEST

/* Three frames are read in 3 x 1520 rows of 12.632 us, and the NPU is busy for its cycles. */
START_TEST(phases_last_as_long_as_what_they_are_named_after)
{
    sim_doc_t *doc = open_json(STATS("energy"));
    sim_cfg_t root = sim_doc_root(doc), energy = sim_cfg_obj(&root, "energy");
    sim_cfg_t phases = sim_cfg_obj(&energy, "phases");
    uint64_t readout_ps = 0, npu_ps = 0, firmware_ps = 0;
    for (uint32_t i = 0; i < 3; i++) {
        sim_cfg_t frame = sim_cfg_at(&root, "frames", i);
        readout_ps += get(&frame, "readout_end_ps") - get(&frame, "readout_start_ps");
        npu_ps += get(&frame, "npu_end_ps") - get(&frame, "npu_start_ps");
        firmware_ps += get(&frame, "firmware_end_ps") - get(&frame, "npu_end_ps");
    }
    sim_cfg_t readout = sim_cfg_obj(&phases, "readout");
    sim_cfg_t inference = sim_cfg_obj(&phases, "inference");
    sim_cfg_t firmware = sim_cfg_obj(&phases, "firmware");
    ck_assert_uint_eq(get(&readout, "ps"), readout_ps);
    /* busy before its first cycle, and the core wakes up after its last */
    ck_assert_uint_ge(get(&inference, "ps"), npu_ps);
    ck_assert_uint_le(get(&inference, "ps"), npu_ps + 3 * 2 * 3810);
    ck_assert_uint_le(get(&firmware, "ps"), firmware_ps);
    ck_assert_uint_ge(get(&firmware, "ps") * 10, firmware_ps * 9);
    sim_doc_free(doc);
}
END_TEST

/* ---- worked out again ---- */

/* Sizes of the IMX500, by hand. */
static const struct {
    const char *name;
    double size;
} sizes[] = {
    {"pixel", 4056.0 * 3040},
    {"pixel_um2", 4056.0 * 3040 * 1.55 * 1.55},
    {"column", 4056},
    {"row", 3040},
    {"isp_kib", 4056.0 / 1024},
    {"mac", 32 * 9 * 8},
    {"vector_lane", 64},
    {"l1_kib", 512 + 256 + 256 + 32},
    {"l2_kib", 8388480.0 / 1024},
    {"core_kib", 8 + 256 + 4},
    {"fifo_kib", 20},
    {"lane", 2},
};

static double with_sizes(const sim_cfg_t *cfg, const char *key, const char *per)
{
    double sum = sim_cfg_num(cfg, key, 0, 1e18, 0);
    sim_cfg_t all = sim_cfg_obj(cfg, per);
    for (size_t i = 0; i < SIM_COUNT(sizes); i++)
        sum += sizes[i].size * sim_cfg_num(&all, sizes[i].name, 0, 1e18, 0);
    sim_cfg_done(&all); /* a size that is not in the table above */
    return sum;
}

/* "sensor.a.b" in stats.json. */
static sim_cfg_t component(const sim_cfg_t *stats, const char *path)
{
    sim_cfg_t at = sim_cfg_obj(stats, "sensor");
    char name[64];
    while (*path != '\0') {
        size_t length = strcspn(path, ".");
        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        at = sim_cfg_obj(&at, name);
        path += length + (path[length] == '.');
    }
    return at;
}

static uint64_t counted(const sim_cfg_t *stats, const char *path, const char *stat, bool one,
                        uint32_t index)
{
    sim_cfg_t comp = component(stats, path), leaf = sim_cfg_obj(&comp, stat);
    if (sim_cfg_is_num(&leaf, "value"))
        return get(&leaf, "value");
    uint64_t sum = 0;
    for (uint32_t i = 0; i < sim_cfg_count(&leaf, "value"); i++) {
        sim_cfg_t item = sim_cfg_at(&leaf, "value", i);
        sum += !one || i == index ? sim_cfg_u64(&item, NULL, 0, UINT64_MAX, 0) : 0;
    }
    return sum;
}

/* A '*' stands for these. */
static const char *const stars[] = {"core", "isp", "npu_fetch",  "npu_load", "npu_store", "mipi",
                                    "spi",  "dma", "core_fetch", "0",        "1",         "2",
                                    "3",    "4",   "5",          "6",        "7"};

static uint64_t counted_all(const sim_cfg_t *stats, const char *path, const sim_cfg_t *row)
{
    const char *stat = sim_cfg_str(row, "stat", ""), *star = strchr(path, '*');
    bool one = sim_cfg_has(row, "index");
    uint32_t index = one ? (uint32_t)get(row, "index") : 0;
    uint64_t sum = 0;
    if (star == NULL)
        return counted(stats, path, stat, one, index);
    for (size_t i = 0; i < SIM_COUNT(stars); i++) {
        char name[96];
        snprintf(name, sizeof(name), "%.*s%s", (int)(star - path), path, stars[i]);
        sum += counted(stats, name, stat, one, index);
    }
    return sum;
}

static void add_file(const sim_cfg_t *stats, const char *file, uint64_t *fj, uint64_t *nw)
{
    sim_doc_t *doc = open_json(file);
    sim_cfg_t root = sim_doc_root(doc);
    for (uint32_t i = 0; i < sim_cfg_count(&root, "blocks"); i++) {
        sim_cfg_t part = sim_cfg_at(&root, "blocks", i);
        const char *path = sim_cfg_str(&part, "component", "");
        uint32_t block =
            sim_cfg_enum(&part, "block", tech_block_names, TECH_BLOCK_COUNT, TECH_OTHER);
        nw[block] += (uint64_t)(with_sizes(&part, "leakage_uw", "leakage_per") * 1000 + 0.5);
        for (uint32_t r = 0; r < sim_cfg_count(&part, "activity"); r++) {
            sim_cfg_t row = sim_cfg_at(&part, "activity", r);
            uint64_t aj = (uint64_t)(with_sizes(&row, "aj", "aj_per") + 0.5);
            fj[block] += (uint64_t)((sim_u128_t)counted_all(stats, path, &row) * aj / 1000);
        }
    }
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
}

START_TEST(counters_and_technology_files_give_the_same_when_worked_out_here)
{
    sim_doc_t *doc = open_json(STATS("energy"));
    sim_cfg_t root = sim_doc_root(doc), energy = sim_cfg_obj(&root, "energy");
    sim_cfg_t blocks = sim_cfg_obj(&energy, "blocks");
    uint64_t fj[TECH_BLOCK_COUNT] = {0}, nw[TECH_BLOCK_COUNT] = {0}, ps = get(&energy, "ps");
    add_file(&root, "logic/tech/pixel_65nm.json", fj, nw);
    add_file(&root, "logic/tech/logic_22nm.json", fj, nw);
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        sim_cfg_t block = sim_cfg_obj(&blocks, tech_block_names[b]);
        uint64_t leakage = (uint64_t)((sim_u128_t)nw[b] * ps / 1000000);
        ck_assert_msg(get(&block, "leakage_fj") == leakage, "%s", tech_block_names[b]);
        ck_assert_msg(get(&block, "fj") == fj[b] + leakage, "%s: %llu, here %llu",
                      tech_block_names[b], (unsigned long long)get(&block, "fj"),
                      (unsigned long long)(fj[b] + leakage));
    }
    sim_doc_free(doc);
}
END_TEST

/* ---- a technology of this test ---- */

#define OWN FOVEA_OUT "/energy_own"

static void put_file(const char *path, const char *content)
{
    char error[256];
    ck_assert_msg(sim_file_write(path, content, strlen(content), error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

static void make_own(void)
{
    put_file(FOVEA_OUT "/chip.json",
             "{\"tech\": {\"pixel\": \"own_pixel.json\", \"logic\": \"own_logic.json\"}}");
    put_file(FOVEA_OUT "/own_pixel.json",
             "{\"node_nm\": 65, \"blocks\": [{\"block\": \"pixel\", \"component\": \"pixel\", "
             "\"activity\": [{\"stat\": \"rows\", \"aj\": 1234567}], \"leakage_uw\": 0.003}]}");
    put_file(FOVEA_OUT "/own_logic.json",
             "{\"node_nm\": 22, \"blocks\": ["
             "{\"block\": \"npu\", \"component\": \"npu\", \"activity\": [{\"stat\": \"macs\", "
             "\"aj\": 151}]},"
             "{\"block\": \"bus\", \"component\": \"dma\", \"activity\": [{\"stat\": \"bytes\", "
             "\"aj\": 7}], \"leakage_uw\": 0.001}]}");
}

static uint64_t dynamic_fj(const sim_cfg_t *energy, const char *name)
{
    sim_cfg_t blocks = sim_cfg_obj(energy, "blocks"), block = sim_cfg_obj(&blocks, name);
    return get(&block, "fj") - get(&block, "leakage_fj");
}

/* The network alone, on a gray picture. */
static sim_doc_t *infer(int frames)
{
    static char out[1 << 20];
    static uint8_t picture[3 * 160 * 120];
    char error[256];
    memset(picture, 0x20, sizeof(picture));
    ck_assert_int_eq(sim_file_write(FOVEA_OUT "/energy_gray.bin", picture, sizeof(picture), error,
                                    sizeof(error)),
                     SIM_OK);
    ck_assert_int_eq(fovea(out, sizeof(out),
                           "infer scenes/person_160.tflite --input " FOVEA_OUT
                           "/energy_gray.bin --frames %d --json",
                           frames),
                     0);
    return sim_doc_parse(out, strlen(out), "infer");
}

/* As its layers have them. */
static uint64_t macs_of_layers(const sim_cfg_t *root)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < sim_cfg_count(root, "layers"); i++) {
        sim_cfg_t layer = sim_cfg_at(root, "layers", i);
        sum += get(&layer, "macs");
    }
    ck_assert_uint_gt(sum, 0);
    return sum;
}

/* 1520 rows a frame, of 1234567 aJ each; 151 aJ a MAC. */
START_TEST(twice_the_frames_take_twice_the_energy_but_for_what_leaks)
{
    sim_doc_t *alone = infer(1);
    sim_cfg_t layers = sim_doc_root(alone);
    uint64_t macs = macs_of_layers(&layers);
    sim_doc_free(alone);
    make_own();
    for (uint64_t frames = 3; frames <= 6; frames += 3) {
        run_entrance("energy_own", (int)frames, "--chip " FOVEA_OUT "/chip.json");
        sim_doc_t *doc = open_json(STATS("energy_own"));
        sim_cfg_t root = sim_doc_root(doc), energy = sim_cfg_obj(&root, "energy");
        uint64_t ps = get(&energy, "ps");
        ck_assert_uint_eq(dynamic_fj(&energy, "pixel"), frames * 1520 * 1234567 / 1000);
        ck_assert_uint_eq(dynamic_fj(&energy, "npu"), frames * macs * 151 / 1000);
        ck_assert_uint_eq(dynamic_fj(&energy, "bus"), 0); /* nobody uses the DMA */
        ck_assert_uint_eq(get(&energy, "leakage_fj"), ps * 3 / 1000000 + ps * 1 / 1000000);
        ck_assert_uint_eq(get(&energy, "inferences"), frames);
        ck_assert_uint_eq(get(&energy, "macs"), frames * macs);
        sim_doc_free(doc);
    }
}
END_TEST

START_TEST(config_json_has_what_the_technology_files_say)
{
    sim_doc_t *doc = open_json(FOVEA_OUT "/energy_own/config.json");
    sim_cfg_t root = sim_doc_root(doc), tech = sim_cfg_obj(&root, "tech_data");
    sim_cfg_t pixel = sim_cfg_obj(&tech, "pixel"), block = sim_cfg_at(&pixel, "blocks", 0);
    sim_cfg_t row = sim_cfg_at(&block, "activity", 0);
    ck_assert_uint_eq(get(&row, "aj"), 1234567);
    sim_doc_free(doc);
}
END_TEST

START_TEST(a_technology_file_that_is_wrong_ends_a_run_with_its_place)
{
    make_own();
    put_file(FOVEA_OUT "/own_logic.json", "{\"node_nm\": 22, \"blocks\": [{\"block\": \"npu\", "
                                          "\"component\": \"npu\", \"activity\": [{\"stat\": "
                                          "\"mac\", \"aj\": 1}]}]}");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "run scenes/entrance.json --out " OWN " --chip " FOVEA_OUT "/chip.json"),
                     2);
    ck_assert_ptr_nonnull(strstr(text, "own_logic.json: blocks[0].activity[0].stat: "
                                       "sensor.npu has no counter \"mac\", it has cycles"));
    put_file(FOVEA_OUT "/own_logic.json", "{\"node_nm\": 22, \"blocks\": [{\"block\": \"nqu\"}]}");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "run scenes/entrance.json --out " OWN " --chip " FOVEA_OUT "/chip.json"),
                     2);
    ck_assert_ptr_nonnull(strstr(text, "own_logic.json: blocks[0].block: \"nqu\" is none of"));
    remove(FOVEA_OUT "/own_logic.json");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "run scenes/entrance.json --out " OWN " --chip " FOVEA_OUT "/chip.json"),
                     2);
    ck_assert_ptr_nonnull(strstr(text, "own_logic.json"));
}
END_TEST

/* ---- resets ---- */

static void gray(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *const planes[] = {out->r, out->g, out->b};
    (void)ctx;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            planes[p][i] = 200;
}

static void put(sim_comp_t *comp, const char *name, uint32_t value)
{
    const sim_reg_t *reg = comp->kind->regs;
    while (reg->name != NULL && strcmp(reg->name, name) != 0)
        reg++;
    ck_assert_msg(reg->name != NULL, "no register %s", name);
    sim_reg_write(comp, reg->addr, value);
}

static uint64_t row_count(const sensor_t *s, const char *component, const char *stat)
{
    const tech_t *tech = s->energy.tech;
    for (uint32_t r = 0; r < tech->rows; r++)
        if (strcmp(tech->row[r].stat, stat) == 0 &&
            strcmp(tech->part[tech->row[r].part].component, component) == 0)
            return s->energy.state.count[r];
    ck_abort_msg("no row for %s of %s", stat, component);
}

/* A small sensor that streams, whose core spins; sim->next reset is on its way at `at_ps`. */
static void run_to_reset(sensor_t *s, sim_t *sim, const char *reg, uint32_t value,
                         const sim_event_t *event, uint64_t *instructions, uint64_t *lines)
{
    put(&s->clkrst.comp, reg, value);
    ck_assert(sim_event_pending(event));
    sim_run_until_ps(sim, event->at_ps - 1);
    *instructions = s->core.instructions;
    *lines = s->pixel.rows;
    ck_assert_uint_lt(s->energy.state.now_ps, event->at_ps - 1); /* it has not looked since */
    sim_run_until_ps(sim, event->at_ps);
}

START_TEST(resets_of_blocks_and_of_the_system_lose_no_energy)
{
    const uint8_t spin[4] = {0x6f, 0, 0, 0}; /* jal x0, 0 */
    sensor_desc_t desc = sensor_desc_default();
    char error[256];
    uint64_t instructions, rows, more, none;
    desc.pixel.width_px = desc.pixel.height_px = 96;
    make_own();
    put_file(FOVEA_OUT "/own_logic.json",
             "{\"node_nm\": 22, \"blocks\": [{\"block\": \"core\", \"component\": \"core\", "
             "\"activity\": [{\"stat\": \"instructions\", \"aj\": 1500}]}]}");
    snprintf(desc.tech.file[0], TECH_FILE, "own_pixel.json");
    snprintf(desc.tech.file[1], TECH_FILE, "own_logic.json");
    ck_assert_msg(sensor_tech_read(&desc, FOVEA_OUT "/chip.json", NULL, error, sizeof(error)), "%s",
                  error);
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *s = sensor_new();
    ck_assert_msg(sensor_init(s, sim, &desc, pool) == SIM_OK, "%s", sim_error(sim));
    s->pixel.light.row = gray;
    ck_assert(bus_poke(&s->bus, BUS_ROM_BASE, spin, sizeof(spin)));
    ck_assert_msg(sim_check(sim) == SIM_OK, "%s", sim_error(sim));
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
    put(&s->pixel.comp, "PIX_CTRL", 1);
    sim_run_until_ps(sim, UINT64_C(50000000000));
    run_to_reset(s, sim, "RST_BLOCK", 1u << SENSOR_PAGE_pixel, &s->clkrst.block_reset,
                 &instructions, &rows);
    ck_assert_uint_ge(rows, 48); /* binned: a frame */
    ck_assert_uint_eq(s->pixel.rows, 0);
    run_to_reset(s, sim, "RST_SYSTEM", RST_SYSTEM_KEY, &s->clkrst.system_reset, &instructions,
                 &none);
    ck_assert_uint_eq(none, 0);
    put(&s->pixel.comp, "PIX_CTRL", 1);
    sim_run_until_ps(sim, UINT64_C(123456789012));
    more = s->pixel.rows;
    ck_assert_uint_ge(more, 48);
    uint64_t ran = instructions + s->core.instructions;
    ck_assert_uint_eq(energy_total_fj(&s->energy), (rows + more) * 1234567 / 1000 +
                                                       ran * 1500 / 1000 +
                                                       UINT64_C(123456789012) * 3 / 1000000);
    ck_assert_uint_eq(row_count(s, "pixel", "rows"), rows + more);
    sim_free(sim);
    sensor_free(s);
    sim_pool_free(pool);
}
END_TEST

/* ---- parts of a sensor ---- */

START_TEST(an_inference_alone_says_what_it_took)
{
    for (int frames = 1; frames <= 2; frames++) { /* of several: the last */
        sim_doc_t *doc = infer(frames);
        sim_cfg_t root = sim_doc_root(doc), energy = sim_cfg_obj(&root, "energy");
        uint64_t fj = 0, macs = 0;
        for (uint32_t i = 0; i < sim_cfg_count(&energy, "activity"); i++) {
            sim_cfg_t row = sim_cfg_at(&energy, "activity", i);
            ck_assert_uint_eq(get(&row, "fj"), get(&row, "count") * get(&row, "aj") / 1000);
            macs += strstr(sim_cfg_str(&row, "stat", ""), "macs") != NULL ? get(&row, "count") : 0;
            fj += get(&row, "fj");
        }
        ck_assert_uint_ge(macs, macs_of_layers(&root)); /* and idle ones */
        ck_assert_uint_lt(macs, 100 * macs_of_layers(&root));
        ck_assert_uint_eq(get(&energy, "fj"), fj + get(&energy, "leakage_fj"));
        ck_assert_uint_eq(get(&energy, "fj"), sum_of(&energy, "blocks"));
        uint64_t layers = 0;
        for (uint32_t i = 0; i < sim_cfg_count(&root, "layers"); i++) {
            sim_cfg_t layer = sim_cfg_at(&root, "layers", i);
            ck_assert_uint_gt(get(&layer, "energy_fj"), 0);
            layers += get(&layer, "energy_fj");
        }
        ck_assert_uint_le(layers, get(&energy, "fj")); /* but what comes after the last */
        ck_assert_uint_ge(layers, get(&energy, "fj") / 100 * 99);
        sim_doc_free(doc);
    }
}
END_TEST

/* Values of the track hold until it is told again, and are rounded down to microwatts. */
START_TEST(the_power_in_the_trace_is_the_energy)
{
    sim_doc_t *stats = open_json(STATS("energy")), *doc = open_json(FOVEA_OUT "/energy/trace.json");
    sim_cfg_t root = sim_doc_root(stats), energy = sim_cfg_obj(&root, "energy");
    sim_cfg_t trace = sim_doc_root(doc), power = sim_cfg_obj(&energy, "power");
    double total = (double)get(&energy, "fj"), sum_fj = 0, most_mw = 0, mw = 0, from_us = 0;
    uint64_t sample_ps = get(&power, "sample_ps");
    double end_us = (double)(get(&energy, "ps") / sample_ps * sample_ps) / 1e6;
    for (uint32_t i = 0; i < sim_cfg_count(&trace, "traceEvents"); i++) {
        sim_cfg_t event = sim_cfg_at(&trace, "traceEvents", i);
        if (strcmp(sim_cfg_str(&event, "name", ""), "power mW") != 0)
            continue;
        double at_us = sim_cfg_num(&event, "ts", 0, 1e9, 0);
        sim_cfg_t blocks = sim_cfg_obj(&event, "args");
        sum_fj += mw * (at_us - from_us) * 1e6;
        mw = 0;
        for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
            mw += sim_cfg_num(&blocks, tech_block_names[b], 0, 1e6, 0);
        most_mw = mw > most_mw ? mw : most_mw;
        from_us = at_us;
    }
    sum_fj += mw * (end_us - from_us) * 1e6;
    ck_assert_double_le(sum_fj, total);
    ck_assert_double_ge(sum_fj, total * 0.998); /* the last sample is not over */
    ck_assert_double_le(most_mw, sim_cfg_num(&power, "peak_mw", 0, 1e6, 0));
    ck_assert_double_ge(most_mw, sim_cfg_num(&power, "peak_mw", 0, 1e6, 0) - 0.011);
    sim_doc_free(stats);
    sim_doc_free(doc);
}
END_TEST

TEST_MAIN("energy of runs", blocks_phases_and_frames_add_up_to_the_whole,
          phases_last_as_long_as_what_they_are_named_after,
          counters_and_technology_files_give_the_same_when_worked_out_here,
          twice_the_frames_take_twice_the_energy_but_for_what_leaks,
          config_json_has_what_the_technology_files_say,
          a_technology_file_that_is_wrong_ends_a_run_with_its_place,
          resets_of_blocks_and_of_the_system_lose_no_energy, an_inference_alone_says_what_it_took,
          the_power_in_the_trace_is_the_energy)
