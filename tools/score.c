#include "tools/score.h"

static double overlap(double a0, double a1, double b0, double b1)
{
    double low = a0 > b0 ? a0 : b0, high = a1 < b1 ? a1 : b1;
    return high > low ? high - low : 0;
}

static double iou(const metadata_box_t *a, const scene_box_t *b)
{
    double common = overlap(a->x, a->x + a->w, b->x, (double)b->x + b->w) *
                    overlap(a->y, a->y + a->h, b->y, (double)b->y + b->h);
    double all = (double)a->w * a->h + (double)b->w * b->h - common;
    return all > 0 ? common / all : 0;
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
