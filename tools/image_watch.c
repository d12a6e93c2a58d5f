#include "tools/image_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipi/packet.h"
#include "pixel/site.h"
#include "sim/png.h"

/* ---- events ---- */

static bool waited_for(const image_watch_t *w, image_kind_t kind, uint32_t number)
{
    for (uint32_t i = 0; i < w->stops; i++)
        if (w->stop[i].kind == kind &&
            (w->stop[i].number == IMAGE_ANY || w->stop[i].number == number))
            return true;
    return false;
}

static void on_frame(void *ctx, bool level)
{
    image_watch_t *w = ctx;
    uint32_t frame = w->sensor->pixel.now.frame;
    if (level && waited_for(w, IMAGE_FRAME, frame))
        debug_event(w->debug, "frame %u begins to be read", frame);
}

static void on_line(void *ctx, const sim_line_t *line)
{
    image_watch_t *w = ctx;
    uint64_t lost = w->sensor->mipi.lines_lost;
    if (waited_for(w, IMAGE_ROW, line->row))
        debug_event(w->debug, "row %u of frame %u was read", line->row, line->frame);
    if (lost > w->lines_lost && waited_for(w, IMAGE_OVERFLOW, 0))
        debug_event(w->debug, "the link's FIFO lost row %u of frame %u", line->row, line->frame);
    w->lines_lost = lost;
}

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    image_watch_t *w = ctx;
    uint8_t dt = packet->bytes[0] & 0x3f;
    if (waited_for(w, IMAGE_PACKET, dt))
        debug_event(w->debug, "packet %llu, %s (0x%02x), %u bytes, has left",
                    (unsigned long long)packet->number, mipi_dt_name(dt), dt, packet->count);
}

static const char *const irq_names[INTC_SOURCES] = {
#define X(name, number, member) [number] = #name,
    SENSOR_IRQS(X)
#undef X
};

static void on_irq(void *ctx, bool level)
{
    const image_irq_t *irq = ctx;
    if (level && waited_for(irq->watch, IMAGE_IRQ, irq->number))
        debug_event(irq->watch->debug, "interrupt %u (%s) rises", irq->number,
                    irq_names[irq->number]);
}

static const char *layer_name(const image_watch_t *w, uint32_t layer)
{
    const npu_prog_t *names = npu_names(&w->sensor->npu);
    return names != NULL && layer < names->layer_count ? names->layers[layer].name : "";
}

static void on_insn(void *ctx, uint32_t index)
{
    image_watch_t *w = ctx;
    uint32_t layer = w->sensor->npu.layer_reg;
    const char *name = layer_name(w, layer);
    bool enters = index == 0 || layer != w->layer;
    w->layer = layer;
    for (uint32_t i = 0; i < w->stops && enters; i++)
        if (w->stop[i].kind == IMAGE_LAYER && strcmp(w->stop[i].name, name) == 0)
            debug_event(w->debug, "NPU layer %u, %s, at instruction %u", layer, name, index);
}

bool image_watch_connect(image_watch_t *w, sensor_t *sensor)
{
    w->sensor = sensor;
    sensor->npu.on_insn = on_insn;
    sensor->npu.on_insn_ctx = w;
    bool fine = sim_wire_connect(&sensor->pixel.frame_start, on_frame, w) &&
                pix_add_sink(&sensor->pixel, (sim_line_sink_t){on_line, w}) &&
                mipi_tx_listen(&sensor->mipi, on_packet, w);
#define X(name, number, member)                                                                    \
    w->irq[number] = (image_irq_t){w, number};                                                     \
    fine = fine && sim_wire_connect(&sensor->member.irq, on_irq, &w->irq[number]);
    SENSOR_IRQS(X)
#undef X
    return fine;
}

void image_watch_restored(image_watch_t *w)
{
    w->lines_lost = w->sensor->mipi.lines_lost;
    w->layer = w->sensor->npu.layer_reg;
}

/* ---- commands ---- */

static const struct {
    const char *word, *arg;
    bool needs; /* an argument */
} kinds[IMAGE_KINDS] = {
    [IMAGE_FRAME] = {"frame", "[N]", false},         [IMAGE_ROW] = {"row", "N", true},
    [IMAGE_LAYER] = {"npu-layer", "NAME", true},     [IMAGE_PACKET] = {"packet", "DT", true},
    [IMAGE_OVERFLOW] = {"fifo-overflow", "", false}, [IMAGE_IRQ] = {"irq", "N", true},
};

static bool is_layer(const image_watch_t *w, const char *name)
{
    const npu_t *npu = &w->sensor->npu;
    for (uint32_t n = 0; npu->names != NULL && n <= npu->more_names; n++)
        for (uint32_t i = 0; i < npu->names[n].layer_count; i++)
            if (strcmp(npu->names[n].layers[i].name, name) == 0)
                return true;
    return false;
}

static bool number_of(const image_stop_t *stop, const char *text, int64_t *number)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 0); /* too much is ULLONG_MAX */
    *number = (int64_t)value;
    if (end != text && *end == '\0' && text[0] != '-' && value <= UINT32_MAX)
        return true;
    for (uint32_t i = 0; i < INTC_SOURCES && stop->kind == IMAGE_IRQ; i++)
        if (irq_names[i] != NULL && strcmp(irq_names[i], text) == 0) {
            *number = i;
            return true;
        }
    for (uint32_t dt = 0; dt < 64 && stop->kind == IMAGE_PACKET; dt++)
        if (strcmp(mipi_dt_name((uint8_t)dt), text) == 0) {
            *number = dt;
            return true;
        }
    return false;
}

static void print_stop(const image_stop_t *s, uint32_t index, gdb_text_t *reply)
{
    gdb_print(reply, "%u: break %s", index, kinds[s->kind].word);
    if (s->name[0] != '\0')
        gdb_print(reply, " %s", s->name);
    else if (s->number != IMAGE_ANY)
        gdb_print(reply, s->kind == IMAGE_PACKET ? " 0x%llx" : " %llu",
                  (unsigned long long)s->number);
    gdb_print(reply, "\n");
}

static bool can_come(const image_watch_t *w, const image_stop_t *stop)
{
    switch (stop->kind) {
    case IMAGE_ROW:
        return stop->number < w->sensor->pixel.desc.height_px;
    case IMAGE_PACKET:
        return stop->number < 64;
    case IMAGE_IRQ:
        return stop->number < INTC_SOURCES && irq_names[stop->number] != NULL;
    default:
        return true;
    }
}

/* What is wrong with the words, NULL: nothing. */
static const char *read_stop(const image_watch_t *w, const char *word, const char *arg,
                             image_stop_t *stop)
{
    uint32_t kind = 0;
    while (kind < IMAGE_KINDS && strcmp(kinds[kind].word, word) != 0)
        kind++;
    if (kind == IMAGE_KINDS)
        return "it is break frame, row, npu-layer, packet, fifo-overflow or irq";
    *stop = (image_stop_t){.kind = (image_kind_t)kind, .number = IMAGE_ANY};
    if (arg[0] == '\0')
        return kinds[kind].needs ? "it needs a number or a name" : NULL;
    if (kind == IMAGE_LAYER) {
        snprintf(stop->name, sizeof(stop->name), "%s", arg);
        return is_layer(w, arg) ? NULL : "the network has no layer of that name";
    }
    if (!number_of(stop, arg, &stop->number))
        return "that is no number, nor a name";
    return can_come(w, stop) ? NULL : "that never comes";
}

static void command_break(image_watch_t *w, const char *rest, gdb_text_t *reply)
{
    char word[32] = "", arg[64] = "";
    image_stop_t stop;
    sscanf(rest, "%31s %63s", word, arg);
    const char *wrong = read_stop(w, word, arg, &stop);
    if (wrong == NULL && w->stops == IMAGE_WATCHES)
        wrong = "there are too many already";
    if (wrong != NULL) {
        gdb_print(reply, "break %s: %s\n", rest, wrong);
        return;
    }
    w->stop[w->stops] = stop;
    print_stop(&stop, w->stops++, reply);
}

static void command_delete(image_watch_t *w, const char *rest, gdb_text_t *reply)
{
    char *end;
    unsigned long index = strtoul(rest, &end, 10);
    if (rest[0] == '\0') {
        w->stops = 0;
    } else if (*end != '\0' || index >= w->stops) {
        gdb_print(reply, "delete %s: no such break; `monitor info` lists them\n", rest);
    } else {
        w->stops--;
        memmove(&w->stop[index], &w->stop[index + 1], (w->stops - index) * sizeof(w->stop[0]));
    }
}

static void command_info(image_watch_t *w, const char *rest, gdb_text_t *reply)
{
    (void)rest;
    for (uint32_t i = 0; i < w->stops; i++)
        print_stop(&w->stop[i], i, reply);
    if (w->stops == 0)
        gdb_print(reply, "no breaks on the image\n");
}

/* Rows of the frame that is read that have been read by now. */
static uint32_t rows_read(const pix_t *pixel)
{
    return pixel->reading ? pixel->row : pixel->frames > 0 ? pix_frame_lines(&pixel->now) : 0;
}

static void command_frame(image_watch_t *w, const char *rest, gdb_text_t *reply)
{
    const sensor_t *s = w->sensor;
    const pix_t *p = &s->pixel;
    pix_size_t size = pix_frame_size(&p->now);
    (void)rest;
    gdb_print(reply, "pixel: frame %u, %ux%u, %u rows read%s\n", p->now.frame, size.width_px,
              size.height_px, rows_read(p), p->reading ? "" : "; between frames");
    gdb_print(reply, "isp: tensor of frame %u at 0x%08x, %ux%ux%u\n", s->isp.regs.tensor_frame,
              s->isp.regs.tensor_addr, s->isp.regs.tensor_w, s->isp.regs.tensor_h,
              s->isp.regs.tensor_ch);
    gdb_print(reply, "npu: %s, layer %u %s\n",
              (s->npu.status_reg & NPU_STATUS_BUSY) != 0 ? "busy" : "idle", s->npu.layer_reg,
              layer_name(w, s->npu.layer_reg));
    gdb_print(reply, "link: %llu packets, FIFO %u bytes, %llu lines lost\n",
              (unsigned long long)s->mipi.packets, s->mipi.fifo_used,
              (unsigned long long)s->mipi.lines_lost);
}

/* ---- pictures ---- */

static bool make_image(sim_image_t *image, uint32_t width, uint32_t height, uint32_t channels)
{
    *image = (sim_image_t){width, height, channels, NULL};
    image->data = calloc((size_t)width * height, channels);
    return image->data != NULL;
}

/* Rows are made again: they follow from frame and row alone. The upper 8 bits; of two exposures the
 * long one. */
static const char *raw_image(const image_watch_t *w, sim_image_t *image)
{
    const pix_t *p = &w->sensor->pixel;
    pix_size_t size = pix_frame_size(&p->now);
    uint32_t rows = rows_read(p), shift = p->now.adc_bits - 8;
    if (rows == 0)
        return "no row was read yet";
    uint16_t *row = calloc(pix_row_room(&p->now), sizeof(*row));
    bool fine = row != NULL && make_image(image, size.width_px, size.height_px, 1);
    for (uint32_t i = 0; i < rows && fine; i++) {
        pix_line_t at = pix_line_at(&p->now, i);
        if (at.exposure != 0)
            continue;
        pix_row(p, &p->now, i, 0, row);
        for (uint32_t x = 0; x < size.width_px; x++)
            image->data[(size_t)at.row * size.width_px + x] = (uint8_t)(row[x] >> shift);
    }
    free(row);
    return fine ? NULL : "out of memory";
}

/* Planes of rows padded to 32 bytes and an even height (isp/writer.c); codes are signed. */
static const char *tensor_image(const image_watch_t *w, sim_image_t *image)
{
    const isp_regs_t *r = &w->sensor->isp.regs;
    const uint32_t pitch = (r->tensor_w + 31) / 32 * 32,
                   plane = pitch * ((r->tensor_h + 1) / 2 * 2);
    uint32_t channels = r->tensor_ch == 3 ? 3 : 1;
    if (r->tensor_w == 0 || r->tensor_h == 0 || r->tensor_ch == 0)
        return "the ISP makes no tensor";
    if (w->sensor->isp.tensors == 0)
        return "no tensor was made yet";
    if (!make_image(image, r->tensor_w, r->tensor_h, channels))
        return "out of memory";
    for (uint32_t y = 0; y < r->tensor_h; y++)
        for (uint32_t x = 0; x < r->tensor_w; x++)
            for (uint32_t c = 0; c < channels; c++) {
                uint8_t code = 0;
                bus_peek(&w->sensor->bus, r->tensor_addr + c * plane + y * pitch + x, &code, 1);
                image->data[((size_t)y * r->tensor_w + x) * channels + c] = code ^ 0x80;
            }
    return NULL;
}

static void command_save(image_watch_t *w, const char *rest, gdb_text_t *reply)
{
    char what[16] = "", file[256] = "", error[400] = "";
    sim_image_t image = {0};
    if (sscanf(rest, "%15s %255s", what, file) != 2) {
        gdb_print(reply, "save raw|tensor FILE\n");
        return;
    }
    const char *wrong = strcmp(what, "raw") == 0      ? raw_image(w, &image)
                        : strcmp(what, "tensor") == 0 ? tensor_image(w, &image)
                                                      : "it is save raw or save tensor";
    if (wrong == NULL && sim_png_write(file, &image, error, sizeof(error)) != SIM_OK)
        wrong = error;
    if (wrong != NULL)
        gdb_print(reply, "save %s: %s\n", rest, wrong);
    else
        gdb_print(reply, "%s: %ux%u, %u channels\n", file, image.width_px, image.height_px,
                  image.channels);
    sim_image_free(&image);
}

static const struct {
    const char *word, *help;
    uint32_t words; /* that can follow */
    void (*fn)(image_watch_t *w, const char *rest, gdb_text_t *reply);
} commands[] = {
    {"break", "frame [N] | row N | npu-layer NAME | packet DT | fifo-overflow | irq N", 2,
     command_break},
    {"info", "               breaks on the image", 0, command_info},
    {"delete", "[I]          takes one of them away, or all", 1, command_delete},
    {"frame", "              what frame each block is at", 0, command_frame},
    {"save", "raw|tensor FILE  as PNG", 2, command_save},
};

bool image_watch_command(image_watch_t *w, const char *word, const char *rest, gdb_text_t *reply)
{
    bool help = strcmp(word, "help") == 0;
    for (size_t i = 0; i < SIM_COUNT(commands); i++) {
        if (help)
            gdb_print(reply, "monitor %s %s\n", commands[i].word, commands[i].help);
        if (strcmp(word, commands[i].word) != 0)
            continue;
        if (gdb_words_fit(word, rest, commands[i].words, reply))
            commands[i].fn(w, rest, reply);
        return true;
    }
    return help;
}
