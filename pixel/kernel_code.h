/*
 * kernel_code.h - the row kernels, compiled once per vector level by the file that includes it.
 *
 * That file first defines LANES, the types f_t (floats), u_t (32-bit words) and m_t (a condition a
 * lane), and the operations used below. Every operation is exact or rounds once, as IEEE 754 says:
 * so all levels agree bit for bit. What each kernel computes is in kernels.h. The polynomials were
 * fitted for this project (weighted minimax).
 */
#ifndef PIXEL_KERNEL_CODE_H
#define PIXEL_KERNEL_CODE_H

#include "pixel/kernels.h"

_Static_assert(PIX_LANES % LANES == 0, "a padded row is whole vectors");

/* Some vectors go together where chains of operations are long, so that these overlap: up to GROUP
 * of normal numbers, SUM_GROUP of summed Poisson numbers. */

/* Quantile of the tail probability x / 4, 2^-15 <= x < 2, in sigmas: a polynomial in x for each
 * octave, column e % 16 for the octave with exponent field e. */
/* clang-format off */
static const float QUANTILE[6][16] = {
    {4.74121952f, 4.59920979f, 4.45308399f, 4.30247736f, 4.14696932f, 3.98607159f, 3.81921339f, 3.64571929f,
     3.4647851f, 3.27544093f, 3.07650328f, 2.86651421f, 2.64365339f, 2.40563107f, 2.14956045f, 1.87391782f},
    {-24412.2871f, -12584.1777f, -6499.25244f, -3363.80078f, -1745.2312f, -908.00177f, -473.939056f, -248.312836f,
     -130.683212f, -69.1474838f, -36.8286629f, -19.7763805f, -10.7306337f, -5.90193224f, -3.30564451f, -1.90666962f},
    {545104512.0f, 140283632.0f, 36163104.0f, 9339899.0f, 2417341.5f, 627153.125f, 163152.125f, 42576.3008f,
     11150.8193f, 2932.6394f, 775.031067f, 205.97937f, 55.0945168f, 14.8375502f, 4.01942825f, 1.1021018f},
    {-8.1474717e+12f, -1.04794351e+12f, -1.35008911e+11f, -1.7425238e+10f, -2.2536343e+09f, -292139840.0f, -37969680.0f, -4949767.5f,
     -647486.562f, -85037.7344f, -11220.5156f, -1488.58447f, -198.741058f, -26.7302876f, -3.62719774f, -0.509868741f},
    {6.79463998e+16f, 4.36883375e+15f, 2.81361093e+14f, 1.81527527e+13f, 1.1735331e+12f, 7.60386028e+10f, 4.9395968e+09f, 321829920.0f,
     21039232.0f, 1380805.88f, 91035.8906f, 6033.94775f, 402.424103f, 27.0317841f, 1.83047569f, 0.129387468f},
    {-2.39355501e+20f, -7.69418171e+18f, -2.47728027e+17f, -7.99026213e+15f, -2.58233936e+14f, -8.36453846e+12f, -2.7163009e+11f, -8.8466217e+09f,
     -289087296.0f, -9483302.0f, -312495.031f, -10351.5879f, -345.010925f, -11.5810156f, -0.392135918f, -0.0143824648f},
};
/* clang-format on */

/* Polynomials c[0] + c[1] x + ... of degree 3, 5, 7, as trees: short chains of operations. */
static inline f_t poly3(f_t x, f_t xx, const float *c)
{
    f_t low = add(mul(x, f_of(c[1])), f_of(c[0]));
    return add(mul(xx, add(mul(x, f_of(c[3])), f_of(c[2]))), low);
}

static inline f_t poly5(f_t x, const float *c)
{
    f_t xx = mul(x, x);
    f_t high = add(mul(x, f_of(c[5])), f_of(c[4]));
    return add(mul(mul(xx, xx), high), poly3(x, xx, c));
}

static inline f_t poly7(f_t x, const float *c)
{
    f_t xx = mul(x, x);
    return add(mul(mul(xx, xx), poly3(x, xx, c + 4)), poly3(x, xx, c));
}

/* -log2(y), 2^-126 <= y <= 1: y = 2^e (1 + f) with 1 + f in sqrt(1/2)..sqrt(2). Relative error
 * below 8e-6, also where y is almost 1. */
static inline f_t minus_log2(f_t y)
{
    static const float LOG2_1P[] = {1.44270162f,   -0.721206382f, 0.479811923f,
                                    -0.366492003f, 0.318199133f,  -0.206188534f}; /* times f */
    const uint32_t root_half = 0x3f3504f3, one = 0x3f800000;
    u_t bits = u_add(u_from_bits(y), u_of(one - root_half));
    f_t exponent = f_from_u(u_shr23(bits)); /* e + 127 */
    f_t f = sub(f_from_bits(u_add(u_and(bits, u_of(0x007fffff)), u_of(root_half))), f_of(1.0f));
    return sub(sub(f_of(127.0f), exponent), mul(f, poly5(f, LOG2_1P)));
}

/* In the octaves of columns first..first + OCTAVES - 1. */
static inline void polynomials(const f_t *x, uint32_t first, uint32_t vectors, f_t *z)
{
    u_t octave[GROUP];
    for (uint32_t g = 0; g < vectors; g++) {
        octave[g] = u_shr23(u_from_bits(x[g]));
        z[g] = lookup(QUANTILE[5] + first, octave[g]);
    }
    for (int i = 4; i >= 0; i--)
        for (uint32_t g = 0; g < vectors; g++)
            z[g] = add(mul(z[g], x[g]), lookup(QUANTILE[i] + first, octave[g]));
}

static inline bool any_below(const f_t *x, uint32_t vectors, float limit)
{
    f_t lowest = x[0];
    for (uint32_t g = 1; g < vectors; g++)
        lowest = least(lowest, x[g]);
    return any(below(lowest, f_of(limit)));
}

static inline void quantiles(const f_t *x, uint32_t vectors, f_t *z)
{
    polynomials(x, 16 - OCTAVES, vectors, z);
    if (OCTAVES < 16 && any_below(x, vectors, 0x1p-7f)) /* one of 256 */
        for (uint32_t g = 0; g < vectors; g++) {
            f_t low;
            polynomials(x + g, 0, 1, &low);
            z[g] = pick(below(x[g], f_of(0x1p-7f)), low, z[g]);
        }
}

/* Of smaller tail probabilities p: sqrt(w) h(w), w = -log2(4 p (1 - p)). */
static inline f_t quantile_far(f_t x)
{
    static const float H[] = {1.04344694f,    0.00855118577f,  -0.000171297164f, -2.81782622e-5f,
                              2.92967591e-6f, -1.27213999e-7f, 2.70492663e-9f,   -2.29124028e-11f};
    f_t w = minus_log2(mul(x, sub(f_of(1.0f), mul(x, f_of(0.25f)))));
    return mul(root(w), poly7(w, H));
}

/* Standard normal numbers: sign, tail probability (odd multiples of 2^-32) from one word each. */
static inline void normals(const uint32_t *word, uint32_t vectors, f_t *z)
{
    u_t w[GROUP];
    f_t x[GROUP];
    for (uint32_t g = 0; g < vectors; g++) {
        w[g] = u_load(word + g * LANES);
        f_t tail = f_from_u(u_and_or(w[g], u_of(0x7fffffff), u_of(1)));
        x[g] = least(mul(tail, f_of(0x1p-30f)), f_of(0x1.fffffep0f));
    }
    quantiles(x, vectors, z);
    if (any_below(x, vectors, 0x1p-15f)) /* one of 65536 */
        for (uint32_t g = 0; g < vectors; g++)
            z[g] = pick(below(x[g], f_of(0x1p-15f)), quantile_far(x[g]), z[g]);
    for (uint32_t g = 0; g < vectors; g++)
        z[g] = f_from_bits(u_and_or(w[g], u_of(0x80000000), u_from_bits(z[g])));
}

/* Of half words: of each block of PIX_LANES words, which number i begins twice as many, the upper
 * halves, then the lower ones. The tail ends at 4.17 sigma. */
static inline void half_normals(const uint32_t *word, uint32_t i, uint32_t vectors, f_t *z)
{
    u_t half[GROUP];
    f_t x[GROUP];
    for (uint32_t g = 0; g < vectors; g++) {
        uint32_t at = i + g * LANES;
        u_t two = u_load(word + at / (2 * PIX_LANES) * PIX_LANES + at % PIX_LANES);
        half[g] = at / PIX_LANES % 2 == 0 ? two : u_shl16(two);
        f_t tail = f_from_u(u_and_or(half[g], u_of(0x7fff0000), u_of(0x8001)));
        x[g] = mul(tail, f_of(0x1p-30f));
    }
    quantiles(x, vectors, z);
    for (uint32_t g = 0; g < vectors; g++)
        z[g] = f_from_bits(u_and_or(half[g], u_of(0x80000000), u_from_bits(z[g])));
}

/* exp(-x), 0 <= x < 16. Relative error below 1e-6. */
static inline f_t exp_minus(f_t x)
{
    static const float EXP2[] = {1.00000007f,    -0.693146967f,  0.240221197f,
                                 -0.0555071307f, 0.00967554215f, -0.00132765396f};
    f_t t = mul(x, f_of(1.44269504f));
    u_t n = u_from_f(add(t, f_of(0.5f)));
    f_t part = poly5(sub(t, f_from_u(n)), EXP2);
    return mul(part, f_from_bits(u_shl23(u_sub(u_of(127), n))));
}

/* clang-format off */
enum { POISSON_MOST = 48, POISSON_STRIDE = 4 }; /* of a mean of 12: beyond 1e-14 */
#define INVERSES(k) 1.0f / (k), 1.0f / ((k) + 1), 1.0f / ((k) + 2), 1.0f / ((k) + 3)
static const float INVERSE[POISSON_MOST] = {
    INVERSES(1), INVERSES(5), INVERSES(9), INVERSES(13), INVERSES(17), INVERSES(21),
    INVERSES(25), INVERSES(29), INVERSES(33), INVERSES(37), INVERSES(41), INVERSES(45),
};
/* clang-format on */

/* Inversion, of means below the switch: how many of the sums P(0), P(0) + P(1), ... are below u.
 * Rounding may leave the last sum short of 1, so the last millionth of u counts as one. With
 * several vectors the rounds are foreseen, too. */
static inline void poisson_small(const float *mean, const uint32_t *word, float *number,
                                 uint32_t vectors)
{
    f_t m[SUM_GROUP], u[SUM_GROUP], p[SUM_GROUP], sum[SUM_GROUP];
    u_t n[SUM_GROUP];
    m_t more = below(f_of(0.0f), f_of(0.0f));
    for (uint32_t g = 0; g < vectors; g++) {
        f_t x = mul(add(f_from_u(u_shr9(u_load(word + g * LANES))), f_of(0.5f)), f_of(0x1p-23f));
        u[g] = least(x, f_of(0.999999f));
        m[g] = f_load(mean + g * LANES);
        p[g] = sum[g] = exp_minus(m[g]);
        n[g] = u_of(0);
        more = either(more, below(sum[g], u[g]));
    }
    for (int k = 0; k < POISSON_MOST && any(more); k += POISSON_STRIDE) {
        for (int j = k; j < k + POISSON_STRIDE; j++)
            for (uint32_t g = 0; g < vectors; g++) {
                n[g] = count_if(below(sum[g], u[g]), n[g]);
                p[g] = mul(p[g], mul(m[g], f_of(INVERSE[j])));
                sum[g] = add(sum[g], p[g]);
            }
        more = below(sum[0], u[0]);
        for (uint32_t g = 1; g < vectors; g++)
            more = either(more, below(sum[g], u[g]));
    }
    for (uint32_t g = 0; g < vectors; g++)
        f_store(number + g * LANES, f_from_u(n[g]));
}

/* 1 / sqrt(x), x > 0, but for 0.18 %. */
static inline f_t rough_inverse_root(f_t x)
{
    f_t y = f_from_bits(u_sub(u_of(0x5f3759df), u_shr1(u_from_bits(x))));
    return mul(y, sub(f_of(1.5f), mul(mul(x, f_of(0.5f)), mul(y, y))));
}

/* The quantile of z by Cornish-Fisher, rounded down. */
static inline f_t poisson_large(f_t mean, f_t z)
{
    f_t s = root(mean), t = rough_inverse_root(mean), zz = mul(z, z);
    f_t first = add(mul(zz, f_of(1.0f / 6)), f_of(1.0f / 3));
    f_t second = mul(z, add(mul(zz, f_of(1.0f / 72)), f_of(1.0f / 36)));
    f_t third = add(mul(zz, f_of(1.0f / 270)), f_of(7.0f / 810));
    third = sub(mul(zz, third), f_of(8.0f / 405));
    f_t small = add(first, mul(t, sub(mul(t, third), second)));
    f_t q = add(mean, add(mul(s, z), small));
    return f_from_u(u_from_f(most(q, f_of(0.0f))));
}

static inline void store_scaled(const f_t *z, float sigma, float *number, uint32_t vectors)
{
    for (uint32_t g = 0; g < vectors; g++)
        f_store(number + g * LANES, mul(z[g], f_of(sigma)));
}

static void normal(const uint32_t *word, float sigma, float *number, uint32_t count)
{
    f_t z[GROUP];
    uint32_t i = 0;
    for (; i + GROUP * LANES <= count; i += GROUP * LANES) {
        normals(word + i, GROUP, z);
        store_scaled(z, sigma, number + i, GROUP);
    }
    for (; i < count; i += LANES) {
        normals(word + i, 1, z);
        store_scaled(z, sigma, number + i, 1);
    }
}

static void normal_halves(const uint32_t *word, float sigma, float *number, uint32_t count)
{
    f_t z[GROUP];
    uint32_t i = 0;
    for (; i + GROUP * LANES <= count; i += GROUP * LANES) {
        half_normals(word, i, GROUP, z);
        store_scaled(z, sigma, number + i, GROUP);
    }
    for (; i < count; i += LANES) {
        half_normals(word, i, 1, z);
        store_scaled(z, sigma, number + i, 1);
    }
}

/* Numbers of means that are all below the switch. */
static void all_small(const float *mean, const uint32_t *word, float *number, uint32_t count)
{
    uint32_t i = 0;
    for (; i + SUM_GROUP * LANES <= count; i += SUM_GROUP * LANES)
        poisson_small(mean + i, word + i, number + i, SUM_GROUP);
    for (; i < count; i += LANES)
        poisson_small(mean + i, word + i, number + i, 1);
}

/* Of means that are all not below it. In passes: many short chains side by side keep a wide
 * processor busier than one long chain. */
static void all_large(const float *mean, const uint32_t *word, float *number, uint32_t count)
{
    normal(word, 1, number, count);
    for (uint32_t i = 0; i < count; i += LANES)
        f_store(number + i, poisson_large(f_load(mean + i), f_load(number + i)));
}

/* Some of the means, closed up, their words and numbers. */
typedef struct {
    _Alignas(64) float mean[PIX_SPAN_ROOM];
    _Alignas(64) uint32_t word[PIX_SPAN_ROOM];
    _Alignas(64) float number[PIX_SPAN_ROOM];
} part_t;
_Static_assert(PIX_SPAN_ROOM >= PIX_SPAN_PX + LANES, "closing up writes a vector past the end");

/* m's lanes, to places from `at` on; what is stored behind them is overwritten later. */
static inline void put(part_t *part, uint32_t at, m_t m, f_t mean, u_t word)
{
    f_store(part->mean + at, pack(m, mean));
    u_store(part->word + at, u_from_bits(pack(m, f_from_bits(word))));
}

/* Fills up the last vector; returns the count of whole ones. */
static inline uint32_t fill_up(part_t *part, uint32_t count, float mean)
{
    f_store(part->mean + count, f_of(mean));
    u_store(part->word + count, u_of(0x40000000)); /* any that is no rare case */
    return (count + LANES - 1) / LANES * LANES;
}

/* COLORS: both, but one of the two colors that take turns along the row is of one kind. */
typedef enum { SMALL, LARGE, BOTH, COLORS } kind_t;

static inline bool is_all(m_t m, uint32_t lanes)
{
    return (~bits_of(m) & lanes & (UINT32_MAX >> (32 - LANES))) == 0;
}

static kind_t kind_of(const float *mean, uint32_t count)
{
    const uint32_t even = 0x55555555;
    f_t lowest = f_load(mean), highest = lowest, limit = f_of(PIX_POISSON_SWITCH);
    for (uint32_t i = LANES; i < count; i += LANES) {
        lowest = least(lowest, f_load(mean + i));
        highest = most(highest, f_load(mean + i));
    }
    m_t small = below(highest, limit), large = inverse(below(lowest, limit));
    bool even_pure = is_all(small, even) || is_all(large, even);
    bool odd_pure = is_all(small, ~even) || is_all(large, ~even);
    if (is_all(small, UINT32_MAX) || is_all(large, UINT32_MAX))
        return is_all(small, even) ? SMALL : LARGE;
    return even_pure || odd_pure ? COLORS : BOTH;
}

/* Each mean in the way of its kind alone: no vector goes both. */
static void both_kinds(const float *mean, const uint32_t *word, float *number, uint32_t count)
{
    part_t low, high;
    uint32_t lows = 0;
    const f_t limit = f_of(PIX_POISSON_SWITCH);
    for (uint32_t i = 0; i < count; i += LANES) {
        f_t x = f_load(mean + i);
        u_t w = u_load(word + i);
        m_t m = below(x, limit);
        put(&low, lows, m, x, w);
        put(&high, i - lows, inverse(m), x, w);
        lows += lanes_of(m);
    }
    all_small(low.mean, low.word, low.number, fill_up(&low, lows, 0));
    all_large(high.mean, high.word, high.number, fill_up(&high, count - lows, PIX_POISSON_SWITCH));
    lows = 0;
    for (uint32_t i = 0; i < count; i += LANES) {
        m_t m = below(f_load(mean + i), limit);
        f_t x = unpack(m, f_load(low.number + lows));
        f_t y = unpack(inverse(m), f_load(high.number + (i - lows)));
        f_store(number + i, pick(m, x, y));
        lows += lanes_of(m);
    }
}

static void poisson_of(kind_t kind, const float *mean, const uint32_t *word, float *number,
                       uint32_t count)
{
    switch (kind) {
    case SMALL:
        all_small(mean, word, number, count);
        break;
    case LARGE:
        all_large(mean, word, number, count);
        break;
    default:
        both_kinds(mean, word, number, count);
        break;
    }
}

/* The two colors apart. */
static void poisson_by_color(const float *mean, const uint32_t *word, float *number, uint32_t count)
{
    part_t part[2];
    uint32_t i = 0, half = 0;
    do {
        uint32_t next = i + LANES < count ? i + LANES : i;
        f_t a = f_load(mean + i), b = f_load(mean + next);
        f_t v = f_from_bits(u_load(word + i)), w = f_from_bits(u_load(word + next));
        f_store(part[0].mean + half, evens(a, b));
        f_store(part[1].mean + half, odds(a, b));
        u_store(part[0].word + half, u_from_bits(evens(v, w)));
        u_store(part[1].word + half, u_from_bits(odds(v, w)));
        half += LANES;
    } while ((i += 2 * LANES) < count);
    for (uint32_t k = 0; k < 2; k++)
        poisson_of(kind_of(part[k].mean, half), part[k].mean, part[k].word, part[k].number, half);
    for (i = 0; i < count; i += 2 * LANES) {
        f_t a = f_load(part[0].number + i / 2), b = f_load(part[1].number + i / 2);
        f_store(number + i, zip_low(a, b));
        if (i + LANES < count)
            f_store(number + i + LANES, zip_high(a, b));
    }
}

static void poisson(const float *mean, const uint32_t *word, float *number, uint32_t count)
{
    kind_t kind = kind_of(mean, count);
    if (kind == COLORS)
        poisson_by_color(mean, word, number, count);
    else
        poisson_of(kind, mean, word, number, count);
}

/* Light comes from the second cache, patterns from memory, a stretch ahead. What is named behind
 * the end of a row does no harm. */
#define LIGHT_AHEAD 128u

/* What is given is copied: stores could change it, for all that the compiler knows. */
static void collect(const pix_law_t *law, const pix_span_t *given)
{
    const pix_span_t span = *given;
    f_t prnu_step = f_of(law->prnu_step), dark_step = f_of(law->dark_step);
    for (uint32_t i = 0; i < span.count; i += LANES) {
        uint32_t phase = i % PIX_LANES;
        for (uint32_t band = 0; band < 3; band++)
            soon(span.light[band] + i + LIGHT_AHEAD);
        soon(span.prnu + i + PIX_SPAN_PX);
        soon(span.dark + i + PIX_SPAN_PX);
        f_t light = mul(f_load(span.light[0] + i), f_load(law->e_per_lux[0] + phase));
        light = add(light, mul(f_load(span.light[1] + i), f_load(law->e_per_lux[1] + phase)));
        light = add(light, mul(f_load(span.light[2] + i), f_load(law->e_per_lux[2] + phase)));
        f_t gain = add(mul(f_from_s8(span.prnu + i), prnu_step), f_of(1.0f));
        f_t sum = add(mul(light, gain), mul(f_from_u8(span.dark + i), dark_step));
        f_store(span.mean + i, least(most(sum, f_of(0.0f)), f_of(PIX_POISSON_MAX)));
    }
}

/* What is above the knee's lower end bends off on a parabola that is level at its upper end. */
static inline f_t bent(const pix_law_t *law, f_t charge)
{
    f_t over = most(sub(charge, f_of(law->knee_low_e)), f_of(0.0f));
    return sub(charge, mul(mul(over, over), f_of(law->knee_factor)));
}

/* What the wells of a sample's photosites hold, and CDS leaves of it. */
static inline f_t held(const pix_law_t *law, f_t charge, bool sun, const float *mean)
{
    if (any(below(f_of(law->knee_low_e), charge)))
        charge = bent(law, least(charge, f_of(law->well_top_e)));
    if (sun) {
        f_t reset = least(mul(f_load(mean), f_of(law->sun_share)), f_of(law->sun_clamp_e));
        charge = least(charge, sub(f_of(law->full_well_e), reset));
    }
    return charge;
}

static void convert(const pix_law_t *given, const pix_span_t *span_given)
{
    const pix_law_t law = *given;
    const pix_span_t span = *span_given;
    const bool sun = law.sun_share > 0;
    const float zero = law.black_dn + 0.5f, top = law.white_dn + 0.5f; /* to be cut off */
    for (uint32_t i = 0; i < span.count; i += LANES) {
        soon(span.dsnu + i + PIX_SPAN_PX);
        f_t charge = held(&law, f_load(span.charge + i), sun, span.mean + i);
        f_t x = add(mul(charge, f_of(law.dn_per_e)), f_load(span.noise + i));
        x = add(x, mul(f_from_s8(span.dsnu + i), f_of(law.dsnu_step_dn)));
        x = mul(x, f_load(span.column_gain + i));
        f_t curve = add(mul(x, f_of(law.curve[2])), f_of(law.curve[1]));
        x = mul(x, add(mul(x, curve), f_of(law.curve[0])));
        x = add(x, mul(f_load(span.column_offset + i), f_of(law.column_scale)));
        x = least(most(add(x, f_of(zero)), f_of(0.0f)), f_of(top));
        u16_store(span.out + i, u_from_f(x));
    }
}

#define PIX_KERNELS(name)                                                                          \
    const pix_kernels_t name = {collect, poisson, normal, normal_halves, convert}

#endif
