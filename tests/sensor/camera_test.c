/*
 * camera_test.c - whole runs with other windows, flips, exposures and row times: what the host asks
 * for by CCS registers, and what comes of it.
 */
#include "tests/test.h"

#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"

static char text[65536];

/* The entrance with more steps of the host's; text has what the run said. */
static void run_with_host(const char *name, const char *output, const char *steps)
{
    size_t bytes;
    char error[256], file[64];
    char *scenario =
        (char *)sim_file_read("scenes/entrance.json", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(scenario != NULL, "%s", error);
    char *end = strstr(scenario, "\"output\"");
    ck_assert_ptr_nonnull(end);
    char *wanted = malloc(bytes + 1024);
    int length = sprintf(wanted,
                         "%.*s\"output\": {%s}, \"host\": [%s, {\"at\": \"0ms\", \"write\": "
                         "\"mode_select\", \"value\": 1}]}",
                         (int)(end - scenario), scenario, output, steps);
    snprintf(file, sizeof(file), "scenes/%s.part.json", name);
    ck_assert_int_eq(sim_file_write(file, wanted, (size_t)length, error, sizeof(error)), SIM_OK);
    free(wanted);
    free(scenario);
    int code = fovea(text, sizeof(text), "run %s --frames 4 --out " FOVEA_OUT "/%s", file, name);
    unlink(file);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

static void assert_finds_people(double least_recall)
{
    double precision = 0, recall = 0;
    const char *people = strstr(text, "precision");
    ck_assert_msg(people != NULL, "%s", text);
    ck_assert_int_eq(sscanf(people, "precision %lf, recall %lf", &precision, &recall), 2);
    ck_assert_msg(precision > 0.9 && recall >= least_recall, "%s", text);
}

#define CCI(reg, value) "{\"at\": \"0ms\", \"write\": \"" reg "\", \"value\": " #value "}"

START_TEST(boxes_of_a_mirrored_or_cut_frame_are_where_the_people_are_on_the_array)
{
    run_with_host("mirror", "\"isp\": true", CCI("image_orientation", 1));
    assert_finds_people(0.9);
    run_with_host("window", "\"isp\": false",
                  CCI("x_addr_start", 1000) "," CCI("y_addr_start", 400) "," CCI(
                      "x_addr_end", 3799) "," CCI("y_addr_end", 2799));
    ck_assert_ptr_nonnull(strstr(text, "of 1400x1200"));
    assert_finds_people(0.5); /* people that the window cuts are harder */
    run_with_host("both", "\"isp\": false",
                  CCI("image_orientation", 1) "," CCI("x_addr_start", 1000) "," CCI(
                      "y_addr_start", 400) "," CCI("x_addr_end", 3799) "," CCI("y_addr_end", 2799));
    assert_finds_people(0.5);
}
END_TEST

/* The window above by crop and output size, in samples of 2 x 2; the exposure as ever, but as 400
 * lines times 4. */
START_TEST(cropped_and_long_exposed_frames_show_people_where_they_are)
{
    run_with_host(
        "crop", "\"isp\": false",
        CCI("digital_crop_x_offset", 500) "," CCI("digital_crop_y_offset", 200) "," CCI(
            "x_output_size",
            1400) "," CCI("y_output_size",
                          1200) "," CCI("imx500_exp_shift",
                                        2) "," CCI("coarse_integration_time",
                                                   400) "," CCI("frame_length_lines", 660));
    ck_assert_ptr_nonnull(strstr(text, "of 1400x1200"));
    ck_assert_ptr_nonnull(strstr(text, "exposure 20.2")); /* 1600 x 9398 / 744 MHz */
    assert_finds_people(0.5);
}
END_TEST

/* A camera that hangs upside down: the tensor is turned, so that the network sees people upright,
 * and the boxes are turned back. By 90 degrees people lie, and the tensor comes in time all the
 * same. */
START_TEST(a_turned_tensor_shows_people_of_an_upside_down_frame)
{
    run_with_host("upside_down", "\"isp\": false",
                  CCI("image_orientation", 3) "," CCI("image_rotate", 2));
    assert_finds_people(0.9);
    run_with_host("sideways", "\"isp\": false", CCI("image_rotate", 1));
    ck_assert_ptr_null(strstr(text, "fell behind"));
    ck_assert_ptr_nonnull(strstr(text, "frames    4 of 2028x1520"));
}
END_TEST

START_TEST(a_link_that_cannot_drain_stretches_the_rows_and_loses_none)
{
    run_with_host("drain", "\"isp\": false, \"raw\": true",
                  CCI("app_image_out", 1) "," CCI("line_length_pck", 3000));
    /* 2,541 bytes on 2 lanes of 888 Mb/s and the time of the lanes' states: mipi/README.md */
    ck_assert_msg(strstr(text, "row time  11.831 us, set by link") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "link 11.831)"));
    ck_assert_ptr_nonnull(strstr(text, "line 3000 taken as 8802"));
    ck_assert_ptr_nonnull(strstr(text, " 0 problems"));
    ck_assert_ptr_null(strstr(text, "overflow"));
}
END_TEST

static void assert_picture(const char *file, uint32_t width_px, uint32_t height_px,
                           uint32_t channels)
{
    char error[256];
    sim_image_t image;
    ck_assert_msg(sim_png_read(file, &image, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_uint_eq(image.width_px, width_px);
    ck_assert_uint_eq(image.height_px, height_px);
    ck_assert_uint_eq(image.channels, channels);
    sim_image_free(&image);
}

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
        snprintf(file, sizeof(file), FOVEA_OUT "/%s/rgb_00001.png", known[i].name);
        assert_picture(file, known[i].width_px, known[i].height_px, 3);
        ck_assert_int_eq(fovea(text, sizeof(text),
                               "decode " FOVEA_OUT "/%s/link.csi2 --out " FOVEA_OUT "/%s_again",
                               known[i].name, known[i].name),
                         0);
        snprintf(again, sizeof(again), FOVEA_OUT "/%s_again/rgb_00001.png", known[i].name);
        ck_assert(same_file(file, again));
    }
    assert_picture(FOVEA_OUT "/link_roi/raw_00001.png", 2028, 1520, 1);
}
END_TEST

/* The registers of the pixel die come up binned: 320 x 240 of this chip. */
START_TEST(a_frame_larger_than_at_power_up_has_its_picture)
{
    int code = fovea(text, sizeof(text),
                     "run scenes/entrance.json --chip logic/chips/vga-tiny.json --firmware "
                     "build/firmware/camera.elf --frames 1 --out " FOVEA_OUT "/larger");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    assert_picture(FOVEA_OUT "/larger/frames/frame_00000.png", 640, 480, 3);
}
END_TEST

/* Published readouts: 5.52 ms for 1520 binned rows, 16.52 ms for 3040; at 60 frames a second. */
START_TEST(with_pixels_off_the_link_rows_are_as_fast_as_adc_and_columns_allow)
{
    run_with_host("fast", "\"isp\": false",
                  CCI("line_length_pck", 1) "," CCI("frame_length_lines", 1600));
    ck_assert_msg(strstr(text, "readout 5.52") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "row time  3.634 us, set by adc"));
    run_with_host("fast_full", "\"isp\": false",
                  CCI("binning_mode", 0) "," CCI("line_length_pck", 1) "," CCI(
                      "frame_length_lines", 3067) "," CCI("coarse_integration_time", 2000));
    ck_assert_msg(strstr(text, "readout 16.520") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "row time  5.434 us, set by columns"));
}
END_TEST

/* The last short lines, 803 line times behind the long ones, come 10 ms later than the boxes. */
START_TEST(two_exposures_cross_the_link_and_the_long_one_is_looked_at)
{
    run_with_host("hdr", "\"isp\": false, \"raw\": true",
                  CCI("hdr_mode", 1) "," CCI("exposure_ratio", 2) "," CCI(
                      "frame_length_lines", 4000) "," CCI("app_image_out", 1));
    assert_finds_people(0.9);
    ck_assert_ptr_nonnull(strstr(text, " 0 problems"));
    assert_picture(FOVEA_OUT "/hdr/raw_00000.png", 2028, 2 * 1520, 1);
    assert_picture(FOVEA_OUT "/hdr/raw_00003.png", 2028, 2 * 1520, 1);
}
END_TEST

/* Rows of 12.632 us: the region's last of 800 is read 9.095 ms before the last of 1520; network and
 * firmware take less than 1.5 ms. */
START_TEST(a_region_above_the_last_row_is_told_before_that_is_read)
{
    double alert = 0, isp = 0;
    run_with_host("above", "\"isp\": false", CCI("dwp_ap_vc_vsize", 1600));
    const char *latency = strstr(text, "readout_to_alert"), *parts = strstr(text, "+ ISP");
    ck_assert_msg(latency != NULL && parts != NULL, "%s", text);
    ck_assert_int_eq(sscanf(latency, "readout_to_alert %lf", &alert), 1);
    ck_assert_int_eq(sscanf(parts, "+ ISP %lf", &isp), 1);
    ck_assert_double_eq_tol(isp, -9.08, 0.05);
    ck_assert_msg(alert > -9.08 && alert < -7.5, "%s", text);
}
END_TEST

TEST_MAIN("sensor camera", boxes_of_a_mirrored_or_cut_frame_are_where_the_people_are_on_the_array,
          cropped_and_long_exposed_frames_show_people_where_they_are,
          images_of_the_isp_and_regions_go_over_the_link_whole,
          a_turned_tensor_shows_people_of_an_upside_down_frame,
          a_link_that_cannot_drain_stretches_the_rows_and_loses_none,
          a_frame_larger_than_at_power_up_has_its_picture,
          with_pixels_off_the_link_rows_are_as_fast_as_adc_and_columns_allow,
          two_exposures_cross_the_link_and_the_long_one_is_looked_at,
          a_region_above_the_last_row_is_told_before_that_is_read)
