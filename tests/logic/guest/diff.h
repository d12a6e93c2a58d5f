/*
 * diff.h - what the monitor (diff_monitor.S) and the host (diff_run.c, diff_gen.c) agree on.
 * Addresses are bytes; offsets of records and signatures are bytes too; words are 32 bits.
 */
#ifndef TESTS_LOGIC_GUEST_DIFF_H
#define TESTS_LOGIC_GUEST_DIFF_H

/* clang-format off */
#define DIFF_BASE       0x80000000 /* the image: monitor, programs */
#define DIFF_CODE       0x80010000 /* the program that runs: its main page, then its far page */
#define DIFF_FAR        0x80011000
#define DIFF_DATA       0x80014000 /* DIFF_DATA_WORDS at the start of a page */
#define DIFF_DATA2      0x80015000
#define DIFF_PROGRAMS   0x80020000 /* records, one after another; one of 0 words ends them */
#define DIFF_STATE      0x800ff000 /* of the monitor */
#define DIFF_SIGNATURES 0x80100000
#define DIFF_END        0x80200000
#define DIFF_PAGE       0x1000

#define DIFF_DATA_WORDS  128
#define DIFF_DATA2_WORDS 64
#define DIFF_MAX_TRAPS   48 /* the last one ends the program */

/* State. */
#define STATE_PROGRAM   0  /* the record */
#define STATE_SIGNATURE 4
#define STATE_LOG       8  /* the next entry */
#define STATE_TRAPS     12
#define STATE_START     16 /* minstret when the program began */
#define STATE_PANIC     20 /* mcause + 1 of a trap of the monitor itself, mepc, mtval */

/* A record. */
#define RECORD_BYTES      0   /* all of it */
#define RECORD_FLAGS      4
#define RECORD_VECTOR     8   /* mtvec */
#define RECORD_RESTORE    12  /* where registers are loaded */
#define RECORD_EXIT       16  /* a trap here or behind it on the main page ends the program */
#define RECORD_CODE_BYTES 20  /* multiples of 4 */
#define RECORD_FAR_BYTES  24
#define RECORD_SEED       28  /* of the data, not 0 */
#define RECORD_X          32  /* x0..x31 */
#define RECORD_BEFORE_FAR 160 /* the last word of the main page */
#define RECORD_CODE       164 /* main, then far */

#define FLAG_A     1   /* the chip has it */
#define FLAG_C     2
#define FLAG_U     4
#define FLAG_PMP   8
#define FLAG_USER  16  /* ECALL changes between machine and user mode */
#define FLAG_MSIP  32  /* interrupts that wait */
#define FLAG_MTIP  64
#define FLAG_MEIP  128
#define FLAG_SKIP2 256 /* the second data page may be locked against reading */

/* A signature. */
#define SIGN_TRAPS    0
#define SIGN_X        4    /* x1..x31 */
#define SIGN_CSR      128  /* mie mtvec mscratch mip misa mcounteren mcountinhibit (0) */
#define SIGN_PMP      160  /* pmpcfg0-3, pmpaddr0-15 */
#define SIGN_DATA     240
#define SIGN_DATA2    752
#define SIGN_LOG      1008 /* mcause (16 and up: by which vector) mepc mtval mstatus minstret */
#define SIGN_LOG_STEP 20
#define SIGN_BYTES    1968

/* The handler of the pair of registers p, p + 1: which programs leave alone. */
#define HANDLER_FIRST  3
#define HANDLER_LAST   30
#define HANDLER_BYTES  512
#define HANDLER_RESTORE 256

/* What the monitor asks of our machine by EBREAK, in a0. */
#define CALL_DONE   0 /* a program has ended */
#define CALL_FINISH 1
/* clang-format on */

#endif
