/*
 * tensor_lines_fuzz.c - libFuzzer: any lines are refused, or every element of what they hold can be
 * read.
 */
#include "tools/tensor_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Runs of lines, whose lengths are the first bytes of the data, in two frames. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    tensor_set_t set = {0};
    tensor_lines_t lines;
    char error[256];
    volatile float sum = 0;
    uint32_t length[64];
    size_t at = SIM_COUNT(length) + 1;
    for (uint32_t run = 0; bytes > at && run < 2; run++) {
        uint32_t count = 0;
        const uint8_t *first = data + at;
        for (; count < SIM_COUNT(length); count++) {
            length[count] = 10u * data[count + 1] + data[0] % 11;
            if (length[count] > bytes - at)
                break;
            at += length[count];
        }
        const tensor_run_t it = {first, length, count};
        tensor_set_take(&set, &it, error, sizeof(error));
    }
    if (tensor_set_whole(&set) && tensor_lines_parse(&set, &lines, error, sizeof(error))) {
        for (uint32_t o = 0; lines.output_valid && o < lines.ap.outputs; o++)
            sum = sum + lines.output[o][tensor_elements(&lines.ap.output[o]) - 1];
        tensor_lines_free(&lines);
    }
    tensor_set_clear(&set);
    return 0;
}
