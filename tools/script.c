#include "tools/script.h"

#include <stdio.h>

/* What the host sees of what the step names; false: nothing is there. */
static bool look(const script_t *script, const scenario_step_t *step, uint32_t *value)
{
    if (step->kind == STEP_EXPECT)
        return ccs_host_read(&script->sensor->ccs, step->addr, value);
    *value = script->sensor->gpio.in >> step->addr & 1;
    return true;
}

static void expect(script_t *script, const scenario_step_t *step)
{
    uint32_t value = 0;
    if (look(script, step, &value) && value == step->value)
        return;
    script->failed++;
    if (step->kind == STEP_EXPECT)
        sim_log(&script->comp, SIM_LOG_ERROR, "%s: register 0x%04x is 0x%x, expected 0x%x",
                step->path, step->addr, value, step->value);
    else
        sim_log(&script->comp, SIM_LOG_ERROR, "%s: pin %u is %u, expected %u", step->path,
                step->addr, value, step->value);
}

static void write_register(script_t *script, const scenario_step_t *step)
{
    bool taken = ccs_host_write(&script->sensor->ccs, step->addr, step->value);
    if (!taken && script->repeats)
        ccs_host_write(&script->sensor->ccs, step->addr, step->value);
}

static void play(void *ctx)
{
    const script_step_ref_t *self = ctx;
    script_t *script = self->script;
    const scenario_step_t *step = &script->step[self->index];
    script->done++;
    if (step->kind == STEP_WRITE)
        write_register(script, step);
    else if (step->kind == STEP_PIN)
        gpio_drive(&script->sensor->gpio, step->addr, step->value != 0);
    else
        expect(script, step);
}

static sim_err_t start(sim_comp_t *comp)
{
    script_t *script = (script_t *)(void *)comp;
    for (uint32_t i = 0; i < script->steps; i++)
        if (!script->step[i].at_frame)
            sim_event_at(comp->sim, &script->event[i], script->step[i].at_ps);
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
            sim_event_at(script->comp.sim, &script->event[i],
                         pix_row_readout_start_ps(&pixel->now, step->row));
    }
}

/* clang-format off */
static const sim_field_t fields[] = {
    SIM_FIELD(script_t, done), SIM_FIELD(script_t, failed), SIM_FIELD_END,
};
static const sim_stat_t stats[] = {
    SIM_STAT(script_t, done,   "1", "steps of the host script"),
    SIM_STAT(script_t, failed, "1", "values that were not as expected"),
    SIM_STAT_END,
};
/* clang-format on */
static const sim_kind_t kind = {
    .kind = "script", .version = 1, .start = start, .fields = fields, .stats = stats};
_Static_assert(offsetof(script_t, comp) == 0, "comp stays first");

sim_err_t script_init(script_t *script, sensor_t *sensor, const scenario_t *scenario)
{
    sim_err_t err = sim_comp_init(&script->comp, sensor->sim, &kind, "host");
    script->sensor = sensor;
    script->step = scenario->step;
    script->steps = scenario->steps;
    for (uint32_t i = 0; i < script->steps && err == SIM_OK; i++) {
        script->self[i].script = script;
        script->self[i].index = i;
        snprintf(script->self[i].name, sizeof(script->self[i].name), "step%u", i);
        sim_event_init(&script->event[i], &script->comp, script->self[i].name, SIM_PRIO_REQUEST,
                       play, &script->self[i]);
    }
    if (err == SIM_OK && !sim_wire_connect(&sensor->pixel.frame_start, on_frame_start, script))
        err = sim_fail(sensor->sim, SIM_EWIRE, "host: the frame start has no place left");
    return err;
}
