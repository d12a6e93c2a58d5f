#include "tools/link_picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time.h"
#include "tools/picture.h"

enum { WIDTH = 1280, LEFT = 84, RIGHT = 20, ROW = 26, SPAN = WIDTH - LEFT - RIGHT };

static const rgb_t paper = {255, 255, 255}, ink = {40, 40, 40}, pale = {215, 215, 215};
static const rgb_t blue = {70, 110, 190}, green = {90, 160, 90}, red = {190, 70, 60};
static const rgb_t orange = {225, 150, 50}, gray = {150, 150, 150};

void link_picture_packet(void *ctx, const mipi_packet_t *packet)
{
    link_picture_t *picture = ctx;
    if (packet->phy == NULL || packet->count < MIPI_HEADER_BYTES ||
        picture->packets == LINK_PICTURE_PACKETS)
        return;
    link_picture_packet_t *p = &picture->packet[picture->packets++];
    *p = (link_picture_packet_t){
        .start_ps = packet->start_ps, .end_ps = packet->end_ps, .count = packet->count};
    memcpy(p->bytes, packet->bytes, MIPI_HEADER_BYTES);
    mipi_header_decode(p->bytes, &p->header);
    picture->phy = *packet->phy;
}

/* ---- what is drawn ---- */

typedef struct {
    uint32_t first, end; /* packets */
    uint64_t from_ps, to_ps;
    uint32_t vcs;          /* channels in use */
    uint8_t vc[MIPI_VCS];  /* of row n */
    uint8_t row[MIPI_VCS]; /* of channel n */
} view_t;

static uint8_t fullest_channel(const link_picture_t *picture)
{
    uint64_t bytes[MIPI_VCS] = {0};
    uint8_t most = 0;
    for (uint32_t i = 0; i < picture->packets; i++)
        bytes[picture->packet[i].header.vc] += picture->packet[i].count;
    for (uint8_t vc = 1; vc < MIPI_VCS; vc++)
        most = bytes[vc] > bytes[most] ? vc : most;
    return most;
}

/* From a frame start of that channel to its next one; false: there is none. */
static bool find_frame(const link_picture_t *picture, view_t *view)
{
    uint8_t vc = fullest_channel(picture);
    uint32_t starts = 0;
    *view = (view_t){.end = picture->packets};
    for (uint32_t i = 0; i < picture->packets && starts < 2; i++) {
        const link_picture_packet_t *p = &picture->packet[i];
        if (p->header.vc != vc || p->header.dt != MIPI_DT_FS)
            continue;
        *(starts++ == 0 ? &view->first : &view->end) = i;
    }
    if (starts == 0)
        return false;
    view->from_ps = picture->packet[view->first].start_ps;
    view->to_ps =
        starts == 2 ? picture->packet[view->end].start_ps : picture->packet[view->end - 1].end_ps;
    bool used[MIPI_VCS] = {false};
    for (uint32_t i = view->first; i < view->end; i++)
        used[picture->packet[i].header.vc] = true;
    for (uint8_t n = 0; n < MIPI_VCS; n++) {
        view->row[n] = (uint8_t)view->vcs;
        if (used[n])
            view->vc[view->vcs++] = n;
    }
    return true;
}

static rgb_t color_of(uint8_t dt)
{
    if (mipi_dt_is_short(dt))
        return red;
    if (dt == MIPI_DT_EMBEDDED)
        return blue;
    return dt >= 0x18 && dt < MIPI_DT_USER1 ? green : orange;
}

static int32_t x_of(uint64_t ps, uint64_t from_ps, uint64_t to_ps)
{
    if (ps <= from_ps)
        return LEFT;
    if (ps >= to_ps)
        return LEFT + SPAN;
    return LEFT + (int32_t)((double)(ps - from_ps) / (double)(to_ps - from_ps) * SPAN);
}

static void axis(sim_image_t *image, int32_t y, uint64_t from_ps, uint64_t to_ps)
{
    static const struct {
        uint64_t ps;
        const char *name;
    } units[] = {{SIM_PS_PER_MS, "MS"}, {SIM_PS_PER_US, "US"}, {SIM_PS_PER_NS, "NS"}};
    uint64_t span = to_ps - from_ps, step = 1;
    size_t unit = 0;
    while (unit + 1 < SIM_COUNT(units) && span < 4 * units[unit].ps)
        unit++;
    while (span / (step * units[unit].ps) > 12)
        step *= step % 3 == 0 || step == 1 ? 5 : 2;
    picture_fill(image, LEFT, y, SPAN, 1, ink);
    for (uint64_t n = 0; n * units[unit].ps <= span; n += step) {
        char text[32];
        int32_t x = x_of(from_ps + n * units[unit].ps, from_ps, to_ps);
        snprintf(text, sizeof(text), "%llu %s", (unsigned long long)n, units[unit].name);
        picture_fill(image, x, y, 1, 5, ink);
        picture_text(image, x - 10, y + 8, 1, ink, text);
    }
}

/* The packets within from..to, a row a channel; names where there is room. Returns the next y. */
static int32_t packets(sim_image_t *image, int32_t y, const link_picture_t *picture,
                       const view_t *view, uint64_t to_ps)
{
    for (uint32_t n = 0; n < view->vcs; n++) {
        char name[16];
        snprintf(name, sizeof(name), "VC %u", view->vc[n]);
        picture_text(image, 8, y + ROW * (int32_t)n + 6, 2, ink, name);
        picture_fill(image, LEFT, y + ROW * (int32_t)n + ROW - 4, SPAN, 1, pale);
    }
    for (uint32_t i = view->first; i < view->end; i++) {
        const link_picture_packet_t *p = &picture->packet[i];
        if (p->start_ps >= to_ps)
            continue;
        int32_t x = x_of(p->start_ps, view->from_ps, to_ps);
        int32_t w = x_of(p->end_ps, view->from_ps, to_ps) - x;
        int32_t top = y + ROW * view->row[p->header.vc];
        const char *name = mipi_dt_name(p->header.dt);
        picture_fill(image, x, top, w > 2 ? w - 1 : 1, ROW - 4, color_of(p->header.dt));
        if (w > 6 * (int32_t)strlen(name) + 4)
            picture_text(image, x + 3, top + 7, 1, paper, name);
    }
    y += ROW * (int32_t)view->vcs + 2;
    axis(image, y, view->from_ps, to_ps);
    return y + 34;
}

/* ---- lanes ---- */

typedef struct {
    sim_image_t *image;
    uint64_t from_ps, to_ps;
    int32_t y;
    bool bytes;      /* else words: no room for their digits */
    mipi_edge_t now; /* drawn up to the next edge */
} trace_t;

static bool is_stop(mipi_line_t line)
{
    return line == MIPI_LP11 || line == MIPI_LP111;
}

/* LP levels as two lines, high speed as a box with what is in it. */
static void draw_state(const trace_t *t, uint64_t until_ps)
{
    char text[24];
    mipi_line_t line = t->now.line;
    int32_t x = x_of(t->now.at_ps, t->from_ps, t->to_ps);
    int32_t w = x_of(until_ps, t->from_ps, t->to_ps) - x;
    bool lp = is_stop(line) || line == MIPI_LP01 || line == MIPI_LP00 || line == MIPI_LP001 ||
              line == MIPI_LP000;
    bool second = is_stop(line) || line == MIPI_LP01 || line == MIPI_LP001;
    bool data = line == MIPI_HS_SYNC || line == MIPI_HS_BYTE;
    snprintf(text, sizeof(text), "%s", mipi_line_name(line));
    if (data && t->bytes)
        snprintf(text, sizeof(text), "%02X", t->now.value);
    else if (data)
        snprintf(text, sizeof(text), "%s", line == MIPI_HS_SYNC ? "S" : "W");
    if (lp) {
        picture_fill(t->image, x, t->y + (is_stop(line) ? 0 : 8), w, 2, ink);
        picture_fill(t->image, x, t->y + 14 + (second ? 0 : 8), w, 2, ink);
    } else {
        picture_fill(t->image, x, t->y, w > 1 ? w - 1 : w, 24, data ? green : gray);
    }
    if (w > 6 * (int32_t)strlen(text) + 2)
        picture_text(t->image, x + (w - 6 * (int32_t)strlen(text)) / 2, t->y + (lp ? 26 : 8), 1,
                     lp ? ink : paper, text);
}

/* One lane, or the clock lane, over the packet. Returns the next y. */
static int32_t draw_lane(sim_image_t *image, int32_t y, const mipi_packet_t *packet, uint32_t lane,
                         uint64_t from_ps, uint64_t to_ps)
{
    char name[16] = "CLOCK";
    bool d = packet->phy->signaling == MIPI_DPHY, clock = lane == MIPI_CLOCK_LANE;
    mipi_line_t rest = !d                                        ? MIPI_LP111
                       : clock && !packet->phy->dphy.gated_clock ? MIPI_HS_CLOCK
                                                                 : MIPI_LP11;
    trace_t t = {image, from_ps, to_ps, y, d, {.line = rest, .at_ps = from_ps}};
    mipi_walk_t walk;
    mipi_edge_t edge;
    mipi_walk_begin(&walk, packet, lane, 0);
    while (mipi_walk_next(&walk, &edge)) {
        draw_state(&t, edge.at_ps);
        t.now = edge;
    }
    draw_state(&t, to_ps);
    if (!clock)
        snprintf(name, sizeof(name), "%s %u", d ? "LANE" : "TRIO", lane);
    picture_text(image, 8, y + 6, 2, ink, name);
    return y + 42;
}

static int32_t draw_lanes(sim_image_t *image, int32_t y, const link_picture_t *picture,
                          const link_picture_packet_t *p)
{
    mipi_packet_t packet = {.bytes = p->bytes,
                            .count = MIPI_HEADER_BYTES,
                            .start_ps = p->start_ps,
                            .phy = &picture->phy};
    mipi_span_t span = mipi_phy_packet(&picture->phy, MIPI_OWN_BURST, MIPI_HEADER_BYTES);
    uint64_t from_ps = p->start_ps - span.end_ps / 20, to_ps = p->start_ps + span.end_ps;
    if (picture->phy.signaling == MIPI_DPHY)
        y = draw_lane(image, y, &packet, MIPI_CLOCK_LANE, from_ps, to_ps);
    for (uint32_t lane = 0; lane < mipi_phy_lanes(&picture->phy); lane++)
        y = draw_lane(image, y, &packet, lane, from_ps, to_ps);
    axis(image, y, from_ps, to_ps);
    return y + 30;
}

static int32_t title(sim_image_t *image, int32_t y, const char *text)
{
    picture_text(image, 8, y, 2, blue, text);
    return y + 24;
}

static void draw(sim_image_t *image, const link_picture_t *picture, const view_t *view)
{
    char text[96];
    const link_picture_packet_t *first = &picture->packet[view->first];
    uint64_t close_ps =
        view->first + 6 < view->end ? picture->packet[view->first + 6].end_ps : view->to_ps;
    memset(image->data, 255, (size_t)3 * image->width_px * image->height_px);
    snprintf(text, sizeof(text), "FRAME: %u PACKETS", view->end - view->first);
    int32_t y = packets(image, title(image, 8, text), picture, view, view->to_ps);
    y = packets(image, title(image, y, "PACKETS"), picture, view, close_ps);
    snprintf(text, sizeof(text), "LANES: FRAME START AT %.0f %s EACH",
             (double)mipi_phy_ui_hz(&picture->phy) / 1e6,
             picture->phy.signaling == MIPI_DPHY ? "MBIT/S" : "MSYM/S");
    draw_lanes(image, title(image, y, text), picture, first);
}

bool link_picture_write(const link_picture_t *picture, const char *file, char *error,
                        size_t error_bytes)
{
    view_t view;
    if (!find_frame(picture, &view)) {
        snprintf(error, error_bytes, "%s: no frame on the link to draw", file);
        return false;
    }
    uint32_t lanes = mipi_phy_lanes(&picture->phy) + (picture->phy.signaling == MIPI_DPHY);
    sim_image_t image = {
        .width_px = WIDTH, .height_px = 174 + 2 * ROW * view.vcs + 42 * lanes, .channels = 3};
    image.data = malloc((size_t)3 * image.width_px * image.height_px);
    if (image.data == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return false;
    }
    draw(&image, picture, &view);
    bool fine = picture_write(file, &image, error, error_bytes) == SIM_OK;
    sim_image_free(&image);
    return fine;
}
