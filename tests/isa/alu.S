# alu.S - ADDI to SUB, comparisons and logic; x0 stays 0.
#include "isa.h"
        BEGIN
        RR      add,  0x80000000, 0x7fffffff, 1
        RR      add,  0, 0xffffffff, 1
        RR      add,  0xfffffffe, 0x7fffffff, 0x7fffffff
        RR      sub,  0x7fffffff, 0x80000000, 1
        RR      sub,  0xffffffff, 0, 1
        RR      slt,  1, 0x80000000, 0x7fffffff
        RR      slt,  0, 0x7fffffff, 0x80000000
        RR      slt,  0, 5, 5
        RR      slt,  1, -1, 0
        RR      sltu, 0, 0x80000000, 0x7fffffff
        RR      sltu, 1, 0, -1
        RR      sltu, 0, 7, 7
        RR      xor,  0xf00ff00f, 0xff00ff00, 0x0f0f0f0f
        RR      or,   0xff0fff0f, 0xff00ff00, 0x0f0f0f0f
        RR      and,  0x0f000f00, 0xff00ff00, 0x0f0f0f0f
        RI      addi, 0x800007fe, 0x7fffffff, 2047
        RI      addi, 0x7ffff800, 0x80000000, -2048
        RI      slti, 1, 0x80000000, -2048
        RI      slti, 0, -2048, -2048
        RI      slti, 0, 0, -1
        RI      sltiu, 1, 0, -1                 # the immediate is extended by its sign first
        RI      sltiu, 0, 0xfffff800, -2048
        RI      sltiu, 1, 2046, 2047
        RI      xori, 0xff00fff0, 0x00ff000f, -1
        RI      xori, 0x0f0, 0x7f0, 0x700
        RI      ori,  0xffffff0f, 0x0f, -256
        RI      andi, 0x00ff0f00, 0x00ff0fff, -256
        END
