/*
 * isa.c - the two tables of the instruction set, and encode and decode from them.
 */
#include "npu/isa.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "npu/npu_int.h"

/* clang-format off */
#define M(member) (uint16_t)offsetof(npu_insn_t, member)

/* Index of each field: a bit in npu_opinfo_t.fields. */
enum {
    F_LAYER, F_WAIT0, F_COUNT0, F_WAIT1, F_COUNT1, F_SIGNAL0, F_SIGNAL1, F_FLAGS,
    F_MEM, F_L2, F_L2_ROW, F_L2_PLANE, F_L1, F_L1_ROW, F_L1_PLANE, F_ROW_BYTES, F_ROWS, F_PLANES, F_PACKED,
    F_SRC, F_SRC_ROW, F_SRC_PIX, F_SRC2, F_SRC2_ROW, F_SRC2_PIX, F_DST, F_DST_ROW, F_DST_PIX,
    F_SRC_CHAN, F_DST_CHAN, F_H, F_W, F_C, F_IN_H, F_IN_W, F_IN_C,
    F_K_H, F_K_W, F_STRIDE_H, F_STRIDE_W, F_DIL_H, F_DIL_W, F_PAD_TOP, F_PAD_LEFT,
    F_WGT, F_NARROW, F_IN_ZP, F_WGT_ZP, F_PAR, F_PAR2, F_OUT_ZP, F_OUT_MIN, F_OUT_MAX, F_VALUE, F_MARK,
    F_COUNT
};
_Static_assert(F_COUNT <= 64, "a field is a bit of npu_opinfo_t.fields");

#define FIELD(name, member, word, lsb, bits, is_signed, low, kind, help) \
    {name, M(member), word, lsb, bits, is_signed, low, NPU_KIND_##kind, help, UINT32_MAX >> (32 - (bits)), (uint32_t)(is_signed) << ((bits) - 1)}
static const npu_field_t fields[F_COUNT] = {
    /*              name          member            word lsb bits sign   low kind         help */
    [F_LAYER]    = FIELD("layer",      layer,         0,  8, 10, false, 0, NUM, "layer that the instruction is accounted to"),
    [F_SIGNAL0]  = FIELD("signal0",    signal[0],     0, 18,  6, false, 0, SEM, "semaphore that grows by one at completion"),
    [F_SIGNAL1]  = FIELD("signal1",    signal[1],     0, 24,  6, false, 0, SEM, "a second one"),
    [F_WAIT0]    = FIELD("wait0",      wait[0].sem,   1,  0,  6, false, 0, SEM, "semaphore to wait for"),
    [F_COUNT0]   = FIELD("count0",     wait[0].count, 1,  6,  8, false, 0, NUM, "needed there, and subtracted"),
    [F_WAIT1]    = FIELD("wait1",      wait[1].sem,   1, 14,  6, false, 0, SEM, "a second semaphore to wait for"),
    [F_COUNT1]   = FIELD("count1",     wait[1].count, 1, 20,  8, false, 0, NUM, "needed there, and subtracted"),
    [F_FLAGS]    = FIELD("flags",      flags,         1, 28,  4, false, 0, NUM, "1 single rounding, 2 accumulate, 4 unsigned rounding, 8 width on the lanes"),

    [F_L1]       = FIELD("l1",         l1,            2,  0, 24, false, 0, L1,  "offset in L1 memory"),
    [F_MEM]      = FIELD("mem",        mem,           2, 24,  4, false, 0, MEM, "which L1 memory"),
    [F_L1_ROW]   = FIELD("l1_row",     l1_row,        3,  0, 24, false, 0, L1,  "bytes from a row to the next in L1"),
    [F_L1_PLANE] = FIELD("l1_plane",   l1_plane,      4,  0, 24, false, 0, L1,  "bytes from a plane to the next in L1"),
    [F_ROW_BYTES]= FIELD("row_bytes",  row_bytes,     5,  0, 24, false, 1, NUM, "bytes of a row"),
    [F_ROWS]     = FIELD("rows",       rows,          6,  0, 16, false, 1, NUM, "rows of a plane"),
    [F_PLANES]   = FIELD("planes",     planes,        6, 16, 16, false, 1, NUM, "planes"),
    [F_PACKED]   = FIELD("packed",     packed,        2, 28,  1, false, 0, NUM, "1: row_bytes of a packed stream become l1_row bytes; rows and planes are 1"),
    [F_L2]       = FIELD("l2",         l2,            8,  0, 32, false, 0, L2,  "offset in L2"),
    [F_L2_ROW]   = FIELD("l2_row",     l2_row,        9,  0, 32, false, 0, L2,  "bytes from a row to the next in L2"),
    [F_L2_PLANE] = FIELD("l2_plane",   l2_plane,     10,  0, 32, false, 0, L2,  "bytes from a plane to the next in L2"),

    [F_SRC]      = FIELD("src",        src.addr,      2,  0, 24, false, 0, L1,  "source: offset"),
    [F_SRC_ROW]  = FIELD("src.row",    src.row,       3,  0, 24, false, 0, L1,  "source: bytes from a row to the next"),
    [F_SRC_PIX]  = FIELD("src.pix",    src.pix,       4,  0, 16, false, 0, L1,  "source: bytes from a pixel to the next"),
    [F_DST]      = FIELD("dst",        dst.addr,      5,  0, 24, false, 0, L1,  "result: offset"),
    [F_DST_ROW]  = FIELD("dst.row",    dst.row,       6,  0, 24, false, 0, L1,  "result: bytes from a row to the next"),
    [F_DST_PIX]  = FIELD("dst.pix",    dst.pix,       4, 16, 16, false, 0, L1,  "result: bytes from a pixel to the next"),
    [F_SRC2]     = FIELD("src2",       src2.addr,    13,  0, 24, false, 0, L1,  "second source: offset"),
    [F_SRC2_ROW] = FIELD("src2.row",   src2.row,     14,  0, 24, false, 0, L1,  "second source: bytes from a row to the next"),
    [F_SRC2_PIX] = FIELD("src2.pix",   src2.pix,     15,  0, 16, false, 0, L1,  "second source: bytes from a pixel to the next"),
    [F_SRC_CHAN] = FIELD("src.chan",   src_chan,     13,  0, 24, false, 0, L1,  "source: bytes from a channel to the next"),
    [F_DST_CHAN] = FIELD("dst.chan",   dst_chan,     14,  0, 24, false, 0, L1,  "result: bytes from a channel to the next"),

    [F_IN_H]     = FIELD("in_h",       in_h,          7,  0, 16, false, 1, NUM, "rows of the source"),
    [F_IN_W]     = FIELD("in_w",       in_w,          7, 16, 16, false, 1, NUM, "columns of the source"),
    [F_H]        = FIELD("h",          h,             8,  0, 16, false, 1, NUM, "rows of the result"),
    [F_W]        = FIELD("w",          w,             8, 16, 16, false, 1, NUM, "columns of the result"),
    [F_IN_C]     = FIELD("in_c",       in_c,          9,  0, 16, false, 1, NUM, "channels of the source"),
    [F_C]        = FIELD("c",          c,             9, 16, 16, false, 1, NUM, "channels of the result"),
    [F_K_H]      = FIELD("k_h",        k_h,          10,  0,  8, false, 1, NUM, "kernel rows"),
    [F_K_W]      = FIELD("k_w",        k_w,          10,  8,  8, false, 1, NUM, "kernel columns"),
    [F_STRIDE_H] = FIELD("stride_h",   stride_h,     10, 16,  4, false, 1, NUM, "rows from a window to the next"),
    [F_STRIDE_W] = FIELD("stride_w",   stride_w,     10, 20,  4, false, 1, NUM, "columns from a window to the next"),
    [F_DIL_H]    = FIELD("dil_h",      dil_h,        10, 24,  4, false, 1, NUM, "rows from a tap to the next"),
    [F_DIL_W]    = FIELD("dil_w",      dil_w,        10, 28,  4, false, 1, NUM, "columns from a tap to the next"),
    [F_PAD_TOP]  = FIELD("pad_top",    pad_top,      11,  0,  8, false, 0, NUM, "rows of the first window above the source"),
    [F_PAD_LEFT] = FIELD("pad_left",   pad_left,     11,  8,  8, false, 0, NUM, "columns of the first window left of the source"),
    [F_IN_ZP]    = FIELD("in_zp",      in_zp,        11, 16,  8, true,  0, NUM, "zero point of the source"),
    [F_WGT_ZP]   = FIELD("wgt_zp",     wgt_zp,       11, 24,  8, true,  0, NUM, "zero point of the weights"),
    [F_WGT]      = FIELD("wgt",        wgt,          12,  0, 24, false, 0, L1,  "weights: offset in WGT"),
    [F_NARROW]   = FIELD("narrow",     narrow,        2, 24,  2, false, 0, NUM, "weights are 8 >> narrow bits wide"),
    [F_PAR]      = FIELD("par",        par,          12,  0, 24, false, 0, L1,  "parameter record: offset in PAR"),
    [F_PAR2]     = FIELD("par2",       par2,         13,  0, 24, false, 0, L1,  "records of columns: offset in PAR"),
    [F_OUT_ZP]   = FIELD("out_zp",     out_zp,       12, 24,  8, true,  0, NUM, "zero point of the result"),
    [F_VALUE]    = FIELD("value",      value,        12, 24,  8, true,  0, NUM, "value to fill with"),
    [F_OUT_MIN]  = FIELD("out_min",    out_min,      15, 16,  8, true,  0, NUM, "smallest result"),
    [F_OUT_MAX]  = FIELD("out_max",    out_max,      15, 24,  8, true,  0, NUM, "largest result"),
    [F_MARK]     = FIELD("mark",       mark,          2,  0, 32, false, 0, NUM, "value for register NPU_MARK"),
};

#define B(field) (UINT64_C(1) << (field))
#define HEAD (B(F_LAYER) | B(F_WAIT0) | B(F_COUNT0) | B(F_WAIT1) | B(F_COUNT1) | B(F_SIGNAL0) | B(F_SIGNAL1) | B(F_FLAGS))
#define DMA (HEAD | B(F_MEM) | B(F_L2) | B(F_L2_ROW) | B(F_L2_PLANE) | B(F_L1) | B(F_L1_ROW) | B(F_L1_PLANE) | B(F_ROW_BYTES) | B(F_ROWS) | B(F_PLANES))
#define SHAPE (B(F_H) | B(F_W) | B(F_C))
#define SRC (B(F_SRC) | B(F_SRC_ROW) | B(F_SRC_PIX))
#define SRC2 (B(F_SRC2) | B(F_SRC2_ROW) | B(F_SRC2_PIX))
#define DST (B(F_DST) | B(F_DST_ROW) | B(F_DST_PIX))
#define UNARY (HEAD | SRC | DST | SHAPE)
#define KERNEL (B(F_IN_H) | B(F_IN_W) | B(F_K_H) | B(F_K_W) | B(F_STRIDE_H) | B(F_STRIDE_W) | B(F_DIL_H) | B(F_DIL_W) | B(F_PAD_TOP) | B(F_PAD_LEFT))
#define MACS (UNARY | KERNEL | B(F_IN_C) | B(F_WGT) | B(F_NARROW) | B(F_IN_ZP) | B(F_WGT_ZP))
#define CLAMP (B(F_OUT_MIN) | B(F_OUT_MAX))
#define BINARY (UNARY | SRC2)

#define SINGLE NPU_FLAG_SINGLE
#define ACCUM NPU_FLAG_ACCUMULATE

static const npu_opinfo_t ops[NPU_OPS] = {
    /*                    name         engine            fields                                      flags   help */
    [NPU_OP_NOP]       = {"nop",       NPU_ENGINE_SEQ,   HEAD,                                       0,      "nothing but waits and signals; the sequencer stands until the waits are met"},
    [NPU_OP_BARRIER]   = {"barrier",   NPU_ENGINE_SEQ,   HEAD,                                       0,      "issue stops until every queue is empty and every engine idle"},
    [NPU_OP_IRQ]       = {"irq",       NPU_ENGINE_SEQ,   HEAD | B(F_MARK),                           0,      "barrier, then NPU_MARK = mark and NPU_STATUS.mark is set"},
    [NPU_OP_END]       = {"end",       NPU_ENGINE_SEQ,   HEAD,                                       0,      "barrier, then the program is done"},
    [NPU_OP_LOAD]      = {"load",      NPU_ENGINE_LOAD,  DMA | B(F_PACKED),                          0,      "planes x rows pieces of row_bytes, L2 to L1; packed: one stream, decoded"},
    [NPU_OP_STORE]     = {"store",     NPU_ENGINE_STORE, DMA,                                        0,      "planes x rows pieces of row_bytes, L1 to L2"},
    [NPU_OP_CONV]      = {"conv",      NPU_ENGINE_MAC,   MACS,                                       ACCUM | NPU_FLAG_WIDTH_LANES,  "dst(y,x,o) = sum over taps and input channels of (src - in_zp) * (wgt - wgt_zp); writes whole blocks of 32 channels"},
    [NPU_OP_DWCONV]    = {"dwconv",    NPU_ENGINE_MAC,   MACS,                                       ACCUM,  "the same, each channel o from source channel o / (c / in_c) only"},
    [NPU_OP_REQUANT]   = {"requant",   NPU_ENGINE_VEC,   UNARY | B(F_PAR) | B(F_OUT_ZP) | CLAMP,     SINGLE, "dst = clamp(requant(src + bias[o], mult[o], shift[o]) + out_zp), ACC to ACT"},
    [NPU_OP_ADD]       = {"add",       NPU_ENGINE_VEC,   BINARY | B(F_PAR),                          SINGLE, "dst = src + src2, TFLite's scheme, record NPU_PAR_ADD"},
    [NPU_OP_SUB]       = {"sub",       NPU_ENGINE_VEC,   BINARY | B(F_PAR),                          SINGLE, "dst = src - src2, record NPU_PAR_ADD"},
    [NPU_OP_MUL]       = {"mul",       NPU_ENGINE_VEC,   BINARY | B(F_PAR),                          SINGLE, "dst = src * src2, record NPU_PAR_MUL"},
    [NPU_OP_MAX]       = {"max",       NPU_ENGINE_VEC,   BINARY,                                     0,      "the larger code"},
    [NPU_OP_MIN]       = {"min",       NPU_ENGINE_VEC,   BINARY,                                     0,      "the smaller code"},
    [NPU_OP_LUT]       = {"lut",       NPU_ENGINE_VEC,   UNARY | B(F_PAR),                           0,      "dst = table[src + 128], 256 int8 in PAR"},
    [NPU_OP_AVGPOOL]   = {"avgpool",   NPU_ENGINE_VEC,   UNARY | KERNEL | CLAMP,                     NPU_FLAG_UNSIGNED, "rounded mean of the taps inside the source; 0 where there is none"},
    [NPU_OP_MAXPOOL]   = {"maxpool",   NPU_ENGINE_VEC,   UNARY | KERNEL | CLAMP,                     0,      "largest tap inside the source; -128 where there is none"},
    [NPU_OP_MEAN]      = {"mean",      NPU_ENGINE_VEC,   HEAD | SRC | DST | B(F_C) | B(F_IN_H) | B(F_IN_W) | B(F_PAR), SINGLE, "over all in_h x in_w pixels, per channel, record NPU_PAR_MEAN; one pixel"},
    [NPU_OP_SOFTMAX]   = {"softmax",   NPU_ENGINE_VEC,   UNARY | B(F_PAR),                           SINGLE, "over the channels of each pixel, record NPU_PAR_SOFTMAX"},
    [NPU_OP_COPY]      = {"copy",      NPU_ENGINE_VEC,   UNARY,                                      0,      "dst = src"},
    [NPU_OP_FILL]      = {"fill",      NPU_ENGINE_VEC,   HEAD | DST | SHAPE | B(F_VALUE),            0,      "dst = value"},
    [NPU_OP_TRANSFORM] = {"transform", NPU_ENGINE_VEC,   UNARY | B(F_SRC_CHAN) | B(F_DST_CHAN),      0,      "dst = src with channel strides: planar to interleaved and back"},
    [NPU_OP_PRELU]     = {"prelu",     NPU_ENGINE_VEC,   BINARY | B(F_PAR),                          SINGLE, "dst = src, where negative times src2, record NPU_PAR_PRELU"},
    [NPU_OP_RESIZE]    = {"resize",    NPU_ENGINE_VEC,   UNARY | B(F_IN_H) | B(F_IN_W) | B(F_K_H) | B(F_K_W) | B(F_PAR) | B(F_PAR2), SINGLE | NPU_FLAG_UNSIGNED, "dst = source between k_h rows and k_w columns, 1 or 2, as records NPU_PAR_RESIZE of rows and columns say"},
};
/* clang-format on */

static const char *const engine_names[NPU_ENGINES] = {"seq", "load", "store", "mac", "vec"};
static const char *const mem_names[NPU_MEMS] = {"act", "wgt", "acc", "par"};
static const char *const flag_names[] = {"single", "accumulate", "unsigned", "width_lanes"};

const npu_field_t *npu_field_table(uint32_t *count)
{
    *count = F_COUNT;
    return fields;
}

const npu_opinfo_t *npu_opinfo(uint32_t op)
{
    return op < NPU_OPS && ops[op].name != NULL ? &ops[op] : NULL;
}

npu_engine_t npu_op_engine(uint32_t op)
{
    const npu_opinfo_t *info = npu_opinfo(op);
    assert(info != NULL);
    return info->engine;
}

const char *npu_engine_name(npu_engine_t engine)
{
    assert(engine < NPU_ENGINES);
    return engine_names[engine];
}

const char *npu_mem_name(npu_mem_t mem)
{
    assert(mem < NPU_MEMS);
    return mem_names[mem];
}

bool npu_field_is_head(uint32_t index)
{
    return (HEAD & B(index)) != 0;
}

const char *npu_flag_name(uint32_t bit)
{
    return bit < SIM_COUNT(flag_names) ? flag_names[bit] : NULL;
}

bool npu_wrong(char *error, size_t error_bytes, const char *fmt, ...)
{
    if (error != NULL && error_bytes > 0) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(error, error_bytes, fmt, args);
        va_end(args);
    }
    return false;
}

static uint32_t member_get(const npu_insn_t *insn, const npu_field_t *field)
{
    uint32_t value;
    memcpy(&value, (const uint8_t *)insn + field->member, sizeof(value));
    return value;
}

static void member_set(npu_insn_t *insn, const npu_field_t *field, uint32_t value)
{
    memcpy((uint8_t *)insn + field->member, &value, sizeof(value));
}

static bool in_range(const npu_field_t *field, uint32_t value)
{
    if (!field->is_signed)
        return value >= field->low && value <= field->mask;
    int32_t half = (int32_t)(field->mask >> 1);
    return (int32_t)value >= -half - 1 && (int32_t)value <= half;
}

static bool check_field(const npu_insn_t *insn, const npu_opinfo_t *info, const npu_field_t *field,
                        char *error, size_t error_bytes)
{
    uint32_t value = member_get(insn, field);
    if (in_range(field, value))
        return true;
    if (field->is_signed)
        return npu_wrong(error, error_bytes, "%s: %s %d not in %d..%d", info->name, field->name,
                         (int32_t)value, -(int32_t)(field->mask >> 1) - 1,
                         (int32_t)(field->mask >> 1));
    return npu_wrong(error, error_bytes, "%s: %s %u not in %u..%u", info->name, field->name, value,
                     field->low, field->mask);
}

static bool check_waits(const npu_insn_t *insn, const char *name, char *error, size_t error_bytes)
{
    for (int i = 0; i < 2; i++)
        if ((insn->wait[i].sem == 0) != (insn->wait[i].count == 0))
            return npu_wrong(error, error_bytes, "%s: wait%d names semaphore %u with count %u",
                             name, i, insn->wait[i].sem, insn->wait[i].count);
    if (insn->wait[0].sem != 0 && insn->wait[0].sem == insn->wait[1].sem)
        return npu_wrong(error, error_bytes, "%s: waits for semaphore %u twice", name,
                         insn->wait[0].sem);
    return true;
}

/* Accumulators and records are 32-bit words. */
static bool check_words(const npu_insn_t *insn, const char *name, char *error, size_t error_bytes)
{
    bool mac = insn->op == NPU_OP_CONV || insn->op == NPU_OP_DWCONV;
    const npu_tile_t none = {0, 0, 0};
    const npu_tile_t *acc = mac ? &insn->dst : insn->op == NPU_OP_REQUANT ? &insn->src : &none;
    if ((acc->addr | acc->row | acc->pix) % 4 != 0)
        return npu_wrong(error, error_bytes, "%s: accumulator tile is not made of 32-bit words",
                         name);
    if (insn->par % 4 != 0 || insn->par2 % 4 != 0)
        return npu_wrong(error, error_bytes, "%s: par 0x%x is not a multiple of 4", name,
                         insn->par % 4 != 0 ? insn->par : insn->par2);
    return true;
}

/* Results may not lie on top of each other: what is computed first would decide. */
static bool check_result(const npu_insn_t *insn, const npu_opinfo_t *info, char *error,
                         size_t error_bytes)
{
    if ((info->fields & B(F_DST)) == 0 || (info->fields & SHAPE) != SHAPE ||
        insn->op == NPU_OP_TRANSFORM)
        return true;
    uint64_t pixel =
        info->engine == NPU_ENGINE_MAC ? 4 * (uint64_t)npu_round_lanes(insn->c) : insn->c;
    uint64_t row = (uint64_t)(insn->w - 1) * insn->dst.pix + pixel;
    if (insn->w > 1 && insn->dst.pix < pixel)
        return npu_wrong(error, error_bytes, "%s: dst.pix %u, pixels are %llu bytes", info->name,
                         insn->dst.pix, (unsigned long long)pixel);
    if (insn->h > 1 && insn->dst.row < row)
        return npu_wrong(error, error_bytes, "%s: dst.row %u, rows are %llu bytes", info->name,
                         insn->dst.row, (unsigned long long)row);
    return true;
}

/* What is wrong with fields that are each in range. */
static bool check_together(const npu_insn_t *insn, const npu_opinfo_t *info, char *error,
                           size_t error_bytes)
{
    if ((insn->flags & ~info->flags) != 0)
        return npu_wrong(error, error_bytes, "%s: flags 0x%x not allowed", info->name,
                         insn->flags & ~info->flags);
    if ((info->fields & B(F_MEM)) != 0 && insn->mem >= NPU_MEMS)
        return npu_wrong(error, error_bytes, "%s: mem %u not in 0..3", info->name, insn->mem);
    if (insn->packed != 0 && (insn->rows != 1 || insn->planes != 1 || insn->l1_row == 0))
        return npu_wrong(error, error_bytes,
                         "%s: packed: %u rows, %u planes, l1_row %u, not 1, 1 "
                         "and 1..",
                         info->name, insn->rows, insn->planes, insn->l1_row);
    if (insn->narrow > 2)
        return npu_wrong(error, error_bytes, "%s: narrow %u not in 0..2", info->name, insn->narrow);
    if (insn->op == NPU_OP_DWCONV && insn->c % insn->in_c != 0)
        return npu_wrong(error, error_bytes, "%s: c %u is not a multiple of in_c %u", info->name,
                         insn->c, insn->in_c);
    if (insn->op == NPU_OP_RESIZE && (insn->k_h > 2 || insn->k_w > 2))
        return npu_wrong(error, error_bytes, "%s: %u rows and %u columns, not 1 or 2", info->name,
                         insn->k_h, insn->k_w);
    if (insn->out_min > insn->out_max)
        return npu_wrong(error, error_bytes, "%s: out_min %d above out_max %d", info->name,
                         insn->out_min, insn->out_max);
    return check_result(insn, info, error, error_bytes) &&
           check_waits(insn, info->name, error, error_bytes) &&
           check_words(insn, info->name, error, error_bytes);
}

static bool check_fields(const npu_insn_t *insn, const npu_opinfo_t *info, char *error,
                         size_t error_bytes)
{
    for (uint32_t i = 0; i < F_COUNT; i++) {
        bool used = (info->fields & B(i)) != 0;
        if (used && !check_field(insn, info, &fields[i], error, error_bytes))
            return false;
    }
    return check_together(insn, info, error, error_bytes);
}

/* The members that the opcode owns, and no others, make up the instruction. */
static bool nothing_else_set(const npu_insn_t *insn, const npu_opinfo_t *info, char *error,
                             size_t error_bytes)
{
    for (uint32_t i = 0; i < F_COUNT; i++)
        if ((info->fields & B(i)) == 0 && member_get(insn, &fields[i]) != 0)
            return npu_wrong(error, error_bytes, "%s: has no field %s", info->name, fields[i].name);
    return true;
}

bool npu_insn_encode(const npu_insn_t *insn, uint32_t words[NPU_INSN_WORDS], char *error,
                     size_t error_bytes)
{
    const npu_opinfo_t *info = npu_opinfo(insn->op);
    if (info == NULL)
        return npu_wrong(error, error_bytes, "opcode %u does not exist", insn->op);
    if (!nothing_else_set(insn, info, error, error_bytes) ||
        !check_fields(insn, info, error, error_bytes))
        return false;
    memset(words, 0, NPU_INSN_BYTES);
    words[0] = insn->op;
    for (uint32_t i = 0; i < F_COUNT; i++)
        if ((info->fields & B(i)) != 0)
            words[fields[i].word] |= (member_get(insn, &fields[i]) & fields[i].mask)
                                     << fields[i].lsb;
    return true;
}

static uint32_t extract(const npu_field_t *field, uint32_t word)
{
    uint32_t value = (word >> field->lsb) & field->mask;
    return (value ^ field->sign) - field->sign;
}

bool npu_insn_decode(const uint32_t words[NPU_INSN_WORDS], npu_insn_t *insn, char *error,
                     size_t error_bytes)
{
    const npu_opinfo_t *info = npu_opinfo(words[0] & 0xff);
    if (info == NULL)
        return npu_wrong(error, error_bytes, "opcode %u does not exist", words[0] & 0xff);
    uint32_t owned[NPU_INSN_WORDS] = {0xff};
    bool fine = true; /* lower ends: bits cannot pass the upper ones */
    memset(insn, 0, sizeof(*insn));
    insn->op = words[0] & 0xff;
    const npu_field_t *field = fields;
    for (uint64_t left = info->fields; left != 0; left >>= 1, field++) {
        if ((left & 1) == 0)
            continue;
        uint32_t value = extract(field, words[field->word]);
        member_set(insn, field, value);
        owned[field->word] |= field->mask << field->lsb;
        fine &= value >= field->low; /* of signed fields that is 0 */
    }
    for (uint32_t w = 0; w < NPU_INSN_WORDS; w++)
        if ((words[w] & ~owned[w]) != 0)
            return npu_wrong(error, error_bytes, "%s: word %u has stray bits 0x%08x", info->name, w,
                             words[w] & ~owned[w]);
    return fine ? check_together(insn, info, error, error_bytes)
                : check_fields(insn, info, error, error_bytes);
}
