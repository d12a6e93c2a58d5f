/*
 * fovea_settings.h - the one table of what a host sets in an application, as CCS registers:
 * numbers, and zones and facings with names that stay with the host.
 *
 * Compiled by the chip's register table (logic/ccs_regs.c: `app_` and the key is a register's
 * name), by the firmware (APP_... are addresses), by the scenario reader ("settings") and by
 * `fovea regs`. An application of its own adds its rows, in the order of addresses. Addresses and
 * meaning are Fovea's own (assumed).
 */
#ifndef FOVEA_SETTINGS_H
#define FOVEA_SETTINGS_H

/*
 * X(NAME, address, bytes, access, reset, chip, key, least, most, help)
 *   access  SETTING: "settings" of a scenario; OWN: the scenario says it elsewhere; STATUS: of the
 *           firmware, read-only
 *   chip    FIXED: reset as it stands; MIDDLE: that of the IMX500, of others half their width
 */
/* clang-format off */
#define APP_SETTINGS(X)                                                                                                                                         \
    X(SCORE_MIN,       0x9000, 2, SETTING, 128,  FIXED,  "score_min",       0, 255,   "least score of a box, 1/256")                                            \
    X(LINE_X,          0x9002, 2, SETTING, 2028, MIDDLE, "line_x",          0, 65535, "counting line, px of the active array; absent: the scene's")             \
    X(LINE_HYSTERESIS, 0x9004, 2, SETTING, 16,   FIXED,  "line_hysteresis", 0, 65535, "who crosses it goes on for so far, px")                                  \
    X(IMAGE_OUT,       0x9006, 2, OWN,     0,    FIXED,  "image_out",       0, 127,   "image on the link: 1 RAW, 2 ISP (with RAW: region), 4 as YUV422, 8 small: RGB565, YUV420; 16 LS and LE; 32 short packets when the network is done; 64 as YUV422-10")\
    X(AUTO,            0x9008, 2, SETTING, 0,    FIXED,  "auto",            0, 3,     "bits 0, 1: auto exposure, white balance")                                \
    X(AE_TARGET,       0x900a, 2, SETTING, 737,  FIXED,  "ae_target",       1, 4095,  "brightness: 18 % of 4095 DN")                                            \
    X(AE_FLICKER,      0x900c, 2, SETTING, 0,    FIXED,  "ae_flicker",      0, 65535, "of lamps, Hz; 0: none")                                                  \
    X(AUTO_STATUS,     0x900e, 2, STATUS,  0,    FIXED,  "auto_status",     0, 65535, "bits 0, 1: exposure settled, at a limit; 15:8: gray zones, 1/256")       \
    X(AE_METERING,     0x9010, 2, SETTING, 0,    FIXED,  "ae_metering",     0, 2,     "0 center weighted, 1 average, 2 highlights")                             \
    X(AE_CLIP,         0x9012, 2, SETTING, 100,  FIXED,  "ae_clip",         0, 10000, "of highlights at most so many may clip, 1/10000")                        \
    X(TNR,             0x9014, 2, SETTING, 0,    FIXED,  "tnr",             0, 256,   "temporal noise reduction: 0 off; else share of the new frame, 1/256")    \
    X(LINK_FILL,       0x9016, 2, SETTING, 0,    FIXED,  "link_fill",       0, 65535, "bytes of a blanking packet behind each image line; 0: none")             \
    X(TIME_OF_DAY,     0x9018, 4, SETTING, 0,    FIXED,  "time_of_day",     0, 86399, "at time 0, s")                                                           \
    X(HEAT_COLUMNS,    0x901c, 2, SETTING, 20,   FIXED,  "heat_columns",    1, 256,   "of the heat map's grid")                                                 \
    X(HEAT_ROWS,       0x901e, 2, SETTING, 15,   FIXED,  "heat_rows",       1, 256,   "and its rows; at most 768 cells")                                        \
    X(HEAT_INTERVAL_MS, 0x9020, 4, SETTING, 60000, FIXED, "heat_interval_ms", 1, 86400000, "between two heat maps")                                             \
    X(GUARD_ENTER_MS,  0x9024, 2, SETTING, 200,  FIXED,  "guard_enter_ms",  0, 65535, "who is inside a zone so long has entered it")                            \
    X(GUARD_LEAVE_MS,  0x9026, 2, SETTING, 1000, FIXED,  "guard_leave_ms",  0, 65535, "who is not seen inside so long has left it")                             \
    X(LOOK_MS,         0x9028, 2, SETTING, 500,  FIXED,  "look_ms",         50, 60000, "yes_no, shelf_stock: between two frames")                               \
    X(LOOK_GLANCES,    0x902a, 2, SETTING, 20,   FIXED,  "look_glances",    0, 65535, "yes_no: glances between two looks, at most; 0: looks only")              \
    X(LOOK_CHANGE,     0x902c, 2, SETTING, 12,   FIXED,  "look_change",     1, 255,   "yes_no: a zone has changed that differs by more, 1/256")                 \
    X(LOOK_LEAVE,      0x902e, 2, SETTING, 2,    FIXED,  "look_leave",      1, 255,   "yes_no: looks without anybody until nobody is there")                    \
    X(SCORE_LEAVE,     0x9030, 2, SETTING, 96,   FIXED,  "score_leave",     0, 255,   "yes_no: nobody is there below this score, 1/256")                        \
    X(STOP_RELEASE_MS, 0x9032, 2, SETTING, 500,  FIXED,  "stop_release_ms", 0, 65535, "cobot_stop: a cause is over that was not seen so long")                  \
    X(STOP_TIMEOUT_MS, 0x9034, 2, SETTING, 50,   FIXED,  "stop_timeout_ms", 1, 4000,  "cobot_stop: it is a fault that no result comes for so long")             \
    X(ROI_MARGIN,      0x9060, 2, SETTING, 48,   FIXED,  "roi_margin",      0, 1024,  "roi_stream: around each box, px")                                        \
    X(ROI_WIDTH,       0x9062, 2, SETTING, 640,  FIXED,  "roi_width",       2, 4096,  "roi_stream: a region with more samples in a line is made smaller")       \
    X(ROI_HEIGHT,      0x9064, 2, SETTING, 480,  FIXED,  "roi_height",      2, 4096,  "roi_stream: the same of its lines")                                      \
    X(ROI_PRIVACY,     0x9066, 2, SETTING, 0,    FIXED,  "roi_privacy",     0, 2,     "roi_stream: people are shown (0), filled (1), a mosaic (2)")             \
    X(ROI_CELL,        0x9068, 2, SETTING, 32,   FIXED,  "roi_cell",        4, 64,    "roi_stream: edge of a cell of the mosaic, samples of the frame")         \
    X(STOCK_HOLD_MS,   0x9070, 2, SETTING, 900,  FIXED,  "stock_hold_ms",   0, 65535, "shelf_stock: a facing that looks different for so long is different")    \
    X(STOCK_SHARE,     0x9072, 2, SETTING, 18,   FIXED,  "stock_share",     1, 255,   "shelf_stock: area that shows product, of a facing that is not empty, 1/256")\
    X(CLASSIFY_MOST,   0x9080, 2, SETTING, 8,    FIXED,  "classify_most",   0, 8,     "cascade: boxes that the second network looks at in a frame, at most")      \
    X(GESTURE_SWINGS,  0x9090, 2, SETTING, 3,    FIXED,  "gesture_swings",  1, 255,   "gesture: so many swings from side to side in a row are a wave")          \
    X(GESTURE_SWING,   0x9092, 2, SETTING, 56,   FIXED,  "gesture_swing",   1, 1024,  "gesture: a swing goes so far at least, 1/256 of the hand's size")        \
    X(GESTURE_HOLD_MS, 0x9094, 2, SETTING, 90,   FIXED,  "gesture_hold_ms", 0, 5000,  "gesture: thumb and index meet for so long in a pinch, at least")

/* Registers of a zone: X(n, NAME, offset, bytes, reset, key, help). */
#define APP_ZONE_REGS(X, n)                                                                                  \
    X(n, CORNER_0, 0x00, 4, 0,     "corner_0", "31:16 x, 15:0 y, signed, px of the active array")            \
    X(n, CORNER_1, 0x04, 4, 0,     "corner_1", "the next one, round the zone either way")                    \
    X(n, CORNER_2, 0x08, 4, 0,     "corner_2", "")                                                           \
    X(n, CORNER_3, 0x0c, 4, 0,     "corner_3", "")                                                           \
    X(n, CORNER_4, 0x10, 4, 0,     "corner_4", "")                                                           \
    X(n, CORNER_5, 0x14, 4, 0,     "corner_5", "")                                                           \
    X(n, CORNER_6, 0x18, 4, 0,     "corner_6", "")                                                           \
    X(n, CORNER_7, 0x1c, 4, 0,     "corner_7", "")                                                           \
    X(n, DWELL_MS, 0x20, 4, 0,     "dwell_ms", "how long somebody may stay, or must")                        \
    X(n, FROM,     0x24, 4, 0,     "from",     "the zone counts from this second of the day")                \
    X(n, TO,       0x28, 4, 86400, "to",       "to this one; earlier than `from`: over midnight")            \
    X(n, FLAGS,    0x2c, 2, 0,     "flags",    "the application's")                                          \
    X(n, CORNERS,  0x2e, 2, 0,     "corners",  "how many, 3..8; else there is no such zone: 0 while others change")

#define APP_ZONES(X)                                                                                \
    X(0)  X(1)  X(2)  X(3)  X(4)  X(5)  X(6)  X(7)  X(8)  X(9)  X(10) X(11) X(12) X(13) X(14) X(15) \
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)

/* Registers of a facing of a shelf, a rectangle: X(n, NAME, offset, bytes, reset, key, help). */
#define APP_FACING_REGS(X, n)                                                                                \
    X(n, CORNER,   0x00, 4, 0,     "corner",   "31:16 x, 15:0 y of its upper left, px of the active array")  \
    X(n, SIZE,     0x04, 4, 0,     "size",     "31:16 width, 15:0 height; 0: there is no such facing")

#define APP_FACINGS(X)                                                                              \
    X(0)  X(1)  X(2)  X(3)  X(4)  X(5)  X(6)  X(7)  X(8)  X(9)  X(10) X(11) X(12) X(13) X(14) X(15) \
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) \
    X(32) X(33) X(34) X(35) X(36) X(37) X(38) X(39) X(40) X(41) X(42) X(43) X(44) X(45) X(46) X(47) \
    X(48) X(49) X(50) X(51) X(52) X(53) X(54) X(55) X(56) X(57) X(58) X(59) X(60) X(61) X(62) X(63)
/* clang-format on */

enum {
    APP_ZONE_BASE = 0x9200,
    APP_ZONE_BYTES = 0x30,
    APP_ZONES_MOST = 32,
    APP_ZONE_MOST_CORNERS = 8,
    APP_FACING_BASE = 0x9800,
    APP_FACING_BYTES = 8,
    APP_FACINGS_MOST = 64,
    APP_HEAT_CELLS_MOST = 768
};

#define APP_ADDRESS(NAME, address, bytes, access, reset, chip, key, least, most, help)             \
    APP_##NAME = (address),
enum { APP_SETTINGS(APP_ADDRESS) };
#undef APP_ADDRESS

/* Of zone 0; those of zone n are n * APP_ZONE_BYTES behind them. */
#define APP_ADDRESS(n, NAME, offset, bytes, reset, key, help)                                      \
    APP_ZONE_##NAME = APP_ZONE_BASE + (offset),
enum { APP_ZONE_REGS(APP_ADDRESS, 0) };
#undef APP_ADDRESS

/* Of facing 0; those of facing n are n * APP_FACING_BYTES behind them. */
#define APP_ADDRESS(n, NAME, offset, bytes, reset, key, help)                                      \
    APP_FACING_##NAME = APP_FACING_BASE + (offset),
enum { APP_FACING_REGS(APP_ADDRESS, 0) };
#undef APP_ADDRESS

#endif
