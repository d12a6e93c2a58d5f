/*
 * pack.c - Rice codes and zero runs.
 */
#include "npu/pack.h"

#include <string.h>

#define ESCAPE 15u
#define MAX_RUN_QUOTIENT 14u
#define KS 8u /* values of k and r */

/* How a stream is coded: its first byte. */
typedef struct {
    uint32_t k, r;
    bool runs;
} coding_t;

static uint32_t zigzag(uint8_t code)
{
    int32_t v = (int8_t)code;
    return v < 0 ? (uint32_t)(-2 * v - 1) : (uint32_t)(2 * v);
}

static uint32_t code_bits(uint32_t z, uint32_t k)
{
    return z >> k >= ESCAPE ? ESCAPE + 8 : (z >> k) + 1 + k;
}

/* ---- choosing -------------------------------------------------------------------------------- */

/* Zeros from data[0] on. */
static uint32_t zeros_at(const uint8_t *data, uint32_t bytes)
{
    uint32_t n = 0;
    while (n < bytes && data[n] == 0)
        n++;
    return n;
}

/* Bits of a run of `zeros` zeros, k for each that stands for itself. */
static uint64_t run_bits(uint32_t zeros, uint32_t r)
{
    uint32_t most = (((MAX_RUN_QUOTIENT + 1) << r) - 1) + 1; /* zeros of one code and its run */
    uint64_t whole = zeros / most, rest = zeros % most;
    uint64_t bits = whole * (((most - 1) >> r) + 1 + r);
    return rest == 0 ? bits : bits + ((rest - 1) >> r) + 1 + r;
}

/* How often a 0 stands for itself in a run of zeros. */
static uint64_t run_codes(uint32_t zeros, uint32_t r)
{
    uint32_t most = (MAX_RUN_QUOTIENT + 1) << r;
    return ((uint64_t)zeros + most - 1) / most;
}

enum { SHORT_RUNS = 64 };

/* What choosing needs to know of the data: how often each code, and each run of zeros, is there. */
typedef struct {
    uint32_t code[256]; /* but 0 */
    uint32_t runs[SHORT_RUNS];
    uint64_t zeros;
    uint64_t long_bits[KS], long_codes[KS]; /* of longer runs, by r */
} census_t;

static void count_run(census_t *c, uint32_t zeros)
{
    c->zeros += zeros;
    if (zeros < SHORT_RUNS) {
        c->runs[zeros]++;
        return;
    }
    for (uint32_t r = 0; r < KS; r++) {
        c->long_bits[r] += run_bits(zeros, r);
        c->long_codes[r] += run_codes(zeros, r);
    }
}

static void count(census_t *c, const uint8_t *data, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes;) {
        if (data[i] != 0) {
            c->code[data[i++]]++;
            continue;
        }
        uint32_t n = zeros_at(data + i, bytes - i);
        count_run(c, n);
        i += n;
    }
}

/* Bits of all codes but zeros. */
static uint64_t bits_of_codes(const census_t *c, uint32_t k)
{
    uint64_t bits = 0;
    for (uint32_t code = 1; code < 256; code++)
        bits += (uint64_t)c->code[code] * code_bits(zigzag((uint8_t)code), k);
    return bits;
}

/* Of runs and of the zeros that stand before them. */
static uint64_t bits_of_runs(const census_t *c, uint32_t k, uint32_t r)
{
    uint64_t bits = c->long_bits[r], codes = c->long_codes[r];
    for (uint32_t n = 1; n < SHORT_RUNS; n++)
        if (c->runs[n] != 0) {
            bits += c->runs[n] * run_bits(n, r);
            codes += c->runs[n] * run_codes(n, r);
        }
    return bits + codes * code_bits(0, k);
}

/* The coding of the fewest bits, and how many. */
static uint64_t choose(const uint8_t *data, uint32_t bytes, coding_t *best)
{
    census_t census = {.zeros = 0};
    uint64_t least = UINT64_MAX;
    count(&census, data, bytes);
    for (uint32_t k = 0; k < KS; k++) {
        uint64_t codes = bits_of_codes(&census, k);
        for (uint32_t r = 0; r <= KS; r++) { /* r = KS: no runs */
            uint64_t all =
                codes + (r == KS ? census.zeros * code_bits(0, k) : bits_of_runs(&census, k, r));
            if (all < least) {
                least = all;
                *best = (coding_t){k, r == KS ? 0 : r, r != KS};
            }
        }
    }
    return least;
}

uint64_t npu_packed_bytes(const uint8_t *data, uint32_t bytes)
{
    coding_t c = {0, 0, false};
    return 1 + (choose(data, bytes, &c) + 7) / 8;
}

/* ---- packing --------------------------------------------------------------------------------- */

typedef struct {
    uint8_t *to;
    uint32_t at, have;
    uint64_t bits;
} bit_writer_t;

static void put(bit_writer_t *w, uint64_t value, uint32_t count)
{
    w->bits |= value << w->have;
    w->have += count;
    if (w->have < 32)
        return;
    uint8_t *to = w->to + w->at;
    to[0] = (uint8_t)w->bits;
    to[1] = (uint8_t)(w->bits >> 8);
    to[2] = (uint8_t)(w->bits >> 16);
    to[3] = (uint8_t)(w->bits >> 24);
    w->at += 4;
    w->bits >>= 32;
    w->have -= 32;
}

/* Whole bytes, the last one filled up with zeros. */
static void put_rest(bit_writer_t *w)
{
    for (uint32_t left = (w->have + 7) / 8; left > 0; left--) {
        w->to[w->at++] = (uint8_t)w->bits;
        w->bits >>= 8;
    }
}

static void put_rice(bit_writer_t *w, uint32_t n, uint32_t k)
{
    put(w, (UINT64_C(1) << (n >> k)) - 1, (n >> k) + 1);
    put(w, n & ((1u << k) - 1), k);
}

/* The bits of every code. */
typedef struct {
    uint32_t bits[256];
    uint8_t count[256];
} code_table_t;

static void fill_table(code_table_t *t, uint32_t k)
{
    for (uint32_t code = 0; code < 256; code++) {
        uint32_t z = zigzag((uint8_t)code), ones = z >> k, low = z & ((1u << k) - 1);
        bool escaped = ones >= ESCAPE;
        t->bits[code] = escaped ? ((1u << ESCAPE) - 1) | code << ESCAPE
                                : ((1u << ones) - 1) | low << (ones + 1);
        t->count[code] = (uint8_t)code_bits(z, k);
    }
}

uint32_t npu_pack(const uint8_t *data, uint32_t bytes, uint8_t *to, uint32_t room)
{
    coding_t c = {0, 0, false};
    uint64_t needed = 1 + (choose(data, bytes, &c) + 7) / 8;
    if (needed > room)
        return 0;
    bit_writer_t w = {.to = to, .at = 1};
    code_table_t table;
    fill_table(&table, c.k);
    to[0] = (uint8_t)(c.k | c.r << 3 | (c.runs ? 0x40 : 0));
    for (uint32_t i = 0; i < bytes;) {
        put(&w, table.bits[data[i]], table.count[data[i]]);
        if (data[i++] != 0 || !c.runs)
            continue;
        uint32_t most = ((MAX_RUN_QUOTIENT + 1) << c.r) - 1, n = zeros_at(data + i, bytes - i);
        n = n < most ? n : most;
        put_rice(&w, n, c.r);
        i += n;
    }
    put_rest(&w);
    return w.at;
}

/* ---- unpacking ------------------------------------------------------------------------------- */

typedef struct {
    npu_unpack_read_t read;
    void *ctx;
    uint32_t at, end;     /* of the stream: next to read, size */
    uint8_t piece[256];   /* bytes of it */
    uint32_t used, there; /* of piece */
    uint64_t bits;        /* the next `have` bits; zeros above them */
    uint32_t have;
    bool failed;
} bit_reader_t;

static bool next_piece(bit_reader_t *r)
{
    uint32_t left = r->end - r->at, n = left < sizeof(r->piece) ? left : sizeof(r->piece);
    if (n == 0 || r->failed)
        return false;
    r->failed = !r->read(r->ctx, r->at, r->piece, n);
    r->at += n;
    r->used = 0;
    r->there = n;
    return !r->failed;
}

/* At least 56 bits, or all that are left. */
static void refill(bit_reader_t *r)
{
    while (r->have <= 56 && (r->used < r->there || next_piece(r))) {
        r->bits |= (uint64_t)r->piece[r->used++] << r->have;
        r->have += 8;
    }
}

static uint32_t take(bit_reader_t *r, uint32_t count)
{
    uint32_t value = (uint32_t)(r->bits & ((UINT64_C(1) << count) - 1));
    r->failed |= count > r->have;
    r->bits >>= count;
    r->have -= count < r->have ? count : r->have;
    return value;
}

/* Ones before the next zero, which is taken too; `most` ones end it without. */
static uint32_t take_ones(bit_reader_t *r, uint32_t most)
{
    uint32_t n = 0;
    while (n < most && take(r, 1) != 0)
        n++;
    return n;
}

/* A stream that ran out gives zeros and `failed`. */
static uint8_t take_code(bit_reader_t *r, uint32_t k)
{
    refill(r);
    uint32_t quotient = take_ones(r, ESCAPE);
    if (quotient == ESCAPE)
        return (uint8_t)take(r, 8);
    uint32_t z = quotient << k | take(r, k);
    r->failed |= z > 255;
    return (uint8_t)((z & 1) != 0 ? -(int32_t)(z / 2) - 1 : (int32_t)(z / 2));
}

static uint32_t take_run(bit_reader_t *r, uint32_t k)
{
    refill(r);
    uint32_t quotient = take_ones(r, MAX_RUN_QUOTIENT + 1);
    r->failed |= quotient > MAX_RUN_QUOTIENT;
    return quotient << k | take(r, k);
}

/* All bytes are taken, and what is left of the last one is zeros. */
static bool is_at_end(bit_reader_t *r)
{
    refill(r);
    return !r->failed && r->at == r->end && r->used == r->there && r->have < 8 && r->bits == 0;
}

bool npu_unpack(npu_unpack_read_t read, void *ctx, uint32_t stream_bytes, uint8_t *to,
                uint32_t bytes)
{
    bit_reader_t r = {.read = read, .ctx = ctx, .end = stream_bytes};
    refill(&r);
    uint32_t head = take(&r, 8), k = head & 7, run = head >> 3 & 7;
    bool runs = (head & 0x40) != 0;
    if (r.failed || (head & 0x80) != 0 || (!runs && run != 0))
        return false;
    for (uint32_t i = 0; i < bytes;) {
        to[i] = take_code(&r, k);
        if (r.failed)
            return false;
        if (to[i++] != 0 || !runs)
            continue;
        uint32_t n = take_run(&r, run);
        if (r.failed || n > bytes - i)
            return false;
        memset(to + i, 0, n);
        i += n;
    }
    return is_at_end(&r);
}
