#include "npu/compiler/topology_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool topo_fail(topo_line_t *line, const char *fmt, ...)
{
    if (line->failed)
        return false;
    line->failed = true;
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    snprintf(line->error, line->error_bytes, "%s:%u: %s", line->file, line->number, what);
    return false;
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void add_word(topo_line_t *line, const char *begin, size_t length)
{
    if (line->words == TOPO_MAX_WORDS)
        topo_fail(line, "more than %d words", TOPO_MAX_WORDS);
    else if (length >= TOPO_WORD_BYTES)
        topo_fail(line, "found a word of %zu characters, expected at most %d", length,
                  TOPO_WORD_BYTES - 1);
    for (size_t i = 0; i < length && !line->failed; i++)
        if (begin[i] < '!' || begin[i] > '~')
            topo_fail(line, "found byte 0x%02x, expected printable ASCII", (unsigned char)begin[i]);
    if (line->failed)
        return;
    memcpy(line->word[line->words], begin, length);
    line->word[line->words++][length] = '\0';
}

bool topo_next_line(topo_line_t *line, const char **text, const char *end)
{
    const char *at = *text;
    if (at == end)
        return false;
    line->number++;
    line->words = 0;
    while (at < end && *at != '\n' && *at != '#') {
        const char *begin = at;
        while (at < end && *at != '\n' && *at != '#' && !is_space(*at))
            at++;
        if (at > begin)
            add_word(line, begin, (size_t)(at - begin));
        else
            at++;
    }
    while (at < end && *at != '\n')
        at++;
    *text = at < end ? at + 1 : at;
    return true;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static uint32_t digits(const char **at, bool *fine)
{
    uint64_t value = 0;
    *fine &= **at >= '0' && **at <= '9';
    for (; **at >= '0' && **at <= '9'; (*at)++)
        value = value > UINT32_MAX ? value : value * 10 + (uint64_t)(**at - '0');
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

uint32_t topo_number(topo_line_t *line, const char *word, uint32_t low, uint32_t high,
                     const char *what)
{
    const char *at = word;
    bool fine = true;
    uint32_t value = digits(&at, &fine);
    if (!fine || *at != '\0' || value < low || value > high)
        topo_fail(line, "%s: found \"%s\", expected a number in %u..%u", what, word, low, high);
    return value;
}

/* "3" is 3x3. */
static void read_pair(topo_line_t *line, const char *text, uint32_t high, const char *what,
                      uint32_t pair[2])
{
    const char *at = text;
    bool fine = true;
    pair[0] = pair[1] = digits(&at, &fine);
    if (*at == 'x') {
        at++;
        pair[1] = digits(&at, &fine);
    }
    if (!fine || *at != '\0' || pair[0] < 1 || pair[1] < 1 || pair[0] > high || pair[1] > high)
        topo_fail(line, "%s: found \"%s\", expected N or HxW in 1..%u", what, text, high);
}

/* count numbers with commas between them. */
static bool read_list(const char *text, uint32_t count, uint32_t low, uint32_t high, uint32_t *list)
{
    const char *at = text;
    bool fine = true;
    for (uint32_t i = 0; i < count && fine; i++) {
        list[i] = digits(&at, &fine);
        fine &= list[i] >= low && list[i] <= high && *at == (i + 1 < count ? ',' : '\0');
        at += *at == ',';
    }
    return fine;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void read_from(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        if (keys->from_count == TOPO_MAX_FROM) {
            topo_fail(line, "more than %d inputs", TOPO_MAX_FROM);
            return;
        }
        if (length == 0)
            topo_fail(line, "from: found \"%s\", expected names with commas between them", text);
        memcpy(keys->from[keys->from_count], at, length); /* a word is shorter than a name's room */
        keys->from[keys->from_count++][length] = '\0';
        at += length;
        if (*at == '\0')
            return;
    }
}

static void read_pad(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    keys->pad_mode = TOPO_PAD_GIVEN;
    if (strcmp(text, "same") == 0)
        keys->pad_mode = TOPO_PAD_SAME;
    else if (strcmp(text, "valid") == 0)
        keys->pad_mode = TOPO_PAD_VALID;
    else if (read_list(text, 1, 0, 255, keys->pad))
        keys->pad[1] = keys->pad[2] = keys->pad[3] = keys->pad[0];
    else if (!read_list(text, 4, 0, 255, keys->pad))
        topo_fail(line, "pad: found \"%s\", expected same, valid, N or T,L,B,R up to 255", text);
}

static void read_kernel(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    read_pair(line, text, 255, "k", keys->kernel);
}

static void read_stride(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    read_pair(line, text, 255, "s", keys->stride);
}

static void read_dilation(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    read_pair(line, text, 255, "d", keys->dilation);
}

static void read_size(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    read_pair(line, text, 65536, "size", keys->size);
}

static void read_channels(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    keys->channels = topo_number(line, text, 1, 65536, "c");
}

static void read_mult(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    keys->mult = topo_number(line, text, 1, 1024, "mult");
}

static void read_axis(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    keys->axis = topo_number(line, text, 1, 3, "axis");
}

static void read_shape(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    if (!read_list(text, 3, 1, 65536, keys->shape))
        topo_fail(line, "shape: found \"%s\", expected H,W,C", text);
}

static void read_to(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    read_pair(line, text, 65536, "to", keys->to);
}

static void read_begin(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    if (!read_list(text, 3, 0, 65535, keys->begin))
        topo_fail(line, "begin: found \"%s\", expected Y,X,C up to 65535", text);
}

static void read_step(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    if (!read_list(text, 3, 1, 255, keys->step))
        topo_fail(line, "step: found \"%s\", expected Y,X,C in 1..255", text);
}

static void read_perm(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    const uint32_t *p = keys->perm;
    if (!read_list(text, 3, 1, 3, keys->perm) || p[0] == p[1] || p[0] == p[2] || p[1] == p[2])
        topo_fail(line, "perm: found \"%s\", expected 1, 2 and 3 in some order", text);
}

/* One number, or a list. */
static void read_parts(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    uint32_t count = 1;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == ',';
    keys->part_count = count;
    if (count > TOPO_MAX_PARTS || !read_list(text, count, 1, 65536, keys->part))
        topo_fail(line, "parts: found \"%s\", expected N or the sizes of at most %d parts", text,
                  TOPO_MAX_PARTS);
}

uint32_t topo_bits(topo_line_t *line, const char *word)
{
    uint32_t bits = topo_number(line, word, 2, 8, "bits");
    if (bits != 2 && bits != 4 && bits != 8)
        topo_fail(line, "bits: found %u, expected 2, 4 or 8", bits);
    return bits;
}

static void read_bits(topo_line_t *line, const char *text, topo_keys_t *keys)
{
    keys->bits = topo_bits(line, text);
}

static const struct {
    const char *name;
    void (*read)(topo_line_t *line, const char *text, topo_keys_t *keys);
} table[TOPO_KEYS] = {
    [TOPO_FROM] = {"from", read_from},
    [TOPO_KERNEL] = {"k", read_kernel},
    [TOPO_STRIDE] = {"s", read_stride},
    [TOPO_DILATION] = {"d", read_dilation},
    [TOPO_CHANNELS] = {"c", read_channels},
    [TOPO_PAD] = {"pad", read_pad},
    [TOPO_MULT] = {"mult", read_mult},
    [TOPO_AXIS] = {"axis", read_axis},
    [TOPO_SHAPE] = {"shape", read_shape},
    [TOPO_BITS] = {"bits", read_bits},
    [TOPO_SIZE] = {"size", read_size},
    [TOPO_TO] = {"to", read_to},
    [TOPO_BEGIN] = {"begin", read_begin},
    [TOPO_STEP] = {"step", read_step},
    [TOPO_PERM] = {"perm", read_perm},
    [TOPO_PARTS] = {"parts", read_parts},
    [TOPO_ALIGN] = {"align_corners", NULL},
    [TOPO_CENTERS] = {"half_pixel_centers", NULL},
    [TOPO_ACT] = {"relu", NULL},
};

const char *topo_key_name(uint32_t keys)
{
    uint32_t key = 0;
    while ((keys >> key & 1u) == 0)
        key++;
    return table[key].name;
}

/* "k s d c" for messages. */
static void names_of(uint32_t allowed, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t k = 0; k < TOPO_KEYS && used < bytes; k++)
        if ((allowed >> k & 1u) != 0)
            used += (size_t)snprintf(text + used, bytes - used, " %s%s", table[k].name,
                                     table[k].read != NULL ? "=" : "");
}

/* Which key a word is; TOPO_KEYS for none. *value is what stands behind "=". */
static uint32_t key_of(const char *word, const char **value)
{
    size_t length = strcspn(word, "=");
    *value = word[length] == '=' ? word + length + 1 : NULL;
    for (uint32_t k = 0; k < TOPO_KEYS; k++)
        if ((*value != NULL) == (table[k].read != NULL) && strlen(table[k].name) == length &&
            strncmp(word, table[k].name, length) == 0)
            return k;
    return strcmp(word, "relu6") == 0 ? TOPO_ACT : TOPO_KEYS;
}

bool topo_read_keys(topo_line_t *line, uint32_t first, uint32_t allowed, topo_keys_t *keys)
{
    *keys = (topo_keys_t){.kernel = {1, 1},
                          .stride = {1, 1},
                          .dilation = {1, 1},
                          .step = {1, 1, 1},
                          .mult = 1,
                          .axis = 3};
    allowed |= 1u << TOPO_FROM | 1u << TOPO_SIZE;
    for (uint32_t w = first; w < line->words && !line->failed; w++) {
        const char *value;
        char names[128];
        uint32_t key = key_of(line->word[w], &value);
        if (key == TOPO_KEYS || (allowed >> key & 1u) == 0) {
            names_of(allowed, names, sizeof(names));
            return topo_fail(line, "found \"%s\", expected any of%s", line->word[w], names);
        }
        if ((keys->given >> key & 1u) != 0)
            return topo_fail(line, "found \"%s\" a second time", line->word[w]);
        keys->given |= 1u << key;
        if (key == TOPO_ACT)
            keys->activation = strcmp(line->word[w], "relu6") == 0 ? NPU_ACT_RELU6 : NPU_ACT_RELU;
        else if (table[key].read != NULL)
            table[key].read(line, value, keys);
    }
    return !line->failed;
}
