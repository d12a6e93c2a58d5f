#include "tools/frame_at.h"

#include <math.h>

#include "sim/time.h"

frame_at_t frame_at(const sim_json_t *line)
{
    return (frame_at_t){
        .frame = (int64_t)sim_json_num(sim_json_find(line, "frame"), -1),
        .time_ps = sim_json_num(sim_json_find(line, "time_ps"), NAN),
    };
}

int frame_at_order(const frame_at_t *a, const frame_at_t *b)
{
    double later_ps = a->time_ps - b->time_ps;
    int number = (a->frame > b->frame) - (a->frame < b->frame);
    bool same = number == 0 && fabs(later_ps) <= (double)SIM_PS_PER_MS;
    if (isnan(later_ps) || same)
        return number;
    return later_ps > 0 ? 1 : later_ps < 0 ? -1 : number;
}
