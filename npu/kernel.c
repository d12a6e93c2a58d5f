/*
 * kernel.c - the kernel tables, and CONV, DWCONV and REQUANT in scalar C.
 */
#include "npu/kernel_int.h"

static const npu_kernel_fn_t scalar[NPU_OPS] = {
    [NPU_OP_CONV] = npu_conv_scalar,
    [NPU_OP_DWCONV] = npu_dwconv_scalar,
    [NPU_OP_REQUANT] = npu_requant_scalar,
    [NPU_OP_ADD] = npu_elements_run,
    [NPU_OP_SUB] = npu_elements_run,
    [NPU_OP_MUL] = npu_elements_run,
    [NPU_OP_PRELU] = npu_prelu_run,
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
    [NPU_OP_RESIZE] = npu_resize_run,
};

npu_kernels_t npu_kernels(sim_simd_t level)
{
    npu_kernels_t kernels = {.copy = npu_copy_rows};
    memcpy(kernels.run, scalar, sizeof(scalar));
#if SIM_X86
    if (level >= SIM_SIMD_AVX2) {
        kernels.run[NPU_OP_CONV] = npu_conv_avx2;
        kernels.run[NPU_OP_DWCONV] = npu_dwconv_avx2;
        kernels.run[NPU_OP_REQUANT] = npu_requant_avx2;
        kernels.run[NPU_OP_ADD] = npu_elements_avx2;
        kernels.run[NPU_OP_SUB] = npu_elements_avx2;
        kernels.run[NPU_OP_MUL] = npu_elements_avx2;
        kernels.run[NPU_OP_LUT] = npu_lut_avx2;
        kernels.run[NPU_OP_TRANSFORM] = npu_transform_avx2;
        kernels.run[NPU_OP_RESIZE] = npu_resize_avx2;
        kernels.copy = npu_copy_rows_avx2;
    }
    if (level >= SIM_SIMD_AVX512) {
        kernels.run[NPU_OP_CONV] = npu_conv_avx512;
        kernels.run[NPU_OP_DWCONV] = npu_dwconv_avx512;
        kernels.run[NPU_OP_REQUANT] = npu_requant_avx512;
        kernels.run[NPU_OP_ADD] = npu_elements_avx512;
        kernels.run[NPU_OP_SUB] = npu_elements_avx512;
        kernels.run[NPU_OP_MUL] = npu_elements_avx512;
        kernels.run[NPU_OP_MAXPOOL] = npu_maxpool_avx512;
        kernels.run[NPU_OP_AVGPOOL] = npu_avgpool_avx512;
    }
    if (level >= SIM_SIMD_AMX)
        kernels.run[NPU_OP_CONV] = npu_conv_amx;
#endif
    (void)level;
    return kernels;
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
        uint32_t first = block * NPU_LANES, from[NPU_LANES];
        uint32_t lanes = insn->c - first < NPU_LANES ? insn->c - first : NPU_LANES;
        for (uint32_t lane = 0; lane < lanes; lane++)
            from[lane] = times == 1 ? first + lane : (first + lane) / times;
        for (uint32_t ky = 0; ky < insn->k_h; ky++)
            for (uint32_t kx = 0; kx < insn->k_w; kx++, wgt += NPU_LANES) {
                const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
                for (uint32_t lane = 0; src != NULL && lane < lanes; lane++)
                    sum[lane] = npu_wrap_add(sum[lane], (src[from[lane]] - insn->in_zp) *
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
