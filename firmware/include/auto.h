/*
 * auto.h - auto exposure and auto white balance: a task of sched.h that runs when the ISP has
 * written a frame's statistics (ae.h, awb.h).
 *
 *   ISP --statistics of frame n--> L2 --> task "auto" --> CCS registers --> pixel die, shows in n +
 * 2
 *                                                    \--> ISP: white balance, of frame n + 1
 *
 * The host turns it on and off (AUTO_*); off out of reset. What auto exposure decides is in the
 * exposure registers that a host would write, so host and embedded lines see it, a host's own
 * value is where it goes on from, and the last one stays when it is turned off.
 */
#ifndef FW_AUTO_H
#define FW_AUTO_H

#include "sched.h"

/* Host parameters (logic/ccs.c): addresses and meaning are Fovea's own. */
enum {
    APP_AUTO = 0x9008,        /* AUTO_* */
    APP_AE_TARGET = 0x900a,   /* brightness, 12-bit DN, 1..4095 */
    APP_AE_FLICKER = 0x900c,  /* Hz at which lamps flicker; 0: none */
    APP_AUTO_STATUS = 0x900e, /* AUTO_IS_*; 15:8: share of gray zones, 1/256 */
    APP_AE_METERING = 0x9010, /* ae_metering_t; others: center weighted */
    APP_AE_CLIP = 0x9012,     /* highlights: share of samples that may clip, 1/10000 */
};
enum { AUTO_EXPOSURE = HAL_BIT(0), AUTO_WHITE_BALANCE = HAL_BIT(1) };
enum { AUTO_IS_SETTLED = HAL_BIT(0), AUTO_IS_AT_LIMIT = HAL_BIT(1) };

extern sched_task_t auto_task;

/* Statistics go to that address of L2 (STATS_BYTES, a multiple of 32); 0: there is no room, it
 * stays off. After the ISP is set up. */
void auto_init(uint32_t stats_addr);

/* camera_apply_settings, and the parameters above; after each of the host's writes. */
void auto_apply_host(void);

/* From the ISP's interrupt handler, with what it read of ISP_STATUS. */
void auto_on_isp(uint32_t status);

#endif
