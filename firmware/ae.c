#include "ae.h"

#include <string.h>

enum { FULL_SCALE = 4095, GREENS = 2, GAIN_ONE = 1024, DIGITAL_ONE = 256 };
/* 3550 is DEAD, 1/16 stop, above AE_HIGHLIGHT. */
enum { BIN_DN = 32, CLIP_ONE = 10000, HIGHLIGHT_MOST = 3550 };

/* Stops: less than DEAD is let be, less than SMALL is made up by and by; no step is more than
 * STEP_MAX. A frame is near within 1/8 (9 %). */
enum {
    DEAD = FX_ONE / 16,
    SMALL = FX_ONE / 4,
    STEP_MAX = 4 * FX_ONE,
    NEAR = FX_ONE / 8,
    STEADY = 3
};

/* ---- metering ---- */

static uint32_t weight(ae_metering_t metering, uint32_t z)
{
    /* of rows and of columns; the product is a zone's */
    static const uint8_t center[ZONES_SIDE] = {1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 3, 3, 2, 2, 1, 1};
    return metering == AE_AVERAGE ? 1 : center[z % ZONES_SIDE] * center[z / ZONES_SIDE];
}

static uint32_t mean_green_q8(const stats_zones_t *zones, ae_metering_t metering)
{
    uint64_t sum = 0, cells = 0;
    for (uint32_t z = 0; z < ZONES; z++) {
        const stats_zone_t *zone = &zones->zone[z];
        uint32_t all = stats_zones_cells(zones, z), w = weight(metering, z);
        uint32_t saturated = all > zone->count ? all - zone->count : 0;
        sum += (uint64_t)(zone->g + GREENS * FULL_SCALE * saturated) * w;
        cells += (uint64_t)all * w;
    }
    return cells == 0 ? 0 : (uint32_t)((sum << 8) / (GREENS * cells));
}

/* Mean of the brightest `count` samples of a color. */
static uint32_t brightest(const ae_hist_t *hist, uint32_t color, uint32_t count)
{
    const volatile uint32_t *bin = hist->bin + color * AE_BINS;
    uint64_t sum = 0;
    uint32_t left = count, clipped = 0;
    for (uint32_t b = AE_BINS; b-- > 0 && left > 0;) {
        uint32_t here = bin[b];
        here = here < left ? here : left;
        sum += (uint64_t)here * (BIN_DN * b + BIN_DN / 2);
        clipped += b >= hist->clipped ? here : 0;
        left -= here;
    }
    if (sum > (uint64_t)HIGHLIGHT_MOST * count)
        sum += (uint64_t)clipped * FULL_SCALE;
    return (uint32_t)(sum / count);
}

uint32_t ae_highlights(const ae_t *ae, const ae_hist_t *hist)
{
    uint32_t count = (uint32_t)((uint64_t)hist->cells * ae->clip / CLIP_ONE), most = 0;
    for (uint32_t c = 0; c < AE_COLORS && ae->metering == AE_HIGHLIGHTS; c++) {
        uint32_t dn = brightest(hist, c, count == 0 ? 1 : count);
        most = dn > most ? dn : most;
    }
    return most;
}

uint32_t ae_meter(const ae_t *ae, const stats_zones_t *zones, uint32_t highlights_dn)
{
    uint32_t mean = mean_green_q8(zones, ae->metering);
    uint64_t high = ((uint64_t)highlights_dn * ae->target << 8) / AE_HIGHLIGHT;
    return high > mean ? (uint32_t)high : mean;
}

/* ---- time and gains ---- */

/* Of a gain code. */
static int32_t gain_log2(uint32_t code)
{
    return 10 * FX_ONE - fx_log2(GAIN_ONE - code);
}

int32_t ae_total(const ae_exposure_t *e)
{
    return fx_log2(e->coarse) + gain_log2(e->gain_code) + fx_log2(e->digital) - 8 * FX_ONE;
}

static uint32_t clamp(uint32_t value, uint32_t low, uint32_t high)
{
    return value < low ? low : value > high ? high : value;
}

ae_exposure_t ae_taken(ae_exposure_t asked, const ae_limits_t *l)
{
    return (ae_exposure_t){.coarse = clamp(asked.coarse, l->coarse_min, l->coarse_max),
                           .gain_code = clamp(asked.gain_code, 0, l->gain_code_max),
                           .digital = clamp(asked.digital, DIGITAL_ONE, UINT16_MAX)};
}

/* At most `total`, whole multiples of half a period of the mains from one on. */
static uint32_t split_lines(int32_t total, const ae_limits_t *l)
{
    uint32_t lines = clamp(fx_exp2(total) >> 16, l->coarse_min, l->coarse_max);
    if (l->flicker_lines_q8 == 0 || lines << 8 < l->flicker_lines_q8)
        return lines;
    return (lines << 8) / l->flicker_lines_q8 * l->flicker_lines_q8 >> 8;
}

/* The code whose gain is nearest to 2^rest. */
static uint32_t split_gain(int32_t rest, uint32_t code_max)
{
    if (rest <= 0)
        return 0;
    uint32_t divisor = (fx_exp2(10 * FX_ONE - rest) + FX_ONE / 2) >> 16; /* 1024 / gain */
    return clamp(GAIN_ONE - clamp(divisor, 1, GAIN_ONE), 0, code_max);
}

/* Digital gain costs tone values, so it comes only when there is no more of the other. */
ae_exposure_t ae_split(int32_t total, const ae_limits_t *limits)
{
    ae_exposure_t e = {.coarse = split_lines(total, limits), .digital = DIGITAL_ONE};
    total -= fx_log2(e.coarse);
    e.gain_code = split_gain(total, limits->gain_code_max);
    total -= gain_log2(e.gain_code);
    if (e.gain_code == limits->gain_code_max)
        e.digital = clamp(fx_exp2(total + 8 * FX_ONE) >> 16, DIGITAL_ONE, limits->digital_max);
    return e;
}

/* ---- control ---- */

void ae_init(ae_t *ae, uint32_t target)
{
    memset(ae, 0, sizeof(*ae));
    ae->target = target;
    for (uint32_t i = 0; i < AE_SHOWN; i++)
        ae->shown[i].from_frame = UINT32_MAX;
}

void ae_wrote(ae_t *ae, const ae_exposure_t *exposure, uint32_t from_frame, bool sure)
{
    for (uint32_t i = AE_SHOWN - 1; i > 0; i--)
        ae->shown[i] = ae->shown[i - 1];
    ae->shown[0].from_frame = from_frame;
    ae->shown[0].total = ae_total(exposure);
    ae->shown[0].sure = sure;
}

/* The total that a frame was made with, if that is known. */
static bool total_of(const ae_t *ae, uint32_t frame, int32_t *total)
{
    for (uint32_t i = 0; i < AE_SHOWN; i++)
        if (frame >= ae->shown[i].from_frame) {
            *total = ae->shown[i].total;
            return ae->shown[i].sure || frame != ae->shown[i].from_frame;
        }
    return false;
}

static int32_t limit(int32_t value, int32_t most)
{
    return value > most ? most : value < -most ? -most : value;
}

static bool within(int32_t value, int32_t most)
{
    return value <= most && value >= -most;
}

/* Was the frame made with about the best settings that there are for its light? */
static void judge(ae_t *ae, int32_t wanted, int32_t total)
{
    ae_exposure_t best = ae_split(wanted, &ae->limits);
    int32_t reached = ae_total(&best);
    ae->at_limit = !within(wanted - reached, NEAR);
    ae->steady = within(total - reached, NEAR) ? ae->steady + 1 : 0;
}

bool ae_step(ae_t *ae, uint32_t frame, uint32_t brightness_q8, ae_exposure_t *next)
{
    int32_t total;
    if (!total_of(ae, frame, &total))
        return false;
    ae->error = fx_log2(brightness_q8) - fx_log2(ae->target << 8);
    int32_t wanted = total - limit(ae->error, STEP_MAX), step = wanted - ae->shown[0].total;
    judge(ae, wanted, total);
    if (within(step, DEAD))
        return false;
    if (within(step, SMALL)) /* the smaller, the smaller a part of it */
        step = step * (step < 0 ? -step : step) / SMALL;
    *next = ae_split(ae->shown[0].total + step, &ae->limits);
    return ae_total(next) != ae->shown[0].total;
}

bool ae_settled(const ae_t *ae)
{
    return ae->steady >= STEADY;
}
