/*
 * crowd.c - the tracker on the core with all its places taken: a hash of what it does, and the
 * worst cycles of a frame, of the assignment at its longest, and of reading the looks of all boxes.
 */
#include "tests/tools/guest/crowd.h"

#include "cost.h"
#include "hal.h"

static trk_state_t tracker;
static det_box_t boxes[DET_MAX_BOXES];
static look_t looks[DET_MAX_BOXES];
static uint16_t ids[DET_MAX_BOXES];

static void say(const char *name, uint32_t value)
{
    hal_print(name);
    hal_print_u32(value);
    hal_print("\n");
}

static uint32_t longer(uint32_t most, uint32_t start)
{
    uint32_t cycles = cost_now() - start;
    return cycles > most ? cycles : most;
}

static void follow(void)
{
    uint32_t hash = 2166136261u, worst = 0;
    trk_init(&tracker);
    for (uint32_t frame = 0; frame < CROWD_FRAMES; frame++) {
        crowd_frame(frame, boxes, looks);
        uint32_t start = cost_now();
        trk_update(&tracker, frame * CROWD_US, boxes, looks, DET_MAX_BOXES, ids);
        worst = longer(worst, start);
        hash = crowd_hash(hash, &tracker, ids);
    }
    say("hash ", hash);
    say("track ", worst);
}

static void assign_longest(void)
{
    int8_t column_of[ASSIGN_MAX];
    for (int32_t r = 0; r < ASSIGN_MAX; r++)
        for (int32_t c = 0; c < ASSIGN_MAX; c++)
            tracker.pairs.cost[r][c] = r * c;
    uint32_t start = cost_now();
    assign_solve(&tracker.pairs, ASSIGN_MAX, ASSIGN_MAX, column_of);
    say("assign ", longer(0, start));
}

static void read_looks(void)
{
    const look_image_t image = {.pixels = (const volatile uint32_t *)L2_BASE,
                                .width = 160,
                                .height = 120,
                                .channels = 3,
                                .row_bytes = 160,
                                .plane_bytes = 160 * 120,
                                .seen = {.w = 4056, .h = 3040}};
    for (uint32_t n = 0; n < 3u * 160 * 120; n += 4)
        reg_write(L2_BASE + n, n);
    uint32_t start = cost_now();
    look_at_all(&image, boxes, DET_MAX_BOXES, looks);
    say("look ", longer(0, start));
}

int main(void)
{
    follow();
    assign_longest();
    read_looks();
    hal_stop("done");
}
