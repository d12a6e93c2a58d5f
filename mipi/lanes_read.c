#include "mipi/lanes_read.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mipi/trios.h"

enum { LINE_BYTES = 256 };

typedef enum { OUTSIDE, IN_BURST, IN_TRAIL } place_t;

/* The two forms of the text. */
typedef struct {
    const char *first, *count, *trail;
    uint32_t max, width; /* of lanes; of a token */
} form_t;

static const form_t forms[] = {{"CSI2LANES 1", "lanes", "trail", MIPI_ALIGN_LANES, 2},
                               {"CSI2TRIOS 1", "trios", "post", MIPI_MAX_TRIOS, MIPI_WORD_UI}};

typedef struct {
    mipi_lanes_info_t *info;
    const mipi_align_desc_t *desc;
    mipi_packet_fn_t packet;
    mipi_rx_event_fn_t event;
    void *ctx;
    const form_t *form;
    mipi_align_t align;
    mipi_trios_t trios;
    mipi_packet_t at; /* number and time of the next burst */
    place_t place;
} reader_t;

static bool fail(reader_t *reader, const char *fmt, ...) SIM_PRINTF(2, 3);

static bool fail(reader_t *reader, const char *fmt, ...)
{
    mipi_lanes_info_t *info = reader->info;
    int used =
        snprintf(info->error, sizeof(info->error), "line %llu: ", (unsigned long long)info->line);
    va_list args;
    va_start(args, fmt);
    vsnprintf(info->error + used, sizeof(info->error) - (size_t)used, fmt, args);
    va_end(args);
    return false;
}

/* ---- words --------------------------------------------------------------------------------------
 */
/* The text behind "word " when the line begins with it; NULL otherwise. */
static const char *after(const char *line, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(line, word, length) != 0 || (line[length] != ' ' && line[length] != '\0'))
        return NULL;
    return line + length + (line[length] == ' ');
}

static bool number(const char *text, uint64_t high, uint64_t *value)
{
    const char *at = text;
    for (*value = 0; *at >= '0' && *at <= '9' && *value <= high; at++)
        *value = *value * 10 + (uint64_t)(*at - '0');
    return at != text && *at == '\0' && *value <= high;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A byte, -1 for `--`; false when it is neither. */
static bool token(const char *text, int16_t *value)
{
    int high = digit(text[0]), low = high < 0 ? -1 : digit(text[1]);
    if (low < 0 && strncmp(text, "--", 2) != 0)
        return false;
    *value = (int16_t)(low < 0 ? -1 : high << 4 | low);
    return true;
}

/* Seven symbols; *value is NULL for `-------`. */
static bool word(const char *text, uint8_t symbols[MIPI_WORD_UI], const uint8_t **value)
{
    *value = strncmp(text, "-------", MIPI_WORD_UI) == 0 ? NULL : symbols;
    for (uint32_t i = 0; *value != NULL && i < MIPI_WORD_UI; i++) {
        if (text[i] < '0' || text[i] > '4')
            return false;
        symbols[i] = (uint8_t)(text[i] - '0');
    }
    return true;
}

/* ---- rows ---------------------------------------------------------------------------------------
 */
static bool bad_row(reader_t *reader, const char *line)
{
    bool trios = reader->info->trios;
    return fail(reader, "found '%.40s', expected %u times %s", line, reader->info->lanes,
                trios ? "seven digits 0..4 or -------" : "two hex digits or --");
}

/* Points at the tokens of a row, one blank between them. */
static bool cut_row(reader_t *reader, const char *line, const char *tokens[])
{
    uint32_t width = reader->form->width, lanes = reader->info->lanes;
    if (strlen(line) != (size_t)lanes * (width + 1) - 1)
        return bad_row(reader, line);
    for (uint32_t n = 0; n < lanes; n++) {
        tokens[n] = line + n * (width + 1);
        if (n > 0 && tokens[n][-1] != ' ')
            return bad_row(reader, line);
    }
    return true;
}

static bool read_bytes(reader_t *reader, const char *line, const char *const tokens[])
{
    int16_t row[MIPI_ALIGN_LANES];
    for (uint32_t n = 0; n < reader->info->lanes; n++) {
        if (!token(tokens[n], &row[n]))
            return bad_row(reader, line);
        if (reader->place == IN_TRAIL && row[n] > 0 && row[n] != 0xff)
            return fail(reader, "found '%.2s' on lane %u, expected 00, ff or -- in a trail",
                        tokens[n], n);
    }
    if (reader->place == IN_BURST)
        mipi_align_row(&reader->align, row);
    return true;
}

static bool read_words(reader_t *reader, const char *line, const char *const tokens[])
{
    uint8_t symbols[MIPI_MAX_TRIOS][MIPI_WORD_UI];
    const uint8_t *row[MIPI_MAX_TRIOS];
    for (uint32_t n = 0; n < reader->info->lanes; n++)
        if (!word(tokens[n], symbols[n], &row[n]))
            return bad_row(reader, line);
    if (reader->place == IN_BURST)
        mipi_trios_row(&reader->trios, row);
    return true;
}

static bool read_row(reader_t *reader, const char *line)
{
    const char *tokens[MIPI_ALIGN_LANES];
    if (!cut_row(reader, line, tokens))
        return false;
    return reader->info->trios ? read_words(reader, line, tokens)
                               : read_bytes(reader, line, tokens);
}

/* ---- lines --------------------------------------------------------------------------------------
 */
/* A first line: of the file, or of another PHY from here on. */
static bool read_form(reader_t *reader, const char *line)
{
    for (size_t i = 0; i < SIM_COUNT(forms); i++) {
        if (strcmp(line, forms[i].first) != 0)
            continue;
        mipi_align_free(&reader->align);
        mipi_trios_free(&reader->trios);
        reader->form = &forms[i];
        reader->info->trios = i != 0;
        reader->info->lanes = 0;
        return true;
    }
    return false;
}

static bool begin_lanes(reader_t *reader, uint32_t lanes)
{
    mipi_align_desc_t desc = *reader->desc;
    desc.lanes = lanes;
    if (desc.used > desc.lanes)
        desc.used = 0;
    if (!reader->info->trios)
        return mipi_align_init(&reader->align, &desc, reader->packet, reader->event, reader->ctx);
    if (!mipi_trios_init(&reader->trios, lanes, reader->packet, reader->event, reader->ctx))
        return false;
    if (desc.scrambled)
        mipi_trios_descramble(&reader->trios, desc.seed);
    return true;
}

static bool read_lanes(reader_t *reader, const char *text)
{
    const form_t *form = reader->form;
    uint64_t lanes;
    if (reader->info->lanes != 0)
        return fail(reader, "found %s again, expected them once", form->count);
    if (!number(text, form->max, &lanes) || lanes == 0)
        return fail(reader, "found %s '%.40s', expected 1..%u", form->count, text, form->max);
    if (!begin_lanes(reader, (uint32_t)lanes))
        return fail(reader, "out of memory");
    reader->info->lanes = (uint32_t)lanes;
    return true;
}

static bool begin_burst(reader_t *reader)
{
    if (reader->info->lanes == 0)
        return fail(reader, "found a burst, expected %s before it", reader->form->count);
    if (reader->info->trios)
        mipi_trios_begin(&reader->trios, &reader->at);
    else
        mipi_align_begin(&reader->align, &reader->at);
    reader->place = IN_BURST;
    return true;
}

static bool end_burst(reader_t *reader)
{
    if (reader->info->trios)
        mipi_trios_end(&reader->trios);
    else
        mipi_align_end(&reader->align);
    reader->at.number = reader->info->trios ? reader->trios.now.number : reader->align.now.number;
    reader->info->packets = reader->at.number;
    reader->place = OUTSIDE;
    return true;
}

/* What may stand anywhere. */
static bool is_remark(reader_t *reader, const char *line)
{
    const char *time = after(line, "t"), *rate = after(line, "rate");
    uint64_t value;
    if (time != NULL && number(time, UINT64_MAX / 100, &value))
        reader->at.start_ps = reader->at.first_byte_ps = reader->at.last_byte_ps =
            reader->at.end_ps = value;
    if (rate != NULL && number(rate, 1000000, &value))
        reader->info->rate_mbps = value;
    return time != NULL || rate != NULL || *line == '\0';
}

static bool read_line(reader_t *reader, const char *line)
{
    uint64_t gap;
    if (is_remark(reader, line))
        return true;
    if (reader->place != OUTSIDE) {
        if (strcmp(line, "end") == 0)
            return end_burst(reader);
        if (strcmp(line, reader->form->trail) != 0 || reader->place == IN_TRAIL)
            return read_row(reader, line);
        reader->place = IN_TRAIL;
        return true;
    }
    if (strcmp(line, "burst") == 0)
        return begin_burst(reader);
    if (after(line, reader->form->count) != NULL)
        return read_lanes(reader, after(line, reader->form->count));
    if (read_form(reader, line))
        return true;
    if (after(line, "gap") == NULL)
        return fail(reader, "found '%.40s', expected %s, gap or burst", line, reader->form->count);
    return number(after(line, "gap"), UINT64_MAX / 100, &gap) ||
           fail(reader, "found '%.40s', expected gap and a number", line);
}

/* The next line without blanks at its end; false at the end of the file, or with an error. */
static bool next_line(reader_t *reader, FILE *stream, char line[LINE_BYTES])
{
    if (fgets(line, LINE_BYTES, stream) == NULL)
        return false;
    reader->info->line++;
    size_t length = strlen(line);
    if (length == LINE_BYTES - 1 && line[length - 1] != '\n')
        return fail(reader, "found '%.40s..', expected at most %d characters", line,
                    LINE_BYTES - 2);
    while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL)
        line[--length] = '\0';
    return true;
}

static bool read_all(reader_t *reader, FILE *stream)
{
    char line[LINE_BYTES] = "";
    next_line(reader, stream, line);
    if (!read_form(reader, line))
        return fail(reader, "found '%.40s', expected CSI2LANES 1 or CSI2TRIOS 1", line);
    while (next_line(reader, stream, line))
        if (!read_line(reader, line))
            return false;
    if (reader->info->error[0] != '\0')
        return false;
    return reader->place == OUTSIDE ||
           fail(reader, "found the file's end, expected end of a burst");
}

bool mipi_lanes_read(FILE *stream, const mipi_align_desc_t *desc, mipi_packet_fn_t packet,
                     mipi_rx_event_fn_t event, void *ctx, mipi_lanes_info_t *info)
{
    *info = (mipi_lanes_info_t){.lanes = 0};
    reader_t reader = {.info = info, .desc = desc, .packet = packet, .event = event, .ctx = ctx};
    bool fine = read_all(&reader, stream);
    mipi_align_free(&reader.align);
    mipi_trios_free(&reader.trios);
    return fine;
}
