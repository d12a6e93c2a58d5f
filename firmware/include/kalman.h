/*
 * kalman.h - a Kalman filter of one coordinate that moves evenly but for random pushes, in
 * integers.
 *
 * State [place, speed], transition [1 1; 0 1] a step, measured is the place (R. E. Kalman, "A new
 * approach to linear filtering and prediction problems", 1960; constant velocity as in SORT,
 * A. Bewley et al., "Simple online and realtime tracking", 2016, each coordinate on its own).
 * A push changes the speed by a random amount at the middle of a step:
 *     Q = push * [1/4 1/2; 1/2 1]
 * Time is in 1/KAL_STEP of a step, whatever that is to the caller. In a part t of a step Q is
 *     push * t * [t^2/4 t/2; t/2 1]
 *
 * Coordinates of the same noise share one covariance, since it does not depend on what is measured.
 * Units: places, and speeds a step, are the caller's; variances are in units of 2^-KAL_BITS of some
 * length squared that the caller chooses. Every operation is on 32 or 64 bits and rounds down, so
 * results are the same on every machine.
 */
#ifndef FW_KALMAN_H
#define FW_KALMAN_H

#include <stdint.h>

enum {
    KAL_BITS = 28,
    KAL_MOST = 1 << KAL_BITS, /* variance of a place from which on it grows no more */
    KAL_GAIN_BITS = 16,
    KAL_STEP_BITS = 8,
    KAL_STEP = 1 << KAL_STEP_BITS,
};

/* The variance of a deviation of 1 / n lengths. */
#define KAL_VARIANCE(n) ((uint32_t)(KAL_MOST / ((n) * (n))))

typedef struct {
    uint32_t place, both, speed; /* variance of place, covariance, variance of speed */
} kal_cov_t;

typedef struct {
    int32_t place, speed;
} kal_t;

typedef struct {
    uint32_t place, speed; /* of the innovation, 2^-KAL_GAIN_BITS, 0..1 */
} kal_gain_t;

/* a / b for a <= b, b > 0, in 2^-16, at most 2 / 2^16 of b off. */
uint32_t kal_share(uint32_t a, uint32_t b);

/* How far something of that speed goes in that time. */
static inline int32_t kal_way(int32_t speed, uint32_t time)
{
    return (int32_t)((int64_t)speed * time >> KAL_STEP_BITS);
}

/* That time on. */
void kal_spread(kal_cov_t *cov, uint32_t push, uint32_t time);
void kal_step(kal_t *k, uint32_t time);

/* A measurement with a variance of noise > 0: its gains, and what is left. */
kal_gain_t kal_narrow(kal_cov_t *cov, uint32_t noise);
void kal_correct(kal_t *k, kal_gain_t gain, int32_t measured);

#endif
