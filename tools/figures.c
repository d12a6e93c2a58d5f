#include "tools/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/attribute_judge.h"
#include "tools/frame_at.h"
#include "tools/heat_judge.h"
#include "tools/image_judge.h"
#include "tools/json_lines.h"
#include "tools/mot.h"
#include "tools/score.h"

enum { PATH = 1280 };

/* ---- boxes ---- */

double figures_iou(const figures_box_t *a, const figures_box_t *b)
{
    return score_iou((const double[4]){a->x, a->y, a->w, a->h},
                     (const double[4]){b->x, b->y, b->w, b->h});
}

static void class_of(const sim_json_t *value, figures_box_t *box)
{
    const char *name = sim_json_str(value, NULL);
    if (name != NULL)
        snprintf(box->class_name, sizeof(box->class_name), "%.*s", EXPECT_KEY - 1, name);
    else
        snprintf(box->class_name, sizeof(box->class_name), "%.0f", sim_json_num(value, 0));
}

uint32_t figures_boxes(const sim_json_t *line, figures_box_t *box)
{
    uint32_t count = 0;
    const sim_json_t *item = sim_json_first(sim_json_find(line, "boxes"));
    for (; item != NULL && count < FIGURES_BOXES; item = sim_json_next(item)) {
        figures_box_t *b = &box[count++];
        double id = sim_json_num(sim_json_find(item, "id"), 0);
        *b = (figures_box_t){
            .id = id > 0 && id < UINT32_MAX ? (uint32_t)id : 0,
            .x = sim_json_num(sim_json_find(item, "x"), 0),
            .y = sim_json_num(sim_json_find(item, "y"), 0),
            .w = sim_json_num(sim_json_find(item, "w"), 0),
            .h = sim_json_num(sim_json_find(item, "h"), 0),
        };
        class_of(sim_json_find(item, "class"), b);
    }
    return count;
}

/* ---- accuracy: truth and metadata, frame by frame ---- */

typedef struct {
    frame_at_t at;
    uint32_t boxes, first; /* of the list */
    double in, out;
    double sealed_ps; /* of metadata: when it was told */
} frame_t;

typedef struct {
    frame_t *frame;
    size_t frames;
    figures_box_t *box;
    size_t boxes;
} list_t;

typedef struct {
    list_t list;
    figures_box_t scratch[FIGURES_BOXES];
} reader_t;

static bool grow(void **list, size_t count, size_t more, size_t item_bytes)
{
    void *bigger = realloc(*list, (count + more) * item_bytes + 1);
    if (bigger != NULL)
        *list = bigger;
    return bigger != NULL;
}

static bool take_line(void *ctx, const sim_cfg_t *cfg)
{
    reader_t *r = ctx;
    list_t *l = &r->list;
    const sim_json_t *line = cfg->node;
    uint32_t count = figures_boxes(line, r->scratch);
    void *frames = l->frame, *boxes = l->box;
    bool fine = grow(&frames, l->frames, 1, sizeof(*l->frame));
    l->frame = frames;
    fine = fine && grow(&boxes, l->boxes, count, sizeof(*l->box));
    l->box = boxes;
    if (!fine) {
        sim_cfg_fail(cfg, NULL, "out of memory");
        return false;
    }
    const sim_json_t *counts = sim_json_find(line, "counts");
    frame_at_t at = frame_at(line);
    l->frame[l->frames++] = (frame_t){
        .at = at,
        .boxes = count,
        .first = (uint32_t)l->boxes,
        .in = sim_json_num(sim_json_find(counts, "in"), 0),
        .out = sim_json_num(sim_json_find(counts, "out"), 0),
        .sealed_ps = at.time_ps + sim_json_num(sim_json_find(line, "latency_us"), 0) * 1e6,
    };
    memcpy(&l->box[l->boxes], r->scratch, count * sizeof(*l->box));
    l->boxes += count;
    return true;
}

static bool read_list(const char *dir, const char *name, list_t *list, char *error,
                      size_t error_bytes)
{
    reader_t *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return false;
    bool fine = json_lines_in(dir, name, take_line, r, error, error_bytes);
    *list = r->list;
    free(r);
    return fine;
}

/* Notes the first place where something is wrong. */
static void note(figures_t *f, figure_t figure, int64_t frame, const char *what,
                 const figures_box_t *box, uint32_t was)
{
    char before[32] = "";
    if (f->frame[figure] >= 0)
        return;
    f->frame[figure] = frame;
    if (was != 0)
        snprintf(before, sizeof(before), ", before %u", was);
    snprintf(f->where[figure], FIGURES_WHERE, "frame %lld, %s %u at %g,%g %gx%g %s%s",
             (long long)frame, box->class_name, box->id, box->x, box->y, box->w, box->h, what,
             before);
}

static void note_frame(figures_t *f, int64_t frame, const figures_box_t *truth, uint32_t truths,
                       const figures_box_t *report, uint32_t reports, const mot_fate_t *fate)
{
    for (uint32_t t = 0; t < truths; t++) {
        if (fate[t].match < 0) {
            note(f, FIGURE_recall, frame, "was not reported", &truth[t], 0);
            note(f, FIGURE_mota, frame, "was not reported", &truth[t], 0);
        } else if (fate[t].was != 0) {
            const figures_box_t *now = &report[fate[t].match];
            note(f, FIGURE_id_switches, frame, "is a new track", now, fate[t].was);
            note(f, FIGURE_idf1, frame, "is a new track", now, fate[t].was);
        }
    }
    for (uint32_t r = 0; r < reports; r++) {
        bool right = false;
        for (uint32_t t = 0; t < truths; t++)
            right = right || fate[t].match == (int32_t)r;
        if (!right) {
            note(f, FIGURE_precision, frame, "is nobody", &report[r], 0);
            note(f, FIGURE_mota, frame, "is nobody", &report[r], 0);
        }
    }
}

/* Pairs of other classes, and those that overlap less, cannot match. */
static bool judge_frame(mot_t *mot, figures_t *f, int64_t frame, const figures_box_t *truth,
                        uint32_t truths, const figures_box_t *report, uint32_t reports, double iou)
{
    double *quality = malloc((size_t)truths * reports * sizeof(*quality) + 1);
    uint32_t *ids = malloc((truths + reports) * sizeof(*ids) + 1);
    mot_fate_t *fate = calloc(truths + 1u, sizeof(*fate));
    bool fine = quality != NULL && ids != NULL && fate != NULL;
    for (uint32_t t = 0; fine && t < truths; t++) {
        ids[t] = truth[t].id;
        for (uint32_t r = 0; r < reports; r++) {
            bool same = strcmp(truth[t].class_name, report[r].class_name) == 0;
            double q = same ? figures_iou(&truth[t], &report[r]) : 0;
            quality[(size_t)t * reports + r] = q >= iou && q > 0 ? q : -1;
        }
    }
    for (uint32_t r = 0; fine && r < reports; r++)
        ids[truths + r] = report[r].id;
    fine = fine && mot_frame(mot, ids, truths, ids + truths, reports, quality, fate);
    if (fine)
        note_frame(f, frame, truth, truths, report, reports, fate);
    free(quality);
    free(ids);
    free(fate);
    return fine;
}

/* Noted is where the difference began that stays until the end: a tracker may be late. */
static void judge_counts(figures_t *f, const frame_t *is, const frame_t *said)
{
    double error = fabs(is->in - said->in) + fabs(is->out - said->out);
    f->value[FIGURE_count_error] = error;
    if (!(error > 0)) {
        f->frame[FIGURE_count_error] = -1;
        f->where[FIGURE_count_error][0] = '\0';
    }
    if (error > 0 && f->frame[FIGURE_count_error] < 0) {
        f->frame[FIGURE_count_error] = is->at.frame;
        snprintf(f->where[FIGURE_count_error], FIGURES_WHERE,
                 "from frame %lld on, %g in, %g out, true %g in, %g out", (long long)is->at.frame,
                 said->in, said->out, is->in, is->out);
    }
}

/* Frames of the truth up to the last one that was reported; one that was not has no boxes. */
static bool judge_frames(const list_t *truth, const list_t *report, double iou, mot_t *mot,
                         figures_t *f)
{
    size_t r = 0;
    for (size_t t = 0; t < truth->frames && r < report->frames; t++) {
        const frame_t *is = &truth->frame[t], *said = &report->frame[r];
        bool there = frame_at_order(&said->at, &is->at) == 0;
        if (!judge_frame(mot, f, is->at.frame, truth->box + is->first, is->boxes,
                         report->box + (there ? said->first : 0), there ? said->boxes : 0, iou))
            return false;
        if (there)
            judge_counts(f, is, said);
        while (r < report->frames && frame_at_order(&report->frame[r].at, &is->at) <= 0)
            r++;
    }
    return true;
}

static void judge_silence(const list_t *report, figures_t *f)
{
    for (size_t r = 1; r < report->frames; r++) {
        const frame_t *before = &report->frame[r - 1];
        double ms = (report->frame[r].sealed_ps - before->sealed_ps) / 1e9;
        if (isnan(ms) || ms <= f->value[FIGURE_silence_ms])
            continue;
        f->value[FIGURE_silence_ms] = ms;
        snprintf(f->where[FIGURE_silence_ms], FIGURES_WHERE, "behind frame %lld at %.6f s",
                 (long long)before->at.frame, before->at.time_ps * 1e-12);
    }
}

static bool read_accuracy(const char *dir, double iou, figures_t *f, char *error,
                          size_t error_bytes)
{
    list_t truth = {0}, report = {0};
    mot_result_t m;
    mot_t *mot = mot_new();
    bool fine = mot != NULL && read_list(dir, "truth.jsonl", &truth, error, error_bytes) &&
                read_list(dir, "metadata.jsonl", &report, error, error_bytes);
    if (fine && truth.frames > 0 && report.frames > 0) {
        fine = judge_frames(&truth, &report, iou, mot, f) && mot_result(mot, &m);
        if (fine) {
            f->value[FIGURE_precision] = m.precision;
            f->value[FIGURE_recall] = m.recall;
            f->value[FIGURE_mota] = m.mota;
            f->value[FIGURE_motp] = m.motp;
            f->value[FIGURE_idf1] = m.idf1;
            f->value[FIGURE_id_switches] = (double)m.switches;
            f->value[FIGURE_fragments] = (double)m.fragments;
        }
    }
    if (fine)
        judge_silence(&report, f);
    if (!fine && error[0] == '\0')
        snprintf(error, error_bytes, "out of memory");
    free(truth.frame);
    free(truth.box);
    free(report.frame);
    free(report.box);
    mot_free(mot);
    return fine;
}

static bool read_heat(const char *dir, figures_t *f, char *error, size_t error_bytes)
{
    heat_figures_t heat;
    if (!heat_judge(dir, &heat, error, error_bytes))
        return false;
    f->value[FIGURE_heat_maps] = heat.maps;
    f->value[FIGURE_heat_map] = heat.least;
    if (heat.maps > 0)
        snprintf(f->where[FIGURE_heat_map], FIGURES_WHERE, "the map of frame %lld",
                 (long long)heat.least_frame);
    return true;
}

static bool read_images(const char *dir, figures_t *f, char *error, size_t error_bytes)
{
    image_figures_t i;
    if (!image_judge(dir, &i, error, error_bytes))
        return false;
    f->value[FIGURE_image_cover] = i.cover;
    f->value[FIGURE_image_cover_least] = i.least_cover;
    f->value[FIGURE_image_bare] = i.bare;
    f->value[FIGURE_image_bare_most] = i.most_bare;
    if (i.boxes == 0)
        return true;
    snprintf(f->where[FIGURE_image_cover_least], FIGURES_WHERE, "frame %lld, person %u",
             (long long)i.least_cover_frame, i.least_cover_id);
    snprintf(f->where[FIGURE_image_bare_most], FIGURES_WHERE, "frame %lld, person %u",
             (long long)i.most_bare_frame, i.most_bare_id);
    f->frame[FIGURE_image_cover_least] = i.least_cover_frame;
    f->frame[FIGURE_image_bare_most] = i.most_bare_frame;
    return true;
}

static bool read_attributes(const char *dir, double iou, figures_t *f, char *error,
                            size_t error_bytes)
{
    attribute_figures_t attributes;
    if (!attribute_judge(dir, iou, &attributes, error, error_bytes))
        return false;
    f->value[FIGURE_attributes] = attributes.right;
    snprintf(f->where[FIGURE_attributes], FIGURES_WHERE, "%s", attributes.where);
    return true;
}

/* ---- times, and what the summary has ---- */

static double time_of(const sim_json_t *frame, const char *key)
{
    return sim_json_num(sim_json_find(frame, key), 0);
}

/* By the first and the last time in a list. */
static void read_frame_rate(const sim_json_t *list, const char *key, figures_t *f)
{
    const sim_json_t *frame = sim_json_first(list);
    double first = time_of(frame, key), last = first;
    uint32_t intervals = 0;
    while (frame != NULL && (frame = sim_json_next(frame)) != NULL) {
        last = time_of(frame, key);
        intervals++;
    }
    if (last > first)
        f->value[FIGURE_frame_rate_hz] = intervals * 1e12 / (last - first);
}

static void read_timeline(const sim_json_t *stats, figures_t *f)
{
    double worst = -1;
    const sim_json_t *frames = sim_json_find(stats, "frames"), *frame = sim_json_first(frames);
    if (frame != NULL)
        read_frame_rate(frames, "exposure_start_ps", f);
    else
        read_frame_rate(sim_json_find(stats, "images"), "first_ps", f); /* of a plain camera */
    for (; frame != NULL; frame = sim_json_next(frame)) {
        double took = time_of(frame, "link_last_ps") - time_of(frame, "exposure_start_ps");
        if (took <= worst)
            continue;
        worst = took;
        f->value[FIGURE_latency_ms] = worst / 1e9;
        snprintf(f->where[FIGURE_latency_ms], FIGURES_WHERE, "frame %.0f", time_of(frame, "frame"));
    }
}

/* Every way to cut the path is tried. */
double figures_number(const sim_json_t *value, const char *path)
{
    if (*path == '\0') {
        const sim_json_t *leaf = sim_json_find(value, "value");
        return sim_json_num(leaf != NULL ? leaf : value, NAN);
    }
    double found = NAN;
    const sim_json_t *child =
        sim_json_kind(value) == SIM_JSON_OBJECT ? sim_json_first(value) : NULL;
    for (; child != NULL && isnan(found); child = sim_json_next(child)) {
        const char *key = sim_json_key(child);
        size_t length = strlen(key);
        if (length > 0 && strncmp(path, key, length) == 0 &&
            (path[length] == '.' || path[length] == '\0'))
            found = figures_number(child, path + length + (path[length] == '.'));
    }
    return found;
}

static void read_summary(const sim_json_t *summary, figures_t *f)
{
    for (uint32_t i = 0; i < FIGURES; i++)
        if (expect_figures[i].path[0] != '\0')
            f->value[i] =
                figures_number(summary, expect_figures[i].path) * expect_figures[i].factor;
    if (isnan(f->value[FIGURE_latency_ms])) /* nobody was told anything: that is no latency of 0 */
        f->value[FIGURE_latency_mean_ms] = f->value[FIGURE_readout_to_alert_ms] = NAN;
}

static bool read_tree(const char *dir, const char *name,
                      void (*take)(const sim_json_t *tree, figures_t *f), figures_t *f, char *error,
                      size_t error_bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (access(path, R_OK) != 0)
        return true;
    sim_doc_t *doc = sim_doc_load(path);
    const char *wrong = doc == NULL ? "out of memory" : sim_doc_error(doc);
    if (wrong == NULL)
        take(sim_doc_root(doc).node, f);
    else
        snprintf(error, error_bytes, "%s", wrong);
    bool fine = wrong == NULL;
    sim_doc_free(doc);
    return fine;
}

bool figures_read(const char *dir, double iou, figures_t *f, char *error, size_t error_bytes)
{
    memset(f, 0, sizeof(*f));
    error[0] = '\0';
    for (uint32_t i = 0; i < FIGURES; i++) {
        f->value[i] = NAN;
        f->frame[i] = -1;
    }
    return read_accuracy(dir, iou, f, error, error_bytes) &&
           read_heat(dir, f, error, error_bytes) && read_images(dir, f, error, error_bytes) &&
           read_attributes(dir, iou, f, error, error_bytes) &&
           read_tree(dir, "stats.json", read_timeline, f, error, error_bytes) &&
           read_tree(dir, "summary.json", read_summary, f, error, error_bytes);
}
