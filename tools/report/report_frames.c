/*
 * report_frames.c - what the sensor saw and said: pictures with boxes, and each report.
 */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/figures.h"
#include "tools/json_lines.h"
#include "tools/report/report.h"

enum { NAME = 64, MOST_FILES = 1 << 16, MOST_ROWS = 5000, MOST_WORDS = 12 };

/* Kinds of pictures that a run leaves. */
static const struct {
    const char *folder, *prefix, *title, *about;
    bool array;   /* shows the array, so that boxes can be drawn on it */
    bool counted; /* numbers count images that left, not frames */
} kinds[] = {
    {"frames", "frame_", "Frames", "the ISP's picture, with the boxes that the host received", true,
     false},
    {".", "rgb_", "Images that left the sensor", "RGB, YUV: as the host decoded them", true, true},
    {".", "raw_", "RAW images that left the sensor", "8 of their bits, gray", true, true},
    {"frames", "input_", "Input tensors", "as the IMX500's tensor lines brought them", false, true},
};

typedef struct {
    int64_t number, frame; /* in its name; that it shows, below 0: not known */
    char name[NAME];
} picture_t;

typedef struct {
    picture_t *file;
    uint32_t count;
} pictures_t;

/* ---- which files ---- */

static int by_number(const void *a, const void *b)
{
    const picture_t *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* prefix, digits, ".png": the number; below 0: another file. */
static int64_t number_of(const char *name, const char *prefix)
{
    size_t length = strlen(prefix), digits = 0;
    if (strncmp(name, prefix, length) != 0 || strlen(name) >= NAME)
        return -1;
    digits = strspn(name + length, "0123456789");
    if (digits == 0 || digits > 9 || strcmp(name + length + digits, ".png") != 0)
        return -1;
    return atoll(name + length);
}

static bool list(const char *folder, const char *prefix, pictures_t *out)
{
    DIR *dir = opendir(folder);
    *out = (pictures_t){0};
    if (dir == NULL)
        return true;
    bool fine = true;
    for (struct dirent *e; fine && out->count < MOST_FILES && (e = readdir(dir)) != NULL;) {
        int64_t number = number_of(e->d_name, prefix);
        if (number < 0)
            continue;
        picture_t *more = realloc(out->file, (out->count + 1) * sizeof(*more));
        fine = more != NULL;
        if (!fine)
            break;
        out->file = more;
        more[out->count].number = more[out->count].frame = number;
        memcpy(more[out->count++].name, e->d_name, strlen(e->d_name) + 1);
    }
    closedir(dir);
    if (out->count > 0)
        qsort(out->file, out->count, sizeof(*out->file), by_number);
    return fine;
}

/* ---- smaller ones ---- */

/* The mean of the samples that a sample of the smaller one covers. */
static void shrink_row(const sim_image_t *from, uint32_t y, sim_image_t *to)
{
    uint32_t y0 = (uint32_t)((uint64_t)y * from->height_px / to->height_px);
    uint32_t y1 = (uint32_t)((uint64_t)(y + 1) * from->height_px / to->height_px);
    for (uint32_t x = 0; x < to->width_px; x++) {
        uint32_t x0 = (uint32_t)((uint64_t)x * from->width_px / to->width_px);
        uint32_t x1 = (uint32_t)((uint64_t)(x + 1) * from->width_px / to->width_px);
        for (uint32_t c = 0; c < from->channels; c++) {
            uint64_t sum = 0, count = (uint64_t)(x1 - x0) * (y1 - y0);
            for (uint32_t sy = y0; sy < y1; sy++)
                for (uint32_t sx = x0; sx < x1; sx++)
                    sum += from->data[((size_t)sy * from->width_px + sx) * from->channels + c];
            to->data[((size_t)y * to->width_px + x) * to->channels + c] =
                (uint8_t)((sum + count / 2) / count);
        }
    }
}

/* At most that wide, in place. */
static bool shrink(sim_image_t *image, uint32_t width_px)
{
    if (image->width_px <= width_px)
        return true;
    uint64_t height =
        ((uint64_t)image->height_px * width_px + image->width_px / 2) / image->width_px;
    sim_image_t small = {width_px, height > 0 ? (uint32_t)height : 1, image->channels, NULL};
    small.data = malloc((size_t)small.width_px * small.height_px * small.channels);
    if (small.data == NULL)
        return false;
    for (uint32_t y = 0; y < small.height_px; y++)
        shrink_row(image, y, &small);
    sim_image_free(image);
    *image = small;
    return true;
}

/* ---- boxes ---- */

typedef struct {
    int64_t frame;
    bool found;
    uint32_t count;
    figures_box_t box[FIGURES_BOXES];
    bool part; /* the image is of this part of the array */
    double x, y, w, h;
} line_t;

static void read_part(line_t *l, const sim_json_t *line)
{
    const sim_json_t *image = sim_json_find(line, "image");
    for (const sim_json_t *i = sim_json_first(image); i != NULL; i = sim_json_next(i)) {
        if (strcmp(sim_json_str(sim_json_find(i, "what"), ""), "shown") != 0)
            continue;
        l->x = report_num(i, "x");
        l->y = report_num(i, "y");
        l->w = report_num(i, "w");
        l->h = report_num(i, "h");
        l->part = l->w > 0 && l->h > 0;
    }
}

static bool find_frame(void *ctx, const sim_cfg_t *line)
{
    line_t *l = ctx;
    if ((int64_t)fmin(sim_json_num(sim_json_find(line->node, "frame"), -1), 1e12) != l->frame)
        return true;
    l->found = true;
    l->count = figures_boxes(line->node, l->box);
    read_part(l, line->node);
    return false;
}

static bool read_line(report_t *report, const char *name, int64_t frame, line_t *l)
{
    char path[REPORT_PATH];
    l->frame = frame;
    l->found = l->part = false;
    l->count = 0;
    return frame < 0 || !report_has(report, name) ||
           json_lines(report_path(report, name, path), find_frame, l, report->error,
                      sizeof(report->error));
}

static void draw_boxes(page_t *page, const line_t *l, const char *class_name)
{
    for (uint32_t i = 0; i < l->count; i++) {
        const figures_box_t *b = &l->box[i];
        bool fine = fabs(b->x) < 1e6 && fabs(b->y) < 1e6 && b->w >= 0 && b->w < 1e6 && b->h >= 0 &&
                    b->h < 1e6;
        if (!fine)
            continue;
        page_markup(page,
                    "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\">"
                    "<title>",
                    class_name, b->x, b->y, b->w, b->h);
        page_textf(page, "%s: %s %u", class_name, b->class_name, b->id);
        page_markup(page, "</title></rect>");
    }
}

/* The array that boxes are in, px; false: not known. */
static bool array_size(const report_t *report, double size[2])
{
    const sim_json_t *px = sim_json_first(report_at(report->config, "scene.camera.array_px"));
    size[0] = sim_json_num(px, 0);
    size[1] = sim_json_num(sim_json_next(px), 0);
    return size[0] > 0 && size[1] > 0;
}

/* What of the array the picture shows; false where its shape says that this is not known. */
static bool shown_part(const report_t *report, const sim_image_t *image, line_t *said,
                       double part[4])
{
    double size[2];
    if (said->part) {
        memcpy(part, (double[4]){said->x, said->y, said->w, said->h}, 4 * sizeof(*part));
        return true;
    }
    if (!array_size(report, size))
        return false;
    memcpy(part, (double[4]){0, 0, size[0], size[1]}, 4 * sizeof(*part));
    double shape = (double)image->width_px / image->height_px * size[1] / size[0];
    return fabs(shape - 1) < 0.02;
}

static bool write_picture(report_t *report, uint32_t kind, const picture_t *picture,
                          line_t lines[2])
{
    page_t *page = &report->page;
    char path[REPORT_PATH], name[NAME + 16], alt[160];
    sim_image_t image;
    double part[4];
    snprintf(name, sizeof(name), "%s/%s", kinds[kind].folder, picture->name);
    report_path(report, name, path);
    if (sim_png_read(path, &image, report->error, sizeof(report->error)) != SIM_OK)
        return false;
    if (!read_line(report, "metadata.jsonl", picture->frame, &lines[0]) ||
        !read_line(report, "truth.jsonl", picture->frame, &lines[1]) ||
        !shrink(&image, report->desc.width_px)) {
        sim_image_free(&image);
        return report->error[0] != '\0' ? false : report_fail(report, "out of memory");
    }
    page_markup(page, "<figure><div class=\"picture\">");
    snprintf(alt, sizeof(alt), "%s: %lld", kinds[kind].title, (long long)picture->number);
    bool fine = page_image(page, &image, alt);
    if (kinds[kind].array && lines[0].found + lines[1].found > 0 &&
        shown_part(report, &image, &lines[0], part)) {
        page_markup(page, "<svg viewBox=\"%.6g %.6g %.6g %.6g\" preserveAspectRatio=\"none\">",
                    part[0], part[1], part[2], part[3]);
        draw_boxes(page, &lines[1], "true");
        if (strcmp(kinds[kind].prefix, "frame_") != 0) /* these have them in the picture */
            draw_boxes(page, &lines[0], "said");
        page_markup(page, "</svg>");
    }
    page_markup(page, "</div><figcaption>");
    if (picture->frame >= 0)
        page_textf(page, "frame %lld", (long long)picture->frame);
    else
        page_textf(page, "image %lld", (long long)picture->number);
    if (lines[0].found && kinds[kind].array)
        page_textf(page, ": %u told", lines[0].count);
    if (lines[1].found && kinds[kind].array)
        page_textf(page, ", %u true", lines[1].count);
    page_textf(page, " (%s)", name[0] == '.' ? name + 2 : name);
    page_markup(page, "</figcaption></figure>\n");
    sim_image_free(&image);
    return fine || report_fail(report, "out of memory");
}

/* Images that left are counted; stats.json says of which frames they are, if it has just these. */
static void find_frames(const report_t *report, pictures_t *all)
{
    const sim_json_t *images = sim_json_find(report->stats, "images"), *image;
    bool same = report_count(images) == all->count;
    image = sim_json_first(images);
    for (uint32_t i = 0; i < all->count; i++, image = sim_json_next(image)) {
        double frame = same ? report_num(image, "frame") : -1;
        all->file[i].frame = frame >= 0 && frame <= UINT32_MAX ? (int64_t)frame : -1;
    }
}

/* Evenly from all of that kind. */
static bool write_kind(report_t *report, uint32_t kind, const pictures_t *all, line_t lines[2])
{
    uint32_t most = report->desc.pictures, shown = all->count < most ? all->count : most;
    page_t *page = &report->page;
    page_markup(page, "<h3>%s</h3>\n<p class=\"soft\">%u of %u, %s</p>\n<div class=\"pictures\">\n",
                kinds[kind].title, shown, all->count, kinds[kind].about);
    for (uint32_t i = 0; i < shown; i++) {
        uint64_t at = shown > 1 ? (uint64_t)i * (all->count - 1) / (shown - 1) : 0;
        if (!write_picture(report, kind, &all->file[at], lines))
            return false;
    }
    page_markup(page, "</div>\n");
    return true;
}

static bool write_pictures(report_t *report, bool *any)
{
    line_t *lines = calloc(2, sizeof(*lines));
    bool fine = lines != NULL || report_fail(report, "out of memory");
    for (uint32_t k = 0; fine && k < SIM_COUNT(kinds); k++) {
        pictures_t all;
        char folder[REPORT_PATH];
        fine = list(report_path(report, kinds[k].folder, folder), kinds[k].prefix, &all) ||
               report_fail(report, "out of memory");
        if (fine && all.count > 0 && !*any)
            page_markup(&report->page,
                        "<p class=\"controls\"><label><input type=\"checkbox\" checked "
                        "data-hides=\"no-true\"> true boxes (dashed)</label><label><input "
                        "type=\"checkbox\" checked data-hides=\"no-said\"> boxes told, on images "
                        "that left the sensor</label></p>\n");
        if (fine && all.count > 0) {
            *any = true;
            if (kinds[k].counted)
                find_frames(report, &all);
            fine = write_kind(report, k, &all, lines);
        }
        free(all.file);
    }
    free(lines);
    return fine;
}

/* ---- each report ---- */

typedef struct {
    report_t *report;
    uint32_t rows;
} rows_t;

/* "person 1 89 %" for each box, as many as there is room for. */
static void box_words(const sim_json_t *line, char *text, size_t bytes)
{
    uint32_t n = 0;
    size_t used = 0;
    char id[32];
    text[0] = '\0';
    for (const sim_json_t *b = sim_json_first(sim_json_find(line, "boxes"));
         b != NULL && n < MOST_WORDS && used + 60 < bytes; b = sim_json_next(b), n++) {
        double score = report_num(b, "score");
        used += (size_t)snprintf(text + used, bytes - used, "%s%.20s %.10s", n > 0 ? ", " : "",
                                 sim_json_str(sim_json_find(b, "class"), "?"),
                                 report_str(sim_json_find(b, "id"), id));
        if (isfinite(score) && fabs(score) < 1e6 && used + 20 < bytes)
            used += (size_t)snprintf(text + used, bytes - used, " %.0f %%", 100 * score);
    }
}

/* Everything beside frame, time, boxes: as JSON. */
static void other_words(const sim_json_t *line, char *text, size_t bytes)
{
    static const char *const shown[] = {"frame", "time_ps", "network", "boxes", "latency_us"};
    size_t used = 0;
    text[0] = '\0';
    for (const sim_json_t *v = sim_json_first(line); v != NULL; v = sim_json_next(v)) {
        bool skip = sim_json_kind(v) == SIM_JSON_ARRAY && sim_json_first(v) == NULL;
        for (size_t i = 0; i < SIM_COUNT(shown); i++)
            skip = skip || strcmp(sim_json_key(v), shown[i]) == 0;
        char *json = skip ? NULL : sim_json_print(v, false);
        if (json != NULL && used + 16 < bytes)
            used += (size_t)snprintf(text + used, bytes - used, "%s%.40s %s", used > 0 ? "; " : "",
                                     sim_json_key(v), json);
        used = used < bytes ? used : bytes;
        free(json);
    }
}

static bool take_row(void *ctx, const sim_cfg_t *line)
{
    rows_t *rows = ctx;
    page_t *page = &rows->report->page;
    char words[600], number[32], amount[PAGE_AMOUNT];
    if (rows->rows++ >= MOST_ROWS)
        return false;
    double time = report_num(line->node, "time_ps"), latency = report_num(line->node, "latency_us");
    page_row(page);
    page_number(page, report_num(line->node, "frame"), "%s",
                report_str(sim_json_find(line->node, "frame"), number));
    page_number(page, time, "%.3f", report_shown(time) / 1e9);
    page_number(page, latency, "%s", page_ps(amount, latency * 1e6));
    page_number(page, report_count(sim_json_find(line->node, "boxes")), "%u",
                report_count(sim_json_find(line->node, "boxes")));
    box_words(line->node, words, sizeof(words));
    page_cell(page, words);
    other_words(line->node, words, sizeof(words));
    page_cell(page, words);
    page_row_end(page);
    return true;
}

static bool write_reports(report_t *report)
{
    static const page_column_t column[] = {
        {"frame", NULL, true},
        {"exposed, ms", "start of its exposure", true},
        {"latency", "start of exposure to the sealing of the packet", true},
        {"boxes", NULL, true},
        {"who", "class, identity, score", false},
        {"more", "as metadata.jsonl has it", false}};
    char path[REPORT_PATH];
    rows_t rows = {report, 0};
    page_fold(&report->page, "Each report of the firmware");
    page_table(&report->page, NULL, column, SIM_COUNT(column));
    bool fine = json_lines(report_path(report, "metadata.jsonl", path), take_row, &rows,
                           report->error, sizeof(report->error));
    page_table_end(&report->page);
    if (rows.rows > MOST_ROWS)
        page_note(&report->page, "Only the first %d are shown; the others are in metadata.jsonl.",
                  MOST_ROWS);
    page_fold_end(&report->page);
    return fine;
}

bool report_frames(report_t *report)
{
    bool any = false;
    page_section(&report->page, "frames", "What the sensor saw and said");
    if (report->desc.pictures > 0 && !write_pictures(report, &any))
        return false;
    if (!any)
        page_note(&report->page, report->desc.pictures > 0
                                     ? "No pictures: \"output\": {\"picture_every\": 1} of the "
                                       "scenario gives one of each frame."
                                     : "Pictures were left out: --pictures N puts them in.");
    if (!report->metadata.there)
        page_note(&report->page,
                  "The firmware reported nothing: metadata.jsonl is empty. An "
                  "application that reports each frame (visitor_counter.elf) fills it.");
    else if (!write_reports(report))
        return false;
    page_section_end(&report->page);
    return true;
}
