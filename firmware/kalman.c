#include "kalman.h"

enum { GAIN_ONE = 1 << KAL_GAIN_BITS };

static uint32_t scaled(uint32_t share, uint32_t x)
{
    return (uint32_t)((uint64_t)share * x >> KAL_GAIN_BITS);
}

/* Both are moved up until b fills its word: a division of 32 bits is exact enough then. */
uint32_t kal_share(uint32_t a, uint32_t b)
{
    if (a >= b)
        return GAIN_ONE;
    uint32_t up = (uint32_t)__builtin_clz(b);
    uint32_t share = (a << up) / ((b << up) >> 16);
    return share < GAIN_ONE ? share : GAIN_ONE;
}

static uint32_t times(uint32_t x, uint32_t time)
{
    return (uint32_t)((uint64_t)x * time >> KAL_STEP_BITS);
}

/* Up to a step. */
static void spread(kal_cov_t *cov, uint32_t push, uint32_t time)
{
    uint32_t speed = times(cov->speed, time), pushed = times(push, time);
    cov->place +=
        2 * times(cov->both, time) + times(speed, time) + times(times(pushed, time), time) / 4;
    cov->both += speed + times(pushed, time) / 2;
    cov->speed += pushed;
}

/* Step by step, so that it ends before words overflow. */
void kal_spread(kal_cov_t *cov, uint32_t push, uint32_t time)
{
    while (time > 0 && cov->place < KAL_MOST) {
        uint32_t part = time < KAL_STEP ? time : KAL_STEP;
        spread(cov, push, part);
        time -= part;
    }
}

void kal_step(kal_t *k, uint32_t time)
{
    k->place += kal_way(k->speed, time);
}

kal_gain_t kal_narrow(kal_cov_t *cov, uint32_t noise)
{
    uint32_t all = cov->place + noise;
    kal_gain_t gain = {kal_share(cov->place, all), kal_share(cov->both, all)};
    cov->speed -= scaled(gain.speed, cov->both);
    cov->both -= scaled(gain.place, cov->both);
    cov->place -= scaled(gain.place, cov->place);
    return gain;
}

void kal_correct(kal_t *k, kal_gain_t gain, int32_t measured)
{
    int64_t innovation = (int64_t)measured - k->place;
    k->place += (int32_t)(innovation * gain.place >> KAL_GAIN_BITS);
    k->speed += (int32_t)(innovation * gain.speed >> KAL_GAIN_BITS);
}
