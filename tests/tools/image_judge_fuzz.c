/*
 * image_judge_fuzz.c - any bytes as lines of the truth and of metadata, with a byte 0xff between
 * them: shares stay shares.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/image_judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static bool is_share(double value)
{
    return value > -1e-6 && value < 1 + 1e-6;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char dir[64], path[2][128], error[512];
    const uint8_t *cut = bytes > 0 ? memchr(data, 0xff, bytes) : NULL;
    size_t first = cut != NULL ? (size_t)(cut - data) : bytes;
    size_t rest = cut != NULL ? bytes - 1 - first : 0;
    snprintf(dir, sizeof(dir), "/tmp/fovea_image_judge_fuzz_%ld", (long)getpid());
    snprintf(path[0], sizeof(path[0]), "%s/truth.jsonl", dir);
    snprintf(path[1], sizeof(path[1]), "%s/metadata.jsonl", dir);
    if (sim_dir_make(dir, error, sizeof(error)) != SIM_OK ||
        sim_file_write(path[0], (const char *)data, first, error, sizeof(error)) != SIM_OK ||
        sim_file_write(path[1], (const char *)data + first + (cut != NULL), rest, error,
                       sizeof(error)) != SIM_OK)
        abort();
    image_figures_t f;
    if (image_judge(dir, &f, error, sizeof(error)) && f.boxes > 0 &&
        !(is_share(f.cover) && is_share(f.least_cover) && is_share(f.bare) &&
          is_share(f.most_bare)))
        abort();
    unlink(path[0]);
    unlink(path[1]);
    rmdir(dir);
    return 0;
}
