/*
 * tech_test.c - technology files: the seeds of tech_fuzz are taken, or are called refused_*; what
 * sizes multiply; what is wrong is told with its place; and every chip has a meter.
 */
#include <glob.h>

#include "logic/sensor.h"
#include "tests/test.h"

static const tech_sizes_t sizes = {.mac = 2304, .l2_kib = 8192, .lane = 2};

/* The complaint about a file, "" when it was taken. */
static const char *read_text(const char *text, tech_t *tech)
{
    static char error[512];
    memset(tech, 0, sizeof(*tech));
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "t.json");
    sim_cfg_t root = sim_doc_root(doc);
    tech_read(&root, TECH_LOGIC_DIE, &sizes, tech);
    snprintf(error, sizeof(error), "%s", sim_doc_error(doc) != NULL ? sim_doc_error(doc) : "");
    sim_doc_free(doc);
    return error;
}

START_TEST(the_reader_takes_its_seeds_and_refuses_those_called_so)
{
    glob_t found;
    ck_assert_int_eq(glob("tests/sensor/corpus/tech/*", 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 7);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        static tech_t tech;
        memset(&tech, 0, sizeof(tech));
        sim_doc_t *doc = sim_doc_load(path);
        sim_cfg_t root = sim_doc_root(doc);
        tech_read(&root, TECH_LOGIC_DIE, &sizes, &tech);
        bool refused = strstr(path, "/refused_") != NULL;
        ck_assert_msg((sim_doc_error(doc) != NULL) == refused, "%s: %s", path,
                      refused ? "accepted" : sim_doc_error(doc));
        sim_doc_free(doc);
    }
    globfree(&found);
}
END_TEST

#define BLOCK(inside) "{\"node_nm\": 22, \"blocks\": [{\"block\": \"npu\", " inside "}]}"

START_TEST(sizes_of_the_chip_multiply_what_a_file_says)
{
    static tech_t tech;
    const char *error = read_text(
        BLOCK("\"component\": \"npu\", \"leakage_uw\": 0.5, \"leakage_per\": {\"mac\": 0.25, "
              "\"l2_kib\": 1}, \"area_um2\": 7, \"area_per\": {\"mac\": 600},"
              "\"activity\": [{\"stat\": \"x\", \"aj\": 3, \"aj_per\": {\"lane\": 20}}]"),
        &tech);
    ck_assert_str_eq(error, "");
    ck_assert_uint_eq(tech.part[0].leakage_nw, 500 + 2304 * 250 + 8192 * 1000);
    ck_assert_double_eq(tech.part[0].area_um2, 7 + 2304 * 600);
    ck_assert_double_eq(tech_die_um2(&tech, TECH_LOGIC_DIE), 7 + 2304 * 600);
    ck_assert_double_eq(tech_area_um2(&tech, TECH_LOGIC_DIE, TECH_L2), 0);
    ck_assert_uint_eq(tech.row[0].aj, 3 + 2 * 20);
    ck_assert_uint_eq(tech.sample_ps, 100 * UINT64_C(1000000));
}
END_TEST

static const char *const wrong[][2] = {
    {BLOCK("\"leak_uw\": 1"), "t.json: blocks[0].leak_uw: "},
    {BLOCK("\"leakage_per\": {\"pixels\": 1}"), "t.json: blocks[0].leakage_per.pixels: "},
    {BLOCK("\"leakage_uw\": 1e9"), "t.json: blocks[0].leakage_uw: "},
    {BLOCK("\"leakage_per\": {\"l2_kib\": 1e5}"), "t.json: blocks[0].leakage_per: "},
    {BLOCK("\"area_um2\": -1"), "t.json: blocks[0].area_um2: "},
    {BLOCK("\"component\": \"a234567890123456789012345678901234567890\""),
     "t.json: blocks[0].component: "},
    {BLOCK("\"activity\": [{\"stat\": \"x\", \"aj\": 1}]"), "t.json: blocks[0].component: missing"},
    {BLOCK("\"component\": \"n\", \"activity\": [{\"stat\": \"x\"}]"),
     "t.json: blocks[0].activity[0].aj: missing"},
    {BLOCK("\"component\": \"n\", \"activity\": [{\"aj\": 1}]"),
     "t.json: blocks[0].activity[0].stat: missing"},
    {BLOCK("\"component\": \"n\", \"activity\": [{\"stat\": \"x\", \"aj\": 1, \"index\": 1e9}]"),
     "t.json: blocks[0].activity[0].index: "},
    {BLOCK("\"component\": \"n\", \"activity\": [{\"stat\": \"x\", \"aj\": 1}, {\"stat\": \"x\", "
           "\"aj\": 1}]"),
     "t.json: blocks[0].activity[1].stat: \"x\" is priced twice"},
    {BLOCK("\"component\": \"n\", \"activity\": [{\"stat\": \"x\", \"aj\": 1, \"index\": 3}, "
           "{\"stat\": \"x\", \"aj\": 1}]"),
     "t.json: blocks[0].activity[1].stat: \"x\" is priced twice"},
    {"{\"node_nm\": 22, \"blocks\": [{\"block\": \"dsp\"}]}", "t.json: blocks[0].block: "},
    {"{\"node_nm\": 22, \"blocks\": [{\"leakage_uw\": 1}]}", "t.json: blocks[0].block: missing"},
    {"{\"node_nm\": 0, \"blocks\": []}", "t.json: node_nm: "},
    {"{\"node_nm\": 22, \"sample_us\": 0, \"blocks\": []}", "t.json: sample_us: "},
    {"{\"node_nm\": 22}", "t.json: blocks: missing"},
    {"[]", "t.json: "},
    {"{", "t.json: line 1"},
};

START_TEST(what_is_wrong_is_told_with_its_place)
{
    static tech_t tech;
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        const char *error = read_text(wrong[i][0], &tech);
        ck_assert_msg(strncmp(error, wrong[i][1], strlen(wrong[i][1])) == 0, "%s: %s", wrong[i][0],
                      error);
    }
}
END_TEST

START_TEST(more_blocks_and_counters_than_there_is_room_for_are_refused)
{
    static char text[64 * TECH_MAX_ROWS];
    static tech_t tech;
    size_t at = (size_t)sprintf(text, "{\"node_nm\": 22, \"blocks\": [");
    for (int i = 0; i <= TECH_MAX_PARTS; i++)
        at += (size_t)sprintf(text + at, "%s{\"block\": \"npu\"}", i > 0 ? "," : "");
    sprintf(text + at, "]}");
    ck_assert_str_eq(read_text(text, &tech), "t.json: blocks: 49 blocks, there is room for 48");
    at = (size_t)sprintf(text, "{\"node_nm\": 22, \"blocks\": [{\"block\": \"npu\", "
                               "\"component\": \"n\", \"activity\": [");
    for (int i = 0; i <= TECH_MAX_ROWS; i++)
        at += (size_t)sprintf(text + at, "%s{\"stat\": \"x\", \"aj\": 1}", i > 0 ? "," : "");
    sprintf(text + at, "]}]}");
    ck_assert_str_eq(read_text(text, &tech),
                     "t.json: blocks[0].activity: 193 counters, there is room for 192");
}
END_TEST

/* A chip whose logic die has this file; what sensor_init says. */
static const char *init_error(const char *tech_text)
{
    static char error[512];
    sensor_desc_t desc = sensor_desc_default();
    FILE *file = fopen("build/t.json", "wb");
    ck_assert_ptr_nonnull(file);
    fputs(tech_text, file);
    fclose(file);
    snprintf(desc.tech.file[TECH_LOGIC_DIE], TECH_FILE, "t.json");
    ck_assert_msg(sensor_tech_read(&desc, "build/chip.json", NULL, error, sizeof(error)), "%s",
                  error);
    remove("build/t.json");
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *sensor = sensor_new();
    ck_assert_int_eq(sensor_init(sensor, sim, &desc, pool), SIM_EDESC);
    snprintf(error, sizeof(error), "%s", sim_error(sim));
    sim_free(sim);
    sensor_free(sensor);
    sim_pool_free(pool);
    return error;
}

START_TEST(components_and_counters_that_are_not_there_are_named)
{
    ck_assert_str_eq(init_error(BLOCK("\"component\": \"dsp\"")),
                     "t.json: blocks[0].component: there is no sensor.dsp");
    ck_assert_str_eq(
        init_error(BLOCK("\"component\": \"uart\", \"activity\": [{\"stat\": \"y\", \"aj\": 1}]")),
        "t.json: blocks[0].activity[0].stat: sensor.uart has no counter \"y\", it has tx_bytes, "
        "tx_edges, rx_bytes, tx_lost, rx_lost");
    ck_assert_str_eq(
        init_error(BLOCK("\"component\": \"l2.master.core\", \"activity\": [{\"stat\": "
                         "\"bank_wait_cycles\", \"aj\": 1, \"index\": 32}]")),
        "t.json: blocks[0].activity[0].index: 32, sensor.l2.master.core.bank_wait_cycles has 32");
}
END_TEST

START_TEST(every_chip_of_the_folder_has_a_meter)
{
    glob_t found;
    char error[512];
    ck_assert_int_eq(glob("logic/chips/*.json", 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 5);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        sensor_desc_t desc = sensor_desc_default();
        sim_doc_t *doc = sim_doc_load(found.gl_pathv[i]);
        sim_cfg_t root = sim_doc_root(doc);
        sensor_desc_read(&root, &desc);
        sim_doc_free(doc);
        ck_assert_msg(sensor_tech_read(&desc, found.gl_pathv[i], NULL, error, sizeof(error)), "%s",
                      error);
        sim_t *sim = sim_new();
        sim_pool_t *pool = sim_pool_new(1);
        sensor_t *sensor = sensor_new();
        ck_assert_msg(sensor_init(sensor, sim, &desc, pool) == SIM_OK, "%s", sim_error(sim));
        ck_assert(sensor->energy.on);
        for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) /* something of each costs something */
            ck_assert_msg(sensor->energy.leakage_nw[b] > 0 || b == TECH_PIXEL || b == TECH_READOUT,
                          "%s: %s", found.gl_pathv[i], tech_block_names[b]);
        sim_free(sim);
        sensor_free(sensor);
        sim_pool_free(pool);
    }
    globfree(&found);
}
END_TEST

START_TEST(the_built_in_files_are_those_of_the_folder)
{
    static const char *const file[TECH_DIES] = {"logic/tech/pixel_65nm.json",
                                                "logic/tech/logic_22nm.json"};
    for (uint32_t die = 0; die < TECH_DIES; die++) {
        static char text[1 << 16];
        size_t bytes, want;
        const char *built_in = tech_builtin((tech_die_t)die, &bytes);
        FILE *from = fopen(file[die], "rb");
        ck_assert_ptr_nonnull(from);
        want = fread(text, 1, sizeof(text), from);
        fclose(from);
        ck_assert_uint_eq(bytes, want);
        ck_assert_mem_eq(built_in, text, want);
    }
}
END_TEST

TEST_MAIN("technology files", the_reader_takes_its_seeds_and_refuses_those_called_so,
          sizes_of_the_chip_multiply_what_a_file_says, what_is_wrong_is_told_with_its_place,
          more_blocks_and_counters_than_there_is_room_for_are_refused,
          components_and_counters_that_are_not_there_are_named,
          every_chip_of_the_folder_has_a_meter, the_built_in_files_are_those_of_the_folder)
