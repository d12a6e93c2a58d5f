#include "tools/l1_map.h"

#include "npu/touch.h"

static void widen(l1_span_t *span, const npu_touch_t *t)
{
    if (t->mem == NPU_MEM_L2)
        return;
    uint64_t *begin = &span->begin[t->mem], *end = &span->end[t->mem];
    *begin = *end == 0 || t->begin < *begin ? t->begin : *begin;
    *end = t->end > *end ? t->end : *end;
}

l1_span_t l1_span(const npu_prog_t *prog, uint32_t layer)
{
    l1_span_t span = {{0}, {0}};
    for (uint32_t i = prog->layers[layer].first; i <= prog->layers[layer].last; i++) {
        npu_insn_t insn;
        npu_touch_t touch[NPU_MAX_TOUCHES];
        if (i >= prog->insn_count || !npu_insn_decode(prog->insns[i], &insn, NULL, 0) ||
            insn.layer != layer)
            continue;
        uint32_t count = npu_touches(&insn, touch);
        for (uint32_t t = 0; t < count; t++)
            widen(&span, &touch[t]);
    }
    return span;
}

void l1_map_print(const npu_prog_t *prog, const npu_desc_t *desc, FILE *to)
{
    fprintf(to, "L1 by layer (from the first byte it touches to the last)\n%-4s", "#");
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        fprintf(to, " %3s, %6u bytes", npu_mem_name((npu_mem_t)m), desc->mem_bytes[m]);
    for (uint32_t i = 0; i < prog->layer_count; i++) {
        l1_span_t span = l1_span(prog, i);
        fprintf(to, "\n%-4u", i);
        for (uint32_t m = 0; m < NPU_MEMS; m++)
            if (span.end[m] == 0)
                fprintf(to, " %17s", "-");
            else
                fprintf(to, " %8llu %8llu", (unsigned long long)span.begin[m],
                        (unsigned long long)span.end[m] - 1);
    }
    fputc('\n', to);
}

void l1_map_add(const npu_prog_t *prog, uint32_t layer, sim_json_t *to)
{
    l1_span_t span = l1_span(prog, layer);
    sim_json_t *l1 = sim_json_add_object(to, "l1");
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        sim_json_t *range = sim_json_add_array(l1, npu_mem_name((npu_mem_t)m));
        sim_json_add_u64(range, NULL, span.begin[m]);
        sim_json_add_u64(range, NULL, span.end[m]);
    }
}
