/*
 * auto.h - auto exposure and auto white balance: a task of sched.h that runs when the ISP has
 * written a frame's statistics (ae.h, awb.h).
 *
 *   ISP --statistics of frame n--> L2 --> task "auto" --> CCS registers --> pixel die, shows in n +
 * 2
 *                                                    \--> ISP: white balance, of frame n + 1
 *
 * The host turns it on and off (APP_AUTO); off out of reset. What auto exposure decides is in the
 * exposure registers that a host would write, so host and embedded lines see it, a host's own
 * value is where it goes on from, and the last one stays when it is turned off.
 */
#ifndef FW_AUTO_H
#define FW_AUTO_H

#include "sched.h"
#include "stats_zones.h"

/* APP_AUTO and APP_AUTO_STATUS of fovea_settings.h, APP_AE_... are the others; a metering that
 * there is not is center weighted. */
enum { AUTO_EXPOSURE = HAL_BIT(0), AUTO_WHITE_BALANCE = HAL_BIT(1) };
enum { AUTO_IS_SETTLED = HAL_BIT(0), AUTO_IS_AT_LIMIT = HAL_BIT(1) };

extern sched_task_t auto_task;

/* Statistics go to that address of L2 (STATS_BYTES, a multiple of 32); 0: there is no room, it
 * stays off. After the ISP is set up. */
void auto_init(uint32_t stats_addr);

/* camera_apply_settings, and the parameters above; after each of the host's writes. */
void auto_apply_host(void);

/* Statistics are made of every frame from now on, and fn has them, in a task. Needs the room that
 * auto_init got; false: there is none. */
bool auto_watch(void (*fn)(const stats_zones_t *zones));

/* From the ISP's interrupt handler, with what it read of ISP_STATUS. */
void auto_on_isp(uint32_t status);

#endif
