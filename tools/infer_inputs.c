#include "tools/infer_inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"
#include "sim/file.h"

enum { MAX_INPUT_BYTES = 1 << 30, NONE = NPU_NET_ENDS };

/* ---- names ---- */

/* Inputs or outputs of the program, by name or number. */
typedef struct {
    const char *what;
    const npu_end_t *end; /* NULL: they have no names */
    uint32_t count;
} names_t;

static names_t input_names(const npu_prog_t *prog)
{
    return (names_t){"input", prog->ends, prog->net[NPU_NET_INPUTS_W]};
}

static names_t output_names(const npu_prog_t *prog)
{
    const npu_end_t *ends = prog->ends;
    return (names_t){"output", ends != NULL ? ends + prog->net[NPU_NET_INPUTS_W] : NULL,
                     prog->net[NPU_NET_OUTPUTS_W]};
}

/* The one called text[0..length-1], NONE when none is. */
static uint32_t find(const names_t *names, const char *text, size_t length)
{
    uint32_t number = 0;
    for (uint32_t i = 0; names->end != NULL && i < names->count; i++)
        if (strlen(names->end[i].name) == length && strncmp(names->end[i].name, text, length) == 0)
            return i;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || number >= NONE)
            return NONE;
        number = 10 * number + (uint32_t)(text[i] - '0');
    }
    return length > 0 && number < names->count ? number : NONE;
}

/* "no input "x"; there are 0 "a", 1 "b"". Returns false. */
static bool unknown(const names_t *names, const char *text, size_t length, char *error,
                    size_t error_bytes)
{
    int at =
        snprintf(error, error_bytes, "no %s \"%.*s\"; there are", names->what, (int)length, text);
    for (uint32_t i = 0; i < names->count && at > 0 && (size_t)at < error_bytes; i++)
        at += snprintf(error + at, error_bytes - (size_t)at, "%s %u \"%s\"", i != 0 ? "," : "", i,
                       names->end != NULL ? names->end[i].name : "");
    return false;
}

/* Splits "NAME=REST" where NAME is known (a name may contain '='); *rest is behind the '='. */
static bool split(const names_t *names, const char *text, uint32_t *index, const char **rest,
                  char *error, size_t error_bytes)
{
    const char *first = strchr(text, '=');
    for (const char *at = first; at != NULL; at = strchr(at + 1, '=')) {
        *index = find(names, text, (size_t)(at - text));
        *rest = at + 1;
        if (*index != NONE)
            return true;
    }
    *index = 0;
    *rest = text;
    if (first == NULL && names->count == 1)
        return true;
    return unknown(names, text, first != NULL ? (size_t)(first - text) : strlen(text), error,
                   error_bytes);
}

/* ---- files ---- */

static bool is_png(const uint8_t *data, size_t bytes)
{
    return bytes >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool read_file(infer_inputs_t *in, uint32_t n, const char *file, const pixels_scale_t *scale,
                      char *error, size_t error_bytes)
{
    size_t bytes;
    uint64_t want = npu_input_bytes(in->prog, n);
    uint8_t *data = sim_file_read(file, MAX_INPUT_BYTES, &bytes, error, error_bytes);
    if (data == NULL)
        return false;
    bool png = is_png(data, bytes), fine = bytes == want;
    if (fine)
        memcpy(in->data[n], data, bytes);
    free(data);
    if (!fine && png)
        return pixels_read(file, in->prog, n, scale, in->data[n], error, error_bytes);
    if (!fine)
        snprintf(error, error_bytes, "%s: %zu bytes, expected %llu (input %u, %s)", file, bytes,
                 (unsigned long long)want, n, npu_dtype_name(npu_input_dtype(in->prog, n)));
    return fine;
}

/* The code of a real zero; all other types have zero bytes for it. */
static void fill_zero(infer_inputs_t *in, uint32_t n)
{
    npu_net_tensor_t t = npu_prog_input(in->prog, n);
    uint32_t dtype = npu_input_dtype(in->prog, n);
    int zero = dtype == NPU_DTYPE_INT8    ? t.zero_point
               : dtype == NPU_DTYPE_UINT8 ? t.zero_point + 128
                                          : 0;
    memset(in->data[n], zero, npu_input_bytes(in->prog, n));
}

/* ---- states ---- */

/* Bytes, type, scale and zero point are equal: the next inference may take it as it is. */
static bool same_kind(const npu_prog_t *prog, const infer_state_t *s)
{
    npu_net_tensor_t out = npu_prog_output(prog, s->output), in = npu_prog_input(prog, s->input);
    uint32_t dtype = npu_input_dtype(prog, s->input);
    return npu_output_bytes(prog, s->output) == npu_input_bytes(prog, s->input) &&
           out.dtype == dtype &&
           (npu_dtype_bytes(dtype) != 1 ||
            (out.zero_point == in.zero_point && out.scale_bits == in.scale_bits));
}

static bool read_state(infer_inputs_t *in, const char *text, char *error, size_t error_bytes)
{
    names_t outputs = output_names(in->prog), inputs = input_names(in->prog);
    infer_state_t *s = &in->state[in->states];
    const char *name;
    if (in->states == NPU_NET_ENDS) {
        snprintf(error, error_bytes, "more than %u states", NPU_NET_ENDS);
        return false;
    }
    if (!split(&outputs, text, &s->output, &name, error, error_bytes))
        return false;
    s->input = find(&inputs, name, strlen(name));
    if (s->input == NONE)
        return unknown(&inputs, name, strlen(name), error, error_bytes);
    if (!same_kind(in->prog, s)) {
        snprintf(error, error_bytes, "output %u cannot become input %u: type, size or scale differ",
                 s->output, s->input);
        return false;
    }
    in->states++;
    return true;
}

void infer_inputs_carry(infer_inputs_t *inputs, uint8_t *const outputs[])
{
    for (uint32_t i = 0; i < inputs->states; i++) {
        const infer_state_t *s = &inputs->state[i];
        memcpy(inputs->data[s->input], outputs[s->output], npu_input_bytes(inputs->prog, s->input));
    }
}

/* ---- all of them ---- */

static bool make_room(infer_inputs_t *in)
{
    for (uint32_t n = 0; n < in->prog->net[NPU_NET_INPUTS_W]; n++)
        if ((in->data[n] = malloc(npu_input_bytes(in->prog, n))) == NULL)
            return false;
    return true;
}

/* Not one is missing, or zeros will do for it. */
static bool complete(infer_inputs_t *in, const bool *filled, bool optional, char *error,
                     size_t error_bytes)
{
    names_t names = input_names(in->prog);
    for (uint32_t n = 0; n < names.count; n++)
        if (!filled[n] && optional) {
            fill_zero(in, n);
        } else if (!filled[n]) {
            snprintf(error, error_bytes, "%s: nothing for input %u \"%s\": give %s--input %u=FILE",
                     in->prog->meta.name, n, names.end != NULL ? names.end[n].name : "",
                     n == npu_image_input(in->prog) ? "an image or " : "", n);
            return false;
        }
    return true;
}

bool infer_inputs_read(infer_inputs_t *inputs, const npu_prog_t *prog, const char *image,
                       const char *const *given, const char *const *states,
                       const pixels_scale_t *scale, bool optional, char *error, size_t error_bytes)
{
    bool filled[NPU_NET_ENDS] = {false};
    *inputs = (infer_inputs_t){.prog = prog};
    names_t names = input_names(prog);
    uint32_t n = npu_image_input(prog);
    if (!make_room(inputs)) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    for (; *states != NULL; states++) {
        if (!read_state(inputs, *states, error, error_bytes))
            return false;
        fill_zero(inputs, inputs->state[inputs->states - 1].input);
    }
    if (image != NULL && n == UINT32_MAX) {
        snprintf(error, error_bytes, "%s: the network takes no image", image);
        return false;
    }
    if (image != NULL) {
        if (!pixels_read(image, prog, n, scale, inputs->data[n], error, error_bytes))
            return false;
        filled[n] = true;
    }
    for (; *given != NULL; given++) {
        const char *file;
        if (!split(&names, *given, &n, &file, error, error_bytes))
            return false;
        if (filled[n]) {
            snprintf(error, error_bytes, "%s: input %u is given twice", file, n);
            return false;
        }
        if (!read_file(inputs, n, file, scale, error, error_bytes))
            return false;
        filled[n] = true;
    }
    for (uint32_t i = 0; i < inputs->states; i++)
        filled[inputs->state[i].input] = true;
    return complete(inputs, filled, optional, error, error_bytes);
}

void infer_inputs_free(infer_inputs_t *inputs)
{
    for (uint32_t n = 0; n < NPU_NET_ENDS; n++)
        free(inputs->data[n]);
}
