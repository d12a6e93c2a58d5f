/*
 * ae.h - auto exposure: from the brightness of a frame to exposure time and gains.
 *
 *   zones --> meter --> need = total of that frame + log2(target / brightness) --> split -->
 * registers ^                                                        |
 *                          +----- which total each frame had: two frames later -----+
 *
 * Brightness is the mean of green, weighted by zone: the middle counts most; a saturated cell
 * counts as full scale. A total is log2(lines x analog gain x digital gain). A frame is judged by
 * the total that it was made with, so what was decided and has not shown yet is not decided again:
 * the delay of the registers makes nothing swing. Small errors are taken up by and by, large ones
 * at once.
 *
 * Anti-flicker: from one half period of the mains on exposure times are whole multiples of it.
 * Times come first, then analog gain, then digital gain.
 *
 * Not modeled: two exposures a frame, metering of faces or highlights by percentile, slower frames
 * for longer exposures.
 */
#ifndef FW_AE_H
#define FW_AE_H

#include <stdbool.h>

#include "fixed.h"
#include "zones.h"

enum { AE_SHOWN = 4 };

typedef struct {
    uint32_t coarse_min, coarse_max; /* lines */
    uint32_t gain_code_max;          /* gain = 1024 / (1024 - code) */
    uint32_t digital_max;            /* 8.8 */
    uint32_t flicker_lines_q8;       /* half a period of the mains, lines, 24.8; 0: none */
} ae_limits_t;

typedef struct {
    uint32_t coarse, gain_code, digital; /* lines; code; 8.8 */
} ae_exposure_t;

typedef struct {
    ae_limits_t limits;
    uint32_t target; /* brightness, 12-bit DN, 1..4095 */
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

/* Brightness, 12-bit DN, 20.8. */
uint32_t ae_meter(const zones_t *zones);

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
