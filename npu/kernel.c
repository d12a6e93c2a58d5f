/*
 * kernel.c - which bytes an instruction touches, the kernel tables, and CONV, DWCONV and REQUANT
 * in scalar C.
 */
#include "npu/kernel_int.h"

npu_kernels_t npu_kernels(sim_simd_t level)
{
    npu_kernels_t kernels = {{
        [NPU_OP_CONV] = npu_conv_scalar,
        [NPU_OP_DWCONV] = npu_dwconv_scalar,
        [NPU_OP_REQUANT] = npu_requant_scalar,
        [NPU_OP_ADD] = npu_add_run,
        [NPU_OP_SUB] = npu_add_run,
        [NPU_OP_MUL] = npu_mul_run,
        [NPU_OP_MAX] = npu_max_run,
        [NPU_OP_MIN] = npu_min_run,
        [NPU_OP_LUT] = npu_lut_run,
        [NPU_OP_AVGPOOL] = npu_avgpool_run,
        [NPU_OP_MAXPOOL] = npu_maxpool_run,
        [NPU_OP_MEAN] = npu_mean_run,
        [NPU_OP_SOFTMAX] = npu_softmax_run,
        [NPU_OP_COPY] = npu_copy_run,
        [NPU_OP_FILL] = npu_fill_run,
        [NPU_OP_TRANSFORM] = npu_transform_run,
    }};
#if SIM_X86
    if (level == SIM_SIMD_AVX2) {
        kernels.run[NPU_OP_CONV] = npu_conv_avx2;
        kernels.run[NPU_OP_DWCONV] = npu_dwconv_avx2;
        kernels.run[NPU_OP_REQUANT] = npu_requant_avx2;
    } else if (level == SIM_SIMD_AVX512) {
        kernels.run[NPU_OP_CONV] = npu_conv_avx512;
        kernels.run[NPU_OP_DWCONV] = npu_dwconv_avx512;
        kernels.run[NPU_OP_REQUANT] = npu_requant_avx512;
    }
#endif
    (void)level;
    return kernels;
}

/* ---- bytes touched ------------------------------------------------------------------------------
 */

static uint64_t tile_end(const npu_tile_t *tile, uint32_t h, uint32_t w, uint64_t pixel_bytes)
{
    return tile->addr + (uint64_t)(h - 1) * tile->row + (uint64_t)(w - 1) * tile->pix + pixel_bytes;
}

static uint64_t par_end(const npu_insn_t *insn)
{
    switch (insn->op) {
    case NPU_OP_REQUANT:
        return insn->par + (uint64_t)npu_requant_par_bytes(insn->c);
    case NPU_OP_ADD:
    case NPU_OP_SUB:
        return insn->par + 4u * NPU_PAR_ADD_WORDS;
    case NPU_OP_MUL:
        return insn->par + 4u * NPU_PAR_MUL_WORDS;
    case NPU_OP_MEAN:
        return insn->par + 4u * NPU_PAR_MEAN_WORDS;
    case NPU_OP_SOFTMAX:
        return insn->par + 4u * NPU_PAR_SOFTMAX_WORDS;
    case NPU_OP_LUT:
        return insn->par + NPU_PAR_LUT_BYTES;
    default:
        return 0;
    }
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* End of what is touched in each memory; 0: nothing. */
static void touched(const npu_insn_t *insn, uint64_t end[NPU_MEMS])
{
    uint64_t lanes = npu_round_lanes(insn->c), taps = (uint64_t)insn->k_h * insn->k_w;
    uint64_t dst = tile_end(&insn->dst, insn->h, insn->w, insn->c);
    uint64_t src = tile_end(&insn->src, insn->h, insn->w, insn->c);
    uint64_t src2 = tile_end(&insn->src2, insn->h, insn->w, insn->c);
    end[NPU_MEM_PAR] = par_end(insn);
    switch (insn->op) {
    case NPU_OP_LOAD:
    case NPU_OP_STORE:
        end[insn->mem] = insn->l1 + (uint64_t)(insn->planes - 1) * insn->l1_plane +
                         (uint64_t)(insn->rows - 1) * insn->l1_row + insn->row_bytes;
        break;
    case NPU_OP_CONV:
    case NPU_OP_DWCONV:
        end[NPU_MEM_ACT] = tile_end(&insn->src, insn->in_h, insn->in_w, insn->in_c);
        end[NPU_MEM_ACC] = tile_end(&insn->dst, insn->h, insn->w, 4 * lanes);
        end[NPU_MEM_WGT] =
            insn->wgt + lanes * taps * (insn->op == NPU_OP_CONV ? npu_round_lanes(insn->in_c) : 1u);
        break;
    case NPU_OP_REQUANT:
        end[NPU_MEM_ACC] = tile_end(&insn->src, insn->h, insn->w, 4 * (uint64_t)insn->c);
        end[NPU_MEM_ACT] = dst;
        break;
    case NPU_OP_AVGPOOL:
    case NPU_OP_MAXPOOL:
        end[NPU_MEM_ACT] = larger(dst, tile_end(&insn->src, insn->in_h, insn->in_w, insn->c));
        break;
    case NPU_OP_MEAN:
        end[NPU_MEM_ACT] = larger(tile_end(&insn->dst, 1, 1, insn->c),
                                  tile_end(&insn->src, insn->in_h, insn->in_w, insn->c));
        break;
    case NPU_OP_TRANSFORM:
        src += (uint64_t)(insn->c - 1) * insn->src_chan + 1 - insn->c;
        dst += (uint64_t)(insn->c - 1) * insn->dst_chan + 1 - insn->c;
        end[NPU_MEM_ACT] = larger(src, dst);
        break;
    case NPU_OP_FILL:
        end[NPU_MEM_ACT] = dst;
        break;
    default:
        if (npu_op_engine(insn->op) == NPU_ENGINE_VEC)
            end[NPU_MEM_ACT] = larger(src2, larger(src, dst));
        break;
    }
}

bool npu_l1_inside(const npu_insn_t *insn, const uint32_t mem_bytes[NPU_MEMS], uint32_t *mem,
                   uint64_t *end)
{
    uint64_t ends[NPU_MEMS] = {0};
    touched(insn, ends);
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        if (ends[m] <= mem_bytes[m])
            continue;
        if (mem != NULL) {
            *mem = m;
            *end = ends[m];
        }
        return false;
    }
    return true;
}

/* ---- MAC array ----------------------------------------------------------------------------------
 */

/* Adds one tap of one pixel to the 32 lanes of a block. wgt: groups of 4 input channels. */
static void conv_tap(const npu_insn_t *insn, const int8_t *src, const int8_t *wgt,
                     int32_t sum[NPU_LANES])
{
    for (uint32_t ic = 0; ic < insn->in_c; ic++) {
        int32_t x = src[ic] - insn->in_zp;
        const int8_t *w = wgt + (size_t)(ic / 4) * NPU_LANES * 4 + ic % 4;
        for (uint32_t lane = 0; lane < NPU_LANES; lane++)
            sum[lane] = npu_wrap_add(sum[lane], x * (w[4 * lane] - insn->wgt_zp));
    }
}

/* One pixel's block goes to ACC: lanes from c on get 0. */
static void put_block(const npu_insn_t *insn, int32_t *acc, uint32_t block,
                      const int32_t sum[NPU_LANES])
{
    bool add = (insn->flags & NPU_FLAG_ACCUMULATE) != 0;
    for (uint32_t lane = 0; lane < NPU_LANES; lane++) {
        uint32_t o = block * NPU_LANES + lane;
        int32_t value = o < insn->c ? sum[lane] : 0;
        acc[o] = add ? npu_wrap_add(acc[o], value) : value;
    }
}

static void conv_pixel(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x)
{
    const int8_t *wgt = (const int8_t *)l1->data[NPU_MEM_WGT] + insn->wgt;
    size_t tap_bytes = (size_t)npu_round_lanes(insn->in_c) * NPU_LANES;
    for (uint32_t block = 0; block < npu_round_lanes(insn->c) / NPU_LANES; block++) {
        int32_t sum[NPU_LANES] = {0};
        for (uint32_t ky = 0; ky < insn->k_h; ky++)
            for (uint32_t kx = 0; kx < insn->k_w; kx++, wgt += tap_bytes) {
                const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
                if (src != NULL)
                    conv_tap(insn, src, wgt, sum);
            }
        put_block(insn, npu_acc_at(l1, &insn->dst, y, x), block, sum);
    }
}

void npu_conv_scalar(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++)
            conv_pixel(insn, l1, y, x);
}

static void dwconv_pixel(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x)
{
    const int8_t *wgt = (const int8_t *)l1->data[NPU_MEM_WGT] + insn->wgt;
    uint32_t times = insn->c / insn->in_c;
    for (uint32_t block = 0; block < npu_round_lanes(insn->c) / NPU_LANES; block++) {
        int32_t sum[NPU_LANES] = {0};
        uint32_t first = block * NPU_LANES;
        uint32_t lanes = insn->c - first < NPU_LANES ? insn->c - first : NPU_LANES;
        for (uint32_t ky = 0; ky < insn->k_h; ky++)
            for (uint32_t kx = 0; kx < insn->k_w; kx++, wgt += NPU_LANES) {
                const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
                for (uint32_t lane = 0; src != NULL && lane < lanes; lane++)
                    sum[lane] =
                        npu_wrap_add(sum[lane], (src[(first + lane) / times] - insn->in_zp) *
                                                    (wgt[lane] - insn->wgt_zp));
            }
        put_block(insn, npu_acc_at(l1, &insn->dst, y, x), block, sum);
    }
}

void npu_dwconv_scalar(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++)
            dwconv_pixel(insn, l1, y, x);
}

/* ---- requantize ---------------------------------------------------------------------------------
 */

static void requant_block(const npu_insn_t *insn, const npu_block_t *params, const int32_t *acc,
                          int8_t *out, uint32_t lanes)
{
    npu_round_t round = npu_insn_round(insn);
    for (uint32_t i = 0; i < lanes; i++) {
        int32_t x = npu_wrap_add(acc[i], params->bias[i]);
        int32_t y = npu_requant(x, params->mult[i], params->shift[i], round);
        out[i] = (int8_t)npu_clamp(npu_wrap_add(y, insn->out_zp), insn->out_min, insn->out_max);
    }
}

void npu_requant_scalar(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t first = 0; first < insn->c; first += NPU_LANES) {
        npu_block_t params;
        uint32_t lanes = insn->c - first < NPU_LANES ? insn->c - first : NPU_LANES;
        npu_block_read(insn, l1, first / NPU_LANES, &params);
        for (uint32_t y = 0; y < insn->h; y++)
            for (uint32_t x = 0; x < insn->w; x++)
                requant_block(insn, &params, npu_acc_at(l1, &insn->src, y, x) + first,
                              npu_act_at(l1, &insn->dst, y, x) + first, lanes);
    }
}
