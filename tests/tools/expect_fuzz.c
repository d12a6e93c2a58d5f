/*
 * expect_fuzz.c - any bytes as a scenario with expectations.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/expect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static expect_t e;
    char text[128];
    sim_doc_t *doc = sim_doc_parse((const char *)data, bytes, "fuzz");
    if (doc == NULL || sim_doc_error(doc) != NULL) {
        sim_doc_free(doc);
        return 0;
    }
    sim_cfg_t root = sim_doc_root(doc);
    expect_read(&root, &e);
    sim_cfg_done(&root);
    if (e.counters > EXPECT_COUNTERS || e.events > EXPECT_EVENTS || e.files > EXPECT_FILES)
        abort();
    for (uint32_t i = 0; i < FIGURES && sim_doc_error(doc) == NULL; i++) {
        expect_range_text(&e.figure[i], text, sizeof(text));
        if (e.figure[i].given && e.figure[i].low > e.figure[i].high)
            abort();
    }
    sim_doc_free(doc);
    return 0;
}
