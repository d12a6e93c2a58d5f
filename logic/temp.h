/*
 * temp.h - temperature sensor of the logic die, page 16 and CCI 0x0138, 0x013a.
 *
 *   temperature of the die ---> sample ---> convert ---> TEMP_DATA, thresholds ---> irq
 *   (die_uc: thermal.h)                         +------> temp_sensor_output of the host
 *
 * A conversion samples the die's temperature at its start and takes conversion_us at 12 bits, half
 * of it for each bit less. The result is in 1/16 degree; at 9 to 11 bits the lower ones read 0. It
 * is off by offset_mc, the same always, and by noise_mc at most, another at each conversion
 * (uniform, from the seed); then it is clamped to desc.low_mc .. high_mc.
 * Conversions start when the core asks for one (TEMP_CTRL), and again and again while TEMP_CTRL or
 * the host (temp_sensor_ctrl) wants that: one starts TEMP_PERIOD after the last one began, or when
 * it ends, if that is later. The host sees whole degrees, rounded, -20..80 (facts: IMX500 2.1).
 *
 * Not modeled:  calibration fuses.
 * Units:        mc: 1/1000 degree Celsius. Times, accuracy and range are assumed.
 */
#ifndef LOGIC_TEMP_H
#define LOGIC_TEMP_H

#include "logic/ccs.h"

typedef struct {
    uint64_t seed;
    uint32_t conversion_us; /* at 12 bits, 8..1000000, a multiple of 8 */
    int32_t offset_mc;      /* of this chip, -20000..20000 */
    uint32_t noise_mc;      /* 0..20000 */
    int32_t low_mc, high_mc;
} temp_desc_t;

typedef struct {
    sim_comp_t comp;
    temp_desc_t desc;
    sim_wire_t irq;               /* out */
    int64_t (*die_uc)(void *ctx); /* in, required: 1/1,000,000 degree */
    void *die_ctx;
    sim_event_t converted, next;

    uint32_t id, ctrl, status, irq_enable, data, high, low, period_us;
    uint32_t host_on;   /* temp_sensor_ctrl */
    int32_t sampled_mc; /* of the conversion under way */
    uint32_t bits;      /* of it: 9..12 */
    uint64_t started_ps;
    uint64_t conversions;
} temp_t;

temp_desc_t temp_desc_default(void);
sim_err_t temp_init(temp_t *temp, sim_t *sim, const temp_desc_t *desc, const char *name);

/* The host's side, for ccs_add_window. */
ccs_window_t temp_window(temp_t *temp);

#endif
