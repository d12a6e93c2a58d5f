#include "tools/boot_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/include/boot_image.h"
#include "sim/file.h"
#include "tools/version.h"

enum { GRANULE = 64, MAX_ELF_BYTES = 16 << 20 };

/* A segment to be: bytes of memory at a bus address. */
typedef struct {
    uint32_t kind, addr, bytes;
    const uint8_t *data;
} piece_t;

typedef struct {
    const sensor_desc_t *chip;
    bus_t bus; /* scratch: the firmware is loaded here first, which checks all of the ELF */
    sim_t *sim;
    uint8_t *l2, *touched; /* what the network writes, and which granules */
    piece_t piece[BOOT_SEGMENTS];
    uint32_t pieces, entry;
} maker_t;

static bool fail(char *error, size_t error_bytes, const char *file, const char *why)
{
    snprintf(error, error_bytes, "%s: %s", file, why);
    return false;
}

static bool add_piece(maker_t *m, piece_t piece)
{
    if (m->pieces == BOOT_SEGMENTS)
        return false;
    m->piece[m->pieces++] = piece;
    return true;
}

/* ---- firmware ---- */

static bool add_firmware(maker_t *m, const uint8_t *elf, size_t elf_bytes, const char *name,
                         char *error, size_t error_bytes)
{
    bus_desc_t desc = m->chip->logic.bus;
    elf_segment_t segment[ELF_SEGMENTS];
    elf_info_t info;
    uint32_t count;
    desc.l2_bytes = 0; /* firmware in L2 would be the network's: refused */
    if (bus_init(&m->bus, m->sim, &desc, "bus") != SIM_OK)
        return fail(error, error_bytes, name, sim_error(m->sim));
    if (elf_load(&m->bus, elf, elf_bytes, name, &info, error, error_bytes) != SIM_OK ||
        elf_segments(elf, elf_bytes, name, segment, &count, error, error_bytes) != SIM_OK)
        return false;
    m->entry = info.entry;
    for (uint32_t i = 0; i < count; i++) {
        const elf_segment_t *s = &segment[i];
        if (s->file_bytes == 0)
            continue;
        if (bus_area(&m->bus, s->paddr, s->mem_bytes) != BUS_TCM)
            return fail(error, error_bytes, name, "a segment is not for the core's RAM");
        piece_t piece = {BOOT_KIND_FIRMWARE, s->paddr, (s->file_bytes + 3u) & ~3u,
                         m->bus.tcm + (s->paddr - desc.tcm_base)};
        if (!add_piece(m, piece))
            return fail(error, error_bytes, name, "too many segments for a boot image");
    }
    return true;
}

/* ---- networks: what their loader pokes ---- */

static bool poke(void *ctx, uint32_t addr, const void *data, uint32_t bytes)
{
    maker_t *m = ctx;
    uint32_t size = m->chip->logic.l2.bytes, offset = addr - m->chip->logic.l2.base;
    if (offset >= size || bytes > size - offset)
        return false;
    memcpy(m->l2 + offset, data, bytes);
    for (uint32_t g = offset / GRANULE; bytes != 0 && g <= (offset + bytes - 1) / GRANULE; g++)
        m->touched[g] = 1;
    return true;
}

/* The next run of touched granules from *from on; *from moves behind it. */
static bool next_run(const maker_t *m, uint32_t *from, uint32_t *end)
{
    uint32_t granules = (m->chip->logic.l2.bytes + GRANULE - 1) / GRANULE;
    while (*from < granules && m->touched[*from] == 0)
        (*from)++;
    *end = *from;
    while (*end < granules && m->touched[*end] != 0)
        (*end)++;
    return *end > *from;
}

/* Fills gaps, narrow ones first, until at most `most` (1..) runs are left. */
static void join_runs(maker_t *m, uint32_t most)
{
    for (uint32_t gap = 1;; gap *= 2) {
        uint32_t runs = 0, from = 0, end, last = 0;
        while (next_run(m, &from, &end)) {
            if (runs != 0 && from - last < gap)
                memset(m->touched + last, 1, from - last);
            else
                runs++;
            last = from = end;
        }
        if (runs <= most)
            return;
    }
}

static bool add_networks(maker_t *m, const npu_prog_t *network, uint32_t networks, char *error,
                         size_t error_bytes)
{
    const l2_desc_t *l2 = &m->chip->logic.l2;
    sim_mem_port_t port = {.poke = poke, .ctx = m};
    m->l2 = calloc(1, l2->bytes + GRANULE);
    m->touched = calloc(1, l2->bytes / GRANULE + 2);
    if (m->l2 == NULL || m->touched == NULL)
        return fail(error, error_bytes, network->meta.name, "out of memory");
    for (uint32_t n = 0; n < networks; n++) {
        if (!npu_prog_fits(&network[n], &m->chip->npu, error, error_bytes))
            return false;
        if (!npu_prog_load(&network[n], &port, l2->base))
            return fail(error, error_bytes, network[n].meta.name, "does not fit the L2");
    }
    uint32_t from = 0, end;
    if (m->pieces == BOOT_SEGMENTS)
        return fail(error, error_bytes, network->meta.name, "the firmware takes all segments");
    join_runs(m, BOOT_SEGMENTS - m->pieces);
    for (; next_run(m, &from, &end); from = end) {
        uint32_t first = from * GRANULE, last = end * GRANULE;
        last = last < l2->bytes ? last : l2->bytes;
        if (!add_piece(m,
                       (piece_t){BOOT_KIND_NETWORK, l2->base + first, last - first, m->l2 + first}))
            return fail(error, error_bytes, network->meta.name, "no segment left");
    }
    return true;
}

/* ---- the file ---- */

static void put_words(uint8_t *to, const uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < 4 * count; i++)
        to[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
}

/* FOVEA_VERSION in bytes, highest first. */
static uint32_t build(void)
{
    uint32_t value = 0;
    const char *at = FOVEA_VERSION;
    for (uint32_t shift = 24; shift != 0; shift -= 8) {
        char *end;
        value |= (uint32_t)(strtoul(at, &end, 10) & 0xff) << shift;
        at = *end == '.' ? end + 1 : end;
    }
    return value;
}

static uint32_t fill_header(const maker_t *m, uint32_t header[BOOT_HEADER_WORDS])
{
    uint32_t at = BOOT_HEADER_BYTES;
    memset(header, 0, BOOT_HEADER_BYTES);
    for (uint32_t i = 0; i < m->pieces; i++) {
        uint32_t *s = header + BOOT_HEAD_WORDS + i * BOOT_SEG_WORDS;
        s[BOOT_SEG_KIND] = m->piece[i].kind;
        s[BOOT_SEG_OFFSET] = at;
        s[BOOT_SEG_BYTES] = m->piece[i].bytes;
        s[BOOT_SEG_ADDR] = m->piece[i].addr;
        s[BOOT_SEG_CRC] = sim_crc32(0, m->piece[i].data, m->piece[i].bytes);
        at += m->piece[i].bytes;
    }
    header[BOOT_MAGIC_W] = BOOT_MAGIC;
    header[BOOT_VERSION_W] = BOOT_VERSION;
    header[BOOT_BYTES_W] = at;
    header[BOOT_COUNT_W] = m->pieces;
    header[BOOT_ENTRY_W] = m->entry;
    header[BOOT_BUILD_W] = build();
    header[BOOT_CRC_WORD] = boot_crc(header, BOOT_CRC_WORD);
    return at;
}

/* An image without firmware is for a host to send. */
static const char *problem(const maker_t *m, const uint32_t *header)
{
    bool firmware = m->piece[0].kind == BOOT_KIND_FIRMWARE;
    uint32_t kinds = firmware ? BOOT_KINDS_ALL : 1u << BOOT_KIND_NETWORK;
    static const char *const texts[] = {
#define X(name, value, text) [value] = text,
        BOOT_ERRORS(X)
#undef X
    };
    const logic_desc_t *logic = &m->chip->logic;
    uint32_t tcm = logic->bus.tcm_bytes, stack = tcm < BOOT_STACK_BYTES ? tcm : BOOT_STACK_BYTES;
    const boot_limits_t limits = {logic->bus.tcm_base,    tcm - stack,
                                  logic->l2.base,         logic->l2.bytes,
                                  logic->flash.bytes / 2, kinds};
    uint32_t code = boot_check(header, &limits);
    return code != BOOT_E_FINE ? texts[code] : NULL;
}

static bool write_image(const maker_t *m, const char *name, boot_image_t *image, char *error,
                        size_t error_bytes)
{
    uint32_t header[BOOT_HEADER_WORDS];
    image->bytes = fill_header(m, header);
    const char *why = problem(m, header);
    if (why != NULL)
        return fail(error, error_bytes, name, why);
    image->data = malloc(image->bytes);
    if (image->data == NULL)
        return fail(error, error_bytes, name, "out of memory");
    put_words(image->data, header, BOOT_HEADER_WORDS);
    for (uint32_t i = 0, at = BOOT_HEADER_BYTES; i < m->pieces; at += m->piece[i++].bytes)
        memcpy(image->data + at, m->piece[i].data, m->piece[i].bytes);
    return true;
}

bool boot_image_make(const sensor_desc_t *chip, const uint8_t *elf, size_t elf_bytes,
                     const char *elf_name, const npu_prog_t *network, uint32_t networks,
                     boot_image_t *image, char *error, size_t error_bytes)
{
    maker_t m = {.chip = chip, .sim = sim_new()};
    *image = (boot_image_t){0};
    bool fine = m.sim != NULL || fail(error, error_bytes, elf_name, "out of memory");
    fine = fine &&
           (elf == NULL || add_firmware(&m, elf, elf_bytes, elf_name, error, error_bytes)) &&
           (networks == 0 || add_networks(&m, network, networks, error, error_bytes)) &&
           write_image(&m, elf_name, image, error, error_bytes);
    bus_free(&m.bus);
    free(m.l2);
    free(m.touched);
    sim_free(m.sim);
    return fine;
}

bool boot_image_load(const sensor_desc_t *chip, const char *firmware, const npu_prog_t *network,
                     uint32_t networks, boot_image_t *image, char *error, size_t error_bytes)
{
    size_t bytes = 0;
    uint8_t *elf = NULL;
    *image = (boot_image_t){0};
    if (firmware != NULL) {
        elf = sim_file_read(firmware, MAX_ELF_BYTES, &bytes, error, error_bytes);
        if (elf == NULL)
            return false;
    }
    const char *name = firmware != NULL ? firmware : network->meta.name;
    bool fine =
        boot_image_make(chip, elf, bytes, name, network, networks, image, error, error_bytes);
    free(elf);
    return fine;
}
