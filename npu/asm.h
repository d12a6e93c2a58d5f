/*
 * asm.h - programs as text: assembler, disassembler, and the instruction manual.
 *
 * One statement a line; a comment runs from ';' to the end of the line.
 *
 *     .name "resnet8"          .rounding double        .insn_l2 0x1000     .macs 12500000
 *     .l2_peak 123456          .l2_lower_bound 98765   .l1 act 65536       (also wgt, acc, par)
 *     .chip mac rows 48        npu.mac.rows of the chip file is what it was compiled for
 *     .net 0 0x54454e46        word of the network table
 *     .layer "conv1" "CONV_2D" first 0 last 11 macs 442368
 *     .kept "conv1" tensor 7 l2 0x4000 int8 row 1024 pix 32 chan 1 hwc shape 1 32 32 16
 *           zero_point -128 scale_bits 0x3c8a0d2b valid_after 11       (one line)
 *     .blob 0x2000             constants; .hex lines follow
 *     .hex 00112233445566778899aabbccddeeff
 *     load layer=0 mem=act l2=0x400 row_bytes=1024 rows=32 planes=1 l2_row=0x400 signal=1
 *     conv wait=1:1,2:1 signal=3 accumulate h=8 w=8 c=16 ...
 *
 * Fields of an instruction have the names of the table in isa.c; those that are 0 may be left out.
 * wait=S:N[,S:N] and signal=S[,S] name semaphores, flags stand by themselves. Text made by the
 * disassembler assembles to an equal program (npu_prog_equal), so to the identical file.
 */
#ifndef NPU_ASM_H
#define NPU_ASM_H

#include "npu/fnp.h"

/* Errors read "file: line N: what". *prog is empty on failure. */
sim_err_t npu_asm(const char *text, size_t bytes, const char *file, npu_prog_t *prog, char *error,
                  size_t error_bytes);

/* malloc'ed text; NULL without memory. The program must be valid (npu_prog_valid). */
char *npu_disasm(const npu_prog_t *prog);

/* Markdown, from the tables: instructions and fields, semaphores, hazards, banks, weights,
 * parameter records, errors, counters. malloc'ed; NULL without memory. */
char *npu_isa_manual(void);

#endif
