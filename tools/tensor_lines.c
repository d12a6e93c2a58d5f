#include "tools/tensor_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KPI_DNN = 4 * 9, KPI_DSP = 4 * 10, KPI_BYTES = 4 * 11 };
enum { PIXELS = 4, PACKED = 5, LOW_BITS = 0x55 }; /* bytes of a group of RAW10 */

static uint32_t get_u16(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t get_u32(const uint8_t *at)
{
    return get_u16(at) | get_u16(at + 2) << 16;
}

static bool refuse(char *error, size_t error_bytes, const char *fmt, ...) SIM_PRINTF(3, 4);
static bool refuse(char *error, size_t error_bytes, const char *fmt, ...)
{
    va_list args;
    int n = snprintf(error, error_bytes, "tensor lines: ");
    va_start(args, fmt);
    if (n > 0 && (size_t)n < error_bytes)
        vsnprintf(error + n, error_bytes - (size_t)n, fmt, args);
    va_end(args);
    return false;
}

/* ---- lines ---- */

/* A line as it came; of pixels of 10 bits the fifth byte of each group is none of the data. */
typedef struct {
    const uint8_t *bytes;
    uint32_t count; /* of data */
    bool packed;
} line_t;

static line_t line_of(const uint8_t *bytes, uint32_t length)
{
    line_t line = {bytes, length, length >= PACKED && length % PACKED == 0};
    for (uint32_t i = PIXELS; line.packed && i < length; i += PACKED)
        line.packed = bytes[i] == LOW_BITS;
    if (line.packed)
        line.count = length / PACKED * PIXELS;
    return line;
}

static void copy_data(const line_t *line, uint8_t *to, uint32_t count)
{
    if (count > line->count)
        count = line->count;
    if (!line->packed) {
        memcpy(to, line->bytes, count);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        to[i] = line->bytes[i / PIXELS * PACKED + i % PIXELS];
}

typedef struct {
    bool valid;
    uint8_t count, type;
    uint16_t line_bytes, ap_bytes, network;
} header_t;

static header_t get_header(const uint8_t *line)
{
    return (header_t){.valid = line[0] != 0,
                      .count = line[1],
                      .line_bytes = (uint16_t)get_u16(line + 2),
                      .ap_bytes = (uint16_t)get_u16(line + 4),
                      .network = (uint16_t)get_u16(line + 6),
                      .type = line[8]};
}

/* Is it a tensor's first line? */
static bool is_header(const line_t *line, header_t *h)
{
    uint8_t data[AP_HEADER_BYTES];
    if (line->count < AP_HEADER_BYTES)
        return false;
    copy_data(line, data, sizeof(data));
    *h = get_header(data);
    return data[0] <= 1 && h->type < TENSOR_SIDES && h->line_bytes != 0 && h->ap_bytes != 0 &&
           h->line_bytes <= line->count;
}

/* ---- a set ---- */

static void clear_side(tensor_side_t *side)
{
    free(side->bytes);
    *side = (tensor_side_t){0};
}

void tensor_set_clear(tensor_set_t *set)
{
    for (uint32_t i = 0; i < TENSOR_SIDES; i++)
        clear_side(&set->side[i]);
    *set = (tensor_set_t){0};
}

bool tensor_set_whole(const tensor_set_t *set)
{
    return set->side[TENSOR_INPUT].came && set->side[TENSOR_OUTPUT].came;
}

/* A PQ line may stand alone like KPI; it is all zeros, and nothing is lost with it. */
static void take_kpi(tensor_set_t *set, const line_t *line)
{
    uint8_t data[KPI_BYTES] = {0};
    copy_data(line, data, sizeof(data));
    uint32_t dnn_us = get_u32(data + KPI_DNN), dsp_us = get_u32(data + KPI_DSP);
    if (line->count < KPI_BYTES || (set->kpi_came && (dnn_us | dsp_us) == 0))
        return;
    set->kpi_came = true;
    set->dnn_us = dnn_us;
    set->dsp_us = dsp_us;
}

/* Lines `from`..`to` - 1 of a run, packed or not as the first of them, which is the header. */
static bool keep_side(tensor_side_t *side, const line_t *first, const tensor_run_t *run,
                      uint32_t from, uint32_t to)
{
    const uint8_t *at = first->bytes;
    clear_side(side);
    side->bytes = calloc(to - from, first->count);
    if (side->bytes == NULL)
        return false;
    for (uint32_t i = from; i < to; at += run->length[i++]) {
        uint32_t data = first->packed ? run->length[i] / PACKED * PIXELS : run->length[i];
        line_t line = {at, data, first->packed};
        copy_data(&line, side->bytes + (size_t)(i - from) * first->count, first->count);
    }
    side->came = true;
    side->stride = first->count;
    side->lines = to - from;
    return true;
}

/* The line in [from, end) at which the output of input h begins; end: none. */
static uint32_t find_output(const tensor_run_t *run, const uint8_t *at, uint32_t from,
                            const header_t *h)
{
    header_t other;
    for (uint32_t i = from; i < run->lines; at += run->length[i++]) {
        line_t line = line_of(at, run->length[i]);
        if (is_header(&line, &other) && other.type == TENSOR_OUTPUT && other.count == h->count &&
            other.ap_bytes == h->ap_bytes)
            return i;
    }
    return run->lines;
}

/* The other tensor of the set must be of the same frame and network. */
static bool fits(const tensor_set_t *set, const header_t *h, char *error, size_t error_bytes)
{
    const tensor_side_t *other = &set->side[1 - h->type];
    const char *const names[] = {"input", "output"};
    if (set->side[h->type].came)
        return refuse(error, error_bytes, "found no %s header for the %s of frame count %u",
                      names[1 - h->type], names[h->type], set->side[h->type].bytes[1]);
    if (!other->came)
        return true;
    header_t o = get_header(other->bytes);
    if (o.count == h->count && o.ap_bytes == h->ap_bytes)
        return true;
    return refuse(error, error_bytes,
                  "found %s of frame count %u with apParams of %u bytes, expected %u, %u as the %s",
                  names[h->type], h->count, h->ap_bytes, o.count, o.ap_bytes, names[1 - h->type]);
}

bool tensor_set_take(tensor_set_t *set, const tensor_run_t *run, char *error, size_t error_bytes)
{
    bool fine = true;
    const uint8_t *at = run->bytes;
    for (uint32_t i = 0, end; i < run->lines; i = end) {
        header_t h;
        line_t line = line_of(at, run->length[i]);
        end = i + 1;
        if (is_header(&line, &h)) {
            if (!fits(set, &h, error, error_bytes)) {
                clear_side(&set->side[TENSOR_INPUT]);
                clear_side(&set->side[TENSOR_OUTPUT]);
                fine = false;
            }
            end = h.type == TENSOR_INPUT ? find_output(run, at + run->length[i], i + 1, &h)
                                         : run->lines;
            if (!keep_side(&set->side[h.type], &line, run, i, end))
                return refuse(error, error_bytes, "out of memory");
        } else if (i == 0) {
            take_kpi(set, &line);
        }
        for (uint32_t j = i; j < end; j++)
            at += run->length[j];
    }
    return fine;
}

static void exchange_side(tensor_side_t *side, sim_snap_t *snap)
{
    void *memory = side->bytes;
    size_t expected = side->came ? (size_t)side->stride * side->lines : 0, bytes = expected;
    sim_snap_memory(snap, &memory, &bytes);
    side->bytes = memory;
    if (bytes != expected || (side->came && (side->stride < AP_HEADER_BYTES || bytes == 0)))
        sim_snap_fail(snap, "tensor lines of %u bytes, %zu bytes in all", side->stride, bytes);
}

void tensor_set_exchange(tensor_set_t *set, sim_snap_t *snap)
{
    tensor_set_t it = *set;
    for (uint32_t i = 0; i < TENSOR_SIDES; i++)
        it.side[i].bytes = NULL;
    sim_snap_bytes(snap, &it, sizeof(it));
    if (sim_snap_restoring(snap)) {
        tensor_set_clear(set);
        *set = it;
    }
    for (uint32_t i = 0; i < TENSOR_SIDES && !sim_snap_failed(snap); i++)
        exchange_side(&set->side[i], snap);
    if (sim_snap_failed(snap))
        tensor_set_clear(set);
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

/* ---- tensors ---- */

typedef struct {
    const tensor_side_t *side; /* being read */
    header_t header;
    uint32_t line; /* of it, where the next body begins */
    char *error;
    size_t error_bytes;
} reader_t;

/* The one that is valid has them. */
static bool read_ap_params(reader_t *r, tensor_lines_t *to)
{
    const header_t *h = &r->header;
    if (h->line_bytes == 0 || h->line_bytes > r->side->stride)
        return refuse(r->error, r->error_bytes, "found lines of %u bytes, expected 1..%u",
                      h->line_bytes, r->side->stride);
    r->line = ap_header_lines(h->ap_bytes, r->side->stride);
    if (r->line > r->side->lines)
        return refuse(r->error, r->error_bytes,
                      "found apParams of %u bytes, expected them in %u lines", h->ap_bytes,
                      r->side->lines);
    if (to->ap.inputs != 0)
        return true; /* read with the other tensor */
    return ap_read(r->side->bytes + AP_HEADER_BYTES, h->ap_bytes, h->network, &to->ap, r->error,
                   r->error_bytes);
}

/* One body, its lines put together if they are not full; NULL: an error. */
static uint8_t *gather(reader_t *r, const ap_tensor_t *t)
{
    uint32_t bytes = ap_tensor_bytes(t), line_bytes = r->header.line_bytes;
    uint32_t left = r->side->lines - r->line;
    uint64_t lines = ((uint64_t)bytes + line_bytes - 1) / line_bytes;
    if (lines > left) {
        refuse(r->error, r->error_bytes, "tensor \"%s\": found %u lines of it, expected %llu",
               t->name, left, (unsigned long long)lines);
        return NULL;
    }
    uint8_t *body = malloc((size_t)lines * line_bytes);
    if (body == NULL)
        refuse(r->error, r->error_bytes, "out of memory");
    for (uint32_t i = 0; body != NULL && i < lines; i++)
        memcpy(body + (size_t)i * line_bytes,
               r->side->bytes + (size_t)(r->line + i) * r->side->stride, line_bytes);
    r->line += (uint32_t)lines;
    return body;
}

static bool read_input(reader_t *r, tensor_lines_t *to)
{
    uint8_t *body = read_ap_params(r, to) ? gather(r, &to->ap.input[0]) : NULL;
    if (body == NULL)
        return false;
    to->input = take_input(&to->ap.input[0], body);
    free(body);
    return to->input != NULL || refuse(r->error, r->error_bytes, "out of memory");
}

static bool read_outputs(reader_t *r, tensor_lines_t *to)
{
    if (!read_ap_params(r, to))
        return false;
    for (uint32_t o = 0; o < to->ap.outputs; o++) {
        uint8_t *body = gather(r, &to->ap.output[o]);
        if (body == NULL)
            return false;
        to->output[o] = take_output(&to->ap.output[o], body);
        free(body);
        if (to->output[o] == NULL)
            return refuse(r->error, r->error_bytes, "out of memory");
    }
    return true;
}

bool tensor_lines_parse(const tensor_set_t *set, tensor_lines_t *to, char *error,
                        size_t error_bytes)
{
    reader_t in = {.side = &set->side[TENSOR_INPUT], .error = error, .error_bytes = error_bytes};
    reader_t out = {.side = &set->side[TENSOR_OUTPUT], .error = error, .error_bytes = error_bytes};
    in.header = get_header(in.side->bytes);
    out.header = get_header(out.side->bytes);
    *to = (tensor_lines_t){.dnn_us = set->dnn_us,
                           .dsp_us = set->dsp_us,
                           .input_valid = in.header.valid,
                           .output_valid = out.header.valid,
                           .count = in.header.count,
                           .network = in.header.network};
    if (!set->kpi_came)
        return refuse(error, error_bytes, "found no KPI line");
    bool fine =
        (!to->input_valid || read_input(&in, to)) && (!to->output_valid || read_outputs(&out, to));
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
