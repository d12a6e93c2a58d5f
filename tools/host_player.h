/*
 * host_player.h - the host that a host script is: from time 0 on it does line after line, each when
 * the one before is through.
 *
 *   write, read, expect   a transaction on the CCI bus, from START to STOP
 *   delay                 a time
 *   wait-frame N          until frame N begins to be read; at once when it has
 *   spi                   the whole file in one transfer, at the target's highest clock
 *   at                    a time of the run; at once when that is past
 *   light                 the scene's light, lamp.h
 *
 * What is not acknowledged fails the run, as a driver would fail; with `repeats` it is sent once
 * more first. A value that is not as expected fails the run, too; the script goes on in both cases.
 */
#ifndef TOOLS_HOST_PLAYER_H
#define TOOLS_HOST_PLAYER_H

#include "logic/sensor.h"
#include "tools/host_script.h"
#include "tools/lamp.h"

typedef struct {
    sim_comp_t comp;
    sensor_t *sensor;
    const host_script_t *script;
    sim_event_t next; /* a delay or a transfer is over */
    uint32_t client;  /* of the bus */
    uint32_t tape_at; /* of the script's SPI data in the target's tape */
    uint8_t *tape;    /* NULL: no SPI data */
    lamp_t lamp;      /* state, but for what is under it */
    bool repeats;
    /* A value that `read` or `expect` found; NULL: nobody listens. */
    void (*saw)(void *ctx, const host_cmd_t *cmd, uint32_t value);
    void *saw_ctx;

    uint32_t at;       /* state: the line that is being done, or the number of them */
    uint32_t frames;   /* number of the newest frame, plus one */
    uint32_t waits;    /* 1: for frames */
    uint32_t again;    /* 1: the transaction is done for the second time */
    uint32_t idle;     /* 1: all lines are through */
    uint64_t moved_ps; /* when that line began */
    uint64_t reads, failed, unacknowledged;
} host_player_t;

/* More lines were appended to the script, or a snapshot was restored of when there were fewer:
 * begins the next, unless one is under way. */
void host_player_wake(host_player_t *player);
/* Stops waiting for a time of `at`: that line and those behind it are to be cut from the script. */
void host_player_drop(host_player_t *player);

/* After sensor_init and whoever else sets the SPI target's tape: the script's data are put behind
 * it. An empty script is that of a hand that may come: nothing tells of it. player is zeroed and
 * outlives sim. host_player_free in any case. */
sim_err_t host_player_init(host_player_t *player, sensor_t *sensor, const host_script_t *script);
void host_player_free(host_player_t *player);

bool host_player_done(const host_player_t *player);

/* Since when nothing moves; SIM_NEVER_PS while a delay or a transfer lasts. */
uint64_t host_player_still_ps(const host_player_t *player);

#endif
