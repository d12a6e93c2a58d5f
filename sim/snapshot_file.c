/*
 * snapshot_file.c - a snapshot as a file.
 *
 *   header: magic, format, machine, version, ids, sizes, checksums (all little-endian)
 *   zlib stream of: small fields | a byte a page: 0 zeros, 1 bytes follow | those pages
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/deflate.h"
#include "sim/file.h"
#include "sim/hash.h"
#include "sim/snapshot_int.h"

#define MAGIC "FOVEASNP"
#define FORMAT 1u
#define MAX_FILE ((size_t)1 << 34)

enum {
    AT_FORMAT = 8,
    AT_MACHINE = 12,
    AT_VERSION = 16,
    VERSION_BYTES = 32,
    AT_IDS = AT_VERSION + VERSION_BYTES,
    WHAT_BYTES = 16,
    ID_BYTES = WHAT_BYTES + 8,
    AT_TIME = AT_IDS + SIM_SNAPSHOT_IDS * ID_BYTES,
    AT_SMALL = AT_TIME + 8,  /* bytes of small fields */
    AT_PAGES = AT_SMALL + 8, /* pages */
    AT_FULL = AT_PAGES + 8,  /* of these, with bytes */
    AT_PACKED = AT_FULL + 8, /* bytes of the zlib stream */
    AT_PACKED_CRC = AT_PACKED + 8,
    AT_CRC = AT_PACKED_CRC + 4, /* of the header */
    HEADER_BYTES = AT_CRC + 4,
};

typedef struct {
    uint64_t time_ps, used, pages, full, packed;
} sizes_t;

typedef struct {
    char *text;
    size_t bytes;
    const char *name;
} error_t;

static void put64(uint8_t *p, uint64_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get64(const uint8_t *p, uint32_t bytes)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)p[i] << (8 * i);
    return value;
}

/* Fields are kept as this machine has them in memory. */
static uint32_t machine(void)
{
    const uint32_t order = 0x01020304;
    uint8_t first;
    memcpy(&first, &order, 1);
    return (uint32_t)sizeof(void *) << 8 | first;
}

/* ---- out ---- */

static uint64_t full_pages(const sim_snapshot_t *s)
{
    uint64_t full = 0;
    for (size_t i = 0; i < s->pages; i++)
        full += s->page[i] != NULL;
    return full;
}

static uint8_t *pack(const sim_snapshot_t *s, size_t *bytes)
{
    sim_deflate_t *d = sim_deflate_new();
    if (d == NULL)
        return NULL;
    sim_deflate_add(d, s->bytes, s->used);
    for (size_t i = 0; i < s->pages; i++) {
        uint8_t full = s->page[i] != NULL;
        sim_deflate_add(d, &full, 1);
    }
    for (size_t i = 0; i < s->pages; i++)
        if (s->page[i] != NULL)
            sim_deflate_add(d, s->page[i]->data, SIM_PAGE_BYTES);
    return sim_deflate_end(d, bytes);
}

static void write_header(uint8_t header[HEADER_BYTES], const sim_snapshot_t *s,
                         const sim_snapshot_of_t *of, const uint8_t *packed, size_t bytes)
{
    memset(header, 0, HEADER_BYTES);
    memcpy(header, MAGIC, 8);
    put64(header + AT_FORMAT, FORMAT, 4);
    put64(header + AT_MACHINE, machine(), 4);
    snprintf((char *)header + AT_VERSION, VERSION_BYTES, "%s", of->version);
    for (uint32_t i = 0; i < SIM_SNAPSHOT_IDS && of->id[i].what != NULL; i++) {
        uint8_t *id = header + AT_IDS + i * ID_BYTES;
        snprintf((char *)id, WHAT_BYTES, "%s", of->id[i].what);
        put64(id + WHAT_BYTES, of->id[i].hash, 8);
    }
    put64(header + AT_TIME, s->time_ps, 8);
    put64(header + AT_SMALL, s->used, 8);
    put64(header + AT_PAGES, s->pages, 8);
    put64(header + AT_FULL, full_pages(s), 8);
    put64(header + AT_PACKED, bytes, 8);
    put64(header + AT_PACKED_CRC, sim_crc32(0, packed, bytes), 4);
    put64(header + AT_CRC, sim_crc32(0, header, AT_CRC), 4);
}

sim_err_t sim_snapshot_save(const sim_snapshot_t *snapshot, const char *file,
                            const sim_snapshot_of_t *of, char *error, size_t error_bytes)
{
    uint8_t header[HEADER_BYTES];
    size_t bytes;
    uint8_t *packed = pack(snapshot, &bytes);
    if (packed == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return SIM_ENOMEM;
    }
    write_header(header, snapshot, of, packed, bytes);
    FILE *stream = sim_file_create(file, error, error_bytes);
    sim_err_t err = SIM_EFILE;
    if (stream != NULL) {
        fwrite(header, 1, sizeof(header), stream);
        fwrite(packed, 1, bytes, stream);
        err = sim_file_commit(stream, file, error, error_bytes);
    }
    free(packed);
    return err;
}

/* ---- in ---- */

static bool wrong(const error_t *e, const char *why)
{
    snprintf(e->text, e->bytes, "%s: %s", e->name, why);
    return false;
}

static bool check_ids(const uint8_t *header, const sim_snapshot_of_t *of, const error_t *e)
{
    char version[VERSION_BYTES];
    bool ended = false;
    memcpy(version, header + AT_VERSION, sizeof(version));
    version[sizeof(version) - 1] = '\0';
    if (strcmp(version, of->version) != 0) {
        snprintf(e->text, e->bytes, "%s: made by another version of fovea (%.31s, here %s)",
                 e->name, version, of->version);
        return false;
    }
    for (uint32_t i = 0; i < SIM_SNAPSHOT_IDS; i++) {
        const uint8_t *id = header + AT_IDS + i * ID_BYTES;
        ended = ended || of->id[i].what == NULL;
        const char *what = ended ? "" : of->id[i].what;
        if (strncmp((const char *)id, what, WHAT_BYTES - 1) != 0)
            return wrong(e, "snapshot of another kind of run");
        if (!ended && get64(id + WHAT_BYTES, 8) != of->id[i].hash) {
            snprintf(e->text, e->bytes, "%s: snapshot of a run with another %s", e->name, what);
            return false;
        }
    }
    return true;
}

static bool check_header(const uint8_t *data, size_t bytes, const sim_snapshot_of_t *of,
                         const error_t *e)
{
    if (bytes < 8 || memcmp(data, MAGIC, 8) != 0)
        return wrong(e, "not a snapshot");
    if (bytes < HEADER_BYTES)
        return wrong(e, "snapshot is truncated");
    if (get64(data + AT_CRC, 4) != sim_crc32(0, data, AT_CRC))
        return wrong(e, "snapshot is damaged: checksum of the header");
    if (get64(data + AT_FORMAT, 4) != FORMAT) {
        snprintf(e->text, e->bytes,
                 "%s: made by another version of fovea (file format %u, here %u)", e->name,
                 (unsigned)get64(data + AT_FORMAT, 4), FORMAT);
        return false;
    }
    if (get64(data + AT_MACHINE, 4) != machine())
        return wrong(e, "snapshot of another kind of machine");
    return check_ids(data, of, e);
}

static bool check_sizes(const uint8_t *data, size_t bytes, sizes_t *sizes, const error_t *e)
{
    *sizes =
        (sizes_t){get64(data + AT_TIME, 8), get64(data + AT_SMALL, 8), get64(data + AT_PAGES, 8),
                  get64(data + AT_FULL, 8), get64(data + AT_PACKED, 8)};
    if (sizes->packed > bytes - HEADER_BYTES)
        return wrong(e, "snapshot is truncated");
    if (sizes->packed < bytes - HEADER_BYTES)
        return wrong(e, "snapshot is damaged: bytes behind its end");
    if (sizes->used > MAX_FILE || sizes->pages > MAX_FILE / SIM_PAGE_BYTES ||
        sizes->full > sizes->pages)
        return wrong(e, "snapshot is damaged: sizes");
    if (get64(data + AT_PACKED_CRC, 4) != sim_crc32(0, data + HEADER_BYTES, bytes - HEADER_BYTES))
        return wrong(e, "snapshot is damaged: checksum");
    return true;
}

static bool add_pages(sim_snapshot_t *s, const uint8_t *flags, const sizes_t *sizes)
{
    const uint8_t *data = flags + sizes->pages, *end = data + sizes->full * SIM_PAGE_BYTES;
    for (; s->pages < sizes->pages; s->pages++) {
        s->page[s->pages] = NULL;
        if (flags[s->pages] == 0)
            continue;
        sim_page_t *page = data < end ? malloc(sizeof(*page)) : NULL;
        if (page == NULL)
            return false;
        page->refs = 1;
        memcpy(page->data, data, SIM_PAGE_BYTES);
        data += SIM_PAGE_BYTES;
        s->page[s->pages] = page;
        s->own_pages++;
    }
    return data == end;
}

static sim_snapshot_t *unpack(const uint8_t *raw, const sizes_t *sizes)
{
    sim_snapshot_t *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return NULL;
    s->time_ps = sizes->time_ps;
    bool fine = sim_snapshot_grow(s, sizes->used) && sim_snapshot_grow_pages(s, sizes->pages);
    if (fine) {
        if (sizes->used > 0)
            memcpy(s->bytes, raw, sizes->used);
        s->used = sizes->used;
        fine = add_pages(s, raw + sizes->used, sizes);
    }
    if (fine)
        return s;
    sim_snapshot_free(s);
    return NULL;
}

sim_snapshot_t *sim_snapshot_decode(const uint8_t *data, size_t bytes, const char *name,
                                    const sim_snapshot_of_t *of, char *error, size_t error_bytes)
{
    const error_t e = {error, error_bytes, name};
    sizes_t sizes;
    if (!check_header(data, bytes, of, &e) || !check_sizes(data, bytes, &sizes, &e))
        return NULL;
    size_t raw_bytes = sizes.used + sizes.pages + sizes.full * SIM_PAGE_BYTES;
    uint8_t *raw = sim_inflate(data + HEADER_BYTES, sizes.packed, raw_bytes);
    sim_snapshot_t *s = raw != NULL ? unpack(raw, &sizes) : NULL;
    free(raw);
    if (s == NULL)
        wrong(&e, "snapshot is damaged: its content, or out of memory");
    return s;
}

sim_snapshot_t *sim_snapshot_load(const char *file, const sim_snapshot_of_t *of, char *error,
                                  size_t error_bytes)
{
    size_t bytes;
    uint8_t *data = sim_file_read(file, MAX_FILE, &bytes, error, error_bytes);
    if (data == NULL)
        return NULL;
    sim_snapshot_t *s = sim_snapshot_decode(data, bytes, file, of, error, error_bytes);
    free(data);
    return s;
}
