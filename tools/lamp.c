#include "tools/lamp.h"

static uint32_t at(const lamp_t *lamp, uint64_t ps)
{
    uint32_t n = atomic_load(&lamp->changes);
    while (n > 0 && atomic_load(&lamp->from_ps[n - 1]) > ps)
        n--;
    return n > 0 ? atomic_load(&lamp->thousandths[n - 1]) : LAMP_NORMAL;
}

static void row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const lamp_t *lamp = ctx;
    uint32_t thousandths = at(lamp, req->start_ps);
    float *const plane[] = {out->r, out->g, out->b};
    lamp->under.row(lamp->under.ctx, req, out);
    if (thousandths == LAMP_NORMAL)
        return;
    float factor = (float)thousandths / (float)LAMP_NORMAL;
    for (uint32_t p = 0; p < SIM_COUNT(plane); p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            plane[p][i] *= factor;
}

sim_light_t lamp_light(lamp_t *lamp, sim_light_t under)
{
    lamp->under = under;
    return (sim_light_t){row, lamp};
}

/* Exposures that begin later are of a frame that is not latched yet. */
static uint64_t latched_ps(const pix_t *pixel)
{
    const pix_frame_t *last = pixel->pending ? &pixel->next : &pixel->now;
    return pixel->pending || pixel->frames != 0
               ? pix_row_exposure_start_ps(last, pix_frame_lines(last) - 1) + 1
               : 0;
}

bool lamp_change(lamp_t *lamp, const pix_t *pixel, uint64_t now_ps, uint32_t thousandths)
{
    uint32_t n = atomic_load(&lamp->changes);
    uint64_t free_ps = latched_ps(pixel);
    uint64_t from_ps = now_ps > free_ps ? now_ps : free_ps;
    if (n == LAMP_CHANGES)
        return false;
    atomic_store(&lamp->from_ps[n], from_ps);
    atomic_store(&lamp->thousandths[n], thousandths);
    atomic_store(&lamp->changes, n + 1);
    return true;
}

uint32_t lamp_thousandths(const lamp_t *lamp)
{
    uint32_t n = atomic_load(&lamp->changes);
    return n > 0 ? atomic_load(&lamp->thousandths[n - 1]) : LAMP_NORMAL;
}
