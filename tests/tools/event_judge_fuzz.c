/*
 * event_judge_fuzz.c - any bytes as events of the truth and of metadata, with a byte 0xff between
 * them; the first byte chooses type and window.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/event_judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char dir[64], path[2][128], error[512];
    if (bytes < 2)
        return 0;
    const uint8_t *text = data + 1, *cut = memchr(text, 0xff, bytes - 1);
    size_t first = cut != NULL ? (size_t)(cut - text) : bytes - 1;
    size_t rest = cut != NULL ? bytes - 2 - first : 0;
    snprintf(dir, sizeof(dir), "/tmp/fovea_event_judge_fuzz_%ld", (long)getpid());
    snprintf(path[0], sizeof(path[0]), "%s/truth.jsonl", dir);
    snprintf(path[1], sizeof(path[1]), "%s/metadata.jsonl", dir);
    if (sim_dir_make(dir, error, sizeof(error)) != SIM_OK ||
        sim_file_write(path[0], (const char *)text, first, error, sizeof(error)) != SIM_OK ||
        sim_file_write(path[1], (const char *)text + first + (cut != NULL), rest, error,
                       sizeof(error)) != SIM_OK)
        abort();
    expect_event_t expected = {.filter = {.types = 1u << (data[0] & 0xf) % event_type_count},
                               .window_ps = UINT64_C(1) << (data[0] >> 4 << 2)};
    event_figures_t figures;
    if (event_judge(dir, &expected, &figures, error, sizeof(error)) &&
        (figures.value[EVENT_recall] > 1 || figures.value[EVENT_precision] > 1 ||
         figures.value[EVENT_count] < 0))
        abort();
    unlink(path[0]);
    unlink(path[1]);
    rmdir(dir);
    return 0;
}
