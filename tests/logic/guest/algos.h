/*
 * algos.h - plain computations that are compiled for the guest and for the host: both must give
 * the same numbers. No library, no pointers in results, wrap-around only in unsigned types.
 */
#ifndef TESTS_LOGIC_GUEST_ALGOS_H
#define TESTS_LOGIC_GUEST_ALGOS_H

#include <stdint.h>

#define ALGOS_RESULTS 8

static uint32_t algos_next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state;
}

static uint32_t algos_crc(const uint8_t *data, uint32_t bytes)
{
    uint32_t crc = 0xffffffffu;
    for (uint32_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

static void algos_sort(int16_t *v, int32_t low, int32_t high)
{
    int32_t i = low, j = high;
    int16_t pivot = v[(low + high) / 2];
    while (i <= j) {
        while (v[i] < pivot)
            i++;
        while (v[j] > pivot)
            j--;
        if (i <= j) {
            int16_t t = v[i];
            v[i++] = v[j];
            v[j--] = t;
        }
    }
    if (low < j)
        algos_sort(v, low, j);
    if (i < high)
        algos_sort(v, i, high);
}

static uint32_t algos_sorted(void)
{
    static int16_t v[500];
    uint32_t state = 1, sum = 0;
    for (int i = 0; i < 500; i++)
        v[i] = (int16_t)(algos_next(&state) >> 16);
    algos_sort(v, 0, 499);
    for (int i = 0; i < 500; i++)
        sum = sum * 31 + (uint16_t)v[i];
    return sum;
}

static uint32_t algos_matrix(void)
{
    static int32_t a[12][12], b[12][12];
    uint32_t state = 7, sum = 0;
    for (int i = 0; i < 144; i++) {
        a[i / 12][i % 12] = (int32_t)(algos_next(&state) >> 20) - 2048;
        b[i % 12][i / 12] = (int8_t)(algos_next(&state) >> 24);
    }
    for (int r = 0; r < 12; r++)
        for (int c = 0; c < 12; c++) {
            int64_t dot = 0;
            for (int k = 0; k < 12; k++)
                dot += (int64_t)a[r][k] * b[k][c] * a[k][c];
            sum += (uint32_t)dot ^ (uint32_t)((uint64_t)dot >> 32);
        }
    return sum;
}

static uint32_t algos_divisions(void)
{
    uint32_t state = 3, sum = 0;
    for (int i = 0; i < 300; i++) {
        uint32_t a = algos_next(&state), b = algos_next(&state) >> (i % 32);
        uint64_t wide = (uint64_t)a << 32 | b;
        sum += (uint32_t)(wide / (b + 1ull)) + (uint32_t)(wide % (a | 1));
        sum ^= (uint32_t)((int32_t)a / ((int32_t)(b >> 2) + 1)) + a % (b | 1);
    }
    return sum;
}

static uint32_t algos_text(void)
{
    static char line[64];
    uint32_t sum = 0;
    for (uint32_t n = 1; n < 4000000000u / 3; n *= 3) {
        int at = 0;
        for (uint32_t rest = n; rest != 0; rest /= 10)
            line[at++] = (char)('0' + rest % 10);
        line[at] = '\0';
        sum ^= algos_crc((const uint8_t *)line, (uint32_t)at);
    }
    return sum;
}

/* A call through a table, so that the guest has jumps to registers. */
static uint32_t algos_add(uint32_t a, uint32_t b)
{
    return a + b;
}
static uint32_t algos_xor(uint32_t a, uint32_t b)
{
    return a ^ b;
}
static uint32_t algos_rotate(uint32_t a, uint32_t b)
{
    return a << (b & 31) | a >> (-b & 31);
}

static uint32_t algos_calls(void)
{
    static uint32_t (*const table[3])(uint32_t, uint32_t) = {algos_add, algos_xor, algos_rotate};
    uint32_t state = 11, value = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t r = algos_next(&state);
        value = table[(r >> 8) % 3](value, r);
    }
    return value;
}

static uint32_t algos_float(void)
{
    float x = 1.0f, sum = 0.0f;
    for (int i = 1; i < 60; i++) {
        sum += x / (float)i - (float)(i * i) * 0.37f;
        x *= -1.25f;
    }
    return (uint32_t)(int32_t)(sum * 16.0f);
}

static void algos_run(uint32_t result[ALGOS_RESULTS])
{
    static uint8_t block[1000];
    uint32_t state = 5;
    for (int i = 0; i < 1000; i++)
        block[i] = (uint8_t)(algos_next(&state) >> 17);
    result[0] = algos_crc(block, 1000);
    result[1] = algos_sorted();
    result[2] = algos_matrix();
    result[3] = algos_divisions();
    result[4] = algos_text();
    result[5] = algos_calls();
    result[6] = algos_float();
    result[7] = algos_crc((const uint8_t *)"123456789", 9);
}

#endif
