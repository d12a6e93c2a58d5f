#include "tools/host_script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logic/ccs.h"
#include "sim/file.h"
#include "sim/hash.h"
#include "sim/time.h"
#include "tools/lamp.h"

enum {
    MAX_SCRIPT_BYTES = 64 << 20,
    MAX_SPI_BYTES = 16 << 20,
    SPI_WORD_BYTES = 4,
    WORD = 256,
    MAX_NAMES = 16, /* that stand for each other */
    JOINED = '\v',  /* in front of a newline that ends no line; no byte of a file */
};

/* `#define NAME MEANING`, in the text. */
typedef struct {
    const char *name, *meaning, *end;
    size_t name_bytes;
} define_t;

typedef struct {
    define_t *list;
    uint32_t count, room;
} defines_t;

/* The text without its comments, and where its reader stands. */
typedef struct {
    host_script_t *script;
    const char *text;     /* zero-terminated; as long as the file */
    const char *at, *end; /* of the line */
    uint32_t line;
    uint32_t room; /* for commands */
    defines_t *defines;
    uint32_t names; /* that stand for what is read */
    char *error;
    size_t error_bytes;
} reader_t;

static bool fail(reader_t *r, const char *fmt, ...) SIM_PRINTF(2, 3);
static bool fail(reader_t *r, const char *fmt, ...)
{
    va_list args;
    int used = snprintf(r->error, r->error_bytes, "%s:%u: ", r->script->file, r->line);
    if (used < 0 || (size_t)used >= r->error_bytes)
        return false;
    va_start(args, fmt);
    vsnprintf(r->error + used, r->error_bytes - (size_t)used, fmt, args);
    va_end(args);
    return false;
}

/* ---- comments ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == JOINED;
}

/* A backslash puts off the end of the line, as in C. */
static void join_lines(char *text)
{
    for (char *c = text; (c = strchr(c, '\\')) != NULL; c++) {
        bool dos = c[1] == '\r';
        if (c[1 + dos] == '\n') {
            c[0] = ' ';
            c[dos] = JOINED;
        }
    }
}

static const char define[] = "#define";

static bool defines(const char *c)
{
    return strncmp(c, define, sizeof(define) - 1) == 0 && is_space(c[sizeof(define) - 1]);
}

/* Comments become spaces, so that lines stay where they are. `#` and `//` begin one only where a
 * word could begin: file names may have them inside. A line's own `#define` is none. */
static void blank_comments(char *text)
{
    bool in_line = false, in_c = false, at_word = true, at_start = true;
    for (char *c = text; *c != '\0'; c++) {
        bool c_ends = in_c && c[0] == '*' && c[1] == '/';
        in_line = in_line && *c != '\n';
        if (!in_line && !in_c && at_word)
            in_line = (*c == '#' && !(at_start && defines(c))) || (c[0] == '/' && c[1] == '/');
        if (!in_line && !in_c && c[0] == '/' && c[1] == '*') {
            in_c = true;
            *c++ = ' '; /* the star is not the end's */
        }
        at_start = *c == '\n' || (at_start && is_space(*c));
        at_word = is_space(*c) || *c == ',' || *c == '{' || *c == '}';
        if ((in_line || in_c) && *c != '\n')
            *c = ' ';
        if (c_ends) {
            *++c = ' ';
            in_c = false;
            at_word = true;
        }
    }
}

/* ---- words ---- */

static void skip_spaces(reader_t *r)
{
    while (r->at < r->end && is_space(*r->at))
        r->at++;
}

/* The next word of the line, cut at `stops`; empty at the end. */
static void next_word(reader_t *r, char word[WORD], const char *stops)
{
    uint32_t length = 0;
    skip_spaces(r);
    for (; r->at < r->end && !is_space(*r->at) && strchr(stops, *r->at) == NULL; r->at++)
        if (length + 1 < WORD)
            word[length++] = *r->at;
    word[length] = '\0';
}

static bool next_is(reader_t *r, char c)
{
    skip_spaces(r);
    bool is = r->at < r->end && *r->at == c;
    r->at += is;
    return is;
}

/* How much of what is left of the line is shown. */
static int shown(const reader_t *r)
{
    enum { MOST = 20 };
    size_t left = strcspn(r->at, "\r\n");
    return left < MOST ? (int)left : MOST;
}

static bool need(reader_t *r, char c)
{
    if (next_is(r, c))
        return true;
    if (r->at == r->end)
        return fail(r, "expected '%c' at the end of the line", c);
    return fail(r, "expected '%c' at '%.*s'", c, shown(r), r->at);
}

/* Decimal or 0x, C's suffixes; a leading 0 would be octal in C and hex to many: it is neither. */
static bool to_number(const char *word, uint64_t *value)
{
    bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    const char *digits = hex ? word + 2 : word;
    char *end;
    if (strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") == 0 ||
        strspn(digits, "0123456789abcdefABCDEF") > 16)
        return false;
    *value = strtoull(digits, &end, hex ? 16 : 10);
    end += strspn(end, "uUlL");
    return *end == '\0' && (hex || word[0] != '0' || *value == 0);
}

static bool at_end(reader_t *r)
{
    skip_spaces(r);
    return r->at == r->end || fail(r, "'%.*s' is more than the line needs", shown(r), r->at);
}

/* ---- names ---- */

/* `NAME MEANING`. What has arguments, or no meaning, is no name of a number. */
static bool read_define(reader_t *r)
{
    defines_t *d = r->defines;
    if (d->count == d->room) {
        d->room = d->room != 0 ? 2 * d->room : 64;
        define_t *more = realloc(d->list, d->room * sizeof(*more));
        if (more == NULL)
            return fail(r, "out of memory");
        d->list = more;
    }
    skip_spaces(r);
    const char *name = r->at;
    while (r->at < r->end && !is_space(*r->at))
        r->at++;
    d->list[d->count++] = (define_t){name, r->at, r->end, (size_t)(r->at - name)};
    return true;
}

/* What the word stands for, as a reader of it. */
static bool means(const reader_t *r, const char *word, reader_t *meaning)
{
    size_t bytes = strlen(word);
    for (uint32_t i = r->defines->count; i-- > 0 && r->names < MAX_NAMES;) {
        const define_t *d = &r->defines->list[i];
        if (d->name_bytes != bytes || memcmp(d->name, word, bytes) != 0)
            continue;
        *meaning = *r;
        meaning->at = d->meaning;
        meaning->end = d->end;
        meaning->names++;
        return true;
    }
    return false;
}

static bool read_number(reader_t *r, const char *what, const char *stops, uint64_t most,
                        uint64_t *value)
{
    char word[WORD];
    reader_t meaning;
    next_word(r, word, stops);
    if (word[0] == '\0')
        return fail(r, "no %s, expected a number", what);
    if (means(r, word, &meaning))
        return read_number(&meaning, what, "", most, value) && at_end(&meaning);
    if (!to_number(word, value))
        return fail(r, "%s '%s' is no decimal or 0x number", what, word);
    return *value <= most ||
           fail(r, "%s %s, expected at most 0x%llx", what, word, (unsigned long long)most);
}

/* ---- commands ---- */

static bool add(reader_t *r, const host_cmd_t *cmd)
{
    host_script_t *s = r->script;
    if (s->cmds == r->room) {
        r->room = r->room != 0 ? 2 * r->room : 64;
        host_cmd_t *more = realloc(s->cmd, r->room * sizeof(*more));
        if (more == NULL)
            return fail(r, "out of memory");
        s->cmd = more;
    }
    s->cmd[s->cmds++] = *cmd;
    s->cmd[s->cmds - 1].line = r->line;
    return true;
}

static bool fits(reader_t *r, const host_cmd_t *cmd, uint64_t value)
{
    uint64_t most = (UINT64_C(1) << 8 * cmd->bytes) - 1;
    return value <= most ||
           fail(r, "value 0x%llx is wider than %u bits", (unsigned long long)value, 8 * cmd->bytes);
}

/* 0x0100, or CCI_REG16(0x0340), or a name of such. */
static bool read_entry_address(reader_t *r, host_cmd_t *cmd)
{
    static const char *const macros[] = {"CCI_REG8", "CCI_REG16", "CCI_REG24", "CCI_REG32"};
    const char *from = r->at;
    char word[WORD];
    uint64_t addr;
    reader_t meaning;
    next_word(r, word, "(,}");
    if (means(r, word, &meaning))
        return read_entry_address(&meaning, cmd) && at_end(&meaning);
    cmd->bytes = 1;
    bool macro = next_is(r, '(');
    for (uint32_t i = 0; macro && i < SIM_COUNT(macros); i++)
        if (strcmp(word, macros[i]) == 0)
            cmd->bytes = i + 1;
    if (macro && (cmd->bytes == 1 && strcmp(word, macros[0]) != 0))
        return fail(r, "'%s' is none of CCI_REG8, 16, 24, 32", word);
    r->at = macro ? r->at : from;
    bool fine = read_number(r, "address", "),}", 0xffff, &addr);
    cmd->addr = (uint16_t)addr;
    return fine && (!macro || need(r, ')'));
}

/* A name, or a number with the width of the register that begins there. */
static bool read_register(reader_t *r, host_cmd_t *cmd)
{
    char word[WORD];
    uint64_t number;
    reader_t meaning;
    next_word(r, word, "");
    if (means(r, word, &meaning))
        return read_entry_address(&meaning, cmd) && at_end(&meaning);
    const ccs_reg_t *reg = word[0] != '\0' ? ccs_named(word) : NULL;
    bool numeric = to_number(word, &number);
    if (!numeric && reg == NULL)
        return fail(r, "'%s' is no address and no CCS register (see `fovea regs --markdown`)",
                    word);
    if (numeric && number > 0xffff)
        return fail(r, "address %s, expected at most 0xffff", word);
    cmd->addr = numeric ? (uint16_t)number : reg->addr;
    cmd->bytes = reg != NULL ? reg->bytes : 1;
    return true;
}

static bool read_width(reader_t *r, host_cmd_t *cmd)
{
    uint64_t bits;
    skip_spaces(r);
    if (r->at == r->end)
        return true;
    if (!read_number(r, "width", "", 32, &bits))
        return false;
    cmd->bytes = (uint32_t)bits / 8;
    return (bits != 0 && bits % 8 == 0) ||
           fail(r, "width %u, expected 8, 16, 24 or 32 bits", (unsigned)bits);
}

/* `size:FILE`: known when the file is read. */
static bool reads_size(reader_t *r, host_cmd_t *cmd)
{
    static const char prefix[] = "size:";
    char word[WORD];
    skip_spaces(r);
    if (cmd->act != HOST_WRITE || (size_t)(r->end - r->at) < sizeof(prefix) ||
        strncmp(r->at, prefix, sizeof(prefix) - 1) != 0 || is_space(r->at[sizeof(prefix) - 1]))
        return false;
    r->at += sizeof(prefix) - 1;
    cmd->at = (size_t)(r->at - r->text);
    next_word(r, word, "");
    return true;
}

static bool read_access(reader_t *r, host_cmd_t *cmd)
{
    uint64_t value = 0;
    bool fine = read_register(r, cmd) &&
                (cmd->act == HOST_READ || reads_size(r, cmd) ||
                 read_number(r, "value", "", UINT32_MAX, &value)) &&
                read_width(r, cmd) && fits(r, cmd, value);
    cmd->value = (uint32_t)value;
    return fine;
}

/* `5`, `0.5`: milliseconds; `300us`. */
static bool read_delay(reader_t *r, host_cmd_t *cmd)
{
    char word[WORD], in_ms[WORD + 2];
    next_word(r, word, "");
    size_t digits = strspn(word, "0123456789.");
    snprintf(in_ms, sizeof(in_ms), "%s%s", word, word[digits] == '\0' ? "ms" : "");
    return (digits != 0 && sim_time_parse(in_ms, &cmd->ps)) ||
           fail(r, "time '%s' is neither milliseconds nor <n><ps|ns|us|ms|s>", word);
}

/* `0.25`: thousandths, exactly. */
static bool read_light(reader_t *r, host_cmd_t *cmd)
{
    char word[WORD];
    uint32_t most = LAMP_MOST, value = 0, decimals = 0;
    next_word(r, word, "");
    const char *at = word;
    for (bool dot = false; *at != '\0' && decimals < 3 && value <= most; at++) {
        if (*at == '.' && !dot && at != word)
            dot = true;
        else if (*at >= '0' && *at <= '9')
            value = 10 * value + (uint32_t)(*at - '0'), decimals += dot;
        else
            break;
    }
    for (; decimals < 3 && value <= most; decimals++)
        value *= 10;
    cmd->value = value;
    return (word[0] != '\0' && *at == '\0' && value <= most) ||
           fail(r, "light '%s', expected 0..%u with up to 3 decimals", word, most / 1000);
}

static bool read_frame(reader_t *r, host_cmd_t *cmd)
{
    uint64_t frame;
    bool fine = read_number(r, "frame", "", UINT32_MAX, &frame);
    cmd->value = (uint32_t)frame;
    return fine;
}

/* The name goes to the end of the line. */
static bool read_file_name(reader_t *r, host_cmd_t *cmd)
{
    skip_spaces(r);
    cmd->at = (size_t)(r->at - r->text);
    if (r->at == r->end)
        return fail(r, "no name of a file");
    r->at = r->end;
    return true;
}

static const struct {
    const char *word;
    bool (*read)(reader_t *r, host_cmd_t *cmd);
} acts[HOST_ACTS] = {
    [HOST_WRITE] = {"write", read_access},   [HOST_READ] = {"read", read_access},
    [HOST_EXPECT] = {"expect", read_access}, [HOST_DELAY] = {"delay", read_delay},
    [HOST_SPI] = {"spi", read_file_name},    [HOST_WAIT_FRAME] = {"wait-frame", read_frame},
    [HOST_AT] = {"at", read_delay},          [HOST_LIGHT] = {"light", read_light},
};

/* ---- a driver's tables ---- */

static bool read_entry(reader_t *r)
{
    host_cmd_t cmd = {.act = HOST_WRITE};
    uint64_t value;
    if (!need(r, '{') || !read_entry_address(r, &cmd) || !need(r, ',') ||
        !read_number(r, "value", ",}", UINT32_MAX, &value) || !fits(r, &cmd, value))
        return false;
    cmd.value = (uint32_t)value;
    (void)next_is(r, ',');
    bool fine = need(r, '}');
    (void)next_is(r, ',');
    return fine && add(r, &cmd);
}

static bool ends_with(const reader_t *r, char c)
{
    const char *last = r->end;
    while (last > r->at && is_space(last[-1]))
        last--;
    return last > r->at && last[-1] == c;
}

/* `static const struct cci_reg_sequence mode[] = {` and `};` */
static bool is_frame_of_table(reader_t *r)
{
    char word[WORD];
    const char *from = r->at;
    next_word(r, word, "");
    r->at = from;
    bool opens = (strcmp(word, "static") == 0 || strcmp(word, "const") == 0 ||
                  strcmp(word, "struct") == 0) &&
                 ends_with(r, '{');
    return opens || strcmp(word, "};") == 0 || strcmp(word, "}") == 0;
}

static bool read_line(reader_t *r)
{
    char word[WORD];
    skip_spaces(r);
    if (r->at == r->end || is_frame_of_table(r))
        return true;
    if (defines(r->at)) {
        r->at += sizeof(define) - 1;
        return read_define(r);
    }
    while (r->at < r->end && *r->at == '{') {
        if (!read_entry(r))
            return false;
        skip_spaces(r);
        if (r->at == r->end)
            return true;
    }
    next_word(r, word, "");
    for (host_act_t act = 0; act < HOST_ACTS; act++) {
        host_cmd_t cmd = {.act = act};
        if (strcmp(word, acts[act].word) == 0)
            return acts[act].read(r, &cmd) && at_end(r) && add(r, &cmd);
    }
    return fail(
        r,
        "'%s' is no command: write, read, expect, delay, wait-frame, spi, at, light or {ADDR, "
        "VALUE}",
        word);
}

/* ---- the file ---- */

static bool check_text(reader_t *r, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && !is_space((char)c)) || c == JOINED || c == 0x7f)
            return fail(r, "byte 0x%02x is no text", c);
        r->line += c == '\n';
    }
    r->line = 1;
    return true;
}

/* The newline that ends the line, or the text's end. */
static const char *end_of_line(const char *at)
{
    const char *newline = strchr(at, '\n');
    while (newline != NULL && newline > at && newline[-1] == JOINED)
        newline = strchr(newline + 1, '\n');
    return newline != NULL ? newline : at + strlen(at);
}

static bool read_lines(reader_t *r)
{
    const char *next = r->text;
    for (r->line = 1; *next != '\0'; r->line++) {
        r->at = next;
        r->end = end_of_line(next);
        if (!read_line(r))
            return false;
        for (; next < r->end; next++)
            r->line += *next == '\n';
        next += *next == '\n';
    }
    return true;
}

/* ---- files ---- */

static bool append(reader_t *r, host_cmd_t *cmd, const uint8_t *data, size_t bytes)
{
    host_script_t *s = r->script;
    uint8_t *more = realloc(s->tape, s->tape_bytes + bytes + 1);
    if (more == NULL)
        return fail(r, "out of memory");
    memcpy(more + s->tape_bytes, data, bytes);
    s->tape = more;
    cmd->at = s->tape_bytes;
    cmd->bytes = (uint32_t)bytes;
    s->tape_bytes += bytes;
    return true;
}

/* Beside the script, and as long as the name goes: that of `spi` to the end of the line. */
static void path_of(const reader_t *r, const host_cmd_t *cmd, char *path, size_t bytes)
{
    const char *name = r->text + cmd->at, *slash = strrchr(r->script->file, '/');
    size_t length = strcspn(name, cmd->act == HOST_SPI ? "\n" : " \t\r\n");
    while (length > 0 && is_space(name[length - 1]))
        length--;
    int folder = name[0] != '/' && slash != NULL ? (int)(slash + 1 - r->script->file) : 0;
    snprintf(path, bytes, "%.*s%.*s", folder, r->script->file, (int)length, name);
}

static bool take_size(reader_t *r, host_cmd_t *cmd, size_t bytes)
{
    cmd->value = (uint32_t)bytes;
    cmd->at = 0;
    return fits(r, cmd, bytes);
}

static bool load_file(reader_t *r, host_cmd_t *cmd)
{
    char path[2048], why[2304];
    size_t bytes;
    path_of(r, cmd, path, sizeof(path));
    r->line = cmd->line;
    uint8_t *data = sim_file_read(path, MAX_SPI_BYTES, &bytes, why, sizeof(why));
    if (data == NULL)
        return fail(r, "%s", why);
    bool whole = bytes != 0 && bytes % SPI_WORD_BYTES == 0, fine;
    if (cmd->act != HOST_SPI)
        fine = take_size(r, cmd, bytes);
    else if (whole)
        fine = append(r, cmd, data, bytes);
    else
        fine = fail(r, "%s: %zu bytes, expected a multiple of %d", path, bytes, SPI_WORD_BYTES);
    free(data);
    return fine;
}

static bool read_text(host_script_t *script, const char *name, const char *text, size_t bytes,
                      bool with_files, char *error, size_t error_bytes)
{
    defines_t names = {0};
    reader_t r = {
        .script = script, .line = 1, .defines = &names, .error = error, .error_bytes = error_bytes};
    size_t name_bytes = strlen(name) + 1;
    char *copy = malloc(bytes + 1);
    script->file = malloc(name_bytes);
    if (copy == NULL || script->file == NULL) {
        free(copy);
        snprintf(error, error_bytes, "%s: out of memory", name);
        return false;
    }
    memcpy(script->file, name, name_bytes);
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    r.text = copy;
    bool fine = check_text(&r, text, bytes);
    if (fine) {
        join_lines(copy);
        blank_comments(copy);
    }
    fine = fine && read_lines(&r);
    free(names.list);
    for (uint32_t i = 0; fine && i < script->cmds; i++)
        if (script->cmd[i].at != 0) {
            if (with_files)
                fine = load_file(&r, &script->cmd[i]);
            else
                script->cmd[i].at = 0;
        }
    free(copy);
    return fine;
}

bool host_script_parse(host_script_t *script, const char *name, const char *text, size_t bytes,
                       char *error, size_t error_bytes)
{
    return read_text(script, name, text, bytes, false, error, error_bytes);
}

bool host_script_load(host_script_t *script, const char *file, char *error, size_t error_bytes)
{
    size_t bytes;
    uint8_t *text = sim_file_read(file, MAX_SCRIPT_BYTES, &bytes, error, error_bytes);
    if (text == NULL)
        return false;
    bool fine = read_text(script, file, (const char *)text, bytes, true, error, error_bytes);
    free(text);
    return fine;
}

void host_script_free(host_script_t *script)
{
    free(script->file);
    free(script->cmd);
    free(script->tape);
    *script = (host_script_t){0};
}

bool host_script_append(host_script_t *script, const host_cmd_t *cmd)
{
    host_cmd_t *more = realloc(script->cmd, (script->cmds + 1u) * sizeof(*more));
    if (more == NULL)
        return false;
    script->cmd = more;
    script->cmd[script->cmds++] = *cmd;
    return true;
}

void host_script_cut(host_script_t *script, uint32_t cmds)
{
    script->cmds = cmds < script->cmds ? cmds : script->cmds;
}

void host_script_print(const host_script_t *script, FILE *to)
{
    for (uint32_t i = 0; i < script->cmds; i++) {
        const host_cmd_t *cmd = &script->cmd[i];
        switch (cmd->act) {
        case HOST_WRITE:
        case HOST_EXPECT:
            fprintf(to, "%s 0x%04x 0x%0*x %u\n", acts[cmd->act].word, cmd->addr,
                    (int)(2 * cmd->bytes), cmd->value, 8 * cmd->bytes);
            break;
        case HOST_READ:
            fprintf(to, "read 0x%04x %u\n", cmd->addr, 8 * cmd->bytes);
            break;
        case HOST_DELAY:
        case HOST_AT:
            fprintf(to, "%s %llups\n", acts[cmd->act].word, (unsigned long long)cmd->ps);
            break;
        case HOST_WAIT_FRAME:
            fprintf(to, "wait-frame %u\n", cmd->value);
            break;
        case HOST_LIGHT:
            fprintf(to, "light %u.%03u\n", cmd->value / 1000, cmd->value % 1000);
            break;
        case HOST_SPI:
        case HOST_ACTS:
            fprintf(to, "# line %u: a file over SPI, %u bytes\n", cmd->line, cmd->bytes);
            break;
        }
    }
}

bool host_script_add_write(host_script_t *script, uint32_t at, uint16_t addr, uint32_t bytes,
                           uint32_t value)
{
    host_cmd_t *more = realloc(script->cmd, (script->cmds + 1u) * sizeof(*more));
    if (more == NULL)
        return false;
    script->cmd = more;
    memmove(more + at + 1, more + at, (script->cmds++ - at) * sizeof(*more));
    more[at] = (host_cmd_t){.act = HOST_WRITE, .addr = addr, .bytes = bytes, .value = value};
    return true;
}

uint64_t host_script_hash(const host_script_t *script, uint64_t seed)
{
    for (uint32_t i = 0; i < script->cmds; i++) {
        const host_cmd_t *cmd = &script->cmd[i];
        const uint64_t all[] = {cmd->act, cmd->addr, cmd->bytes, cmd->value, cmd->ps, cmd->at};
        seed = sim_hash(seed, all, sizeof(all));
    }
    return script->tape_bytes != 0 ? sim_hash(seed, script->tape, script->tape_bytes) : seed;
}

bool host_script_sends(const host_script_t *script)
{
    for (uint32_t i = 0; i < script->cmds; i++)
        if (script->cmd[i].act == HOST_SPI)
            return true;
    return false;
}

static bool covers(const host_cmd_t *cmd, uint16_t addr)
{
    return cmd->act == HOST_WRITE && addr >= cmd->addr && addr - cmd->addr < (int)cmd->bytes;
}

uint32_t host_script_setup(const host_script_t *script)
{
    uint32_t i = 0;
    while (i < script->cmds && script->cmd[i].act != HOST_AT)
        i++;
    return i;
}

bool host_script_writes(const host_script_t *script, uint16_t addr)
{
    for (uint32_t i = 0; i < host_script_setup(script); i++)
        if (covers(&script->cmd[i], addr))
            return true;
    return false;
}

uint32_t host_script_sets(const host_script_t *script, uint16_t addr)
{
    uint32_t i = 0;
    for (; i < host_script_setup(script); i++) {
        const host_cmd_t *cmd = &script->cmd[i];
        uint32_t behind =
            (uint32_t)(cmd->addr + (int)cmd->bytes - 1 - addr); /* bytes, big-endian */
        if (covers(cmd, addr) && (cmd->value >> 8 * behind & 0xffu) != 0)
            break;
    }
    return i;
}
