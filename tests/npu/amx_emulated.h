/*
 * amx_emulated.h - the tile instructions that kernel_amx.c uses, in C, as the architecture defines
 * them: Intel SDM volume 2, LDTILECFG, TILELOADD, TILESTORED, TILEZERO, TDPBSSD. What would raise
 * an exception fails the test. For sources that are compiled without AMX.
 */
#ifndef TESTS_NPU_AMX_EMULATED_H
#define TESTS_NPU_AMX_EMULATED_H

#include <immintrin.h>

#include "tests/test.h"

#define AMX_TILES 8
#define AMX_ROWS 16
#define AMX_ROW_BYTES 64

static struct {
    bool configured;
    uint32_t rows[AMX_TILES], row_bytes[AMX_TILES];
    int8_t data[AMX_TILES][AMX_ROWS][AMX_ROW_BYTES];
} amx_state;

static void amx_loadconfig(const void *config)
{
    const uint8_t *bytes = config;
    memset(&amx_state, 0, sizeof(amx_state));
    ck_assert_uint_eq(bytes[0], 1); /* palette */
    ck_assert_uint_eq(bytes[1], 0); /* start_row */
    for (int i = 2; i < 16; i++)
        ck_assert_uint_eq(bytes[i], 0);
    for (int t = 0; t < 16; t++) {
        uint32_t row_bytes = bytes[16 + 2 * t] | (uint32_t)bytes[17 + 2 * t] << 8;
        uint32_t rows = bytes[48 + t];
        ck_assert_uint_le(row_bytes, t < AMX_TILES ? AMX_ROW_BYTES : 0);
        ck_assert_uint_le(rows, t < AMX_TILES ? AMX_ROWS : 0);
        ck_assert_uint_eq(rows == 0, row_bytes == 0);
        if (t < AMX_TILES) {
            amx_state.rows[t] = rows;
            amx_state.row_bytes[t] = row_bytes;
        }
    }
    amx_state.configured = true;
}

static void amx_release(void)
{
    memset(&amx_state, 0, sizeof(amx_state));
}

static void amx_must_be_there(int t)
{
    ck_assert(amx_state.configured && t >= 0 && t < AMX_TILES && amx_state.rows[t] > 0);
}

static void amx_zero(int t)
{
    amx_must_be_there(t);
    memset(amx_state.data[t], 0, sizeof(amx_state.data[t]));
}

static void amx_loadd(int t, const void *base, size_t stride)
{
    amx_zero(t);
    for (uint32_t r = 0; r < amx_state.rows[t]; r++)
        memcpy(amx_state.data[t][r], (const int8_t *)base + r * stride, amx_state.row_bytes[t]);
}

static void amx_stored(int t, void *base, size_t stride)
{
    amx_must_be_there(t);
    for (uint32_t r = 0; r < amx_state.rows[t]; r++)
        memcpy((int8_t *)base + r * stride, amx_state.data[t][r], amx_state.row_bytes[t]);
}

/* C += A x B: signed bytes in groups of 4, sums of 32 bits that wrap. */
static void amx_dpbssd(int c, int a, int b)
{
    amx_must_be_there(a);
    amx_must_be_there(b);
    amx_must_be_there(c);
    ck_assert(a != b && b != c && a != c);
    ck_assert_uint_eq(amx_state.rows[c], amx_state.rows[a]);
    ck_assert_uint_eq(amx_state.row_bytes[c], amx_state.row_bytes[b]);
    ck_assert_uint_eq(amx_state.row_bytes[a], 4 * amx_state.rows[b]);
    for (uint32_t m = 0; m < amx_state.rows[a]; m++)
        for (uint32_t n = 0; n < amx_state.row_bytes[b] / 4; n++) {
            uint32_t sum;
            memcpy(&sum, &amx_state.data[c][m][4 * n], 4);
            for (uint32_t k = 0; k < amx_state.rows[b]; k++)
                for (uint32_t i = 0; i < 4; i++)
                    sum += (uint32_t)(amx_state.data[a][m][4 * k + i] *
                                      amx_state.data[b][k][4 * n + i]);
            memcpy(&amx_state.data[c][m][4 * n], &sum, 4);
        }
}

/* In place of the compiler's, which the header above has brought. */
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbssd
#define _tile_loadconfig amx_loadconfig
#define _tile_release amx_release
#define _tile_zero amx_zero
#define _tile_loadd amx_loadd
#define _tile_stored amx_stored
#define _tile_dpbssd amx_dpbssd

#endif
