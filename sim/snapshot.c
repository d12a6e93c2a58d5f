/*
 * snapshot.c - taking and restoring: one walk over everything, in both directions.
 *
 * What must be the same on both sides (names, versions, sizes) goes through same(): written when a
 * snapshot is taken, compared when it is restored.
 */
#include "sim/snapshot.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim_int.h"
#include "sim/snapshot_int.h"

struct sim_snap {
    sim_t *sim;
    sim_snapshot_t *s;
    const sim_snapshot_t *like; /* taking: to share pages with */
    bool restoring, failed;
    size_t at, page; /* restoring: how far it is read */
    char error[256];
};

/* ---- memory ---- */

bool sim_snapshot_grow(sim_snapshot_t *s, size_t bytes)
{
    if (bytes <= s->room - s->used)
        return true;
    size_t room = s->room + s->room / 2 + bytes + SIM_PAGE_BYTES;
    uint8_t *more = realloc(s->bytes, room);
    if (more == NULL)
        return false;
    s->bytes = more;
    s->room = room;
    return true;
}

bool sim_snapshot_grow_pages(sim_snapshot_t *s, size_t pages)
{
    if (pages <= s->page_room - s->pages)
        return true;
    size_t room = s->page_room + s->page_room / 2 + pages;
    sim_page_t **more = realloc(s->page, room * sizeof(sim_page_t *));
    if (more == NULL)
        return false;
    s->page = more;
    s->page_room = room;
    return true;
}

void sim_snapshot_free(sim_snapshot_t *snapshot)
{
    if (snapshot == NULL)
        return;
    for (size_t i = 0; i < snapshot->pages; i++)
        if (snapshot->page[i] != NULL && --snapshot->page[i]->refs == 0)
            free(snapshot->page[i]);
    free(snapshot->page);
    free(snapshot->bytes);
    free(snapshot);
}

uint64_t sim_snapshot_time_ps(const sim_snapshot_t *snapshot)
{
    return snapshot->time_ps;
}

/* Of it and so many pages. */
static size_t bytes_with(const sim_snapshot_t *s, size_t pages)
{
    return sizeof(*s) + s->room + s->page_room * sizeof(sim_page_t *) + pages * sizeof(sim_page_t);
}

size_t sim_snapshot_own_bytes(const sim_snapshot_t *snapshot)
{
    return bytes_with(snapshot, snapshot->own_pages);
}

size_t sim_snapshot_alone_bytes(const sim_snapshot_t *snapshot)
{
    size_t alone = 0;
    for (size_t i = 0; i < snapshot->pages; i++)
        alone += snapshot->page[i] != NULL && snapshot->page[i]->refs == 1;
    return bytes_with(snapshot, alone);
}

/* ---- bytes ---- */

bool sim_snap_restoring(const sim_snap_t *snap)
{
    return snap->restoring;
}

bool sim_snap_failed(const sim_snap_t *snap)
{
    return snap->failed;
}

void sim_snap_fail(sim_snap_t *snap, const char *fmt, ...)
{
    va_list args;
    if (snap->failed)
        return;
    snap->failed = true;
    va_start(args, fmt);
    vsnprintf(snap->error, sizeof(snap->error), fmt, args);
    va_end(args);
}

static void put(sim_snap_t *snap, const void *data, size_t bytes)
{
    if (!sim_snapshot_grow(snap->s, bytes)) {
        sim_snap_fail(snap, "out of memory");
        return;
    }
    if (bytes > 0)
        memcpy(snap->s->bytes + snap->s->used, data, bytes);
    snap->s->used += bytes;
}

static void get(sim_snap_t *snap, void *data, size_t bytes)
{
    if (bytes > snap->s->used - snap->at)
        sim_snap_fail(snap, "the snapshot ends early");
    if (bytes == 0)
        return;
    if (snap->failed) {
        memset(data, 0, bytes);
        return;
    }
    memcpy(data, snap->s->bytes + snap->at, bytes);
    snap->at += bytes;
}

static void small(sim_snap_t *snap, void *data, size_t bytes)
{
    if (snap->restoring)
        get(snap, data, bytes);
    else if (!snap->failed)
        put(snap, data, bytes);
}

static bool all_zero(const uint8_t *data, size_t bytes)
{
    return data[0] == 0 && memcmp(data, data + 1, bytes - 1) == 0;
}

/* `bytes` of a page; the rest of it stays zero. */
static void put_page(sim_snap_t *snap, const uint8_t *data, size_t bytes)
{
    const sim_snapshot_t *like = snap->like;
    sim_snapshot_t *s = snap->s;
    sim_page_t *page = like != NULL && s->pages < like->pages ? like->page[s->pages] : NULL;
    if (page != NULL && memcmp(page->data, data, bytes) == 0 &&
        (bytes == SIM_PAGE_BYTES || all_zero(page->data + bytes, SIM_PAGE_BYTES - bytes))) {
        page->refs++;
    } else if (all_zero(data, bytes)) {
        page = NULL;
    } else {
        page = malloc(sizeof(*page));
        if (page == NULL) {
            sim_snap_fail(snap, "out of memory");
            return;
        }
        page->refs = 1;
        memcpy(page->data, data, bytes);
        memset(page->data + bytes, 0, SIM_PAGE_BYTES - bytes);
        s->own_pages++;
    }
    s->page[s->pages++] = page;
}

static void get_page(sim_snap_t *snap, uint8_t *data, size_t bytes)
{
    const sim_page_t *page = snap->s->page[snap->page++];
    /* most are as they were: reading is cheaper than writing */
    if (page != NULL && memcmp(data, page->data, bytes) != 0)
        memcpy(data, page->data, bytes);
    else if (page == NULL && !all_zero(data, bytes))
        memset(data, 0, bytes);
}

static void large(sim_snap_t *snap, uint8_t *data, size_t bytes)
{
    size_t pages = (bytes + SIM_PAGE_BYTES - 1) / SIM_PAGE_BYTES;
    if (snap->restoring && pages > snap->s->pages - snap->page)
        sim_snap_fail(snap, "the snapshot ends early");
    if (!snap->restoring && !sim_snapshot_grow_pages(snap->s, pages))
        sim_snap_fail(snap, "out of memory");
    for (size_t at = 0; at < bytes && !snap->failed; at += SIM_PAGE_BYTES) {
        size_t left = bytes - at, part = left < SIM_PAGE_BYTES ? left : SIM_PAGE_BYTES;
        if (snap->restoring)
            get_page(snap, data + at, part);
        else
            put_page(snap, data + at, part);
    }
    if (snap->failed && snap->restoring)
        memset(data, 0, bytes);
}

void sim_snap_bytes(sim_snap_t *snap, void *data, size_t bytes)
{
    if (bytes < SIM_PAGE_BYTES)
        small(snap, data, bytes);
    else
        large(snap, data, bytes);
}

/* Bytes that are left: no memory of a size that the snapshot does not have is allocated. */
static bool has(const sim_snap_t *snap, uint64_t bytes)
{
    if (bytes < SIM_PAGE_BYTES)
        return bytes <= snap->s->used - snap->at;
    return (bytes - 1) / SIM_PAGE_BYTES < snap->s->pages - snap->page;
}

void sim_snap_memory(sim_snap_t *snap, void **data, size_t *bytes)
{
    uint64_t size = *bytes;
    small(snap, &size, sizeof(size));
    if (snap->restoring) {
        if (!has(snap, size))
            sim_snap_fail(snap, "the snapshot ends early");
        free(*data);
        *bytes = snap->failed ? 0 : (size_t)size;
        *data = *bytes == 0 ? NULL : malloc(*bytes);
        if (*bytes > 0 && *data == NULL) {
            sim_snap_fail(snap, "out of memory");
            *bytes = 0;
        }
    }
    sim_snap_bytes(snap, *data, *bytes);
}

/* ---- what both sides must agree on ---- */

static bool same(sim_snap_t *snap, uint64_t here)
{
    uint64_t there = here;
    small(snap, &there, sizeof(there));
    return there == here;
}

static uint64_t text_hash(uint64_t hash, const char *text)
{
    return sim_hash(hash, text, strlen(text));
}

/* Of the shape of a component: kind, version, rows, events. */
static uint64_t shape(const sim_comp_t *comp)
{
    const sim_kind_t *kind = comp->kind;
    uint64_t hash = text_hash(SIM_HASH_SEED, kind->kind);
    hash = sim_hash(hash, &kind->version, sizeof(kind->version));
    for (const sim_field_t *f = kind->fields; f != NULL && f->name != NULL; f++) {
        uint64_t row[] = {f->bytes, f->indirect, f->use};
        hash = sim_hash(text_hash(hash, f->name), row, sizeof(row));
    }
    for (const sim_event_t *ev = comp->events; ev != NULL; ev = ev->next)
        hash = text_hash(hash, ev->name);
    return hash;
}

static void agree(sim_snap_t *snap, const sim_comp_t *comp)
{
    char name[sizeof(comp->name)];
    memcpy(name, comp->name, sizeof(name));
    small(snap, name, sizeof(name));
    name[sizeof(name) - 1] = '\0';
    if (strcmp(name, comp->name) != 0)
        sim_snap_fail(snap, "%s: the snapshot has '%s' in this place", comp->name, name);
    if (!same(snap, shape(comp)))
        sim_snap_fail(snap, "%s: the snapshot's %s has other fields", comp->name, comp->kind->kind);
}

/* ---- pointers ---- */

/* A place in a field of a component. */
typedef struct {
    uint32_t comp, field; /* numbers, in order */
    uint64_t offset;
} place_t;

#define NOWHERE UINT32_MAX /* comp of NULL */

static bool in_row(const sim_comp_t *comp, const sim_field_t *f, const void *p, uint64_t *offset)
{
    size_t bytes;
    const uint8_t *data = sim_field_data(comp, f, &bytes);
    *offset = (uint64_t)((uintptr_t)p - (uintptr_t)data);
    return *offset < bytes;
}

static bool find_place(const sim_t *sim, const void *p, place_t *place)
{
    uint32_t number = 0;
    *place = (place_t){.comp = NOWHERE};
    for (const sim_comp_t *comp = sim->first; p != NULL && comp != NULL; comp = comp->next) {
        uint32_t row = 0;
        for (const sim_field_t *f = comp->kind->fields; f != NULL && f->name != NULL; f++, row++)
            if (in_row(comp, f, p, &place->offset)) {
                place->comp = number;
                place->field = row;
                return true;
            }
        number++;
    }
    return p == NULL;
}

/* The field of a place, with where it is; NULL: there is none. */
static const sim_field_t *field_at(const sim_t *sim, const place_t *place, uint8_t **data,
                                   size_t *bytes)
{
    const sim_comp_t *comp = sim->first;
    for (uint32_t i = 0; comp != NULL && i < place->comp; i++)
        comp = comp->next;
    const sim_field_t *f = comp != NULL ? comp->kind->fields : NULL;
    for (uint32_t i = 0; f != NULL && f->name != NULL && i < place->field; i++)
        f++;
    if (f == NULL || f->name == NULL)
        return NULL;
    *data = sim_field_data(comp, f, bytes);
    return f;
}

typedef bool (*fits_t)(const sim_field_t *f, uint64_t offset, size_t room, uint32_t bytes);

static bool fits_req(const sim_field_t *f, uint64_t offset, size_t room, uint32_t bytes)
{
    (void)room, (void)bytes;
    return (f->use == SIM_REQ && offset % sizeof(sim_mem_req_t) == 0) ||
           (f->use == SIM_STREAM &&
            offset % sizeof(sim_mem_stream_t) == offsetof(sim_mem_stream_t, head));
}

static bool fits_stream(const sim_field_t *f, uint64_t offset, size_t room, uint32_t bytes)
{
    (void)room, (void)bytes;
    return f->use == SIM_STREAM && offset % sizeof(sim_mem_stream_t) == 0;
}

static bool fits_data(const sim_field_t *f, uint64_t offset, size_t room, uint32_t bytes)
{
    return (f->use == SIM_STATE || f->use == SIM_KEPT) && bytes <= room - offset;
}

/* A pointer to what `fits`. */
static void *pointer(sim_snap_t *snap, void *p, fits_t fits, uint32_t bytes, const char *who)
{
    place_t place = {0};
    uint8_t *data = NULL;
    size_t room = 0;
    if (!snap->restoring && !find_place(snap->sim, p, &place))
        sim_snap_fail(snap, "%s points to memory that is in no field", who);
    small(snap, &place, sizeof(place));
    if (snap->failed || place.comp == NOWHERE)
        return NULL;
    const sim_field_t *f = field_at(snap->sim, &place, &data, &room);
    if (f == NULL || place.offset >= room || !fits(f, place.offset, room, bytes)) {
        sim_snap_fail(snap, "%s points to a place that does not fit", who);
        return NULL;
    }
    return data + place.offset;
}

static void exchange_req(sim_snap_t *snap, sim_mem_req_t *req, const char *who)
{
    sim_mem_req_t it = *req;
    it.done = NULL;
    it.ctx = NULL;
    it.data = NULL;
    it.next = NULL;
    small(snap, &it, sizeof(it));
    it.data = pointer(snap, req->data, fits_data, it.bytes, who);
    it.next = pointer(snap, req->next, fits_req, 0, who);
    it.done = req->done;
    it.ctx = req->ctx;
    *req = it;
}

static void exchange_stream(sim_snap_t *snap, sim_mem_stream_t *stream, const char *who)
{
    sim_mem_stream_t it = *stream;
    it.done = NULL;
    it.head.done = NULL;
    it.ctx = it.head.ctx = NULL;
    it.head.data = NULL;
    it.head.next = NULL;
    small(snap, &it, sizeof(it));
    it.head.done = stream->head.done;
    it.head.ctx = stream->head.ctx;
    it.head.data = pointer(snap, stream->head.data, fits_data, it.head.bytes, who);
    it.head.next = pointer(snap, stream->head.next, fits_req, 0, who);
    it.done = stream->done;
    it.ctx = stream->ctx;
    *stream = it;
}

/* ---- the walk ---- */

static void exchange_field(sim_snap_t *snap, sim_comp_t *comp, const sim_field_t *f)
{
    size_t bytes;
    uint8_t *data = sim_field_data(comp, f, &bytes);
    char who[128];
    snprintf(who, sizeof(who), "%s.%s", comp->name, f->name);
    if (!same(snap, bytes))
        sim_snap_fail(snap, "%s has another size", who);
    if (f->use == SIM_STATE || f->use == SIM_KEPT)
        sim_snap_bytes(snap, data, bytes);
    for (size_t at = 0; f->use == SIM_REQ && at < bytes; at += sizeof(sim_mem_req_t))
        exchange_req(snap, (sim_mem_req_t *)(void *)(data + at), who);
    for (size_t at = 0; f->use == SIM_STREAM && at < bytes; at += sizeof(sim_mem_stream_t))
        exchange_stream(snap, (sim_mem_stream_t *)(void *)(data + at), who);
    bool to_req = f->use == SIM_TO_REQ, to_stream = f->use == SIM_TO_STREAM;
    for (size_t at = 0; (to_req || to_stream) && at < bytes; at += sizeof(void *)) {
        void *p;
        memcpy(&p, data + at, sizeof(p));
        p = pointer(snap, p, to_req ? fits_req : fits_stream, 0, who);
        memcpy(data + at, &p, sizeof(p));
    }
}

/* Pending events get their old sequence numbers: ties fall as they would have. */
static void exchange_event(sim_snap_t *snap, const sim_comp_t *comp, sim_event_t *ev)
{
    sim_t *sim = snap->sim;
    bool pending = sim_event_pending(ev);
    uint64_t when[] = {pending ? ev->at_ps : SIM_NEVER_PS, pending ? ev->seq : 0};
    small(snap, when, sizeof(when));
    if (!snap->restoring || snap->failed || when[1] == 0)
        return;
    if (when[0] < sim->now_ps || when[1] > sim->scheduled)
        sim_snap_fail(snap, "%s: event '%s' is in the past", comp->name, ev->name);
    else
        sim_event_again(sim, ev, when[0], when[1]);
}

static void exchange_comp(sim_snap_t *snap, sim_comp_t *comp)
{
    agree(snap, comp);
    small(snap, &comp->unimp_log, sizeof(comp->unimp_log));
    for (const sim_field_t *f = comp->kind->fields; f != NULL && f->name != NULL && !snap->failed;
         f++)
        exchange_field(snap, comp, f);
    if (comp->kind->exchange != NULL && !snap->failed)
        comp->kind->exchange(comp, snap);
    for (sim_event_t *ev = comp->events; ev != NULL && !snap->failed; ev = ev->next)
        exchange_event(snap, comp, ev);
}

static void exchange_kernel(sim_snap_t *snap)
{
    sim_t *sim = snap->sim;
    small(snap, &sim->now_ps, sizeof(sim->now_ps));
    small(snap, &sim->scheduled, sizeof(sim->scheduled));
    small(snap, &sim->fired, sizeof(sim->fired));
    small(snap, sim->log_count, sizeof(sim->log_count));
    small(snap, &sim->unimp_count, sizeof(sim->unimp_count));
    sim_snap_bytes(snap, sim->unimp, sizeof(sim->unimp));
    if (sim->unimp_count >= SIM_UNIMP_PLACES)
        sim_snap_fail(snap, "more messages than there are places for");
}

static void exchange_all(sim_snap_t *snap)
{
    uint64_t comps = 0;
    sim_comps_settle(snap->sim);
    for (const sim_comp_t *comp = snap->sim->first; comp != NULL; comp = comp->next)
        comps++;
    if (!same(snap, comps))
        sim_snap_fail(snap, "the snapshot has another number of components");
    exchange_kernel(snap);
    for (sim_comp_t *comp = snap->sim->first; comp != NULL && !snap->failed; comp = comp->next)
        exchange_comp(snap, comp);
}

/* ---- take, restore ---- */

sim_snapshot_t *sim_snapshot_take(sim_t *sim, const sim_snapshot_t *like)
{
    assert(!sim->running);
    sim_snap_t snap = {.sim = sim, .like = like, .s = calloc(1, sizeof(sim_snapshot_t))};
    if (snap.s == NULL) {
        sim_fail(sim, SIM_ENOMEM, "out of memory");
        return NULL;
    }
    snap.s->time_ps = sim->now_ps;
    if (like != NULL &&
        !(sim_snapshot_grow(snap.s, like->used) && sim_snapshot_grow_pages(snap.s, like->pages)))
        sim_snap_fail(&snap, "out of memory");
    exchange_all(&snap);
    if (!snap.failed)
        return snap.s;
    sim_fail(sim, SIM_EFULL, "%s", snap.error);
    sim_snapshot_free(snap.s);
    return NULL;
}

sim_err_t sim_snapshot_restore(sim_t *sim, const sim_snapshot_t *snapshot)
{
    assert(!sim->running);
    sim_snapshot_t view = *snapshot; /* restoring only reads */
    sim_snap_t snap = {.sim = sim, .s = &view, .restoring = true};
    sim_heap_clear(sim);
    sim->stopped = false; /* what stopped it is later */
    exchange_all(&snap);
    if (!snap.failed && (snap.at != view.used || snap.page != view.pages))
        sim_snap_fail(&snap, "the snapshot has more than this simulation");
    for (sim_comp_t *comp = sim->first; comp != NULL && !snap.failed; comp = comp->next)
        if (comp->kind->restored != NULL)
            comp->kind->restored(comp);
    return snap.failed ? sim_fail(sim, SIM_EPARSE, "%s", snap.error) : SIM_OK;
}
