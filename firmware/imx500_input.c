#include "imx500_input.h"

#include "hal.h"

enum { /* CCS registers */
       GAIN = 0xd600,
       BAYER_NORM = 0xd684,
       FORMAT = 0xd750,
       MATRIX = 0xd76c,
       MATRIX_CLIP = 0xd784,
       Y_CLIP = 0xd7d8,
       COLOUR_BALANCE_R = 0xd804,
       BLACK_LEVEL_R = 0xd80c,
       GAMMA_ENABLE = 0xd814,
       SHADING_ENABLE = 0xd826,
       GAMMA_TABLE = 0xd850,
       GAMMA_END = 0xd8a4,
       SHADING_TABLE = 0xe000,  /* R and Gr of each node */
       SHADING_SECOND = 0xe300, /* Gb and B */
       SHADING_END = 0xe600,
};
enum { COLORS = 4, POINTS = 42 };
enum { NETWORKS = 3, CHANNELS = 4, PLANES = 3 };
enum { FORMAT_Y = 1, FORMAT_PLANES = 2, FORMAT_BAYER = 5 };
/* from one network's registers to the next one's, and within */
enum { BAYER_STEP = 0x20, MATRIX_STEP = 0x24, Y_CLIP_STEP = 0xc, NORM_STEP = 8, ROW_STEP = 8 };
enum { NORM_SHIFT = 2, NORM_MAX = 4, NORM_MIN = 6 }; /* of a channel */
enum { ISP_STEP = ISP_NORM_VAL1 - ISP_NORM_VAL0, ONE = 0x400 };
enum { GAIN_FRACTION = 5, MATRIX_FRACTION = 10, OFFSET_FRACTION = 4 };
enum { CLIP_BITS = 0x01ff01ff };

/* Of Y, Cb, Cr. */
static const uint16_t y_shift[NETWORKS][PLANES] = {
    {0xd629, 0xd630, 0xd638}, {0xd643, 0xd647, 0xd64b}, {0xd64f, 0xd653, 0xd657}};
static const uint16_t y_add[NETWORKS][PLANES] = {
    {0xd62a, 0xd632, 0xd63a}, {0xd644, 0xd648, 0xd64c}, {0xd650, 0xd654, 0xd658}};

enum { Q8_TO_Q10 = 2, GAIN_MOST = 0xfff };

static bool shading_is_hosts;

/* ---- from the next frame on ---- */

static void relay_colors(void)
{
    for (uint32_t c = 0; c < COLORS; c++) {
        reg_write(ISP_WB_R + 4 * c, hal_ccs_read16(COLOUR_BALANCE_R + 2 * c));
        reg_write(ISP_BLC_R + 4 * c, hal_ccs_read16(BLACK_LEVEL_R + 2 * c));
    }
}

/* q = (((x * div_val) >> div_shift) + val) >> shift, within clip, of a channel of the tensor. */
typedef struct {
    uint32_t div_val, div_shift, val, shift, clip;
} norm_t;

static void set_norm(uint32_t channel, const norm_t *n)
{
    uint32_t at = ISP_STEP * channel;
    reg_write(ISP_DIV_VAL0 + at, n->div_val);
    reg_write(ISP_DIV_SHIFT0 + at, n->div_shift);
    reg_write(ISP_NORM_VAL0 + at, n->val);
    reg_write(ISP_NORM_SHIFT0 + at, n->shift);
    reg_write(ISP_CLIP0 + at, n->clip);
}

/* Two's complement of so many bits, as wide as the ISP takes it. */
static uint32_t extended(uint32_t value, uint32_t bits)
{
    uint32_t sign = 1u << (bits - 1);
    return ((value & (2 * sign - 1)) ^ sign) - sign;
}

static uint32_t clip_at(uint32_t ccs)
{
    return ((uint32_t)hal_ccs_read16(ccs) << 16 | hal_ccs_read16(ccs + 2)) & CLIP_BITS;
}

/* A luma behind R G B is as R (assumed). */
static void relay_matrix(uint32_t net)
{
    uint32_t clips = MATRIX_CLIP + MATRIX_STEP * net;
    for (uint32_t c = CHANNELS; c-- > 0;) {
        uint32_t plane = c < PLANES ? c : 0;
        uint32_t row = MATRIX + MATRIX_STEP * net + ROW_STEP * plane;
        for (uint32_t i = 0; c < PLANES && i < PLANES; i++)
            reg_write(ISP_MIX_00 + 4 * (PLANES * c + i),
                      extended(hal_ccs_read16(row + 2 * i), 12) & 0xffffu);
        norm_t n = {.div_val = ONE,
                    .div_shift = MATRIX_FRACTION - OFFSET_FRACTION,
                    .val = hal_ccs_read16(row + 2 * PLANES) & 0x1fffu,
                    .shift = OFFSET_FRACTION,
                    .clip = clip_at(clips + 4 * plane)};
        set_norm(c, &n);
    }
}

static void relay_y(uint32_t net)
{
    for (uint32_t c = 0; c < CHANNELS; c++) {
        uint32_t plane = c < PLANES ? c : 0;
        norm_t n = {.div_val = hal_ccs_read8(GAIN + net),
                    .div_shift = GAIN_FRACTION,
                    .val = extended(hal_ccs_read16(y_add[net][plane]), 9) & 0x1fffu,
                    .shift = hal_ccs_read8(y_shift[net][plane]) & 1u,
                    .clip = clip_at(Y_CLIP + Y_CLIP_STEP * net + 4 * plane)};
        set_norm(c, &n);
    }
}

static void relay_bayer(uint32_t net)
{
    for (uint32_t c = 0; c < CHANNELS; c++) {
        uint32_t ccs = BAYER_NORM + BAYER_STEP * net + NORM_STEP * c;
        uint32_t most = hal_ccs_read16(ccs + NORM_MAX), least = hal_ccs_read16(ccs + NORM_MIN);
        norm_t n = {.div_val = hal_ccs_read8(GAIN + net),
                    .div_shift = GAIN_FRACTION,
                    .val = extended(hal_ccs_read16(ccs), 9) & 0x1fffu,
                    .shift = hal_ccs_read8(ccs + NORM_SHIFT) & 1u,
                    .clip = (most << 16 | least) & CLIP_BITS};
        set_norm(c, &n);
    }
}

/* Those behind have no registers. */
static uint32_t registers_of(uint32_t network)
{
    return network < NETWORKS ? network : 0;
}

void input_relay(uint32_t network)
{
    uint32_t net = registers_of(network), format = hal_ccs_read8(FORMAT + net), mix = 0;
    relay_colors();
    if (format == FORMAT_Y) {
        relay_y(net);
    } else if (format == FORMAT_BAYER) {
        relay_bayer(net);
        mix = ISP_TENSOR_MIX_BAYER_MASK;
    } else {
        relay_matrix(net);
        mix = ISP_TENSOR_MIX_SUMS_MASK;
    }
    reg_write(ISP_TENSOR_MIX, mix);
}

/* ---- before a stream ---- */

/* Two points a word of 32 bits, the first one low; of the host's 43 the last but one is left out.
 */
static void relay_gamma(void)
{
    reg_write(ISP_GAMMA, hal_ccs_read8(GAMMA_ENABLE) & 1u);
    for (uint32_t n = 0; n < POINTS - 1; n++)
        reg_write(ISP_GAMMA_0 + 4 * n, hal_ccs_read16(GAMMA_TABLE + 2 * (n ^ 1u)));
    reg_write(ISP_GAMMA_0 + 4 * (POINTS - 1), hal_ccs_read16(GAMMA_END));
}

static uint32_t shading_gain(uint32_t addr)
{
    uint32_t gain = hal_ccs_read16(addr) << Q8_TO_Q10;
    return gain < GAIN_MOST ? gain : GAIN_MOST;
}

/* Without the host's grid that of the chip stays, if it has one. */
static void relay_shading(void)
{
    bool on = (hal_ccs_read8(SHADING_ENABLE) & 1u) != 0;
    if (on || shading_is_hosts)
        reg_write(ISP_LSC, on);
    shading_is_hosts = shading_is_hosts || on;
    if (!on)
        return;
    reg_write(ISP_LSC_INDEX, 0);
    for (uint32_t at = SHADING_TABLE; at < SHADING_SECOND; at += 4)
        for (uint32_t pair = at; pair < SHADING_END; pair += SHADING_SECOND - SHADING_TABLE)
            reg_write(ISP_LSC_GAINS, shading_gain(pair) | shading_gain(pair + 2) << 16);
}

static void tell_format(uint32_t network)
{
    uint32_t format = hal_ccs_read8(FORMAT + registers_of(network));
    if (format == FORMAT_Y || format == FORMAT_PLANES || format == FORMAT_BAYER)
        return;
    hal_print("the meaning of input format ");
    hal_print_u32(format);
    hal_print(" is not published, taken as 2\n");
}

void input_begin(uint32_t network)
{
    tell_format(network);
    input_relay(network);
    relay_gamma();
    relay_shading();
}
