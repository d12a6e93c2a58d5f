/*
 * json_fuzz.c - any bytes as a configuration file, read every way there is.
 */
#include <stdlib.h>

#include "sim/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void read_all(const sim_cfg_t *cfg, const char *key)
{
    static const char *const names[] = {"a", "b"};
    double nums[2] = {0};
    sim_cfg_has(cfg, key);
    sim_cfg_is_str(cfg, key);
    sim_cfg_u64(cfg, key, 1, UINT64_MAX, 0);
    sim_cfg_i64(cfg, key, INT64_MIN, INT64_MAX, 0);
    sim_cfg_num(cfg, key, -1, 1, 0);
    sim_cfg_bool(cfg, key, false);
    sim_cfg_time_ps(cfg, key, 0);
    sim_cfg_enum(cfg, key, names, 2, 0);
    sim_cfg_nums(cfg, key, nums, 2, 0, 1);
}

/* The first complaint silences the rest: what comes first is read most. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    sim_doc_t *doc = sim_doc_parse((const char *)data, bytes, "fuzz.json");
    if (doc == NULL)
        return 0;
    sim_cfg_t root = sim_doc_root(doc);
    sim_json_t *copy = sim_cfg_copy(&root);
    char *text = sim_json_print(copy, bytes % 2 == 0);
    free(text);
    sim_json_free(copy);
    for (uint32_t i = 0; i < sim_cfg_count(&root, "a"); i++) {
        sim_cfg_t item = sim_cfg_at(&root, "a", i);
        sim_cfg_t inner = sim_cfg_obj(&item, "b");
        sim_cfg_done(&inner);
        sim_cfg_done(&item);
    }
    read_all(&root, "a");
    read_all(&root, NULL);
    sim_cfg_done(&root);
    sim_doc_free(doc);
    return 0;
}
