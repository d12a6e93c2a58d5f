/*
 * run_diff_fuzz.c - two values of JSON, divided by a byte 0, walked side by side, as tables and as
 * JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/run_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const uint8_t *middle = bytes > 0 ? memchr(data, 0, bytes) : NULL;
    size_t first = middle != NULL ? (size_t)(middle - data) : bytes;
    size_t second = middle != NULL ? bytes - first - 1 : 0;
    sim_doc_t *a = sim_doc_parse((const char *)data, first, "a");
    sim_doc_t *b = sim_doc_parse((const char *)data + bytes - second, second, "b");
    run_diff_t *diff = calloc(1, sizeof(*diff));
    FILE *to = fopen("/dev/null", "w");
    if (diff != NULL && to != NULL) {
        diff->a = diff->b = "run";
        if (run_diff_walk(&diff->stats, "", sim_doc_root(a).node, sim_doc_root(b).node, 0.01))
            run_diff_sort(&diff->stats);
        run_diff_print(diff, 0, to);
        sim_json_t *object = run_diff_json(diff);
        free(sim_json_print(object, true));
        sim_json_free(object);
        run_diff_free(diff);
    }
    if (to != NULL)
        fclose(to);
    free(diff);
    sim_doc_free(a);
    sim_doc_free(b);
    return 0;
}
