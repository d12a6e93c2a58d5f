#include "tools/script.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- expectations ---- */

static void judge(script_t *script, const scenario_step_t *step, uint32_t value)
{
    if (value == step->value)
        return;
    script->failed++;
    if (step->kind == STEP_EXPECT)
        sim_log(&script->comp, SIM_LOG_ERROR, "%s: register 0x%04x is 0x%x, expected 0x%x",
                step->path, step->addr, value, step->value);
    else
        sim_log(&script->comp, SIM_LOG_ERROR, "%s: pin %u is %u, expected %u", step->path,
                step->addr, value, step->value);
}

/* ---- the bus ---- */

/* Begins the oldest step that is due; the bus has room for one of ours at a time. */
static void submit(script_t *script)
{
    const scenario_step_t *step = &script->step[script->due[script->next]];
    cci_xfer_t xfer = step->kind == STEP_WRITE
                          ? cci_write_of(script->client, 0, step->addr, step->bytes, step->value)
                          : cci_read_of(script->client, 0, step->addr, step->bytes);
    cci_submit(&script->sensor->cci, &xfer);
}

static void unacknowledged(script_t *script, const scenario_step_t *step)
{
    script->unacknowledged++;
    script->failed += step->kind == STEP_EXPECT;
    sim_log(&script->comp, step->kind == STEP_EXPECT ? SIM_LOG_ERROR : SIM_LOG_INFO,
            "%s: register 0x%04x: not acknowledged", step->path, step->addr);
}

static void on_done(void *ctx, const cci_xfer_t *xfer)
{
    script_t *script = ctx;
    const scenario_step_t *step = &script->step[script->due[script->next]];
    bool again = xfer->nak != 0 && script->repeats && script->again == 0;
    script->again = again;
    if (!again) {
        if (xfer->nak != 0)
            unacknowledged(script, step);
        else if (step->kind == STEP_EXPECT)
            judge(script, step, cci_value(xfer));
        script->through[script->due[script->next]] = 1;
        script->done++;
        script->next++;
    }
    if (script->next < script->dues)
        submit(script);
}

/* ---- times ---- */

static void await_next(script_t *script)
{
    uint64_t least = SIM_NEVER_PS;
    for (uint32_t i = 0; i < script->steps; i++)
        least = script->at_ps[i] < least ? script->at_ps[i] : least;
    sim_event_cancel(script->comp.sim, &script->time);
    if (least != SIM_NEVER_PS)
        sim_event_at(script->comp.sim, &script->time, least);
}

static void act(script_t *script, uint32_t index)
{
    const scenario_step_t *step = &script->step[index];
    gpio_t *gpio = &script->sensor->gpio;
    bool on_pin = step->kind == STEP_PIN || step->kind == STEP_PIN_EXPECT;
    if (step->kind == STEP_PIN)
        gpio_drive(gpio, step->addr, step->value != 0);
    else if (step->kind == STEP_PIN_EXPECT)
        judge(script, step, gpio->in >> step->addr & 1);
    else
        script->due[script->dues++] = index;
    script->done += on_pin;
    script->through[index] = on_pin;
}

/* All steps of this instant, as they stand in the file. */
static void on_time(void *ctx)
{
    script_t *script = ctx;
    bool busy = script->next < script->dues;
    for (uint32_t i = 0; i < script->steps; i++) {
        if (script->at_ps[i] > sim_now_ps(script->comp.sim))
            continue;
        script->at_ps[i] = SIM_NEVER_PS;
        act(script, i);
    }
    if (!busy && script->next < script->dues)
        submit(script);
    await_next(script);
}

static void reset(sim_comp_t *comp)
{
    script_t *script = (script_t *)(void *)comp;
    script->dues = script->next = script->again = 0;
    script->done = script->failed = script->unacknowledged = 0;
    for (uint32_t i = 0; i < script->steps; i++) {
        script->at_ps[i] = script->step[i].at_frame ? SIM_NEVER_PS : script->step[i].at_ps;
        script->due[i] = script->through[i] = 0;
    }
}

static sim_err_t start(sim_comp_t *comp)
{
    await_next((script_t *)(void *)comp);
    return SIM_OK;
}

/* The rows of a frame are placed when its readout begins. */
static void on_frame_start(void *ctx, bool level)
{
    script_t *script = ctx;
    const pix_t *pixel = &script->sensor->pixel;
    for (uint32_t i = 0; level && i < script->steps; i++) {
        const scenario_step_t *step = &script->step[i];
        if (step->at_frame && step->frame == pixel->now.frame)
            script->at_ps[i] = pix_row_readout_start_ps(&pixel->now, step->row);
    }
    if (level)
        await_next(script);
}

/* ---- tables ---- */

static size_t due_bytes(const sim_comp_t *comp)
{
    return ((const script_t *)(const void *)comp)->steps * sizeof(uint32_t);
}

static size_t through_bytes(const sim_comp_t *comp)
{
    return ((const script_t *)(const void *)comp)->steps;
}

static size_t time_bytes(const sim_comp_t *comp)
{
    return ((const script_t *)(const void *)comp)->steps * sizeof(uint64_t);
}

/* clang-format off */
static const sim_field_t fields[] = {
    SIM_FIELD(script_t, dues), SIM_FIELD(script_t, next),   SIM_FIELD(script_t, again),
    SIM_FIELD(script_t, done), SIM_FIELD(script_t, failed), SIM_FIELD(script_t, unacknowledged),
    SIM_FIELD_BUF(script_t, due, due_bytes), SIM_FIELD_BUF(script_t, at_ps, time_bytes),
    SIM_FIELD_BUF(script_t, through, through_bytes),
    SIM_FIELD_END,
};
static const sim_stat_t stats[] = {
    SIM_STAT(script_t, done,   "1", "steps of the host script"),
    SIM_STAT(script_t, failed, "1", "values that were not as expected"),
    SIM_STAT(script_t, unacknowledged, "1", "steps that the sensor did not acknowledge"),
    SIM_STAT(script_t, unreached, "1", "steps that the run did not get through"),
    SIM_STAT_END,
};
/* clang-format on */
static const sim_kind_t kind = {.kind = "script",
                                .version = 3,
                                .reset = reset,
                                .start = start,
                                .fields = fields,
                                .stats = stats};
_Static_assert(offsetof(script_t, comp) == 0, "comp stays first");

sim_err_t script_init(script_t *script, sensor_t *sensor, const scenario_t *scenario)
{
    sim_err_t err = sim_comp_init(&script->comp, sensor->sim, &kind, "host");
    script->sensor = sensor;
    script->step = scenario->step;
    script->steps = scenario->steps;
    script->at_ps = calloc(script->steps + 1u, sizeof(*script->at_ps));
    script->due = calloc(script->steps + 1u, sizeof(*script->due));
    script->through = calloc(script->steps + 1u, 1);
    if (script->at_ps == NULL || script->due == NULL || script->through == NULL)
        return sim_fail(sensor->sim, SIM_ENOMEM, "host: out of memory");
    if (err != SIM_OK)
        return err;
    script->client = cci_client(&sensor->cci, on_done, script);
    sim_event_init(&script->time, &script->comp, "time", SIM_PRIO_REQUEST, on_time, script);
    if (err == SIM_OK && !sim_wire_connect(&sensor->pixel.frame_start, on_frame_start, script))
        err = sim_fail(sensor->sim, SIM_EWIRE, "host: the frame start has no place left");
    return err;
}

void script_free(script_t *script)
{
    free(script->at_ps);
    free(script->due);
    free(script->through);
}

const scenario_step_t *script_unreached(const script_t *script, uint32_t *index)
{
    while (*index < script->steps && script->through[*index] != 0)
        ++*index;
    return *index < script->steps ? &script->step[(*index)++] : NULL;
}

void script_finish(script_t *script)
{
    script->unreached = 0;
    for (uint32_t i = 0; script_unreached(script, &i) != NULL;)
        script->unreached++;
}
