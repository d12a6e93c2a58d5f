/*
 * rom_start.S - the first instructions of the chip. The ROM has no data: its stack is at the end of
 * the core's memory, however much there is.
 */

    .attribute arch, "rv32i2p0_m2p0_a2p0_c2p0_zicsr2p0_zifencei2p0" /* firmware/boot.S says why */

    .section .text.start, "ax"
    .globl _start
_start:
    la      t0, trap
    csrw    mtvec, t0
    lui     t0, 0x40000             /* SYS_TCM_BYTES is 0x4000_0020, TCM_BASE 0x1000_0000 */
    lw      t0, 0x20(t0)
    lui     sp, 0x10000
    add     sp, sp, t0
    call    rom_main
1:  wfi
    j       1b

/* An exception in the ROM itself: its cause is left for the host. */
    .balign 4
trap:
    csrr    a0, mcause
    call    rom_trap
1:  wfi
    j       1b
