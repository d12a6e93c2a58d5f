#include "tests/logic/naive_arith.h"

uint32_t naive_multiply_divide(uint32_t funct3, uint32_t a, uint32_t b, uint32_t *cycles)
{
    int64_t sa = (int32_t)a, sb = (int32_t)b;
    uint64_t dividend = a;
    *cycles = 2;
    if (funct3 == 4 || funct3 == 6)
        dividend = (uint64_t)(sa < 0 ? -sa : sa);
    if (funct3 >= 4 && b != 0)
        for (; dividend != 0; dividend >>= 1)
            *cycles += 1;
    switch (funct3) {
    case 0:
        return (uint32_t)(sa * sb);
    case 1:
        return (uint32_t)((uint64_t)(sa * sb) >> 32);
    case 2:
        return (uint32_t)((uint64_t)(sa * (int64_t)(uint64_t)b) >> 32);
    case 3:
        return (uint32_t)((uint64_t)a * (uint64_t)b >> 32);
    case 4:
        return b == 0 ? 0xffffffff : (uint32_t)(sa / sb);
    case 5:
        return b == 0 ? 0xffffffff : a / b;
    case 6:
        return b == 0 ? a : (uint32_t)(sa % sb);
    default:
        return b == 0 ? a : a % b;
    }
}

uint32_t naive_operate(uint32_t funct3, bool alternate, uint32_t a, uint32_t b)
{
    switch (funct3) {
    case 0:
        return alternate ? a - b : a + b;
    case 1:
        return a << (b % 32);
    case 2:
        return (int32_t)a < (int32_t)b;
    case 3:
        return a < b;
    case 4:
        return a ^ b;
    case 5:
        return alternate ? (uint32_t)((int32_t)a >> (b % 32)) : a >> (b % 32);
    case 6:
        return a | b;
    default:
        return a & b;
    }
}

bool naive_branches(uint32_t funct3, uint32_t a, uint32_t b)
{
    switch (funct3) {
    case 0:
        return a == b;
    case 1:
        return a != b;
    case 4:
        return (int32_t)a < (int32_t)b;
    case 5:
        return (int32_t)a >= (int32_t)b;
    case 6:
        return a < b;
    default:
        return a >= b;
    }
}
