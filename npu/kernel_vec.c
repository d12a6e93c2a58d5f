/*
 * kernel_vec.c - the vector unit but for REQUANT: element-wise, tables, pools, softmax, moves.
 */

#include "npu/kernel_int.h"
#include "npu/touch.h"

/* Not somewhere in the result, but for the very same tile. */
static bool is_result(const npu_insn_t *insn, const npu_tile_t *source)
{
    return source->addr != insn->dst.addr || memcmp(source, &insn->dst, sizeof(*source)) == 0;
}

bool npu_any_order(const npu_insn_t *insn, bool in_place)
{
    npu_touch_t touch[NPU_MAX_TOUCHES];
    uint32_t last = npu_touches(insn, touch) - 1; /* what is written */
    bool two = insn->op >= NPU_OP_ADD && insn->op <= NPU_OP_MIN;
    in_place = in_place && is_result(insn, &insn->src) && (!two || is_result(insn, &insn->src2));
    for (uint32_t i = 0; i < last; i++)
        if (!(in_place && touch[i].begin == insn->dst.addr) &&
            npu_touch_meets(&touch[i], &touch[last]))
            return false;
    return true;
}

npu_record_t npu_record_read(const npu_insn_t *insn, const npu_l1_t *l1)
{
    if (insn->op == NPU_OP_MUL)
        return (npu_record_t){.off_a = npu_par_word(insn, l1, NPU_PAR_MUL_OFF1),
                              .off_b = npu_par_word(insn, l1, NPU_PAR_MUL_OFF2),
                              .zp = npu_par_word(insn, l1, NPU_PAR_MUL_ZP),
                              .min = npu_par_code(insn, l1, NPU_PAR_MUL_MIN),
                              .max = npu_par_code(insn, l1, NPU_PAR_MUL_MAX),
                              .mult = npu_par_mult(insn, l1, NPU_PAR_MUL_MULT)};
    return (npu_record_t){.off_a = npu_par_word(insn, l1, NPU_PAR_ADD_OFF1),
                          .off_b = npu_par_word(insn, l1, NPU_PAR_ADD_OFF2),
                          .left = npu_clamp(npu_par_word(insn, l1, NPU_PAR_ADD_LEFT), 0, 31),
                          .zp = npu_par_word(insn, l1, NPU_PAR_ADD_ZP),
                          .min = npu_par_code(insn, l1, NPU_PAR_ADD_MIN),
                          .max = npu_par_code(insn, l1, NPU_PAR_ADD_MAX),
                          .mult_a = npu_par_mult(insn, l1, NPU_PAR_ADD_MULT1),
                          .mult_b = npu_par_mult(insn, l1, NPU_PAR_ADD_MULT2),
                          .mult = npu_par_mult(insn, l1, NPU_PAR_ADD_MULT)};
}

bool npu_elements_free(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const npu_record_t r = npu_record_read(insn, l1);
    return r.min <= r.max && npu_any_order(insn, true);
}

npu_insn_t npu_flat_elements(const npu_insn_t *insn, bool binary)
{
    npu_insn_t flat = *insn;
    if (insn->src.pix == insn->c && insn->dst.pix == insn->c &&
        (!binary || insn->src2.pix == insn->c)) {
        flat.c = insn->w * insn->c;
        flat.w = 1;
    }
    return flat;
}

/* TFLite's ADD requantizes each input by itself: 256 codes, so a table. */
static void scaled_table(const npu_record_t *r, int32_t offset, npu_mult_t m, npu_round_t round,
                         int32_t table[256])
{
    for (int32_t code = -128; code < 128; code++)
        table[code + 128] =
            npu_requant(npu_wrap_shl(npu_wrap_add(code, offset), r->left), m.mult, m.shift, round);
}

/* MUL has the numbers themselves in its tables. */
static void element_tables(const npu_insn_t *insn, const npu_record_t *r, int32_t a[256],
                           int32_t b[256])
{
    const npu_round_t round = npu_insn_round(insn);
    if (insn->op != NPU_OP_MUL) {
        scaled_table(r, r->off_a, r->mult_a, round, a);
        scaled_table(r, r->off_b, r->mult_b, round, b);
    }
    for (int32_t code = -128; code < 128; code++) {
        if (insn->op == NPU_OP_MUL) {
            a[code + 128] = npu_wrap_add(code, r->off_a);
            b[code + 128] = npu_wrap_add(code, r->off_b);
        } else if (insn->op == NPU_OP_SUB) {
            b[code + 128] = (int32_t)(0u - (uint32_t)b[code + 128]);
        }
    }
}

void npu_elements_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const npu_record_t r = npu_record_read(insn, l1);
    const bool product = insn->op == NPU_OP_MUL;
    int32_t table_a[256], table_b[256];
    element_tables(insn, &r, table_a, table_b);
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++) {
            const int8_t *from_a = npu_act_at(l1, &insn->src, y, x);
            const int8_t *from_b = npu_act_at(l1, &insn->src2, y, x);
            int8_t *out = npu_act_at(l1, &insn->dst, y, x);
            for (uint32_t c = 0; c < insn->c; c++) {
                int32_t a = table_a[from_a[c] + 128], b = table_b[from_b[c] + 128];
                int32_t both = product ? (int32_t)((uint32_t)a * (uint32_t)b) : npu_wrap_add(a, b);
                int32_t q = npu_requant(both, r.mult.mult, r.mult.shift, npu_insn_round(insn));
                out[c] = (int8_t)npu_clamp(npu_wrap_add(q, r.zp), r.min, r.max);
            }
        }
}

void npu_prelu_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    npu_round_t round = npu_insn_round(insn);
    npu_mult_t above = npu_par_mult(insn, l1, NPU_PAR_PRELU_MULT1);
    npu_mult_t below = npu_par_mult(insn, l1, NPU_PAR_PRELU_MULT2);
    int32_t off1 = npu_par_word(insn, l1, NPU_PAR_PRELU_OFF1);
    int32_t off2 = npu_par_word(insn, l1, NPU_PAR_PRELU_OFF2);
    int32_t zp = npu_par_word(insn, l1, NPU_PAR_PRELU_ZP);
    int32_t low = npu_par_code(insn, l1, NPU_PAR_PRELU_MIN);
    int32_t high = npu_par_code(insn, l1, NPU_PAR_PRELU_MAX);
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++) {
            const int8_t *in = npu_act_at(l1, &insn->src, y, x);
            const int8_t *alpha = npu_act_at(l1, &insn->src2, y, x);
            int8_t *out = npu_act_at(l1, &insn->dst, y, x);
            for (uint32_t c = 0; c < insn->c; c++) {
                int32_t v = npu_wrap_add(in[c], off1), a = npu_wrap_add(alpha[c], off2);
                int32_t q = v >= 0 ? npu_requant(v, above.mult, above.shift, round)
                                   : npu_requant((int32_t)((uint32_t)v * (uint32_t)a), below.mult,
                                                 below.shift, round);
                out[c] = (int8_t)npu_clamp(npu_wrap_add(q, zp), low, high);
            }
        }
}

void npu_max_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++) {
            const int8_t *a = npu_act_at(l1, &insn->src, y, x);
            const int8_t *b = npu_act_at(l1, &insn->src2, y, x);
            int8_t *out = npu_act_at(l1, &insn->dst, y, x);
            for (uint32_t c = 0; c < insn->c; c++)
                out[c] = a[c] > b[c] ? a[c] : b[c];
        }
}

void npu_min_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++) {
            const int8_t *a = npu_act_at(l1, &insn->src, y, x);
            const int8_t *b = npu_act_at(l1, &insn->src2, y, x);
            int8_t *out = npu_act_at(l1, &insn->dst, y, x);
            for (uint32_t c = 0; c < insn->c; c++)
                out[c] = a[c] < b[c] ? a[c] : b[c];
        }
}

void npu_lut_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    int8_t table[NPU_PAR_LUT_BYTES];
    memcpy(table, l1->data[NPU_MEM_PAR] + insn->par, sizeof(table));
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++) {
            const int8_t *in = npu_act_at(l1, &insn->src, y, x);
            int8_t *out = npu_act_at(l1, &insn->dst, y, x);
            for (uint32_t c = 0; c < insn->c; c++)
                out[c] = table[in[c] + 128];
        }
}

/* ---- pools: a block of 32 channels at a time
 * ------------------------------------------------------ */

typedef struct {
    int32_t sum[NPU_LANES], max[NPU_LANES];
    int32_t taps; /* inside the source */
} window_t;

static void window_read(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x,
                        uint32_t first, uint32_t lanes, window_t *win)
{
    *win = (window_t){.taps = 0};
    for (uint32_t i = 0; i < NPU_LANES; i++)
        win->max[i] = INT8_MIN;
    for (uint32_t ky = 0; ky < insn->k_h; ky++)
        for (uint32_t kx = 0; kx < insn->k_w; kx++) {
            const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
            if (src == NULL)
                continue;
            win->taps++;
            for (uint32_t i = 0; i < lanes; i++) {
                int32_t code = src[first + i];
                win->sum[i] += code;
                win->max[i] = code > win->max[i] ? code : win->max[i];
            }
        }
}

/* n > 0. TFLite's int8 kernel rounds half away from zero, its uint8 kernel half up. */
static int32_t rounded_mean(int32_t sum, int32_t n, bool half_up)
{
    if (!half_up)
        return sum > 0 ? (sum + n / 2) / n : (sum - n / 2) / n;
    int32_t up = sum + n / 2, quotient = up / n;
    return up % n < 0 ? quotient - 1 : quotient;
}

static void pool(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x, uint32_t first)
{
    window_t win;
    bool half_up = (insn->flags & NPU_FLAG_UNSIGNED) != 0;
    uint32_t lanes = insn->c - first < NPU_LANES ? insn->c - first : NPU_LANES;
    window_read(insn, l1, y, x, first, lanes, &win);
    int8_t *out = npu_act_at(l1, &insn->dst, y, x) + first;
    for (uint32_t i = 0; i < lanes; i++) {
        int32_t value = win.max[i];
        if (insn->op == NPU_OP_AVGPOOL)
            value = win.taps > 0 ? rounded_mean(win.sum[i], win.taps, half_up) : 0;
        out[i] = (int8_t)npu_clamp(value, insn->out_min, insn->out_max);
    }
}

static void pool_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++)
            for (uint32_t first = 0; first < insn->c; first += NPU_LANES)
                pool(insn, l1, y, x, first);
}

void npu_avgpool_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    pool_run(insn, l1);
}

void npu_maxpool_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    pool_run(insn, l1);
}

void npu_mean_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    npu_round_t round = npu_insn_round(insn);
    npu_mult_t m = npu_par_mult(insn, l1, NPU_PAR_MEAN_MULT);
    int32_t off = npu_par_word(insn, l1, NPU_PAR_MEAN_OFF);
    int32_t zp = npu_par_word(insn, l1, NPU_PAR_MEAN_ZP);
    int32_t low = npu_par_code(insn, l1, NPU_PAR_MEAN_MIN);
    int32_t high = npu_par_code(insn, l1, NPU_PAR_MEAN_MAX);
    int8_t *out = npu_act_at(l1, &insn->dst, 0, 0);
    for (uint32_t first = 0; first < insn->c; first += NPU_LANES) {
        int32_t sum[NPU_LANES] = {0};
        uint32_t lanes = insn->c - first < NPU_LANES ? insn->c - first : NPU_LANES;
        for (uint32_t y = 0; y < insn->in_h; y++)
            for (uint32_t x = 0; x < insn->in_w; x++)
                for (uint32_t i = 0; i < lanes; i++)
                    sum[i] = npu_wrap_add(sum[i], npu_act_at(l1, &insn->src, y, x)[first + i]);
        for (uint32_t i = 0; i < lanes; i++) {
            int32_t q = npu_requant(npu_wrap_add(sum[i], off), m.mult, m.shift, round);
            out[first + i] = (int8_t)npu_clamp(npu_wrap_add(q, zp), low, high);
        }
    }
}

void npu_softmax_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    npu_mult_t m = npu_par_mult(insn, l1, NPU_PAR_SOFTMAX_MULT);
    npu_softmax_t params = {m.mult, m.shift, npu_par_word(insn, l1, NPU_PAR_SOFTMAX_DIFF_MIN)};
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++)
            npu_softmax_row(&params, npu_insn_round(insn), npu_act_at(l1, &insn->src, y, x),
                            npu_act_at(l1, &insn->dst, y, x), insn->c);
}

/* ---- moves --------------------------------------------------------------------------------------
 */

void npu_copy_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    bool dense = insn->src.pix == insn->c && insn->dst.pix == insn->c;
    uint32_t pieces = dense ? 1 : insn->w;
    size_t bytes = dense ? (size_t)insn->w * insn->c : insn->c;
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < pieces; x++)
            memmove(npu_act_at(l1, &insn->dst, y, x), npu_act_at(l1, &insn->src, y, x), bytes);
}

void npu_fill_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    bool dense = insn->dst.pix == insn->c;
    uint32_t pieces = dense ? 1 : insn->w;
    size_t bytes = dense ? (size_t)insn->w * insn->c : insn->c;
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < pieces; x++)
            memset(npu_act_at(l1, &insn->dst, y, x), insn->value, bytes);
}

void npu_transform_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t c = 0; c < insn->c; c++) {
            const int8_t *in = npu_act_at(l1, &insn->src, y, 0) + (size_t)c * insn->src_chan;
            int8_t *out = npu_act_at(l1, &insn->dst, y, 0) + (size_t)c * insn->dst_chan;
            for (uint32_t x = 0; x < insn->w; x++)
                out[(size_t)x * insn->dst.pix] = in[(size_t)x * insn->src.pix];
        }
}

void npu_copy_rows(uint8_t *to, size_t to_row, const uint8_t *from, size_t from_row, uint32_t bytes,
                   uint32_t rows)
{
    for (uint32_t r = 0; r < rows; r++)
        memcpy(to + r * to_row, from + r * from_row, bytes);
}
