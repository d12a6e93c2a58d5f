/*
 * kernel_vec_avx2.c - the vector unit with AVX2: REQUANT 16 codes at a time, ADD, SUB, MUL 8,
 * LUT 32.
 *
 * The products of 32-bit lanes have 64 bits, so even and odd lanes are multiplied apart.
 */
#include <immintrin.h>

#include "npu/kernel_int.h"

static __m256i load(const int32_t *words)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)words);
}

/* 8 lanes of per-channel parameters, and what follows from them alone. */
typedef struct {
    __m256i bias, mult, mult_odd, left, right, mask, half;
    __m256i total_even, total_odd, round_even, round_odd; /* single rounding: 64-bit lanes */
} lanes_t;

static inline lanes_t lanes_of(__m256i bias, __m256i mult, __m256i shift)
{
    const __m256i zero = _mm256_setzero_si256(), one = _mm256_set1_epi32(1);
    const __m256i one64 = _mm256_set1_epi64x(1);
    lanes_t l = {.bias = bias, .mult = mult};
    l.mult_odd = _mm256_srli_epi64(l.mult, 32);
    l.left = _mm256_max_epi32(shift, zero);
    l.right = _mm256_max_epi32(_mm256_sub_epi32(zero, shift), zero);
    l.mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, l.right), one);
    l.half = _mm256_srai_epi32(l.mask, 1);
    __m256i total = _mm256_sub_epi32(_mm256_set1_epi32(31), shift);
    l.total_even = _mm256_and_si256(total, _mm256_set1_epi64x(0xffffffff));
    l.total_odd = _mm256_srli_epi64(total, 32);
    l.round_even = _mm256_sllv_epi64(one64, _mm256_sub_epi64(l.total_even, one64));
    l.round_odd = _mm256_sllv_epi64(one64, _mm256_sub_epi64(l.total_odd, one64));
    return l;
}

/* npu_requant_double. With mult >= 0, npu_high_mul is (x * mult + 2^30) >> 31 for either sign. */
static inline __m256i requant_double(__m256i x, const lanes_t *l)
{
    const __m256i nudge = _mm256_set1_epi64x(INT64_C(1) << 30);
    x = _mm256_sllv_epi32(x, l->left);
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, l->mult), nudge);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(x, 32), l->mult_odd);
    odd = _mm256_add_epi64(odd, nudge);
    __m256i h = _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
    __m256i rest = _mm256_and_si256(h, l->mask);
    __m256i threshold = _mm256_add_epi32(l->half, _mm256_srli_epi32(h, 31));
    /* a comparison gives -1 */
    return _mm256_sub_epi32(_mm256_srav_epi32(h, l->right), _mm256_cmpgt_epi32(rest, threshold));
}

/* Arithmetic shift of 64-bit lanes: as unsigned with an offset, which is taken off again. */
static inline __m256i srav64(__m256i x, __m256i count)
{
    const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
    return _mm256_sub_epi64(_mm256_srlv_epi64(_mm256_xor_si256(x, sign), count),
                            _mm256_srlv_epi64(sign, count));
}

static inline __m256i requant_single(__m256i x, const lanes_t *l)
{
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, l->mult), l->round_even);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(x, 32), l->mult_odd);
    odd = _mm256_add_epi64(odd, l->round_odd);
    even = srav64(even, l->total_even);
    odd = srav64(odd, l->total_odd);
    return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}

static inline __m256i requant8(__m256i x, const lanes_t *l, const bool single)
{
    return single ? requant_single(x, l) : requant_double(x, l);
}

/* ---- requantize ---------------------------------------------------------------------------------
 */

static lanes_t lanes_read(const npu_block_t *params, uint32_t at)
{
    return lanes_of(load(params->bias + at), load(params->mult + at), load(params->shift + at));
}

typedef struct {
    lanes_t lanes[2];
    __m256i zp;
    __m128i min, max;
} sixteen_t;

/* 16 sums to 16 codes; single is a constant at each call. */
static inline __m128i codes_of(const int32_t *acc, const sixteen_t *s, const bool single)
{
    __m256i low = _mm256_add_epi32(load(acc), s->lanes[0].bias);
    __m256i high = _mm256_add_epi32(load(acc + 8), s->lanes[1].bias);
    low = _mm256_add_epi32(requant8(low, &s->lanes[0], single), s->zp);
    high = _mm256_add_epi32(requant8(high, &s->lanes[1], single), s->zp);
    __m256i words = _mm256_packs_epi32(low, high); /* quarters in the order 0 2 1 3 */
    __m128i codes =
        _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    codes = _mm_shuffle_epi32(codes, 0xd8);
    return _mm_min_epi8(_mm_max_epi8(codes, s->min), s->max);
}

/* Channels first.. of all pixels, 16 of them or the last ones. */
static inline void requant_all(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t first,
                               const sixteen_t *s, const bool single)
{
    const uint32_t left = insn->c - first, width = insn->w;
    const size_t acc_pix = insn->src.pix / 4, out_pix = insn->dst.pix;
    for (uint32_t y = 0; y < insn->h; y++) {
        const int32_t *acc = npu_acc_at(l1, &insn->src, y, 0) + first;
        int8_t *out = npu_act_at(l1, &insn->dst, y, 0) + first;
        for (uint32_t x = 0; x < width && left >= 16; x++, acc += acc_pix, out += out_pix)
            _mm_storeu_si128((__m128i *)(void *)out, codes_of(acc, s, single));
        for (uint32_t x = 0; x < width && left < 16; x++, acc += acc_pix, out += out_pix) {
            int32_t in[16] = {0};
            int8_t codes[16];
            memcpy(in, acc, 4 * (size_t)left);
            _mm_storeu_si128((__m128i *)(void *)codes, codes_of(in, s, single));
            memcpy(out, codes, left);
        }
    }
}

void npu_requant_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t first = 0; first < insn->c; first += 16) {
        npu_block_t params;
        npu_block_read(insn, l1, first / NPU_LANES, &params);
        const uint32_t at = first % NPU_LANES;
        const sixteen_t s = {{lanes_read(&params, at), lanes_read(&params, at + 8)},
                             _mm256_set1_epi32(insn->out_zp),
                             _mm_set1_epi8((char)insn->out_min),
                             _mm_set1_epi8((char)insn->out_max)};
        if ((insn->flags & NPU_FLAG_SINGLE) != 0)
            requant_all(insn, l1, first, &s, true);
        else
            requant_all(insn, l1, first, &s, false);
    }
}

/* ---- element-wise -------------------------------------------------------------------------------
 */

static lanes_t lanes_all(npu_mult_t m)
{
    return lanes_of(_mm256_setzero_si256(), _mm256_set1_epi32(m.mult), _mm256_set1_epi32(m.shift));
}

typedef struct {
    lanes_t by_a, by_b, by;
    __m256i off_a, off_b, zp, min, max;
    __m128i left;
} element_t;

/* 8 elements; op (ADD, SUB, MUL) and single are constants at each call. */
static inline __m128i element8(const element_t *e, __m128i codes_a, __m128i codes_b,
                               const npu_op_t op, const bool single)
{
    __m256i a = _mm256_add_epi32(_mm256_cvtepi8_epi32(codes_a), e->off_a);
    __m256i b = _mm256_add_epi32(_mm256_cvtepi8_epi32(codes_b), e->off_b), q;
    if (op == NPU_OP_MUL) {
        q = _mm256_mullo_epi32(a, b);
    } else {
        a = requant8(_mm256_sll_epi32(a, e->left), &e->by_a, single);
        b = requant8(_mm256_sll_epi32(b, e->left), &e->by_b, single);
        q = op == NPU_OP_SUB ? _mm256_sub_epi32(a, b) : _mm256_add_epi32(a, b);
    }
    q = _mm256_add_epi32(requant8(q, &e->by, single), e->zp);
    q = _mm256_min_epi32(_mm256_max_epi32(q, e->min), e->max);
    __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
    return _mm_packs_epi16(words, words);
}

static inline void elements(const npu_insn_t *insn, const npu_l1_t *l1, const npu_op_t op,
                            const bool single)
{
    const npu_record_t r = npu_record_read(insn, l1);
    const npu_insn_t flat = npu_flat_elements(insn, true);
    const element_t e = {
        lanes_all(r.mult_a),        lanes_all(r.mult_b),        lanes_all(r.mult),
        _mm256_set1_epi32(r.off_a), _mm256_set1_epi32(r.off_b), _mm256_set1_epi32(r.zp),
        _mm256_set1_epi32(r.min),   _mm256_set1_epi32(r.max),   _mm_cvtsi32_si128(r.left)};
    for (uint32_t y = 0; y < flat.h; y++)
        for (uint32_t x = 0; x < flat.w; x++) {
            const int8_t *a = npu_act_at(l1, &flat.src, y, x);
            const int8_t *b = npu_act_at(l1, &flat.src2, y, x);
            int8_t *out = npu_act_at(l1, &flat.dst, y, x);
            const uint32_t whole = flat.c / 8 * 8, rest = flat.c - whole;
            for (uint32_t c = 0; c < whole; c += 8)
                _mm_storel_epi64(
                    (__m128i *)(void *)(out + c),
                    element8(&e, _mm_loadl_epi64((const __m128i *)(const void *)(a + c)),
                             _mm_loadl_epi64((const __m128i *)(const void *)(b + c)), op, single));
            if (rest > 0) {
                int64_t last[2] = {0};
                memcpy(&last[0], a + whole, rest);
                memcpy(&last[1], b + whole, rest);
                int64_t codes = _mm_cvtsi128_si64(element8(&e, _mm_cvtsi64_si128(last[0]),
                                                           _mm_cvtsi64_si128(last[1]), op, single));
                memcpy(out + whole, &codes, rest);
            }
        }
}

void npu_elements_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const bool single = (insn->flags & NPU_FLAG_SINGLE) != 0;
    if (!npu_elements_free(insn, l1))
        npu_elements_run(insn, l1);
    else if (insn->op == NPU_OP_ADD && single)
        elements(insn, l1, NPU_OP_ADD, true);
    else if (insn->op == NPU_OP_ADD)
        elements(insn, l1, NPU_OP_ADD, false);
    else if (insn->op == NPU_OP_SUB && single)
        elements(insn, l1, NPU_OP_SUB, true);
    else if (insn->op == NPU_OP_SUB)
        elements(insn, l1, NPU_OP_SUB, false);
    else if (single)
        elements(insn, l1, NPU_OP_MUL, true);
    else
        elements(insn, l1, NPU_OP_MUL, false);
}

/* ---- tables -------------------------------------------------------------------------------------
 */

/* 32 codes by a table in 16 pieces of 16: vpshufb gives 0 where bit 7 of the index is set, and that
 * is so, after two additions, for all but one piece. */
static inline __m256i look_up(const __m256i table[16], __m256i codes)
{
    __m256i result = _mm256_setzero_si256();
    for (int piece = 0; piece < 16; piece++) {
        /* code + 128, counted from the piece on */
        __m256i index = _mm256_sub_epi8(codes, _mm256_set1_epi8((char)(16 * piece - 128)));
        index = _mm256_adds_epu8(index, _mm256_set1_epi8(0x70));
        result = _mm256_or_si256(result, _mm256_shuffle_epi8(table[piece], index));
    }
    return result;
}

void npu_lut_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const npu_insn_t flat = npu_flat_elements(insn, false);
    const uint8_t *bytes = l1->data[NPU_MEM_PAR] + insn->par;
    __m256i table[16];
    if (!npu_any_order(insn, true)) {
        npu_lut_run(insn, l1);
        return;
    }
    for (uint32_t piece = 0; piece < 16; piece++)
        table[piece] = _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * piece)));
    for (uint32_t y = 0; y < flat.h; y++)
        for (uint32_t x = 0; x < flat.w; x++) {
            const int8_t *in = npu_act_at(l1, &flat.src, y, x);
            int8_t *out = npu_act_at(l1, &flat.dst, y, x);
            const uint32_t whole = flat.c / 32 * 32;
            for (uint32_t c = 0; c < whole; c += 32) {
                __m256i codes = _mm256_loadu_si256((const __m256i *)(const void *)(in + c));
                _mm256_storeu_si256((__m256i *)(void *)(out + c), look_up(table, codes));
            }
            for (uint32_t c = whole; c < flat.c; c++)
                out[c] = (int8_t)bytes[in[c] + 128];
        }
}
