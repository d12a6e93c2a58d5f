/*
 * settings: an application on app.h without a network that says, at its first frames, what the host
 * has set: the numbers, then a zone a frame. Its own task ticks; mailbox command 7 answers 8.
 */
#include "settings.h"
#include "app.h"
#include "mailbox.h"

enum { TICK_US = 10000 };

static zone_t zones[ZONE_MAX];
static uint32_t count, hosts, ticks;
static sched_timer_t timer;

static void say(const char *name, uint32_t value)
{
    hal_print(name);
    hal_print_u32(value);
}

static void on_tick(uint32_t happened)
{
    ticks += happened;
}

static sched_task_t task = {.name = "tick", .run = on_tick, .mask = 1};

static void begin(void)
{
    sched_every(&timer, &task, 1, TICK_US);
}

static void on_host(void)
{
    count = settings_zones(zones);
    hosts++;
}

static void say_point(int32_t x, int32_t y)
{
    say(" ", (uint32_t)x);
    say(",", (uint32_t)y);
}

static void say_zone(uint32_t n)
{
    const zone_t *zone = &zones[n];
    say("zone ", n);
    for (uint32_t i = 0; i < zone->corners; i++)
        say_point(zone->corner[i].x, zone->corner[i].y);
    say(" dwell ", zone->dwell_ms);
    say(" day ", zone->from_s);
    say("..", zone->to_s);
    say(" flags ", zone->flags);
    hal_print("\n");
}

static void say_numbers(const app_frame_t *frame)
{
    say("score ", hal_ccs_read16(APP_SCORE_MIN));
    say(" line ", hal_ccs_read16(APP_LINE_X));
    say(" time ", settings_day_s(frame->start_ps));
    say(" zones ", count);
    say(" hosts ", hosts != 0);
    hal_print(frame->net != 0 ? " network\n" : " no network\n");
}

static void on_frame(const app_frame_t *frame)
{
    if (frame->frame == 0)
        say_numbers(frame);
    if (frame->frame < count)
        say_zone(frame->frame);
    if (frame->frame == 1) /* some 66 ms */
        hal_print(ticks >= 3 && ticks <= 10 ? "ticks\n" : "no ticks\n");
    app_meta(frame);
    app_send(frame);
}

static bool on_command(uint32_t command)
{
    if (command != 7)
        return false;
    mailbox_answer(8);
    return true;
}

int main(void)
{
    static const app_t app = {
        .name = "settings 1",
        .begin = begin,
        .on_host = on_host,
        .on_frame = on_frame,
        .on_command = on_command,
        .task = &task,
    };
    app_run(&app);
}
