/*
 * view_fake_play.h - a player without a run: it keeps what it was told, and CCS registers as after
 * power-up. Each test program that includes it has its
 * own.
 */
#ifndef TESTS_TOOLS_VIEW_FAKE_PLAY_H
#define TESTS_TOOLS_VIEW_FAKE_PLAY_H

#include <stdio.h>
#include <string.h>

#include "logic/ccs.h"
#include "tools/view/play.h"

enum { FAKE_WRITES = 16 };

struct play {
    bool paused, busy, over, may_change;
    bool cut;
    play_speed_t speed;
    int32_t step; /* -1: none was asked for */
    uint32_t backs, seeks;
    uint64_t sought_ps, now_ps, begin_ps, furthest_ps;
    bool slow_bus; /* what is written does not arrive */
    uint8_t reg[65536];
    uint32_t light;
    struct {
        uint16_t addr;
        uint32_t bytes, value;
    } write[FAKE_WRITES]; /* the first of them */
    uint32_t writes, changes;
    char complaint[80];
};

const char *const play_speed_name[SPEED_COUNT] = {"full speed", "1/10", "1/100", "1/1000",
                                                  "a row a second"};

static inline void fake_put(play_t *p, uint16_t addr, uint32_t bytes, uint32_t value)
{
    for (uint32_t i = 0; i < bytes; i++)
        p->reg[(uint16_t)(addr + i)] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

static inline void fake_play_init(play_t *p, const ccs_desc_t *desc)
{
    uint32_t count;
    const ccs_reg_t *reg = ccs_regs(&count);
    memset(p, 0, sizeof(*p));
    p->step = -1;
    p->may_change = true;
    p->light = 1000;
    p->now_ps = 40000000000;
    p->furthest_ps = 100000000000;
    for (uint32_t i = 0; i < count; i++)
        fake_put(p, reg[i].addr, reg[i].bytes, ccs_power_up(desc, reg[i].addr));
}

void play_pause(play_t *p, bool pause)
{
    p->paused = pause;
}

void play_set_speed(play_t *p, play_speed_t speed)
{
    p->speed = speed;
}

void play_step(play_t *p, play_step_t step)
{
    p->step = (int32_t)step;
}

void play_seek(play_t *p, uint64_t at_ps)
{
    p->seeks++;
    p->sought_ps = at_ps;
}

void play_back(play_t *p)
{
    p->backs++;
}

static inline bool fake_change(play_t *p)
{
    snprintf(p->complaint, sizeof(p->complaint), "%s",
             p->may_change ? "" : "a recorded run is as it was");
    p->changes += p->may_change;
    return p->may_change;
}

bool play_write(play_t *p, uint16_t addr, uint32_t bytes, uint32_t value)
{
    if (!fake_change(p))
        return false;
    if (p->writes < FAKE_WRITES) {
        p->write[p->writes].addr = addr;
        p->write[p->writes].bytes = bytes;
        p->write[p->writes].value = value;
    }
    p->writes++;
    if (!p->slow_bus)
        fake_put(p, addr, bytes, value);
    return true;
}

bool play_light(play_t *p, uint32_t thousandths)
{
    if (!fake_change(p))
        return false;
    p->light = thousandths;
    return true;
}

bool play_paused(const play_t *p)
{
    return p->paused;
}

play_speed_t play_speed(const play_t *p)
{
    return p->speed;
}

uint64_t play_now_ps(const play_t *p)
{
    return p->now_ps;
}

uint64_t play_begin_ps(const play_t *p)
{
    return p->begin_ps;
}

uint64_t play_furthest_ps(const play_t *p)
{
    return p->furthest_ps;
}

bool play_busy(const play_t *p)
{
    return p->busy;
}

bool play_short(const play_t *p)
{
    return p->cut;
}

bool play_over(const play_t *p)
{
    return p->over;
}

const char *play_refusal(const play_t *p)
{
    return p->may_change ? NULL : "a recorded run is as it was";
}

uint32_t play_register(const play_t *p, uint16_t addr, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | p->reg[(uint16_t)(addr + i)];
    return value;
}

uint32_t play_light_now(const play_t *p)
{
    return p->light;
}

uint32_t play_changes(const play_t *p)
{
    return p->changes;
}

const char *play_complaint(const play_t *p)
{
    return p->complaint;
}

#endif
