/*
 * fovea_host.h - a host program's side of `fovea serve`: the sensor on a CCI bus, an SPI target,
 * pins, and a CSI-2 link, in simulated time. Plain C and POSIX, two files, no other part of Fovea.
 *
 *   fovea_host_t *host = fovea_host_open("unix:/tmp/cci", "unix:/tmp/link", error, sizeof(error));
 *   fovea_host_write(host, 0x0100, 1, 1);                          // mode_select: stream
 *   fovea_host_run_for(host, 100 * FOVEA_MS, FOVEA_WAKE_FRAME);    // until a frame has come
 *   while (fovea_host_packet(host, &packet)) ...
 *   fovea_host_close(host);
 *
 * Time passes only within calls: an access to the bus lasts from START to STOP, fovea_host_run_*
 * what it is asked for. Functions that return bool return false when something went wrong, with a
 * line in fovea_host_error; a device that does not acknowledge is such a thing. After the
 * connection is lost all of them do. Not for several threads at once.
 */
#ifndef FOVEA_HOST_H
#define FOVEA_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fovea_protocol.h"

#define FOVEA_US UINT64_C(1000000) /* in ps */
#define FOVEA_MS UINT64_C(1000000000)

typedef struct fovea_host fovea_host_t;

/* One packet of the link: header, payload and CRC as they were sent. */
typedef struct {
    uint64_t number;      /* packets before it */
    uint64_t start_ps;    /* the lanes leave LP-11 */
    const uint8_t *bytes; /* until the next call with this host */
    uint32_t count;
} fovea_packet_t;

/* Connects: "unix:PATH", ":PORT" on this machine, "ADDRESS:PORT". link may be NULL. NULL with a
 * line in error. */
fovea_host_t *fovea_host_open(const char *cci, const char *link, char *error, size_t error_bytes);
/* The run ends, and both connections. False when it could not be told. NULL is fine. */
bool fovea_host_close(fovea_host_t *host);

/* What the last call that returned false has to say. */
const char *fovea_host_error(const fovea_host_t *host);

uint64_t fovea_host_now_ps(const fovea_host_t *host);
/* The sensor's address after power-up. */
unsigned fovea_host_device(const fovea_host_t *host);
/* Levels of the GPIO pins, bit n of pin n. */
unsigned fovea_host_pins(const fovea_host_t *host);
/* What ended the last fovea_host_run_*: FOVEA_WAKE_ bits; 0: its time. */
unsigned fovea_host_why(const fovea_host_t *host);

/* A register of the sensor, 1..4 bytes, most significant first. */
bool fovea_host_write(fovea_host_t *host, uint16_t addr, uint32_t value, unsigned bytes);
bool fovea_host_read(fovea_host_t *host, uint16_t addr, uint32_t *value, unsigned bytes);

/* Any bytes of any device, up to 256: index, data; the address goes up with each byte. */
bool fovea_host_cci_write(fovea_host_t *host, unsigned device, uint16_t index, const void *data,
                          size_t bytes);
bool fovea_host_cci_read(fovea_host_t *host, unsigned device, uint16_t index, void *data,
                         size_t bytes);
/* From where the device stands. */
bool fovea_host_cci_read_on(fovea_host_t *host, unsigned device, void *data, size_t bytes);

/* One transfer on SPI, whole words of 4 bytes, at most 1 MiB; hz 0: as fast as the target can. */
bool fovea_host_spi(fovea_host_t *host, const void *data, size_t bytes, uint32_t hz);

/* Brings an image into a sensor that waits for its host ("boot": "host"), as the IMX500's kernel
 * driver does; type 0 loader, 1 main firmware, 2 network, the files of `fovea image --for-host`.
 * Time passes: a look each 50 ms, transfers of 1 MiB. An error says the sensor's reply. */
#define FOVEA_IMAGE_MOST_BYTES (64u << 20)
bool fovea_host_download(fovea_host_t *host, unsigned type, const void *data, size_t bytes);
/* The same of networks (network_N.bin) that come as an update beside those that are there, while
 * these run; 0xd701 selects one afterwards. */
bool fovea_host_update(fovea_host_t *host, const void *data, size_t bytes);

/* Drives a pin of the board, 0..15. */
bool fovea_host_pin(fovea_host_t *host, unsigned pin, bool level);

/* Time passes, until then or until one of wake (FOVEA_WAKE_ bits) happens. */
bool fovea_host_run_until(fovea_host_t *host, uint64_t until_ps, unsigned wake);
bool fovea_host_run_for(fovea_host_t *host, uint64_t ps, unsigned wake);

/* The next packet that the link has sent until now; false when there is none. */
bool fovea_host_packet(fovea_host_t *host, fovea_packet_t *packet);

/* Of a packet's header, which must be whole: virtual channel 0..15, data type. */
unsigned fovea_packet_channel(const fovea_packet_t *packet);
unsigned fovea_packet_type(const fovea_packet_t *packet);

/* The payload of a long packet, as far as it came, into `room` bytes; of pixels of 10 bits (RAW10)
 * their high bytes, which is what lines of an IMX500's channels with packing 3 hold. Returns how
 * many bytes there are; 0 of a short packet. */
size_t fovea_packet_data(const fovea_packet_t *packet, bool raw10, uint8_t *to, size_t room);

#endif
