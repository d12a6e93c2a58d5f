/*
 * asm_fuzz.c - any text as a program; what assembles must survive the round trip.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/asm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[256];
    npu_prog_t prog, back;
    char *copy = malloc(bytes + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, bytes);
    if (npu_asm(copy, bytes, "fuzz", &prog, error, sizeof(error)) == SIM_OK) {
        char *text = npu_disasm(&prog);
        if (text == NULL ||
            npu_asm(text, strlen(text), "again", &back, error, sizeof(error)) != SIM_OK ||
            !npu_prog_equal(&prog, &back))
            abort();
        free(text);
        npu_prog_free(&back);
        npu_prog_free(&prog);
    }
    free(copy);
    return 0;
}
