/*
 * example_host.c - a host as a driver would be: finds the sensor, sets it, streams, counts frames.
 *
 *   fovea serve scenes/entrance.json --cci unix:/tmp/cci --link unix:/tmp/link &
 *   build/example_host unix:/tmp/cci unix:/tmp/link
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fovea_host.h"

enum { /* CCS */
       SENSOR_MODEL_ID = 0x0016,
       MODE_SELECT = 0x0100,
       COARSE_INTEGRATION_TIME = 0x0202,
       ANALOG_GAIN = 0x0204,
       FRAME_LENGTH_LINES = 0x0340,
       LINE_LENGTH_PCK = 0x0342,
       APP_IMAGE_OUT = 0x9006, /* the firmware's: 1: RAW images on the link */
};
enum { FRAMES = 5, FRAME_START = 0x00, FRAME_END = 0x01, DATA_TYPES = 64 };

static const struct {
    uint16_t addr;
    unsigned bytes;
    uint32_t value;
} settings[] = {
    {COARSE_INTEGRATION_TIME, 2, 800},
    {ANALOG_GAIN, 2, 512}, /* 1024 / (1024 - 512): 2 */
    {APP_IMAGE_OUT, 2, 1},
    {MODE_SELECT, 1, 1},
};

typedef struct {
    uint64_t start_ps, last_ps; /* of frame starts on virtual channel 0 */
    unsigned frames;
    uint64_t packets[DATA_TYPES], bytes[DATA_TYPES];
} seen_t;

static int complain(const fovea_host_t *host)
{
    fprintf(stderr, "example_host: %s\n", fovea_host_error(host));
    return EXIT_FAILURE;
}

static void take(seen_t *seen, const fovea_packet_t *packet)
{
    unsigned channel = fovea_packet_channel(packet), type = fovea_packet_type(packet);
    seen->packets[type]++;
    seen->bytes[type] += packet->count;
    if (channel == 0 && type == FRAME_START) {
        seen->start_ps = seen->frames == 0 ? packet->start_ps : seen->start_ps;
        seen->last_ps = packet->start_ps;
        seen->frames++;
    }
}

static bool set_up(fovea_host_t *host)
{
    uint32_t model, lines, line_pck;
    if (!fovea_host_read(host, SENSOR_MODEL_ID, &model, 2) ||
        !fovea_host_read(host, FRAME_LENGTH_LINES, &lines, 2) ||
        !fovea_host_read(host, LINE_LENGTH_PCK, &line_pck, 2))
        return false;
    printf("sensor 0x%04" PRIx32 " at 0x%02x: %" PRIu32 " lines of %" PRIu32 " pixel clocks\n",
           model, fovea_host_device(host), lines, line_pck);
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (!fovea_host_write(host, settings[i].addr, settings[i].value, settings[i].bytes))
            return false;
    printf("streams from %.6f ms\n", (double)fovea_host_now_ps(host) / (double)FOVEA_MS);
    return true;
}

static void print(const seen_t *seen)
{
    for (unsigned type = 0; type < DATA_TYPES; type++)
        if (seen->packets[type] != 0)
            printf("  data type 0x%02x: %" PRIu64 " packets, %" PRIu64 " bytes\n", type,
                   seen->packets[type], seen->bytes[type]);
    if (seen->frames > 1)
        printf("%.3f frames/s\n",
               (seen->frames - 1) * 1e12 / (double)(seen->last_ps - seen->start_ps));
}

int main(int argc, char **argv)
{
    char error[256];
    seen_t seen = {0};
    fovea_packet_t packet;
    if (argc != 3) {
        fprintf(stderr, "usage: example_host CCI LINK\n");
        return 2;
    }
    fovea_host_t *host = fovea_host_open(argv[1], argv[2], error, sizeof(error));
    if (host == NULL) {
        fprintf(stderr, "example_host: %s\n", error);
        return EXIT_FAILURE;
    }
    bool fine = set_up(host);
    while (fine && seen.frames < FRAMES && fovea_host_now_ps(host) < 2000 * FOVEA_MS) {
        fine = fovea_host_run_for(host, 100 * FOVEA_MS, FOVEA_WAKE_FRAME);
        while (fovea_host_packet(host, &packet))
            take(&seen, &packet);
    }
    print(&seen);
    int code = fine ? EXIT_SUCCESS : complain(host);
    fovea_host_close(host);
    return code;
}
