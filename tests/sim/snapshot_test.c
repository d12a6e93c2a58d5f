/*
 * snapshot_test.c - snapshots of a small model: what is kept, what is refused.
 */
#include "sim/snapshot.h"

#include <unistd.h>

#include "sim/deflate.h"
#include "sim/hash.h"
#include "sim/sim.h"
#include "tests/test.h"

/* A requester with two requests into a memory, a buffer that grows, a cache. */
typedef struct {
    sim_comp_t comp;
    sim_event_t tick, tock;
    sim_mem_req_t req[2];
    sim_mem_stream_t stream;
    sim_mem_req_t *first;
    sim_mem_stream_t *its;
    uint8_t bytes[16];
    uint8_t *big;
    size_t big_bytes;
    uint64_t order; /* of events that fired */
    uint32_t kept, cache;
    void *grown;
    size_t grown_bytes;
} toy_t;

static void on_tick(void *ctx)
{
    toy_t *toy = ctx;
    toy->order = toy->order * 10 + 1;
}

static void on_tock(void *ctx)
{
    toy_t *toy = ctx;
    toy->order = toy->order * 10 + 2;
}

static size_t big_bytes(const sim_comp_t *comp)
{
    return ((const toy_t *)(const void *)comp)->big_bytes;
}

static void exchange(sim_comp_t *comp, sim_snap_t *snap)
{
    toy_t *toy = (toy_t *)(void *)comp;
    sim_snap_memory(snap, &toy->grown, &toy->grown_bytes);
}

static void restored(sim_comp_t *comp)
{
    ((toy_t *)(void *)comp)->cache = 0;
}

static void on_done(void *ctx, sim_mem_req_t *req)
{
    (void)ctx;
    (void)req;
}

static const sim_field_t fields[] = {
    SIM_FIELD(toy_t, bytes),
    SIM_FIELD_BUF(toy_t, big, big_bytes),
    SIM_FIELD(toy_t, order),
    SIM_FIELD_KEPT(toy_t, kept),
    SIM_FIELD_REQ(toy_t, req),
    SIM_FIELD_STREAM(toy_t, stream),
    SIM_FIELD_TO_REQ(toy_t, first),
    SIM_FIELD_TO_STREAM(toy_t, its),
    SIM_FIELD_END,
};

static const sim_kind_t kind = {
    .kind = "toy", .version = 1, .fields = fields, .exchange = exchange, .restored = restored};
static const sim_kind_t newer_kind = {
    .kind = "toy", .version = 2, .fields = fields, .exchange = exchange, .restored = restored};

static void toy_open(toy_t *toy, sim_t **sim, const sim_kind_t *as, const char *name)
{
    memset(toy, 0, sizeof(*toy));
    *sim = sim_new();
    ck_assert_int_eq(sim_comp_init(&toy->comp, *sim, as, name), SIM_OK);
    sim_event_init(&toy->tick, &toy->comp, "tick", SIM_PRIO_DRIVE, on_tick, toy);
    sim_event_init(&toy->tock, &toy->comp, "tock", SIM_PRIO_DRIVE, on_tock, toy);
    toy->big_bytes = 10000; /* two pages and a part */
    toy->big = calloc(1, toy->big_bytes);
    for (int i = 0; i < 2; i++)
        toy->req[i] = (sim_mem_req_t){.done = on_done, .ctx = toy};
}

static void toy_close(toy_t *toy, sim_t *sim)
{
    free(toy->big);
    free(toy->grown);
    sim_free(sim);
}

static void fill(toy_t *toy, sim_t *sim)
{
    sim_run_until_ps(sim, 1000);
    sim_event_at(sim, &toy->tock, 5000);
    sim_event_at(sim, &toy->tick, 5000);
    memcpy(toy->bytes, "fifteen letters", 16);
    toy->big[0] = 1;
    toy->big[9999] = 9;
    toy->kept = 7;
    toy->req[0] = (sim_mem_req_t){.addr = 0x40,
                                  .bytes = 4,
                                  .data = toy->bytes + 2,
                                  .done = on_done,
                                  .ctx = toy,
                                  .grant_ps = 77,
                                  .next = &toy->req[1]};
    toy->req[1].data = toy->big + 9996;
    toy->req[1].bytes = 4;
    toy->req[1].next = &toy->stream.head;
    toy->first = &toy->req[0];
    toy->its = &toy->stream;
    toy->stream.sum[3] = 33;
    toy->grown_bytes = 3;
    toy->grown = malloc(3);
    memcpy(toy->grown, "abc", 3);
}

START_TEST(another_simulation_takes_over_state_pointers_and_ties_of_events)
{
    toy_t a, b;
    sim_t *from, *to;
    toy_open(&a, &from, &kind, "toy");
    toy_open(&b, &to, &kind, "toy");
    fill(&a, from);
    b.cache = 1;
    sim_event_at(to, &b.tick, 3000);
    sim_snapshot_t *snapshot = sim_snapshot_take(from, NULL);
    ck_assert_ptr_nonnull(snapshot);
    ck_assert_int_eq(sim_snapshot_restore(to, snapshot), SIM_OK);
    ck_assert_uint_eq(sim_now_ps(to), 1000);
    ck_assert_uint_eq(sim_state_hash(to), sim_state_hash(from));
    ck_assert_mem_eq(b.bytes, "fifteen letters", 16);
    ck_assert(b.big[0] == 1 && b.big[9999] == 9 && b.big[5000] == 0);
    ck_assert_uint_eq(b.kept, 7);
    ck_assert_uint_eq(b.cache, 0);
    ck_assert_ptr_eq(b.first, &b.req[0]);
    ck_assert_ptr_eq(b.req[0].next, &b.req[1]);
    ck_assert_ptr_eq(b.req[1].next, &b.stream.head);
    ck_assert_ptr_eq(b.req[0].data, b.bytes + 2);
    ck_assert_ptr_eq(b.req[1].data, b.big + 9996);
    ck_assert_ptr_eq(b.its, &b.stream);
    ck_assert_uint_eq(b.stream.sum[3], 33);
    ck_assert_uint_eq(b.req[0].grant_ps, 77);
    ck_assert_ptr_eq(b.req[0].ctx, &b); /* its own */
    ck_assert_mem_eq(b.grown, "abc", 3);
    sim_run_until_ps(to, 9000);
    ck_assert_uint_eq(b.order, 21); /* tock was scheduled first; the event of 3000 is forgotten */
    sim_snapshot_free(snapshot);
    toy_close(&a, from);
    toy_close(&b, to);
}
END_TEST

START_TEST(going_back_is_exact_and_repeatable)
{
    toy_t toy;
    sim_t *sim;
    toy_open(&toy, &sim, &kind, "toy");
    fill(&toy, sim);
    sim_snapshot_t *first = sim_snapshot_take(sim, NULL);
    uint64_t hash = sim_state_hash(sim);
    sim_run_until_ps(sim, 6000);
    toy.big[5000] = 5;
    sim_snapshot_t *second = sim_snapshot_take(sim, first);
    uint64_t later = sim_state_hash(sim);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(sim_snapshot_restore(sim, first), SIM_OK);
        ck_assert_uint_eq(sim_state_hash(sim), hash);
        ck_assert_int_eq(sim_snapshot_restore(sim, second), SIM_OK);
        ck_assert_uint_eq(sim_state_hash(sim), later);
        ck_assert_uint_eq(toy.big[5000], 5);
    }
    sim_snapshot_free(first);
    ck_assert_int_eq(sim_snapshot_restore(sim, second), SIM_OK);
    ck_assert_uint_eq(toy.big[0], 1); /* on a page that was shared with it */
    sim_snapshot_free(second);
    toy_close(&toy, sim);
}
END_TEST

START_TEST(unchanged_pages_and_zeros_take_no_memory)
{
    toy_t toy;
    sim_t *sim;
    toy_open(&toy, &sim, &kind, "toy");
    free(toy.big);
    toy.big_bytes = 1 << 20;
    toy.big = calloc(1, toy.big_bytes);
    sim_snapshot_t *zeros = sim_snapshot_take(sim, NULL);
    ck_assert_uint_lt(sim_snapshot_own_bytes(zeros), 65536);
    memset(toy.big, 1, toy.big_bytes);
    sim_snapshot_t *full = sim_snapshot_take(sim, zeros);
    ck_assert_uint_gt(sim_snapshot_own_bytes(full), 1 << 20);
    toy.big[70000] = 2;
    sim_snapshot_t *one = sim_snapshot_take(sim, full);
    ck_assert_uint_lt(sim_snapshot_own_bytes(one), 65536);
    ck_assert_int_eq(sim_snapshot_restore(sim, full), SIM_OK);
    ck_assert_uint_eq(toy.big[70000], 1);
    ck_assert_int_eq(sim_snapshot_restore(sim, zeros), SIM_OK);
    ck_assert_uint_eq(toy.big[70000], 0);
    sim_snapshot_free(zeros);
    sim_snapshot_free(full);
    ck_assert_int_eq(sim_snapshot_restore(sim, one), SIM_OK);
    ck_assert(toy.big[70000] == 2 && toy.big[70001] == 1);
    sim_snapshot_free(one);
    toy_close(&toy, sim);
}
END_TEST

START_TEST(a_pointer_to_memory_that_is_no_state_is_told)
{
    toy_t toy;
    sim_t *sim;
    uint8_t elsewhere[4];
    toy_open(&toy, &sim, &kind, "toy");
    toy.req[1].data = elsewhere;
    ck_assert_ptr_null(sim_snapshot_take(sim, NULL));
    ck_assert_str_eq(sim_error(sim), "toy.req points to memory that is in no field");
    toy_close(&toy, sim);
}
END_TEST

START_TEST(another_kind_name_or_size_is_refused)
{
    toy_t a, b;
    sim_t *from, *to;
    toy_open(&a, &from, &kind, "toy");
    sim_snapshot_t *snapshot = sim_snapshot_take(from, NULL);
    toy_open(&b, &to, &newer_kind, "toy");
    ck_assert_int_ne(sim_snapshot_restore(to, snapshot), SIM_OK);
    ck_assert_str_eq(sim_error(to), "toy: the snapshot's toy has other fields");
    toy_close(&b, to);
    toy_open(&b, &to, &kind, "tool");
    ck_assert_int_ne(sim_snapshot_restore(to, snapshot), SIM_OK);
    ck_assert_str_eq(sim_error(to), "tool: the snapshot has 'toy' in this place");
    toy_close(&b, to);
    toy_open(&b, &to, &kind, "toy");
    b.big_bytes = 9999;
    ck_assert_int_ne(sim_snapshot_restore(to, snapshot), SIM_OK);
    ck_assert_str_eq(sim_error(to), "toy.big has another size");
    toy_close(&b, to);
    sim_snapshot_free(snapshot);
    toy_close(&a, from);
}
END_TEST

/* ---- links ---- */

START_TEST(a_link_keeps_its_items_on_their_way)
{
    sim_link_t a, b;
    sim_t *from = sim_new(), *to = sim_new();
    const sim_link_desc_t desc = {
        .clk_hz = 1000000000, .capacity = 4, .item_bytes = 4, .latency_cycles = 3};
    ck_assert_int_eq(sim_link_init(&a, from, &desc, "link"), SIM_OK);
    ck_assert_int_eq(sim_link_init(&b, to, &desc, "link"), SIM_OK);
    ck_assert(sim_link_push(&a, "one"));
    sim_run_until_ps(from, 1000);
    ck_assert(sim_link_push(&a, "two"));
    sim_snapshot_t *snapshot = sim_snapshot_take(from, NULL);
    ck_assert_int_eq(sim_snapshot_restore(to, snapshot), SIM_OK);
    char item[4];
    sim_run_until_ps(to, 2999);
    ck_assert(!sim_link_pop(&b, item));
    sim_run_until_ps(to, 3000);
    ck_assert(sim_link_pop(&b, item));
    ck_assert_str_eq(item, "one");
    ck_assert(!sim_link_pop(&b, item));
    sim_run_until_ps(to, 4000);
    ck_assert(sim_link_pop(&b, item));
    ck_assert_str_eq(item, "two");
    sim_snapshot_free(snapshot);
    sim_link_free(&a);
    sim_link_free(&b);
    sim_free(from);
    sim_free(to);
}
END_TEST

/* ---- files ---- */

#define FILE_NAME "build/snapshot_test.snap"
static const sim_snapshot_of_t mine = {"1.2.3", {{"chip", 11}, {"scenario", 22}}};

static sim_snapshot_t *toy_snapshot(void)
{
    toy_t toy;
    sim_t *sim;
    toy_open(&toy, &sim, &kind, "toy");
    fill(&toy, sim);
    sim_snapshot_t *snapshot = sim_snapshot_take(sim, NULL);
    toy_close(&toy, sim);
    return snapshot;
}

static void check_complaint(const sim_snapshot_of_t *of, const char *expected)
{
    char error[256];
    ck_assert_ptr_null(sim_snapshot_load(FILE_NAME, of, error, sizeof(error)));
    ck_assert_str_eq(error, expected);
}

START_TEST(a_file_gives_the_same_state_and_fits_only_what_it_was_made_of)
{
    char error[256];
    toy_t toy;
    sim_t *sim;
    sim_snapshot_t *out = toy_snapshot();
    ck_assert_int_eq(sim_snapshot_save(out, FILE_NAME, &mine, error, sizeof(error)), SIM_OK);
    sim_snapshot_t *in = sim_snapshot_load(FILE_NAME, &mine, error, sizeof(error));
    ck_assert_msg(in != NULL, "%s", error);
    ck_assert_uint_eq(sim_snapshot_time_ps(in), 1000);
    toy_open(&toy, &sim, &kind, "toy");
    ck_assert_int_eq(sim_snapshot_restore(sim, in), SIM_OK);
    ck_assert(toy.big[0] == 1 && toy.big[9999] == 9 && toy.first == &toy.req[0]);
    sim_run_until_ps(sim, 5000);
    ck_assert_uint_eq(toy.order, 21);
    toy_close(&toy, sim);
    sim_snapshot_free(out);
    sim_snapshot_free(in);
    check_complaint(&(sim_snapshot_of_t){"1.2.4", {{"chip", 11}, {"scenario", 22}}},
                    FILE_NAME ": made by another version of fovea (1.2.3, here 1.2.4)");
    check_complaint(&(sim_snapshot_of_t){"1.2.3", {{"chip", 12}, {"scenario", 22}}},
                    FILE_NAME ": snapshot of a run with another chip");
    check_complaint(&(sim_snapshot_of_t){"1.2.3", {{"chip", 11}, {"scenario", 23}}},
                    FILE_NAME ": snapshot of a run with another scenario");
    check_complaint(&(sim_snapshot_of_t){"1.2.3", {{"chip", 11}}},
                    FILE_NAME ": snapshot of another kind of run");
    unlink(FILE_NAME);
    check_complaint(&mine, FILE_NAME ": No such file or directory");
}
END_TEST

/* The bytes of a good file; the caller frees. */
static uint8_t *good_file(size_t *bytes)
{
    char error[256];
    sim_snapshot_t *out = toy_snapshot();
    ck_assert_int_eq(sim_snapshot_save(out, FILE_NAME, &mine, error, sizeof(error)), SIM_OK);
    sim_snapshot_free(out);
    FILE *f = fopen(FILE_NAME, "rb");
    ck_assert_ptr_nonnull(f);
    uint8_t *data = malloc(1 << 20);
    *bytes = fread(data, 1, 1 << 20, f);
    fclose(f);
    unlink(FILE_NAME);
    return data;
}

START_TEST(no_damaged_or_shortened_file_is_taken)
{
    char error[256];
    size_t bytes;
    uint8_t *data = good_file(&bytes);
    for (size_t i = 0; i < bytes; i++) {
        data[i] ^= (uint8_t)(1u << i % 8);
        sim_snapshot_t *s = sim_snapshot_decode(data, bytes, "f", &mine, error, sizeof(error));
        ck_assert_msg(s == NULL, "bit %zu of byte %zu is not missed", i % 8, i);
        ck_assert_msg(strncmp(error, "f: ", 3) == 0, "%s", error);
        data[i] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t cut = 0; cut < bytes; cut++) {
        uint8_t *part = malloc(cut + 1); /* exactly as long: ASan sees a read behind it */
        memcpy(part, data, cut);
        uint8_t *exact = realloc(part, cut > 0 ? cut : 1);
        ck_assert_ptr_null(sim_snapshot_decode(exact, cut, "f", &mine, error, sizeof(error)));
        ck_assert_str_eq(error, cut < 8 ? "f: not a snapshot" : "f: snapshot is truncated");
        free(exact);
    }
    enum { AT_CRC = 284 }; /* of the header, which it ends */
    data[8] = 2;
    uint32_t crc = sim_crc32(0, data, AT_CRC);
    for (uint32_t i = 0; i < 4; i++)
        data[AT_CRC + i] = (uint8_t)(crc >> 8 * i);
    ck_assert_ptr_null(sim_snapshot_decode(data, bytes, "f", &mine, error, sizeof(error)));
    ck_assert_str_eq(error, "f: made by another version of fovea (file format 2, here 1)");
    free(data);
}
END_TEST

START_TEST(no_byte_may_be_behind_the_end)
{
    char error[256];
    size_t bytes;
    uint8_t *data = good_file(&bytes);
    data[bytes] = 0;
    ck_assert_ptr_null(sim_snapshot_decode(data, bytes + 1, "f", &mine, error, sizeof(error)));
    ck_assert_str_eq(error, "f: snapshot is damaged: bytes behind its end");
    free(data);
}
END_TEST

START_TEST(deflate_and_inflate_are_inverse_and_promises_are_not_believed)
{
    enum { BYTES = 300000 };
    uint8_t *data = malloc(BYTES);
    sim_stream_t random = sim_stream(5, 0, 0);
    for (size_t i = 0; i < BYTES; i++)
        data[i] = (uint8_t)(i < BYTES / 2 ? i / 1000 : sim_stream_u32(&random));
    sim_deflate_t *d = sim_deflate_new();
    for (size_t i = 0; i < BYTES; i += 50000)
        ck_assert(sim_deflate_add(d, data + i, 50000));
    size_t packed_bytes;
    uint8_t *packed = sim_deflate_end(d, &packed_bytes);
    ck_assert_uint_lt(packed_bytes, BYTES * 6 / 10);
    uint8_t *again = sim_inflate(packed, packed_bytes, BYTES);
    ck_assert_ptr_nonnull(again);
    ck_assert_mem_eq(again, data, BYTES);
    free(again);
    ck_assert_ptr_null(sim_inflate(packed, packed_bytes, BYTES - 1));
    ck_assert_ptr_null(sim_inflate(packed, packed_bytes, BYTES + 1));
    ck_assert_ptr_null(sim_inflate(packed, packed_bytes - 1, BYTES));
    ck_assert_ptr_null(sim_inflate(packed, packed_bytes, (size_t)1 << 40)); /* memory of a few MB */
    ck_assert_ptr_null(sim_inflate(data, BYTES, 10));
    free(packed);
    free(data);
}
END_TEST

TEST_MAIN("snapshots", another_simulation_takes_over_state_pointers_and_ties_of_events,
          going_back_is_exact_and_repeatable, unchanged_pages_and_zeros_take_no_memory,
          a_pointer_to_memory_that_is_no_state_is_told, another_kind_name_or_size_is_refused,
          a_link_keeps_its_items_on_their_way,
          a_file_gives_the_same_state_and_fits_only_what_it_was_made_of,
          no_damaged_or_shortened_file_is_taken, no_byte_may_be_behind_the_end,
          deflate_and_inflate_are_inverse_and_promises_are_not_believed)
