/*
 * snapshot_fuzz.c - any bytes as a snapshot file. Three ways, by the first byte: as they are behind
 * a good beginning and with right checksums; the same with the content compressed; laid over the
 * content of a good snapshot, which is restored into a small model.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/deflate.h"
#include "sim/hash.h"
#include "sim/sim.h"
#include "sim/snapshot.h"
#include "sim/snapshot_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum {
    HEADER_BYTES = 288,
    AT_IDS = 48,
    AT_TIME = 240,
    AT_PACKED = 272,
    AT_PACKED_CRC = 280,
    AT_CRC = 284
};

static const sim_snapshot_of_t of = {"0", {{"chip", 1}}};

static void put(uint8_t *p, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

/* Or next to nothing would get past them. */
static void repair(uint8_t *file, size_t bytes)
{
    if (bytes < HEADER_BYTES)
        return;
    memset(file, 0, AT_TIME);
    memcpy(file, "FOVEASNP", 8);
    put(file + 8, 1, 4);
    put(file + 12, sizeof(void *) << 8 | 4, 4);
    file[16] = '0';
    memcpy(file + AT_IDS, "chip", 4);
    file[AT_IDS + 16] = 1;
    put(file + AT_PACKED, bytes - HEADER_BYTES, 8);
    put(file + AT_PACKED_CRC, sim_crc32(0, file + HEADER_BYTES, bytes - HEADER_BYTES), 4);
    put(file + AT_CRC, sim_crc32(0, file, AT_CRC), 4);
}

static void decode(const uint8_t *header, const uint8_t *content, size_t bytes)
{
    char error[256];
    uint8_t *file = malloc(HEADER_BYTES + bytes);
    if (file == NULL)
        return;
    memcpy(file, header, HEADER_BYTES);
    if (bytes > 0)
        memcpy(file + HEADER_BYTES, content, bytes);
    repair(file, HEADER_BYTES + bytes);
    sim_snapshot_free(
        sim_snapshot_decode(file, HEADER_BYTES + bytes, "fuzz", &of, error, sizeof(error)));
    free(file);
}

static void as_file(const uint8_t *data, size_t bytes, bool compress)
{
    char error[256];
    if (bytes < HEADER_BYTES) {
        sim_snapshot_free(sim_snapshot_decode(data, bytes, "fuzz", &of, error, sizeof(error)));
        return;
    }
    const uint8_t *content = data + HEADER_BYTES;
    size_t left = bytes - HEADER_BYTES;
    if (!compress) {
        decode(data, content, left);
        return;
    }
    sim_deflate_t *d = sim_deflate_new();
    sim_deflate_add(d, content, left);
    uint8_t *packed = sim_deflate_end(d, &left);
    decode(data, packed, left);
    free(packed);
}

/* ---- content ---- */

typedef struct {
    sim_comp_t comp;
    sim_event_t event;
    sim_mem_req_t req[2], *first;
    sim_mem_stream_t stream, *its;
    uint8_t bytes[8], *big;
    void *grown;
    size_t grown_bytes;
} toy_t;

static void nothing(void *ctx)
{
    (void)ctx;
}

static size_t big_bytes(const sim_comp_t *comp)
{
    (void)comp;
    return 5000;
}

static void exchange(sim_comp_t *comp, sim_snap_t *snap)
{
    toy_t *toy = (toy_t *)(void *)comp;
    sim_snap_memory(snap, &toy->grown, &toy->grown_bytes);
}

static const sim_field_t fields[] = {
    SIM_FIELD(toy_t, bytes),
    SIM_FIELD_BUF(toy_t, big, big_bytes),
    SIM_FIELD_REQ(toy_t, req),
    SIM_FIELD_STREAM(toy_t, stream),
    SIM_FIELD_TO_REQ(toy_t, first),
    SIM_FIELD_TO_STREAM(toy_t, its),
    SIM_FIELD_END,
};
static const sim_kind_t kind = {
    .kind = "toy", .version = 1, .fields = fields, .exchange = exchange};

/* What pointers lead to is read, as the owners would. */
static void follow(const toy_t *toy)
{
    volatile uint8_t sum = 0;
    for (int i = 0; i < 2; i++) {
        const sim_mem_req_t *req = &toy->req[i];
        for (uint32_t b = 0; req->data != NULL && b < req->bytes; b++)
            sum = (uint8_t)(sum + req->data[b]);
        sum = (uint8_t)(sum + (req->next != NULL ? req->next->addr : 0));
    }
    sum = (uint8_t)(sum + (toy->its != NULL ? toy->its->granted : 0));
    sum = (uint8_t)(sum + (toy->first != NULL ? toy->first->addr : 0));
    for (size_t b = 0; b < toy->grown_bytes; b++)
        sum = (uint8_t)(sum + ((const uint8_t *)toy->grown)[b]);
}

/* The input is laid over the small fields of a good snapshot: pairs of place and value. */
static void as_content(const uint8_t *data, size_t bytes)
{
    toy_t toy = {.grown_bytes = 3, .grown = malloc(3), .big = calloc(1, 5000)};
    sim_t *sim = sim_new();
    if (sim_comp_init(&toy.comp, sim, &kind, "toy") != SIM_OK || toy.grown == NULL)
        abort();
    memset(toy.grown, 1, 3);
    sim_event_init(&toy.event, &toy.comp, "event", SIM_PRIO_DRIVE, nothing, &toy);
    sim_event_at(sim, &toy.event, 100);
    toy.first = &toy.req[0];
    toy.req[0].next = &toy.stream.head;
    toy.req[1].data = toy.bytes;
    toy.req[1].bytes = 8;
    toy.its = &toy.stream;
    sim_snapshot_t *s = sim_snapshot_take(sim, NULL);
    for (size_t i = 0; i + 3 <= bytes; i += 3)
        s->bytes[((size_t)data[i] << 8 | data[i + 1]) % s->used] = data[i + 2];
    if (sim_snapshot_restore(sim, s) == SIM_OK) {
        follow(&toy);
        sim_run_until_ps(sim, 1000);
    }
    sim_snapshot_free(s);
    sim_free(sim);
    free(toy.grown);
    free(toy.big);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes == 0)
        return 0;
    if (data[0] % 3 != 0)
        as_file(data + 1, bytes - 1, data[0] % 3 == 2);
    else
        as_content(data + 1, bytes - 1);
    return 0;
}
