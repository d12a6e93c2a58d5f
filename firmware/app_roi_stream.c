/*
 * roi_stream: an image of what the network found, and of nothing else. What is seen in a frame says
 * which region of the next one leaves (roi.h); while nobody is there none does. With roi_privacy
 * people are hidden in it before they leave the ISP.
 *
 * A frame takes the ISP's registers as its first line comes. Registers that change around then may
 * be half old and half new, so the image is off while they change, and stays off for a frame when
 * one began meanwhile. What lies in the registers while no image is wanted shows nothing.
 */
#include "boxes.h"
#include "camera.h"
#include "fovea_metadata.h"
#include "roi.h"
#include "settings.h"

enum { CCS_X_ADDR_MAX = 0x1184, CCS_Y_ADDR_MAX = 0x1186 };
enum { ROI_OPEN, ROI_FILL, ROI_MOSAIC }; /* roi_privacy, and ISP_MASK */
enum { PLANS = 4 };                      /* results are never later than that many frames */

static net_t net;
static trk_state_t people;
static roi_desc_t desc;

/* What frames from `from` on show. */
static struct {
    uint32_t from, privacy;
    roi_plan_t plan;
} plans[PLANS];
static uint32_t newest;
static const roi_plan_t nothing;

static uint32_t privacy(void)
{
    uint32_t wanted = hal_ccs_read16(APP_ROI_PRIVACY);
    return wanted <= ROI_MOSAIC ? wanted : ROI_MOSAIC;
}

/* ---- the next frames ---- */

static uint32_t newest_of(uint32_t frame)
{
    uint32_t i = newest;
    for (uint32_t tries = 1; tries < PLANS && plans[i].from > frame; tries++)
        i = (i + PLANS - 1) % PLANS;
    return i;
}

static void note(uint32_t from, const roi_plan_t *plan)
{
    newest = (newest + 1) % PLANS;
    plans[newest].from = from;
    plans[newest].privacy = privacy();
    plans[newest].plan = *plan;
}

static void set_region(const roi_t *r)
{
    const det_roi_t region = {.x = r->x0, .y = r->y0, .w = r->x1 - r->x0, .h = r->y1 - r->y0};
    uint32_t width = hal_ccs_read16(APP_ROI_WIDTH), height = hal_ccs_read16(APP_ROI_HEIGHT);
    roi_fit(r, &width, &height);
    camera_set_region(&region, width, height);
}

/* Nobody there: everything would be hidden. */
static void hide(const roi_plan_t *plan)
{
    const uint32_t everything = (uint32_t)desc.height << 16 | (uint32_t)desc.width;
    reg_write(ISP_MASK, privacy());
    reg_write(ISP_MASK_CELL, hal_ccs_read16(APP_ROI_CELL));
    for (uint32_t i = 0; i < ROI_MASKS; i++) {
        const roi_t *r = &plan->mask[i];
        bool on = i < plan->masks;
        uint32_t xy = on ? (uint32_t)r->y0 << 16 | (uint32_t)r->x0 : 0;
        uint32_t wh = on ? (uint32_t)(r->y1 - r->y0) << 16 | (uint32_t)(r->x1 - r->x0) : 0;
        reg_write(ISP_MASK_XY0 + 8 * i, xy);
        reg_write(ISP_MASK_WH0 + 8 * i, plan->masks != 0 ? wh : everything);
    }
}

/* From the next frame on; nobody there: no image. */
static void show(const roi_plan_t *plan)
{
    uint32_t before = reg_read(PIX_FRAME);
    camera_send_region(0);
    hide(plan);
    if (plan->masks != 0)
        set_region(&plan->shown);
    bool whole = reg_read(PIX_FRAME) == before;
    if (whole && plan->masks != 0)
        camera_send_region(1);
    note(before + 1, whole ? plan : &nothing);
}

/* ---- events ---- */

static void begin(void)
{
    trk_init(&people);
    camera_own_image();
}

static void on_host(void)
{
    desc.width = (int32_t)hal_ccs_read16(CCS_X_ADDR_MAX) + 1;
    desc.height = (int32_t)hal_ccs_read16(CCS_Y_ADDR_MAX) + 1;
    desc.margin = (int32_t)hal_ccs_read16(APP_ROI_MARGIN);
    if (privacy() != plans[newest].privacy)
        show(&nothing); /* until the next result */
}

static meta_area_t area(uint8_t kind, const roi_t *r)
{
    return (meta_area_t){kind, r->x0, r->y0, r->x1 - r->x0, r->y1 - r->y0};
}

static void tell_image(meta_t *meta, uint32_t frame)
{
    static const uint8_t kinds[] = {META_AREA_NONE, META_AREA_FILLED, META_AREA_MOSAIC};
    static meta_area_t areas[1 + ROI_MASKS];
    uint32_t at = newest_of(frame), count = 1;
    const roi_plan_t *plan = &plans[at].plan;
    if (plan->masks == 0 || !camera_wants_region())
        return;
    areas[0] = area(META_AREA_SHOWN, &plan->shown);
    for (uint32_t i = 0; plans[at].privacy != ROI_OPEN && i < plan->masks; i++)
        areas[count++] = area(kinds[plans[at].privacy], &plan->mask[i]);
    meta_add_image(meta, areas, count);
}

static void on_frame(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    static uint16_t ids[DET_MAX_BOXES];
    static roi_plan_t plan;
    uint32_t found = boxes_of(frame, boxes);
    trk_update(&people, app_frame_us(frame), boxes, 0, found, ids);
    desc.ahead = trk_time((reg_read(PIX_FRAME) + 1 - frame->frame) * camera_frame_us());
    roi_plan(&plan, &people, boxes, ids, found, &desc);
    show(&plan);
    meta_t *meta = app_meta(frame);
    meta_add_boxes(meta, boxes, ids, found);
    tell_image(meta, frame->frame);
    app_send(frame);
}

int main(void)
{
    static const app_t app = {.name = "roi_stream 1",
                              .net = &net,
                              .known = boxes_known,
                              .begin = begin,
                              .on_host = on_host,
                              .on_frame = on_frame};
    app_run(&app);
}
