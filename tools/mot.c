#include "tools/mot.h"

#include <stdlib.h>
#include <string.h>

#include "tools/assign.h"

typedef struct {
    uint32_t id, track; /* track: the last it was matched with, 0: none */
    bool seen, lost;    /* matched before; not matched in its newest frame */
} object_t;

/* How many frames an object and a track could have been one. */
typedef struct {
    uint32_t object, track; /* ids */
    uint64_t frames;
} pair_t;

struct mot {
    object_t *object;
    size_t objects, object_room;
    pair_t *pair;
    size_t pairs, pair_room;
    uint64_t truth, reported, matched, switches, fragments;
    double quality;
};

mot_t *mot_new(void)
{
    return calloc(1, sizeof(mot_t));
}

void mot_free(mot_t *mot)
{
    if (mot == NULL)
        return;
    free(mot->object);
    free(mot->pair);
    free(mot);
}

static bool grow(void **list, size_t count, size_t *room, size_t item_bytes)
{
    if (count < *room)
        return true;
    size_t more = *room == 0 ? 64 : 2 * *room;
    void *bigger = realloc(*list, more * item_bytes);
    if (bigger == NULL)
        return false;
    *list = bigger;
    *room = more;
    return true;
}

/* Index of the object, a new one where it is new; below 0 without memory. */
static int64_t object_index(mot_t *mot, uint32_t id)
{
    void *list = mot->object;
    for (size_t i = 0; i < mot->objects; i++)
        if (mot->object[i].id == id)
            return (int64_t)i;
    if (!grow(&list, mot->objects, &mot->object_room, sizeof(*mot->object)))
        return -1;
    mot->object = list;
    mot->object[mot->objects] = (object_t){.id = id};
    return (int64_t)mot->objects++;
}

static bool count_pair(mot_t *mot, uint32_t object, uint32_t track)
{
    void *list = mot->pair;
    for (size_t i = 0; i < mot->pairs; i++)
        if (mot->pair[i].object == object && mot->pair[i].track == track) {
            mot->pair[i].frames++;
            return true;
        }
    if (!grow(&list, mot->pairs, &mot->pair_room, sizeof(*mot->pair)))
        return false;
    mot->pair = list;
    mot->pair[mot->pairs++] = (pair_t){object, track, 1};
    return true;
}

/* ---- a frame ---- */

/* Pairs of before that can stay. */
static void keep_matches(const mot_t *mot, const int64_t *index, uint32_t truths,
                         const uint32_t *report_id, uint32_t reports, const double *quality,
                         mot_fate_t *fate, bool *taken)
{
    for (uint32_t t = 0; t < truths; t++) {
        uint32_t track = mot->object[index[t]].track;
        for (uint32_t r = 0; track != 0 && r < reports; r++)
            if (report_id[r] == track && !taken[r] && quality[(size_t)t * reports + r] >= 0) {
                fate[t].match = (int32_t)r;
                taken[r] = true;
                break;
            }
    }
}

/* The others: a pair that cannot match costs more than all that can together. */
static bool match_rest(uint32_t truths, uint32_t reports, const double *quality, mot_fate_t *fate,
                       const bool *taken)
{
    size_t cells = (size_t)truths * reports;
    double *cost = malloc(cells * sizeof(*cost) + 1);
    int32_t *column = malloc(truths * sizeof(*column) + 1);
    bool fine = cost != NULL && column != NULL;
    for (size_t i = 0; fine && i < cells; i++) {
        bool free_pair = fate[i / reports].match < 0 && !taken[i % reports] && quality[i] >= 0;
        cost[i] = free_pair ? 1 - quality[i] : truths + 1.0;
    }
    fine = fine && assign(cost, truths, reports, column);
    for (uint32_t t = 0; fine && t < truths; t++)
        if (fate[t].match < 0 && column[t] >= 0 &&
            cost[(size_t)t * reports + (uint32_t)column[t]] <= 1)
            fate[t].match = column[t];
    free(cost);
    free(column);
    return fine;
}

static void follow(mot_t *mot, object_t *object, uint32_t track, mot_fate_t *fate)
{
    if (fate->match < 0) {
        object->lost = object->seen;
        return;
    }
    mot->matched++;
    mot->fragments += object->lost;
    object->lost = false;
    object->seen = true;
    if (track == 0)
        return;
    if (object->track != 0 && object->track != track) {
        mot->switches++;
        fate->was = object->track;
    }
    object->track = track;
}

static bool count_pairs(mot_t *mot, const uint32_t *truth_id, uint32_t truths,
                        const uint32_t *report_id, uint32_t reports, const double *quality)
{
    for (uint32_t t = 0; t < truths; t++)
        for (uint32_t r = 0; r < reports; r++)
            if (quality[(size_t)t * reports + r] >= 0 && report_id[r] != 0 &&
                !count_pair(mot, truth_id[t], report_id[r]))
                return false;
    return true;
}

bool mot_frame(mot_t *mot, const uint32_t *truth_id, uint32_t truths, const uint32_t *report_id,
               uint32_t reports, const double *quality, mot_fate_t *fate)
{
    int64_t *index = calloc(truths + 1u, sizeof(*index));
    bool *taken = calloc(reports + 1u, sizeof(*taken));
    bool fine = index != NULL && taken != NULL;
    for (uint32_t t = 0; fine && t < truths; t++) {
        fate[t] = (mot_fate_t){.match = -1};
        index[t] = object_index(mot, truth_id[t]);
        fine = index[t] >= 0;
    }
    if (fine)
        keep_matches(mot, index, truths, report_id, reports, quality, fate, taken);
    fine =
        fine && (truths == 0 || reports == 0 || match_rest(truths, reports, quality, fate, taken));
    fine = fine && count_pairs(mot, truth_id, truths, report_id, reports, quality);
    for (uint32_t t = 0; fine && t < truths; t++) {
        int32_t r = fate[t].match;
        follow(mot, &mot->object[index[t]], r >= 0 ? report_id[r] : 0, &fate[t]);
        mot->quality += r >= 0 ? quality[(size_t)t * reports + (uint32_t)r] : 0;
    }
    mot->truth += truths;
    mot->reported += reports;
    free(index);
    free(taken);
    return fine;
}

/* ---- all frames ---- */

/* Tracks that could be anybody: their ids, each once. */
static uint32_t list_tracks(const mot_t *mot, uint32_t *track)
{
    uint32_t tracks = 0;
    for (size_t i = 0; i < mot->pairs; i++) {
        uint32_t k = 0;
        while (k < tracks && track[k] != mot->pair[i].track)
            k++;
        if (k == tracks)
            track[tracks++] = mot->pair[i].track;
    }
    return tracks;
}

static void fill_cost(const mot_t *mot, const uint32_t *track, uint32_t tracks, double *cost)
{
    for (size_t i = 0; i < mot->pairs; i++) {
        size_t o = 0, t = 0;
        while (mot->object[o].id != mot->pair[i].object)
            o++;
        while (track[t] != mot->pair[i].track)
            t++;
        cost[o * tracks + t] = -(double)mot->pair[i].frames;
    }
}

/* IDTP; false without memory. */
static bool identified(const mot_t *mot, double *frames)
{
    *frames = 0;
    if (mot->pairs == 0)
        return true;
    uint32_t objects = (uint32_t)mot->objects;
    uint32_t *track = malloc(mot->pairs * sizeof(*track));
    uint32_t tracks = track != NULL ? list_tracks(mot, track) : 0;
    double *cost = calloc((size_t)objects * tracks + 1, sizeof(*cost));
    int32_t *column = malloc(objects * sizeof(*column));
    bool fine = track != NULL && cost != NULL && column != NULL;
    if (fine) {
        fill_cost(mot, track, tracks, cost);
        fine = assign(cost, objects, tracks, column);
    }
    for (uint32_t o = 0; fine && o < objects; o++)
        *frames -= column[o] >= 0 ? cost[(size_t)o * tracks + (uint32_t)column[o]] : 0;
    free(track);
    free(cost);
    free(column);
    return fine;
}

static double share(double part, double all)
{
    return all > 0 ? part / all : 1;
}

bool mot_result(const mot_t *mot, mot_result_t *result)
{
    double idtp, truth = (double)mot->truth, reported = (double)mot->reported;
    double matched = (double)mot->matched;
    if (!identified(mot, &idtp))
        return false;
    double wrong = truth - matched + reported - matched + (double)mot->switches;
    *result = (mot_result_t){
        .truth = mot->truth,
        .reported = mot->reported,
        .matched = mot->matched,
        .switches = mot->switches,
        .fragments = mot->fragments,
        .mota = truth > 0   ? 1 - wrong / truth
                : wrong > 0 ? 0
                            : 1,
        .motp = share(mot->quality, matched),
        .idf1 = share(2 * idtp, truth + reported),
        .precision = share(matched, reported),
        .recall = share(matched, truth),
    };
    return true;
}
