/*
 * network_swap: what a network sees in each frame; which network that is the host changes while the
 * stream goes on (0xd701), and it brings others meanwhile (update.h).
 *
 *     frame n: tensor --> NPU (old) --> boxes, sent --> ISP and NPU are the new one's
 *     frame n + 1: tensor --> NPU (new) --> ...
 *
 * From a tensor to the end of its packet no other is made, so what is changed then is nobody's: no
 * frame is lost, whatever the phase, as long as a network is done before the next frame begins to
 * be read. What the host selects counts from the frame on that begins after the next result; before
 * the first stream at once. A network that is not there, that is still coming, or whose outputs
 * this program does not understand is refused: the register reads again what runs.
 *
 * A download's end is an event in the next packet: done, or why not. One that fails leaves what
 * runs or is selected as it was. Its status is in the registers of download.h, too.
 */
#include "boxes.h"
#include "camera.h"
#include "download.h"
#include "fovea_metadata.h"
#include "fovea_settings.h"
#include "update.h"

enum { NETWORK_SELECT = 0xd701, CCS_MODE_SELECT = 0x0100 };
enum { EV_LOOK = HAL_BIT(0), EV_ENDED = HAL_BIT(1) };
enum { EVENTS_MOST = 8 };

static void on_update(uint32_t happened);

static sched_task_t task = {.name = "update", .run = on_update, .mask = EV_LOOK | EV_ENDED};
static net_t net[2]; /* that of all frames, and the next one, by turns */
static net_t *now = &net[0];
static net_t *volatile next; /* NULL: none is selected */
static uint32_t packets_addr;
static bool streamed;
static uint32_t replies; /* of downloads, that have been looked at */
static meta_event_t event[EVENTS_MOST];
static uint32_t events;

/* ---- which network ---- */

static void change(void)
{
    if (next == 0)
        return;
    now = next;
    next = 0;
    camera_set_tensor(now);
    app_arm(now);
}

/* Its outputs have the room of those that it is not. */
static bool read_network(net_t *to, uint32_t n)
{
    static uint32_t room[2][NET_ROOM_BYTES / 4];
    return !update_brings(n) && net_read(to, n, room[to - net], sizeof(room[0])) && boxes_known(to);
}

static bool select_other(uint32_t n)
{
    static net_t wanted;
    net_t *spare = now == &net[0] ? &net[1] : &net[0];
    net_t *before = next;
    wanted = *spare;
    if (!read_network(spare, n)) {
        *spare = wanted;
        return false;
    }
    next = spare; /* from here on it may not be overwritten */
    if ((net_there() >> n & 1u) != 0)
        return true;
    *spare = wanted;
    next = before;
    return false;
}

static void select_network(void)
{
    uint32_t n = hal_ccs_read8(NETWORK_SELECT);
    uint32_t selected = next != 0 ? next->place : now->place;
    if (n == selected)
        return;
    if (n == now->place) {
        next = 0;
    } else if (!select_other(n)) {
        hal_print("network ");
        hal_print_u32(n);
        hal_print(" cannot be selected\n");
        hal_ccs_write8(NETWORK_SELECT, selected);
    }
    if (!streamed)
        change();
}

/* ---- downloads ---- */

static uint32_t needed(void)
{
    const net_t *other = next;
    return HAL_BIT(now->place) | (other != 0 ? HAL_BIT(other->place) : 0);
}

/* Packets and statistics: behind the networks that were there at the start. */
static void used(uint32_t *addr, uint32_t *end)
{
    uint32_t left;
    *addr = packets_addr;
    *end = app_l2(&left);
}

/* Replies that are no end of a command say "ready". */
static void note_reply(void)
{
    uint32_t count = hal_ccs_read8(DD_REPLY_CNT), reply = hal_ccs_read8(DD_REPLY_STS);
    if (count == replies)
        return;
    replies = count;
    if (reply != DOWNLOAD_UPDATE_READY && events < EVENTS_MOST)
        event[events++] = (meta_event_t){.kind = META_EVENT_DOWNLOAD, .value = reply};
}

static void on_update(uint32_t happened)
{
    update_look(happened);
    note_reply();
}

/* ---- the application ---- */

static void begin(void)
{
    static const update_t update = {
        .task = &task, .look = EV_LOOK, .ended = EV_ENDED, .needed = needed, .used = used};
    packets_addr = net[0].free_addr;
    update_begin(&update, true);
    replies = hal_ccs_read8(DD_REPLY_CNT);
}

static void on_host(void)
{
    update_obey(true);
    note_reply();
    select_network();
    streamed = streamed || hal_ccs_read8(CCS_MODE_SELECT) != 0;
}

static void on_frame(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    uint32_t found = boxes_of(frame, boxes);
    meta_t *meta = app_meta(frame);
    meta_add_boxes(meta, boxes, NULL, found);
    if (events != 0 && meta_add_events(meta, event, events))
        events = 0;
    app_send(frame);
    change();
}

int main(void)
{
    static const app_t app = {
        .name = "network_swap 1",
        .net = &net[0],
        .known = boxes_known,
        .one_at_a_time = true,
        .begin = begin,
        .on_host = on_host,
        .on_frame = on_frame,
        .task = &task,
    };
    app_run(&app);
}
