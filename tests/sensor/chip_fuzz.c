/*
 * chip_fuzz.c - any text as a chip file: refused with its file named, or a sensor that its blocks
 * take or refuse by name.
 */
#include <stdlib.h>
#include <string.h>

#include "logic/sensor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void make_sensor(const sensor_desc_t *desc)
{
    sim_t *sim = sim_new();
    sensor_t *sensor = sensor_new();
    sim_pool_t *pool = sim_pool_new(1);
    if (sim == NULL || sensor == NULL || pool == NULL)
        abort();
    sim_err_t err = sensor_init(sensor, sim, desc, pool);
    if (err != SIM_OK && strncmp(sim_error(sim), "sensor.", 7) != 0)
        abort();
    sim_free(sim);
    sensor_free(sensor);
    sim_pool_free(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    sensor_desc_t desc = sensor_desc_default();
    sim_doc_t *doc = sim_doc_parse((const char *)data, bytes, "fuzz");
    sim_cfg_t root = sim_doc_root(doc);
    sensor_desc_read(&root, &desc);
    /* large pixel dies take seconds to make */
    bool small = (uint64_t)desc.pixel.width_px * desc.pixel.height_px <= 1 << 16;
    if (sim_doc_error(doc) == NULL && small)
        make_sensor(&desc);
    if (sim_doc_error(doc) != NULL && strncmp(sim_doc_error(doc), "fuzz:", 5) != 0)
        abort();
    sim_doc_free(doc);
    return 0;
}
