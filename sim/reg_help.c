/*
 * reg_help.c - a small parser over text that is compiled in.
 */
#include "sim/reg_help.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const sim_reg_t *reg;
    sim_reg_field_t *field;
    uint32_t fields;
    uint32_t covered; /* bits that have a field */
    char *error;
    size_t error_bytes;
} reader_t;

static bool fail(const reader_t *r, const char *what, const char *at, size_t bytes)
{
    snprintf(r->error, r->error_bytes, "%s: %s: '%.*s'", r->reg->name, what, (int)bytes, at);
    return false;
}

/* ---- names ---- */

static const char *skip_word(const char *text, const char *word)
{
    size_t bytes = strlen(word);
    return strncmp(text, word, bytes) == 0 ? text + bytes : text;
}

/* Words of the first clause, as many as fit. */
static void make_name(sim_reg_field_t *field)
{
    static const char *const filler[] = {"a ", "an ", "the ", "write: ", "write 1: ", "bit n: "};
    const char *text = field->text, *end = text + field->text_bytes;
    size_t used = 0;
    for (uint32_t i = 0; i < SIM_COUNT(filler); i++)
        text = skip_word(text, filler[i]);
    while (text < end && strchr(",;:(", *text) == NULL) {
        size_t word = 0;
        while (text + word < end && isalnum((unsigned char)text[word]))
            word++;
        if (word != 0 && used + word + 2 > SIM_FIELD_NAME)
            break;
        if (word != 0 && used != 0)
            field->name[used++] = '_';
        for (size_t i = 0; i < word; i++)
            field->name[used++] = (char)toupper((unsigned char)text[i]);
        text += word != 0 ? word : 1;
    }
    field->name[used] = '\0';
}

/* ---- access ---- */

static bool contains(const char *text, size_t bytes, const char *what)
{
    size_t length = strlen(what);
    for (size_t i = 0; i + length <= bytes; i++)
        if (memcmp(text + i, what, length) == 0)
            return true;
    return false;
}

uint32_t sim_reg_field_mask(const sim_reg_field_t *field)
{
    uint32_t ones = field->bits == 32 ? UINT32_MAX : (1u << field->bits) - 1;
    return ones << field->low;
}

static void find_access(const sim_reg_t *reg, sim_reg_field_t *field)
{
    uint32_t mask = sim_reg_field_mask(field);
    bool command = contains(field->text, field->text_bytes, "reads 0") ||
                   strncmp(field->text, "write ", 6) == 0;
    field->w1c = (reg->w1c & mask) != 0;
    field->access = SIM_READ_ONLY;
    if (((reg->rw_mask | reg->w1c) & mask) != 0)
        field->access = SIM_READ_WRITE;
    else if (reg->wrote != NULL && command)
        field->access = SIM_WRITE_ONLY;
    else if (reg->wrote != NULL && (reg->rw_mask | reg->w1c) == 0)
        field->access = SIM_READ_WRITE;
}

/* ---- the text ---- */

/* A number of at most two digits; NULL when there is none. */
static const char *read_number(const char *text, uint32_t *value)
{
    if (!isdigit((unsigned char)text[0]))
        return NULL;
    *value = (uint32_t)(text[0] - '0');
    if (!isdigit((unsigned char)text[1]))
        return text + 1;
    *value = 10 * *value + (uint32_t)(text[1] - '0');
    return isdigit((unsigned char)text[2]) ? NULL : text + 2;
}

/* "high:low: " or "bit: ". */
static const char *read_range(const char *text, uint32_t *high, uint32_t *low)
{
    const char *at = read_number(text, high);
    *low = *high;
    if (at == NULL || *at++ != ':')
        return NULL;
    if (isdigit((unsigned char)*at)) {
        at = read_number(at, low);
        if (at == NULL || *at++ != ':')
            return NULL;
    }
    return *at == ' ' && *high < 32 && *low <= *high ? at + 1 : NULL;
}

static bool add_field(reader_t *r, const char *piece, size_t bytes)
{
    uint32_t high, low;
    const char *text = read_range(piece, &high, &low);
    if (text == NULL || text >= piece + bytes)
        return fail(r, "no field and no remark", piece, bytes);
    sim_reg_field_t *field = &r->field[r->fields];
    *field = (sim_reg_field_t){.low = low, .bits = high - low + 1, .text = text};
    field->text_bytes = (size_t)(piece + bytes - text);
    if ((r->covered & sim_reg_field_mask(field)) != 0)
        return fail(r, "its bits have a field already", piece, bytes);
    r->covered |= sim_reg_field_mask(field);
    r->fields++;
    return true;
}

static bool add_piece(reader_t *r, const char *piece, size_t bytes)
{
    if (bytes == 0 || isspace((unsigned char)piece[0]) || isspace((unsigned char)piece[bytes - 1]))
        return fail(r, "an empty piece, or one that a space begins or ends", piece, bytes);
    if (isdigit((unsigned char)piece[0]))
        return add_field(r, piece, bytes);
    if (r->fields == 0)
        return fail(r, "no field before", piece, bytes);
    sim_reg_field_t *last = &r->field[r->fields - 1];
    last->text_bytes = (size_t)(piece + bytes - last->text);
    return true;
}

static bool split(reader_t *r)
{
    const char *piece = r->reg->help;
    for (;;) {
        const char *end = strstr(piece, "; ");
        if (!add_piece(r, piece, end != NULL ? (size_t)(end - piece) : strlen(piece)))
            return false;
        if (end == NULL)
            return true;
        piece = end + 2;
    }
}

static bool finish(reader_t *r)
{
    uint32_t needed = r->reg->rw_mask | r->reg->w1c | r->reg->reset;
    char bits[16];
    if ((needed & ~r->covered) != 0) {
        int length = snprintf(bits, sizeof(bits), "0x%x", needed & ~r->covered);
        return fail(r, "bits without a field", bits, (size_t)length);
    }
    for (uint32_t i = 0; i < r->fields; i++) {
        sim_reg_field_t *field = &r->field[i];
        find_access(r->reg, field);
        make_name(field);
        if (r->fields == 1 && field->bits > 1)
            memcpy(field->name, "VALUE", 6);
        if (!isalpha((unsigned char)field->name[0]))
            return fail(r, "a field whose text does not begin with a word", field->text,
                        field->text_bytes);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(r->field[k].name, field->name) == 0)
                return fail(r, "two fields of one name", field->name, strlen(field->name));
    }
    return true;
}

uint32_t sim_reg_fields(const sim_reg_t *reg, sim_reg_field_t field[SIM_REG_MAX_FIELDS],
                        char *error, size_t error_bytes)
{
    reader_t r = {.reg = reg, .field = field, .error = error, .error_bytes = error_bytes};
    return split(&r) && finish(&r) ? r.fields : 0;
}

sim_access_t sim_reg_access(const sim_reg_field_t *field, uint32_t fields)
{
    sim_access_t access = field[0].access;
    for (uint32_t i = 1; i < fields; i++)
        if (field[i].access != access)
            access = SIM_READ_WRITE;
    return access;
}

bool sim_reg_read_acts(const sim_reg_t *reg)
{
    return strstr(reg->help, "a read ") != NULL || strstr(reg->help, "taken out") != NULL;
}
