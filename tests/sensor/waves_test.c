/*
 * waves_test.c - whole runs whose lanes are written down: what stands there is what the capture
 * has, whatever the host makes of the link.
 */
#include <stdlib.h>
#include <string.h>

#include "mipi/capture.h"
#include "mipi/cphy.h"
#include "mipi/scramble.h"
#include "sim/file.h"
#include "sim/json.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/waves"

enum { LANES = 2, MAX_TEXT = 64 << 20 };

static char text[65536], error[256];

static bool begins_with(const char *all, const char *begin)
{
    return strncmp(all, begin, strlen(begin)) == 0;
}

static char *load(const char *file, size_t *bytes)
{
    char *content = (char *)sim_file_read(file, MAX_TEXT, bytes, error, sizeof(error));
    ck_assert_msg(content != NULL, "%s", error);
    return content;
}

/* Frees content. */
static char *replace(char *content, const char *what, const char *instead)
{
    char *at = strstr(content, what);
    ck_assert_msg(at != NULL, "%s", what);
    char *changed = malloc(strlen(content) + strlen(instead) + 1);
    memcpy(changed, content, (size_t)(at - content));
    strcpy(changed + (at - content), instead);
    strcat(changed, at + strlen(what));
    free(content);
    return changed;
}

/* The entrance with those steps of its host. */
static void write_scenario_on(const char *chip, const char *name, const char *host)
{
    char file[256], frames[1024];
    size_t bytes;
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    char *s = replace(load("scenes/entrance.json", &bytes), "../logic/chips/imx500.json", chip);
    s = replace(s, "../build/firmware", "../../firmware");
    s = replace(s, "person_160.tflite", "../../../scenes/person_160.tflite");
    snprintf(frames, sizeof(frames), "\"frames\": 2, \"host\": [%s],", host);
    s = replace(s, "\"frames\": 90,", frames);
    snprintf(file, sizeof(file), DIR "/%s.json", name);
    ck_assert_int_eq(sim_file_write(file, s, strlen(s), error, sizeof(error)), SIM_OK);
    free(s);
}

static void write_scenario(const char *name, const char *host)
{
    write_scenario_on("../../../logic/chips/imx500.json", name, host);
}

/* The IMX500's link on other wires. */
static void write_chip(const char *name, const char *signaling, const char *power_up)
{
    char file[256], chip[512];
    snprintf(chip, sizeof(chip),
             "{\"mipi\": {\"signaling\": \"%s\", \"cphy\": {\"trios\": 2}}, \"logic\": {\"ccs\": "
             "{\"power_up\": {%s}}}}",
             signaling, power_up);
    snprintf(file, sizeof(file), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(file, chip, strlen(chip), error, sizeof(error)), SIM_OK);
}

static void run(const char *name)
{
    int code = fovea(text, sizeof(text),
                     "run " DIR "/%s.json --out " DIR "/%s --lanes " DIR "/%s.lanes --vcd " DIR
                     "/%s.vcd --vcd-to 20",
                     name, name, name, name);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

/* Bytes of the burst at *line, merged and descrambled; *line goes behind it. 0: no more. */
static uint32_t next_burst(char **line, const uint16_t *seeds, uint8_t *merged)
{
    uint16_t lfsr[LANES] = {0};
    uint32_t count = 0, row = 0;
    char *at = *line != NULL ? strstr(*line, "burst\n") : NULL;
    if (at == NULL)
        return 0;
    for (at += 6; strncmp(at, "trail", 5) != 0; at = strchr(at, '\n') + 1, row++) {
        for (uint32_t lane = 0; lane < LANES; lane++) {
            ck_assert(at[3 * lane] != '-'); /* packets of 4 bytes and more */
            uint8_t byte = (uint8_t)strtoul(at + 3 * lane, NULL, 16);
            if (row == 0) {
                ck_assert_uint_eq(byte, 0xb8);
                lfsr[lane] = seeds != NULL ? seeds[lane] : 0;
                continue;
            }
            merged[count++] = seeds != NULL ? byte ^ mipi_scramble_next(&lfsr[lane]) : byte;
        }
    }
    *line = at;
    return count;
}

/* Every packet of the capture is a burst of the lanes; an odd one has a byte of trail behind it. */
static void check_lanes(const char *name, const uint16_t *seeds)
{
    static uint8_t merged[MIPI_MAX_PACKET_BYTES + LANES];
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    size_t bytes;
    char file[256];
    snprintf(file, sizeof(file), DIR "/%s.lanes", name);
    char *lanes = load(file, &bytes), *at = lanes;
    snprintf(file, sizeof(file), DIR "/%s/link.csi2", name);
    uint8_t *capture = (uint8_t *)load(file, &bytes);
    ck_assert(mipi_capture_open(&reader, capture, bytes, NULL, NULL));
    while (mipi_capture_next(&reader, &packet)) {
        uint32_t count = next_burst(&at, seeds, merged);
        ck_assert_uint_eq(count, packet.count + packet.count % 2);
        ck_assert_mem_eq(merged, packet.bytes, packet.count);
    }
    ck_assert_uint_eq(next_burst(&at, seeds, merged), 0);
    ck_assert_uint_gt(reader.packets, 3);
    free(capture);
    free(lanes);
}

static uint64_t counter(const char *name, const char *key)
{
    char file[256];
    snprintf(file, sizeof(file), DIR "/%s/stats.json", name);
    sim_doc_t *doc = sim_doc_load(file);
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_cfg_t root = sim_doc_root(doc), sensor = sim_cfg_obj(&root, "sensor");
    sim_cfg_t mipi = sim_cfg_obj(&sensor, "mipi"), stat = sim_cfg_obj(&mipi, key);
    uint64_t value = sim_cfg_u64(&stat, "value", 0, UINT64_MAX, 0);
    sim_doc_free(doc);
    return value;
}

/* Symbols of the burst at *line; *line goes behind it. False: no more. */
static bool next_symbols(char **line, uint8_t symbols[LANES][32768], uint32_t *count)
{
    char *at = *line != NULL ? strstr(*line, "burst\n") : NULL;
    if (at == NULL)
        return false;
    *count = 0;
    for (at += 6; strncmp(at, "post", 4) != 0; at = strchr(at, '\n') + 1, *count += 7)
        for (uint32_t trio = 0; trio < LANES; trio++)
            for (uint32_t n = 0; n < 7; n++)
                symbols[trio][*count + n] = (uint8_t)(at[8 * trio + n] - '0');
    *line = at;
    return true;
}

static void check_trios(const char *name)
{
    static uint8_t symbols[LANES][32768], back[MIPI_MAX_PACKET_BYTES];
    const uint8_t *const at[LANES] = {symbols[0], symbols[1]};
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    size_t bytes;
    char file[256];
    snprintf(file, sizeof(file), DIR "/%s.lanes", name);
    char *trios = load(file, &bytes), *line = trios;
    ck_assert(begins_with(trios, "CSI2TRIOS 1\ntrios 2\nrate 888\n"));
    snprintf(file, sizeof(file), DIR "/%s/link.csi2", name);
    uint8_t *capture = (uint8_t *)load(file, &bytes);
    ck_assert(mipi_capture_open(&reader, capture, bytes, NULL, NULL));
    while (mipi_capture_next(&reader, &packet)) {
        uint32_t count, back_bytes;
        ck_assert(next_symbols(&line, symbols, &count));
        ck_assert_int_eq(
            mipi_cphy_receive(at, (const uint32_t[]){count, count}, 2, back, &back_bytes),
            MIPI_CPHY_FINE);
        ck_assert_uint_eq(back_bytes, packet.count);
        ck_assert_mem_eq(back, packet.bytes, packet.count);
    }
    ck_assert_uint_gt(reader.packets, 3);
    free(capture);
    free(trios);
}

/* ---- runs that differ from the plain one in their link only ---- */

static void scramble_lanes(void)
{
    const uint16_t seeds[LANES] = {0x1008, 0xbeef};
    write_scenario("mixed", "{\"at\": \"0ms\", \"write\": \"scrambling_ctrl\", \"value\": 1},"
                            "{\"at\": \"0ms\", \"write\": \"lane_seed_value_1\", \"value\": 48879},"
                            "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}");
    run("mixed");
    check_lanes("mixed", seeds);
}

/* Each packet that does not begin a burst takes 355 ns + 22 UI less. A run ends with a packet: trail
 * and exit of a last burst, 160 ns + 4 UI, come after it. */
static void join_packets(void)
{
    write_scenario("lrte",
                   "{\"at\": \"0ms\", \"write\": \"tx_reg_csi_epd_en_ssp_dphy\", \"value\": 32768},"
                   "{\"at\": \"0ms\", \"write\": \"tx_reg_csi_epd_op_slp_dphy\", \"value\": 32768},"
                   "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}");
    run("lrte");
    ck_assert_uint_eq(counter("plain", "bursts"), counter("plain", "packets"));
    ck_assert_uint_eq(counter("lrte", "packets"), counter("plain", "packets"));
    ck_assert_uint_lt(counter("lrte", "bursts"), counter("lrte", "packets"));
    uint64_t joined = counter("lrte", "packets") - counter("lrte", "bursts");
    uint64_t ps = counter("plain", "link_busy_ps") - counter("lrte", "link_busy_ps");
    ck_assert_uint_ge(ps + joined, joined * (355000 + 22 * 1126));
    ck_assert_uint_le(ps, joined * (355000 + 22 * 1127) + 160000 + 4 * 1127);
}

static void send_over_trios(void)
{
    write_chip("cphy.chip", "cphy", "\"op_pix_clk_div\": 4"); /* RAW10: 10 x 7 / 16 */
    write_scenario_on("cphy.chip", "cphy", "");
    run("cphy");
    check_trios("cphy");
}

START_TEST(lanes_carry_what_the_capture_has_and_no_link_changes_what_arrives)
{
    const char *const others[] = {"mixed", "lrte", "cphy"};
    write_scenario("plain", "");
    write_scenario("again", "");
    run("plain");
    run("again");
    check_lanes("plain", NULL);
    ck_assert(same_file(DIR "/plain.lanes", DIR "/again.lanes"));
    ck_assert(same_file(DIR "/plain.vcd", DIR "/again.vcd"));
    scramble_lanes();
    join_packets();
    send_over_trios();
    for (size_t i = 0; i < SIM_COUNT(others); i++) {
        char file[256];
        snprintf(file, sizeof(file), DIR "/%s/metadata.jsonl", others[i]);
        ck_assert_msg(same_file(DIR "/plain/metadata.jsonl", file), "%s", file);
    }
}
END_TEST

START_TEST(a_host_can_change_to_c_phy_by_its_registers)
{
    write_chip("both.chip", "dphy", "\"op_pix_clk_div\": 10");
    write_scenario_on("both.chip", "both",
                      "{\"at\": \"0ms\", \"write\": \"csi_signaling_mode\", \"value\": 3},"
                      "{\"at\": \"0ms\", \"write\": \"op_pix_clk_div\", \"value\": 4},"
                      "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}");
    int code = fovea(text, sizeof(text),
                     "run " DIR "/both.json --out " DIR "/both --lanes " DIR "/both.lanes");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    size_t bytes;
    char *lanes = load(DIR "/both.lanes", &bytes);
    ck_assert(begins_with(lanes, "CSI2TRIOS 1\ntrios 2\nrate 888\n"));
    ck_assert_ptr_nonnull(strstr(lanes, "3444443 3444443\n"));
    free(lanes);
    /* a trio's symbol is 16/7 bits: 888 x 16 / 7 */
    code = fovea(text, sizeof(text), "decode " DIR "/both/link.csi2 --check --json");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_ptr_nonnull(
        strstr(text, "\"phy\":\"C-PHY\",\"lanes\":2,\"bit_rate_bps\":2029714285,"));
}
END_TEST

START_TEST(decode_needs_not_be_told_how_many_lanes_the_host_has_chosen)
{
    const char *const files[] = {"one.lanes", "one/link.csi2"};
    write_scenario("one", "{\"at\": \"0ms\", \"write\": \"csi_lane_mode\", \"value\": 0},"
                          "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}");
    run("one");
    for (uint32_t n = 0; n < SIM_COUNT(files); n++) {
        int code = fovea(text, sizeof(text), "decode " DIR "/%s --check --json", files[n]);
        ck_assert_msg(code == 0, "%s: exit %d: %s", files[n], code, text);
        ck_assert_ptr_nonnull(
            strstr(text, "\"phy\":\"D-PHY\",\"lanes\":1,\"bit_rate_bps\":888000000,"));
        ck_assert_ptr_null(strstr(text, "\"packets\":0"));
    }
}
END_TEST

/* Everything at once, and the host's tool reads the lanes as it reads the capture. */
START_TEST(decode_reads_the_lanes_of_any_link)
{
    const char *const options[] = {"32768", "33"}; /* spacers only; one, and HS-Idle */
    const char chip[] = "{\"mipi\": {\"dphy\": {\"skew_ui\": [20, 0], \"gated_clock\": true}}}";
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/skew.chip", chip, strlen(chip), error, sizeof(error)),
                     SIM_OK);
    for (uint32_t n = 0; n < 2; n++) {
        char host[512];
        snprintf(host, sizeof(host),
                 "{\"at\": \"0ms\", \"write\": \"tx_reg_csi_epd_en_ssp_dphy\", \"value\": 32770},"
                 "{\"at\": \"0ms\", \"write\": \"tx_reg_csi_epd_op_slp_dphy\", \"value\": %s},"
                 "{\"at\": \"0ms\", \"write\": \"scrambling_ctrl\", \"value\": 1},"
                 "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}",
                 options[n]);
        write_scenario_on("skew.chip", "all", host);
        run("all");
        ck_assert_uint_lt(counter("all", "bursts"), counter("all", "packets"));
        int code = fovea(text, sizeof(text),
                         "decode " DIR "/all.lanes --check --lrte --descramble 0x1008,0x1188 "
                         "--out " DIR "/all.decoded --names " DIR "/all/config.json");
        ck_assert_msg(code == 0, "exit %d: %s", code, text);
        ck_assert(same_file(DIR "/all/metadata.jsonl", DIR "/all.decoded/metadata.jsonl"));
    }
}
END_TEST

/* 24 MHz / 2 x 140 = 1680 Mb/s. */
START_TEST(above_1500_mbps_the_receiver_sees_a_calibration)
{
    write_scenario("fast", "{\"at\": \"0ms\", \"write\": \"op_pll_multiplier\", \"value\": 140},"
                           "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}");
    run("fast");
    ck_assert_uint_eq(counter("fast", "deskew_bursts"), 1);
    int code = fovea(text, sizeof(text), "decode " DIR "/fast.lanes --check --json");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_ptr_nonnull(strstr(text, "\"skew_calibration\":1,"));
    ck_assert_ptr_nonnull(strstr(text, "\"bit_rate_bps\":1680000000,"));
}
END_TEST

static bool is_color(const sim_image_t *image, uint32_t x, uint32_t y, uint32_t rgb)
{
    const uint8_t *px = image->data + 3 * ((size_t)y * image->width_px + x);
    return px[0] == rgb >> 16 && px[1] == (rgb >> 8 & 0xff) && px[2] == (rgb & 0xff);
}

/* The demo's metadata: FS, a line, FE on one channel; clock lane and two lanes below. */
START_TEST(a_picture_shows_a_frame_and_its_start_on_the_lanes)
{
    int code =
        fovea(text, sizeof(text),
              "run scenes/entrance.json --frames 2 --out " DIR "/png --link-png " DIR "/link.png");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    sim_image_t image;
    ck_assert_int_eq(sim_png_read(DIR "/link.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(image.width_px, 1280);
    ck_assert_uint_eq(image.height_px, 174 + 2 * 26 + 42 * 3);
    ck_assert(is_color(&image, 84, 40, 0xbe463c));   /* FS begins the frame */
    ck_assert(is_color(&image, 1200, 40, 0xffffff)); /* blanking */
    uint32_t high_speed = 0;
    for (uint32_t x = 84; x < 1260; x++) /* lane 0: HS-0, three bytes, trail */
        high_speed += !is_color(&image, x, 250, 0xffffff) && !is_color(&image, x, 250, 0x282828);
    /* 105 ns + 6 UI + 3 x 8 UI + 60 ns + 4 UI = 203.3 ns of 417.7 shown on 1176 dots */
    ck_assert_uint_ge(high_speed, 572 - 20);
    ck_assert_uint_le(high_speed, 572 + 20);
    sim_image_free(&image);
}
END_TEST

START_TEST(a_range_of_packets_is_judged)
{
    int code = fovea(text, sizeof(text), "run scenes/entrance.json --vcd-to 7");
    ck_assert_int_eq(code, 2);
    ck_assert_str_eq(text, "fovea: run: --vcd-from and --vcd-to need --vcd\n");
    code = fovea(text, sizeof(text), "run scenes/entrance.json --vcd x --vcd-from 5 --vcd-to 4");
    ck_assert_int_eq(code, 2);
    ck_assert_ptr_nonnull(strstr(text, "--vcd-to: '4' is not a number in 5.."));
    code = fovea(text, sizeof(text), "run scenes/entrance.json --lanes no/such/file");
    ck_assert_int_eq(code, 2);
}
END_TEST

TEST_MAIN("waves of a run", lanes_carry_what_the_capture_has_and_no_link_changes_what_arrives,
          a_host_can_change_to_c_phy_by_its_registers,
          decode_needs_not_be_told_how_many_lanes_the_host_has_chosen,
          decode_reads_the_lanes_of_any_link, above_1500_mbps_the_receiver_sees_a_calibration,
          a_picture_shows_a_frame_and_its_start_on_the_lanes, a_range_of_packets_is_judged)
