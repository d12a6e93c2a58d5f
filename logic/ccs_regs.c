/*
 * ccs_regs.c - the table of CCS registers: facts of MIPI CCS 1.1 and of the IMX500 and IMX477
 * kernel drivers, where nothing else is said. Numbers are the IMX500's.
 */
#include <stdlib.h>
#include <string.h>

#include "firmware/include/fovea_settings.h"
#include "logic/ccs_int.h"

/* clang-format off */
#define RO false, false
#define RW true, false
#define RT true, true /* retimed */
#define YES true
#define NO false
#define NUMBER CCS_NUMBER, 0
#define U32(member) CCS_U32, offsetof(ccs_desc_t, member)
#define MHZ(member) CCS_MHZ, offsetof(ccs_desc_t, member)
/* Columns of fovea_settings.h. */
#define ACCESS_SETTING RW
#define ACCESS_OWN RW
#define ACCESS_STATUS RO
#define RESET_FIXED NUMBER
#define RESET_MIDDLE U32(timing.x_middle)
/* The sRGB curve as the ISP has it: two points a word, the first one low. The last but one is not looked at. */
#define GAMMA_WORDS(X) \
    X(0, 0x00030000) X(1, 0x00050004) X(2, 0x00060006) X(3, 0x000a0008) X(4, 0x000d000b) X(5, 0x0012000f) X(6, 0x00160014) \
    X(7, 0x001c0019) X(8, 0x0022001f) X(9, 0x002a0026) X(10, 0x0031002e) X(11, 0x003d0038) X(12, 0x00470042) X(13, 0x0056004f) \
    X(14, 0x0063005d) X(15, 0x0078006e) X(16, 0x00890081) X(17, 0x00a50098) X(18, 0x00bc00b1) X(19, 0x00e100cf) X(20, 0x00ff00f0)
static const ccs_reg_t ccs_table[] = {
    /* name                                 addr, bytes, access, modeled, reset, where it comes from, only of model */
    /* Identity. */
    {"module_model_id",                       0x0000, 2, RO, YES, 0x0500, U32(model), 0},
    {"module_revision_number_major",          0x0002, 1, RO, YES, 1, NUMBER, 0},  /* of the simulator's chips (assumed) */
    {"frame_count",                           0x0005, 1, RO, YES, 0, NUMBER, 0},
    {"pixel_order",                           0x0006, 1, RO, YES, 1, U32(timing.pixel_order), 0},  /* GRBG, RGGB, BGGR, GBRG; follows image_orientation */
    {"ccs_version",                           0x0007, 1, RO, YES, 0x11, NUMBER, 0},
    {"data_pedestal",                         0x0008, 2, RO, YES, 64, U32(timing.black), 0},
    {"module_manufacturer_id",                0x000e, 2, RO, YES, 0, NUMBER, 0},  /* none given */
    {"module_revision_number_minor",          0x0010, 1, RO, YES, 0, NUMBER, 0},
    {"sensor_model_id",                       0x0016, 2, RO, YES, 0x0500, U32(model), 0},
    {"sensor_revision_number",                0x0018, 1, RO, YES, 1, NUMBER, 0},  /* (assumed) */
    {"sensor_firmware_version",               0x001a, 1, RO, YES, 0, NUMBER, 0},  /* imx500: main_fw_version has it */
    {"serial_number",                         0x001c, 4, RO, YES, 1, NUMBER, 0},  /* (assumed) */
    {"sensor_manufacturer_id",                0x0020, 2, RO, YES, 0, NUMBER, 0},  /* none given */
    {"sensor_revision_number_16",             0x0022, 2, RO, YES, 1, NUMBER, 0},
    /* Frame format: 2-byte descriptors of columns, then of rows; they follow the set-up (ccs_derived.c). */
    {"frame_format_model_type",               0x0040, 1, RO, YES, 1, NUMBER, 0},
    {"frame_format_model_subtype",            0x0041, 1, RO, YES, 0x12, NUMBER, 0},  /* one of columns, two of rows */
    {"frame_format_descriptor_0",             0x0042, 2, RO, YES, 0, NUMBER, 0},  /* 5: visible, pixels a line */
    {"frame_format_descriptor_1",             0x0044, 2, RO, YES, 0, NUMBER, 0},  /* 1: embedded lines */
    {"frame_format_descriptor_2",             0x0046, 2, RO, YES, 0, NUMBER, 0},  /* 5: visible lines */
    /* Analog gain = (m0 x + c0) / (m1 x + c1) = 1024 / (1024 - x): libcamera. */
    {"analog_gain_capability",                0x0080, 2, RO, YES, 0, NUMBER, 0},
    {"analog_gain_code_min",                  0x0084, 2, RO, YES, 0, NUMBER, 0},
    {"analog_gain_code_max",                  0x0086, 2, RO, YES, 978, U32(timing.gain_max), 0},
    {"analog_gain_code_step",                 0x0088, 2, RO, YES, 1, NUMBER, 0},
    {"analog_gain_type",                      0x008a, 2, RO, YES, 0, NUMBER, 0},
    {"analog_gain_m0",                        0x008c, 2, RO, YES, 0, NUMBER, 0},
    {"analog_gain_c0",                        0x008e, 2, RO, YES, 1024, NUMBER, 0},
    {"analog_gain_m1",                        0x0090, 2, RO, YES, 0xffff, NUMBER, 0},  /* -1 */
    {"analog_gain_c1",                        0x0092, 2, RO, YES, 1024, NUMBER, 0},
    /* Data formats: uncompressed, compressed bits. */
    {"data_format_model_type",                0x00c0, 1, RO, YES, 1, NUMBER, 0},
    {"data_format_model_subtype",             0x00c1, 1, RO, YES, 0x03, NUMBER, 0},  /* three formats */
    {"data_format_descriptor_0",              0x00c2, 2, RO, YES, 0x0808, NUMBER, 0},
    {"data_format_descriptor_1",              0x00c4, 2, RO, YES, 0x0a0a, NUMBER, 0},
    {"data_format_descriptor_2",              0x00c6, 2, RO, YES, 0x0c0c, NUMBER, 0},
    /* Set-up. */
    {"mode_select",                           0x0100, 1, RW, YES, 0, NUMBER, 0},
    {"image_orientation",                     0x0101, 1, RT, YES, 0, NUMBER, 0},
    {"software_reset",                        0x0103, 1, RW, YES, 0, NUMBER, 0},  /* 1: as after power-up; reads 0; the bus is not answered for 2400 input clocks */
    {"grouped_parameter_hold",                0x0104, 1, RW, YES, 0, NUMBER, 0},
    {"mask_corrupted_frames",                 0x0105, 1, RW, YES, 0, NUMBER, 0},  /* 1: frames without the exposure that was asked for do not leave (the chip file's timing.too_long "corrupt"; else such a frame waits) */
    {"fast_standby_ctrl",                     0x0106, 1, RW, YES, 0, NUMBER, 0},  /* mode_select 0: 0 the frame is read to its end, 1 to the end of the row */
    {"cci_address_ctrl",                      0x0107, 1, RW, YES, 0x34, NUMBER, 0},  /* the 7-bit address << 1 (Linux ccs-core.c), from the next START on */
    {"csi_channel_identifier",                0x0110, 1, RW, YES, 0, NUMBER, 0},  /* virtual channel of the image, 0..15 */
    {"csi_signaling_mode",                    0x0111, 1, RW, YES, 2, U32(link.signaling), 0},  /* 2: D-PHY, 3: C-PHY */
    {"csi_data_format",                       0x0112, 2, RW, YES, 0x0a0a, U32(timing.data_format), 0},
    {"csi_lane_mode",                         0x0114, 1, RW, YES, 1, U32(link.lane_mode), 0},  /* lanes - 1 */
    {"bottom_embedded_data_dt",               0x011e, 1, RO, YES, 0x12, NUMBER, 0},  /* not programmable: data_type_capability */
    {"bottom_embedded_data_vc",               0x011f, 1, RO, YES, 0, NUMBER, 0},
    {"gain_mode",                             0x0120, 1, RW, YES, 0, NUMBER, 0},  /* global is the only one */
    {"extclk_frequency_mhz",                  0x0136, 2, RW, YES, 0x1b00, NUMBER, 0},  /* 8.8; a label, as the driver writes it: the clock is the board's */
    {"temp_sensor_ctrl",                      0x0138, 1, RW, YES, 0, NUMBER, 0},  /* temp.h */
    {"temp_sensor_mode",                      0x0139, 1, RW, YES, 0, NUMBER, 0},  /* the only one */
    {"temp_sensor_output",                    0x013a, 1, RO, YES, 0, NUMBER, 0},
    /* Exposure and gain. */
    {"fine_integration_time",                 0x0200, 2, RT, YES, 0, NUMBER, 0},  /* pixel clocks */
    {"coarse_integration_time",               0x0202, 2, RT, YES, 0x0640, NUMBER, 0},  /* lines; the driver's default */
    {"analog_gain_code_global",               0x0204, 2, RT, YES, 0, NUMBER, 0},
    {"digital_gain_greenr",                   0x020e, 2, RT, YES, 0x0100, NUMBER, 0},  /* 8.8 */
    {"digital_gain_red",                      0x0210, 2, RT, YES, 0x0100, NUMBER, 0},
    {"digital_gain_blue",                     0x0212, 2, RT, YES, 0x0100, NUMBER, 0},
    {"digital_gain_greenb",                   0x0214, 2, RT, YES, 0x0100, NUMBER, 0},
    {"short_analog_gain_global",              0x0216, 2, RT, YES, 0, NUMBER, 0},  /* counts in hdr_mode bit 1 only, which hdr_capability_1 has not */
    {"short_digital_gain_global",             0x0218, 2, RT, YES, 0x0100, NUMBER, 0},  /* the same, bit 6 */
    {"hdr_mode",                              0x0220, 1, RT, YES, 0, NUMBER, 0},  /* 0: two exposures; 5: the short one direct, or by exposure_ratio */
    {"hdr_resolution_reduction",              0x0221, 1, RT, YES, 0x11, NUMBER, 0},  /* none is the only one: hdr_resolution_sub_type_0 */
    {"exposure_ratio",                        0x0222, 1, RT, YES, 4, NUMBER, 0},
    {"hdr_internal_bit_depth",                0x0223, 1, RT, YES, 10, U32(timing.raw_bits), 0},  /* exposures leave side by side: the ADC's */
    {"direct_short_integration_time",         0x0224, 2, RT, YES, 100, NUMBER, 0},  /* lines */
    /* PLLs: ccs_pll.c. */
    {"vt_pix_clk_div",                        0x0300, 2, RW, YES, 5, NUMBER, 0},
    {"vt_sys_clk_div",                        0x0302, 2, RW, YES, 2, NUMBER, 0},
    {"pre_pll_clk_div",                       0x0304, 2, RW, YES, 2, NUMBER, 0},
    {"pll_multiplier",                        0x0306, 2, RW, YES, 155, NUMBER, 0},
    {"op_pix_clk_div",                        0x0308, 2, RW, YES, 10, U32(timing.raw_bits), 0},
    {"op_sys_clk_div",                        0x030a, 2, RW, YES, 1, NUMBER, 0},
    {"op_pre_pll_clk_div",                    0x030c, 2, RW, YES, 2, NUMBER, 0},
    {"op_pll_multiplier",                     0x030e, 2, RW, YES, 74, NUMBER, 0},
    {"pll_mode",                              0x0310, 1, RW, YES, 1, NUMBER, 0},  /* 0: two PLLs */
    /* Frame. */
    {"frame_length_lines",                    0x0340, 2, RT, YES, 2637, NUMBER, 0},  /* 1520 + the driver's VBLANK_MIN 1117 */
    {"line_length_pck",                       0x0342, 2, RT, YES, 9398, NUMBER, 0},
    {"x_addr_start",                          0x0344, 2, RT, YES, 0, NUMBER, 0},  /* active-array px */
    {"y_addr_start",                          0x0346, 2, RT, YES, 0, NUMBER, 0},
    {"x_addr_end",                            0x0348, 2, RT, YES, 4055, U32(timing.x_last), 0},
    {"y_addr_end",                            0x034a, 2, RT, YES, 3039, U32(timing.y_last), 0},
    {"x_output_size",                         0x034c, 2, RT, YES, 0, NUMBER, 0},  /* 0: all that is read (assumed) */
    {"y_output_size",                         0x034e, 2, RT, YES, 0, NUMBER, 0},
    {"frame_length_ctrl",                     0x0350, 1, RT, YES, 0, NUMBER, 0},  /* 1: a frame is as long as its integration time needs */
    {"x_even_inc",                            0x0380, 2, RT, YES, 1, NUMBER, 0},
    {"x_odd_inc",                             0x0382, 2, RT, YES, 1, NUMBER, 0},
    {"y_even_inc",                            0x0384, 2, RT, YES, 1, NUMBER, 0},
    {"y_odd_inc",                             0x0386, 2, RT, YES, 1, NUMBER, 0},
    {"scaling_mode",                          0x0400, 2, RW, YES, 0, NUMBER, 0},  /* scaling_capability: none */
    {"scale_m",                               0x0404, 2, RT, YES, 16, NUMBER, 0},
    {"scale_n",                               0x0406, 2, RO, YES, 16, NUMBER, 0},
    {"digital_crop_x_offset",                 0x0408, 2, RT, YES, 0, NUMBER, 0},  /* px after binning */
    {"digital_crop_y_offset",                 0x040a, 2, RT, YES, 0, NUMBER, 0},
    {"digital_crop_image_width",              0x040c, 2, RT, YES, 0, NUMBER, 0},  /* 0: all (assumed) */
    {"digital_crop_image_height",             0x040e, 2, RT, YES, 0, NUMBER, 0},
    {"test_pattern_mode",                     0x0600, 2, RT, YES, 0, NUMBER, 0},  /* none, solid color, bars, fading bars, PN9 */
    {"test_data_red",                         0x0602, 2, RT, YES, 0, NUMBER, 0},
    {"test_data_greenr",                      0x0604, 2, RT, YES, 0, NUMBER, 0},
    {"test_data_blue",                        0x0606, 2, RT, YES, 0, NUMBER, 0},
    {"test_data_greenb",                      0x0608, 2, RT, YES, 0, NUMBER, 0},
    /* PHY: mipi/phy.h. */
    {"tclk_post",                              0x0800, 1, RW, YES, 0, NUMBER, 0},
    {"ths_prepare",                            0x0801, 1, RW, YES, 0, NUMBER, 0},
    {"ths_zero_min",                           0x0802, 1, RW, YES, 0, NUMBER, 0},
    {"ths_trail",                              0x0803, 1, RW, YES, 0, NUMBER, 0},
    {"tclk_trail_min",                         0x0804, 1, RW, YES, 0, NUMBER, 0},
    {"tclk_prepare",                           0x0805, 1, RW, YES, 0, NUMBER, 0},
    {"tclk_zero",                              0x0806, 1, RW, YES, 0, NUMBER, 0},
    {"tlpx",                                   0x0807, 1, RW, YES, 0, NUMBER, 0},
    {"phy_ctrl",                               0x0808, 1, RW, YES, 0, NUMBER, 0},  /* 0 automatic, 1 the 8-bit times, 2 the 16-bit ones */
    {"tclk_post_ex",                           0x080a, 2, RW, YES, 0, NUMBER, 0},
    {"ths_prepare_ex",                         0x080c, 2, RW, YES, 0, NUMBER, 0},
    {"ths_zero_min_ex",                        0x080e, 2, RW, YES, 0, NUMBER, 0},
    {"ths_trail_ex",                           0x0810, 2, RW, YES, 0, NUMBER, 0},
    {"tclk_trail_min_ex",                      0x0812, 2, RW, YES, 0, NUMBER, 0},
    {"tclk_prepare_ex",                        0x0814, 2, RW, YES, 0, NUMBER, 0},
    {"tclk_zero_ex",                           0x0816, 2, RW, YES, 0, NUMBER, 0},
    {"tlpx_ex",                                0x0818, 2, RW, YES, 0, NUMBER, 0},
    {"requested_link_rate",                    0x0820, 4, RW, YES, 0, NUMBER, 0},  /* 16.16 Mb/s, all lanes; 0: as they run */
    {"twakeup",                                0x082a, 1, RW, YES, 0, NUMBER, 0},  /* phy_ctrl_capability_3: not there */
    {"tinit",                                  0x082b, 1, RW, YES, 0, NUMBER, 0},  /* the same */
    {"ths_exit",                               0x082c, 1, RW, YES, 0, NUMBER, 0},  /* 0: automatic */
    {"ths_exit_ex",                            0x082e, 2, RW, YES, 0, NUMBER, 0},
    {"phy_periodic_calibration_ctrl",          0x0830, 1, RW, YES, 0, NUMBER, 0},
    {"phy_periodic_calibration_interval",      0x0831, 1, RW, YES, 0, NUMBER, 0},  /* frames */
    {"phy_init_calibration_ctrl",              0x0832, 1, RW, YES, 0, NUMBER, 0},
    {"dphy_calibration_mode",                  0x0833, 1, RW, YES, 0, NUMBER, 0},  /* no alternate sequence: dphy_calibration_capability */
    {"tgr_preamble_length",                    0x0841, 1, RW, YES, 0, NUMBER, 0},  /* C-PHY; 0: automatic */
    {"tgr_post_length",                        0x0842, 1, RW, YES, 0, NUMBER, 0},
    {"tgr_preamble_prog_sequence_0",           0x0843, 1, RW, YES, 0, NUMBER, 0},  /* two symbols */
    {"tgr_preamble_prog_sequence_1",           0x0844, 1, RW, YES, 0, NUMBER, 0},
    {"tgr_preamble_prog_sequence_2",           0x0845, 1, RW, YES, 0, NUMBER, 0},
    {"tgr_preamble_prog_sequence_3",           0x0846, 1, RW, YES, 0, NUMBER, 0},
    {"tgr_preamble_prog_sequence_4",           0x0847, 1, RW, YES, 0, NUMBER, 0},
    {"tgr_preamble_prog_sequence_5",           0x0848, 1, RW, YES, 0, NUMBER, 0},
    {"tgr_preamble_prog_sequence_6",           0x0849, 1, RW, YES, 0, NUMBER, 0},
    {"t3_prepare",                             0x084e, 2, RW, YES, 0, NUMBER, 0},  /* UI less one; 0: automatic */
    {"t3_lpx",                                 0x0850, 2, RW, YES, 0, NUMBER, 0},
    {"tx_reg_csi_epd_en_ssp_cphy",             0x0860, 2, RW, YES, 0, NUMBER, 0},
    {"tx_reg_csi_epd_op_slp_cphy",             0x0862, 2, RW, YES, 0, NUMBER, 0},
    {"tx_reg_csi_epd_en_ssp_dphy",             0x0864, 2, RW, YES, 0, NUMBER, 0},
    {"tx_reg_csi_epd_op_slp_dphy",             0x0866, 2, RW, YES, 0, NUMBER, 0},
    {"tx_reg_csi_epd_misc_option_cphy",        0x0868, 1, RW, YES, 0, NUMBER, 0},  /* no variable spacers: lrte_cphy_capability */
    {"tx_reg_csi_epd_misc_option_dphy",        0x0869, 1, RW, YES, 0, NUMBER, 0},  /* the same */
    {"scrambling_ctrl",                        0x0870, 1, RW, YES, 0, NUMBER, 0},
    {"lane_seed_value_0",                      0x0872, 2, RW, YES, 0x1008, NUMBER, 0},  /* mipi/scramble.h */
    {"lane_seed_value_1",                      0x0874, 2, RW, YES, 0x1188, NUMBER, 0},
    {"lane_seed_value_2",                      0x0876, 2, RW, YES, 0x1248, NUMBER, 0},
    {"lane_seed_value_3",                      0x0878, 2, RW, YES, 0x13c8, NUMBER, 0},
    {"binning_mode",                          0x0900, 1, RT, YES, 1, NUMBER, 0},
    {"binning_type",                          0x0901, 1, RT, YES, 0x22, NUMBER, 0},
    {"binning_weighting",                     0x0902, 1, RT, YES, 2, NUMBER, 0},  /* 0, 2: average; 1: sum */
    /* Data transfer interface: nvm.h. */
    {"data_transfer_if_1_ctrl",               0x0a00, 1, RW, YES, 0, NUMBER, 0},  /* enable, write, clear_error */
    {"data_transfer_if_1_status",             0x0a01, 1, RO, YES, 0, NUMBER, 0},  /* read, write ready; corrupted, improper */
    {"data_transfer_if_1_page_select",        0x0a02, 1, RW, YES, 0, NUMBER, 0},
#define X(n) {"data_transfer_if_1_data_" #n, 0x0a04 + n, 1, RW, YES, 0, NUMBER, 0},
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
    X(32) X(33) X(34) X(35) X(36) X(37) X(38) X(39) X(40) X(41) X(42) X(43) X(44) X(45) X(46) X(47)
    X(48) X(49) X(50) X(51) X(52) X(53) X(54) X(55) X(56) X(57) X(58) X(59) X(60) X(61) X(62) X(63)
#undef X
    /* Stills; integration lasts coarse_integration_time until the first row is read (assumed). */
    {"global_reset_ctrl1",                    0x0c00, 1, RT, YES, 0, NUMBER, 0},  /* 0: rows begin together, in frame after frame */
    {"global_reset_mode_config1",             0x0c02, 1, RW, YES, 0x10, NUMBER, 0},  /* 4: again and again, the only way that there is */
    {"tshutter_strobe_delay_ctrl",            0x0c08, 2, RT, YES, 0, NUMBER, 0},  /* lines until a mechanical shutter closes (0: never; assumed) */
    /* Limits. */
    {"integration_time_capability",           0x1000, 2, RO, YES, 1, NUMBER, 0},
    {"coarse_integration_time_min",           0x1004, 2, RO, YES, 8, U32(timing.coarse_min), 0},
    {"coarse_integration_time_max_margin",    0x1006, 2, RO, YES, 22, U32(timing.coarse_margin), 0},
    {"fine_integration_time_min",             0x1008, 2, RO, YES, 0, NUMBER, 0},
    {"fine_integration_time_max_margin",      0x100a, 2, RO, YES, 1, U32(timing.fine_margin), 0},
    {"digital_gain_capability",               0x1081, 1, RO, YES, 1, NUMBER, 0},  /* by color: as the drivers write it */
    {"digital_gain_min",                      0x1084, 2, RO, YES, 0x0100, NUMBER, 0},
    {"digital_gain_max",                      0x1086, 2, RO, YES, 0xffff, NUMBER, 0},
    {"digital_gain_step_size",                0x1088, 2, RO, YES, 1, NUMBER, 0},
    {"min_ext_clk_freq_mhz",                  0x1100, 4, RO, YES, 0x40c00000, MHZ(inck_range_hz[0]), 0},
    {"max_ext_clk_freq_mhz",                  0x1104, 4, RO, YES, 0x41d80000, MHZ(inck_range_hz[1]), 0},
    {"min_pre_pll_clk_div",                   0x1108, 2, RO, YES, 1, U32(vt.pre_div[0]), 0},
    {"max_pre_pll_clk_div",                   0x110a, 2, RO, YES, 4, U32(vt.pre_div[1]), 0},
    {"min_pll_ip_clk_freq_mhz",               0x110c, 4, RO, YES, 0x40c00000, MHZ(vt.ip_hz[0]), 0},
    {"max_pll_ip_clk_freq_mhz",               0x1110, 4, RO, YES, 0x41d80000, MHZ(vt.ip_hz[1]), 0},
    {"min_pll_multiplier",                    0x1114, 2, RO, YES, 16, U32(vt.multiplier[0]), 0},
    {"max_pll_multiplier",                    0x1116, 2, RO, YES, 1023, U32(vt.multiplier[1]), 0},
    {"min_pll_op_clk_freq_mhz",               0x1118, 4, RO, YES, 0x44480000, MHZ(vt.vco_hz[0]), 0},
    {"max_pll_op_clk_freq_mhz",               0x111c, 4, RO, YES, 0x45098000, MHZ(vt.vco_hz[1]), 0},
    {"min_vt_sys_clk_div",                    0x1120, 2, RO, YES, 1, U32(vt.sys_div[0]), 0},
    {"max_vt_sys_clk_div",                    0x1122, 2, RO, YES, 4, U32(vt.sys_div[1]), 0},
    {"min_vt_sys_clk_freq_mhz",               0x1124, 4, RO, YES, 0x43480000, MHZ(vt.sys_hz[0]), 0},
    {"max_vt_sys_clk_freq_mhz",               0x1128, 4, RO, YES, 0x45098000, MHZ(vt.sys_hz[1]), 0},
    {"min_vt_pix_clk_freq_mhz",               0x112c, 4, RO, YES, 0x41a00000, MHZ(vt.pix_hz[0]), 0},
    {"max_vt_pix_clk_freq_mhz",               0x1130, 4, RO, YES, 0x437a0000, MHZ(vt.pix_hz[1]), 0},
    {"min_vt_pix_clk_div",                    0x1134, 2, RO, YES, 1, U32(vt.pix_div[0]), 0},
    {"max_vt_pix_clk_div",                    0x1136, 2, RO, YES, 20, U32(vt.pix_div[1]), 0},
    {"clock_calculation",                     0x1138, 1, RO, YES, 3, NUMBER, 0},  /* rates of a lane; link decoupled */
    {"num_of_vt_lanes",                       0x1139, 1, RO, YES, 4, U32(vt_lanes), 0},
    {"num_of_op_lanes",                       0x113a, 1, RO, YES, 2, U32(op_lanes), 0},
    {"min_frame_length_lines",                0x1140, 2, RO, YES, 30, U32(timing.frame_min), 0},
    {"max_frame_length_lines",                0x1142, 2, RO, YES, 0xffdc, U32(timing.frame_max), 0},
    {"min_line_length_pck",                   0x1144, 2, RO, YES, 4043, U32(timing.line_min), 0},  /* at the power-up clock, pixels off the link */
    {"max_line_length_pck",                   0x1146, 2, RO, YES, 0xfff0, U32(timing.line_max), 0},
    {"min_line_blanking_pck",                 0x1148, 2, RO, YES, 0, NUMBER, 0},
    {"min_frame_blanking_lines",              0x114a, 2, RO, YES, 22, U32(timing.frame_blank_min), 0},
    {"min_line_length_pck_step_size",         0x114c, 1, RO, YES, 1, NUMBER, 0},
    {"timing_mode_capability",                0x114d, 1, RO, YES, 1, NUMBER, 0},  /* automatic frame length */
    {"frame_margin_max_value",                0x114e, 2, RO, YES, 0, NUMBER, 0},
    {"frame_margin_min_value",                0x1150, 1, RO, YES, 0, NUMBER, 0},
    {"gain_delay_type",                       0x1151, 1, RO, YES, 0, NUMBER, 0},  /* fixed */
    {"min_op_sys_clk_div",                    0x1160, 2, RO, YES, 1, U32(op.sys_div[0]), 0},
    {"max_op_sys_clk_div",                    0x1162, 2, RO, YES, 8, U32(op.sys_div[1]), 0},
    {"min_op_sys_clk_freq_mhz",               0x1164, 4, RO, YES, 0x42a00000, MHZ(op.sys_hz[0]), 0},
    {"max_op_sys_clk_freq_mhz",               0x1168, 4, RO, YES, 0x45034000, MHZ(op.sys_hz[1]), 0},
    {"min_op_pix_clk_div",                    0x116c, 2, RO, YES, 8, U32(op.pix_div[0]), 0},
    {"max_op_pix_clk_div",                    0x116e, 2, RO, YES, 12, U32(op.pix_div[1]), 0},
    {"min_op_pix_clk_freq_mhz",               0x1170, 4, RO, YES, 0x41000000, MHZ(op.pix_hz[0]), 0},
    {"max_op_pix_clk_freq_mhz",               0x1174, 4, RO, YES, 0x43834000, MHZ(op.pix_hz[1]), 0},
    {"x_addr_min",                            0x1180, 2, RO, YES, 0, NUMBER, 0},
    {"y_addr_min",                            0x1182, 2, RO, YES, 0, NUMBER, 0},
    {"x_addr_max",                            0x1184, 2, RO, YES, 4055, U32(timing.x_last), 0},
    {"y_addr_max",                            0x1186, 2, RO, YES, 3039, U32(timing.y_last), 0},
    {"min_x_output_size",                     0x1188, 2, RO, YES, 4, NUMBER, 0},
    {"min_y_output_size",                     0x118a, 2, RO, YES, 4, NUMBER, 0},
    {"max_x_output_size",                     0x118c, 2, RO, YES, 4056, U32(timing.width), 0},
    {"max_y_output_size",                     0x118e, 2, RO, YES, 3040, U32(timing.height), 0},
    {"min_op_pre_pll_clk_div",                0x11a0, 2, RO, YES, 1, U32(op.pre_div[0]), 0},
    {"max_op_pre_pll_clk_div",                0x11a2, 2, RO, YES, 4, U32(op.pre_div[1]), 0},
    {"min_op_pll_ip_clk_freq_mhz",            0x11a4, 4, RO, YES, 0x40c00000, MHZ(op.ip_hz[0]), 0},
    {"max_op_pll_ip_clk_freq_mhz",            0x11a8, 4, RO, YES, 0x41d80000, MHZ(op.ip_hz[1]), 0},
    {"min_op_pll_multiplier",                 0x11ac, 2, RO, YES, 16, U32(op.multiplier[0]), 0},
    {"max_op_pll_multiplier",                 0x11ae, 2, RO, YES, 1023, U32(op.multiplier[1]), 0},
    {"min_op_pll_op_clk_freq_mhz",            0x11b0, 4, RO, YES, 0x44480000, MHZ(op.vco_hz[0]), 0},
    {"max_op_pll_op_clk_freq_mhz",            0x11b4, 4, RO, YES, 0x45098000, MHZ(op.vco_hz[1]), 0},
    {"clock_tree_pll_capability",             0x11b8, 1, RO, YES, 3, NUMBER, 0},  /* one or two PLLs */
    {"clock_capa_type_capability",            0x11b9, 1, RO, YES, 0, NUMBER, 0},  /* limits as IEEE 754 */
    {"min_even_inc",                          0x11c0, 2, RO, YES, 1, NUMBER, 0},
    {"min_odd_inc",                           0x11c2, 2, RO, YES, 1, NUMBER, 0},
    {"max_even_inc",                          0x11c4, 2, RO, YES, 15, U32(timing.inc_max), 0},
    {"max_odd_inc",                           0x11c6, 2, RO, YES, 15, U32(timing.inc_max), 0},
    {"scaling_capability",                    0x1200, 2, RO, YES, 0, NUMBER, 0},  /* none */
    {"scaler_m_min",                          0x1204, 2, RO, YES, 16, NUMBER, 0},
    {"scaler_m_max",                          0x1206, 2, RO, YES, 16, NUMBER, 0},
    {"scaler_n_min",                          0x1208, 2, RO, YES, 16, NUMBER, 0},
    {"scaler_n_max",                          0x120a, 2, RO, YES, 16, NUMBER, 0},
    {"digital_crop_capability",               0x120e, 1, RO, YES, 1, NUMBER, 0},
    {"hdr_capability_1",                      0x1210, 1, RO, YES, 0x20, NUMBER, 0},  /* short exposure direct */
    {"min_hdr_bit_depth",                     0x1211, 1, RO, YES, 10, U32(timing.raw_bits), 0},
    {"hdr_resolution_sub_types",              0x1212, 1, RO, YES, 1, NUMBER, 0},
    {"hdr_resolution_sub_type_0",             0x1213, 1, RO, YES, 0x11, NUMBER, 0},
    {"hdr_capability_2",                      0x121b, 1, RO, YES, 0, NUMBER, 0},
    {"max_hdr_bit_depth",                     0x121c, 1, RO, YES, 10, U32(timing.raw_bits), 0},
    {"compression_capability",                0x1300, 1, RO, YES, 0, NUMBER, 0},
    {"test_mode_capability",                  0x1310, 2, RO, YES, 0x0f, NUMBER, 0},
    {"fifo_support_capability",               0x1502, 1, RO, YES, 2, U32(fifo), 0},  /* 0 none, 1 derating, 2 overrating, too */
    {"phy_ctrl_capability",                    0x1600, 1, RO, YES, 0x27, NUMBER, 0},  /* automatic, UI, times of 8 and 16 bits in UI */
    {"csi_dphy_lane_mode_capability",          0x1601, 1, RO, YES, 0x03, U32(link.dphy_lanes), 0},
    {"csi_signaling_mode_capability",          0x1602, 1, RO, YES, 0x04, U32(link.signalings), 0},
    {"fast_standby_capability",               0x1603, 1, RO, YES, 1, NUMBER, 0},  /* frames can be truncated */
    {"csi_address_control_capability",        0x1604, 1, RO, YES, 1, NUMBER, 0},  /* cci_address_ctrl */
    {"data_type_capability",                  0x1605, 1, RO, YES, 0x08, NUMBER, 0},  /* virtual channels 0..15 */
    {"csi_cphy_lane_mode_capability",          0x1606, 1, RO, YES, 0, U32(link.cphy_lanes), 0},
    {"emb_data_capability",                   0x1607, 1, RO, YES, 0, NUMBER, 0},  /* one byte a pixel, as ever */
    {"max_per_lane_bitrate_d_mode_mbps",       0x1608, 4, RO, YES, 0x08340000, U32(link.dphy_rate), 0},  /* 16.16 */
    {"temp_sensor_capability",                0x1618, 1, RO, YES, 3, NUMBER, 0},  /* there, in CCS's format */
    {"max_per_lane_bitrate_c_mode_mbps",       0x161a, 4, RO, YES, 0, U32(link.cphy_rate), 0},
    {"dphy_calibration_capability",            0x1630, 1, RO, YES, 0, NUMBER, 0},  /* nothing but by registers 0x0830..0x0832 */
    {"phy_ctrl_capability_2",                  0x1631, 1, RO, YES, 0, U32(link.cphy_ctrl), 0},
    {"lrte_cphy_capability",                   0x1632, 1, RO, YES, 0, U32(link.cphy_lrte), 0},
    {"lrte_dphy_capability",                   0x1633, 1, RO, YES, 0x3f, NUMBER, 0},  /* both options, with spacers */
    {"scrambling_capability",                  0x1636, 1, RO, YES, 0x49, NUMBER, 0},  /* one seed register a lane */
    {"csi2_interface_capability_misc",         0x1639, 1, RO, YES, 0, NUMBER, 0},  /* no end-of-transmission short packet */
    {"phy_ctrl_capability_3",                  0x165c, 1, RO, YES, 0x13, NUMBER, 0},  /* any time from value 0 = 1 UI; ths_exit */
    {"min_frame_length_lines_bin",            0x1700, 2, RO, YES, 30, U32(timing.frame_min), 0},
    {"max_frame_length_lines_bin",            0x1702, 2, RO, YES, 0xffdc, U32(timing.frame_max), 0},
    {"min_line_length_pck_bin",               0x1704, 2, RO, YES, 2704, U32(timing.line_min_binned), 0},  /* the same */
    {"max_line_length_pck_bin",               0x1706, 2, RO, YES, 0xfff0, U32(timing.line_max), 0},
    {"min_line_blanking_pck_bin",             0x1708, 2, RO, YES, 0, NUMBER, 0},
    {"fine_integration_time_min_bin",         0x170a, 2, RO, YES, 0, NUMBER, 0},
    {"fine_integration_time_max_margin_bin",  0x170c, 2, RO, YES, 1, U32(timing.fine_margin), 0},
    {"binning_capability",                    0x1710, 1, RO, YES, 2, NUMBER, 0},  /* of what subsampling leaves */
    {"binning_weighting_capability",          0x1711, 1, RO, YES, 3, NUMBER, 0},
    {"binning_sub_types",                     0x1712, 1, RO, YES, 3, NUMBER, 0},
    {"binning_sub_type_1",                    0x1713, 1, RO, YES, 0x12, NUMBER, 0},
    {"binning_sub_type_2",                    0x1714, 1, RO, YES, 0x21, NUMBER, 0},
    {"binning_sub_type_3",                    0x1715, 1, RO, YES, 0x22, NUMBER, 0},
    {"data_transfer_if_capability",           0x1800, 1, RO, YES, 5, NUMBER, 0},  /* there, with polling */
    /* The IMX500's MIPI output and its channels 6 to 9: KPI, input tensor, output tensor, PQ settings (facts: IMX500 3);
     * obeyed by firmware/app_imx500.c. After power-up as the kernel driver sets them (assumed). */
    {"mipi_output",                           0x3050, 1, RW, YES, 0x01, NUMBER, 0x0500},  /* 0: nothing leaves */
    {"mipi_pixels",                           0x3051, 1, RW, YES, 0x01, NUMBER, 0x0500},  /* pixels in the frame */
    {"mipi_metadata",                         0x3052, 1, RW, YES, 0x01, NUMBER, 0x0500},  /* tensor lines in the frame */
    {"ch06_kpi_x_size",                       0x3054, 2, RW, YES, 0xa00, NUMBER, 0x0500},  /* bytes of a line */
    {"ch07_input_x_size",                     0x3056, 2, RW, YES, 0xa00, NUMBER, 0x0500},
    {"ch08_output_x_size",                    0x3058, 2, RW, YES, 0xa00, NUMBER, 0x0500},
    {"ch09_pq_x_size",                        0x305a, 2, RW, YES, 0xa00, NUMBER, 0x0500},
    {"ch06_kpi_y_size",                       0x305c, 2, RW, YES, 0x01, NUMBER, 0x0500},
    {"ch07_input_y_size",                     0x305e, 2, RW, YES, 0x00, NUMBER, 0x0500},  /* lines; 0: as many as the network needs (assumed) */
    {"ch08_output_y_size",                    0x3060, 2, RW, YES, 0x00, NUMBER, 0x0500},
    {"ch09_pq_y_size",                        0x3062, 2, RW, YES, 0x01, NUMBER, 0x0500},
    {"ch06_kpi_vc",                           0x3064, 1, RW, YES, 0x00, NUMBER, 0x0500},  /* that of the image: in its frames; others have frames of their own */
    {"ch07_input_vc",                         0x3065, 1, RW, YES, 0x00, NUMBER, 0x0500},
    {"ch08_output_vc",                        0x3066, 1, RW, YES, 0x00, NUMBER, 0x0500},
    {"ch09_pq_vc",                            0x3067, 1, RW, YES, 0x00, NUMBER, 0x0500},
    {"ch06_kpi_dt",                           0x3068, 1, RW, YES, 0x12, NUMBER, 0x0500},  /* ccs_channels.c */
    {"ch07_input_dt",                         0x3069, 1, RW, YES, 0x12, NUMBER, 0x0500},
    {"ch08_output_dt",                        0x306a, 1, RW, YES, 0x12, NUMBER, 0x0500},
    {"ch09_pq_dt",                            0x306b, 1, RW, YES, 0x12, NUMBER, 0x0500},
    {"ch06_kpi_packing",                      0x306c, 1, RW, YES, 0x02, NUMBER, 0x0500},  /* 2: 8 bits a pixel, 3: 10 bits */
    {"ch07_input_packing",                    0x306d, 1, RW, YES, 0x02, NUMBER, 0x0500},
    {"ch08_output_packing",                   0x306e, 1, RW, YES, 0x02, NUMBER, 0x0500},
    {"ch09_pq_packing",                       0x306f, 1, RW, YES, 0x02, NUMBER, 0x0500},
    /* Starts what the dd_ registers below ask for; rests at 0xff (assumed). */
    {"dd_cmd_int",                            0x3080, 1, RW, YES, 0xff, NUMBER, 0},
    /* Frame length and integration time times 2^n, 0..7 (kernel drivers). */
    {"imx477_exp_shift",                      0x3100, 1, RT, YES, 0, NUMBER, 0x0477},
    {"imx500_exp_shift",                      0x3210, 1, RT, YES, 0, NUMBER, 0x0500},
    /* What a host sets in an application. */
#define X(NAME, addr, bytes, access, reset, chip, key, least, most, help) {"app_" key, addr, bytes, ACCESS_##access, YES, reset, RESET_##chip, 0},
    APP_SETTINGS(X)
#undef X
    /* Mailbox: mailbox.h (assumed). */
    {"mbx_command",                           0x9100, 2, RW, YES, 0, NUMBER, 0},
    {"mbx_status",                            0x9102, 2, RO, YES, 0, NUMBER, 0},
    {"mbx_result",                            0x9104, 2, RO, YES, 0, NUMBER, 0},
    {"mbx_ack",                               0x9106, 2, RW, YES, 0, NUMBER, 0},
    {"mbx_event",                             0x9108, 2, RO, YES, 0, NUMBER, 0},
#define X(n) {"mbx_data" #n, 0x9110 + 4 * n, 4, RW, YES, 0, NUMBER, 0},
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#undef X
    /* What the boot ROM reports: firmware/include/boot_image.h (assumed). */
    {"boot_status",                           0x9180, 2, RO, YES, 0, NUMBER, 0},
    {"boot_error_a",                          0x9182, 2, RO, YES, 0, NUMBER, 0},
    {"boot_error_b",                          0x9184, 2, RO, YES, 0, NUMBER, 0},
#define X(n, NAME, offset, bytes, reset, key, help) {"app_zone_" #n "_" key, APP_ZONE_BASE + APP_ZONE_BYTES * n + offset, bytes, RW, YES, reset, NUMBER, 0},
#define ZONE(n) APP_ZONE_REGS(X, n)
    APP_ZONES(ZONE)
#undef ZONE
#undef X
#define X(n, NAME, offset, bytes, reset, key, help) {"app_facing_" #n "_" key, APP_FACING_BASE + APP_FACING_BYTES * n + offset, bytes, RW, YES, reset, NUMBER, 0},
#define FACING(n) APP_FACING_REGS(X, n)
    APP_FACINGS(FACING)
#undef FACING
#undef X
    {"image_only_mode",                       0xa700, 1, RW, YES, 0, NUMBER, 0x0500},  /* 1: no DNN, no tensor lines; frames go on */
    /* Download of firmware and network, by the kernel driver's names (facts: IMX500 2.2); obeyed by
     * the boot ROM, firmware/download.c. */
    {"dd_st_trans_cmd",                       0xd000, 1, RW, YES, 0, NUMBER, 0},
    {"dd_update_cmd",                         0xd001, 1, RW, YES, 0, NUMBER, 0},  /* 0: into memory; 1: into flash */
    {"dd_load_mode",                          0xd002, 1, RW, YES, 0, NUMBER, 0},  /* 0: from the host; 1: from flash */
    {"dd_image_type",                         0xd003, 1, RW, YES, 0, NUMBER, 0},
    {"dd_download_div_num",                   0xd004, 1, RW, YES, 0, NUMBER, 0},
    {"dd_flash_type",                         0xd005, 1, RW, YES, 2, NUMBER, 0},  /* 2 as the driver writes it; reset assumed */
    {"dd_download_file_size",                 0xd008, 4, RW, YES, 0, NUMBER, 0},
    {"dd_ref_sts_reply_cnt",                  0xd010, 1, RO, YES, 0, NUMBER, 0},
    {"dd_ref_sts_err_cnt",                    0xd011, 1, RO, YES, 0, NUMBER, 0},
    {"dd_ref_sts_detect_cnt",                 0xd012, 1, RO, YES, 0, NUMBER, 0},  /* errors that the data had */
    {"dd_ref_sts_fatal",                      0xd013, 1, RO, YES, 0, NUMBER, 0},  /* 1: exception in the boot ROM */
    {"dd_cmd_reply_sts",                      0xd014, 1, RO, YES, 0, NUMBER, 0},
    {"dd_download_sts",                       0xd015, 1, RO, YES, 0, NUMBER, 0},
    {"dd_update_cancel",                      0xd016, 1, RW, YES, 0, NUMBER, 0},  /* 1: an update under way ends; 0 when the next one begins */
    {"dd_err_sts",                            0xd020, 1, RO, YES, 0, NUMBER, 0},  /* of the last reply: 0 state, 1 internal, 2 parameter */
    {"dd_sys_state",                          0xd02a, 1, RO, YES, 0, NUMBER, 0},  /* 0 standby, 1 streaming; 2, 3: with network */
    {"main_fw_version",                       0xd07c, 4, RO, YES, 0, NUMBER, 0},  /* of the boot image, major.minor.patch.0; 0: nobody has booted from one */
    {"dnn_mode",                              0xd100, 1, RW, YES, 4, NUMBER, 0x0500},  /* 4: on, 0: off; reset assumed */
    {"startup_frame_drops",                   0xd405, 1, RW, YES, 0, NUMBER, 0x0500},  /* frames at the start of a stream that do not leave; reset assumed */
    {"dwp_ap_vc_voff",                        0xd500, 2, RW, YES, 0, NUMBER, 0},  /* inference crop, driver's names */
    {"dwp_ap_vc_hoff",                        0xd502, 2, RW, YES, 0, NUMBER, 0},
    {"dwp_ap_vc_vsize",                       0xd504, 2, RW, YES, 3040, U32(timing.height), 0},
    {"dwp_ap_vc_hsize",                       0xd506, 2, RW, YES, 4056, U32(timing.width), 0},
    /* The way to the input tensor of networks 0 to 2: firmware/imx500_input.c. Names are those of the maker's host code; after
     * power-up signed codes, x - 128 (assumed). Gain: 5 bits of fraction. add: 9 bits, signed; shift: 0, 1. */
    {"lev_pl_gain_value_0",                    0xd600, 1, RW, YES, 0x20, NUMBER, 0x0500},
    {"lev_pl_gain_value_1",                    0xd601, 1, RW, YES, 0x20, NUMBER, 0x0500},
    {"lev_pl_gain_value_2",                    0xd602, 1, RW, YES, 0x20, NUMBER, 0x0500},
#define X(n, ym_sft, ym_add, cb_sft, cb_add, cr_sft, cr_add) \
    {"lev_pl_norm_ym_ysft_" #n, ym_sft, 1, RW, YES, 0,     NUMBER, 0x0500}, \
    {"lev_pl_norm_ym_yadd_" #n, ym_add, 2, RW, YES, 0x180, NUMBER, 0x0500}, \
    {"lev_pl_norm_cb_ysft_" #n, cb_sft, 1, RW, YES, 0,     NUMBER, 0x0500}, \
    {"lev_pl_norm_cb_yadd_" #n, cb_add, 2, RW, YES, 0x180, NUMBER, 0x0500}, \
    {"lev_pl_norm_cr_ysft_" #n, cr_sft, 1, RW, YES, 0,     NUMBER, 0x0500}, \
    {"lev_pl_norm_cr_yadd_" #n, cr_add, 2, RW, YES, 0x180, NUMBER, 0x0500},
    X(0, 0xd629, 0xd62a, 0xd630, 0xd632, 0xd638, 0xd63a)
    X(1, 0xd643, 0xd644, 0xd647, 0xd648, 0xd64b, 0xd64c)
    X(2, 0xd64f, 0xd650, 0xd653, 0xd654, 0xd657, 0xd658)
#undef X
    {"image_rotate",                          0xd680, 1, RW, YES, 0, NUMBER, 0},  /* of the input tensor: quarter turns clockwise, 0..3 */
    /* Bayer RGB: R, Gr, Gb, B. */
#define NORM(name, addr, model) \
    {name "_add",      addr,     2, RW, model, 0x180, NUMBER, 0x0500}, \
    {name "_shift",    addr + 2, 1, RW, model, 0,     NUMBER, 0x0500}, \
    {name "_clip_max", addr + 4, 2, RW, model, 0x07f, NUMBER, 0x0500}, \
    {name "_clip_min", addr + 6, 2, RW, model, 0x180, NUMBER, 0x0500},
#define X(n) \
    NORM("rot_dnn_norm_" #n "_r",  0xd684 + 0x20 * n, YES) NORM("rot_dnn_norm_" #n "_gr", 0xd68c + 0x20 * n, YES) \
    NORM("rot_dnn_norm_" #n "_gb", 0xd694 + 0x20 * n, YES) NORM("rot_dnn_norm_" #n "_b",  0xd69c + 0x20 * n, YES)
    X(0) X(1) X(2)
#undef X
    {"network_select",                        0xd701, 1, RW, YES, 0, NUMBER, 0x0500},  /* 0: the first; what is not there reads as what runs (assumed) */
    /* What it does is not published: with the values that networks bring, -128 here and in the matrix, it cannot stand behind that. */
#define X(n) \
    NORM("dnn_input_norm_" #n "_0", 0xd708 + 0x18 * n, NO) NORM("dnn_input_norm_" #n "_1", 0xd710 + 0x18 * n, NO) \
    NORM("dnn_input_norm_" #n "_2", 0xd718 + 0x18 * n, NO)
    X(0) X(1) X(2)
#undef X
#undef NORM
    {"dnn_input_format_0",                     0xd750, 1, RW, YES, 2, NUMBER, 0x0500},  /* 1 Y, 2 by the matrix, 5 Bayer RGB; others are not published */
    {"dnn_input_format_1",                     0xd751, 1, RW, YES, 2, NUMBER, 0x0500},
    {"dnn_input_format_2",                     0xd752, 1, RW, YES, 2, NUMBER, 0x0500},
    /* q = (((K0 R + K1 G + K2 B) >> 6) + K3) >> 4; K0..K2 12 bits, K3 13 bits, signed; clip: 24:16 most, 8:0 least, 9 bits, signed. */
#define ROW(n, i, addr, k0, k1, k2) \
    {"dnn_ycmtrx_" #n "_k" #i "0", addr,     2, RW, YES, k0,     NUMBER, 0x0500}, \
    {"dnn_ycmtrx_" #n "_k" #i "1", addr + 2, 2, RW, YES, k1,     NUMBER, 0x0500}, \
    {"dnn_ycmtrx_" #n "_k" #i "2", addr + 4, 2, RW, YES, k2,     NUMBER, 0x0500}, \
    {"dnn_ycmtrx_" #n "_k" #i "3", addr + 6, 2, RW, YES, 0x1800, NUMBER, 0x0500},
#define CLIPS(name, n, addr) \
    {name #n "_y_clip",  addr,     4, RW, YES, 0x007f0180, NUMBER, 0x0500}, \
    {name #n "_cb_clip", addr + 4, 4, RW, YES, 0x007f0180, NUMBER, 0x0500}, \
    {name #n "_cr_clip", addr + 8, 4, RW, YES, 0x007f0180, NUMBER, 0x0500},
#define X(n) \
    ROW(n, 0, 0xd76c + 0x24 * n, 0x400, 0, 0) ROW(n, 1, 0xd774 + 0x24 * n, 0, 0x400, 0) \
    ROW(n, 2, 0xd77c + 0x24 * n, 0, 0, 0x400) CLIPS("dnn_ycmtrx_", n, 0xd784 + 0x24 * n)
    X(0) X(1) X(2)
#undef X
    CLIPS("dnn_norm_", 0, 0xd7d8) CLIPS("dnn_norm_", 1, 0xd7e4) CLIPS("dnn_norm_", 2, 0xd7f0)
#undef ROW
#undef CLIPS
    {"colour_balance_r",                       0xd804, 2, RW, YES, 386, U32(tensor.gain[0]), 0x0500},  /* 8.8, 1..0xfff; the chip's own, where the driver begins with 0x100 */
    {"colour_balance_gr",                      0xd806, 2, RW, YES, 274, U32(tensor.gain[1]), 0x0500},
    {"colour_balance_gb",                      0xd808, 2, RW, YES, 274, U32(tensor.gain[2]), 0x0500},
    {"colour_balance_b",                       0xd80a, 2, RW, YES, 402, U32(tensor.gain[3]), 0x0500},
    {"black_level_r",                          0xd80c, 2, RW, YES, 256, U32(tensor.black[0]), 0x0500},  /* of 12 bits */
    {"black_level_gr",                         0xd80e, 2, RW, YES, 256, U32(tensor.black[1]), 0x0500},
    {"black_level_gb",                         0xd810, 2, RW, YES, 256, U32(tensor.black[2]), 0x0500},
    {"black_level_b",                          0xd812, 2, RW, YES, 256, U32(tensor.black[3]), 0x0500},
    {"gamma_enable",                           0xd814, 1, RW, YES, 1, NUMBER, 0x0500},  /* 0: linear; from the next stream on */
    {"lens_shading_enable",                    0xd826, 1, RW, YES, 0, NUMBER, 0x0500},  /* 1: the grid at 0xe000, 0: the chip file's, if it has one; from the next stream on */
    /* Codes of 43 points; those of G and B are not looked at. */
#define X(n, codes) {"gamma_r_" #n, 0xd850 + 4 * n, 4, RW, YES, codes, NUMBER, 0x0500},
    GAMMA_WORDS(X)
#undef X
    {"gamma_r_end", 0xd8a4, 2, RW, YES, 255, NUMBER, 0x0500},
#define X(n, codes) {"gamma_g_" #n, 0xd8a8 + 4 * n, 4, RW, NO, codes, NUMBER, 0x0500},
    GAMMA_WORDS(X)
#undef X
    {"gamma_g_end", 0xd8fc, 2, RW, NO, 255, NUMBER, 0x0500},
#define X(n, codes) {"gamma_b_" #n, 0xd900 + 4 * n, 4, RW, NO, codes, NUMBER, 0x0500},
    GAMMA_WORDS(X)
#undef X
    {"gamma_b_end", 0xd954, 2, RW, NO, 255, NUMBER, 0x0500},
    /* Gains, 0x100 is 1: rows of 16 nodes, R and Gr of each, then from row 12 on Gb and B (which is which is assumed). */
#define X(row, n) {"lens_shading_" #row "_" #n, 0xe000 + 64 * row + 4 * n, 4, RW, YES, 0x01000100, NUMBER, 0x0500},
#define ROW(row) X(row, 0) X(row, 1) X(row, 2) X(row, 3) X(row, 4) X(row, 5) X(row, 6) X(row, 7) \
    X(row, 8) X(row, 9) X(row, 10) X(row, 11) X(row, 12) X(row, 13) X(row, 14) X(row, 15)
    ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7) ROW(8) ROW(9) ROW(10) ROW(11)
    ROW(12) ROW(13) ROW(14) ROW(15) ROW(16) ROW(17) ROW(18) ROW(19) ROW(20) ROW(21) ROW(22) ROW(23)
#undef ROW
#undef X
};
#undef RO
#undef RW
#undef RT
#undef YES
#undef NO
#undef NUMBER
#undef ACCESS_SETTING
#undef ACCESS_OWN
#undef ACCESS_STATUS
#undef RESET_FIXED
#undef RESET_MIDDLE
#undef GAMMA_WORDS
#undef U32
#undef MHZ
/* clang-format on */

const ccs_reg_t *ccs_regs(uint32_t *count)
{
    *count = SIM_COUNT(ccs_table);
    return ccs_table;
}

/* The table is in the order of addresses. */
const ccs_reg_t *ccs_covering(const ccs_desc_t *desc, uint16_t addr)
{
    size_t low = 0, high = SIM_COUNT(ccs_table); /* those before low begin at addr or below */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ccs_table[middle].addr <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const ccs_reg_t *reg = &ccs_table[low - 1];
    bool here = reg->model == 0 || reg->model == desc->model;
    return here && addr - reg->addr < reg->bytes ? reg : NULL;
}

const ccs_reg_t *ccs_find(const ccs_desc_t *desc, uint16_t addr)
{
    const ccs_reg_t *reg = ccs_covering(desc, addr);
    return reg != NULL && reg->addr == addr ? reg : NULL;
}

const ccs_reg_t *ccs_named(const char *name)
{
    char *end;
    unsigned long number = strtoul(name, &end, 0);
    bool numeric = *end == '\0' && end != name;
    for (uint32_t i = 0; i < SIM_COUNT(ccs_table); i++)
        if ((numeric && number == ccs_table[i].addr) || strcmp(name, ccs_table[i].name) == 0)
            return &ccs_table[i];
    return NULL;
}
