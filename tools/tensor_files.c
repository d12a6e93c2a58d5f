#include "tools/tensor_files.h"

#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/json.h"
#include "sim/png.h"

enum { PATH = 1200, EMBEDDED_LINE_START = 0x0a };

void tensor_files_input_name(char name[64], uint64_t input)
{
    snprintf(name, 64, "input_%05llu.png", (unsigned long long)input);
}

void tensor_files_output_name(char name[64], uint64_t set, uint32_t output)
{
    snprintf(name, 64, "output_%05llu_%u.npy", (unsigned long long)set, output);
}

/* ---- arrays ---- */

/* The header: a Python dictionary in a multiple of 64 bytes. */
static uint32_t npy_header(uint8_t head[512], const ap_tensor_t *shape)
{
    char text[400];
    int n = snprintf(text, sizeof(text), "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (uint32_t d = 0; d < shape->dims; d++)
        n += snprintf(text + n, sizeof(text) - (size_t)n, "%u, ", shape->dim[d].size);
    n += snprintf(text + n, sizeof(text) - (size_t)n, "), }");
    uint32_t all = ((uint32_t)n + 1 + 10 + 63) / 64 * 64;
    memset(head, ' ', all);
    memcpy(head, "\x93NUMPY\x01\x00", 8);
    head[8] = (uint8_t)(all - 10);
    head[9] = (uint8_t)((all - 10) >> 8);
    memcpy(head + 10, text, (size_t)n);
    head[all - 1] = '\n';
    return all;
}

bool tensor_write_npy(const char *file, const float *values, const ap_tensor_t *shape, char *error,
                      size_t error_bytes)
{
    uint8_t head[512];
    uint32_t elements = tensor_elements(shape), head_bytes = npy_header(head, shape);
    uint8_t *all = malloc(head_bytes + 4 * (size_t)elements);
    if (all == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return false;
    }
    memcpy(all, head, head_bytes);
    for (uint32_t i = 0; i < elements; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof(bits));
        for (uint32_t b = 0; b < 4; b++)
            all[head_bytes + 4 * (size_t)i + b] = (uint8_t)(bits >> 8 * b);
    }
    bool fine =
        sim_file_write(file, all, head_bytes + 4 * (size_t)elements, error, error_bytes) == SIM_OK;
    free(all);
    return fine;
}

/* ---- pictures ---- */

/* Signed codes are pixels less 128; a fourth channel is not shown. */
static bool write_input(tensor_files_t *f, const tensor_lines_t *t)
{
    char name[64], path[PATH];
    sim_image_t image;
    uint32_t c;
    const ap_tensor_t *tensor = &t->ap.input[0];
    tensor_image_size(tensor, &image.width_px, &image.height_px, &c);
    image.channels = c == 1 ? 1 : 3;
    size_t pixels = (size_t)image.width_px * image.height_px;
    image.data = malloc(pixels * image.channels);
    if (image.data == NULL) {
        snprintf(f->error, sizeof(f->error), "tensors: out of memory");
        return false;
    }
    for (size_t i = 0; i < pixels; i++)
        for (uint32_t k = 0; k < image.channels; k++)
            image.data[i * image.channels + k] =
                (uint8_t)(t->input[i * c + k] ^ (tensor->format == AP_SIGNED ? 0x80 : 0));
    tensor_files_input_name(name, f->inputs);
    snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    bool fine = sim_png_write(path, &image, f->error, sizeof(f->error)) == SIM_OK;
    sim_image_free(&image);
    return fine;
}

static bool write_outputs(tensor_files_t *f, const tensor_lines_t *t)
{
    char name[64], path[PATH];
    for (uint32_t o = 0; o < t->ap.outputs; o++) {
        tensor_files_output_name(name, f->outputs, o);
        snprintf(path, sizeof(path), "%s/%s", f->dir, name);
        if (!tensor_write_npy(path, t->output[o], &t->ap.output[o], f->error, sizeof(f->error)))
            return false;
    }
    return true;
}

/* ---- a line a frame ---- */

static uint32_t largest(const float *values, uint32_t count)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < count; i++)
        best = values[i] > values[best] ? i : best;
    return best;
}

static void tell_output(const tensor_files_t *f, const tensor_lines_t *t, uint32_t o,
                        sim_json_t *list)
{
    const ap_tensor_t *tensor = &t->ap.output[o];
    sim_json_t *item = sim_json_add_object(list, NULL);
    uint32_t best = largest(t->output[o], tensor_elements(tensor));
    char name[64];
    sim_json_add_str(item, "name", tensor->name);
    sim_json_t *shape = sim_json_add_array(item, "shape");
    for (uint32_t d = 0; d < tensor->dims; d++)
        sim_json_add_u64(shape, NULL, tensor->dim[d].size);
    sim_json_add_u64(item, "largest", best);
    sim_json_add_num(item, "value", (double)t->output[o][best]);
    if (f->dir == NULL)
        return;
    tensor_files_output_name(name, f->outputs, o);
    sim_json_add_str(item, "file", name);
}

/* The input that goes with the frame's output came now, or earlier with the same count. */
static bool has_input(const tensor_files_t *f, const tensor_lines_t *t)
{
    return t->input_valid || (t->output_valid && f->input_waits && f->input_count == t->count);
}

static void tell(tensor_files_t *f, const tensor_lines_t *t)
{
    char name[64];
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "frame", f->frames);
    sim_json_add_u64(line, "count", t->count);
    sim_json_add_u64(line, "network", t->network);
    if (t->ap.inputs != 0)
        sim_json_add_str(line, "name", t->ap.type);
    sim_json_add_bool(line, "input_valid", t->input_valid);
    sim_json_add_bool(line, "output_valid", t->output_valid);
    sim_json_add_u64(line, "dnn_us", t->dnn_us);
    sim_json_add_u64(line, "dsp_us", t->dsp_us);
    sim_json_add_u64(line, "start_ps", f->set_ps);
    if (f->dir != NULL && has_input(f, t)) {
        tensor_files_input_name(name, f->inputs - !t->input_valid);
        sim_json_add_str(line, "input", name);
    }
    sim_json_t *outputs = sim_json_add_array(line, "outputs");
    for (uint32_t o = 0; t->output_valid && o < t->ap.outputs; o++)
        tell_output(f, t, o, outputs);
    char *text = sim_json_print(line, false);
    if (text != NULL)
        fprintf(f->lines, "%s\n", text);
    free(text);
    sim_json_free(line);
}

static bool keep(tensor_files_t *f, const tensor_lines_t *t)
{
    if (f->dir != NULL &&
        ((t->input_valid && !write_input(f, t)) || (t->output_valid && !write_outputs(f, t)))) {
        f->file_failed = true;
        return false;
    }
    if (f->lines != NULL)
        tell(f, t);
    f->frames++;
    f->inputs += t->input_valid;
    f->outputs += t->output_valid;
    if (t->output_valid)
        f->each = t->ap.outputs;
    f->input_waits = (t->input_valid || f->input_waits) && !t->output_valid;
    if (t->input_valid)
        f->input_count = t->count;
    f->told = true;
    return true;
}

/* ---- frames of a receiver ---- */

bool tensor_files_may_be(const mipi_rx_stream_t *s)
{
    return mipi_dt_is_bytes(s->dt) && s->byte_count != 0 && s->bytes[0] <= 1;
}

/* Without the register lines, of which one may be damaged. */
static tensor_run_t run_of(const mipi_rx_stream_t *s)
{
    tensor_run_t run = {s->bytes, s->length, s->lines};
    bool registers = false;
    size_t before = 0;
    uint32_t lines = s->dt == MIPI_DT_EMBEDDED ? TENSOR_EMBEDDED_LINES : 0;
    for (uint32_t i = 0; i < lines && i < s->lines; before += s->length[i++])
        registers |= s->length[i] != 0 && s->bytes[before] == EMBEDDED_LINE_START;
    if (!registers)
        return run;
    lines = lines < s->lines ? lines : s->lines;
    return (tensor_run_t){s->bytes + before, s->length + lines, s->lines - lines};
}

/* All lines of it have come. */
static bool take_set(tensor_files_t *f)
{
    tensor_lines_t t;
    bool fine = tensor_lines_parse(&f->set, &t, f->error, sizeof(f->error));
    tensor_set_clear(&f->set);
    if (!fine)
        return false;
    fine = keep(f, &t);
    tensor_lines_free(&t);
    return fine;
}

static bool take_run(tensor_files_t *f, const tensor_run_t *run, const mipi_rx_frame_t *frame)
{
    bool had = f->set.side[TENSOR_INPUT].came;
    bool fine = tensor_set_take(&f->set, run, f->error, sizeof(f->error));
    if (f->set.side[TENSOR_INPUT].came && (!had || !fine))
        f->set_ps = frame->start_ps;
    return fine;
}

bool tensor_files_take(tensor_files_t *f, const mipi_rx_frame_t *frame)
{
    bool fine = true;
    f->error[0] = '\0';
    f->file_failed = f->told = false;
    for (uint32_t i = 0; i < frame->streams; i++) {
        tensor_run_t run;
        const mipi_rx_stream_t *s = &frame->stream[i];
        if (!mipi_dt_is_bytes(s->dt))
            continue;
        run = run_of(s);
        if (run.lines != 0 && run.length[0] != 0 && run.bytes[0] <= 1)
            fine &= take_run(f, &run, frame);
    }
    if (tensor_set_whole(&f->set))
        fine &= take_set(f);
    return fine;
}

bool tensor_files_finish(tensor_files_t *f)
{
    bool input = f->set.side[TENSOR_INPUT].came, output = f->set.side[TENSOR_OUTPUT].came;
    f->file_failed = false;
    if (input || output)
        snprintf(f->error, sizeof(f->error), "tensor lines: found no %s header",
                 input ? "output" : "input");
    tensor_set_clear(&f->set);
    return !input && !output;
}

void tensor_files_free(tensor_files_t *f)
{
    tensor_set_clear(&f->set);
}
