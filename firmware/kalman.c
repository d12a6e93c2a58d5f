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

void kal_spread(kal_cov_t *cov, uint32_t push)
{
    if (cov->place >= KAL_MOST)
        return;
    cov->place += 2 * cov->both + cov->speed + push / 4;
    cov->both += cov->speed + push / 2;
    cov->speed += push;
}

void kal_step(kal_t *k)
{
    k->place += k->speed;
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
