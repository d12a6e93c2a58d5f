#include "tools/score.h"

static double overlap(double a0, double a1, double b0, double b1)
{
    double low = a0 > b0 ? a0 : b0, high = a1 < b1 ? a1 : b1;
    return high > low ? high - low : 0;
}

double score_iou(const double a[4], const double b[4])
{
    double common = overlap(a[0], a[0] + a[2], b[0], b[0] + b[2]) *
                    overlap(a[1], a[1] + a[3], b[1], b[1] + b[3]);
    double all = a[2] * a[3] + b[2] * b[3] - common;
    return all > 0 ? common / all : 0;
}

static double iou(const metadata_box_t *a, const scene_box_t *b)
{
    return score_iou((const double[4]){a->x, a->y, a->w, a->h},
                     (const double[4]){(double)b->x, (double)b->y, (double)b->w, (double)b->h});
}

/* Greedy, the best pair first: the usual rule of detection benchmarks without confidences. */
static bool take_best(const metadata_t *metadata, const scene_truth_t *truth, bool *box_taken,
                      bool *truth_taken)
{
    double best = 0;
    uint32_t best_box = 0, best_truth = 0;
    for (uint32_t i = 0; i < metadata->boxes; i++) {
        if (box_taken[i])
            continue;
        metadata_box_t box = metadata_box(metadata, i);
        for (uint32_t t = 0; t < truth->count; t++) {
            double quality = truth_taken[t] ? 0 : iou(&box, &truth->box[t]);
            if (quality > best) {
                best = quality;
                best_box = i;
                best_truth = t;
            }
        }
    }
    if (best < SCORE_MIN_IOU)
        return false;
    box_taken[best_box] = truth_taken[best_truth] = true;
    return true;
}

void score_frame(score_t *score, const metadata_t *metadata, const scene_truth_t *truth)
{
    bool box_taken[METADATA_MAX_BOXES] = {false}, truth_taken[SCENE_MAX_PEOPLE] = {false};
    score->reported += metadata->boxes;
    score->truth += truth->count;
    while (take_best(metadata, truth, box_taken, truth_taken))
        score->right++;
}

double score_precision(const score_t *score)
{
    return score->reported != 0 ? (double)score->right / (double)score->reported : 1;
}

double score_recall(const score_t *score)
{
    return score->truth != 0 ? (double)score->right / (double)score->truth : 1;
}
