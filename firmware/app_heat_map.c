/*
 * heat_map: where people stay. Each frame's feet are counted on a grid over the view, and once an
 * interval (heat_interval_ms) the grid leaves as one small packet; no box and no image does.
 */
#include "boxes.h"
#include "heat.h"
#include "settings.h"

_Static_assert((int)HEAT_MAX_CELLS == (int)APP_HEAT_CELLS_MOST, "scenarios know what fits");

enum { CCS_X_ADDR_MAX = 0x1184, CCS_Y_ADDR_MAX = 0x1186 };

static net_t net;
static heat_t heat;

/* Another grid begins anew. */
static void on_host(void)
{
    uint32_t columns = hal_ccs_read16(APP_HEAT_COLUMNS), rows = hal_ccs_read16(APP_HEAT_ROWS);
    if (columns == heat.columns && rows == heat.rows)
        return;
    if (!heat_begin(&heat, columns, rows, hal_ccs_read16(CCS_X_ADDR_MAX) + 1u,
                    hal_ccs_read16(CCS_Y_ADDR_MAX) + 1u))
        hal_print("no such grid\n");
}

/* The interval ends before this frame, which is the first of the next one. */
static void tell(const app_frame_t *frame)
{
    meta_heat_map_t map = heat_map(&heat, frame->start_ps);
    meta_add_heat_map(app_meta(frame), &map);
    app_send(frame);
    heat_clear(&heat);
}

static void on_frame(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    uint32_t found = boxes_of(frame, boxes);
    if (heat.columns == 0)
        return; /* the host has not chosen a grid that there can be */
    if (heat.frames != 0 && heat_ms(&heat, frame->start_ps) >= hal_ccs_read32(APP_HEAT_INTERVAL_MS))
        tell(frame);
    heat_add(&heat, frame->start_ps, boxes, found);
}

int main(void)
{
    static const app_t app = {.name = "heat_map 1",
                              .net = &net,
                              .known = boxes_known,
                              .on_host = on_host,
                              .on_frame = on_frame};
    app_run(&app);
}
