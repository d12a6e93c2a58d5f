# htif.S - guest of exec_test: device 1 both ways, a system call, a signature, exit code 7.
# Without MORE it only exits with CODE.
#ifndef CODE
#define CODE 7
#endif
        .option norelax                 # gp is not set
        .section .text.start, "ax"
        .globl _start
_start:
#ifdef MORE
        la      s0, tohost
        la      s1, fromhost
1:      sw      zero, 0(s0)             # a character, until the end of input
        li      a0, 0x01000000
        sw      a0, 4(s0)
2:      lw      a0, 4(s1)               # the answer's upper half is there with its lower one
        beqz    a0, 2b
        lw      a1, 0(s1)
        sw      zero, 0(s1)
        sw      zero, 4(s1)
        beqz    a1, 4f
        andi    a1, a1, 255
        addi    a1, a1, 1               # the next letter
        li      a0, 0x01010000
        sw      a0, 4(s0)
        sw      a1, 0(s0)
3:      lw      a0, 4(s0)
        bnez    a0, 3b
        j       1b
4:      la      a0, call                # write(1, text, 5)
        sw      zero, 4(s0)
        sw      a0, 0(s0)
5:      lw      a0, 0(s1)
        beqz    a0, 5b
        sw      zero, 0(s1)
        la      a0, call
        lw      a1, 0(a0)               # its result
        la      a2, begin_signature
        sw      a1, 4(a2)
        li      a0, -1
        sb      a0, 8(a2)
#endif
finish: li      a0, CODE << 1 | 1
        la      a1, tohost
        sw      zero, 4(a1)
        sw      a0, 0(a1)
6:      j       6b

        .data
        .balign 64
        .globl  tohost, fromhost, begin_signature, end_signature
tohost: .dword  0
fromhost: .dword 0
        .balign 64
call:   .dword  64, 1, text, 5, 0, 0, 0, 0
text:   .ascii  "call\n"
        .balign 4
begin_signature:
        .word   0x89abcdef, 0, 0x11223344
end_signature:
