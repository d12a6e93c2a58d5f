#include "sim/huffman.h"

#include <stdlib.h>
#include <string.h>

#include "sim/deflate.h"

/* RFC 1951. A token is a literal 0..255, or 256 + length - 3 of a run: the byte before, again. */
enum {
    BLOCK_TOKENS = 1 << 17,
    TOKENS = 512,
    RUN_LEAST = 3,
    RUN_WORTH = 8, /* a shorter one of a frequent byte is as cheap in literals */
    RUN_MOST = 258,
    END = 256, /* symbol: of a block */
    FIRST_RUN = 257,
    SYMBOLS = 286,
    LONGEST = 15, /* bits of a code */
};

/* Bits, the first one lowest, and how many. */
typedef struct {
    uint32_t bits;
    uint32_t count;
} code_t;

typedef struct {
    uint8_t *out;
    size_t used;
    uint64_t bits;
    uint32_t count;
} writer_t;

/* ---- bits ---- */

/* Eight bytes, the lowest first: one store where the machine does that. */
static void store(uint8_t *out, uint64_t bits)
{
    for (uint32_t i = 0; i < 8; i++)
        out[i] = (uint8_t)(bits >> (8 * i));
}

/* Up to 32; whole bytes are out, what stands behind them is written over. */
static void put(writer_t *w, uint32_t bits, uint32_t count)
{
    w->bits |= (uint64_t)bits << w->count;
    w->count += count;
    store(w->out + w->used, w->bits);
    w->used += w->count / 8;
    w->bits >>= w->count / 8 * 8;
    w->count %= 8;
}

/* Up to a whole byte. */
static void put_rest(writer_t *w)
{
    if (w->count != 0)
        put(w, 0, 8 - w->count);
}

/* ---- tokens ---- */

/* Eight bytes are those before them: so a run of that byte goes on for eight or more. */
static bool is_run(const uint8_t *data, size_t at, size_t end)
{
    return at != 0 && end - at >= RUN_WORTH && memcmp(data + at, data + at - 1, RUN_WORTH) == 0;
}

static uint32_t run_at(const uint8_t *data, size_t at, size_t end)
{
    uint32_t length = RUN_WORTH;
    while (length < RUN_MOST && at + length < end && data[at + length] == data[at - 1])
        length++;
    return length;
}

/* Up to BLOCK_TOKENS, and how often each is there; *at goes on. */
static uint32_t make_tokens(const uint8_t *data, size_t bytes, size_t *at, uint16_t *token,
                            uint32_t times[TOKENS])
{
    uint32_t count = 0;
    memset(times, 0, TOKENS * sizeof(*times));
    while (count < BLOCK_TOKENS && *at < bytes) {
        uint32_t run = is_run(data, *at, bytes) ? run_at(data, *at, bytes) : 0;
        uint16_t t = run != 0 ? (uint16_t)(256 + run - RUN_LEAST) : data[*at];
        *at += run != 0 ? run : 1;
        token[count++] = t;
        times[t]++;
    }
    return count;
}

/* Symbol of a run's length, and the bits behind it. */
static uint32_t run_symbol(uint32_t length, code_t *extra)
{
    uint32_t over = length - RUN_LEAST, bits = 0;
    *extra = (code_t){0, 0};
    if (length == RUN_MOST)
        return SYMBOLS - 1;
    if (over < 8)
        return FIRST_RUN + over;
    while (over >> (bits + 3) != 0)
        bits++;
    *extra = (code_t){over & ((1u << bits) - 1), bits};
    return FIRST_RUN + 8 + 4 * (bits - 1) + (over >> bits) - 4;
}

/* ---- lengths of codes ---- */

typedef struct {
    uint32_t times, symbol;
} leaf_t;

static int by_times(const void *a, const void *b)
{
    const leaf_t *x = a, *y = b;
    if (x->times != y->times)
        return x->times < y->times ? -1 : 1;
    return x->symbol < y->symbol ? -1 : 1;
}

/* Huffman's tree: how many leaves at each depth, leaves with the rarest first. */
static void grow_tree(const leaf_t *leaf, uint32_t leaves, uint32_t at_depth[SYMBOLS])
{
    uint64_t weight[SYMBOLS];
    uint32_t parent[2 * SYMBOLS] = {0}, depth[SYMBOLS] = {0}, next_leaf = 0, next_node = 0;
    for (uint32_t node = 0; node + 1 < leaves; node++) {
        weight[node] = 0;
        for (uint32_t child = 0; child < 2; child++) {
            bool is_leaf = next_leaf < leaves &&
                           (next_node >= node || leaf[next_leaf].times <= weight[next_node]);
            weight[node] += is_leaf ? leaf[next_leaf].times : weight[next_node];
            parent[is_leaf ? next_leaf++ : SYMBOLS + next_node++] = node;
        }
    }
    memset(at_depth, 0, SYMBOLS * sizeof(*at_depth));
    for (uint32_t node = leaves - 1; node-- > 0;)
        depth[node] = node == leaves - 2 ? 0 : depth[parent[SYMBOLS + node]] + 1;
    for (uint32_t i = 0; i < leaves; i++)
        at_depth[depth[parent[i]] + 1]++;
}

/* Deeper leaves come up to LONGEST; for that others go down, one at a time. */
static void limit_depth(uint32_t at_depth[SYMBOLS])
{
    uint32_t total = 0;
    for (uint32_t i = LONGEST + 1; i < SYMBOLS; i++)
        at_depth[LONGEST] += at_depth[i];
    for (uint32_t i = 1; i <= LONGEST; i++)
        total += at_depth[i] << (LONGEST - i);
    for (; total > 1u << LONGEST; total--) {
        uint32_t i = LONGEST - 1;
        while (at_depth[i] == 0)
            i--;
        at_depth[LONGEST]--;
        at_depth[i]--;
        at_depth[i + 1] += 2;
    }
}

/* Bits of each symbol's code; 0: it is not there. At least two are. */
static void set_lengths(const uint32_t times[SYMBOLS], uint8_t length[SYMBOLS])
{
    leaf_t leaf[SYMBOLS];
    uint32_t leaves = 0, at_depth[SYMBOLS];
    memset(length, 0, SYMBOLS);
    for (uint32_t s = 0; s < SYMBOLS; s++)
        if (times[s] != 0)
            leaf[leaves++] = (leaf_t){times[s], s};
    qsort(leaf, leaves, sizeof(*leaf), by_times);
    grow_tree(leaf, leaves, at_depth);
    limit_depth(at_depth);
    for (uint32_t bits = LONGEST, i = 0; bits > 0; bits--)
        for (uint32_t n = 0; n < at_depth[bits]; n++)
            length[leaf[i++].symbol] = (uint8_t)bits;
}

/* Codes of a length are in the order of their symbols (RFC 1951, 3.2.2), first bit highest. */
static void set_codes(const uint8_t length[SYMBOLS], code_t code[SYMBOLS])
{
    uint32_t next = 0;
    for (uint32_t bits = 1; bits <= LONGEST; bits++, next <<= 1)
        for (uint32_t s = 0; s < SYMBOLS; s++) {
            if (length[s] != bits)
                continue;
            code[s] = (code_t){0, bits};
            for (uint32_t i = 0; i < bits; i++)
                code[s].bits |= (next >> i & 1) << (bits - 1 - i);
            next++;
        }
}

/* ---- blocks ---- */

/* Lengths of codes are four bits each: their codes are those of 16 symbols of four bits. */
static void put_head(writer_t *w, const uint8_t length[SYMBOLS], bool last)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    put(w, last, 1);
    put(w, 2, 2); /* with codes of its own */
    put(w, SYMBOLS - 257, 5);
    put(w, 0, 5); /* one distance */
    put(w, 19 - 4, 4);
    for (uint32_t i = 0; i < 19; i++)
        put(w, order[i] < 16 ? 4 : 0, 3);
    for (uint32_t s = 0; s <= SYMBOLS; s++) {
        uint32_t bits = s < SYMBOLS ? length[s] : 1; /* the distance: one bit */
        put(w, (bits & 1) << 3 | (bits & 2) << 1 | (bits & 4) >> 1 | (bits & 8) >> 3, 4);
    }
}

static void put_block(writer_t *w, const uint16_t *token, uint32_t count,
                      const uint32_t times[TOKENS], bool last)
{
    uint32_t symbol_times[SYMBOLS];
    uint8_t length[SYMBOLS];
    code_t code[SYMBOLS], whole[TOKENS], extra;
    memcpy(symbol_times, times, 256 * sizeof(*times));
    memset(symbol_times + 256, 0, (SYMBOLS - 256) * sizeof(*times));
    symbol_times[END] = 1;
    symbol_times[0] += count == 0; /* two symbols at least */
    for (uint32_t t = 256; t < TOKENS; t++)
        symbol_times[run_symbol(t - 256 + RUN_LEAST, &extra)] += times[t];
    set_lengths(symbol_times, length);
    set_codes(length, code);
    for (uint32_t t = 0; t < TOKENS; t++) {
        whole[t] = times[t] == 0 ? (code_t){0, 0} : code[t < 256 ? t : 0];
        if (t < 256 || times[t] == 0)
            continue;
        code_t symbol = code[run_symbol(t - 256 + RUN_LEAST, &extra)];
        whole[t] = (code_t){symbol.bits | extra.bits << symbol.count,
                            symbol.count + extra.count + 1}; /* and the distance's 0 */
    }
    put_head(w, length, last);
    writer_t here = *w; /* in registers */
    for (uint32_t i = 0; i < count; i++)
        put(&here, whole[token[i]].bits, whole[token[i]].count);
    *w = here;
    put(w, code[END].bits, code[END].count);
}

uint8_t *sim_huffman_zlib(const uint8_t *data, size_t bytes, size_t *out_bytes)
{
    /* no code is longer than 15 bits, but a block as a whole never takes more than 9 a byte */
    size_t blocks = bytes / BLOCK_TOKENS + 1, at = 0;
    writer_t w = {.out = malloc(bytes + bytes / 8 + 512 * blocks + 64)};
    uint16_t *token = malloc(BLOCK_TOKENS * sizeof(*token));
    uint32_t times[TOKENS], adler = sim_adler32(data, bytes);
    if (w.out == NULL || token == NULL) {
        free(w.out);
        free(token);
        return NULL;
    }
    put(&w, 0x0178, 16); /* deflate, 32 KiB, fastest */
    do {
        uint32_t count = make_tokens(data, bytes, &at, token, times);
        put_block(&w, token, count, times, at == bytes);
    } while (at < bytes);
    put_rest(&w);
    for (int i = 24; i >= 0; i -= 8)
        w.out[w.used++] = (uint8_t)(adler >> i);
    free(token);
    *out_bytes = w.used;
    return w.out;
}
