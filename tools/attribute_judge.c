#include "tools/attribute_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/figures.h"
#include "tools/frame_at.h"
#include "tools/json_lines.h"

enum { TEXT = 16, MOST_TRACKS = 4096, PEOPLE = 16 /* of a track */ };

/* A person whom a track showed. */
typedef struct {
    uint32_t id, boxes;
    char age[TEXT];
} shown_t;

typedef struct {
    uint32_t id;
    shown_t shown[PEOPLE];
    char said[TEXT]; /* last; empty: nothing */
} track_t;

typedef struct {
    frame_at_t at;
    uint32_t boxes;
    figures_box_t *box;
    char (*text)[TEXT]; /* of each: its age, or what was said of it */
} frame_t;

typedef struct {
    frame_t *frame;
    size_t frames;
    bool attributes; /* there are any */
    figures_box_t scratch[FIGURES_BOXES];
} list_t;

/* ---- the files ---- */

static void take_text(const sim_json_t *item, const char *key, char text[TEXT])
{
    snprintf(text, TEXT, "%.*s", TEXT - 1, sim_json_str(sim_json_find(item, key), ""));
}

/* Ages stand in the truth's boxes, what was said in a list of its own, by the box's index. */
static void take_texts(list_t *l, const sim_json_t *line, frame_t *f)
{
    uint32_t i = 0;
    const sim_json_t *item = sim_json_first(sim_json_find(line, "boxes"));
    for (; item != NULL && i < f->boxes; item = sim_json_next(item))
        take_text(item, "age", f->text[i++]);
    item = sim_json_first(sim_json_find(line, "attributes"));
    for (; item != NULL; item = sim_json_next(item)) {
        double box = sim_json_num(sim_json_find(item, "box"), -1);
        l->attributes = true;
        if (box >= 0 && box < f->boxes)
            take_text(item, "class", f->text[(uint32_t)box]);
    }
}

static bool take_line(void *ctx, const sim_cfg_t *cfg)
{
    list_t *l = ctx;
    uint32_t boxes = figures_boxes(cfg->node, l->scratch);
    frame_t *more = realloc(l->frame, (l->frames + 1) * sizeof(*more));
    if (more == NULL) {
        sim_cfg_fail(cfg, NULL, "out of memory");
        return false;
    }
    l->frame = more;
    frame_t *f = &l->frame[l->frames++];
    *f = (frame_t){.at = frame_at(cfg->node),
                   .boxes = boxes,
                   .box = malloc(boxes * sizeof(*f->box) + 1),
                   .text = calloc(boxes + 1u, sizeof(*f->text))};
    if (f->box == NULL || f->text == NULL) {
        sim_cfg_fail(cfg, NULL, "out of memory");
        return false;
    }
    memcpy(f->box, l->scratch, boxes * sizeof(*f->box));
    take_texts(l, cfg->node, f);
    return true;
}

static void free_list(list_t *l)
{
    for (size_t i = 0; l != NULL && i < l->frames; i++) {
        free(l->frame[i].box);
        free(l->frame[i].text);
    }
    if (l != NULL)
        free(l->frame);
    free(l);
}

/* ---- tracks ---- */

typedef struct {
    track_t *track;
    uint32_t tracks;
} tracks_t;

/* NULL: too many, or no memory. */
static track_t *track_of(tracks_t *all, uint32_t id)
{
    for (uint32_t i = 0; i < all->tracks; i++)
        if (all->track[i].id == id)
            return &all->track[i];
    track_t *more =
        all->tracks < MOST_TRACKS ? realloc(all->track, (all->tracks + 1u) * sizeof(*more)) : NULL;
    if (more == NULL)
        return NULL;
    all->track = more;
    more[all->tracks] = (track_t){.id = id};
    return &more[all->tracks++];
}

/* Who is beyond the first PEOPLE is left out. */
static void show(track_t *t, uint32_t id, const char *age)
{
    for (uint32_t i = 0; i < PEOPLE; i++) {
        shown_t *s = &t->shown[i];
        if (s->boxes == 0) {
            s->id = id;
            snprintf(s->age, sizeof(s->age), "%s", age);
        }
        if (s->id != id)
            continue;
        s->boxes++;
        return;
    }
}

static bool take_frame(tracks_t *all, const frame_t *is, const frame_t *said, double iou)
{
    for (uint32_t r = 0; r < said->boxes; r++) {
        double most = iou;
        int64_t best = -1;
        for (uint32_t t = 0; t < is->boxes; t++) {
            double q = figures_iou(&is->box[t], &said->box[r]);
            if (is->text[t][0] != '\0' && q >= most && q > 0) {
                most = q;
                best = t;
            }
        }
        track_t *track = said->box[r].id != 0 ? track_of(all, said->box[r].id) : NULL;
        if (said->box[r].id != 0 && track == NULL)
            return false;
        if (track != NULL && best >= 0)
            show(track, is->box[best].id, is->text[best]);
        if (track != NULL && said->text[r][0] != '\0')
            snprintf(track->said, sizeof(track->said), "%s", said->text[r]);
    }
    return true;
}

static void judge_track(const track_t *t, attribute_figures_t *out)
{
    const shown_t *most = &t->shown[0];
    for (uint32_t i = 1; i < PEOPLE; i++)
        if (t->shown[i].boxes > most->boxes)
            most = &t->shown[i];
    if (most->boxes < ATTRIBUTE_BOXES)
        return;
    out->tracks++;
    if (strcmp(most->age, t->said) == 0)
        out->right += 1;
    else if (out->where[0] == '\0')
        snprintf(out->where, sizeof(out->where), "track %u of person %u, %s, is %s", t->id,
                 most->id, most->age, t->said[0] != '\0' ? t->said : "not told");
}

static bool judge(const list_t *truth, const list_t *report, double iou, attribute_figures_t *out)
{
    tracks_t all = {0};
    size_t t = 0;
    bool fine = true;
    for (size_t r = 0; r < report->frames && fine; r++) {
        const frame_at_t *at = &report->frame[r].at;
        while (t < truth->frames && frame_at_order(&truth->frame[t].at, at) < 0)
            t++;
        if (t < truth->frames && frame_at_order(&truth->frame[t].at, at) == 0)
            fine = take_frame(&all, &truth->frame[t], &report->frame[r], iou);
    }
    for (uint32_t i = 0; i < all.tracks; i++)
        judge_track(&all.track[i], out);
    out->right = out->tracks != 0 ? out->right / out->tracks : NAN;
    free(all.track);
    return fine;
}

bool attribute_judge(const char *dir, double iou, attribute_figures_t *out, char *error,
                     size_t error_bytes)
{
    list_t *truth = calloc(1, sizeof(*truth)), *report = calloc(1, sizeof(*report));
    *out = (attribute_figures_t){.right = 0};
    error[0] = '\0';
    bool fine = truth != NULL && report != NULL &&
                json_lines_in(dir, "metadata.jsonl", take_line, report, error, error_bytes);
    if (fine && report->attributes)
        fine = json_lines_in(dir, "truth.jsonl", take_line, truth, error, error_bytes) &&
               judge(truth, report, iou, out);
    else
        out->right = NAN;
    if (!fine && error[0] == '\0')
        snprintf(error, error_bytes, "out of memory");
    free_list(truth);
    free_list(report);
    return fine;
}
