/*
 * ae.h - auto exposure: from the brightness of a frame to exposure time and gains.
 *
 *   zones --> meter --> need = total of that frame + log2(target / brightness) --> split -->
 * registers ^                                                        |
 *                          +----- which total each frame had: two frames later -----+
 *
 * Brightness is the mean of green over the zones, all alike or the middle most; a saturated cell
 * counts as full scale. Metering for highlights is the latter, and looks at the brightest samples
 * of each color, a share `clip` of all: when their mean is above AE_HIGHLIGHT, the frame counts as
 * brighter by as much. That is below saturation, so of a settled frame less than the share is
 * clipped; what is smaller than it may clip. Where the mean is too high and samples are clipped,
 * nobody knows by how much: these count for about twice as bright.
 *
 * A total is log2(lines x analog gain x digital gain). A frame is judged by
 * the total that it was made with, so what was decided and has not shown yet is not decided again:
 * the delay of the registers makes nothing swing. Small errors are taken up by and by, large ones
 * at once.
 *
 * Anti-flicker: from one half period of the mains on exposure times are whole multiples of it.
 * Times come first, then analog gain, then digital gain.
 *
 * Not modeled: two exposures a frame, metering of faces, slower frames for longer exposures; a
 * bound on how dark highlights may make the rest.
 */
#ifndef FW_AE_H
#define FW_AE_H

#include <stdbool.h>

#include "fixed.h"
#include "stats_zones.h"

enum { AE_SHOWN = 4, AE_COLORS = 3, AE_BINS = 128 };
enum { AE_HIGHLIGHT = 3400 }; /* 12-bit DN; samples saturate at 3824 to 3839, above black */

/* Codes of app_ae_metering (ours: of IMX500's 0xd228 only the address is published). */
typedef enum { AE_CENTER, AE_AVERAGE, AE_HIGHLIGHTS } ae_metering_t;

typedef struct {
    uint32_t coarse_min, coarse_max; /* lines */
    uint32_t gain_code_max;          /* gain = 1024 / (1024 - code) */
    uint32_t digital_max;            /* 8.8 */
    uint32_t flicker_lines_q8;       /* half a period of the mains, lines, 24.8; 0: none */
} ae_limits_t;

typedef struct {
    uint32_t coarse, gain_code, digital; /* lines; code; 8.8 */
} ae_exposure_t;

/* Cells of a frame by their red, green, blue, where they lie: bins of 32 DN, AE_BINS each. */
typedef struct {
    const volatile uint32_t *bin;
    uint32_t cells;
    uint32_t clipped; /* the first bin that saturated samples are in */
} ae_hist_t;

typedef struct {
    ae_limits_t limits;
    uint32_t target; /* brightness, 12-bit DN, 1..4095 */
    ae_metering_t metering;
    uint32_t clip; /* AE_HIGHLIGHTS: share that may clip, 1/10000 */
    struct {
        uint32_t from_frame;
        int32_t total;
        bool sure;
    } shown[AE_SHOWN]; /* newest first */
    uint32_t steady;   /* frames in a row that were near enough */
    int32_t error;     /* of the newest frame: stops above the target, 16.16 */
    bool at_limit;     /* and no setting would do */
} ae_t;

void ae_init(ae_t *ae, uint32_t target);

/* What is in the registers, and the first frame made with it. Not sure, when a frame began while it
 * was written: then that first frame may have been made with either, and is not judged. */
void ae_wrote(ae_t *ae, const ae_exposure_t *exposure, uint32_t from_frame, bool sure);

/* How bright highlights are, 12-bit DN; 0 when metering is not for them. */
uint32_t ae_highlights(const ae_t *ae, const ae_hist_t *hist);

/* Brightness, 12-bit DN, 20.8. */
uint32_t ae_meter(const ae_t *ae, const stats_zones_t *zones, uint32_t highlights_dn);

/* That brightness had that frame. True: these settings are to be written. */
bool ae_step(ae_t *ae, uint32_t frame, uint32_t brightness_q8, ae_exposure_t *next);

/* Near the target, or as near as the limits allow, for three frames in a row. */
bool ae_settled(const ae_t *ae);

/* What the pixel die makes of settings that a host may have written. */
ae_exposure_t ae_taken(ae_exposure_t asked, const ae_limits_t *limits);

/* log2 of time and gains together, and the settings within limits that come nearest to a total. */
int32_t ae_total(const ae_exposure_t *exposure);
ae_exposure_t ae_split(int32_t total, const ae_limits_t *limits);

#endif
