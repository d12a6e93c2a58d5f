/*
 * source_lines_fuzz.c - any bytes as a program file, twice over: what comes out is sorted, apart,
 * and found again.
 */
#include <stdlib.h>

#include "tools/source_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_row(const source_lines_t *lines, uint32_t i)
{
    const source_row_t *row = &lines->row[i];
    if (row->bytes == 0 || source_row_at(lines, row->first) != row ||
        source_row_at(lines, row->first + row->bytes - 1) != row)
        abort();
}

static void check_func(const source_lines_t *lines, uint32_t i)
{
    const source_func_t *func = &lines->func[i];
    if (func->bytes == 0 || source_func_at(lines, func->first) != func ||
        source_func_at(lines, func->first + func->bytes - 1) != func)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    source_lines_t lines = {0};
    char error[256], place[SOURCE_PLACE];
    for (int i = 0; i < 2; i++)
        source_lines_add(&lines, data, bytes, "program", error, sizeof(error));
    for (uint32_t i = 0; i < lines.rows; i++)
        check_row(&lines, i);
    for (uint32_t i = 0; i < lines.funcs; i++)
        check_func(&lines, i);
    source_place(&lines, 0x10000004, place);
    source_lines_free(&lines);
    return 0;
}
