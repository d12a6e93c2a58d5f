/*
 * kernel_vec_avx512.c - the vector unit with AVX-512: REQUANT 64 codes at a time, element-wise
 * operators 16, pools 32 or 64 channels.
 *
 * The products of 32-bit lanes have 64 bits, so even and odd lanes are multiplied apart. Double
 * rounding in its usual range takes a short way. With n the right shift, s = 1 if x < 0 else 0,
 *     high = floor((x * mult + 2^30) / 2^31)         (npu_high_mul for mult >= 0)
 *     q    = floor((high + 2^(n-1) - s) / 2^n)       (npu_round_shr for n > 0; s may be that of x:
 *                                                     where only high is 0, both give 0)
 *     q + zp = floor((floor((2 x * mult + c) / 2^32) - s) / 2^n)
 *     c    = 2^31 + 2^32 (2^(n-1) + zp 2^n)
 * which fits its registers for |x| < 2^30, n <= 22 and no left shift. Where REQUANT finds an x
 * outside, it does the block again the long way.
 *
 * After a ReLU, out_min >= zp: x < 0 gives out_min whatever its s. Then for 1 <= n <= 22 and any x
 *     q + zp = floor(floor((x * mult + c) / 2^32) / 2^(n-1))
 *     c      = 2^30 + 2^(30+n) (1 + 2 zp)
 */
#include <immintrin.h>
#include <stdlib.h>

#include "npu/kernel_int.h"

typedef enum { WAY_RELU, WAY_SHORT, WAY_DOUBLE, WAY_SINGLE } way_t;

/* 16 lanes of per-channel parameters, and what follows from them alone. */
typedef struct {
    __m512i bias, mult, mult_odd, right;
    __m512i c_even, c_odd;                                /* short ways: 64-bit lanes */
    __mmask16 rounds;                                     /* n > 0 */
    __m512i left, mask, half;                             /* double rounding */
    __m512i total_even, total_odd, round_even, round_odd; /* single rounding: 64-bit lanes */
} lanes_t;

static inline lanes_t lanes_of(__m512i bias, __m512i mult, __m512i shift, int32_t out_zp)
{
    const __m512i zero = _mm512_setzero_si512(), one = _mm512_set1_epi32(1);
    const __m512i one64 = _mm512_set1_epi64(1), high = _mm512_set1_epi64(-1 - (int64_t)UINT32_MAX);
    lanes_t l = {.bias = bias, .mult = mult};
    l.mult_odd = _mm512_srli_epi64(l.mult, 32);
    l.left = _mm512_max_epi32(shift, zero);
    l.right = _mm512_max_epi32(_mm512_sub_epi32(zero, shift), zero);
    l.rounds = _mm512_test_epi32_mask(l.right, l.right);
    l.mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, l.right), one);
    l.half = _mm512_srai_epi32(l.mask, 1);

    __m512i zp = _mm512_sllv_epi32(_mm512_set1_epi32(out_zp), l.right);
    __m512i up = _mm512_maskz_add_epi32(l.rounds, l.half, one); /* 2^(n-1) */
    __m512i c = _mm512_add_epi32(zp, up), c_half = _mm512_set1_epi64(INT64_C(1) << 31);
    l.c_even = _mm512_add_epi64(_mm512_slli_epi64(c, 32), c_half);
    l.c_odd = _mm512_add_epi64(_mm512_and_si512(c, high), c_half);

    __m512i total = _mm512_sub_epi32(_mm512_set1_epi32(31), shift);
    l.total_even = _mm512_andnot_si512(high, total);
    l.total_odd = _mm512_srli_epi64(total, 32);
    l.round_even = _mm512_sllv_epi64(one64, _mm512_sub_epi64(l.total_even, one64));
    l.round_odd = _mm512_sllv_epi64(one64, _mm512_sub_epi64(l.total_odd, one64));
    return l;
}

/* Of the way after a ReLU. */
static inline lanes_t lanes_relu(__m512i bias, __m512i mult, __m512i shift, int32_t out_zp)
{
    const __m512i factor = _mm512_set1_epi64(1 + 2 * (int64_t)out_zp);
    const __m512i nudge = _mm512_set1_epi64(INT64_C(1) << 30);
    const __m512i up = _mm512_sub_epi32(_mm512_set1_epi32(30), shift); /* 30 + n */
    const __m512i up_even = _mm512_maskz_mov_epi32(0x5555, up), up_odd = _mm512_srli_epi64(up, 32);
    return (lanes_t){.bias = bias,
                     .mult = mult,
                     .mult_odd = _mm512_srli_epi64(mult, 32),
                     .right = _mm512_sub_epi32(_mm512_set1_epi32(-1), shift),
                     .c_even = _mm512_add_epi64(_mm512_sllv_epi64(factor, up_even), nudge),
                     .c_odd = _mm512_add_epi64(_mm512_sllv_epi64(factor, up_odd), nudge)};
}

/* The high words of x * mult + c. */
static inline __m512i product_high(__m512i x, const lanes_t *l)
{
    const __m512i highs =
        _mm512_setr_epi32(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, l->mult), l->c_even);
    __m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(x, 32), l->mult_odd);
    return _mm512_permutex2var_epi32(even, highs, _mm512_add_epi64(odd, l->c_odd));
}

/* In *outside the sign bit of a lane is set when its x is out of range. */
static inline __m512i requant_short(__m512i x, const lanes_t *l, __m512i *outside)
{
    __m512i twice = _mm512_add_epi32(x, x);
    *outside = _mm512_ternarylogic_epi32(*outside, x, twice, 0xf6); /* outside | (x ^ twice) */
    __m512i sign = _mm512_maskz_srai_epi32(l->rounds, x, 31);
    return _mm512_srav_epi32(_mm512_add_epi32(product_high(twice, l), sign), l->right);
}

/* npu_requant_double. With mult >= 0, npu_high_mul is (x * mult + 2^30) >> 31 for either sign. */
static inline __m512i requant_double(__m512i x, const lanes_t *l)
{
    const __m512i nudge = _mm512_set1_epi64(INT64_C(1) << 30);
    x = _mm512_sllv_epi32(x, l->left);
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, l->mult), nudge);
    __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), l->mult_odd), nudge);
    __m512i h =
        _mm512_mask_mov_epi32(_mm512_srli_epi64(even, 31), 0xaaaa, _mm512_slli_epi64(odd, 1));
    __m512i rest = _mm512_and_si512(h, l->mask);
    __m512i threshold = _mm512_add_epi32(l->half, _mm512_srli_epi32(h, 31));
    __m512i q = _mm512_srav_epi32(h, l->right);
    return _mm512_mask_add_epi32(q, _mm512_cmpgt_epi32_mask(rest, threshold), q,
                                 _mm512_set1_epi32(1));
}

static inline __m512i requant_single(__m512i x, const lanes_t *l)
{
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, l->mult), l->round_even);
    __m512i odd =
        _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), l->mult_odd), l->round_odd);
    even = _mm512_srav_epi64(even, l->total_even);
    odd = _mm512_srav_epi64(odd, l->total_odd);
    return _mm512_mask_mov_epi32(even, 0xaaaa, _mm512_slli_epi64(odd, 32));
}

/* 16 results as int32, zero point added. */
static inline __m512i requant16(__m512i x, __m512i zp, const lanes_t *l, const way_t way,
                                __m512i *outside)
{
    if (way == WAY_RELU)
        return _mm512_srav_epi32(product_high(x, l), l->right);
    if (way == WAY_SHORT)
        return requant_short(x, l, outside);
    return _mm512_add_epi32(way == WAY_SINGLE ? requant_single(x, l) : requant_double(x, l), zp);
}

/* ---- requantize ---------------------------------------------------------------------------------
 */

static inline lanes_t lanes_read(const npu_insn_t *insn, const npu_block_t *params, uint32_t at,
                                 const way_t way)
{
    const __m512i bias = _mm512_loadu_si512(params->bias + at);
    const __m512i mult = _mm512_loadu_si512(params->mult + at);
    const __m512i shift = _mm512_loadu_si512(params->shift + at);
    return way == WAY_RELU ? lanes_relu(bias, mult, shift, insn->out_zp)
                           : lanes_of(bias, mult, shift, insn->out_zp);
}

/* One block of all pixels, two at a time; way, whole (32 channels) and all (codes may come out) are
 * constants at each call. False: the short way met an x out of its range. */
static inline bool requant_block(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t first,
                                 const npu_block_t *params, const way_t way, const bool whole,
                                 const bool all)
{
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const lanes_t lanes[2] = {lanes_read(insn, params, 0, way), lanes_read(insn, params, 16, way)};
    const __m512i zp = _mm512_set1_epi32(insn->out_zp);
    const __m512i min = _mm512_set1_epi8((char)insn->out_min);
    const __m512i max = _mm512_set1_epi8((char)insn->out_max);
    const uint32_t lanes_left = insn->c - first;
    const __mmask32 real =
        whole || lanes_left >= NPU_LANES ? UINT32_MAX : (UINT32_C(1) << lanes_left) - 1;
    const __mmask16 lows = (__mmask16)real, highs = (__mmask16)(real >> 16);
    const size_t acc_pix = insn->src.pix / 4, out_pix = insn->dst.pix;
    const uint32_t width = insn->w;
    __m512i outside = _mm512_setzero_si512();
    for (uint32_t y = 0; y < insn->h; y++) {
        const int32_t *acc = npu_acc_at(l1, &insn->src, y, 0) + first;
        int8_t *out = npu_act_at(l1, &insn->dst, y, 0) + first;
        for (uint32_t x = 0; x < width; x += 2) {
            const uint32_t second = x + 1 < width; /* else the first again */
            __m512i words[2];
            for (uint32_t p = 0; p < 2; p++) {
                const int32_t *from = acc + p * second * acc_pix;
                __m512i low = _mm512_maskz_loadu_epi32(lows, from);
                __m512i high = _mm512_maskz_loadu_epi32(highs, from + 16);
                low = _mm512_add_epi32(low, lanes[0].bias);
                high = _mm512_add_epi32(high, lanes[1].bias);
                words[p] = _mm512_packs_epi32(requant16(low, zp, &lanes[0], way, &outside),
                                              requant16(high, zp, &lanes[1], way, &outside));
            }
            __m512i codes = _mm512_packs_epi16(words[0], words[1]);
            codes = _mm512_permutexvar_epi32(order, codes);
            if (!all)
                codes = _mm512_min_epi8(_mm512_max_epi8(codes, min), max);
            _mm256_mask_storeu_epi8(out, real, _mm512_castsi512_si256(codes));
            _mm256_mask_storeu_epi8(out + second * out_pix, real,
                                    _mm512_extracti64x4_epi64(codes, 1));
            acc += 2 * acc_pix;
            out += 2 * out_pix;
        }
    }
    return _mm512_movepi32_mask(outside) == 0;
}

static bool shift_is_short(int32_t shift)
{
    return shift <= 0 && shift >= -22;
}

/* Whether all shifts of a block are -22 to `most`. */
static bool shifts_fit(const npu_block_t *params, int32_t most)
{
    const __m512i a = _mm512_loadu_si512(params->shift), b = _mm512_loadu_si512(params->shift + 16);
    const __m512i low = _mm512_set1_epi32(-22), high = _mm512_set1_epi32(most);
    return (_mm512_cmplt_epi32_mask(_mm512_min_epi32(a, b), low) |
            _mm512_cmpgt_epi32_mask(_mm512_max_epi32(a, b), high)) == 0;
}

/* The usual block: 32 channels after a ReLU. False: it is another. */
static bool requant_relu(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t first,
                         const npu_block_t *params)
{
    const bool all = insn->out_min == INT8_MIN && insn->out_max == INT8_MAX;
    if (insn->c - first < NPU_LANES || insn->out_min < insn->out_zp || !shifts_fit(params, -1))
        return false;
    return all ? requant_block(insn, l1, first, params, WAY_RELU, true, true)
               : requant_block(insn, l1, first, params, WAY_RELU, true, false);
}

void npu_requant_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t first = 0; first < insn->c; first += NPU_LANES) {
        npu_block_t params;
        npu_block_read(insn, l1, first / NPU_LANES, &params);
        const bool whole = insn->c - first >= NPU_LANES;
        bool done = false;
        if ((insn->flags & NPU_FLAG_SINGLE) != 0)
            done = requant_block(insn, l1, first, &params, WAY_SINGLE, false, false);
        else if (requant_relu(insn, l1, first, &params))
            done = true;
        else if (shifts_fit(&params, 0))
            done = whole ? requant_block(insn, l1, first, &params, WAY_SHORT, true, false)
                         : requant_block(insn, l1, first, &params, WAY_SHORT, false, false);
        if (!done)
            requant_block(insn, l1, first, &params, WAY_DOUBLE, false, false);
    }
}

/* ---- element-wise -------------------------------------------------------------------------------
 */

/* Whether the short way is exact for all codes: a requantized number of it is not above its x. */
static bool record_is_short(const npu_record_t *r, bool product)
{
    int64_t a = 128 + llabs((int64_t)r->off_a), b = 128 + llabs((int64_t)r->off_b);
    bool range = a < 65536 && b < 65536 && r->zp >= -128 && r->zp <= 127;
    bool sources = shift_is_short(r->mult_a.shift) && shift_is_short(r->mult_b.shift);
    int64_t limit = product ? a * b : ((a > b ? a : b) << r->left) * 2;
    return range && (product || sources) && shift_is_short(r->mult.shift) &&
           limit < INT64_C(1) << 30;
}

static lanes_t lanes_all(npu_mult_t m, int32_t zp)
{
    return lanes_of(_mm512_setzero_si512(), _mm512_set1_epi32(m.mult), _mm512_set1_epi32(m.shift),
                    zp);
}

/* The first n of 16 lanes. */
static inline __mmask16 first16(uint32_t n)
{
    return (__mmask16)(n >= 16 ? 0xffffu : (1u << n) - 1);
}

static inline __m512i codes_at(const int8_t *codes, __mmask16 some, int32_t offset)
{
    return _mm512_add_epi32(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(some, codes)),
                            _mm512_set1_epi32(offset));
}

/* All elements; op (ADD, SUB, MUL) and way are constants at each call. */
static inline void elements(const npu_insn_t *insn, const npu_l1_t *l1, const npu_record_t *r,
                            const npu_op_t op, const way_t way)
{
    const lanes_t by_a = lanes_all(r->mult_a, 0), by_b = lanes_all(r->mult_b, 0);
    const lanes_t by = lanes_all(r->mult, r->zp);
    const __m512i none = _mm512_setzero_si512(), zp = _mm512_set1_epi32(r->zp);
    const __m128i left = _mm_cvtsi32_si128(r->left);
    const __m512i min = _mm512_set1_epi32(r->min), max = _mm512_set1_epi32(r->max);
    __m512i outside;
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++) {
            const int8_t *from_a = npu_act_at(l1, &insn->src, y, x);
            const int8_t *from_b = npu_act_at(l1, &insn->src2, y, x);
            int8_t *out = npu_act_at(l1, &insn->dst, y, x);
            for (uint32_t c = 0; c < insn->c; c += 16) {
                const __mmask16 some = first16(insn->c - c);
                __m512i a = codes_at(from_a + c, some, r->off_a);
                __m512i b = codes_at(from_b + c, some, r->off_b), q;
                if (op == NPU_OP_MUL) {
                    q = _mm512_mullo_epi32(a, b);
                } else {
                    a = requant16(_mm512_sll_epi32(a, left), none, &by_a, way, &outside);
                    b = requant16(_mm512_sll_epi32(b, left), none, &by_b, way, &outside);
                    q = op == NPU_OP_SUB ? _mm512_sub_epi32(a, b) : _mm512_add_epi32(a, b);
                }
                q = requant16(q, zp, &by, way, &outside);
                q = _mm512_min_epi32(_mm512_max_epi32(q, min), max);
                _mm_mask_storeu_epi8(out + c, some, _mm512_cvtepi32_epi8(q));
            }
        }
}

static inline void elements_by(const npu_insn_t *insn, const npu_l1_t *l1, const npu_record_t *r,
                               const npu_op_t op)
{
    if ((insn->flags & NPU_FLAG_SINGLE) != 0)
        elements(insn, l1, r, op, WAY_SINGLE);
    else if (record_is_short(r, op == NPU_OP_MUL))
        elements(insn, l1, r, op, WAY_SHORT);
    else
        elements(insn, l1, r, op, WAY_DOUBLE);
}

void npu_elements_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const npu_record_t r = npu_record_read(insn, l1);
    const npu_insn_t flat = npu_flat_elements(insn, true);
    if (!npu_elements_free(insn, l1))
        npu_elements_run(insn, l1);
    else if (insn->op == NPU_OP_ADD)
        elements_by(&flat, l1, &r, NPU_OP_ADD);
    else if (insn->op == NPU_OP_SUB)
        elements_by(&flat, l1, &r, NPU_OP_SUB);
    else
        elements_by(&flat, l1, &r, NPU_OP_MUL);
}

/* ---- pools --------------------------------------------------------------------------------------
 */

/* Largest code of the taps inside, 64 channels. */
static inline __m512i window_max(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x,
                                 uint32_t first, __mmask64 some)
{
    __m512i max = _mm512_set1_epi8(INT8_MIN);
    for (uint32_t ky = 0; ky < insn->k_h; ky++)
        for (uint32_t kx = 0; kx < insn->k_w; kx++) {
            const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
            if (src != NULL)
                max = _mm512_max_epi8(max, _mm512_maskz_loadu_epi8(some, src + first));
        }
    return max;
}

void npu_maxpool_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const __m512i low = _mm512_set1_epi8((char)insn->out_min);
    const __m512i high = _mm512_set1_epi8((char)insn->out_max);
    if (!npu_any_order(insn, false)) {
        npu_maxpool_run(insn, l1);
        return;
    }
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++)
            for (uint32_t c = 0; c < insn->c; c += 64) {
                uint32_t left = insn->c - c;
                __mmask64 some = left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
                __m512i max = window_max(insn, l1, y, x, c, some);
                max = _mm512_min_epi8(_mm512_max_epi8(max, low), high);
                _mm512_mask_storeu_epi8(npu_act_at(l1, &insn->dst, y, x) + c, some, max);
            }
}

/* Sum of the taps inside, 32 channels, and how many there are: at most 255, so 16 bits do. */
static inline __m512i window_sum(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x,
                                 uint32_t first, __mmask32 some, uint32_t *taps)
{
    __m512i sum = _mm512_setzero_si512();
    *taps = 0;
    for (uint32_t ky = 0; ky < insn->k_h; ky++)
        for (uint32_t kx = 0; kx < insn->k_w; kx++) {
            const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
            if (src == NULL)
                continue;
            __m256i codes = _mm256_maskz_loadu_epi8(some, src + first);
            sum = _mm512_add_epi16(sum, _mm512_cvtepi8_epi16(codes));
            ++*taps;
        }
    return sum;
}

/* Rounded means of 16 sums as 16 codes. A float quotient of such small numbers is never rounded up
 * to a whole one. */
static inline __m128i means(__m256i sums, uint32_t taps, bool half_up)
{
    const __m512i half = _mm512_set1_epi32((int32_t)taps / 2);
    const __m512 n = _mm512_set1_ps((float)taps);
    __m512i s = _mm512_cvtepi16_epi32(sums);
    __mmask16 down = half_up ? 0 : _mm512_cmple_epi32_mask(s, _mm512_setzero_si512());
    s = _mm512_mask_sub_epi32(_mm512_add_epi32(s, half), down, s, half);
    __m512 q = _mm512_div_ps(_mm512_cvtepi32_ps(s), n);
    __m512i code = half_up ? _mm512_cvt_roundps_epi32(q, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)
                           : _mm512_cvttps_epi32(q);
    return _mm512_cvtsepi32_epi8(code);
}

void npu_avgpool_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const bool half_up = (insn->flags & NPU_FLAG_UNSIGNED) != 0;
    const __m256i low = _mm256_set1_epi8((char)insn->out_min);
    const __m256i high = _mm256_set1_epi8((char)insn->out_max);
    if (insn->k_h * insn->k_w > 255 || !npu_any_order(insn, false)) {
        npu_avgpool_run(insn, l1);
        return;
    }
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++)
            for (uint32_t c = 0; c < insn->c; c += 32) {
                uint32_t left = insn->c - c, taps;
                __mmask32 some = left >= 32 ? UINT32_MAX : (UINT32_C(1) << left) - 1;
                __m512i sum = window_sum(insn, l1, y, x, c, some, &taps);
                __m256i codes = _mm256_setzero_si256();
                if (taps > 0)
                    codes =
                        _mm256_set_m128i(means(_mm512_extracti64x4_epi64(sum, 1), taps, half_up),
                                         means(_mm512_castsi512_si256(sum), taps, half_up));
                codes = _mm256_min_epi8(_mm256_max_epi8(codes, low), high);
                _mm256_mask_storeu_epi8(npu_act_at(l1, &insn->dst, y, x) + c, some, codes);
            }
}
