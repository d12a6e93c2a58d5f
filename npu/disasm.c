/*
 * disasm.c - programs and the instruction manual as text.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/asm.h"
#include "npu/npu_int.h"

/* ---- text that grows ----------------------------------------------------------------------------
 */

typedef struct {
    char *text;
    size_t used, room;
    bool failed;
} text_t;

static bool make_room(text_t *t, size_t bytes)
{
    if (t->failed || t->used + bytes < t->room)
        return !t->failed;
    size_t room = t->room < 4096 ? 4096 : t->room;
    while (room <= t->used + bytes)
        room *= 2;
    char *bigger = realloc(t->text, room);
    t->failed = bigger == NULL;
    if (t->failed)
        return false;
    t->text = bigger;
    t->room = room;
    return true;
}

static void add(text_t *t, const char *fmt, ...) SIM_PRINTF(2, 3);

/* Pieces of at most 1000 characters. */
static void add(text_t *t, const char *fmt, ...)
{
    if (!make_room(t, 1000))
        return;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(t->text + t->used, 1000, fmt, args);
    va_end(args);
    t->used += n > 0 ? (size_t)n : 0;
}

static char *finish(text_t *t)
{
    if (!t->failed)
        return t->text;
    free(t->text);
    return NULL;
}

/* ---- instructions -------------------------------------------------------------------------------
 */

static uint32_t value_of(const npu_insn_t *insn, const npu_field_t *field)
{
    uint32_t value;
    memcpy(&value, (const uint8_t *)insn + field->member, sizeof(value));
    return value;
}

/* Waits, signals, flags and the layer have their own form, in front. */
static void add_head(text_t *t, const npu_insn_t *insn)
{
    add(t, "%s", npu_opinfo(insn->op)->name);
    if (insn->layer != 0)
        add(t, " layer=%u", insn->layer);
    if (insn->wait[0].sem != 0 || insn->wait[1].sem != 0)
        add(t, " wait=%u:%u", insn->wait[0].sem, insn->wait[0].count);
    if (insn->wait[1].sem != 0)
        add(t, ",%u:%u", insn->wait[1].sem, insn->wait[1].count);
    if (insn->signal[0] != 0 || insn->signal[1] != 0)
        add(t, " signal=%u", insn->signal[0]);
    if (insn->signal[1] != 0)
        add(t, ",%u", insn->signal[1]);
    for (uint32_t bit = 0; npu_flag_name(bit) != NULL; bit++)
        if ((insn->flags >> bit & 1) != 0)
            add(t, " %s", npu_flag_name(bit));
}

static void add_insn(text_t *t, const npu_insn_t *insn)
{
    uint32_t count;
    const npu_field_t *fields = npu_field_table(&count);
    uint64_t used = npu_opinfo(insn->op)->fields;
    add_head(t, insn);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value = value_of(insn, &fields[i]);
        if ((used >> i & 1) == 0 || value == 0 || npu_field_is_head(i))
            continue;
        if (fields[i].kind == NPU_KIND_MEM)
            add(t, " %s=%s", fields[i].name, npu_mem_name((npu_mem_t)value));
        else if (fields[i].kind == NPU_KIND_L1 || fields[i].kind == NPU_KIND_L2)
            add(t, " %s=0x%x", fields[i].name, value);
        else if (fields[i].is_signed)
            add(t, " %s=%d", fields[i].name, (int32_t)value);
        else
            add(t, " %s=%u", fields[i].name, value);
    }
}

/* ---- programs -----------------------------------------------------------------------------------
 */

static void add_meta(text_t *t, const npu_prog_t *prog)
{
    const npu_meta_t *meta = &prog->meta;
    add(t, ".name \"%s\"\n.rounding %s\n.tensors_by %s\n.insn_l2 0x%x\n", meta->name,
        meta->rounding == NPU_ROUND_SINGLE ? "single" : "double", meta->by_name ? "name" : "number",
        meta->insn_l2);
    add(t, ".l2_peak %u\n.l2_lower_bound %u\n.macs %llu\n", meta->l2_peak_bytes,
        meta->l2_lower_bound_bytes, (unsigned long long)meta->macs);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        add(t, ".l1 %s %u\n", npu_mem_name((npu_mem_t)m), meta->mem_bytes[m]);
}

static void add_chip(text_t *t, const npu_made_for_t *made)
{
    const npu_desc_t none = {0}; /* only names are needed */
    for (uint32_t w = 0; w < NPU_CHIP_WORDS; w++) {
        npu_chip_word_t word = npu_chip_word(&none, w);
        const char *name = npu_chip_value_name(w, made->word[w]);
        if ((made->given >> w & 1) != 0)
            add(t, ".chip %s %s %u%s%s\n", word.section, word.key, made->word[w],
                name != NULL ? " ; " : "", name != NULL ? name : "");
    }
}

/* One word of the network table: "OUT3_ADDR". */
static void add_net_word(text_t *t, uint32_t w, uint32_t value)
{
    static const char *const head[] = {
#define X(name, help) #name,
        NPU_NET_WORDS_TABLE(X)
#undef X
    };
    static const char *const tensor[] = {
#define X(name, help) #name,
        NPU_NET_TENSOR_TABLE(X)
#undef X
    };
    add(t, ".net %-3u 0x%08x ; ", w, value);
    if (w < NPU_NET_HEAD_WORDS) {
        add(t, "%s\n", head[w]);
        return;
    }
    uint32_t n = (w - NPU_NET_HEAD_WORDS) / NPU_TENSOR_WORDS;
    add(t, "%s%u_%s\n", n < NPU_NET_ENDS ? "IN" : "OUT", n % NPU_NET_ENDS,
        tensor[(w - NPU_NET_HEAD_WORDS) % NPU_TENSOR_WORDS]);
}

static void add_net(text_t *t, const npu_prog_t *prog)
{
    for (uint32_t w = 0; w < NPU_NET_WORDS; w++)
        if (prog->net[w] != 0)
            add_net_word(t, w, prog->net[w]);
}

static void add_tables(text_t *t, const npu_prog_t *prog)
{
    static const char *const orders[NPU_ORDERS] = {"hwc", "chw"};
    for (uint32_t i = 0; i < prog->layer_count; i++) {
        const npu_layer_t *layer = &prog->layers[i];
        add(t, ".layer \"%s\" \"%s\" first %u last %u macs %llu ; %u\n", layer->name, layer->op,
            layer->first, layer->last, (unsigned long long)layer->macs, i);
    }
    for (uint32_t i = 0; i < prog->kept_count; i++) {
        const npu_kept_t *kept = &prog->kept[i];
        add(t, ".kept \"%s\" tensor %u l2 0x%x %s row %u pix %u chan %u %s shape", kept->name,
            kept->tensor, kept->l2, npu_dtype_name(kept->dtype), kept->row, kept->pix, kept->chan,
            orders[kept->order]);
        for (uint32_t d = 0; d < kept->dims; d++)
            add(t, " %u", kept->shape[d]);
        add(t, " zero_point %d scale_bits 0x%08x", kept->zero_point, kept->scale_bits);
        if (kept->valid_after != NPU_VALID_AT_START)
            add(t, " valid_after %u", kept->valid_after);
        add(t, "\n");
    }
    for (uint32_t i = 0; i < prog->end_count; i++)
        add(t, ".end \"%s\" tensor %u %s %s\n", prog->ends[i].name, prog->ends[i].tensor,
            npu_dtype_name(prog->ends[i].dtype), orders[prog->ends[i].order]);
}

static void add_numbers(text_t *t, const char *keyword, const uint32_t *number, uint32_t count)
{
    add(t, " %s", keyword);
    for (uint32_t i = 0; i < count; i++)
        add(t, number[i] > 65535 ? " 0x%x" : " %u", number[i]);
}

static void add_post(text_t *t, const npu_post_t *post)
{
    if (post->tensors + post->ops + post->l2 + post->scratch_l2 + post->scratch_bytes == 0)
        return;
    add(t, ".post 0x%x scratch 0x%x bytes %u before %u\n", post->l2, post->scratch_l2,
        post->scratch_bytes, post->before);
    for (uint32_t i = 0; i < post->tensors; i++) {
        const npu_net_tensor_t *p = &post->tensor[i];
        add(t, ".post_tensor 0x%x %s", p->addr, npu_dtype_name(p->dtype));
        add_numbers(t, "shape", p->shape, p->dims);
        add(t, " zero_point %d scale_bits 0x%08x ; %u\n", p->zero_point, p->scale_bits, i);
    }
    for (uint32_t i = 0; i < post->ops; i++) {
        const npu_post_op_t *op = &post->op[i];
        add(t, ".post_op \"%s\" %s", op->name, npu_post_op_name(op->code));
        add_numbers(t, "in", op->in, NPU_POST_INS);
        add_numbers(t, "out", op->out, NPU_POST_OUTS);
        add_numbers(t, "attr", op->attr, NPU_POST_ATTRS);
        add(t, "\n");
    }
}

static void add_blobs(text_t *t, const npu_prog_t *prog)
{
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < prog->blob_count; i++) {
        const npu_blob_t *blob = &prog->blobs[i];
        add(t, ".blob 0x%x ; %u bytes\n", blob->l2, blob->bytes);
        for (uint32_t at = 0; at < blob->bytes; at += 32) {
            char line[65];
            uint32_t n = blob->bytes - at < 32 ? blob->bytes - at : 32;
            for (uint32_t b = 0; b < n; b++) {
                line[2 * b] = digits[blob->data[at + b] >> 4];
                line[2 * b + 1] = digits[blob->data[at + b] & 15];
            }
            line[2 * n] = '\0';
            add(t, ".hex %s\n", line);
        }
    }
}

static void add_code(text_t *t, const npu_prog_t *prog)
{
    uint32_t layer = UINT32_MAX;
    for (uint32_t i = 0; i < prog->insn_count; i++) {
        npu_insn_t insn;
        if (!npu_insn_decode(prog->insns[i], &insn, NULL, 0))
            continue;
        if (insn.layer != layer && insn.layer < prog->layer_count)
            add(t, "; layer %u: %s (%s)\n", insn.layer, prog->layers[insn.layer].name,
                prog->layers[insn.layer].op);
        layer = insn.layer;
        add_insn(t, &insn);
        add(t, " ; %u\n", i);
    }
}

char *npu_disasm(const npu_prog_t *prog)
{
    text_t t = {0};
    add_meta(&t, prog);
    add_chip(&t, &prog->made_for);
    add_net(&t, prog);
    add_tables(&t, prog);
    add_post(&t, &prog->post);
    add_blobs(&t, prog);
    add_code(&t, prog);
    return finish(&t);
}

/* ---- manual -------------------------------------------------------------------------------------
 */

static void add_op(text_t *t, const npu_opinfo_t *info, uint32_t op, const npu_field_t *fields,
                   uint32_t count)
{
    const char *between = "";
    add(t, "| %u | `%s` | %s | %s | ", op, info->name, npu_engine_name(info->engine), info->help);
    for (uint32_t i = 0; i < count; i++)
        if ((info->fields >> i & 1) != 0 && !npu_field_is_head(i)) {
            add(t, "%s`%s`", between, fields[i].name);
            between = " ";
        }
    for (uint32_t bit = 0; npu_flag_name(bit) != NULL; bit++)
        if ((info->flags >> bit & 1) != 0) {
            add(t, "%s*%s*", between, npu_flag_name(bit));
            between = " ";
        }
    add(t, " |\n");
}

static void add_instructions(text_t *t)
{
    uint32_t count;
    const npu_field_t *fields = npu_field_table(&count);
    add(t, "# NPU instructions\n\nAn instruction is 16 words of 32 bits. Every field has one "
           "place; bits of no field are 0.\nAll instructions have the fields of word 0 and 1.\n"
           "\n| code | name | engine | what | fields and *flags* |\n|---|---|---|---|---|\n");
    for (uint32_t op = 0; op < NPU_OPS; op++)
        if (npu_opinfo(op) != NULL)
            add_op(t, npu_opinfo(op), op, fields, count);
    add(t, "\n| field | word | bits | values | what |\n|---|---|---|---|---|\n"
           "| `op` | 0 | 7:0 | | code |\n");
    for (uint32_t i = 0; i < count; i++) {
        const npu_field_t *f = &fields[i];
        uint64_t most = (UINT64_C(1) << (f->bits - (f->is_signed ? 1 : 0))) - 1;
        long long low = f->is_signed ? -(long long)most - 1 : f->low;
        add(t, "| `%s` | %u | %u:%u | %lld..%llu | %s |\n", f->name, f->word, f->lsb + f->bits - 1u,
            f->lsb, low, (unsigned long long)most, f->help);
    }
}

/* What npu.h defines, for programmers. */
static const char *const rules[] = {
    "\n## Semaphores\n\n"
    "Numbers 1 to 63; all are 0 when a program starts, 0 as a number means none. An instruction "
    "starts when each\nsemaphore that it waits for is at least the count it names, and subtracts "
    "both counts at once. When it is\ncomplete each of its signals grows by one, which others see "
    "in the next cycle. Above 65535 is an error.\nEngines run in order of the program, each on its "
    "own, and have no other way to wait for each other but\n`barrier`.\n",
    "\n## Hazards\n\n"
    "A program means what its instructions do one after the other. It ends with error \"hazard\" "
    "when an\ninstruction starts while one before it in the program is not complete, and writes a "
    "byte that this one\ntouches, or reads one that it writes (L1; L2 between load and store), and "
    "with \"uninitialized\" when the\narray or the vector unit would read a byte of L1 that "
    "nothing wrote in this run. A window operator reads\nall in_h x in_w pixels of its source; "
    "conv and dwconv read and write whole blocks of 32 channels.\n",
    "\n## Banks\n\n"
    "An L1 memory is banks of equal size with so many ports each. A running instruction claims "
    "every bank from\nthe first to the last byte of each operand. In each cycle the DMA unit (load "
    "and store) takes one port of\nevery bank that it claims; then, array first in even cycles of "
    "the run, vector unit first in odd ones, an\nengine takes a port of each of its banks, or none "
    "and stands still.\n",
};

/* ---- what stands in WGT and PAR ---- */

#define FIRST(index, what) {#index, "", what},
#define NEXT(index, count, what) {#index, #count, what},
typedef struct {
    const char *index, *count, *what;
} order_row_t;
static const order_row_t conv_order[] = {NPU_WGT_CONV_ORDER(FIRST, NEXT)};
static const order_row_t dwconv_order[] = {NPU_WGT_DWCONV_ORDER(FIRST, NEXT)};
#undef FIRST
#undef NEXT

static void add_order(text_t *t, const char *op, const order_row_t *row, size_t rows)
{
    add(t, "\n| `%s`: index | of | what |\n|---|---|---|\n", op);
    for (size_t i = 0; i < rows; i++)
        add(t, "| `%s` | %s%s%s | %s |\n", row[i].index, row[i].count[0] != '\0' ? "`" : "",
            row[i].count, row[i].count[0] != '\0' ? "`" : "", row[i].what);
}

static void add_weights(text_t *t)
{
    add(t,
        "\n## Weights\n\nBytes in WGT from `wgt` on, the slowest index first; oc and ic are "
        "channels of the result and of the source;\nnpu_round_lanes() rounds up to 32. In dwconv "
        "c is a multiple of in_c, and oc reads source channel\noc / (c / in_c). With `narrow` 1 "
        "or 2, two or four weights share a byte, the first in the lowest bits.\n");
    add_order(t, "conv", conv_order, SIM_COUNT(conv_order));
    add_order(t, "dwconv", dwconv_order, SIM_COUNT(dwconv_order));
}

static void add_words(text_t *t, uint32_t first, uint32_t words, const char *name, const char *what)
{
    add(t, words == 1 ? "| %u" : "| %u..%u", first, first + words - 1);
    add(t, " | `%s` | %s |\n", name, what);
}

static void add_records(text_t *t)
{
    add(t,
        "\n## Parameter records\n\nIn PAR at `par`, a multiple of 4: little-endian signed words "
        "of 32 bits, below by number. A multiplier has 31\nbits of fraction, negative ones count "
        "as 0; a positive shift is to the left.\n");
#define WORD(record, name, words, what) add_words(t, NPU_PAR_##record##_##name, words, #name, what);
#define RECORD(record, who, many)                                                                  \
    add(t, "\n| `%s`: word | name | what; %s |\n|---|---|---|\n", who, many);                      \
    NPU_PAR_##record##_TABLE(WORD)
    NPU_PAR_RECORDS(RECORD)
#undef RECORD
#undef WORD
}

static void add_errors(text_t *t)
{
    add(t, "\n## Errors\n\nNPU_ERROR: 31:24 code, 23:0 instruction. NPU_ERROR_OTHER: the earlier "
           "instruction of a hazard.\n\n| code | what |\n|---|---|\n");
    for (uint32_t e = 1; e < NPU_ERRORS; e++)
        add(t, "| %u | %s |\n", e, npu_error_name((npu_error_t)e));
}

static void add_counters(text_t *t)
{
    add(t, "\n## Counters\n\nOf the run, or of the last one: registers NPU_<name>_LO and _HI. What "
           "an engine \"has\" in a cycle is what stands\nafter completions, issue and starts of "
           "that cycle.\n\n| name | unit | counts |\n|---|---|---|\n");
#define X(member, name, unit, help) add(t, "| `%s` | %s | %s |\n", #name, unit, help);
    NPU_PERF_TABLE(X)
#undef X
    add(t,
        "\nEach cycle has one class; they add up to CYCLES, for the run and for every layer. The "
        "first of COMPUTE,\nBANK, DRAIN, DMA, FETCH, DEPENDENCY that holds:\n\n| name | cycles in "
        "which |\n|---|---|\n");
#define X(name, text, help) add(t, "| `CYCLES_%s` | %s |\n", #name, help);
    NPU_CLASS_TABLE(X)
#undef X
    add(t, "\nAnd each has one set of engines that have an instruction; these add up to CYCLES as "
           "well:\n\n| name | these, and no others |\n|---|---|\n");
#define X(bits, name, who) add(t, "| `OVERLAP_%s` | %s |\n", #name, who);
    NPU_OVERLAP_TABLE(X)
#undef X
}

char *npu_isa_manual(void)
{
    text_t t = {0};
    add_instructions(&t);
    for (uint32_t i = 0; i < SIM_COUNT(rules); i++)
        add(&t, "%s", rules[i]);
    add_weights(&t);
    add_records(&t);
    add_errors(&t);
    add_counters(&t);
    return finish(&t);
}
