#include "logic/traffic.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const tracks[TRAFFIC_TRACKS] = {"l2.masters B/s", "l2.banks B/s", "bus B/s"};

/* ---- one lane ---- */

/* What its counter says. */
static uint64_t counted(const traffic_lane_t *lane)
{
    const traffic_t *t = lane->traffic;
    const l2_master_t *m = &t->l2->master[lane->number % L2_MAX_MASTERS];
    switch (lane->track) {
    case TRAFFIC_MASTERS:
        return m->read_bytes + m->write_bytes;
    case TRAFFIC_BANKS:
        return t->l2->bank[lane->number].busy_cycles * t->l2->desc.beat_bytes;
    default:
        return t->bus->read_bytes + t->bus->write_bytes;
    }
}

/* Over whole nanoseconds: so it is 64 bits that are divided, nearly always. */
static uint64_t per_s(uint64_t bytes, uint64_t ps)
{
    const uint64_t ns = ps / SIM_PS_PER_NS, ns_per_s = SIM_PS_PER_S / SIM_PS_PER_NS;
    if (ns == 0 || bytes == 0)
        return 0;
    return bytes <= UINT64_MAX / ns_per_s ? bytes * ns_per_s / ns
                                          : (uint64_t)((sim_u128_t)bytes * ns_per_s / ns);
}

/* A counter that went back was reset, after it had been tallied. */
static void take(traffic_lane_t *lane)
{
    uint64_t now = counted(lane), more = now - (now < lane->seen ? 0 : lane->seen);
    lane->seen = now;
    lane->bytes += more;
    lane->window_bytes += more;
    if (lane->window_bytes <= lane->peak_bytes)
        return;
    lane->peak_bytes = lane->window_bytes;
    lane->peak_bytes_per_s = per_s(lane->peak_bytes, lane->traffic->desc.window_ps);
}

static void traffic_tally(sim_comp_t *comp)
{
    traffic_t *t = (traffic_t *)(void *)comp;
    for (uint32_t i = 0; i < t->lanes; i++)
        take(&t->lane[i]);
}

static void lane_figure(sim_comp_t *comp)
{
    traffic_lane_t *lane = (traffic_lane_t *)(void *)comp;
    lane->mean_bytes_per_s = per_s(lane->bytes, sim_now_ps(comp->sim));
}

/* ---- windows ---- */

enum { TEXT = 1000 }; /* 16 masters, or 32 banks of a digit or two */

static bool is_as_before(const traffic_t *t, traffic_track_t track)
{
    for (const traffic_lane_t *lane = t->lane; lane < t->lane + t->lanes; lane++)
        if (lane->track == track && lane->window_bytes != lane->last_bytes)
            return false;
    return t->window != 0;
}

static void tell_track(const traffic_t *t, traffic_track_t track)
{
    char text[TEXT], *at = text;
    for (const traffic_lane_t *lane = t->lane; lane < t->lane + t->lanes; lane++) {
        if (lane->track != track)
            continue;
        if (strlen(lane->series) + SIM_TRACE_ROOM >= (size_t)(text + TEXT - at))
            return;
        if (at != text)
            *at++ = ',';
        at = sim_trace_put(at, lane->series, per_s(lane->window_bytes, t->desc.window_ps), 0);
    }
    sim_trace_values(t->comp.sim, tracks[track], t->window * t->desc.window_ps, text);
}

static void tell(const traffic_t *t)
{
    if (!sim_counting(t->comp.sim))
        return;
    for (uint32_t i = 0; i < TRAFFIC_TRACKS; i++)
        if (!is_as_before(t, (traffic_track_t)i))
            tell_track(t, (traffic_track_t)i);
}

static void take_all(traffic_t *t)
{
    l2_settle(t->l2);
    for (uint32_t i = 0; i < t->lanes; i++)
        take(&t->lane[i]);
}

static void schedule(traffic_t *t)
{
    sim_event_at(t->comp.sim, &t->sample, (t->window + 1) * t->desc.window_ps);
}

static void on_sample(void *ctx)
{
    traffic_t *t = ctx;
    take_all(t);
    tell(t);
    for (traffic_lane_t *lane = t->lane; lane < t->lane + t->lanes; lane++) {
        lane->last_bytes = lane->window_bytes;
        lane->window_bytes = 0;
    }
    t->window++;
    schedule(t);
}

void traffic_end(traffic_t *traffic)
{
    take_all(traffic);
    tell(traffic);
}

/* ---- tables ---- */

static const sim_field_t traffic_fields[] = {SIM_FIELD(traffic_t, window), SIM_FIELD_END};

/* Of what others do; no state of the chip. */
static const sim_field_t lane_fields[] = {
    SIM_FIELD_KEPT(traffic_lane_t, seen),
    SIM_FIELD_KEPT(traffic_lane_t, bytes),
    SIM_FIELD_KEPT(traffic_lane_t, window_bytes),
    SIM_FIELD_KEPT(traffic_lane_t, last_bytes),
    SIM_FIELD_KEPT(traffic_lane_t, peak_bytes),
    SIM_FIELD_KEPT(traffic_lane_t, mean_bytes_per_s),
    SIM_FIELD_KEPT(traffic_lane_t, peak_bytes_per_s),
    SIM_FIELD_END,
};

static const sim_stat_t lane_stats[] = {
    SIM_STAT(traffic_lane_t, bytes, "bytes", "bytes moved"),
    SIM_STAT(traffic_lane_t, mean_bytes_per_s, "bytes/s", "over the whole run"),
    SIM_STAT(traffic_lane_t, peak_bytes_per_s, "bytes/s", "in the busiest window"),
    SIM_STAT_END,
};

static void traffic_reset(sim_comp_t *comp)
{
    traffic_t *t = (traffic_t *)(void *)comp;
    sim_event_cancel(comp->sim, &t->sample);
    t->window = 0;
}

static sim_err_t traffic_start(sim_comp_t *comp)
{
    schedule((traffic_t *)(void *)comp);
    return SIM_OK;
}

static void lane_reset(sim_comp_t *comp)
{
    traffic_lane_t *lane = (traffic_lane_t *)(void *)comp;
    lane->seen = lane->bytes = lane->window_bytes = lane->last_bytes = lane->peak_bytes = 0;
    lane->mean_bytes_per_s = lane->peak_bytes_per_s = 0;
}

static const sim_kind_t traffic_kind = {.kind = "traffic",
                                        .version = 1,
                                        .reset = traffic_reset,
                                        .start = traffic_start,
                                        .tally = traffic_tally,
                                        .fields = traffic_fields};
static const sim_kind_t lane_kind = {.kind = "traffic_lane",
                                     .version = 1,
                                     .reset = lane_reset,
                                     .figure = lane_figure,
                                     .fields = lane_fields,
                                     .stats = lane_stats};
_Static_assert(offsetof(traffic_t, comp) == 0, "comp stays first");
_Static_assert(offsetof(traffic_lane_t, comp) == 0, "comp stays first");

/* ---- set-up ---- */

traffic_desc_t traffic_desc_default(void)
{
    return (traffic_desc_t){.window_ps = 100 * SIM_PS_PER_US};
}

static sim_err_t add(traffic_t *t, traffic_track_t track, uint32_t number, const char *series,
                     const char *name)
{
    char path[128];
    traffic_lane_t *lane = &t->lane[t->lanes++];
    lane->traffic = t;
    lane->track = track;
    lane->number = number;
    lane->series = series;
    snprintf(path, sizeof(path), "%s.%s", t->comp.name, name);
    return sim_comp_init(&lane->comp, t->comp.sim, &lane_kind, path);
}

static sim_err_t add_lanes(traffic_t *t)
{
    sim_err_t err = add(t, TRAFFIC_BUS, 0, "registers", "bus");
    for (uint32_t i = 0; i < t->l2->masters && err == SIM_OK; i++)
        err = add(t, TRAFFIC_MASTERS, i, l2_master_name(t->l2, i), l2_master_name(t->l2, i));
    for (uint32_t i = 0; i < t->l2->desc.banks && err == SIM_OK; i++) {
        char name[16];
        snprintf(name, sizeof(name), "bank%u", i);
        snprintf(t->bank_name[i], sizeof(t->bank_name[i]), "%u", i % 100);
        err = add(t, TRAFFIC_BANKS, i, t->bank_name[i], name);
    }
    return err;
}

sim_err_t traffic_init(traffic_t *traffic, sim_t *sim, l2_t *l2, const bus_t *bus,
                       const traffic_desc_t *desc, const char *name)
{
    memset(traffic, 0, sizeof(*traffic));
    if (desc->window_ps < SIM_PS_PER_US || desc->window_ps > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.window_ps: %" PRIu64 " not in 10^6..10^12", name,
                        desc->window_ps);
    traffic->desc = *desc;
    traffic->l2 = l2;
    traffic->bus = bus;
    sim_err_t err = sim_comp_init(&traffic->comp, sim, &traffic_kind, name);
    if (err != SIM_OK)
        return err;
    sim_event_init(&traffic->sample, &traffic->comp, "sample", SIM_PRIO_OBSERVE, on_sample,
                   traffic);
    return add_lanes(traffic);
}
