#include "tools/host.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/fovea_postmortem.h"
#include "isp/yuv.h"
#include "sim/file.h"
#include "sim/png.h"
#include "tools/postmortem.h"

enum { MAX_ELF_BYTES = 16 << 20 };

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    host_t *host = ctx;
    if (mipi_rx_kind_is_note(event->kind))
        return;
    host->problems++;
    fprintf(stderr, "link: packet %llu: %s%s", (unsigned long long)event->packet,
            mipi_rx_kind_text(event->kind), event->corrected ? " (corrected)" : "");
    if (event->found != event->expected)
        fprintf(stderr, ": found 0x%x, expected 0x%x", event->found, event->expected);
    fputc('\n', stderr);
}

static void write_line(FILE *to, sim_json_t *line)
{
    char *text = sim_json_print(line, false);
    if (text != NULL)
        fprintf(to, "%s\n", text);
    free(text);
    sim_json_free(line);
}

static void complain(host_t *host, const mipi_rx_frame_t *frame, const char *error)
{
    host->problems++;
    fprintf(stderr, "link: packets %llu..%llu: %s\n", (unsigned long long)frame->first_packet,
            (unsigned long long)frame->last_packet, error);
}

static void take_metadata(host_t *host, const mipi_rx_frame_t *frame,
                          const mipi_rx_stream_t *stream)
{
    metadata_t metadata;
    char error[160];
    if (!metadata_parse(stream->bytes, stream->byte_count, &metadata, error, sizeof(error))) {
        complain(host, frame, error);
        return;
    }
    host->metadata_frames++;
    write_line(host->metadata, metadata_json(&metadata));
    if (host->on_metadata != NULL)
        host->on_metadata(host->ctx, &metadata);
}

/* Functions by name, when somebody has died and the program is known. */
static const source_lines_t *names(host_t *host)
{
    size_t bytes;
    if (host->elf == NULL || host->error[0] != '\0')
        return NULL;
    if (host->lines.funcs != 0)
        return &host->lines;
    uint8_t *elf =
        sim_file_read(host->elf, MAX_ELF_BYTES, &bytes, host->error, sizeof(host->error));
    bool fine = elf != NULL && source_lines_add(&host->lines, elf, bytes, host->elf, host->error,
                                                sizeof(host->error));
    free(elf);
    if (fine)
        host->error[0] = '\0';
    return fine ? &host->lines : NULL;
}

static void take_postmortem(host_t *host, const mipi_rx_frame_t *frame,
                            const mipi_rx_stream_t *stream)
{
    char error[160];
    if (!postmortem_check(stream->bytes, stream->byte_count, error, sizeof(error))) {
        complain(host, frame, error);
        return;
    }
    host->postmortems++;
    write_line(host->postmortem, postmortem_json(stream->bytes, names(host)));
}

/* The mosaic as a gray picture: the upper eight bits of each sample. */
static void take_raw(const mipi_rx_stream_t *stream, uint8_t *out)
{
    size_t count = (size_t)stream->width_px * stream->lines;
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)(stream->px[i] >> (stream->bits - 8));
}

/* The link does not tell which YUV it is: full range of BT.601, the ISP's reset value. */
static void take_rgb(const mipi_rx_stream_t *stream, uint32_t width_px, uint8_t *out)
{
    for (uint32_t row = 0; row < stream->lines; row++) {
        const uint8_t *line = stream->bytes + (size_t)row * stream->line_bytes;
        uint8_t *to = out + (size_t)row * width_px * 3;
        if (stream->dt == MIPI_DT_RGB888)
            mipi_swap_rgb888(to, line, width_px);
        else
            yuv_unpack_422(line, width_px, YUV_FULL, to);
    }
}

/* Whole pixels, of YUV422 whole pairs of them, of a line. */
static uint32_t width_of(const mipi_rx_stream_t *stream)
{
    if (stream->dt == MIPI_DT_RGB888)
        return stream->line_bytes / 3;
    return stream->dt == MIPI_DT_YUV422_8 ? stream->line_bytes / 4 * 2 : stream->width_px;
}

static void write_image(host_t *host, const mipi_rx_stream_t *stream)
{
    bool raw = stream->bits != 0;
    sim_image_t image = {width_of(stream), stream->lines, raw ? 1 : 3, NULL};
    char file[1024];
    snprintf(file, sizeof(file), "%s/%s_%05llu.png", host->frames_dir, raw ? "raw" : "rgb",
             (unsigned long long)(raw ? host->raw_frames : host->rgb_frames));
    if (image.width_px == 0 || image.height_px == 0)
        return;
    image.data = malloc((size_t)image.width_px * image.height_px * image.channels);
    if (image.data == NULL) {
        snprintf(host->error, sizeof(host->error), "image: out of memory");
        return;
    }
    if (raw)
        take_raw(stream, image.data);
    else
        take_rgb(stream, image.width_px, image.data);
    if (sim_png_write(file, &image, host->error, sizeof(host->error)) == SIM_OK)
        host->error[0] = '\0';
    sim_image_free(&image);
}

static const mipi_rx_stream_t *image_stream(const mipi_rx_frame_t *frame)
{
    for (uint32_t i = 0; i < frame->streams; i++) {
        const mipi_rx_stream_t *s = &frame->stream[i];
        if ((s->bits != 0 && s->px != NULL) || s->dt == MIPI_DT_RGB888 || s->dt == MIPI_DT_YUV422_8)
            return s;
    }
    return NULL;
}

static void on_frame(void *ctx, const mipi_rx_frame_t *frame)
{
    host_t *host = ctx;
    const mipi_rx_stream_t *metadata = mipi_rx_stream(frame, META_DATA_TYPE);
    if (frame->vc == META_VIRTUAL_CHANNEL && metadata != NULL)
        take_metadata(host, frame, metadata);
    const mipi_rx_stream_t *postmortem = mipi_rx_stream(frame, PM_DATA_TYPE);
    if (frame->vc == PM_VIRTUAL_CHANNEL && postmortem != NULL)
        take_postmortem(host, frame, postmortem);
    const mipi_rx_stream_t *image = image_stream(frame);
    if (image == NULL)
        return;
    if (host->frames_dir != NULL && host->error[0] == '\0')
        write_image(host, image);
    if (image->bits != 0)
        host->raw_frames++;
    else
        host->rgb_frames++;
    if (host->on_image != NULL)
        host->on_image(host->ctx);
}

void host_init(host_t *host, FILE *metadata, FILE *postmortem, const char *frames_dir)
{
    memset(host, 0, sizeof(*host));
    host->metadata = metadata;
    host->postmortem = postmortem;
    host->frames_dir = frames_dir;
    mipi_rx_desc_t desc = {0};
    mipi_rx_callbacks_t callbacks = {.event = on_event, .frame = on_frame, .ctx = host};
    mipi_rx_init(&host->rx, &desc, &callbacks);
}

void host_packet(void *host, const mipi_packet_t *packet)
{
    host_t *h = host;
    mipi_rx_packet(&h->rx, packet);
}

bool host_image_open(const host_t *host)
{
    for (uint32_t vc = 0; vc < MIPI_VCS; vc++)
        if (host->rx.channel[vc].open && vc != META_VIRTUAL_CHANNEL && vc != PM_VIRTUAL_CHANNEL)
            return true;
    return false;
}

void host_finish(host_t *host)
{
    mipi_rx_finish(&host->rx);
}

void host_free(host_t *host)
{
    mipi_rx_free(&host->rx);
    source_lines_free(&host->lines);
}
