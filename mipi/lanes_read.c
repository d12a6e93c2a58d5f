#include "mipi/lanes_read.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 256 };

typedef enum { OUTSIDE, IN_BURST, IN_TRAIL } place_t;

typedef struct {
    mipi_lanes_info_t *info;
    const mipi_align_desc_t *desc;
    mipi_packet_fn_t packet;
    mipi_rx_event_fn_t event;
    void *ctx;
    mipi_align_t align;
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
    *value = 0;
    for (; *text >= '0' && *text <= '9' && *value <= high; text++)
        *value = *value * 10 + (uint64_t)(*text - '0');
    return *text == '\0' && *value <= high;
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

/* ---- lines --------------------------------------------------------------------------------------
 */
static bool read_row(reader_t *reader, const char *line)
{
    uint32_t lanes = reader->info->lanes;
    int16_t row[MIPI_ALIGN_LANES];
    const char *text = line;
    for (uint32_t n = 0; n < lanes; n++, text += 2) {
        bool space = n == 0 || *text == ' ';
        if (n > 0 && space)
            text++;
        if (!space || !token(text, &row[n]))
            return fail(reader, "found '%.40s', expected %u times two hex digits or --", line,
                        lanes);
        if (reader->place == IN_TRAIL && row[n] > 0 && row[n] != 0xff)
            return fail(reader, "found '%.2s' on lane %u, expected 00, ff or -- in a trail", text,
                        n);
    }
    if (*text != '\0')
        return fail(reader, "found '%.40s', expected %u lanes", line, lanes);
    if (reader->place == IN_BURST)
        mipi_align_row(&reader->align, row);
    return true;
}

static bool read_lanes(reader_t *reader, const char *text)
{
    uint64_t lanes;
    if (reader->info->lanes != 0)
        return fail(reader, "found lanes again, expected them once");
    if (!number(text, MIPI_ALIGN_LANES, &lanes) || lanes == 0)
        return fail(reader, "found lanes '%.40s', expected 1..%u", text, MIPI_ALIGN_LANES);
    mipi_align_desc_t desc = *reader->desc;
    desc.lanes = (uint32_t)lanes;
    if (desc.used > desc.lanes)
        desc.used = 0;
    if (!mipi_align_init(&reader->align, &desc, reader->packet, reader->event, reader->ctx))
        return fail(reader, "out of memory");
    reader->info->lanes = desc.lanes;
    return true;
}

static bool begin_burst(reader_t *reader)
{
    if (reader->info->lanes == 0)
        return fail(reader, "found a burst, expected lanes before it");
    mipi_align_begin(&reader->align, &reader->at);
    reader->place = IN_BURST;
    return true;
}

static bool end_burst(reader_t *reader)
{
    mipi_align_end(&reader->align);
    reader->place = OUTSIDE;
    reader->info->packets = reader->at.number = reader->align.now.number;
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
        if (strcmp(line, "trail") != 0 || reader->place == IN_TRAIL)
            return read_row(reader, line);
        reader->place = IN_TRAIL;
        return true;
    }
    if (strcmp(line, "burst") == 0)
        return begin_burst(reader);
    if (after(line, "lanes") != NULL)
        return read_lanes(reader, after(line, "lanes"));
    if (after(line, "gap") == NULL)
        return fail(reader, "found '%.40s', expected lanes, gap or burst", line);
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
    if (strcmp(line, "CSI2LANES 1") != 0)
        return fail(reader, "found '%.40s', expected CSI2LANES 1", line);
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
    return fine;
}
