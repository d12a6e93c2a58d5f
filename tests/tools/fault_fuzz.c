/*
 * fault_fuzz.c - any bytes as the faults[] of a scenario.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tools/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static fault_item_t item[FAULT_MAX_ITEMS];
    sensor_desc_t chip = sensor_desc_default();
    sim_doc_t *doc = sim_doc_parse((const char *)data, bytes, "fuzz");
    if (doc == NULL || sim_doc_error(doc) != NULL) {
        sim_doc_free(doc);
        return 0;
    }
    sim_cfg_t root = sim_doc_root(doc);
    uint32_t items = fault_read(&root, &chip, NULL, 1, item);
    sim_cfg_done(&root);
    if (sim_doc_error(doc) == NULL) {
        fault_plan(item, items, &chip);
        if (chip.pixel.stuck_count > PIX_MAX_STUCK)
            abort();
    }
    sim_doc_free(doc);
    return 0;
}
