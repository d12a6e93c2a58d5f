/*
 * camera_test.c - whole runs with other windows, flips, exposures and row times: what the host asks
 * for by CCS registers, and what comes of it.
 */
#include "tests/test.h"

#include "tests/sensor/entrance.h"
#include "tests/sensor/fovea.h"

static char text[65536];

static void run_with_host(const char *name, const char *output, const char *steps)
{
    entrance_run(text, sizeof(text), name, output, steps, 4);
}

static void assert_finds_people(double least_recall)
{
    double precision = 0, recall = 0;
    const char *people = strstr(text, "precision");
    ck_assert_msg(people != NULL, "%s", text);
    ck_assert_int_eq(sscanf(people, "precision %lf, recall %lf", &precision, &recall), 2);
    ck_assert_msg(precision > 0.9 && recall >= least_recall, "%s", text);
}

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

/* The registers of the pixel die come up binned: 320 x 240 of this chip. */
START_TEST(a_frame_larger_than_at_power_up_has_its_picture)
{
    int code = fovea(text, sizeof(text),
                     "run scenes/entrance.json --chip logic/chips/vga-tiny.json --firmware "
                     "build/firmware/plain_camera.elf --frames 1 --out " FOVEA_OUT "/larger");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    entrance_picture(FOVEA_OUT "/larger/frames/frame_00000.png", 640, 480, 3);
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
    entrance_picture(FOVEA_OUT "/hdr/raw_00000.png", 2028, 2 * 1520, 1);
    entrance_picture(FOVEA_OUT "/hdr/raw_00003.png", 2028, 2 * 1520, 1);
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

          a_turned_tensor_shows_people_of_an_upside_down_frame,

          a_frame_larger_than_at_power_up_has_its_picture,
          with_pixels_off_the_link_rows_are_as_fast_as_adc_and_columns_allow,
          two_exposures_cross_the_link_and_the_long_one_is_looked_at,
          a_region_above_the_last_row_is_told_before_that_is_read)
