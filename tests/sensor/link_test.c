/*
 * link_test.c - whole runs with images on the link: formats, channels, line sync, and how full it
 * is.
 */
#include "sim/file.h"
#include "tests/sensor/entrance.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

static char text[65536];

static void run_with_host(const char *name, const char *output, const char *steps)
{
    entrance_run(text, sizeof(text), name, output, steps, 1);
}

static void says(const char *what)
{
    ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in:\n%s", what, text);
}

START_TEST(a_link_that_cannot_drain_stretches_the_rows_and_loses_none)
{
    run_with_host("drain", "\"isp\": false, \"raw\": true",
                  CCI("app_image_out", 1) "," CCI("line_length_pck", 8801));
    /* 2,541 bytes on 2 lanes of 888 Mb/s and the time of the lanes' states: mipi/README.md */
    ck_assert_msg(strstr(text, "row time  11.831 us, set by link") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "link 11.831)"));
    ck_assert_ptr_nonnull(strstr(text, "line 8801 taken as 8802"));
    ck_assert_ptr_nonnull(strstr(text, " 0 problems"));
    ck_assert_ptr_null(strstr(text, "overflow"));
}
END_TEST

/* The row above, in the line that it has at power-up and in the shortest; above it is one clock
 * less. */
START_TEST(the_run_says_how_full_the_link_is_and_the_shortest_line_that_drains)
{
    const char *raw = "\"isp\": false, \"raw\": true";
    run_with_host("full", raw, CCI("app_image_out", 1));
    says("link row  2541 bytes, 11.830 of 12.632 us (93.7 %); line_length_pck 8802 or more drains");
    run_with_host("least", raw, CCI("app_image_out", 1) "," CCI("line_length_pck", 8802));
    says("2541 bytes, 11.830 of 11.831 us (100.0 %); line_length_pck 8802 or more drains");
    says("of 20480 bytes, 0 lines lost");
    says("set by line_length");
    says(" 0 problems");
}
END_TEST

/* LS and LE take 0.398 us each: 12.626 us in all. Blanking of 64 bytes, 0.695 us, is too much. */
START_TEST(an_image_on_another_channel_with_line_sync_and_filler_arrives)
{
    const char *raw = "\"isp\": false, \"raw\": true";
    run_with_host("sync", raw, CCI("app_image_out", 17) "," CCI("csi_channel_identifier", 13));
    says("link row  2549 bytes, 12.626 of 12.632 us (100.0 %)");
    says(" 0 problems");
    says("0 lines lost");
    run_with_host("filler", raw, CCI("app_image_out", 17) "," CCI("app_link_fill", 64));
    says("link row  2619 bytes, 13.32");
    says("set by link");
    says(" 0 problems");
    entrance_picture(FOVEA_OUT "/sync/raw_00000.png", 2028, 1520, 1);
    ck_assert(same_file(FOVEA_OUT "/sync/raw_00000.png", FOVEA_OUT "/full/raw_00000.png"));
}
END_TEST

static uint32_t count_of(const char *what)
{
    uint32_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* Somebody stands in the entrance: kind 1, with the numbers of the frames, before their metadata.
 */
START_TEST(the_network_is_done_is_told_by_a_short_packet)
{
    size_t bytes;
    char error[256];
    entrance_run(text, sizeof(text), "trigger", "\"isp\": false", CCI("app_image_out", 32), 2);
    says(" 0 problems");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "decode " FOVEA_OUT "/trigger/link.csi2 --packets --out " FOVEA_OUT
                           "/trigger_packets"),
                     0);
    char *lines = (char *)sim_file_read(FOVEA_OUT "/trigger_packets/packets.jsonl",
                                        sizeof(text) - 1, &bytes, error, sizeof(error));
    ck_assert_msg(lines != NULL, "%s", error);
    memcpy(text, lines, bytes);
    text[bytes] = '\0';
    free(lines);
    says("\"vc\":1,\"dt\":9,\"type\":\"generic short 2\",\"data\":0,");
    says("\"vc\":1,\"dt\":9,\"type\":\"generic short 2\",\"data\":1,");
    ck_assert_uint_eq(count_of("generic short"), count_of("\"FS\""));
}
END_TEST

/* n bytes of payload take (n + 6) / 2 x 8 / 888 MHz and 0.380 us of states. The region that the
 * network sees, the lowest 1000 x 800 of the array, is 500 x 400 samples: 1,500 bytes beside 2,535
 * of RAW. */
START_TEST(images_of_the_isp_and_regions_go_over_the_link_whole)
{
    static const struct {
        const char *name, *format, *row_time;
        uint32_t width_px, height_px;
    } known[] = {{"link_rgb", "rgb888", "link 27.81", 2028, 1520},
                 {"link_yuv", "yuv422", "link 18.67", 2028, 1520},
                 {"link_yuv10", "yuv422-10", "link 23.24", 2028, 1520},
                 {"link_565", "rgb565", "link 18.67", 2028, 1520},
                 {"link_420", "yuv420", "link 14.11", 2028, 1520}, /* the mean of 9.54 and 18.67 */
                 {"link_roi", "raw+roi", "link 18.99", 500, 400}};
    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        char output[64], file[128], again[128];
        snprintf(output, sizeof(output), "\"isp\": false, \"format\": \"%s\"", known[i].format);
        run_with_host(known[i].name, output,
                      CCI("dwp_ap_vc_hoff", 800) "," CCI("dwp_ap_vc_voff", 2240) "," CCI(
                          "dwp_ap_vc_hsize", 1000) "," CCI("dwp_ap_vc_vsize", 800));
        ck_assert_msg(strstr(text, known[i].row_time) != NULL, "%s", text);
        ck_assert_ptr_nonnull(strstr(text, "set by link"));
        ck_assert_ptr_nonnull(strstr(text, " 0 problems"));
        ck_assert_ptr_null(strstr(text, "overflow"));
        snprintf(file, sizeof(file), FOVEA_OUT "/%s/rgb_00000.png", known[i].name);
        entrance_picture(file, known[i].width_px, known[i].height_px, 3);
        ck_assert_int_eq(fovea(text, sizeof(text),
                               "decode " FOVEA_OUT "/%s/link.csi2 --out " FOVEA_OUT "/%s_again",
                               known[i].name, known[i].name),
                         0);
        snprintf(again, sizeof(again), FOVEA_OUT "/%s_again/rgb_00000.png", known[i].name);
        ck_assert(same_file(file, again));
    }
    entrance_picture(FOVEA_OUT "/link_roi/raw_00000.png", 2028, 1520, 1);
}
END_TEST

TEST_MAIN("sensor link", a_link_that_cannot_drain_stretches_the_rows_and_loses_none,
          the_run_says_how_full_the_link_is_and_the_shortest_line_that_drains,
          an_image_on_another_channel_with_line_sync_and_filler_arrives,
          the_network_is_done_is_told_by_a_short_packet,
          images_of_the_isp_and_regions_go_over_the_link_whole)
