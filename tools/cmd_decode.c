/*
 * cmd_decode.c - fovea decode: what was on a link to what the host would have seen.
 *
 *   link.csi2 -----> records --------------------+
 *   CSI2LANES 1 ---> rows of lanes --> aligner --+--> host --> metadata, images, lines of JSON
 *                                                +---------> violations, counters
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipi/capture.h"
#include "mipi/lanes_read.h"
#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/host.h"

/* ---- files out ----------------------------------------------------------------------------------
 */
enum {
    OUT_METADATA,
    OUT_POSTMORTEM,
    OUT_EMBEDDED,
    OUT_FRAMES,
    OUT_TENSORS,
    OUT_PACKETS,
    OUT_FILES
};
enum { OUT_PATH = 1024 };

static const char *const out_names[OUT_FILES] = {
    [OUT_METADATA] = "metadata.jsonl", [OUT_POSTMORTEM] = "postmortem.jsonl",
    [OUT_EMBEDDED] = "embedded.jsonl", [OUT_FRAMES] = "frames.jsonl",
    [OUT_TENSORS] = "tensors.jsonl",   [OUT_PACKETS] = "packets.jsonl",
};

typedef struct {
    const char *dir; /* NULL: none are written */
    uint32_t files;  /* of the names above */
    FILE *file[OUT_FILES];
} output_t;

static bool output_open(output_t *out, char *error, size_t error_bytes)
{
    if (out->dir == NULL)
        return true;
    bool fine = sim_dir_make(out->dir, error, error_bytes) == SIM_OK;
    for (uint32_t i = 0; fine && i < out->files; i++) {
        char path[OUT_PATH];
        snprintf(path, sizeof(path), "%s/%s", out->dir, out_names[i]);
        out->file[i] = sim_file_create(path, error, error_bytes);
        fine = out->file[i] != NULL;
    }
    return fine;
}

/* Gives the files their names, or, when keep is false, removes them. */
static bool output_close(output_t *out, bool keep, char *error, size_t error_bytes)
{
    for (uint32_t i = 0; i < OUT_FILES; i++) {
        char path[OUT_PATH];
        if (out->file[i] == NULL)
            continue;
        snprintf(path, sizeof(path), "%s/%s", out->dir, out_names[i]);
        if (keep)
            keep = sim_file_commit(out->file[i], path, error, error_bytes) == SIM_OK;
        else
            sim_file_abandon(out->file[i], path);
    }
    return keep;
}

/* ---- one input ----------------------------------------------------------------------------------
 */
enum { SECTIONS = 64 }; /* of the result; a link that changes more often tells the first of them */

/* What sent the packets from that number on. */
typedef struct {
    uint64_t first_packet;
    mipi_capture_link_t link;
} link_section_t;

typedef struct {
    const char *file, *format; /* "capture", "lanes", "trios" */
    const sim_json_t *config;  /* of the run; NULL: not known */
    output_t out;
    host_t host;
    bool check, json;
    uint64_t told;           /* violations */
    mipi_align_desc_t align; /* what the host's lanes are set for */
    /* what the input said of itself */
    uint64_t packets;
    mipi_capture_link_t link; /* the newest */
    link_section_t section[SECTIONS];
    uint32_t sections;
    uint64_t damage[MIPI_CAPTURE_PROBLEM_KINDS];
    char error[MIPI_LANES_ERROR_BYTES + 16]; /* why it cannot be read */
} decode_t;

/* Violations are results of a check, and messages otherwise. */
static void on_problem(void *ctx, const link_problem_t *problem)
{
    decode_t *d = ctx;
    if (!d->check) {
        fputs("link: ", stderr);
        link_problem_print(problem, stderr);
    } else if (!d->json) {
        link_problem_print(problem, stdout);
    } else {
        sim_json_t *line = link_problem_json(problem);
        char *text = sim_json_print(line, false);
        printf("%s\n%s", d->told == 0 ? "{\"violations\":[" : ",", text != NULL ? text : "");
        free(text);
        sim_json_free(line);
    }
    d->told++;
}

static void on_damage(void *ctx, const mipi_capture_problem_t *problem)
{
    decode_t *d = ctx;
    d->damage[problem->kind]++;
    if (problem->kind == MIPI_CAPTURE_NOT_A_CAPTURE || problem->kind == MIPI_CAPTURE_OTHER_VERSION)
        return; /* the command's own last word */
    const link_problem_t p = link_problem_of_capture(problem);
    host_tell(&d->host, &p);
}

static bool same_link(const mipi_capture_link_t *a, const mipi_capture_link_t *b)
{
    return a->signaling == b->signaling && a->lanes == b->lanes &&
           a->bit_rate_bps == b->bit_rate_bps;
}

static void note_link(decode_t *d, const mipi_capture_link_t *link, uint64_t packet)
{
    bool known = d->sections > 0 && same_link(&d->link, link);
    d->link = *link;
    if (!known && d->sections < SECTIONS)
        d->section[d->sections++] = (link_section_t){packet, *link};
}

static bool read_capture(decode_t *d, FILE *stream)
{
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    bool fine = mipi_capture_open_stream(&reader, stream, on_damage, d);
    if (fine)
        while (mipi_capture_next(&reader, &packet)) {
            note_link(d, &reader.link, packet.number);
            host_packet(&d->host, &packet);
        }
    else
        snprintf(d->error, sizeof(d->error),
                 "byte 0: neither a link capture of version %u nor CSI2LANES 1",
                 MIPI_CAPTURE_VERSION);
    d->format = "capture";
    d->packets = reader.packets;
    if (d->sections == 0)
        note_link(d, &reader.link, 0);
    mipi_capture_close(&reader);
    return fine;
}

/* A trio's symbol is 16/7 bits. */
static uint64_t rate_of(const mipi_lanes_info_t *info)
{
    uint64_t rate = info->rate_mbps * 1000000;
    return info->trios ? rate * 16 / 7 : rate;
}

static bool read_lanes(decode_t *d, FILE *stream)
{
    mipi_lanes_info_t info;
    bool fine =
        mipi_lanes_read(stream, &d->align, mipi_rx_packet, mipi_rx_event, &d->host.rx, &info);
    if (!fine)
        snprintf(d->error, sizeof(d->error), "%s", info.error);
    d->format = info.trios ? "trios" : "lanes";
    d->packets = info.packets;
    const mipi_capture_link_t link = {.signaling = info.trios ? MIPI_CPHY : MIPI_DPHY,
                                      .lanes = info.lanes,
                                      .bit_rate_bps = rate_of(&info)};
    note_link(d, &link, 0);
    return fine;
}

/* A capture begins with F, the text of lanes with C. */
static bool read_input(decode_t *d, FILE *stream)
{
    int first = ungetc(getc(stream), stream);
    if (!ferror(stream) && !(first == 'C' ? read_lanes(d, stream) : read_capture(d, stream)))
        return false;
    if (ferror(stream))
        snprintf(d->error, sizeof(d->error), "%s", strerror(errno));
    return !ferror(stream);
}

/* ---- what is told at the end --------------------------------------------------------------------
 */
static const char *phy_name(const mipi_capture_link_t *link)
{
    return link->signaling == MIPI_DPHY ? "D-PHY" : link->signaling == MIPI_CPHY ? "C-PHY" : "";
}

static void add_link(sim_json_t *to, const mipi_capture_link_t *link)
{
    sim_json_add_str(to, "phy", phy_name(link));
    sim_json_add_u64(to, "lanes", link->lanes);
    sim_json_add_u64(to, "bit_rate_bps", link->bit_rate_bps);
}

/* What sent, where it changed on the way. */
static void add_sections(sim_json_t *out, const decode_t *d)
{
    sim_json_t *list = sim_json_add_array(out, "links");
    for (uint32_t i = 0; i < d->sections; i++) {
        sim_json_t *section = sim_json_object();
        sim_json_add_u64(section, "first_packet", d->section[i].first_packet);
        add_link(section, &d->section[i].link);
        sim_json_add_value(list, NULL, section);
    }
}

static sim_json_t *result_json(const decode_t *d)
{
    sim_json_t *out = sim_json_object();
    sim_json_add_str(out, "file", d->file);
    if (d->error[0] != '\0')
        sim_json_add_str(out, "error", d->error);
    if (d->format != NULL)
        sim_json_add_str(out, "format", d->format);
    add_link(out, &d->link);
    if (d->sections > 1)
        add_sections(out, d);
    sim_json_add_u64(out, "packets", d->packets);
    sim_json_add_u64(out, "metadata_frames", d->host.metadata_frames);
    sim_json_add_u64(out, "tensor_frames", d->host.tensors.frames);
    sim_json_add_u64(out, "raw_frames", d->host.raw_frames);
    sim_json_add_u64(out, "rgb_frames", d->host.rgb_frames);
    sim_json_add_u64(out, "postmortems", d->host.postmortems);
    sim_json_add_u64(out, "problems", d->host.problems);
    sim_json_t *damage = sim_json_add_object(out, "file_damage");
    for (uint32_t k = 0; k < MIPI_CAPTURE_PROBLEM_KINDS; k++)
        if (d->damage[k] != 0)
            sim_json_add_u64(damage, mipi_capture_kind_name((mipi_capture_kind_t)k), d->damage[k]);
    link_counters_json(&d->host.rx, out);
    return out;
}

/* One object; violations were written as they came. */
static void print_json(const decode_t *d)
{
    sim_json_t *out = result_json(d);
    char *text = sim_json_print(out, false);
    if (d->check)
        printf("%s],\n%s\n", d->told == 0 ? "{\"violations\":[" : "\n",
               text != NULL ? text + 1 : "}");
    else
        printf("%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(out);
}

static void print_result(const decode_t *d)
{
    const host_t *host = &d->host;
    if (d->json)
        print_json(d);
    if (d->json || d->check || d->error[0] != '\0')
        return;
    printf("%s: %llu packets, %llu metadata frames, %llu images, %llu problems", d->file,
           (unsigned long long)d->packets, (unsigned long long)host->metadata_frames,
           (unsigned long long)(host->raw_frames + host->rgb_frames),
           (unsigned long long)host->problems);
    if (host->tensors.frames != 0)
        printf(", tensor lines in %llu frames", (unsigned long long)host->tensors.frames);
    if (host->postmortems != 0)
        printf(", %llu post-mortems", (unsigned long long)host->postmortems);
    if (d->link.lanes != 0)
        printf("; %u %s of %s, %.1f Mb/s each", d->link.lanes,
               d->link.signaling == MIPI_CPHY ? "trios" : "lanes",
               d->link.signaling == 0 ? "a PHY not told" : phy_name(&d->link),
               (double)d->link.bit_rate_bps / 1e6);
    putchar('\n');
}

static int decode(decode_t *d, FILE *stream, const mipi_rx_desc_t *desc, const char *elf,
                  host_format_t format)
{
    output_t *out = &d->out;
    host_init(&d->host, out->file[OUT_METADATA], out->file[OUT_POSTMORTEM], out->dir);
    host_configure(&d->host, desc);
    d->host.names = metadata_names(d->config);
    d->host.elf = elf;
    d->host.format = format;
    d->host.embedded = out->file[OUT_EMBEDDED];
    d->host.frames = out->file[OUT_FRAMES];
    d->host.packets = out->file[OUT_PACKETS];
    d->host.tensors.lines = out->file[OUT_TENSORS];
    d->host.tensors.dir = format != HOST_NONE ? out->dir : NULL;
    d->host.on_problem = on_problem;
    d->host.ctx = d;
    bool read = read_input(d, stream);
    if (read)
        host_finish(&d->host);
    print_result(d);
    int code = d->host.problems != 0 ? EXIT_FAILED : EXIT_FINE;
    if (!read)
        code = cli_fail(EXIT_USAGE, "%s: %s", d->file, d->error);
    else if (d->host.error[0] != '\0')
        code = cli_fail(EXIT_FAILED, "%s", d->host.error);
    return code;
}

static int decode_file(decode_t *d, const mipi_rx_desc_t *desc, const char *elf,
                       host_format_t format)
{
    char error[512];
    FILE *stream = fopen(d->file, "rb");
    if (stream == NULL)
        return cli_fail(EXIT_USAGE, "%s: %s", d->file, strerror(errno));
    if (!output_open(&d->out, error, sizeof(error))) {
        output_close(&d->out, false, NULL, 0);
        fclose(stream);
        return cli_fail(EXIT_FAILED, "%s", error);
    }
    int code = decode(d, stream, desc, elf, format);
    fclose(stream);
    bool keep = code != EXIT_USAGE && d->host.error[0] == '\0';
    host_free(&d->host);
    if (!output_close(&d->out, keep, error, sizeof(error)) && keep)
        return cli_fail(EXIT_FAILED, "%s", error);
    return code;
}

/* ---- options ------------------------------------------------------------------------------------
 */
/* A number to `high` and one of the characters of `ends` behind it. */
static bool read_field(const char **text, unsigned long high, const char *ends,
                       unsigned long *value)
{
    char *end;
    *value = strtoul(*text, &end, 0);
    bool fine = end != *text && *value <= high && strchr(ends, *end) != NULL;
    *text = end;
    return fine;
}

/* "0:0x2b:1520,0:0x12": channel, data type and, if it matters, lines of an image. */
static bool read_expected(const cli_t *cli, const char *text, mipi_rx_desc_t *desc)
{
    while (text != NULL && *text != '\0') {
        const char *at = text;
        unsigned long vc, dt = 0, lines = 0;
        bool fine = read_field(&at, MIPI_VCS - 1, ":", &vc) && *at++ == ':' &&
                    read_field(&at, 63, ":,", &dt);
        if (fine && *at == ':') {
            at++;
            fine = mipi_dt_is_image((uint8_t)dt) && read_field(&at, UINT16_MAX, ",", &lines);
            desc->lines[vc] = (uint32_t)lines;
        }
        if (!fine) {
            cli_fail(
                EXIT_USAGE,
                "%s: --expect: '%s', expected VC:DT[:LINES],.. with VC 0..15, DT 0..63, LINES of "
                "images (DT 0x18..0x2f)",
                cli->name, text);
            return false;
        }
        desc->expect[vc] |= UINT64_C(1) << dt;
        text = *at == ',' ? at + 1 : at;
    }
    return true;
}

/* "0x1008,0x1188": the first lane's first. */
static bool read_seeds(const cli_t *cli, const char *text, mipi_align_desc_t *align)
{
    align->scrambled = text != NULL;
    for (uint32_t n = 0; text != NULL && *text != '\0'; n++) {
        char *end;
        unsigned long seed = strtoul(text, &end, 0);
        if (end == text || seed > UINT16_MAX || n == MIPI_ALIGN_LANES ||
            (*end != ',' && *end != '\0')) {
            cli_fail(EXIT_USAGE, "%s: --descramble: '%s', expected up to %u numbers to 0xffff",
                     cli->name, text, MIPI_ALIGN_LANES);
            return false;
        }
        align->seed[n] = (uint16_t)seed;
        text = *end == ',' ? end + 1 : end;
    }
    return true;
}

static bool read_format(const cli_t *cli, const char *text, host_format_t *format)
{
    for (uint32_t i = 0; i < HOST_FORMAT_COUNT; i++)
        if (strcmp(text, host_format_names[i]) == 0) {
            *format = (host_format_t)i;
            return true;
        }
    cli_fail(EXIT_USAGE, "%s: --format: '%s', expected png, dng, raw or none", cli->name, text);
    return false;
}

int cmd_decode(int argc, char **argv)
{
    const char *dir = NULL, *elf = NULL, *format_text = "png", *packets = NULL, *check = NULL;
    const char *json = NULL, *expect = NULL, *lanes_text = NULL, *buffer_text = NULL;
    const char *lrte = NULL, *seeds = NULL, *names = NULL;
    const cli_opt_t opts[] = {
        {'o', "out", "DIR", "where lines and images go (default: frames; with --check: nowhere)",
         &dir},
        {'f', "format", "FORMAT",
         "of RAW images: png (default), dng, raw (16 bits a sample); none: no images",
         &format_text},
        {'p', "packets", NULL, "packets.jsonl, too: a line for each packet", &packets},
        {'c', "check", NULL, "violations are the result, a line each; exit code 1 if there is one",
         &check},
        {'j', "json", NULL, "the result as one JSON object, with all counters", &json},
        {0, "expect", "VC:DT[:LINES],..",
         "what the host is set for; the rest is reported and left out", &expect},
        {0, "lanes", "N", "lanes that the host is set for (CSI2LANES; default: the file's)",
         &lanes_text},
        {0, "lrte", NULL, "bursts have several packets (CSI2LANES)", &lrte},
        {0, "descramble", "SEED,..",
         "lanes or trios are scrambled (text of lanes): the seed of each", &seeds},
        {0, "line-buffer", "BYTES", "longest line that the host has room for", &buffer_text},
        {'e', "elf", "FILE", "the program: names functions in postmortem.jsonl", &elf},
        {0, "names", "FILE",
         "config.json of the run: names of lines, zones, facings in metadata.jsonl", &names}};
    const cli_t cli = {
        "decode",
        "FILE",
        "Decodes link.csi2, or lanes as CSI2LANES text, as a host would: metadata.jsonl, "
        "postmortem.jsonl,\nembedded.jsonl (registers), frames.jsonl, tensors.jsonl (IMX500's "
        "tensor lines) and images;\nRGB and YUV as PNG, output tensors as .npy.",
        opts,
        SIM_COUNT(opts),
        1,
        1};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    uint64_t lanes = 0, buffer = 0;
    mipi_rx_desc_t desc = {0};
    mipi_align_desc_t align = {.max_skew_bytes = MIPI_ALIGN_SKEW_BYTES, .lrte = lrte != NULL};
    host_format_t format;
    if (!read_seeds(&cli, seeds, &align) || !read_format(&cli, format_text, &format) ||
        !read_expected(&cli, expect, &desc) ||
        (lanes_text != NULL && !cli_u64(&cli, "lanes", lanes_text, 1, MIPI_ALIGN_LANES, &lanes)) ||
        (buffer_text != NULL &&
         !cli_u64(&cli, "line-buffer", buffer_text, 1, MIPI_MAX_PAYLOAD_BYTES, &buffer)))
        return EXIT_USAGE;
    desc.max_line_bytes = (uint32_t)buffer;
    align.used = (uint32_t)lanes;
    decode_t d = {.file = args[0],
                  .out = {.dir = dir != NULL || check != NULL ? dir : "frames",
                          .files = packets != NULL ? OUT_FILES : OUT_PACKETS},
                  .check = check != NULL,
                  .json = json != NULL,
                  .align = align};
    sim_doc_t *config = names != NULL ? sim_doc_load(names) : NULL;
    const char *wrong = config != NULL ? sim_doc_error(config) : NULL;
    if (wrong == NULL && config != NULL)
        d.config = sim_doc_root(config).node;
    int code =
        wrong != NULL ? cli_fail(EXIT_USAGE, "%s", wrong) : decode_file(&d, &desc, elf, format);
    sim_doc_free(config);
    return code;
}
