/*
 * download.h - a host that brings firmware and network into the sensor as the IMX500's kernel
 * driver does: loader, main firmware, network weights, then the stream is started.
 *
 * It polls every 50 ms and gives up after 5 tries for a reply, 100 for the permission to send; data
 * go over SPI in transfers of 1 MiB at desc.spit.most_hz (facts: IMX500 2.2; drivers/media/i2c/
 * imx500.c of the Raspberry Pi kernel). The blocks' format is in firmware/include/download.h.
 * Not modeled: the bridge chip of the camera module, streams without network.
 */
#ifndef TOOLS_DOWNLOAD_H
#define TOOLS_DOWNLOAD_H

#include "logic/sensor.h"
#include "tools/boot_image.h"
#include "tools/network.h"

enum { DOWNLOAD_IMAGES = 3 };

typedef struct {
    sim_comp_t comp;
    sensor_t *sensor;
    sim_event_t next;
    uint8_t *tape; /* all images, as they are sent */
    uint32_t from[DOWNLOAD_IMAGES], bytes[DOWNLOAD_IMAGES];
    bool starts_stream; /* at the end: mode_select */
    uint32_t client;    /* of the CCI bus */

    uint32_t phase, image, tries, sent; /* of the image: bytes */
    uint32_t counter;                   /* the reply counter as last seen */
    uint32_t reply;                     /* the last one */
    uint32_t access;                    /* on the bus, of the phase */
    uint32_t again;                     /* 1: that one for the second time */
    bool failed, done;
    uint64_t polls;
} download_host_t;

/* Makes the tape. After sensor_init; download is zeroed and must outlive sim. False with a line in
 * error. */
bool download_init(download_host_t *download, sensor_t *sensor, const char *firmware,
                   const networks_t *networks, bool starts_stream, char *error, size_t error_bytes);
void download_free(download_host_t *download);

/* What a host sends: loader, main firmware and networks (none: of no bytes), each wrapped into
 * blocks. download_drop afterwards. False with a line in error, and nothing to drop. */
bool download_make(const sensor_desc_t *chip, const char *firmware, const networks_t *networks,
                   boot_image_t image[DOWNLOAD_IMAGES], char *error, size_t error_bytes);
/* Of networks that have their places, number n alone; the caller frees image->data. */
bool download_make_network(const sensor_desc_t *chip, const networks_t *networks, uint32_t n,
                           boot_image_t *image, char *error, size_t error_bytes);
void download_drop(boot_image_t image[DOWNLOAD_IMAGES]);
extern const char *const download_names[DOWNLOAD_IMAGES];

/* Bytes of `bytes` wrapped into blocks; out NULL: only counts. */
uint32_t download_wrap(const uint8_t *data, uint32_t bytes, uint8_t *out);

#endif
