#include "logic/thermal.h"

#include <assert.h>
#include <string.h>

enum { SHARE_BITS = 62, MOST_R = 1000000, MOST_C = 1000000000 };
#define PK_PER_UC INT64_C(1000000)
#define PK_PER_MC INT64_C(1000000000)
#define ZERO_C_PK (INT64_C(273150) * PK_PER_MC)

static thermal_t *thermal_of(sim_comp_t *comp)
{
    return (thermal_t *)(void *)comp;
}

static int64_t pk_of(int32_t mc)
{
    return ZERO_C_PK + mc * PK_PER_MC;
}

/* ---- arithmetic ---- */

/* In microseconds the product stays within 63 bits: 300,000 mc in 213 days. */
int32_t thermal_profile_mc(const thermal_desc_t *desc, uint64_t time_ps)
{
    uint32_t n = 0;
    while (n < desc->points && desc->profile[n].at_ps <= time_ps)
        n++;
    if (n == 0)
        return desc->profile[0].mc;
    const thermal_point_t *from = &desc->profile[n - 1], *to = &desc->profile[n];
    if (n == desc->points)
        return from->mc;
    int64_t span_us = (int64_t)((to->at_ps - from->at_ps) / SIM_PS_PER_US);
    int64_t passed_us = (int64_t)((time_ps - from->at_ps) / SIM_PS_PER_US);
    if (span_us == 0)
        return from->mc;
    return from->mc + (int32_t)((to->mc - from->mc) * passed_us / span_us);
}

/* x - x^2/2! + x^3/3! - ..: terms that fall from the first on. */
uint64_t thermal_share(uint64_t part, uint64_t whole)
{
    assert(part <= whole && whole >= 1 && whole <= UINT64_C(1) << 60);
    uint64_t x = (uint64_t)(((sim_u128_t)part << SHARE_BITS) / whole);
    uint64_t term = x, sum = 0;
    for (uint64_t n = 2; term != 0; n++) {
        sum += n % 2 == 0 ? term : ~term + 1;
        term = (uint64_t)((sim_u128_t)term * x >> SHARE_BITS) / n;
    }
    return sum;
}

/* Nearest picokelvin, halves away from where it is. */
static int64_t way(int64_t from, int64_t to, uint64_t share)
{
    uint64_t far = (uint64_t)(to > from ? to - from : from - to);
    sim_u128_t half = (sim_u128_t)1 << (SHARE_BITS - 1);
    int64_t gone = (int64_t)(((sim_u128_t)far * share + half) >> SHARE_BITS);
    return to > from ? from + gone : from - gone;
}

/* R times the power of a step: fJ/ps are mW, mW times mK/W are 10^6 pK. */
static int64_t rise_pk(const thermal_t *th, uint64_t heat_fj)
{
    const sim_u128_t most = (sim_u128_t)(pk_of(THERMAL_HIGH_MC) - pk_of(THERMAL_LOW_MC));
    sim_u128_t rise =
        (sim_u128_t)heat_fj * th->desc.r_mk_per_w * 1000000 / (th->desc.step_us * SIM_PS_PER_US);
    return (int64_t)(rise < most ? rise : most);
}

/* ---- steps ---- */

static uint64_t mk_of(int64_t uc)
{
    return (uint64_t)(273150 + uc / 1000);
}

static void note_at(thermal_t *th, uint64_t mk)
{
    th->most_mk = mk > th->most_mk ? mk : th->most_mk;
}

static void note(thermal_t *th)
{
    th->now_mk = mk_of(thermal_die_uc(th));
    note_at(th, th->now_mk);
}

static void trace(const thermal_t *th)
{
    sim_trace_count(th->comp.sim, "temperature", sim_now_ps(th->comp.sim), "\"die_c\": %.3f",
                    (double)thermal_die_uc(th) * 1e-6);
}

static void plan(thermal_t *th)
{
    sim_event_at(th->comp.sim, &th->step, (th->steps + 1) * th->desc.step_us * SIM_PS_PER_US);
}

static void on_step(void *ctx)
{
    thermal_t *th = ctx;
    uint64_t now_ps = sim_now_ps(th->comp.sim), energy_fj = th->energy_fj(th->energy_ctx);
    assert(energy_fj >= th->seen_fj);
    int64_t aim =
        pk_of(thermal_profile_mc(&th->desc, now_ps)) + rise_pk(th, energy_fj - th->seen_fj);
    const int64_t most = pk_of(THERMAL_HIGH_MC);
    if (aim > most)
        sim_log(&th->comp, SIM_LOG_UNIMP, "more than %d C: held there", THERMAL_HIGH_MC / 1000);
    th->die_pk = way(th->die_pk, aim < most ? aim : most, th->share);
    th->seen_fj = energy_fj;
    th->steps++;
    note(th);
    trace(th);
    plan(th);
}

int64_t thermal_die_uc(const thermal_t *th)
{
    if (th->desc.self_heating)
        return (th->die_pk - ZERO_C_PK) / PK_PER_UC;
    return thermal_profile_mc(&th->desc, sim_now_ps(th->comp.sim)) * INT64_C(1000);
}

/* ---- tables ---- */

static const sim_field_t thermal_fields[] = {
    SIM_FIELD(thermal_t, die_pk),
    SIM_FIELD(thermal_t, seen_fj),
    SIM_FIELD(thermal_t, start_mk),
    SIM_FIELD(thermal_t, now_mk),
    SIM_FIELD(thermal_t, most_mk),
    SIM_FIELD(thermal_t, steps),
    SIM_FIELD_END,
};

static const sim_stat_t thermal_stats[] = {
    SIM_STAT(thermal_t, start_mk, "mK", "temperature of the dies at time 0; 273150: 0 C"),
    SIM_STAT(thermal_t, now_mk, "mK", "temperature of the dies"),
    SIM_STAT(thermal_t, most_mk, "mK", "highest temperature of the dies"),
    SIM_STAT_END,
};

static sim_err_t thermal_check(sim_comp_t *comp)
{
    const thermal_t *th = thermal_of(comp);
    if (th->desc.self_heating && th->energy_fj == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.energy_fj: not connected", comp->name);
    return SIM_OK;
}

static void thermal_reset(sim_comp_t *comp)
{
    thermal_t *th = thermal_of(comp);
    sim_event_cancel(comp->sim, &th->step);
    th->die_pk = pk_of(th->desc.start_mc);
    th->seen_fj = th->most_mk = th->steps = 0;
    note(th);
    th->start_mk = th->now_mk;
}

static sim_err_t thermal_start(sim_comp_t *comp)
{
    thermal_t *th = thermal_of(comp);
    if (th->desc.self_heating)
        plan(th);
    return SIM_OK;
}

/* A profile is highest at one of its points, or now. */
static void thermal_settle(sim_comp_t *comp)
{
    thermal_t *th = thermal_of(comp);
    if (th->desc.self_heating)
        return;
    for (uint32_t n = 0; n < th->desc.points; n++)
        if (th->desc.profile[n].at_ps <= sim_now_ps(comp->sim))
            note_at(th, mk_of(th->desc.profile[n].mc * INT64_C(1000)));
    note(th);
}

static const sim_kind_t thermal_kind = {
    .kind = "thermal",
    .version = 1,
    .check = thermal_check,
    .reset = thermal_reset,
    .start = thermal_start,
    .settle = thermal_settle,
    .fields = thermal_fields,
    .stats = thermal_stats,
};
_Static_assert(offsetof(thermal_t, comp) == 0, "comp stays first");

/* ---- life ---- */

thermal_desc_t thermal_desc_default(void)
{
    return (thermal_desc_t){
        .start_mc = 25000,
        .r_mk_per_w = 50000,
        .c_uj_per_k = 470000,
        .step_us = 1000,
    };
}

int32_t thermal_mc(double celsius)
{
    return (int32_t)(celsius * 1000 + (celsius < 0 ? -0.5 : 0.5));
}

void thermal_fix(thermal_desc_t *desc, double celsius)
{
    desc->profile[0] = (thermal_point_t){0, thermal_mc(celsius)};
    desc->points = 1;
}

/* Nanoseconds: mK/W times uJ/K. */
static uint64_t time_constant_ns(const thermal_desc_t *desc)
{
    return (uint64_t)desc->r_mk_per_w * desc->c_uj_per_k;
}

void thermal_desc_read(const sim_cfg_t *cfg, thermal_desc_t *desc)
{
    desc->r_mk_per_w = (uint32_t)sim_cfg_u64(cfg, "r_mk_per_w", 1, MOST_R, desc->r_mk_per_w);
    desc->c_uj_per_k = (uint32_t)sim_cfg_u64(cfg, "c_uj_per_k", 1, MOST_C, desc->c_uj_per_k);
    desc->step_us = (uint32_t)sim_cfg_u64(cfg, "step_us", 10, 1000000, desc->step_us);
    if (desc->step_us * UINT64_C(1000) > time_constant_ns(desc))
        sim_cfg_fail(cfg, "step_us", "%u us is more than R C, %llu ns", desc->step_us,
                     (unsigned long long)time_constant_ns(desc));
    sim_cfg_done(cfg);
}

static bool in_range(int32_t mc)
{
    return mc >= THERMAL_LOW_MC && mc <= THERMAL_HIGH_MC;
}

static sim_err_t check_profile(sim_t *sim, const thermal_desc_t *d, const char *name)
{
    if (d->points == 0 || d->points > THERMAL_MAX_POINTS)
        return sim_fail(sim, SIM_EDESC, "%s.profile: %u points not in 1..%u", name, d->points,
                        THERMAL_MAX_POINTS);
    for (uint32_t i = 0; i < d->points; i++) {
        if (!in_range(d->profile[i].mc))
            return sim_fail(sim, SIM_EDESC, "%s.profile[%u]: %d not in %d..%d", name, i,
                            d->profile[i].mc, THERMAL_LOW_MC, THERMAL_HIGH_MC);
        if (i > 0 && d->profile[i].at_ps <= d->profile[i - 1].at_ps)
            return sim_fail(sim, SIM_EDESC, "%s.profile[%u]: not after the point before it", name,
                            i);
    }
    return SIM_OK;
}

static sim_err_t check_desc(sim_t *sim, const thermal_desc_t *d, const char *name)
{
    if (!in_range(d->start_mc))
        return sim_fail(sim, SIM_EDESC, "%s.start_mc: %d not in %d..%d", name, d->start_mc,
                        THERMAL_LOW_MC, THERMAL_HIGH_MC);
    if (d->r_mk_per_w < 1 || d->r_mk_per_w > MOST_R || d->c_uj_per_k < 1 || d->c_uj_per_k > MOST_C)
        return sim_fail(sim, SIM_EDESC, "%s: R %u mK/W or C %u uJ/K is 0 or too large", name,
                        d->r_mk_per_w, d->c_uj_per_k);
    if (d->step_us < 10 || d->step_us > 1000000 ||
        d->step_us * UINT64_C(1000) > time_constant_ns(d))
        return sim_fail(sim, SIM_EDESC, "%s.step_us: %u not in 10..1000000 and up to R C", name,
                        d->step_us);
    return check_profile(sim, d, name);
}

sim_err_t thermal_init(thermal_t *thermal, sim_t *sim, const thermal_desc_t *desc, const char *name)
{
    memset(thermal, 0, sizeof(*thermal));
    sim_err_t err = check_desc(sim, desc, name);
    if (err == SIM_OK)
        err = sim_comp_init(&thermal->comp, sim, &thermal_kind, name);
    if (err != SIM_OK)
        return err;
    thermal->desc = *desc;
    thermal->share = thermal_share(desc->step_us * UINT64_C(1000), time_constant_ns(desc));
    sim_event_init(&thermal->step, &thermal->comp, "step", SIM_PRIO_OBSERVE, on_step, thermal);
    return SIM_OK;
}
