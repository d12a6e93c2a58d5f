#include "tools/view/play_run.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/history.h"
#include "tools/execution.h"
#include "tools/run_listen.h"

#define MOST_PIECE_PS (5 * SIM_PS_PER_MS)
#define LEAST_PIECE_PS (SIM_PS_PER_US)
#define PIECE_S 0.006  /* the user's time that a piece takes, at most twice that */
#define RATE_S 0.5     /* over which the speed is told */
#define SNAPSHOT_S 0.2 /* the user's time between snapshots, at least: each takes some 3 ms */
#define NO_GOAL UINT64_MAX
enum { SNAPSHOT_FRAMES = 2, SNAPSHOT_EVERY = 4, WAIT_MS = 15 };
enum { GROUPED_HOLD = 0x0104 }; /* MIPI CCS: grouped_parameter_hold */

const char *const play_speed_name[SPEED_COUNT] = {"full speed", "1/10", "1/100", "1/1000",
                                                  "a row a second"};

struct play {
    play_desc_t desc;
    sim_t *sim;
    sim_history_t *history;
    bool paused, over, left;
    bool cut; /* over, with frames missing */
    play_speed_t speed;
    int32_t step;     /* play_step_t that is waited for; -1: none */
    bool running;     /* a piece */
    bool step_came;   /* the simulation stopped for it */
    uint64_t goal_ps; /* on the way there; NO_GOAL */
    uint64_t back_ps; /* a wish: back to there; NO_GOAL */
    uint64_t furthest_ps;
    double snapshot_s; /* when the last one was taken, of the user's time */
    uint64_t piece_ps;
    double pace_s;    /* slow motion: at this time of the user's it was */
    uint64_t pace_ps; /* .. there */
    double rate_s;    /* the same for the speed that is told */
    uint64_t rate_ps;
    uint32_t own_lines; /* of the host's script that are not the hand's */
    char complaint[160];
};

static void complain(play_t *p, const char *fmt, ...) SIM_PRINTF(2, 3);
static void complain(play_t *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(p->complaint, sizeof(p->complaint), fmt, args);
    va_end(args);
}

/* ---- time ---- */

static void set_pace(play_t *p)
{
    p->pace_s = execution_seconds();
    p->pace_ps = p->sim != NULL ? sim_now_ps(p->sim) : 0;
}

/* The frame that is read, or that registers ask for. */
static pix_frame_t frame_of(const play_t *p)
{
    const pix_t *pixel = &p->desc.run->sensor->pixel;
    return pixel->frames != 0 ? pixel->now : pix_frame_asked(pixel);
}

static uint64_t line_ps(const play_t *p)
{
    const pix_frame_t frame = frame_of(p);
    return pix_line_time_ps(&frame);
}

static uint64_t frame_ps(const play_t *p)
{
    const pix_frame_t frame = frame_of(p);
    return pix_line_time_ps(&frame) * frame.frame_length_lines;
}

/* Simulated time of a second of the user's; 0: as fast as it goes. */
static double rate_of(const play_t *p)
{
    static const double rate[SPEED_COUNT] = {0, 1e11, 1e10, 1e9, 0};
    return p->speed == SPEED_ROW ? (double)line_ps(p) : rate[p->speed];
}

/* How far slow motion has come. */
static uint64_t paced_ps(const play_t *p)
{
    double rate = rate_of(p);
    if (rate == 0 || p->goal_ps != NO_GOAL || p->step >= 0)
        return UINT64_MAX;
    return p->pace_ps + (uint64_t)((execution_seconds() - p->pace_s) * rate);
}

static void tell_rate(play_t *p)
{
    double now_s = execution_seconds();
    uint64_t now_ps = sim_now_ps(p->sim);
    if (now_s - p->rate_s < RATE_S)
        return;
    p->desc.listen->model->real_time =
        now_ps > p->rate_ps ? (double)(now_ps - p->rate_ps) / 1e12 / (now_s - p->rate_s) : 0;
    p->rate_s = now_s;
    p->rate_ps = now_ps;
}

static void adapt(play_t *p, double took_s)
{
    if (took_s > 2 * PIECE_S && p->piece_ps > LEAST_PIECE_PS)
        p->piece_ps /= 2;
    else if (took_s < PIECE_S && p->piece_ps < MOST_PIECE_PS)
        p->piece_ps *= 2;
}

/* ---- back ---- */

/* Pictures of the window fill up again on the way: from the frame before, at least. */
static bool go_back(play_t *p, uint64_t to_ps)
{
    uint64_t begin_ps = sim_history_begin_ps(p->history);
    to_ps = to_ps > begin_ps ? to_ps : begin_ps;
    uint64_t margin_ps = SNAPSHOT_FRAMES * frame_ps(p);
    uint64_t from_ps = to_ps - begin_ps > margin_ps ? to_ps - margin_ps : begin_ps;
    from_ps = sim_history_snapshot_ps(p->history, from_ps);
    if (!sim_history_back(p->history, from_ps))
        return false;
    host_player_wake(&p->desc.run->player);
    view_listen_back(p->desc.listen, from_ps);
    p->over = p->cut = false;
    p->complaint[0] = '\0';
    p->paused = true;
    p->step = -1;
    p->goal_ps = to_ps;
    p->rate_ps = from_ps;
    return true;
}

/* ---- the hand ---- */

const char *play_refusal(const play_t *p)
{
    if (!p->desc.may_change)
        return "a recorded run is as it was";
    if (p->over)
        return "the run is at its end";
    const host_player_t *player = &p->desc.run->player;
    if (host_script_sends(&p->desc.run->scenario.host))
        return "the scenario's host script sends files";
    return player->at < p->own_lines ? "the scenario's host script is not through" : NULL;
}

/* What was to come by hand behind this time is no more. */
static bool forget_future(play_t *p, uint64_t at_ps)
{
    host_player_t *player = &p->desc.run->player;
    host_script_t *script = &p->desc.run->scenario.host;
    uint32_t stay = player->at;
    while (stay < script->cmds &&
           (script->cmd[stay].act != HOST_AT || script->cmd[stay].ps <= at_ps))
        stay++;
    if (stay == player->at)
        host_player_drop(player);
    host_script_cut(script, stay);
    p->furthest_ps = sim_now_ps(p->sim);
    return p->history == NULL || sim_history_changed(p->history);
}

static bool change(play_t *p, host_cmd_t cmd)
{
    host_script_t *script = &p->desc.run->scenario.host;
    const host_cmd_t at = {.act = HOST_AT, .ps = sim_now_ps(p->sim) + 1};
    const char *why = play_refusal(p);
    p->complaint[0] = '\0';
    if (why != NULL)
        complain(p, "%s", why);
    else if (!forget_future(p, at.ps) || !host_script_append(script, &at) ||
             !host_script_append(script, &cmd))
        complain(p, "out of memory");
    if (p->complaint[0] != '\0')
        return false;
    host_player_wake(&p->desc.run->player);
    return true;
}

bool play_write(play_t *p, uint16_t addr, uint32_t bytes, uint32_t value)
{
    const ccs_reg_t *reg = ccs_find(&p->desc.run->sensor->desc.ccs, addr);
    if (!change(p, (host_cmd_t){.act = HOST_WRITE, .addr = addr, .bytes = bytes, .value = value}))
        return false;
    view_tell_line(p->desc.listen->model, LINE_HAND, sim_now_ps(p->sim), "write %s (0x%04x) %u",
                   reg != NULL ? reg->name : "", addr, value);
    return true;
}

bool play_light(play_t *p, uint32_t thousandths)
{
    if (!change(p, (host_cmd_t){.act = HOST_LIGHT, .value = thousandths}))
        return false;
    view_tell_line(p->desc.listen->model, LINE_HAND, sim_now_ps(p->sim), "light %u.%03u",
                   thousandths / 1000, thousandths % 1000);
    return true;
}

void play_log(const play_t *p, FILE *to)
{
    fputs("# host script: what was changed by hand, and the scenario's own script before it\n", to);
    host_script_print(&p->desc.run->scenario.host, to);
}

/* ---- wishes ---- */

void play_pause(play_t *p, bool pause)
{
    p->paused = pause || p->over;
    p->step = -1;
    p->goal_ps = NO_GOAL;
    set_pace(p);
}

void play_set_speed(play_t *p, play_speed_t speed)
{
    p->speed = speed;
    set_pace(p);
}

void play_step(play_t *p, play_step_t step)
{
    p->step = p->over ? -1 : (int32_t)step;
    p->goal_ps = NO_GOAL;
    p->paused = true;
}

void play_seek(play_t *p, uint64_t at_ps)
{
    p->step = -1;
    p->paused = true;
    p->goal_ps = p->back_ps = NO_GOAL;
    if (p->sim != NULL && at_ps < sim_now_ps(p->sim))
        p->back_ps = at_ps;
    else if (!p->over)
        p->goal_ps = at_ps;
    if (p->running) { /* the piece may go too far */
        p->step_came = true;
        sim_stop(p->sim);
    }
}

void play_back(play_t *p)
{
    uint64_t now_ps = sim_now_ps(p->sim), by_ps = frame_ps(p);
    play_seek(p, now_ps > by_ps ? now_ps - by_ps : 0);
}

bool play_paused(const play_t *p)
{
    return p->paused && p->step < 0 && p->goal_ps == NO_GOAL;
}

play_speed_t play_speed(const play_t *p)
{
    return p->speed;
}

uint64_t play_now_ps(const play_t *p)
{
    return p->sim != NULL ? sim_now_ps(p->sim) : 0;
}

uint64_t play_begin_ps(const play_t *p)
{
    return p->history != NULL ? sim_history_begin_ps(p->history) : 0;
}

uint64_t play_furthest_ps(const play_t *p)
{
    return p->furthest_ps;
}

bool play_busy(const play_t *p)
{
    return p->step >= 0 || p->goal_ps != NO_GOAL || p->back_ps != NO_GOAL;
}

bool play_over(const play_t *p)
{
    return p->over;
}

bool play_short(const play_t *p)
{
    return p->cut;
}

uint32_t play_register(const play_t *p, uint16_t addr, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | ccs_byte(&p->desc.run->sensor->ccs, (uint16_t)(addr + i));
    return value;
}

uint32_t play_light_now(const play_t *p)
{
    return lamp_thousandths(&p->desc.run->player.lamp);
}

/* Each is a time and what happens then; writes under a hold are one change. */
uint32_t play_changes(const play_t *p)
{
    const host_script_t *script = &p->desc.run->scenario.host;
    uint32_t count = 0;
    bool held = false;
    for (uint32_t i = p->own_lines; i + 1 < script->cmds; i += 2) {
        const host_cmd_t *cmd = &script->cmd[i + 1];
        count += !held;
        if (cmd->act == HOST_WRITE && cmd->addr == GROUPED_HOLD)
            held = cmd->value != 0;
    }
    return count;
}

const char *play_complaint(const play_t *p)
{
    return p->complaint;
}

/* ---- running ---- */

void play_stepped(void *ctx, play_step_t step)
{
    play_t *p = ctx;
    if (p->step != (int32_t)step)
        return;
    p->step_came = true;
    sim_stop(p->sim);
}

static bool at_rest(const play_t *p)
{
    return p->over || (p->paused && p->step < 0 && p->goal_ps == NO_GOAL);
}

/* What is seen where the run stands is to be of that time: pictures of the last frames are made,
 * however fast they come. */
static bool is_near(const play_t *p, uint64_t now_ps)
{
    bool goal = p->goal_ps != NO_GOAL && p->goal_ps - now_ps <= SNAPSHOT_FRAMES * frame_ps(p);
    return !p->desc.interactive || p->step >= 0 || goal;
}

/* With a snapshot on the way where one is due. */
static bool run_to(play_t *p, uint64_t to_ps, double now_s)
{
    if (p->history == NULL || now_s - p->snapshot_s < SNAPSHOT_S) {
        sim_run_until_ps(p->sim, to_ps);
        return true;
    }
    uint64_t last_ps = sim_history_snapshot_ps(p->history, sim_now_ps(p->sim));
    bool fine = sim_history_run(p->history, to_ps);
    if (sim_history_snapshot_ps(p->history, sim_now_ps(p->sim)) != last_ps)
        p->snapshot_s = now_s;
    return fine;
}

/* Runs a piece, at most to that time. */
static bool go_on(play_t *p, uint64_t until_ps)
{
    uint64_t now_ps = sim_now_ps(p->sim), paced = paced_ps(p), to_ps = now_ps + p->piece_ps;
    to_ps = to_ps < until_ps ? to_ps : until_ps;
    to_ps = to_ps < p->goal_ps ? to_ps : p->goal_ps;
    to_ps = to_ps < paced ? to_ps : paced;
    double begin_s = execution_seconds();
    p->step_came = false;
    if (to_ps <= now_ps)
        return true;
    p->desc.listen->every_image = is_near(p, now_ps);
    p->running = true;
    bool fine = run_to(p, to_ps, begin_s);
    p->running = false;
    adapt(p, execution_seconds() - begin_s);
    now_ps = sim_now_ps(p->sim);
    p->furthest_ps = p->furthest_ps > now_ps ? p->furthest_ps : now_ps;
    return fine;
}

/* Has it come to where it was to come? */
static void arrive(play_t *p)
{
    if (p->step_came)
        p->step = -1;
    if (p->goal_ps != NO_GOAL && sim_now_ps(p->sim) >= p->goal_ps) {
        p->goal_ps = NO_GOAL;
        view_model_arrived(p->desc.listen->model, sim_now_ps(p->sim));
    }
    p->over = (sim_stopped(p->sim) && !p->step_came) || run_is_complete(p->desc.run);
    p->cut = p->over && !run_is_complete(p->desc.run);
    if (p->over)
        play_pause(p, true);
}

static bool start_history(play_t *p)
{
    uint64_t every_ps = SNAPSHOT_EVERY * frame_ps(p);
    every_ps = every_ps > SIM_PS_PER_MS ? every_ps : SIM_PS_PER_MS;
    const sim_history_desc_t desc = {.every_ps = every_ps,
                                     .max_bytes = p->desc.max_bytes != 0 ? p->desc.max_bytes
                                                                         : PLAY_MAX_BYTES};
    if (!p->desc.interactive || p->history != NULL)
        return true;
    p->history = sim_history_new(p->sim, &desc);
    return p->history != NULL;
}

bool play_advance(play_t *p, uint64_t until_ps)
{
    if (!start_history(p)) {
        run_fail(p->desc.run, EXIT_FAILED, "%s", sim_error(p->sim));
        return false;
    }
    while (sim_now_ps(p->sim) < until_ps || (p->over && p->desc.interactive)) {
        bool waits = at_rest(p) || paced_ps(p) <= sim_now_ps(p->sim);
        if (!p->desc.look(p->desc.ctx, waits && p->back_ps == NO_GOAL ? WAIT_MS : 0)) {
            p->left = true;
            return p->over;
        }
        bool fine = true, back = p->back_ps != NO_GOAL && p->history != NULL;
        if (back)
            fine = go_back(p, p->back_ps);
        p->back_ps = NO_GOAL;
        if (fine && !at_rest(p)) {
            fine = go_on(p, until_ps);
            arrive(p);
        }
        if (p->desc.interactive) /* what is drawn without a window is of the simulated time alone */
            tell_rate(p);
        if (!fine) {
            run_fail(p->desc.run, EXIT_FAILED, "%s", sim_error(p->sim));
            return false;
        }
        if (p->over && !p->desc.interactive)
            return true;
        if (back)
            return true; /* the run looks at its boundary anew */
    }
    return true;
}

bool play_stay(play_t *p, const char *why)
{
    if (!p->desc.interactive || p->left)
        return false;
    p->over = p->cut = true;
    play_pause(p, true);
    complain(p, "%s", why);
    return play_advance(p, sim_now_ps(p->sim)) && !p->over;
}

/* ---- begin and end ---- */

play_t *play_new(void)
{
    play_t *p = calloc(1, sizeof(*p));
    if (p != NULL) {
        p->step = -1;
        p->goal_ps = p->back_ps = NO_GOAL;
        p->piece_ps = SIM_PS_PER_MS;
    }
    return p;
}

void play_begin(play_t *p, const play_desc_t *desc)
{
    p->desc = *desc;
    p->sim = desc->run->sim;
    p->own_lines = desc->run->scenario.host.cmds;
    desc->listen->stepped = play_stepped;
    desc->listen->ctx = p;
    set_pace(p);
    p->rate_s = execution_seconds();
}

void play_free(play_t *p)
{
    if (p == NULL)
        return;
    sim_history_free(p->history);
    free(p);
}
