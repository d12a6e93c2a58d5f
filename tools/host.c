#include "tools/host.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/fovea_postmortem.h"
#include "sim/file.h"
#include "sim/png.h"
#include "tools/postmortem.h"

enum { MAX_ELF_BYTES = 16 << 20 };

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    host_t *host = ctx;
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
static void write_image(host_t *host, const mipi_rx_stream_t *stream)
{
    size_t count = (size_t)stream->width_px * stream->lines;
    sim_image_t image = {stream->width_px, stream->lines, 1, malloc(count)};
    char file[1024];
    snprintf(file, sizeof(file), "%s/raw_%05llu.png", host->frames_dir,
             (unsigned long long)host->image_frames);
    if (image.data == NULL) {
        snprintf(host->error, sizeof(host->error), "RAW image: out of memory");
        return;
    }
    for (size_t i = 0; i < count; i++)
        image.data[i] = (uint8_t)(stream->px[i] >> (stream->bits - 8));
    if (sim_png_write(file, &image, host->error, sizeof(host->error)) == SIM_OK)
        host->error[0] = '\0';
    sim_image_free(&image);
}

static const mipi_rx_stream_t *image_stream(const mipi_rx_frame_t *frame)
{
    for (uint32_t i = 0; i < frame->streams; i++)
        if (frame->stream[i].bits != 0 && frame->stream[i].px != NULL)
            return &frame->stream[i];
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
    host->image_frames++;
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

void host_finish(host_t *host)
{
    mipi_rx_finish(&host->rx);
}

void host_free(host_t *host)
{
    mipi_rx_free(&host->rx);
    source_lines_free(&host->lines);
}
