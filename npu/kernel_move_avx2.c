/*
 * kernel_move_avx2.c - TRANSFORM as networks use it: rows, planes to pixels, rows to columns; and
 * the rows that DMAs move.
 * What is left over at the edges, and everything else, scalar code does.
 */
#include <immintrin.h>

#include "npu/kernel_int.h"

static __m128i load16(const int8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static void store16(int8_t *at, __m128i bytes)
{
    _mm_storeu_si128((__m128i *)(void *)at, bytes);
}

/* The part of insn from row y and column x on, h x w of it. */
static void part(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x, uint32_t h,
                 uint32_t w)
{
    npu_insn_t rest = *insn;
    rest.src.addr += y * insn->src.row + x * insn->src.pix;
    rest.dst.addr += y * insn->dst.row + x * insn->dst.pix;
    rest.h = h;
    rest.w = w;
    if (h > 0 && w > 0)
        npu_transform_run(&rest, l1);
}

static void rows(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t c = 0; c < insn->c; c++)
            memcpy(npu_act_at(l1, &insn->dst, y, 0) + (size_t)c * insn->dst_chan,
                   npu_act_at(l1, &insn->src, y, 0) + (size_t)c * insn->src_chan, insn->w);
}

/* 16 pixels of 4 bytes, of which the last ones may be somebody else's. */
static void put_pixels(int8_t *out, const __m128i plane[4], __m128i mine)
{
    __m128i ab[2] = {_mm_unpacklo_epi8(plane[0], plane[1]), _mm_unpackhi_epi8(plane[0], plane[1])};
    __m128i cd[2] = {_mm_unpacklo_epi8(plane[2], plane[3]), _mm_unpackhi_epi8(plane[2], plane[3])};
    for (uint32_t i = 0; i < 4; i++) {
        __m128i four = i % 2 == 0 ? _mm_unpacklo_epi16(ab[i / 2], cd[i / 2])
                                  : _mm_unpackhi_epi16(ab[i / 2], cd[i / 2]);
        store16(out + 16 * i, _mm_blendv_epi8(load16(out + 16 * i), four, mine));
    }
}

/* Planes to pixels. The last pixels of a row are left over: memory may end within the last one. */
static void interleave(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const uint32_t whole = (insn->w - 1) / 16 * 16;
    const __m128i mine = _mm_set1_epi32(insn->c == 4 ? -1 : (1 << (8 * insn->c)) - 1);
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < whole; x += 16) {
            const int8_t *src = npu_act_at(l1, &insn->src, y, x);
            __m128i plane[4] = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(),
                                _mm_setzero_si128()};
            for (uint32_t c = 0; c < insn->c; c++)
                plane[c] = load16(src + (size_t)c * insn->src_chan);
            put_pixels(npu_act_at(l1, &insn->dst, y, x), plane, mine);
        }
    part(insn, l1, 0, whole, insn->h, insn->w - whole);
}

/* 16 x 16 bytes: byte k of row i to byte i of row k. A step puts the rows i and i + 8 side by side:
 * four steps make 16 of them. */
static void turn16(const int8_t *src, size_t src_row, int8_t *dst, size_t dst_row)
{
    __m128i a[16], b[16];
    for (uint32_t i = 0; i < 16; i++)
        a[i] = load16(src + i * src_row);
    for (uint32_t step = 0; step < 4; step++) {
        for (uint32_t i = 0; i < 8; i++) {
            b[2 * i] = _mm_unpacklo_epi8(a[i], a[i + 8]);
            b[2 * i + 1] = _mm_unpackhi_epi8(a[i], a[i + 8]);
        }
        memcpy(a, b, sizeof(a));
    }
    for (uint32_t i = 0; i < 16; i++)
        store16(dst + i * dst_row, a[i]);
}

/* Rows to columns: result bytes of a column stand side by side. */
static void turn(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const uint32_t h = insn->h / 16 * 16, w = insn->w / 16 * 16;
    for (uint32_t c = 0; c < insn->c; c++)
        for (uint32_t y = 0; y < h; y += 16)
            for (uint32_t x = 0; x < w; x += 16)
                turn16(npu_act_at(l1, &insn->src, y, x) + (size_t)c * insn->src_chan, insn->src.row,
                       npu_act_at(l1, &insn->dst, y, x) + (size_t)c * insn->dst_chan,
                       insn->dst.pix);
    part(insn, l1, 0, w, h, insn->w - w);
    part(insn, l1, h, 0, insn->h - h, insn->w);
}

/* Writing a byte twice is allowed here; then the order counts. */
static bool turns(const npu_insn_t *i)
{
    bool once = i->dst.pix >= i->h && (i->c == 1 || i->dst_chan >= i->w * i->dst.pix);
    return i->src.pix == 1 && i->dst.row == 1 && once;
}

static bool interleaves(const npu_insn_t *i)
{
    bool once = i->h == 1 || i->dst.row >= 4 * i->w;
    return i->src.pix == 1 && i->dst.pix == 4 && i->dst_chan == 1 && i->c <= 4 && once;
}

void npu_transform_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    if (!npu_any_order(insn, false))
        npu_transform_run(insn, l1);
    else if (insn->src.pix == 1 && insn->dst.pix == 1)
        rows(insn, l1);
    else if (turns(insn))
        turn(insn, l1);
    else if (interleaves(insn))
        interleave(insn, l1);
    else
        npu_transform_run(insn, l1);
}

/* Short rows in 64s, slices of channels, take less than a call each. */
void npu_copy_rows_avx2(uint8_t *to, size_t to_row, const uint8_t *from, size_t from_row,
                        uint32_t bytes, uint32_t rows)
{
    if (bytes % 64 != 0 || bytes > 512) {
        npu_copy_rows(to, to_row, from, from_row, bytes, rows);
        return;
    }
    for (uint32_t r = 0; r < rows; r++, to += to_row, from += from_row)
        for (uint32_t at = 0; at < bytes; at += 64) {
            __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(from + at));
            __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(from + at + 32));
            _mm256_storeu_si256((__m256i *)(void *)(to + at), a);
            _mm256_storeu_si256((__m256i *)(void *)(to + at + 32), b);
        }
}
