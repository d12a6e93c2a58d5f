/*
 * fuzz_compile.h - what holds for whatever a reader accepts: it compiles to a program that a
 * program file can hold and the chip can run, or the complaint names the file.
 */
#ifndef TESTS_NPU_FUZZ_COMPILE_H
#define TESTS_NPU_FUZZ_COMPILE_H

#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile.h"

static inline void fuzz_check_program(const npu_prog_t *prog, const npu_desc_t *desc)
{
    char error[256];
    npu_prog_t back;
    size_t bytes;
    uint8_t *file = npu_fnp_print(prog, &bytes, error, sizeof(error));
    if (file == NULL || !npu_prog_fits(prog, desc, error, sizeof(error)) ||
        npu_fnp_parse(file, bytes, "back", &back, error, sizeof(error)) != SIM_OK ||
        !npu_prog_equal(prog, &back))
        abort();
    npu_prog_free(&back);
    free(file);
}

/* The graph's name is "fuzz". */
static inline void fuzz_compile(const npu_graph_t *graph, const npu_desc_t *desc,
                                const npu_compile_options_t *options)
{
    char error[256] = "";
    npu_prog_t prog;
    npu_compile_report_t report;
    if (npu_compile(graph, desc, options, &prog, &report, error, sizeof(error)) != SIM_OK) {
        if (strncmp(error, "fuzz: ", 6) != 0)
            abort();
        return;
    }
    fuzz_check_program(&prog, desc);
    npu_compile_report_free(&report);
    npu_prog_free(&prog);
}

#endif
