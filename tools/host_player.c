#include "tools/host_player.h"

#include <stdlib.h>
#include <string.h>

static void go_on(host_player_t *p);

static const host_cmd_t *current(const host_player_t *p)
{
    return &p->script->cmd[p->at];
}

bool host_player_done(const host_player_t *p)
{
    return p->at == p->script->cmds;
}

uint64_t host_player_still_ps(const host_player_t *p)
{
    return sim_event_pending(&p->next) ? SIM_NEVER_PS : p->moved_ps;
}

/* ---- on the bus ---- */

static void submit(host_player_t *p)
{
    const host_cmd_t *cmd = current(p);
    cci_xfer_t xfer = cmd->act == HOST_WRITE
                          ? cci_write_of(p->client, 0, cmd->addr, cmd->bytes, cmd->value)
                          : cci_read_of(p->client, 0, cmd->addr, cmd->bytes);
    cci_submit(&p->sensor->cci, &xfer);
}

static void judge(host_player_t *p, const cci_xfer_t *xfer)
{
    const host_cmd_t *cmd = current(p);
    uint32_t value = cci_value(xfer);
    p->reads++;
    if (p->saw != NULL)
        p->saw(p->saw_ctx, cmd, value);
    if (cmd->act == HOST_READ)
        sim_log(&p->comp, SIM_LOG_INFO, "%s:%u: register 0x%04x is 0x%x", p->script->file,
                cmd->line, cmd->addr, value);
    if (cmd->act != HOST_EXPECT || value == cmd->value)
        return;
    p->failed++;
    sim_log(&p->comp, SIM_LOG_ERROR, "%s:%u: register 0x%04x is 0x%x, expected 0x%x",
            p->script->file, cmd->line, cmd->addr, value, cmd->value);
}

static void complain(host_player_t *p)
{
    p->unacknowledged++;
    sim_log(&p->comp, SIM_LOG_ERROR, "%s:%u: register 0x%04x: not acknowledged", p->script->file,
            current(p)->line, current(p)->addr);
}

static void on_done(void *ctx, const cci_xfer_t *xfer)
{
    host_player_t *p = ctx;
    p->again = xfer->nak != 0 && p->repeats && p->again == 0;
    if (p->again) {
        submit(p);
        return;
    }
    if (xfer->nak != 0)
        complain(p);
    else if (current(p)->act != HOST_WRITE)
        judge(p, xfer);
    p->at++;
    go_on(p);
}

/* ---- what takes a time ---- */

static void end_at(host_player_t *p, uint64_t ps)
{
    sim_event_at(p->comp.sim, &p->next, ps);
}

static void send(host_player_t *p)
{
    const host_cmd_t *cmd = current(p);
    spit_t *spit = &p->sensor->spit;
    uint64_t end_ps = sim_now_ps(p->comp.sim);
    if (!spit_send(spit, p->tape_at + (uint32_t)cmd->at, cmd->bytes, spit->desc.most_hz)) {
        p->failed++;
        sim_log(&p->comp, SIM_LOG_ERROR, "%s:%u: another transfer is on the SPI bus",
                p->script->file, cmd->line);
    }
    spit_sending(spit, &end_ps);
    end_at(p, end_ps);
}

static void on_next(void *ctx)
{
    host_player_t *p = ctx;
    p->at++;
    go_on(p);
}

static void await_frame(host_player_t *p)
{
    p->waits = p->frames <= current(p)->value;
    if (p->waits == 0)
        end_at(p, sim_now_ps(p->comp.sim));
}

static void on_frame_start(void *ctx, bool level)
{
    host_player_t *p = ctx;
    if (!level)
        return;
    p->frames = p->sensor->pixel.now.frame + 1;
    if (p->waits != 0)
        await_frame(p);
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void turn(host_player_t *p)
{
    if (!lamp_change(&p->lamp, &p->sensor->pixel, sim_now_ps(p->comp.sim), current(p)->value)) {
        p->failed++;
        sim_log(&p->comp, SIM_LOG_ERROR, "%s:%u: the light was changed %u times before",
                p->script->file, current(p)->line, LAMP_CHANGES);
    }
    end_at(p, sim_now_ps(p->comp.sim));
}

/* Begins the line that is next. */
static void go_on(host_player_t *p)
{
    p->moved_ps = sim_now_ps(p->comp.sim);
    p->idle = host_player_done(p);
    if (p->idle != 0)
        return;
    switch (current(p)->act) {
    case HOST_WRITE:
    case HOST_READ:
    case HOST_EXPECT:
        submit(p);
        break;
    case HOST_DELAY:
        end_at(p, sim_now_ps(p->comp.sim) + current(p)->ps);
        break;
    case HOST_WAIT_FRAME:
        await_frame(p);
        break;
    case HOST_SPI:
        send(p);
        break;
    case HOST_AT:
        end_at(p, later(sim_now_ps(p->comp.sim), current(p)->ps));
        break;
    case HOST_LIGHT:
        turn(p);
        break;
    case HOST_ACTS:
        break;
    }
}

void host_player_wake(host_player_t *p)
{
    if (p->idle != 0)
        go_on(p);
}

void host_player_drop(host_player_t *p)
{
    if (p->idle != 0 || current(p)->act != HOST_AT || !sim_event_pending(&p->next))
        return;
    sim_event_cancel(p->comp.sim, &p->next);
    p->idle = 1;
}

/* ---- the component ---- */

static void reset(sim_comp_t *comp)
{
    host_player_t *p = (host_player_t *)(void *)comp;
    p->at = p->frames = p->waits = p->again = p->idle = 0;
    atomic_store(&p->lamp.changes, 0);
    p->moved_ps = p->reads = p->failed = p->unacknowledged = 0;
}

static sim_err_t start(sim_comp_t *comp)
{
    go_on((host_player_t *)(void *)comp);
    return SIM_OK;
}

/* clang-format off */
static const sim_field_t fields[] = {
    SIM_FIELD(host_player_t, at),    SIM_FIELD(host_player_t, frames), SIM_FIELD(host_player_t, waits),
    SIM_FIELD(host_player_t, again), SIM_FIELD(host_player_t, reads),  SIM_FIELD(host_player_t, failed),
    SIM_FIELD(host_player_t, unacknowledged), SIM_FIELD(host_player_t, moved_ps),
    SIM_FIELD(host_player_t, idle),
    SIM_FIELD(host_player_t, lamp.changes),   SIM_FIELD(host_player_t, lamp.from_ps),
    SIM_FIELD(host_player_t, lamp.thousandths),
    SIM_FIELD_END,
};
static const sim_stat_t stats[] = {
    SIM_STAT(host_player_t, reads,          "1", "values that the host script has read"),
    SIM_STAT(host_player_t, failed,         "1", "values that were not as expected"),
    SIM_STAT(host_player_t, unacknowledged, "1", "accesses that the sensor did not acknowledge"),
    SIM_STAT_END,
};
/* clang-format on */
static const sim_kind_t kind = {.kind = "host_player",
                                .version = 2,
                                .reset = reset,
                                .start = start,
                                .fields = fields,
                                .stats = stats,
                                .outside = true};
static const sim_kind_t kind_of_hand = {.kind = "host_player",
                                        .version = 2,
                                        .reset = reset,
                                        .start = start,
                                        .fields = fields,
                                        .observer = true};
_Static_assert(offsetof(host_player_t, comp) == 0, "comp stays first");

/* The target has one tape: what is on it, then the script's. */
static bool splice_tape(host_player_t *p)
{
    spit_t *spit = &p->sensor->spit;
    size_t before = spit->tape_bytes, more = p->script->tape_bytes;
    if (more == 0)
        return true;
    p->tape = malloc(before + more);
    if (p->tape == NULL)
        return false;
    if (before != 0)
        memcpy(p->tape, spit->tape, before);
    memcpy(p->tape + before, p->script->tape, more);
    p->tape_at = (uint32_t)before;
    spit->tape = p->tape;
    spit->tape_bytes = before + more;
    return true;
}

sim_err_t host_player_init(host_player_t *player, sensor_t *sensor, const host_script_t *script)
{
    player->sensor = sensor;
    player->script = script;
    sim_err_t err = sim_comp_init(&player->comp, sensor->sim,
                                  script->cmds != 0 ? &kind : &kind_of_hand, "host.script");
    if (err != SIM_OK)
        return err;
    player->client = cci_client(&sensor->cci, on_done, player);
    sim_event_init(&player->next, &player->comp, "next", SIM_PRIO_REQUEST, on_next, player);
    if (!splice_tape(player))
        return sim_fail(sensor->sim, SIM_ENOMEM, "host.script: out of memory");
    if (!sim_wire_connect(&sensor->pixel.frame_start, on_frame_start, player))
        return sim_fail(sensor->sim, SIM_EWIRE, "host.script: the frame start has no place left");
    return SIM_OK;
}

void host_player_free(host_player_t *player)
{
    free(player->tape);
}
