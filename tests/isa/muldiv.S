# muldiv.S - the M extension; division by 0 and overflow have results of their own.
#include "isa.h"
        BEGIN
        RR      mul,    0x00000001, -1, -1
        RR      mul,    1, 0x38e38e39, 9         # 0x200000001
        RR      mul,    0, 0x80000000, 2
        RR      mulh,   0, -1, -1
        RR      mulh,   0x40000000, 0x80000000, 0x80000000
        RR      mulh,   0xc0000000, 0x80000000, 0x7fffffff
        RR      mulh,   0x3fffffff, 0x7fffffff, 0x7fffffff
        RR      mulhu,  0xfffffffe, -1, -1
        RR      mulhu,  0x40000000, 0x80000000, 0x80000000
        RR      mulhsu, 0xffffffff, -1, -1
        RR      mulhsu, 0x7ffffffe, 0x7fffffff, -1
        RR      mulhsu, 0x80000000, 0x80000000, -1
        RR      div,    3, 20, 6
        RR      div,    -3, -20, 6
        RR      div,    -3, 20, -6
        RR      div,    3, -20, -6
        RR      div,    0x80000000, 0x80000000, -1
        RR      div,    -1, 12, 0
        RR      div,    -1, 0, 0
        RR      divu,   3, 20, 6
        RR      divu,   0, 0x80000000, -1
        RR      divu,   0x2aaaaaa7, -20, 6
        RR      divu,   0xffffffff, 12, 0
        RR      rem,    2, 20, 6
        RR      rem,    -2, -20, 6
        RR      rem,    2, 20, -6
        RR      rem,    -2, -20, -6
        RR      rem,    0, 0x80000000, -1
        RR      rem,    -12, -12, 0
        RR      remu,   2, -20, 6
        RR      remu,   0x80000000, 0x80000000, -1
        RR      remu,   12, 12, 0
        END
