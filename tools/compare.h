/*
 * compare.h - one scene, seen by a plain camera whose host runs the network, and by a sensor that
 * runs it itself and lets boxes, a region, or everything leave.
 *
 *     plain     pixels ------------ link ------------> host: network --> alert
 *     metadata  pixels --> network --boxes-- link ---------------------> alert
 *     roi       the same, and of the next frame the region that the boxes ask for
 *     full      the same, and every pixel
 *
 * Everything but the host is simulated: each mode is a run of the scenario with the program and the
 * image on the link of a table (compare_modes), its results in a folder of its own.
 *
 * The host takes the newest image that has arrived whole, works for host_ms on it, takes host_mj,
 * and then the newest again: images that came meanwhile are passed over. A frame's alert is the end
 * of the first result of this frame or a later one, so what passed over frames wait for is in their
 * latency. In the other modes a frame's alert is the last byte of its metadata, and the host works
 * no time on it.
 *
 * Energy of the sensor is that of its blocks without the link's; of the plain camera without those
 * that its die would not have (NPU, L2, core). That of the link is the transmitter's. Not modeled:
 * the host's receiver, its memory, its idling; transport behind it; a host that works on two images
 * at once; an image pipeline on the host (host_ms is all it does).
 */
#ifndef TOOLS_COMPARE_H
#define TOOLS_COMPARE_H

#include <signal.h>

#include "logic/tech.h"
#include "tools/scenario.h"

/*
 * Of the host. 87 ms: MobileNetV1 224 on the CPU of a Raspberry Pi 4 (published: TildAlice,
 * "MobileNet vs EfficientNet-Lite: Pi 4 First Model 38ms Gap", dev.to). 2.61 W above idling: SSD
 * MobileNetV1 on a Raspberry Pi 3, 0.31 mWh in 427 ms (published: D. Alqahtani et al., arXiv
 * 2409.16808); that the Pi 4 takes as much is assumed.
 */
#define COMPARE_HOST_MS 87.0
#define COMPARE_HOST_MJ 227.0

typedef struct {
    const char *name, *left; /* what left the chip */
    const char *firmware;    /* beside the scenario's; NULL: the scenario's */
    const char *format;      /* of the image, as output.format; "none" */
    bool whole;              /* images show all of the view; else what metadata says */
    uint32_t absent;         /* blocks that such a sensor would not have: bits of tech_block_t */
    bool host_infers;
} compare_mode_t;

enum { COMPARE_MODES = 4 };
extern const compare_mode_t compare_modes[COMPARE_MODES];

typedef struct {
    double median_ms, worst_ms;
} compare_latency_t;

typedef struct {
    uint32_t frames;    /* read */
    uint32_t looked_at; /* by whoever runs the network */
    uint32_t alerts;    /* frames whose alert came; 0: there are no latencies */
    uint32_t images;    /* that left */
    compare_latency_t photon,
        readout;                    /* from the first photon, from the last row on, to the alert */
    double link_bytes, image_bytes; /* of a frame, mean: all on the link; payload of images */
    double sensor_mj, link_mj, host_mj, absent_mj; /* of a frame, mean */
    double people; /* of the true boxes' area, share that images show in the open */
    double macs;   /* of an inference of the sensor's */
} compare_result_t;

typedef struct {
    const char *scenario, *out; /* out/MODE gets each run's files */
    scenario_flags_t flags;
    double host_ms, host_mj;
    bool keep_links; /* link.csi2 of modes with images stays, too */
    uint32_t threads;
    const volatile sig_atomic_t *interrupted;
} compare_desc_t;

typedef struct {
    compare_desc_t desc;
    compare_result_t result[COMPARE_MODES];
    char error[1400];
} compare_t;

/* Runs all modes: EXIT_FINE, or what the run that failed came to, with error. */
int compare_run(compare_t *compare, const compare_desc_t *desc);

/* A frame, for the host below: from the first photon to the alert. */
typedef struct {
    uint64_t exposure_start_ps, readout_end_ps;
    uint64_t arrived_ps; /* all of it, at who runs the network */
    uint64_t alert_ps;   /* out; 0: none came */
} compare_frame_t;

/* Fills in the alerts of a host that takes work_ps for an image; frames in the order in which they
 * arrive. Returns on how many it worked. */
uint32_t compare_host(compare_frame_t *frame, size_t frames, uint64_t work_ps);

/* Of the frames that have an alert: median (the lower one of two in the middle) and worst. Returns
 * how many there are. */
uint32_t compare_latencies(const compare_frame_t *frame, size_t frames, compare_latency_t *photon,
                           compare_latency_t *readout);

/* compare.svg in dir: latency, bytes and energy of each mode. False with one line in error. */
bool compare_plot(const compare_t *compare, const char *dir, char *error, size_t error_bytes);

#endif
