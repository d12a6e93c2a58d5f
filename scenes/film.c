#include "scenes/film.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time.h"

/* A frame in memory. */
typedef struct {
    uint32_t frame;
    bool full;
    uint32_t users; /* rows that read it */
    uint64_t used;  /* a count that rises */
    scene_map_t map;
} slot_t;

struct scene_film {
    scene_film_desc_t *desc; /* the scene's */
    int64_t start_ps;
    scene_map_t shape; /* size and place of every frame: of a frame in memory */
    film_truth_t truth;
    /* all that follows is under lock once there are rows */
    pthread_mutex_t lock;
    pthread_cond_t freed; /* a slot has lost its last user */
    film_source_t source;
    uint64_t uses;
    bool troubled;
    char trouble[768];
    uint32_t slots;
    slot_t slot[FILM_SLOTS];
};

/* ---- time ---- */

/* Of the frames that go on for ever in both directions. */
static int64_t index_at(const scene_film_t *film, int64_t time_ps)
{
    const scene_film_desc_t *d = film->desc;
    if (d->fps_num == 0)
        return 0;
    sim_i128_t part = (sim_i128_t)SIM_PS_PER_S * d->fps_den;
    sim_i128_t at = ((sim_i128_t)time_ps - film->start_ps) * d->fps_num;
    sim_i128_t index = at / part;
    return (int64_t)(at < 0 && index * part != at ? index - 1 : index);
}

/* The first picosecond of it. */
static int64_t begin_of(const scene_film_t *film, int64_t index)
{
    const scene_film_desc_t *d = film->desc;
    sim_i128_t at = (sim_i128_t)index * SIM_PS_PER_S * d->fps_den, num = d->fps_num;
    sim_i128_t ps = at / num;
    return film->start_ps + (int64_t)(ps + (at > 0 && ps * num != at));
}

static uint32_t frame_of(const scene_film_t *film, int64_t index)
{
    int64_t frames = film->source.frames;
    if (film->desc->end == SCENE_END_LOOP)
        return (uint32_t)((index % frames + frames) % frames);
    return (uint32_t)(index < 0 ? 0 : index < frames ? index : frames - 1);
}

/* Held at its ends, those stand for all that is before and behind. */
static int64_t clamp_index(const scene_film_t *film, int64_t index)
{
    return film->desc->end == SCENE_END_LOOP ? index : (int64_t)frame_of(film, index);
}

uint32_t film_frame_at(scene_film_t *film, uint64_t time_ps)
{
    pthread_mutex_lock(&film->lock);
    uint32_t frame = frame_of(film, index_at(film, (int64_t)time_ps));
    pthread_mutex_unlock(&film->lock);
    return frame;
}

/* ---- frames in memory; called with the lock held ---- */

static void set_trouble(scene_film_t *film, const char *what)
{
    if (!film->troubled)
        snprintf(film->trouble, sizeof(film->trouble), "%s", what);
    film->troubled = true;
}

static slot_t *find_slot(scene_film_t *film, uint32_t frame)
{
    for (uint32_t i = 0; i < film->slots; i++)
        if (film->slot[i].full && film->slot[i].frame == frame)
            return &film->slot[i];
    return NULL;
}

/* An empty one, or the one that was not used for longest; of a pipe the oldest frame. Waits until
 * nobody uses it. */
static slot_t *free_slot(scene_film_t *film)
{
    bool pipe = film->source.pipe;
    for (;;) {
        slot_t *best = NULL;
        for (uint32_t i = 0; i < film->slots; i++) {
            slot_t *s = &film->slot[i];
            if (!s->full)
                return s;
            bool open = pipe || s->users == 0;
            bool older = best == NULL || (pipe ? s->frame < best->frame : s->used < best->used);
            if (open && older)
                best = s;
        }
        if (best != NULL && best->users == 0)
            return best;
        pthread_cond_wait(&film->freed, &film->lock);
    }
}

static bool make_map(scene_film_t *film, slot_t *slot)
{
    if (slot->map.levels != 0)
        return true;
    if (!scene_map_init(&slot->map, film->source.width_px, film->source.height_px)) {
        scene_map_free(&slot->map);
        set_trouble(film, "no memory for a frame");
        return false;
    }
    slot->map.squares = true;
    slot->map.left = film->shape.left;
    slot->map.top = film->shape.top;
    slot->map.right = film->shape.right;
    slot->map.bottom = film->shape.bottom;
    return true;
}

static void fill(scene_film_t *film, slot_t *slot, uint32_t frame)
{
    slot->frame = frame;
    slot->full = true;
    slot->used = ++film->uses;
}

/* Reads a frame into a slot; of a pipe the next one. Not where the pipe ends or there is trouble.
 */
static void read_frame(scene_film_t *film, uint32_t frame, bool keep)
{
    char error[sizeof(film->trouble)] = "";
    film_source_t *source = &film->source;
    slot_t *slot = keep ? free_slot(film) : NULL;
    if (film->troubled || find_slot(film, frame) != NULL || (source->pipe && frame != source->next))
        return; /* somebody else was here while this one waited */
    if (slot != NULL && !make_map(film, slot))
        return;
    if (slot != NULL)
        slot->full = false;
    int got =
        film_source_read(source, frame, slot != NULL ? &slot->map : NULL, error, sizeof(error));
    if (got == 1 && slot != NULL)
        fill(film, slot, frame);
    else if (got < 0)
        set_trouble(film, error);
    if (got == 0) {
        source->frames = source->next;
        if (source->frames == 0)
            set_trouble(film, "no frame");
    }
}

/* The newest frame of a pipe, passed over on the way to one that never came: the source has it. */
static void keep_newest(scene_film_t *film, uint32_t frame)
{
    slot_t *slot = free_slot(film);
    if (frame + 1 != film->source.next || find_slot(film, frame) != NULL || !make_map(film, slot))
        return;
    film_source_newest(&film->source, &slot->map);
    fill(film, slot, frame);
}

/* Of a pipe: all up to that frame; only what can stay is kept. */
static void read_on(scene_film_t *film, uint32_t frame)
{
    film_source_t *s = &film->source;
    char error[sizeof(film->trouble)];
    if (frame + 1 == s->next) {
        keep_newest(film, frame);
    } else if (frame < s->next) {
        snprintf(error, sizeof(error),
                 "%s: frame %u of a pipe is gone, the last %u are kept: use a file", s->file, frame,
                 film->slots);
        set_trouble(film, error);
    }
    while (!film->troubled && s->next <= frame && frame < s->frames)
        read_frame(film, s->next, frame - s->next < film->slots);
}

/* The frame at that index, held until drop(); NULL: trouble. */
static slot_t *hold(scene_film_t *film, int64_t index)
{
    slot_t *slot = NULL;
    pthread_mutex_lock(&film->lock);
    while (!film->troubled && slot == NULL) {
        uint32_t frame = frame_of(film, index); /* another one once a pipe has ended */
        slot = find_slot(film, frame);
        if (slot == NULL && film->source.pipe)
            read_on(film, frame);
        else if (slot == NULL)
            read_frame(film, frame, true);
    }
    if (slot != NULL) {
        slot->users++;
        slot->used = ++film->uses;
    }
    pthread_mutex_unlock(&film->lock);
    return slot;
}

static void drop(scene_film_t *film, slot_t *slot)
{
    pthread_mutex_lock(&film->lock);
    if (--slot->users == 0)
        pthread_cond_broadcast(&film->freed);
    pthread_mutex_unlock(&film->lock);
}

/* ---- rows ---- */

uint32_t film_scratch(const scene_film_t *film, uint32_t width_px)
{
    return 3 * (film->source.width_px + 1) + 3 * width_px;
}

static void clear(const sim_light_req_t *req, float *const out[3])
{
    for (int c = 0; c < 3; c++)
        if (out[c] != NULL)
            memset(out[c], 0, req->width_px * sizeof(float));
}

static void add_row(const sim_light_req_t *req, float *const from[3], float *const out[3])
{
    for (int c = 0; c < 3; c++)
        for (uint32_t x = 0; out[c] != NULL && x < req->width_px; x++)
            out[c][x] += from[c][x];
}

/* share of the light of one frame into out. */
static bool frame_row(scene_film_t *film, int64_t index, const sim_light_req_t *req,
                      const float gain[3], float share, float *const out[3], float *scratch)
{
    slot_t *slot = hold(film, index);
    if (slot == NULL)
        return false;
    const float part[3] = {gain[0] * share, gain[1] * share, gain[2] * share};
    scene_map_row(&slot->map, req, part, out, scratch);
    drop(film, slot);
    return true;
}

void film_row(scene_film_t *film, const sim_light_req_t *req, const float gain[3],
              float *const out[3], float *scratch)
{
    int64_t from = (int64_t)req->start_ps, to = from + (int64_t)req->exposure_ps;
    pthread_mutex_lock(&film->lock);
    int64_t first = clamp_index(film, index_at(film, from));
    int64_t last = to > from ? clamp_index(film, index_at(film, to - 1)) : first;
    pthread_mutex_unlock(&film->lock);
    if (first == last) {
        if (!frame_row(film, first, req, gain, 1.0f, out, scratch))
            clear(req, out);
        return;
    }
    float *row = scratch + 3 * (film->source.width_px + 1), *part[3];
    for (int c = 0; c < 3; c++)
        part[c] = out[c] != NULL ? row + (size_t)c * req->width_px : NULL;
    clear(req, out);
    for (int64_t i = first, begin = from; i <= last; i++) {
        int64_t end = i < last ? begin_of(film, i + 1) : to;
        float share = (float)((double)(end - begin) / (double)(to - from));
        if (!frame_row(film, i, req, gain, share, part, scratch)) {
            clear(req, out);
            return;
        }
        add_row(req, part, out);
        begin = end;
    }
}

/* ---- making ---- */

static sim_err_t load_truth(scene_film_t *film, char *error, size_t error_bytes)
{
    const scene_film_desc_t *d = film->desc;
    const double own[2] = {film->source.width_px, film->source.height_px};
    if (d->truth[0] == '\0')
        return SIM_OK;
    return film_truth_load(&film->truth, d->truth, d->truth_px[0] > 0 ? d->truth_px : own, error,
                           error_bytes);
}

static void count_slots(scene_film_t *film)
{
    uint64_t each = (uint64_t)film->source.width_px * film->source.height_px * 8; /* with copies */
    uint64_t slots = FILM_SLOT_BYTES / each;
    slots = slots < 2 ? 2 : slots > FILM_SLOTS ? FILM_SLOTS : slots;
    film->slots = slots < film->source.frames ? (uint32_t)slots : film->source.frames;
}

/* Frame 0 must be fine, and tells where all lie. */
static sim_err_t read_first(scene_film_t *film, const scene_camera_t *camera, char *error,
                            size_t error_bytes)
{
    film->shape.right = film->shape.bottom = 1.0f;
    film->shape.level[0].width = film->source.width_px;
    film->shape.level[0].height = film->source.height_px;
    scene_map_fit(&film->shape, camera, film->desc->fit);
    slot_t *slot = hold(film, 0);
    if (slot != NULL) {
        drop(film, slot);
        return SIM_OK;
    }
    snprintf(error, error_bytes, "%s%s%s", film->source.frames == 0 ? film->desc->file : "",
             film->source.frames == 0 ? ": " : "", film->trouble);
    return SIM_EPARSE;
}

sim_err_t film_open(scene_film_desc_t *desc, const scene_camera_t *camera, scene_film_t **out,
                    char *error, size_t error_bytes)
{
    scene_film_t *film = calloc(1, sizeof(*film));
    *out = NULL;
    if (film == NULL)
        return SIM_ENOMEM;
    film->desc = desc;
    film->start_ps = (int64_t)(desc->start_s * 1e12 + (desc->start_s < 0 ? -0.5 : 0.5));
    pthread_mutex_init(&film->lock, NULL);
    pthread_cond_init(&film->freed, NULL);
    sim_err_t err = film_source_open(&film->source, desc, error, error_bytes);
    if (err == SIM_OK) {
        count_slots(film);
        err = read_first(film, camera, error, error_bytes);
    }
    if (err == SIM_OK)
        err = load_truth(film, error, error_bytes);
    if (err == SIM_OK)
        *out = film;
    else
        film_free(film);
    return err;
}

void film_free(scene_film_t *film)
{
    if (film == NULL)
        return;
    for (uint32_t i = 0; i < film->slots; i++)
        scene_map_free(&film->slot[i].map);
    film_source_close(&film->source);
    film_truth_free(&film->truth);
    pthread_cond_destroy(&film->freed);
    pthread_mutex_destroy(&film->lock);
    free(film);
}

const film_truth_t *film_truth(const scene_film_t *film)
{
    return &film->truth;
}

scene_box_px_t film_place(const scene_film_t *film)
{
    return (scene_box_px_t){film->shape.left, film->shape.top, film->shape.right,
                            film->shape.bottom};
}

bool film_is_pipe(const scene_film_t *film)
{
    return film->source.pipe;
}

const char *film_trouble(scene_film_t *film)
{
    pthread_mutex_lock(&film->lock);
    const char *trouble = film->troubled ? film->trouble : NULL;
    pthread_mutex_unlock(&film->lock);
    return trouble;
}

sim_err_t film_hash(const scene_film_t *film, uint64_t *hash, char *error, size_t error_bytes)
{
    sim_err_t err = film_source_hash(&film->source, hash, error, error_bytes);
    if (err == SIM_OK && film->desc->truth[0] != '\0')
        err = film_hash_file(film->desc->truth, hash, error, error_bytes);
    return err;
}
