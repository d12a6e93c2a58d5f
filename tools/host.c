#include "tools/host.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/fovea_postmortem.h"
#include "mipi/embedded.h"
#include "sim/file.h"
#include "tools/postmortem.h"

enum { MAX_ELF_BYTES = 16 << 20 };

void host_tell(host_t *host, const link_problem_t *problem)
{
    host->problems++;
    if (host->on_problem != NULL) {
        host->on_problem(host->ctx, problem);
        return;
    }
    fputs("link: ", stderr);
    link_problem_print(problem, stderr);
}

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    link_problem_t problem = link_problem_of_event(event);
    if (!mipi_rx_kind_is_note(event->kind))
        host_tell(ctx, &problem);
}

static void write_line(FILE *to, sim_json_t *line)
{
    char *text = to != NULL ? sim_json_print(line, false) : NULL;
    if (text != NULL)
        fprintf(to, "%s\n", text);
    free(text);
    sim_json_free(line);
}

static void complain(host_t *host, const mipi_rx_frame_t *frame, const char *what,
                     const char *error)
{
    const link_problem_t problem = {.what = what,
                                    .text = error,
                                    .packet = frame->first_packet,
                                    .has_time = true,
                                    .time_ps = frame->start_ps};
    host_tell(host, &problem);
}

static void take_metadata(host_t *host, const mipi_rx_frame_t *frame,
                          const mipi_rx_stream_t *stream)
{
    metadata_t metadata;
    char error[160];
    if (!metadata_parse(stream->bytes, stream->byte_count, &metadata, error, sizeof(error))) {
        complain(host, frame, "metadata", error);
        return;
    }
    host->metadata_frames++;
    write_line(host->metadata, metadata_json(&metadata, &host->names));
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
        complain(host, frame, "postmortem", error);
        return;
    }
    host->postmortems++;
    write_line(host->postmortem, postmortem_json(stream->bytes, names(host)));
}

static void take_tensors(host_t *host, const mipi_rx_frame_t *frame)
{
    tensor_files_t *tensors = &host->tensors;
    bool fine = tensor_files_take(tensors, frame);
    if (tensors->told && host->on_tensors != NULL)
        host->on_tensors(host->ctx);
    if (fine)
        return;
    if (!tensors->file_failed) {
        complain(host, frame, "tensors", tensors->error);
    } else if (host->error[0] == '\0') {
        memcpy(host->error, tensors->error, sizeof(host->error));
    }
}

/* ---- images and frames --------------------------------------------------------------------------
 */
static const mipi_rx_stream_t *image_stream(const mipi_rx_frame_t *frame)
{
    for (uint32_t i = 0; i < frame->streams; i++)
        if (host_image_is(&frame->stream[i]))
            return &frame->stream[i];
    return NULL;
}

/* "raw_00003.png" */
static void name_image(const host_t *host, const mipi_rx_stream_t *image, char *name, size_t bytes)
{
    bool raw = host_image_is_raw(image);
    snprintf(name, bytes, "%s_%05llu.%s", raw ? "raw" : "rgb",
             (unsigned long long)(raw ? host->raw_frames : host->rgb_frames),
             host_image_suffix(image, host->format));
}

static void write_image(host_t *host, const mipi_rx_stream_t *image, const char *name)
{
    char file[1024];
    snprintf(file, sizeof(file), "%s/%s", host->frames_dir, name);
    if (host_image_write(file, image, host->format, host->error, sizeof(host->error)))
        host->error[0] = '\0';
}

static sim_json_t *stream_json(const mipi_rx_stream_t *s)
{
    sim_json_t *out = sim_json_object();
    sim_json_add_u64(out, "dt", s->dt);
    sim_json_add_str(out, "type", mipi_dt_name(s->dt));
    sim_json_add_u64(out, "lines", s->lines);
    sim_json_add_u64(out, "bad_lines", s->bad_lines);
    sim_json_add_u64(out, "line_bytes", s->line_bytes);
    if (host_image_is(s))
        sim_json_add_u64(out, "width_px", host_image_width(s));
    return out;
}

static void tell_frame(const host_t *host, const mipi_rx_frame_t *frame, const char *file)
{
    if (host->frames == NULL)
        return;
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "vc", frame->vc);
    sim_json_add_u64(line, "number", frame->number);
    sim_json_add_bool(line, "complete", frame->complete);
    sim_json_add_u64(line, "problems", frame->events);
    sim_json_add_u64(line, "first_packet", frame->first_packet);
    sim_json_add_u64(line, "last_packet", frame->last_packet);
    sim_json_add_u64(line, "start_ps", frame->start_ps);
    sim_json_add_u64(line, "end_ps", frame->end_ps);
    if (file != NULL)
        sim_json_add_str(line, "file", file);
    sim_json_t *streams = sim_json_add_array(line, "streams");
    for (uint32_t i = 0; i < frame->streams; i++)
        sim_json_add_value(streams, NULL, stream_json(&frame->stream[i]));
    write_line(host->frames, line);
}

static void take_image(host_t *host, const mipi_rx_frame_t *frame, const mipi_rx_stream_t *image)
{
    char name[64];
    bool write = host->frames_dir != NULL && host->format != HOST_NONE;
    name_image(host, image, name, sizeof(name));
    if (write && host->error[0] == '\0')
        write_image(host, image, name);
    if (host_image_is_raw(image))
        host->raw_frames++;
    else
        host->rgb_frames++;
    tell_frame(host, frame, write ? name : NULL);
    if (host->on_image != NULL)
        host->on_image(host->ctx);
}

static void on_frame(void *ctx, const mipi_rx_frame_t *frame)
{
    host_t *host = ctx;
    const mipi_rx_stream_t *metadata = mipi_rx_stream(frame, META_DATA_TYPE);
    if (frame->vc == META_VIRTUAL_CHANNEL && metadata != NULL && !tensor_files_may_be(metadata))
        take_metadata(host, frame, metadata);
    const mipi_rx_stream_t *postmortem = mipi_rx_stream(frame, PM_DATA_TYPE);
    if (frame->vc == PM_VIRTUAL_CHANNEL && postmortem != NULL && !tensor_files_may_be(postmortem))
        take_postmortem(host, frame, postmortem);
    take_tensors(host, frame);
    const mipi_rx_stream_t *image = image_stream(frame);
    if (image != NULL)
        take_image(host, frame, image);
    else
        tell_frame(host, frame, NULL);
    if (host->on_frame != NULL)
        host->on_frame(host->ctx, frame);
}

/* ---- packets ------------------------------------------------------------------------------------
 */
static void tell_packet(FILE *to, const mipi_header_t *header, const mipi_packet_t *packet,
                        bool good)
{
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "packet", packet->number);
    sim_json_add_u64(line, "time_ps", packet->start_ps);
    sim_json_add_u64(line, "vc", header->vc);
    sim_json_add_u64(line, "dt", header->dt);
    sim_json_add_str(line, "type", mipi_dt_name(header->dt));
    sim_json_add_u64(line, mipi_dt_is_short(header->dt) ? "data" : "word_count", header->word);
    sim_json_add_u64(line, "bytes", packet->count);
    sim_json_add_bool(line, "good", good);
    write_line(to, line);
}

enum { MAX_REGISTERS = 1024 };

/* A register line has dummy bytes where the image's pixels have their low bits, so its format tells
 * how deep they are. Fewer than 0: it is none of any depth. */
static int read_registers(const uint8_t *payload, uint32_t bytes, mipi_embedded_reg_t *regs)
{
    static const uint32_t depths[] = {10, 12, 14, 8};
    int count = -1;
    for (uint32_t i = 0; count < 0 && i < SIM_COUNT(depths); i++) {
        uint32_t at;
        count = mipi_embedded_read(payload, bytes, depths[i], regs, MAX_REGISTERS, &at);
    }
    return count;
}

static void tell_registers(const host_t *host, const mipi_header_t *header,
                           const mipi_packet_t *packet)
{
    mipi_embedded_reg_t regs[MAX_REGISTERS];
    int count = read_registers(packet->bytes + MIPI_HEADER_BYTES, header->word, regs);
    if (count < 0)
        return;
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "packet", packet->number);
    sim_json_add_u64(line, "time_ps", packet->start_ps);
    sim_json_add_u64(line, "vc", header->vc);
    sim_json_add_u64(line, "frame", host->rx.channel[header->vc].frame.number);
    sim_json_t *values = sim_json_add_object(line, "registers");
    for (int i = 0; i < count; i++) {
        char addr[8];
        snprintf(addr, sizeof(addr), "0x%04x", regs[i].addr);
        sim_json_add_u64(values, addr, regs[i].value);
    }
    write_line(host->embedded, line);
}

static void on_packet(void *ctx, const mipi_header_t *header, const mipi_packet_t *packet,
                      bool good)
{
    const host_t *host = ctx;
    if (host->packets != NULL)
        tell_packet(host->packets, header, packet, good);
    if (host->embedded != NULL && good && header->dt == MIPI_DT_EMBEDDED)
        tell_registers(host, header, packet);
}

void host_configure(host_t *host, const mipi_rx_desc_t *desc)
{
    const mipi_rx_callbacks_t callbacks = {
        .event = on_event, .packet = on_packet, .frame = on_frame, .ctx = host};
    mipi_rx_free(&host->rx);
    mipi_rx_init(&host->rx, desc, &callbacks);
}

void host_init(host_t *host, FILE *metadata, FILE *postmortem, const char *frames_dir)
{
    memset(host, 0, sizeof(*host));
    host->metadata = metadata;
    host->postmortem = postmortem;
    host->frames_dir = frames_dir;
    host_configure(host, NULL);
}

void host_packet(void *host, const mipi_packet_t *packet)
{
    host_t *h = host;
    mipi_rx_packet(&h->rx, packet);
}

uint64_t host_frames(const host_t *host)
{
    uint64_t tensors = host->tensors.frames;
    return host->metadata_frames > tensors ? host->metadata_frames : tensors;
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
    if (!tensor_files_finish(&host->tensors)) {
        const link_problem_t problem = {.what = "tensors", .text = host->tensors.error};
        host_tell(host, &problem);
    }
}

void host_free(host_t *host)
{
    mipi_rx_free(&host->rx);
    tensor_files_free(&host->tensors);
    source_lines_free(&host->lines);
}
