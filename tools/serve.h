/*
 * serve.h - a run whose host is another program: it drives CCI, SPI and pins over a socket and
 * hears the link over another, in lock-step with simulated time (client/fovea_protocol.h).
 *
 *   host --- requests ---> control socket --> CCI bus, SPI target, pins, time
 *        <-- answers  ---
 *        <-- link.csi2 --- link socket <---- packets
 *
 * One request at a time: simulated time passes only while one is carried out. An answer leaves when
 * everything of its instant has happened and all packets up to it are on their way, so a host that
 * asks the same gets the same, however slow it is.
 * Not modeled: several hosts, SPI beside other requests, bytes from the sensor on SPI.
 */
#ifndef TOOLS_SERVE_H
#define TOOLS_SERVE_H

#include <signal.h>
#include <stdio.h>

#include "logic/sensor.h"
#include "mipi/capture.h"
#include "tools/serve_message.h"
#include "tools/server.h"

typedef enum { SERVE_GOES_ON, SERVE_BYE, SERVE_GONE, SERVE_INTERRUPTED } serve_end_t;

typedef struct {
    const char *control, *link; /* addresses, as server.h has them; link NULL: not wanted */
} serve_desc_t;

typedef struct {
    sim_comp_t comp;
    sensor_t *sensor;
    server_t control, link;
    FILE *link_file;  /* into memory; NULL: not connected */
    char *link_bytes; /* what is there of it */
    size_t link_count;
    mipi_capture_writer_t capture;
    const volatile sig_atomic_t *interrupted;
    sim_event_t act; /* the request is done now */
    uint32_t client; /* of the bus */

    uint8_t *message; /* SERVE_MOST_BYTES */
    uint32_t have;    /* bytes of the next one */
    serve_request_t request;
    bool greeted, asked, over; /* asked: request is to be answered; over: now */
    bool refused;              /* the sensor cannot */
    uint64_t goal_ps;          /* over at the latest */
    uint32_t why;
    cci_xfer_t xfer;
    serve_end_t end;
    char turned_away[SERVE_TEXT]; /* with SERVE_GONE: why we hung up; empty: the host did */
    uint64_t requests, packets;
} serve_t;

/* Opens the sockets and connects to the sensor; after sensor_init, before sim_start. serve is
 * zeroed and outlives sim. False with a line in error; serve_free in any case. */
bool serve_init(serve_t *serve, sensor_t *sensor, const serve_desc_t *desc,
                const volatile sig_atomic_t *interrupted, char *error, size_t error_bytes);
/* Waits until the host has come, to both sockets. phy: what the capture's header says. False:
 * serve->end says whether it left again or was interrupted. */
bool serve_wait(serve_t *serve, const mipi_phy_t *phy);
/* Carries out requests until the simulation is at until_ps, or somebody else has stopped it. A host
 * that has left is noticed at the next call, whatever it has asked for. False: the host has ended
 * the run, see serve->end. */
bool serve_run(serve_t *serve, uint64_t until_ps);
/* The link's end record, and both sockets are closed. */
void serve_end(serve_t *serve);
void serve_free(serve_t *serve);

#endif
