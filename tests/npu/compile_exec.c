#include "tests/npu/compile_exec.h"
#include "npu/narrow.h"
#include "npu/pack.h"

#include "npu/compiler/tensor_io.h"
#include "tests/npu/post_run.h"
#include "tests/test.h"

static uint8_t *view(void *ctx, uint32_t addr, uint32_t bytes)
{
    compile_exec_t *e = ctx;
    uint64_t offset = (uint64_t)addr - e->l2_base;
    return addr < e->l2_base || offset + bytes > e->l2_bytes ? NULL : e->l2 + offset;
}

static bool peek(void *ctx, uint32_t addr, void *data, uint32_t bytes)
{
    uint8_t *at = view(ctx, addr, bytes);
    if (at != NULL)
        memcpy(data, at, bytes);
    return at != NULL;
}

static bool poke(void *ctx, uint32_t addr, const void *data, uint32_t bytes)
{
    uint8_t *at = view(ctx, addr, bytes);
    if (at != NULL)
        memcpy(at, data, bytes);
    return at != NULL;
}

void compile_exec_init(compile_exec_t *e, const npu_prog_t *prog, const npu_desc_t *desc,
                       sim_simd_t level)
{
    memset(e, 0, sizeof(*e));
    e->prog = prog;
    e->kernels = npu_kernels(level);
    e->l2_base = desc->l2_base;
    e->l2_bytes = desc->l2_bytes;
    e->l2 = malloc(desc->l2_bytes);
    memset(e->l2, 0xa5, desc->l2_bytes);
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        e->l1.bytes[m] = desc->mem_bytes[m];
        e->l1.data[m] = malloc(desc->mem_bytes[m]);
        memset(e->l1.data[m], 0x5a, desc->mem_bytes[m]);
    }
    e->l1.wide = malloc((size_t)desc->mem_bytes[NPU_MEM_WGT] << NPU_MAX_NARROW);
    e->port = (sim_mem_port_t){.peek = peek, .poke = poke, .view = view, .ctx = e};
    e->kept = calloc(prog->kept_count, sizeof(*e->kept));
    ck_assert(npu_prog_load(prog, &e->port, desc->l2_base));
}

static bool read_stream(void *ctx, uint32_t at, uint8_t *to, uint32_t bytes)
{
    memcpy(to, (const uint8_t *)ctx + at, bytes);
    return true;
}

static void dma(compile_exec_t *e, const npu_insn_t *i)
{
    if (i->packed != 0) {
        ck_assert((uint64_t)i->l2 + i->row_bytes <= e->l2_bytes);
        ck_assert((uint64_t)i->l1 + i->l1_row <= e->l1.bytes[i->mem]);
        ck_assert(npu_unpack(read_stream, e->l2 + i->l2, i->row_bytes, e->l1.data[i->mem] + i->l1,
                             i->l1_row));
        return;
    }
    for (uint32_t p = 0; p < i->planes; p++)
        for (uint32_t r = 0; r < i->rows; r++) {
            uint64_t l2 = (uint64_t)i->l2 + (uint64_t)p * i->l2_plane + (uint64_t)r * i->l2_row;
            uint64_t l1 = (uint64_t)i->l1 + (uint64_t)p * i->l1_plane + (uint64_t)r * i->l1_row;
            ck_assert(l2 + i->row_bytes <= e->l2_bytes);
            ck_assert(l1 + i->row_bytes <= e->l1.bytes[i->mem]);
            if (i->op == NPU_OP_LOAD)
                memcpy(e->l1.data[i->mem] + l1, e->l2 + l2, i->row_bytes);
            else
                memcpy(e->l2 + l2, e->l1.data[i->mem] + l1, i->row_bytes);
        }
}

static void capture(compile_exec_t *e, uint32_t index)
{
    for (uint32_t k = 0; k < e->prog->kept_count; k++)
        if (e->prog->kept[k].valid_after == index) {
            e->kept[k] = malloc(npu_kept_bytes(&e->prog->kept[k]) + 1);
            ck_assert(npu_kept_read(e->prog, &e->prog->kept[k], &e->port, e->kept[k]));
        }
}

void compile_exec_run(compile_exec_t *e)
{
    capture(e, NPU_VALID_AT_START);
    post_run_list(e->prog, e->l2, true);
    for (uint32_t n = 0; n < e->prog->insn_count; n++) {
        npu_insn_t i;
        char error[128];
        ck_assert_msg(npu_insn_decode(e->prog->insns[n], &i, error, sizeof(error)), "%s", error);
        if (i.op == NPU_OP_LOAD || i.op == NPU_OP_STORE)
            dma(e, &i);
        else if (e->kernels.run[i.op] != NULL) {
            ck_assert_msg(npu_l1_inside(&i, e->l1.bytes, NULL, NULL), "instruction %u", n);
            npu_compute(&e->kernels, &i, &e->l1);
        }
        capture(e, n);
    }
    post_run_list(e->prog, e->l2, false);
    capture(e, NPU_VALID_AT_END);
}

void compile_exec_free(compile_exec_t *e)
{
    for (uint32_t k = 0; k < e->prog->kept_count; k++)
        free(e->kept[k]);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        free(e->l1.data[m]);
    free(e->l1.wide);
    free(e->kept);
    free(e->l2);
}
