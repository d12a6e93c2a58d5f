/*
 * tensor_lines_fuzz.c - libFuzzer: any lines are refused, or every element of what they hold can be
 * read.
 */
#include "tools/tensor_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    tensor_lines_t lines;
    char error[256];
    volatile float sum = 0;
    if (!tensor_lines_parse(data, (uint32_t)(bytes / AP_LINE_BYTES), &lines, error, sizeof(error)))
        return 0;
    for (uint32_t o = 0; lines.output_valid && o < lines.ap.outputs; o++)
        sum = sum + lines.output[o][tensor_elements(&lines.ap.output[o]) - 1];
    tensor_lines_free(&lines);
    return 0;
}
