# shift.S - shifts by registers use five bits of them.
#include "isa.h"
        BEGIN
        RR      sll, 0x80000000, 1, 31
        RR      sll, 0x21212121, 0x21212121, 32 # by 0
        RR      sll, 0x42424242, 0x21212121, 0xffffffe1
        RR      srl, 1, 0x80000000, 31
        RR      srl, 0x10909090, 0x21212121, 0x81
        RR      sra, 0xffffffff, 0x80000000, 31
        RR      sra, 0xff800000, 0x80000000, 8
        RR      sra, 0x00ffffff, 0x7fffffff, 7
        RR      sra, 0x80000001, 0x80000001, 64
        RI      slli, 0xffffff80, -1, 7
        RI      slli, 0x87654321, 0x87654321, 0
        RI      srli, 0x01ffffff, -1, 7
        RI      srli, 1, 0x80000000, 31
        RI      srai, 0xffffffff, -1, 31
        RI      srai, 0xfff87654, 0x87654321, 12
        END
