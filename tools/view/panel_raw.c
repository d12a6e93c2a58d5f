/*
 * panel_raw.c - the pixel array while it is exposed and read, row by row.
 *
 *   rows of this frame      rows read | the row that is read | rows that collect light | rest
 *   rows of the next one    collect light from above already, where its exposure has begun
 */
#include <stdio.h>

#include "pixel/site.h"
#include "tools/truth.h"
#include "tools/view/image_marks.h"

static const draw_color_t light_color = 0xffc857ff, read_color = 0x58d0ffff;
enum { BAND_ALPHA = 0x2c };

/* When rows of a frame are exposed: of row 0, and by how much each is later than the one before. */
typedef struct {
    uint64_t start_ps, start_step_ps;
    uint64_t end_ps, end_step_ps;
    uint32_t frame, rows;
} shutter_t;

/* Rows first .. end - 1. */
typedef struct {
    uint32_t first, end;
} rows_t;

/* How many rows have passed a point that row 0 passes at at_ps. */
static uint32_t passed(uint64_t at_ps, uint64_t step_ps, uint64_t now_ps, uint32_t rows)
{
    if (now_ps < at_ps)
        return 0;
    uint64_t count = step_ps != 0 ? (now_ps - at_ps) / step_ps + 1 : rows;
    return count < rows ? (uint32_t)count : rows;
}

/* Those that collect light now. */
static rows_t lit(const shutter_t *s, uint64_t now_ps)
{
    return (rows_t){passed(s->end_ps, s->end_step_ps, now_ps, s->rows),
                    passed(s->start_ps, s->start_step_ps, now_ps, s->rows)};
}

/* Of two exposures the long one, which is what is shown. */
static shutter_t shutter_of(const pix_frame_t *f)
{
    uint32_t lines = pix_frame_lines(f), rows = lines / pix_frame_exposures(f), last = lines - 1;
    while (last > 0 && pix_line_at(f, last).exposure != 0)
        last--;
    uint64_t start = pix_row_exposure_start_ps(f, 0), end = pix_row_exposure_end_ps(f, 0);
    uint64_t steps = rows > 1 ? rows - 1 : 1;
    return (shutter_t){.start_ps = start,
                       .start_step_ps = (pix_row_exposure_start_ps(f, last) - start) / steps,
                       .end_ps = end,
                       .end_step_ps = (pix_row_exposure_end_ps(f, last) - end) / steps,
                       .frame = f->frame,
                       .rows = rows};
}

/* The frame that is read, then the one that is exposed meanwhile; returns how many are known. */
static uint32_t find_shutters(const view_model_t *m, shutter_t out[2])
{
    const scene_timing_t *t = &m->timing;
    const pix_t *pixel = m->sensor != NULL ? &m->sensor->pixel : NULL;
    uint32_t count = 0;
    if (t->rows != 0)
        out[count++] = (shutter_t){.start_ps = t->start_ps,
                                   .start_step_ps = t->line_ps,
                                   .end_ps = t->start_ps + t->exposure_ps,
                                   .end_step_ps = t->line_ps,
                                   .frame = m->picture[VIEW_RAW].frame,
                                   .rows = t->rows};
    if (count == 1 && pixel != NULL && pixel->now.clk_hz != 0)
        out[0] = shutter_of(&pixel->now);
    if (pixel != NULL && pixel->pending && pixel->next.clk_hz != 0)
        out[count++] = shutter_of(&pixel->next);
    return count;
}

/* ---- the band ---- */

/* The points of rows of the picture, as wide as it is. */
static draw_rect_t rows_rect(const marks_t *marks, const view_picture_t *p, rows_t rows)
{
    draw_rect_t first = image_pixel_rect(&marks->place, p, 0, rows.first);
    draw_rect_t after = image_pixel_rect(&marks->place, p, p->width_px, rows.end);
    int32_t high = after.y - first.y;
    return (draw_rect_t){first.x, first.y, after.x - first.x, high > 1 ? high : 1};
}

/* What of a rectangle is inside of another one. */
static draw_rect_t cut(draw_rect_t r, draw_rect_t by)
{
    int32_t x0 = r.x > by.x ? r.x : by.x, y0 = r.y > by.y ? r.y : by.y;
    int32_t x1 = r.x + r.w < by.x + by.w ? r.x + r.w : by.x + by.w;
    int32_t y1 = r.y + r.h < by.y + by.h ? r.y + r.h : by.y + by.h;
    return (draw_rect_t){x0, y0, x1 > x0 ? x1 - x0 : 0, y1 > y0 ? y1 - y0 : 0};
}

static draw_rect_t reset_rect(draw_rect_t band)
{
    return (draw_rect_t){band.x, band.y + band.h - 1, band.w, 1};
}

static draw_rect_t read_rect(const marks_t *marks, const view_picture_t *p)
{
    draw_rect_t row = rows_rect(marks, p, (rows_t){p->rows, p->rows + 1});
    row.h = row.h > 2 ? row.h : 2;
    return row;
}

/* At the right, in the middle of a band that is high enough for it. */
static void name_band(marks_t *marks, draw_rect_t band, const char *text)
{
    int32_t high = draw_text_height(DRAW_SMALL) + 2, wide = draw_text_width(DRAW_SMALL, text) + 8;
    draw_rect_t seen = cut(band, marks->place.area);
    if (seen.h < high + 8)
        return;
    draw_rect_t below = {seen.x + seen.w - wide, seen.y + (seen.h + high) / 2, wide, 0};
    marks_label(marks, below, light_color, text);
}

/* What a row does, beside it. */
static void name_row(marks_t *marks, draw_rect_t row, draw_color_t color, const char *text)
{
    draw_rect_t beside = {row.x + 2, row.y, 0, row.h};
    if (row.y >= marks->place.area.y && row.y < marks->place.area.y + marks->place.area.h)
        marks_label(marks, beside, color, text);
}

/* The light that a band collects, and the row after it, which is reset. */
static void draw_band(marks_t *marks, const view_picture_t *p, rows_t rows)
{
    draw_rect_t band = rows_rect(marks, p, rows);
    draw_fill(marks->draw, band, marks_faint(light_color, BAND_ALPHA));
    if (rows.end < p->height_px)
        draw_fill(marks->draw, reset_rect(band), light_color);
}

static void name_light(marks_t *marks, const view_picture_t *p, uint32_t frame, rows_t rows)
{
    char text[64];
    draw_rect_t band = rows_rect(marks, p, rows);
    snprintf(text, sizeof(text), "frame %u collects light: rows %u-%u", frame, rows.first,
             rows.end - 1);
    name_band(marks, band, text);
    snprintf(text, sizeof(text), "row %u is reset", rows.end);
    if (rows.end < p->height_px)
        name_row(marks, reset_rect(band), light_color, text);
}

static void draw_read_row(marks_t *marks, const view_picture_t *p)
{
    draw_rect_t row = read_rect(marks, p);
    if (p->rows < p->height_px)
        draw_fill(marks->draw, row, marks_faint(read_color, row.h > 4 ? 0x60 : 0xff));
}

static void name_read_row(marks_t *marks, const view_picture_t *p)
{
    char text[64];
    snprintf(text, sizeof(text), "row %u is read", p->rows);
    if (p->rows < p->height_px)
        name_row(marks, read_rect(marks, p), read_color, text);
}

static void say_how(marks_t *marks, const view_picture_t *p)
{
    static const char *const orders[] = {"GRBG", "RGGB", "BGGR", "GBRG"};
    char text[64];
    if (image_is_mosaic(&marks->place, p))
        snprintf(text, sizeof(text), "%u bit, Bayer mosaic %s", p->bits, orders[p->bayer & 3]);
    else
        snprintf(text, sizeof(text), "%u bit, 2 x 2 as one color, gamma", p->bits);
    marks_corner(marks, ui_text, text);
}

/* Lines first, then their names. */
static void draw_shutters(marks_t *marks, const view_picture_t *p)
{
    shutter_t shutter[2];
    rows_t rows[2];
    uint32_t known = find_shutters(marks->ui->model, shutter), count = 0;
    for (uint32_t i = 0; i < known; i++) {
        rows[count] = lit(&shutter[i], marks->ui->model->now_ps);
        shutter[count].frame = shutter[i].frame;
        count += rows[count].first < rows[count].end && rows[count].end <= p->height_px;
    }
    for (uint32_t i = 0; i < count; i++)
        draw_band(marks, p, rows[i]);
    draw_read_row(marks, p);
    say_how(marks, p);
    name_read_row(marks, p);
    for (uint32_t i = 0; i < count; i++)
        name_light(marks, p, shutter[i].frame, rows[i]);
}

/* ---- the panel ---- */

static void write_caption(const view_model_t *m, caption_t *caption)
{
    const view_picture_t *p = &m->picture[VIEW_RAW];
    const pix_t *pixel = m->sensor != NULL ? &m->sensor->pixel : NULL;
    char exposure[24], gain[24] = "";
    caption->explains = "What the converters give: one color a pixel. Rows are exposed and read "
                        "one after the other; below the bright row is the frame before.";
    caption->fact[0] = '\0';
    if (p->width_px == 0)
        return;
    if (pixel != NULL && pixel->now.clk_hz != 0)
        snprintf(gain, sizeof(gain), ", gain %.2f", pix_analog_gain(pixel->now.gain_code));
    snprintf(caption->fact, sizeof(caption->fact), "frame %u, row %u of %u, %s%s", p->frame,
             p->rows < p->height_px ? p->rows : p->height_px, p->height_px,
             ui_time(exposure, m->timing.exposure_ps), gain);
}

/* Nothing was read yet, but maybe it is exposed already. */
static void await(marks_t *marks)
{
    char text[80];
    const sensor_t *sensor = marks->ui->model->sensor;
    bool exposed = sensor != NULL && sensor->pixel.pending &&
                   marks->ui->model->now_ps >= pix_row_exposure_start_ps(&sensor->pixel.next, 0);
    snprintf(text, sizeof(text),
             exposed ? "frame %u collects light; waits for its first row"
                     : "waits for the first row",
             exposed ? sensor->pixel.next.frame : 0);
    marks_await(marks, text);
}

void panel_raw(const ui_t *ui, draw_rect_t rect)
{
    const view_picture_t *p = &ui->model->picture[VIEW_RAW];
    marks_t marks;
    caption_t caption;
    write_caption(ui->model, &caption);
    draw_rect_t before = marks_begin(&marks, ui, VIEW_RAW, rect, &caption);
    if (p->width_px == 0) {
        await(&marks);
    } else {
        image_draw(ui, &marks.place, p);
        draw_shutters(&marks, p);
        marks_selected(&marks);
    }
    marks_end(&marks, before);
}
