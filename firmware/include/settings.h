/*
 * settings.h - what the host has set (fovea_settings.h), for an application. Numbers are read where
 * they are needed: hal_ccs_read16(APP_SCORE_MIN).
 */
#ifndef FW_SETTINGS_H
#define FW_SETTINGS_H

#include "fovea_settings.h"
#include "hal.h"
#include "stock.h"
#include "zone.h"

/* Fills in all of them, for `on_host`, and returns how many there are: up to the last one that the
 * host has set. Zones in between that it has not hold nothing. */
uint32_t settings_zones(zone_t zones[ZONE_MAX]);

/* The facings, likewise. */
uint32_t settings_facings(stock_rect_t facings[STOCK_MAX]);

/* Second of the day at that time of the run. */
uint32_t settings_day_s(uint64_t time_ps);

#endif
