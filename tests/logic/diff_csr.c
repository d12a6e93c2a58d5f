/*
 * diff_csr.c - what is compared of each CSR, and why not more. "Priv." is the RISC-V privileged
 * specification 20211203, "unpriv." the unprivileged one 20191213; what QEMU does was seen
 * with 7.2.
 */
#include "tests/logic/diff.h"

#define ALL 0xffffffffu
#define COUNTER_BITS 0x1fdu

#define LESS "QEMU keeps bits of S mode, which it was told not to have (priv. 3.1.6)"
#define WARL_MODE "mode 2 or 3: we take the base, QEMU nothing; WARL allows both (priv. 3.1.7)"
#define FIXED_ENV "FIOM may be fixed where there is no S mode (priv. 3.1.18)"
#define OTHER_TIME "it counts cycles of another machine (priv. 3.1.10)"
#define OTHER_EVENTS "events are the machine's own (priv. 3.1.10)"
#define SEVEN "we have mhpmcounter3-8, QEMU all (priv. 3.1.11, 3.1.12: WARL)"

/* clang-format off */
const diff_csr_t diff_csrs[] = {
    {0x300, 0x300, DIFF_KEEP,    0x00221888,   0x00200088,   LESS},         /* mstatus */
    {0x301, 0x301, DIFF_KEEP,    ALL,          ALL,          NULL},         /* misa */
    {0x304, 0x304, DIFF_KEEP,    0x888,        0x888,        LESS},         /* mie */
    {0x305, 0x305, DIFF_PROBE,   ALL,          0xfffffffd,   WARL_MODE},    /* mtvec */
    {0x306, 0x306, DIFF_KEEP,    COUNTER_BITS, COUNTER_BITS, SEVEN},        /* mcounteren */
    {0x30a, 0x30a, DIFF_KEEP,    0,            ALL,          FIXED_ENV},    /* menvcfg */
    {0x310, 0x310, DIFF_KEEP,    0xffffff3f,   ALL,          "QEMU keeps GVA, MPV of H, which it was told not to have"}, /* mstatush */
    {0x31a, 0x31a, DIFF_KEEP,    0,            ALL,          FIXED_ENV},    /* menvcfgh */
    {0x320, 0x320, DIFF_COUNTER, 0x5,          0x5,          SEVEN},        /* mcountinhibit */
    {0x323, 0x33f, DIFF_KEEP,    0,            0xf,          OTHER_EVENTS}, /* mhpmevent3-31 */
    {0x340, 0x340, DIFF_KEEP,    ALL,          ALL,          NULL},         /* mscratch */
    {0x341, 0x341, DIFF_KEEP,    ALL,          0xfffffffc,   "QEMU keeps bit 0 (priv. 3.1.14: zero)"}, /* mepc */
    {0x342, 0x342, DIFF_KEEP,    ALL,          ALL,          NULL},         /* mcause */
    {0x343, 0x343, DIFF_KEEP,    ALL,          ALL,          NULL},         /* mtval */
    {0x344, 0x344, DIFF_KEEP,    0x888,        0x888,        LESS},         /* mip */
    {0x3a0, 0x3a3, DIFF_PROBE,   ALL,          0x1d1d1d1d,   "QEMU keeps W without R and bits 5, 6 (priv. 3.7.1)"}, /* pmpcfg */
    {0x3b0, 0x3bf, DIFF_PROBE,   ALL,          ALL,          NULL},         /* pmpaddr */
    {0xb00, 0xb00, DIFF_KEEP,    0,            ALL,          OTHER_TIME},   /* mcycle */
    {0xb02, 0xb02, DIFF_COUNTER, 0,            ALL,          "compared as differences, and at traps"}, /* minstret */
    {0xb03, 0xb1f, DIFF_KEEP,    0,            ALL,          OTHER_EVENTS}, /* mhpmcounter3-31 */
    {0xb80, 0xb80, DIFF_KEEP,    0,            ALL,          OTHER_TIME},
    {0xb82, 0xb82, DIFF_COUNTER, 0,            ALL,          "compared as differences, and at traps"},
    {0xb83, 0xb9f, DIFF_KEEP,    0,            ALL,          OTHER_EVENTS},
    {0xc00, 0xc00, DIFF_READ,    0,            ALL,          OTHER_TIME},   /* cycle */
    {0xc02, 0xc02, DIFF_READ,    0,            ALL,          "compared as differences, and at traps"}, /* instret */
    {0xc03, 0xc1f, DIFF_READ,    0,            ALL,          OTHER_EVENTS}, /* hpmcounter3-31 */
    {0xc80, 0xc80, DIFF_READ,    0,            ALL,          OTHER_TIME},
    {0xc82, 0xc82, DIFF_READ,    0,            ALL,          "compared as differences, and at traps"},
    {0xc83, 0xc9f, DIFF_READ,    0,            ALL,          OTHER_EVENTS},
    {0xf11, 0xf15, DIFF_READ,    ALL,          ALL,          NULL},         /* mvendorid .. mconfigptr */
};

/* What QEMU has beside: it lets a machine without S mode delegate (priv. 3.1.8: such a machine has
 * no medeleg), and time is a CSR there, not a trap to firmware (unpriv. 10.1). */
static const uint16_t only_qemu[] = {0x302, 0x303, 0xc01, 0xc81};
/* clang-format on */

const size_t diff_csr_count = SIM_COUNT(diff_csrs);

const diff_csr_t *diff_csr_find(uint32_t number)
{
    for (size_t i = 0; i < diff_csr_count; i++)
        if (number >= diff_csrs[i].first && number <= diff_csrs[i].last)
            return &diff_csrs[i];
    return NULL;
}

/* Without user mode QEMU keeps MPRV and TW, and MRET sets MPP to it (priv. 3.1.6: to M). */
uint32_t diff_mstatus_compare(const diff_chip_t *chip)
{
    uint32_t compare = diff_csr_find(0x300)->compare;
    return chip->u ? compare : compare & 0x88;
}

bool diff_csr_only_qemu(uint32_t number)
{
    for (size_t i = 0; i < SIM_COUNT(only_qemu); i++)
        if (number == only_qemu[i])
            return true;
    return false;
}
