#include "tools/chip.h"

#include <stdio.h>

bool chip_load(const char *file, sensor_desc_t *desc, char *error, size_t error_bytes)
{
    *desc = sensor_desc_default();
    if (file == NULL)
        return sensor_tech_read(desc, NULL, NULL, error, error_bytes);
    sim_doc_t *doc = sim_doc_load(file);
    if (doc == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return false;
    }
    if (sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        sensor_desc_read(&root, desc);
    }
    bool fine = sim_doc_error(doc) == NULL;
    if (!fine)
        snprintf(error, error_bytes, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    return fine && sensor_tech_read(desc, file, NULL, error, error_bytes);
}
