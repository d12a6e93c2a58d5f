/*
 * sensor_int.h - shared by sensor.c and sensor_meter.c only.
 */
#ifndef LOGIC_SENSOR_INT_H
#define LOGIC_SENSOR_INT_H

#include "logic/sensor.h"

/* After all blocks are there. */
sim_err_t sensor_meter_init(sensor_t *sensor, sim_t *sim);

#endif
