/*
 * yes_no: is somebody there? The sensor is in standby but for one frame every look_ms. Most frames
 * are glances, a few samples for the ISP's statistics; one in which something is new, or one now
 * and then, is a look, with the network (presence.h). A packet leaves when the answer changes, and
 * pin 0 is the answer. In between all sleeps, and what can close its clock has closed it.
 */
#include "auto.h"
#include "boxes.h"
#include "camera.h"
#include "clkrst.h"
#include "fovea_metadata.h"
#include "gpio.h"
#include "presence.h"
#include "settings.h"
#include "shot.h"

enum { PIN_PRESENT = 0 };

static net_t net;
static presence_t presence;
static bool glances; /* at the frame that was asked for last */
static bool watches; /* there are statistics */

/* ---- a frame ---- */

static void ask_for_frame(void)
{
    glances = !presence.wants_look;
    camera_thin(glances);
    app_make_tensors(!glances);
    shot_take();
}

static void on_statistics(const stats_zones_t *zones)
{
    if (!glances)
        return;
    presence_glanced(&presence, zones);
    if (presence.wants_look)
        ask_for_frame();
}

static uint8_t best_score(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    return boxes_above(frame, presence.rule.leave_score, boxes) > 0 ? boxes[0].score : 0;
}

static void on_frame(const app_frame_t *frame)
{
    if (!presence_looked(&presence, best_score(frame)))
        return;
    const meta_event_t event = {.kind = META_EVENT_PRESENCE, .value = presence.present};
    gpio_set(PIN_PRESENT, presence.present);
    meta_add_events(app_meta(frame), &event, 1);
    app_send(frame);
}

/* ---- the host ---- */

/* Beyond 255 nothing scores. */
static uint8_t score(uint32_t addr)
{
    uint32_t least = hal_ccs_read16(addr);
    return (uint8_t)(least < UINT8_MAX ? least : UINT8_MAX);
}

static void on_host(void)
{
    presence.rule = (presence_rule_t){
        .enter_score = score(APP_SCORE_MIN),
        .leave_score = score(APP_SCORE_LEAVE),
        .leave_looks = hal_ccs_read16(APP_LOOK_LEAVE),
        .glances = watches ? hal_ccs_read16(APP_LOOK_GLANCES) : 0,
        .change = hal_ccs_read16(APP_LOOK_CHANGE),
    };
}

/* Clocks of what is not used here; all others close by themselves. */
static void rest(void)
{
    static const uint32_t pages[] = {PAGE_DMA, PAGE_RNG, PAGE_SPI};
    for (uint32_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        clk_set(pages[i], false);
}

static void begin(void)
{
    const presence_rule_t rule = {0}; /* on_host comes before the first frame */
    presence_init(&presence, &rule);
    watches = auto_watch(on_statistics);
    if (!watches)
        hal_print("no room for statistics: looks only\n");
    gpio_output(PIN_PRESENT, false);
    rest();
    shot_begin(ask_for_frame);
}

int main(void)
{
    static const app_t app = {
        .name = "yes_no 1",
        .net = &net,
        .known = boxes_known,
        .begin = begin,
        .on_host = on_host,
        .on_frame = on_frame,
        .task = &shot_task,
        .stream = shot_stream,
    };
    app_run(&app);
}
