/*
 * settings_test.c - "settings" of a scenario: the reader, the registers that come of it, and an
 * application that reads them on the simulated core.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logic/ccs.h"
#include "tests/sensor/fovea.h"
#include "tools/scenario.h"

#define DIR FOVEA_OUT "/settings"
#define ELF DIR "/settings.elf"

static char text[65536];

/* ---- the reader ---- */

/* NULL: fine; else the complaint. The document stays until the next call. */
static const char *read_text(const char *json, settings_t *settings)
{
    static sim_doc_t *doc;
    sim_doc_free(doc);
    doc = sim_doc_parse(json, strlen(json), "s.json");
    *settings = (settings_t){0};
    if (sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        settings_read(&root, 4056, 3040, settings);
        sim_cfg_done(&root);
    }
    return sim_doc_error(doc);
}

#define ZONE(more) "{\"settings\": {\"zones\": [{\"name\": \"a\"" more "}]}}"
#define TRIANGLE ", \"polygon_px\": [[0, 0], [10, 0], [0, 10]]"

START_TEST(what_is_said_is_taken_and_the_rest_stays_open)
{
    settings_t s;
    ck_assert_ptr_null(
        read_text("{\"settings\": {\"score_min\": 140, \"time_of_day\": 79200}}", &s));
    ck_assert(s.given[SETTING_SCORE_MIN] && s.given[SETTING_TIME_OF_DAY]);
    ck_assert(!s.given[SETTING_LINE_X] && !s.given[SETTING_AUTO]);
    ck_assert_uint_eq(s.value[SETTING_SCORE_MIN], 140);
    ck_assert_uint_eq(s.value[SETTING_TIME_OF_DAY], 79200);
    ck_assert_uint_eq(s.zones, 0);
}
END_TEST

START_TEST(a_zone_counts_all_day_unless_it_says_when)
{
    settings_t s;
    ck_assert_ptr_null(read_text(ZONE(TRIANGLE), &s));
    ck_assert_uint_eq(s.zones, 1);
    const settings_zone_t *zone = &s.zone[0];
    ck_assert_str_eq(zone->name, "a");
    ck_assert_uint_eq(zone->corners, 3);
    ck_assert_int_eq(zone->corner[1][0], 10);
    ck_assert_int_eq(zone->corner[2][1], 10);
    ck_assert_uint_eq(zone->dwell_ms, 0);
    ck_assert_uint_eq(zone->from_s, 0);
    ck_assert_uint_eq(zone->to_s, 86400);
    ck_assert_uint_eq(zone->flags, 0);
}
END_TEST

START_TEST(errors_name_the_place_in_the_file)
{
    static const struct {
        const char *json, *says;
    } bad[] = {
        {"{\"settings\": []}", "s.json: settings: must be an object"},
        {"{\"settings\": {\"score\": 1}}", "s.json: settings.score: unknown key"},
        {"{\"settings\": {\"score_min\": 256}}", "s.json: settings.score_min: 256 not in 0..255"},
        {"{\"settings\": {\"score_min\": -1}}", "s.json: settings.score_min"},
        {"{\"settings\": {\"heat_columns\": 52}}",
         "s.json: settings.heat_columns: a grid of 52 x 15 cells, at most 768"},
        {"{\"settings\": {\"heat_columns\": 256, \"heat_rows\": 4}}",
         "s.json: settings.heat_rows: a grid of 256 x 4 cells, at most 768"},
        {"{\"settings\": {\"ae_target\": 0}}", "s.json: settings.ae_target: 0 not in 1..4095"},
        {"{\"settings\": {\"image_out\": 1}}", "s.json: settings.image_out: unknown key"},
        {"{\"settings\": {\"auto_status\": 1}}", "s.json: settings.auto_status: unknown key"},
        {"{\"settings\": {\"zones\": 3}}", "s.json: settings.zones: must be an array"},
        {"{\"settings\": {\"zones\": [3]}}", "s.json: settings.zones[0]"},
        {"{\"settings\": {\"zones\": [{}]}}", "s.json: settings.zones[0].name"},
        {ZONE(""), "s.json: settings.zones[0].polygon_px"},
        {ZONE(", \"polygon_px\": [[0, 0], [1, 1]]"),
         "settings.zones[0].polygon_px: 2 corners, expected 3..8"},
        {ZONE(", \"polygon_px\": [[0,0],[1,0],[2,0],[3,0],[4,0],[5,0],[6,0],[7,1],[0,9]]"),
         "settings.zones[0].polygon_px: 9 corners, expected 3..8"},
        {ZONE(", \"polygon_px\": [[0, 0], [5, 5], [9, 9]]"),
         "settings.zones[0].polygon_px: corners on one line: no area"},
        {ZONE(", \"polygon_px\": [[0, 0], [4057, 0], [0, 9]]"),
         "settings.zones[0].polygon_px[1]: column 4057 not in 0..4056"},
        {ZONE(", \"polygon_px\": [[0, 0], [1, 0], [0, -1]]"),
         "settings.zones[0].polygon_px[2]: row -1 not in 0..3040"},
        {ZONE(", \"polygon_px\": [[0, 0], [1, 0], [0]]"), "settings.zones[0].polygon_px[2]"},
        {ZONE(", \"polygon_px\": [[0, 0], [1, 0], \"x\"]"), "settings.zones[0].polygon_px[2]"},
        {ZONE(TRIANGLE ", \"to\": 86401"), "settings.zones[0].to: 86401 not in 0..86400"},
        {ZONE(TRIANGLE ", \"flags\": 65536"), "settings.zones[0].flags: 65536 not in 0..65535"},
        {ZONE(TRIANGLE ", \"dwell_ms\": 1.5"), "settings.zones[0].dwell_ms"},
        {ZONE(TRIANGLE ", \"dwel_ms\": 1"), "settings.zones[0].dwel_ms: unknown key"},
        {ZONE(TRIANGLE "}, {\"name\": \"a\"" TRIANGLE),
         "settings.zones[1].name: \"a\" is there twice"},
        {"{\"settings\": {\"zones\": [{\"name\": \"\"" TRIANGLE "}]}}",
         "settings.zones[0].name: 0 bytes, expected 1..31"},
        {"{\"settings\": {\"zones\": [{\"name\": \"12345678901234567890123456789012\"" TRIANGLE
         "}]}}",
         "settings.zones[0].name: 32 bytes, expected 1..31"},
        {"{\"settings\": {\"facings\": [{\"name\": \"a\"}]}}",
         "settings.facings[0].rect_px: missing"},
        {"{\"settings\": {\"facings\": [{\"rect_px\": [0, 0, 1, 1]}]}}",
         "settings.facings[0].name: missing"},
        {"{\"settings\": {\"facings\": [{\"name\": \"a\", \"rect_px\": [0, 0, 1, 0]}]}}",
         "settings.facings[0].rect_px: height 0 from 0 on is not 1 or more within 0..3040"},
        {"{\"settings\": {\"facings\": [{\"name\": \"a\", \"rect_px\": [4000, 0, 57, 1]}]}}",
         "settings.facings[0].rect_px: width 57 from 4000 on is not 1 or more within 0..4056"},
        {"{\"settings\": {\"facings\": [{\"name\": \"a\", \"rect_px\": [0, 0, 1, 1]}, "
         "{\"name\": \"a\", \"rect_px\": [0, 0, 1, 1]}]}}",
         "settings.facings[1].name: \"a\" is there twice"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        settings_t s;
        const char *why = read_text(bad[i].json, &s);
        ck_assert_msg(why != NULL && strstr(why, bad[i].says) != NULL, "%s\nsays %s, not %s",
                      bad[i].json, why != NULL ? why : "nothing", bad[i].says);
    }
}
END_TEST

/* ---- registers ---- */

static void many_zones(char *json, size_t bytes, int count)
{
    size_t at = (size_t)snprintf(json, bytes, "{\"settings\": {\"zones\": [");
    for (int i = 0; i < count; i++)
        at += (size_t)snprintf(json + at, bytes - at,
                               "%s{\"name\": \"z%d\", \"polygon_px\": [[%d,0],[9,9],[8,8],[7,7],"
                               "[6,6],[5,5],[4,4],[0,9]], \"dwell_ms\": 1, \"from\": 1, \"to\": 2, "
                               "\"flags\": 3}",
                               i > 0 ? "," : "", i, i);
    snprintf(json + at, bytes - at, "]}}");
}

START_TEST(every_write_meets_a_register_of_the_chip_and_the_number_of_corners_comes_last)
{
    static settings_reg_t regs[SETTINGS_MOST_REGS];
    settings_t s;
    many_zones(text, sizeof(text), 32);
    ck_assert_ptr_null(read_text(text, &s));
    for (uint32_t i = 0; i < SETTINGS; i++)
        s.given[i] = true;
    uint32_t count = settings_regs(&s, regs);
    ck_assert_uint_eq(count, SETTINGS + 32 * (8 + 5));
    ck_assert_uint_eq(count + 64 * 2, SETTINGS_MOST_REGS);
    ccs_desc_t chip = ccs_desc_default();
    for (uint32_t i = 0; i < count; i++) {
        const ccs_reg_t *reg = ccs_find(&chip, regs[i].addr);
        ck_assert_msg(reg != NULL && reg->bytes == regs[i].bytes, "0x%04x", regs[i].addr);
    }
    /* zone 31 of 0x30 bytes each, its number of corners at the end */
    ck_assert_uint_eq(regs[count - 1].addr, 0x9200 + 31 * 0x30 + 0x2e);
    ck_assert_uint_eq(regs[count - 1].value, 8);
    ck_assert_str_eq(ccs_find(&chip, 0x97fe)->name, "app_zone_31_corners");
    ck_assert_str_eq(regs[count - 1].path, "settings.zones[31]");
    many_zones(text, sizeof(text), 33);
    ck_assert_ptr_nonnull(strstr(read_text(text, &s), "settings.zones: 33 zones, at most 32"));
}
END_TEST

START_TEST(a_facing_is_two_registers)
{
    static settings_reg_t regs[SETTINGS_MOST_REGS];
    settings_t s;
    size_t at = (size_t)snprintf(text, sizeof(text), "{\"settings\": {\"facings\": [");
    for (int i = 0; i < 64; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at,
                               "%s{\"name\": \"f%d\", \"rect_px\": [%d, 20, 30, 3020]}",
                               i > 0 ? "," : "", i, i);
    snprintf(text + at, sizeof(text) - at, "]}}");
    ck_assert_ptr_null(read_text(text, &s));
    ck_assert_uint_eq(settings_regs(&s, regs), 128);
    ccs_desc_t chip = ccs_desc_default();
    for (uint32_t i = 0; i < 128; i++)
        ck_assert_uint_eq(ccs_find(&chip, regs[i].addr)->bytes, regs[i].bytes);
    ck_assert_uint_eq(regs[126].addr, 0x9800 + 63 * 8);
    ck_assert_uint_eq(regs[126].value, 63 << 16 | 20);
    ck_assert_uint_eq(regs[127].addr, 0x9804 + 63 * 8);
    ck_assert_uint_eq(regs[127].value, 30 << 16 | 3020);
    ck_assert_str_eq(ccs_find(&chip, regs[127].addr)->name, "app_facing_63_size");
    ck_assert_str_eq(regs[127].path, "settings.facings[63]");
}
END_TEST

START_TEST(registers_that_are_as_out_of_reset_are_not_written)
{
    static settings_reg_t regs[SETTINGS_MOST_REGS];
    settings_t s;
    ck_assert_ptr_null(read_text(ZONE(", \"polygon_px\": [[1, 2], [4000, 2], [3, 3000]]"), &s));
    s.zone[0].corner[0][0] = -5; /* as a scene's zone may be */
    ck_assert_uint_eq(settings_regs(&s, regs), 4);
    ck_assert_uint_eq(regs[0].addr, 0x9200);
    ck_assert_uint_eq(regs[0].value, 0xfffb0002);
    ck_assert_uint_eq(regs[1].value, 4000 << 16 | 2);
    ck_assert_uint_eq(regs[2].addr, 0x9208);
    ck_assert_uint_eq(regs[3].addr, 0x922e);
    ck_assert_uint_eq(regs[3].value, 3);
}
END_TEST

/* ---- a scenario ---- */

/* Scenario DIR/NAME.json: the settings, more keys, a scene. */
static void write_scenario(const char *name, const char *settings, const char *more,
                           const char *scene)
{
    char path[128];
    ck_assert_int_eq(system("mkdir -p " DIR), 0);
    snprintf(path, sizeof(path), DIR "/%s.json", name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file,
            "{\"chip\": \"../../../logic/chips/imx500.json\", \"firmware\": \"settings.elf\", "
            "\"networks\": [\"../../../scenes/person_160.tflite\"], \"frames\": 3, %s %s "
            "\"output\": {\"isp\": false}, \"scene\": {\"seed\": 1 %s}}",
            settings, more, scene);
    fclose(file);
}

static void load(scenario_t *s, const char *name)
{
    char path[128], error[512] = "";
    const scenario_flags_t flags = {0};
    snprintf(path, sizeof(path), DIR "/%s.json", name);
    ck_assert_msg(scenario_load(s, path, &flags, error, sizeof(error)), "%s", error);
}

#define SCENE_ZONE                                                                                 \
    ", \"zones\": [{\"name\": \"mat\", \"polygon_px\": [[100, 100], [900, 100], [100, 800]], "     \
    "\"dwell_ms\": 2000}]"

START_TEST(without_zones_of_its_own_a_scenario_has_those_of_the_scene)
{
    scenario_t s;
    write_scenario("scene", "", "", SCENE_ZONE);
    load(&s, "scene");
    ck_assert_uint_eq(s.settings.zones, 1);
    ck_assert_str_eq(s.settings.zone[0].name, "mat");
    ck_assert_int_eq(s.settings.zone[0].corner[1][0], 900);
    ck_assert_uint_eq(s.settings.zone[0].dwell_ms, 2000);
    scenario_free(&s);
    write_scenario("none", "\"settings\": {\"zones\": []},", "", SCENE_ZONE);
    load(&s, "none");
    ck_assert_uint_eq(s.settings.zones, 0);
    scenario_free(&s);
}
END_TEST

START_TEST(the_scene_s_facings_are_where_the_camera_sees_them)
{
    scenario_t s;
    write_scenario("facings", "", "",
                   ", \"camera\": {\"height_m\": 1.25, \"focal_px\": 3000, \"horizon_px\": 1520}, "
                   "\"actors\": [{\"kind\": \"product\", \"facing\": \"beans\", \"x_m\": -0.5, "
                   "\"z_m\": 3, \"up_m\": 1, \"width_m\": 0.4, \"height_m\": 0.3}]");
    load(&s, "facings");
    ck_assert_uint_eq(s.settings.facings, 1);
    ck_assert_str_eq(s.settings.facing[0].name, "beans");
    const uint16_t *rect = s.settings.facing[0].rect; /* 1000 px a meter */
    ck_assert(rect[0] == 1328 && rect[1] == 1470 && rect[2] == 400 && rect[3] == 300);
    char *json = sim_json_print(s.resolved, false);
    ck_assert_ptr_nonnull(
        strstr(json, "\"facings\":[{\"name\":\"beans\",\"rect_px\":[1328,1470,400,300]}]"));
    free(json);
    scenario_free(&s);
    write_scenario("no_facings", "\"settings\": {\"facings\": []},", "", "");
    load(&s, "no_facings");
    ck_assert_uint_eq(s.settings.facings, 0);
    scenario_free(&s);
}
END_TEST

START_TEST(settings_are_the_host_s_first_writes_and_the_stream_starts_behind_them)
{
    scenario_t s;
    write_scenario("steps", "\"settings\": {\"score_min\": 99, \"line_x\": 7},", "", SCENE_ZONE);
    load(&s, "steps");
    /* score, line, three corners, dwell, number of corners, mode_select */
    static const uint16_t addr[] = {0x9000, 0x9002, 0x9200, 0x9204, 0x9208, 0x9220, 0x922e, 0x0100};
    ck_assert_uint_eq(s.steps, 8);
    for (uint32_t i = 0; i < 8; i++) {
        ck_assert_uint_eq(s.step[i].addr, addr[i]);
        ck_assert_uint_eq(s.step[i].at_ps, 0);
        ck_assert_int_eq(s.step[i].kind, STEP_WRITE);
    }
    ck_assert_uint_eq(s.step[0].value, 99);
    ck_assert_uint_eq(s.step[1].value, 7);
    ck_assert_str_eq(s.step[1].path, "settings.line_x");
    scenario_free(&s);
}
END_TEST

/* The script's own value of a register stays, and a write of 0 to mode_select starts nothing. */
START_TEST(a_script_gets_them_before_it_starts_the_stream)
{
    scenario_t s;
    write_scenario("script", "\"settings\": {\"score_min\": 99, \"line_x\": 7},",
                   "\"host_script\": \"script.txt\",", "");
    ck_assert_int_eq(system("printf 'write mode_select 0\\nwrite app_line_x 1000\\n"
                            "write mode_select 1\\ndelay 1\\n' > " DIR "/script.txt"),
                     0);
    load(&s, "script");
    static const struct {
        uint16_t addr;
        uint32_t value;
    } is[] = {{0x0100, 0}, {0x9002, 1000}, {0x9000, 99}, {0x0100, 1}};
    ck_assert_uint_eq(s.steps, 0);
    ck_assert_uint_eq(s.host.cmds, 5);
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(s.host.cmd[i].addr, is[i].addr);
        ck_assert_uint_eq(s.host.cmd[i].value, is[i].value);
    }
    ck_assert_int_eq(s.host.cmd[4].act, HOST_DELAY);
    scenario_free(&s);
}
END_TEST

START_TEST(config_json_has_them_all_and_reads_as_the_same)
{
    scenario_t s;
    write_scenario("resolved",
                   "\"settings\": {\"ae_target\": 800, \"zones\": [{\"name\": \"q\", "
                   "\"polygon_px\": [[1, 2], [30, 2], [3, 40]], \"flags\": 5}]},",
                   "", "");
    load(&s, "resolved");
    char *json = sim_json_print(s.resolved, false);
    const char *at = strstr(json, "\"settings\":");
    ck_assert_ptr_nonnull(at);
    snprintf(text, sizeof(text), "{%.*s}", (int)(strstr(at, ",\"scene\":") - at), at);
    settings_t again;
    const char *why = read_text(text, &again);
    ck_assert_msg(why == NULL, "%s", why);
    ck_assert_uint_eq(again.value[SETTING_AE_TARGET], 800);
    ck_assert_uint_eq(again.zones, 1);
    ck_assert_int_eq(memcmp(again.zone, s.settings.zone, sizeof(again.zone)), 0);
    ck_assert_ptr_nonnull(strstr(text, "\"line_x\":")); /* the scene's */
    free(json);
    scenario_free(&s);
}
END_TEST

/* ---- on the core ---- */

static bool compile(void)
{
    if (system("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1") != 0) {
        test_skip("no riscv64-unknown-elf-gcc");
        return false;
    }
    ck_assert_int_eq(system("mkdir -p " DIR
                            " && riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 "
                            "-mabi=ilp32 --specs=picolibc.specs -std=c11 -O2 -Wall -Wextra -Werror "
                            "-ffreestanding -ffunction-sections -fdata-sections -nostartfiles "
                            "-Wl,--gc-sections -T firmware/fovea.ld -Ifirmware/include -Ibuild/gen "
                            "tests/tools/guest/settings.c build/firmware/libfoveafw.a -o " ELF),
                     0);
    return true;
}

START_TEST(an_application_reads_what_the_scenario_says)
{
    if (!compile())
        return;
    write_scenario(
        "run",
        "\"settings\": {\"score_min\": 77, \"line_x\": 1234, \"time_of_day\": 86399, \"zones\": ["
        "{\"name\": \"a\", \"polygon_px\": [[1, 2], [3000, 4], [5, 3040]], \"dwell_ms\": 70000, "
        "\"from\": 80000, \"to\": 3600, \"flags\": 513}, {\"name\": \"b\", \"polygon_px\": "
        "[[0, 0], [9, 0], [9, 9], [8, 8], [7, 9], [6, 8], [5, 9], [0, 9]]}]},",
        "\"host\": [{\"at\": \"40ms\", \"write\": \"mbx_command\", \"value\": 7}, "
        "{\"at\": \"50ms\", \"read\": \"mbx_result\", \"expect\": 8}],",
        "");
    int code = fovea(text, sizeof(text), "run " DIR "/run.json -o " DIR "/run");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_int_eq(system("tr -d '\\r' <" DIR "/run/uart.log >" DIR "/said && cat >" DIR
                            "/right <<'END'\n"
                            "settings 1\n"
                            "ready\n"
                            "score 77 line 1234 time 86399 zones 2 hosts 1 no network\n"
                            "zone 0 1,2 3000,4 5,3040 dwell 70000 day 80000..3600 flags 513\n"
                            "zone 1 0,0 9,0 9,9 8,8 7,9 6,8 5,9 0,9 dwell 0 day 0..86400 flags 0\n"
                            "ticks\n"
                            "END\n"
                            "diff " DIR "/right " DIR "/said"),
                     0);
}
END_TEST

START_TEST(the_manual_has_the_table)
{
    ck_assert_int_eq(fovea(text, sizeof(text), "regs --markdown >" DIR "/regs.md"), 0);
    ck_assert_int_eq(system("grep -q '^| 0x9000 | score_min | 0..255 | yes | ' " DIR
                            "/regs.md && grep -q '^| 0x9006 | image_out | 0..127 |  | ' " DIR
                            "/regs.md && grep -q '^| 0x922e | corners | 2 | 0 | ' " DIR
                            "/regs.md && grep -q '^| 0x9804 | size | 4 | 0 | ' " DIR "/regs.md"),
                     0);
}
END_TEST

TEST_MAIN("settings", what_is_said_is_taken_and_the_rest_stays_open,
          a_zone_counts_all_day_unless_it_says_when, errors_name_the_place_in_the_file,
          every_write_meets_a_register_of_the_chip_and_the_number_of_corners_comes_last,
          a_facing_is_two_registers, registers_that_are_as_out_of_reset_are_not_written,
          without_zones_of_its_own_a_scenario_has_those_of_the_scene,
          the_scene_s_facings_are_where_the_camera_sees_them,
          settings_are_the_host_s_first_writes_and_the_stream_starts_behind_them,
          a_script_gets_them_before_it_starts_the_stream,
          config_json_has_them_all_and_reads_as_the_same,
          an_application_reads_what_the_scenario_says, the_manual_has_the_table)
