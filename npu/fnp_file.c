/*
 * fnp_file.c - the program file: bytes to program and back.
 */
#include "npu/fnp.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/hash.h"

#define VERSION 5u
#define HEADER_BYTES 16u
#define ENTRY_BYTES 16u
#define MAX_SECTIONS (NPU_MAX_BLOBS + 9)
#define FOURCC(a, b, c, d)                                                                         \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

enum {
    MAGIC = FOURCC('F', 'N', 'P', '1'),
    KIND_META = FOURCC('M', 'E', 'T', 'A'),
    KIND_INSN = FOURCC('I', 'N', 'S', 'N'),
    KIND_NET = FOURCC('N', 'E', 'T', ' '),
    KIND_LAYR = FOURCC('L', 'A', 'Y', 'R'),
    KIND_KEEP = FOURCC('K', 'E', 'E', 'P'),
    KIND_ENDS = FOURCC('E', 'N', 'D', 'S'),
    KIND_POST = FOURCC('P', 'O', 'S', 'T'),
    KIND_CHIP = FOURCC('C', 'H', 'I', 'P'),
    KIND_BLOB = FOURCC('B', 'L', 'O', 'B'),
};

/* ---- reading ------------------------------------------------------------------------------------
 */

typedef struct {
    const uint8_t *data;
    size_t pos, end; /* of the section being read */
    const char *file;
    char *error;
    size_t error_bytes;
    bool failed;
} reader_t;

static void fail(reader_t *r, size_t offset, const char *fmt, ...) SIM_PRINTF(3, 4);

static void fail(reader_t *r, size_t offset, const char *fmt, ...)
{
    if (r->failed)
        return;
    r->failed = true;
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    if (r->error != NULL)
        snprintf(r->error, r->error_bytes, "%s: %zu: %s", r->file, offset, what);
}

/* 0 once something failed or the section is at its end. */
static uint32_t get_u32(reader_t *r)
{
    if (r->failed || r->end - r->pos < 4) {
        fail(r, r->pos, "section ends inside a number");
        return 0;
    }
    const uint8_t *p = r->data + r->pos;
    r->pos += 4;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get_u64(reader_t *r)
{
    uint64_t low = get_u32(r);
    return low | (uint64_t)get_u32(r) << 32;
}

static void get_name(reader_t *r, char name[NPU_NAME_BYTES])
{
    if (r->failed || r->end - r->pos < NPU_NAME_BYTES) {
        fail(r, r->pos, "section ends inside a name");
        return;
    }
    memcpy(name, r->data + r->pos, NPU_NAME_BYTES);
    if (memchr(name, '\0', NPU_NAME_BYTES) == NULL)
        fail(r, r->pos, "name without end");
    r->pos += NPU_NAME_BYTES;
}

static void read_meta(reader_t *r, npu_prog_t *prog)
{
    npu_meta_t *meta = &prog->meta;
    get_name(r, meta->name);
    meta->rounding = get_u32(r);
    meta->by_name = get_u32(r);
    meta->insn_l2 = get_u32(r);
    meta->l2_peak_bytes = get_u32(r);
    meta->l2_lower_bound_bytes = get_u32(r);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        meta->mem_bytes[m] = get_u32(r);
    meta->macs = get_u64(r);
}

static void read_insns(reader_t *r, npu_prog_t *prog)
{
    size_t bytes = r->end - r->pos;
    if (bytes % NPU_INSN_BYTES != 0 || bytes / NPU_INSN_BYTES > NPU_MAX_INSNS) {
        fail(r, r->pos, "%zu bytes of instructions", bytes);
        return;
    }
    prog->insns = malloc(bytes == 0 ? 1 : bytes);
    if (prog->insns == NULL) {
        fail(r, r->pos, "no memory");
        return;
    }
    prog->insn_count = (uint32_t)(bytes / NPU_INSN_BYTES);
    for (uint32_t i = 0; i < prog->insn_count; i++) {
        npu_insn_t insn;
        char what[160];
        size_t at = r->pos;
        for (uint32_t w = 0; w < NPU_INSN_WORDS; w++)
            prog->insns[i][w] = get_u32(r);
        if (!npu_insn_decode(prog->insns[i], &insn, what, sizeof(what)))
            fail(r, at, "instruction %u: %s", i, what);
    }
}

static void read_net(reader_t *r, npu_prog_t *prog)
{
    for (uint32_t w = 0; w < NPU_NET_WORDS; w++)
        prog->net[w] = get_u32(r);
}

static void read_blob(reader_t *r, npu_prog_t *prog)
{
    uint32_t l2 = get_u32(r);
    size_t at = r->pos, bytes = r->end - r->pos;
    r->pos = r->end;
    if (!r->failed && npu_prog_add_blob(prog, l2, r->data + at, (uint32_t)bytes) == UINT32_MAX)
        fail(r, at, "no memory, or too many sections of constants");
}

static void read_layers(reader_t *r, npu_prog_t *prog)
{
    while (!r->failed && r->pos < r->end) {
        npu_layer_t layer = {0};
        size_t at = r->pos;
        get_name(r, layer.name);
        get_name(r, layer.op);
        layer.first = get_u32(r);
        layer.last = get_u32(r);
        layer.macs = get_u64(r);
        if (!r->failed && npu_prog_add_layer(prog, &layer) == UINT32_MAX)
            fail(r, at, "no memory, or too many layers");
    }
}

static void read_kept(reader_t *r, npu_prog_t *prog)
{
    while (!r->failed && r->pos < r->end) {
        npu_kept_t kept = {0};
        size_t at = r->pos;
        get_name(r, kept.name);
        kept.tensor = get_u32(r);
        kept.l2 = get_u32(r);
        kept.dtype = get_u32(r);
        kept.row = get_u32(r);
        kept.pix = get_u32(r);
        kept.chan = get_u32(r);
        kept.order = get_u32(r);
        kept.dims = get_u32(r);
        for (uint32_t d = 0; d < 4; d++)
            kept.shape[d] = get_u32(r);
        kept.zero_point = (int32_t)get_u32(r);
        kept.scale_bits = get_u32(r);
        kept.valid_after = get_u32(r);
        if (!r->failed && npu_prog_add_kept(prog, &kept) == UINT32_MAX)
            fail(r, at, "no memory, or too many kept tensors");
    }
}

static void read_ends(reader_t *r, npu_prog_t *prog)
{
    while (!r->failed && r->pos < r->end) {
        npu_end_t end = {0};
        size_t at = r->pos;
        get_name(r, end.name);
        end.tensor = get_u32(r);
        end.dtype = get_u32(r);
        end.order = get_u32(r);
        if (!r->failed && npu_prog_add_end(prog, &end) == UINT32_MAX)
            fail(r, at, "no memory, or too many inputs and outputs");
    }
}

static void get_words(reader_t *r, uint32_t *word, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        word[i] = get_u32(r);
}

static void read_post(reader_t *r, npu_prog_t *prog)
{
    npu_post_t *post = &prog->post;
    post->l2 = get_u32(r);
    post->scratch_l2 = get_u32(r);
    post->scratch_bytes = get_u32(r);
    post->before = get_u32(r);
    uint32_t tensors = get_u32(r);
    for (uint32_t i = 0; i < tensors && !r->failed; i++) {
        uint32_t word[NPU_TENSOR_WORDS];
        get_words(r, word, NPU_TENSOR_WORDS);
        npu_net_tensor_t tensor = npu_net_tensor(word);
        if (npu_post_add_tensor(post, &tensor) == UINT32_MAX)
            fail(r, r->pos, "no memory, or too many tensors");
    }
    while (!r->failed && r->pos < r->end) {
        npu_post_op_t op = {0};
        get_name(r, op.name);
        op.code = get_u32(r);
        get_words(r, op.in, NPU_POST_INS);
        get_words(r, op.out, NPU_POST_OUTS);
        get_words(r, op.attr, NPU_POST_ATTRS);
        if (!r->failed && npu_post_add_op(post, &op) == UINT32_MAX)
            fail(r, r->pos, "no memory, or too many operators");
    }
}

static void read_chip(reader_t *r, npu_prog_t *prog)
{
    prog->made_for.given = get_u64(r);
    get_words(r, prog->made_for.word, NPU_CHIP_WORDS);
}

/* clang-format off */
static const struct {
    uint32_t kind;
    const char *name;
    bool needed, repeats;
    void (*read)(reader_t *r, npu_prog_t *prog);
} kinds[] = {
    {KIND_META, "META", true,  false, read_meta},
    {KIND_INSN, "INSN", true,  false, read_insns},
    {KIND_NET,  "NET",  true,  false, read_net},
    {KIND_LAYR, "LAYR", false, false, read_layers},
    {KIND_KEEP, "KEEP", false, false, read_kept},
    {KIND_ENDS, "ENDS", false, false, read_ends},
    {KIND_POST, "POST", false, false, read_post},
    {KIND_CHIP, "CHIP", false, false, read_chip},
    {KIND_BLOB, "BLOB", false, true,  read_blob},
};
/* clang-format on */

/* One entry of the section table: checks it, then reads the section it names. */
static void read_section(reader_t *r, size_t file_bytes, uint32_t entry, uint32_t *seen,
                         npu_prog_t *prog)
{
    size_t at = HEADER_BYTES + (size_t)entry * ENTRY_BYTES;
    reader_t section = *r;
    section.pos = at;
    section.end = at + ENTRY_BYTES;
    uint32_t kind = get_u32(&section), offset = get_u32(&section), bytes = get_u32(&section);
    uint32_t crc = get_u32(&section), k = 0;
    while (k < SIM_COUNT(kinds) && kinds[k].kind != kind)
        k++;
    if (k == SIM_COUNT(kinds))
        fail(r, at, "section %u: unknown kind 0x%08x", entry, kind);
    else if ((*seen >> k & 1) != 0 && !kinds[k].repeats)
        fail(r, at, "section %u: second %s", entry, kinds[k].name);
    else if (offset > file_bytes || bytes > file_bytes - offset)
        fail(r, at, "section %u (%s): %u bytes at %u, beyond the file's %zu", entry, kinds[k].name,
             bytes, offset, file_bytes);
    else if (sim_crc32(0, r->data + offset, bytes) != crc)
        fail(r, offset, "section %u (%s): wrong checksum", entry, kinds[k].name);
    if (r->failed)
        return;
    *seen |= UINT32_C(1) << k;
    section.pos = offset;
    section.end = (size_t)offset + bytes;
    kinds[k].read(&section, prog);
    if (!section.failed && section.pos != section.end)
        fail(&section, section.pos, "section %u (%s): %zu bytes too many", entry, kinds[k].name,
             section.end - section.pos);
    r->failed = section.failed;
}

static uint32_t read_header(reader_t *r, size_t bytes)
{
    r->end = bytes < HEADER_BYTES ? bytes : HEADER_BYTES;
    uint32_t magic = get_u32(r), version = get_u32(r), sections = get_u32(r), crc = get_u32(r);
    if (r->failed)
        return 0;
    if (magic != MAGIC)
        fail(r, 0, "not a program file: begins with 0x%08x, not \"FNP1\"", magic);
    else if (version != VERSION)
        fail(r, 4, "version %u, this program reads %u", version, VERSION);
    else if (sections > MAX_SECTIONS || bytes - HEADER_BYTES < (size_t)sections * ENTRY_BYTES)
        fail(r, 8, "%u sections do not fit", sections);
    else if (sim_crc32(sim_crc32(0, r->data, 12), r->data + HEADER_BYTES,
                       (size_t)sections * ENTRY_BYTES) != crc)
        fail(r, 12, "wrong checksum of header and section table");
    return sections;
}

sim_err_t npu_fnp_parse(const void *data, size_t bytes, const char *file, npu_prog_t *prog,
                        char *error, size_t error_bytes)
{
    reader_t r = {data, 0, 0, file, error, error_bytes, false};
    uint32_t seen = 0;
    memset(prog, 0, sizeof(*prog));
    uint32_t sections = read_header(&r, bytes);
    for (uint32_t i = 0; i < sections && !r.failed; i++)
        read_section(&r, bytes, i, &seen, prog);
    for (uint32_t k = 0; k < SIM_COUNT(kinds); k++)
        if (kinds[k].needed && (seen >> k & 1) == 0)
            fail(&r, HEADER_BYTES, "no section %s", kinds[k].name);
    char what[200];
    if (!r.failed && !npu_prog_valid(prog, what, sizeof(what)))
        fail(&r, HEADER_BYTES, "%s", what);
    if (!r.failed)
        return SIM_OK;
    npu_prog_free(prog);
    return SIM_EPARSE;
}

sim_err_t npu_fnp_read(const char *file, npu_prog_t *prog, char *error, size_t error_bytes)
{
    size_t bytes;
    memset(prog, 0, sizeof(*prog));
    uint8_t *data = sim_file_read(file, NPU_MAX_FILE_BYTES, &bytes, error, error_bytes);
    if (data == NULL)
        return SIM_EFILE;
    sim_err_t err = npu_fnp_parse(data, bytes, file, prog, error, error_bytes);
    free(data);
    return err;
}

/* ---- writing ------------------------------------------------------------------------------------
 */

/* Fills data, or, while data is NULL, only counts. */
typedef struct {
    uint8_t *data;
    size_t pos;
    uint32_t section; /* sections so far */
    size_t begin;     /* of the current section */
} writer_t;

static void put_bytes(writer_t *w, const void *bytes, size_t count)
{
    if (w->data != NULL && count > 0)
        memcpy(w->data + w->pos, bytes, count);
    w->pos += count;
}

static void put_u32(writer_t *w, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 24)};
    put_bytes(w, bytes, sizeof(bytes));
}

static void put_u64(writer_t *w, uint64_t value)
{
    put_u32(w, (uint32_t)value);
    put_u32(w, (uint32_t)(value >> 32));
}

/* Names are padded with zeros, whatever stands behind their end in memory. */
static void put_name(writer_t *w, const char name[NPU_NAME_BYTES])
{
    char padded[NPU_NAME_BYTES] = {0};
    memcpy(padded, name, strlen(name));
    put_bytes(w, padded, sizeof(padded));
}

static void put_entry(writer_t *w, uint32_t kind)
{
    if (w->data != NULL) {
        writer_t entry = {w->data, HEADER_BYTES + (size_t)w->section * ENTRY_BYTES, 0, 0};
        put_u32(&entry, kind);
        put_u32(&entry, (uint32_t)w->begin);
        put_u32(&entry, (uint32_t)(w->pos - w->begin));
        put_u32(&entry, sim_crc32(0, w->data + w->begin, w->pos - w->begin));
    }
    w->section++;
    w->begin = w->pos;
}

static void put_meta(writer_t *w, const npu_meta_t *meta)
{
    put_name(w, meta->name);
    put_u32(w, meta->rounding);
    put_u32(w, meta->by_name);
    put_u32(w, meta->insn_l2);
    put_u32(w, meta->l2_peak_bytes);
    put_u32(w, meta->l2_lower_bound_bytes);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        put_u32(w, meta->mem_bytes[m]);
    put_u64(w, meta->macs);
    put_entry(w, KIND_META);
}

static void put_words(writer_t *w, const uint32_t *words, size_t count, uint32_t kind)
{
    for (size_t i = 0; i < count; i++)
        put_u32(w, words[i]);
    put_entry(w, kind);
}

static void put_layers(writer_t *w, const npu_prog_t *prog)
{
    for (uint32_t i = 0; i < prog->layer_count; i++) {
        const npu_layer_t *layer = &prog->layers[i];
        put_name(w, layer->name);
        put_name(w, layer->op);
        put_u32(w, layer->first);
        put_u32(w, layer->last);
        put_u64(w, layer->macs);
    }
    put_entry(w, KIND_LAYR);
}

static void put_kept(writer_t *w, const npu_prog_t *prog)
{
    for (uint32_t i = 0; i < prog->kept_count; i++) {
        const npu_kept_t *kept = &prog->kept[i];
        put_name(w, kept->name);
        put_u32(w, kept->tensor);
        put_u32(w, kept->l2);
        put_u32(w, kept->dtype);
        put_u32(w, kept->row);
        put_u32(w, kept->pix);
        put_u32(w, kept->chan);
        put_u32(w, kept->order);
        put_u32(w, kept->dims);
        for (uint32_t d = 0; d < 4; d++)
            put_u32(w, kept->shape[d]);
        put_u32(w, (uint32_t)kept->zero_point);
        put_u32(w, kept->scale_bits);
        put_u32(w, kept->valid_after);
    }
    put_entry(w, KIND_KEEP);
}

static void put_ends(writer_t *w, const npu_prog_t *prog)
{
    for (uint32_t i = 0; i < prog->end_count; i++) {
        put_name(w, prog->ends[i].name);
        put_u32(w, prog->ends[i].tensor);
        put_u32(w, prog->ends[i].dtype);
        put_u32(w, prog->ends[i].order);
    }
    put_entry(w, KIND_ENDS);
}

static void put_post(writer_t *w, const npu_post_t *post)
{
    put_u32(w, post->l2);
    put_u32(w, post->scratch_l2);
    put_u32(w, post->scratch_bytes);
    put_u32(w, post->before);
    put_u32(w, post->tensors);
    for (uint32_t i = 0; i < post->tensors; i++) {
        uint32_t word[NPU_TENSOR_WORDS];
        npu_net_tensor_put(&post->tensor[i], word);
        for (uint32_t k = 0; k < NPU_TENSOR_WORDS; k++)
            put_u32(w, word[k]);
    }
    for (uint32_t i = 0; i < post->ops; i++) {
        const npu_post_op_t *op = &post->op[i];
        put_name(w, op->name);
        put_u32(w, op->code);
        for (uint32_t k = 0; k < NPU_POST_INS; k++)
            put_u32(w, op->in[k]);
        for (uint32_t k = 0; k < NPU_POST_OUTS; k++)
            put_u32(w, op->out[k]);
        for (uint32_t k = 0; k < NPU_POST_ATTRS; k++)
            put_u32(w, op->attr[k]);
    }
    put_entry(w, KIND_POST);
}

static void put_all(writer_t *w, const npu_prog_t *prog)
{
    uint32_t sections = 8 + prog->blob_count;
    put_u32(w, MAGIC);
    put_u32(w, VERSION);
    put_u32(w, sections);
    w->pos = w->begin = HEADER_BYTES + (size_t)sections * ENTRY_BYTES;
    put_meta(w, &prog->meta);
    put_words(w, prog->insns[0], (size_t)prog->insn_count * NPU_INSN_WORDS, KIND_INSN);
    put_words(w, prog->net, NPU_NET_WORDS, KIND_NET);
    put_layers(w, prog);
    put_kept(w, prog);
    put_ends(w, prog);
    put_post(w, &prog->post);
    put_u64(w, prog->made_for.given);
    put_words(w, prog->made_for.word, NPU_CHIP_WORDS, KIND_CHIP);
    for (uint32_t i = 0; i < prog->blob_count; i++) {
        put_u32(w, prog->blobs[i].l2);
        put_bytes(w, prog->blobs[i].data, prog->blobs[i].bytes);
        put_entry(w, KIND_BLOB);
    }
    assert(w->section == sections);
    if (w->data != NULL) {
        writer_t crc = {w->data, 12, 0, 0};
        put_u32(&crc, sim_crc32(sim_crc32(0, w->data, 12), w->data + HEADER_BYTES,
                                (size_t)sections * ENTRY_BYTES));
    }
}

uint8_t *npu_fnp_print(const npu_prog_t *prog, size_t *bytes, char *error, size_t error_bytes)
{
    writer_t w = {0};
    if (!npu_prog_valid(prog, error, error_bytes))
        return NULL;
    put_all(&w, prog);
    *bytes = w.pos;
    w = (writer_t){.data = calloc(1, w.pos)};
    if (w.data == NULL) {
        snprintf(error, error_bytes, "no memory for %zu bytes", *bytes);
        return NULL;
    }
    put_all(&w, prog);
    return w.data;
}

sim_err_t npu_fnp_write(const char *file, const npu_prog_t *prog, char *error, size_t error_bytes)
{
    char what[200];
    size_t bytes;
    uint8_t *data = npu_fnp_print(prog, &bytes, what, sizeof(what));
    if (data == NULL) {
        snprintf(error, error_bytes, "%s: %s", file, what);
        return SIM_EDESC;
    }
    sim_err_t err = sim_file_write(file, data, bytes, error, error_bytes);
    free(data);
    return err;
}
