/*
 * asm.c - text to program.
 */
#include "npu/asm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/npu_int.h"

typedef struct {
    const char *at, *line_end, *end; /* of the text */
    uint32_t line;
    npu_prog_t *prog;
    uint8_t *blob; /* constants being collected; NULL: none */
    size_t blob_bytes, blob_room;
    uint32_t blob_l2;
    const char *file;
    char *error;
    size_t error_bytes;
    bool failed, collecting;
} asm_t;

static void fail(asm_t *a, const char *fmt, ...) SIM_PRINTF(2, 3);

static void fail(asm_t *a, const char *fmt, ...)
{
    if (a->failed)
        return;
    a->failed = true;
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    if (a->error != NULL)
        snprintf(a->error, a->error_bytes, "%s: line %u: %s", a->file, a->line, what);
}

/* ---- words of a line ----------------------------------------------------------------------------
 */

static void skip_space(asm_t *a)
{
    while (a->at < a->line_end && (*a->at == ' ' || *a->at == '\t' || *a->at == '\r'))
        a->at++;
    if (a->at < a->line_end && *a->at == ';')
        a->at = a->line_end;
}

static bool at_end(asm_t *a)
{
    skip_space(a);
    return a->failed || a->at == a->line_end;
}

/* The next word, up to a space or a character of stop (which stays). False at the end. */
static bool get_word(asm_t *a, char word[32], const char *stop)
{
    size_t n = 0;
    skip_space(a);
    while (a->at<a->line_end && * a->at> ' ' && *a->at != ';' && strchr(stop, *a->at) == NULL) {
        if (n == 31) {
            fail(a, "word too long");
            return false;
        }
        word[n++] = *a->at++;
    }
    word[n] = '\0';
    if (n == 0)
        fail(a, "line ends too early");
    return n > 0;
}

static bool digit_of(char c, uint32_t base, uint32_t *digit)
{
    if (c >= '0' && c <= '9')
        *digit = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *digit = (uint32_t)(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
        *digit = (uint32_t)(c - 'A') + 10;
    else
        return false;
    return *digit < base;
}

/* Decimal or 0x hexadecimal, with or without a minus. */
static bool parse_number(const char *word, int64_t *value)
{
    bool minus = *word == '-';
    const char *c = word + (minus ? 1 : 0);
    uint32_t base = 10, digit;
    uint64_t n = 0;
    if (c[0] == '0' && c[1] == 'x') {
        base = 16;
        c += 2;
    }
    if (*c == '\0')
        return false;
    for (; *c != '\0'; c++) {
        if (!digit_of(*c, base, &digit) || n > ((uint64_t)INT64_MAX - digit) / base)
            return false;
        n = n * base + digit;
    }
    *value = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

static int64_t get_number(asm_t *a, const char *stop, int64_t low, int64_t high)
{
    char word[32];
    int64_t value = 0;
    if (!get_word(a, word, stop))
        return 0;
    if (!parse_number(word, &value))
        fail(a, "'%s' is not a number", word);
    else if (value < low || value > high)
        fail(a, "%s not in %lld..%lld", word, (long long)low, (long long)high);
    return a->failed ? 0 : value;
}

static uint32_t get_u32(asm_t *a)
{
    return (uint32_t)get_number(a, "", 0, UINT32_MAX);
}

static void expect(asm_t *a, const char *keyword)
{
    char word[32];
    if (get_word(a, word, "") && strcmp(word, keyword) != 0)
        fail(a, "'%s' where '%s' belongs", word, keyword);
}

/* Index of the next word in names; 0 after a complaint. */
static uint32_t get_choice(asm_t *a, const char *stop, const char *const *names, uint32_t count)
{
    char word[32];
    if (!get_word(a, word, stop))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    fail(a, "'%s' is not known here", word);
    return 0;
}

static const char *const mem_names[NPU_MEMS] = {"act", "wgt", "acc", "par"};

static void get_string(asm_t *a, char name[NPU_NAME_BYTES])
{
    size_t n = 0;
    memset(name, 0, NPU_NAME_BYTES);
    while (a->at < a->line_end && (*a->at == ' ' || *a->at == '\t'))
        a->at++;
    if (a->at == a->line_end || *a->at++ != '"') {
        fail(a, "a name in quotes belongs here");
        return;
    }
    while (a->at < a->line_end && *a->at != '"' && n + 1 < NPU_NAME_BYTES)
        name[n++] = *a->at++;
    if (a->at == a->line_end || *a->at++ != '"')
        fail(a, "name without closing quote, or longer than %d", NPU_NAME_BYTES - 1);
}

/* ---- directives ---------------------------------------------------------------------------------
 */

static void on_name(asm_t *a)
{
    get_string(a, a->prog->meta.name);
}

static void on_rounding(asm_t *a)
{
    static const char *const names[] = {"double", "single"};
    a->prog->meta.rounding = get_choice(a, "", names, 2);
}

static void on_tensors_by(asm_t *a)
{
    static const char *const names[] = {"number", "name"};
    a->prog->meta.by_name = get_choice(a, "", names, 2);
}

static void on_insn_l2(asm_t *a)
{
    a->prog->meta.insn_l2 = get_u32(a);
}

static void on_l2_peak(asm_t *a)
{
    a->prog->meta.l2_peak_bytes = get_u32(a);
}

static void on_l2_lower_bound(asm_t *a)
{
    a->prog->meta.l2_lower_bound_bytes = get_u32(a);
}

static void on_macs(asm_t *a)
{
    a->prog->meta.macs = (uint64_t)get_number(a, "", 0, INT64_MAX);
}

static void on_l1(asm_t *a)
{
    uint32_t mem = get_choice(a, "", mem_names, NPU_MEMS);
    a->prog->meta.mem_bytes[mem] = get_u32(a);
}

static void on_chip(asm_t *a)
{
    const npu_desc_t none = {0}; /* only names are needed */
    npu_made_for_t *made = &a->prog->made_for;
    char section[32], key[32];
    if (!get_word(a, section, "") || !get_word(a, key, ""))
        return;
    for (uint32_t w = 0; w < NPU_CHIP_WORDS; w++) {
        npu_chip_word_t word = npu_chip_word(&none, w);
        if (strcmp(section, word.section) != 0 || strcmp(key, word.key) != 0)
            continue;
        made->given |= UINT64_C(1) << w;
        made->word[w] = get_u32(a);
        return;
    }
    fail(a, "'%s %s' is no chip data", section, key);
}

static void on_net(asm_t *a)
{
    uint32_t word = (uint32_t)get_number(a, "", 0, NPU_NET_WORDS - 1);
    a->prog->net[word] = get_u32(a);
}

static void on_layer(asm_t *a)
{
    npu_layer_t layer = {0};
    get_string(a, layer.name);
    get_string(a, layer.op);
    expect(a, "first");
    layer.first = get_u32(a);
    expect(a, "last");
    layer.last = get_u32(a);
    expect(a, "macs");
    layer.macs = (uint64_t)get_number(a, "", 0, INT64_MAX);
    if (!a->failed && npu_prog_add_layer(a->prog, &layer) == UINT32_MAX)
        fail(a, "no memory, or too many layers");
}

static uint32_t get_dtype(asm_t *a)
{
    const char *names[NPU_DTYPES];
    for (uint32_t i = 0; i < NPU_DTYPES; i++)
        names[i] = npu_dtype_name(i);
    return get_choice(a, "", names, NPU_DTYPES);
}

static uint32_t get_order(asm_t *a)
{
    static const char *const orders[NPU_ORDERS] = {"hwc", "chw"};
    return get_choice(a, "", orders, NPU_ORDERS);
}

static void on_end(asm_t *a)
{
    npu_end_t end = {0};
    get_string(a, end.name);
    expect(a, "tensor");
    end.tensor = get_u32(a);
    end.dtype = get_dtype(a);
    end.order = get_order(a);
    if (!a->failed && npu_prog_add_end(a->prog, &end) == UINT32_MAX)
        fail(a, "no memory, or too many inputs and outputs");
}

static void on_kept(asm_t *a)
{
    npu_kept_t kept = {.shape = {1, 1, 1, 1}, .valid_after = NPU_VALID_AT_START};
    get_string(a, kept.name);
    expect(a, "tensor");
    kept.tensor = get_u32(a);
    expect(a, "l2");
    kept.l2 = get_u32(a);
    kept.dtype = get_dtype(a);
    expect(a, "row");
    kept.row = get_u32(a);
    expect(a, "pix");
    kept.pix = get_u32(a);
    expect(a, "chan");
    kept.chan = get_u32(a);
    kept.order = get_order(a);
    expect(a, "shape");
    while (!at_end(a) && *a->at >= '0' && *a->at <= '9' && kept.dims < 4)
        kept.shape[kept.dims++] = get_u32(a);
    expect(a, "zero_point");
    kept.zero_point = (int32_t)get_number(a, "", INT32_MIN, INT32_MAX);
    expect(a, "scale_bits");
    kept.scale_bits = get_u32(a);
    if (!at_end(a)) {
        expect(a, "valid_after");
        kept.valid_after = get_u32(a);
    }
    if (!a->failed && npu_prog_add_kept(a->prog, &kept) == UINT32_MAX)
        fail(a, "no memory, or too many kept tensors");
}

static void on_post(asm_t *a)
{
    npu_post_t *post = &a->prog->post;
    post->l2 = get_u32(a);
    expect(a, "scratch");
    post->scratch_l2 = get_u32(a);
    expect(a, "bytes");
    post->scratch_bytes = get_u32(a);
    expect(a, "before");
    post->before = get_u32(a);
}

static void on_post_tensor(asm_t *a)
{
    npu_net_tensor_t t = {.shape = {1, 1, 1, 1}};
    t.addr = get_u32(a);
    t.dtype = get_dtype(a);
    expect(a, "shape");
    while (!at_end(a) && *a->at >= '0' && *a->at <= '9' && t.dims < 4)
        t.shape[t.dims++] = get_u32(a);
    expect(a, "zero_point");
    t.zero_point = (int32_t)get_number(a, "", -32768, 32767);
    expect(a, "scale_bits");
    t.scale_bits = get_u32(a);
    if (!a->failed && npu_post_add_tensor(&a->prog->post, &t) == UINT32_MAX)
        fail(a, "no memory, or too many tensors");
}

static void get_numbers(asm_t *a, const char *keyword, uint32_t *number, uint32_t count)
{
    expect(a, keyword);
    for (uint32_t i = 0; i < count; i++)
        number[i] = get_u32(a);
}

static void on_post_op(asm_t *a)
{
    npu_post_op_t op = {0};
    const char *names[NPU_POST_CODES];
    for (uint32_t i = 0; i < NPU_POST_CODES; i++)
        names[i] = npu_post_op_name(i);
    get_string(a, op.name);
    op.code = get_choice(a, "", names, NPU_POST_CODES);
    get_numbers(a, "in", op.in, NPU_POST_INS);
    get_numbers(a, "out", op.out, NPU_POST_OUTS);
    get_numbers(a, "attr", op.attr, NPU_POST_ATTRS);
    if (!a->failed && npu_post_add_op(&a->prog->post, &op) == UINT32_MAX)
        fail(a, "no memory, or too many operators");
}

/* The constants collected so far become a part of the program. */
static void end_blob(asm_t *a)
{
    if (a->collecting && !a->failed &&
        npu_prog_add_blob(a->prog, a->blob_l2, a->blob, (uint32_t)a->blob_bytes) == UINT32_MAX)
        fail(a, "no memory, or too many blocks of constants");
    a->collecting = false;
    a->blob_bytes = 0;
}

static void on_blob(asm_t *a)
{
    end_blob(a);
    a->blob_l2 = get_u32(a);
    a->collecting = true;
}

static bool blob_room(asm_t *a)
{
    if (a->blob_bytes < a->blob_room)
        return true;
    size_t room = a->blob_room == 0 ? 4096 : 2 * a->blob_room;
    uint8_t *bigger = room <= NPU_MAX_FILE_BYTES ? realloc(a->blob, room) : NULL;
    if (bigger == NULL) {
        fail(a, "no memory for so many constants");
        return false;
    }
    a->blob = bigger;
    a->blob_room = room;
    return true;
}

static void on_hex(asm_t *a)
{
    uint32_t high, low;
    if (!a->collecting)
        fail(a, ".hex without .blob");
    while (!at_end(a)) {
        bool two = a->line_end - a->at >= 2 && digit_of(a->at[0], 16, &high) &&
                   digit_of(a->at[1], 16, &low);
        if (!two)
            fail(a, "not a pair of hexadecimal digits");
        if (!two || !blob_room(a))
            return;
        a->blob[a->blob_bytes++] = (uint8_t)(high << 4 | low);
        a->at += 2;
    }
}

static const struct {
    const char *name;
    void (*run)(asm_t *a);
} directives[] = {
    {".name", on_name},
    {".rounding", on_rounding},
    {".tensors_by", on_tensors_by},
    {".insn_l2", on_insn_l2},
    {".l2_peak", on_l2_peak},
    {".l2_lower_bound", on_l2_lower_bound},
    {".macs", on_macs},
    {".l1", on_l1},
    {".chip", on_chip},
    {".net", on_net},
    {".layer", on_layer},
    {".kept", on_kept},
    {".end", on_end},
    {".post", on_post},
    {".post_tensor", on_post_tensor},
    {".post_op", on_post_op},
    {".blob", on_blob},
    {".hex", on_hex},
};

static void directive(asm_t *a, const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(directives); i++)
        if (strcmp(name, directives[i].name) == 0) {
            directives[i].run(a);
            return;
        }
    fail(a, "no directive %s", name);
}

/* ---- instructions -------------------------------------------------------------------------------
 */

static bool take(asm_t *a, char c)
{
    if (a->at == a->line_end || *a->at != c)
        return false;
    a->at++;
    return true;
}

static void get_waits(asm_t *a, npu_insn_t *insn)
{
    for (int i = 0; i < 2; i++) {
        insn->wait[i].sem = (uint32_t)get_number(a, ":", 0, NPU_SEMAPHORES - 1);
        if (!take(a, ':'))
            fail(a, "wait without count");
        insn->wait[i].count = (uint32_t)get_number(a, ",", 0, 255);
        if (!take(a, ','))
            return;
    }
}

static void get_signals(asm_t *a, npu_insn_t *insn)
{
    for (int i = 0; i < 2; i++) {
        insn->signal[i] = (uint32_t)get_number(a, ",", 0, NPU_SEMAPHORES - 1);
        if (!take(a, ','))
            return;
    }
}

static bool flag(npu_insn_t *insn, const char *name)
{
    for (uint32_t bit = 0; npu_flag_name(bit) != NULL; bit++)
        if (strcmp(name, npu_flag_name(bit)) == 0) {
            insn->flags |= UINT32_C(1) << bit;
            return true;
        }
    return false;
}

/* name=value by the table. The encoder checks ranges. */
static void get_field(asm_t *a, npu_insn_t *insn, const char *name)
{
    uint32_t count, i = 0;
    const npu_field_t *fields = npu_field_table(&count);
    uint64_t used = npu_opinfo(insn->op)->fields;
    while (i < count && strcmp(name, fields[i].name) != 0)
        i++;
    bool there = i < count && (used >> i & 1) != 0;
    if (!there || (npu_field_is_head(i) && strcmp(name, "layer") != 0)) {
        fail(a, "%s has no field %s", npu_opinfo(insn->op)->name, name);
        return;
    }
    uint32_t value;
    if (fields[i].kind == NPU_KIND_MEM)
        value = get_choice(a, "", mem_names, NPU_MEMS);
    else if (fields[i].is_signed)
        value = (uint32_t)get_number(a, "", INT32_MIN, INT32_MAX);
    else
        value = get_u32(a);
    memcpy((uint8_t *)insn + fields[i].member, &value, sizeof(value));
}

static uint32_t find_op(const char *name)
{
    for (uint32_t op = 0; op < NPU_OPS; op++)
        if (npu_opinfo(op) != NULL && strcmp(name, npu_opinfo(op)->name) == 0)
            return op;
    return NPU_OP_INVALID;
}

static void instruction(asm_t *a, const char *name)
{
    npu_insn_t insn = {.op = find_op(name)};
    char word[32], what[160];
    if (insn.op == NPU_OP_INVALID) {
        fail(a, "no instruction %s", name);
        return;
    }
    while (!at_end(a) && get_word(a, word, "=")) {
        if (!take(a, '=')) {
            if (!flag(&insn, word))
                fail(a, "no flag %s", word);
        } else if (strcmp(word, "wait") == 0) {
            get_waits(a, &insn);
        } else if (strcmp(word, "signal") == 0) {
            get_signals(a, &insn);
        } else {
            get_field(a, &insn, word);
        }
    }
    if (!a->failed && npu_prog_add_insn(a->prog, &insn, what, sizeof(what)) == UINT32_MAX)
        fail(a, "%s", what);
}

/* ---- lines --------------------------------------------------------------------------------------
 */

static void statement(asm_t *a)
{
    char word[32];
    if (at_end(a) || !get_word(a, word, ""))
        return;
    if (a->collecting && strcmp(word, ".hex") != 0)
        end_blob(a);
    if (word[0] == '.')
        directive(a, word);
    else
        instruction(a, word);
    if (!at_end(a))
        fail(a, "something stands behind the statement");
}

sim_err_t npu_asm(const char *text, size_t bytes, const char *file, npu_prog_t *prog, char *error,
                  size_t error_bytes)
{
    asm_t a = {.at = text,
               .end = text + bytes,
               .prog = prog,
               .file = file,
               .error = error,
               .error_bytes = error_bytes};
    memset(prog, 0, sizeof(*prog));
    while (a.at < a.end && !a.failed) {
        const char *newline = memchr(a.at, '\n', (size_t)(a.end - a.at));
        a.line_end = newline != NULL ? newline : a.end;
        a.line++;
        statement(&a);
        a.at = newline != NULL ? newline + 1 : a.end;
    }
    end_blob(&a);
    free(a.blob);
    char what[200];
    if (!a.failed && !npu_prog_valid(prog, what, sizeof(what)))
        fail(&a, "%s", what);
    if (!a.failed)
        return SIM_OK;
    npu_prog_free(prog);
    return SIM_EPARSE;
}
