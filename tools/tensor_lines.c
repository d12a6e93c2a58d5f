#include "tools/tensor_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KPI_LINE, INPUT_LINE };
enum { KPI_DNN = 4 * 9, KPI_DSP = 4 * 10 };
enum { TYPE_INPUT, TYPE_OUTPUT };

typedef struct {
    bool valid;
    uint8_t count, type;
    uint16_t line_bytes, ap_bytes, network;
} header_t;

static uint32_t get_u16(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t get_u32(const uint8_t *at)
{
    return get_u16(at) | get_u16(at + 2) << 16;
}

static header_t get_header(const uint8_t *line)
{
    return (header_t){.valid = line[0] != 0,
                      .count = line[1],
                      .line_bytes = (uint16_t)get_u16(line + 2),
                      .ap_bytes = (uint16_t)get_u16(line + 4),
                      .network = (uint16_t)get_u16(line + 6),
                      .type = line[8]};
}

/* ---- numbers ---- */

uint32_t tensor_elements(const ap_tensor_t *t)
{
    uint32_t elements = 1;
    for (uint32_t i = 0; i < t->dims; i++)
        elements *= t->dim[i].size;
    return elements;
}

static const ap_dim_t *dim_sent_as(const ap_tensor_t *t, uint32_t serialization)
{
    uint32_t i = 0;
    while (t->dim[i].serialization != serialization)
        i++;
    return &t->dim[i];
}

void tensor_image_size(const ap_tensor_t *t, uint32_t *width, uint32_t *height, uint32_t *channels)
{
    *width = dim_sent_as(t, 0)->size;
    *height = dim_sent_as(t, 1)->size;
    *channels = dim_sent_as(t, 2)->size;
}

/* In 64 bits, so that 32-bit codes do not wrap; then as the host's float arithmetic. */
float tensor_value(const ap_tensor_t *t, const uint8_t *body, uint32_t at)
{
    uint32_t bytes = t->bits / 8u, code = 0;
    for (uint32_t i = 0; i < bytes; i++)
        code |= (uint32_t)body[(size_t)at * bytes + i] << 8 * i;
    int64_t value = code;
    if (t->format == AP_SIGNED && (code >> (t->bits - 1) & 1) != 0)
        value -= INT64_C(1) << t->bits;
    return (float)(value - t->shift) * t->scale;
}

/* ---- bodies ---- */

/* Planes with padded rows to pixels. */
static uint8_t *take_input(const ap_tensor_t *t, const uint8_t *body)
{
    uint32_t w, h, c;
    tensor_image_size(t, &w, &h, &c);
    size_t row = w + dim_sent_as(t, 0)->padding, plane = row * (h + dim_sent_as(t, 1)->padding);
    uint8_t *to = malloc((size_t)w * h * c);
    for (size_t i = 0; to != NULL && i < (size_t)w * h; i++)
        for (uint32_t k = 0; k < c; k++)
            to[i * c + k] = body[k * plane + i / w * row + i % w];
    return to;
}

/* From the order sent to the network's own. */
static float *take_output(const ap_tensor_t *t, const uint8_t *body)
{
    uint32_t elements = tensor_elements(t), at[AP_MAX_DIMS] = {0};
    uint32_t step[AP_MAX_DIMS]; /* elements, as sent, from one to the next along a dimension */
    for (uint32_t s = 0, all = 1; s < t->dims; s++) {
        const ap_dim_t *d = dim_sent_as(t, s);
        step[d - t->dim] = all;
        all *= d->size;
    }
    float *to = malloc((size_t)elements * sizeof(*to));
    for (uint32_t i = 0; to != NULL && i < elements; i++) {
        uint32_t from = 0;
        for (uint32_t d = 0; d < t->dims; d++)
            from += at[d] * step[d];
        to[i] = tensor_value(t, body, from);
        for (uint32_t d = t->dims; d-- > 0 && ++at[d] == t->dim[d].size;)
            at[d] = 0;
    }
    return to;
}

/* ---- a frame ---- */

typedef struct {
    const uint8_t *lines;
    uint32_t count, body_line; /* of the tensor being read */
    header_t in, out;
    char *error;
    size_t error_bytes;
} reader_t;

static bool refuse(reader_t *r, const char *fmt, ...) SIM_PRINTF(2, 3);
static bool refuse(reader_t *r, const char *fmt, ...)
{
    va_list args;
    int n = snprintf(r->error, r->error_bytes, "tensor lines: ");
    va_start(args, fmt);
    if (n > 0 && (size_t)n < r->error_bytes)
        vsnprintf(r->error + n, r->error_bytes - (size_t)n, fmt, args);
    va_end(args);
    return false;
}

static const uint8_t *line_at(const reader_t *r, uint32_t line)
{
    return r->lines + (size_t)line * AP_LINE_BYTES;
}

static bool find_headers(reader_t *r, uint32_t *output_line)
{
    if (r->count <= INPUT_LINE)
        return refuse(r, "found %u lines, expected KPI and the input's header at least", r->count);
    r->in = get_header(line_at(r, INPUT_LINE));
    if (r->in.type != TYPE_INPUT)
        return refuse(r, "line 1: found tensor type %u, expected 0 (input)", r->in.type);
    for (uint32_t i = INPUT_LINE + 1; i < r->count; i++) {
        r->out = get_header(line_at(r, i));
        *output_line = i;
        if (r->out.type == TYPE_OUTPUT && r->out.count == r->in.count &&
            r->out.ap_bytes == r->in.ap_bytes && r->out.line_bytes == r->in.line_bytes)
            return true;
    }
    return refuse(r, "found no output header among %u lines", r->count);
}

/* The one that is valid has them, in lines before `end`. */
static bool read_ap_params(reader_t *r, uint32_t line, uint32_t end, tensor_lines_t *to)
{
    const header_t *h = line == INPUT_LINE ? &r->in : &r->out;
    uint32_t lines = ap_header_lines(h->ap_bytes, AP_LINE_BYTES);
    if (h->line_bytes == 0 || h->line_bytes > AP_LINE_BYTES)
        return refuse(r, "line %u: found lines of %u bytes, expected 1..%u", line, h->line_bytes,
                      AP_LINE_BYTES);
    if (lines > end - line)
        return refuse(r, "line %u: found apParams of %u bytes, expected them in %u lines", line,
                      h->ap_bytes, end - line);
    r->body_line = line + lines;
    if (to->ap.inputs != 0)
        return true; /* read with the other tensor */
    return ap_read(line_at(r, line) + AP_HEADER_BYTES, h->ap_bytes, h->network, &to->ap, r->error,
                   r->error_bytes);
}

/* One body from body_line on, its lines put together if they are not full; NULL: an error. */
static uint8_t *gather(reader_t *r, const ap_tensor_t *t, uint32_t end)
{
    uint32_t bytes = ap_tensor_bytes(t), line_bytes = r->in.line_bytes;
    uint64_t lines = ((uint64_t)bytes + line_bytes - 1) / line_bytes;
    if (lines > end - r->body_line) {
        refuse(r, "tensor \"%s\": found %u lines of it, expected %llu", t->name, end - r->body_line,
               (unsigned long long)lines);
        return NULL;
    }
    uint8_t *body = malloc((size_t)lines * line_bytes);
    if (body == NULL)
        refuse(r, "out of memory");
    for (uint32_t i = 0; body != NULL && i < lines; i++)
        memcpy(body + (size_t)i * line_bytes, line_at(r, r->body_line + i), line_bytes);
    r->body_line += (uint32_t)lines;
    return body;
}

static bool read_input(reader_t *r, tensor_lines_t *to)
{
    if (!read_ap_params(r, INPUT_LINE, to->output_line, to))
        return false;
    uint8_t *body = gather(r, &to->ap.input[0], to->output_line);
    if (body == NULL)
        return false;
    to->input = take_input(&to->ap.input[0], body);
    free(body);
    return to->input != NULL || refuse(r, "out of memory");
}

static bool read_outputs(reader_t *r, tensor_lines_t *to)
{
    if (!read_ap_params(r, to->output_line, r->count, to))
        return false;
    for (uint32_t o = 0; o < to->ap.outputs; o++) {
        uint8_t *body = gather(r, &to->ap.output[o], r->count);
        if (body == NULL)
            return false;
        to->output[o] = take_output(&to->ap.output[o], body);
        free(body);
        if (to->output[o] == NULL)
            return refuse(r, "out of memory");
    }
    return true;
}

bool tensor_lines_parse(const uint8_t *lines, uint32_t count, tensor_lines_t *to, char *error,
                        size_t error_bytes)
{
    reader_t r = {.lines = lines, .count = count, .error = error, .error_bytes = error_bytes};
    memset(to, 0, sizeof(*to));
    if (!find_headers(&r, &to->output_line))
        return false;
    to->dnn_us = get_u32(lines + KPI_DNN);
    to->dsp_us = get_u32(lines + KPI_DSP);
    to->input_valid = r.in.valid;
    to->output_valid = r.out.valid;
    to->count = r.in.count;
    to->network = r.in.network;
    bool fine =
        (!to->input_valid || read_input(&r, to)) && (!to->output_valid || read_outputs(&r, to));
    if (!fine)
        tensor_lines_free(to);
    return fine;
}

void tensor_lines_free(tensor_lines_t *lines)
{
    free(lines->input);
    for (uint32_t o = 0; o < AP_MAX_TENSORS; o++)
        free(lines->output[o]);
    memset(lines, 0, sizeof(*lines));
}
