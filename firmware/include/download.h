/*
 * download.h - takes firmware and network from a host, the way the IMX500's kernel driver sends
 * them: commands over CCI, data over SPI.
 *
 * The host writes load mode (0: it sends), image type, number of pieces of 1 MiB less one, size in
 * bytes, transition command (0 loader, 1 main firmware, 2 network; 3 takes the network away), and
 * then dd_cmd_int. The reply counter changes, dd_cmd_reply_sts is "ready"; the host sends; the
 * counter changes again and the status is "done" or an error. A network in place of another comes
 * as an update (dd_cmd_int 1, SRAM).
 *
 * The data is a row of blocks of up to 1 MiB: 32 bytes of head ("9464", then the bytes of head and
 * body, big-endian), body, 64 bytes of foot that end with "3695". The bodies together are a boot
 * image (boot_image.h) with segments of one kind, one behind the other: this part is Fovea's own,
 * Sony's is not published and encrypted. A loader is received and forgotten: the ROM does its work.
 *
 * Not modeled: flash as source or target, cancel, authentication (a CRC instead: reply "MAC auth
 * error"), time-outs on this side, dd_ref_sts but for the reply counter.
 */
#ifndef FW_DOWNLOAD_H
#define FW_DOWNLOAD_H

#include <stdbool.h>

#include "boot_image.h"

enum { DOWNLOAD_BLOCK_BYTES = 1 << 20, DOWNLOAD_HEAD_BYTES = 32, DOWNLOAD_FOOT_BYTES = 64 };
#define DOWNLOAD_HEAD_MAGIC 0x34363439u /* "9464" */
#define DOWNLOAD_FOOT_MAGIC 0x35393633u /* "3695" */

/* dd_cmd_reply_sts */
enum {
    DOWNLOAD_TRANS_READY = 0x00,
    DOWNLOAD_TRANS_DONE = 0x01,
    DOWNLOAD_UPDATE_READY = 0x10,
    DOWNLOAD_UPDATE_DONE = 0x11,
    DOWNLOAD_E_FORMAT = 0xfa,
    DOWNLOAD_E_INTERNAL = 0xfb,
    DOWNLOAD_E_PARAMETER = 0xfc,
    DOWNLOAD_E_AUTH = 0xfe,
    DOWNLOAD_E_STATE = 0xff,
};

/* How far the host has come. */
typedef enum { DOWNLOAD_EMPTY, DOWNLOAD_LOADER, DOWNLOAD_MAIN, DOWNLOAD_NETWORK } download_state_t;

typedef struct {
    boot_limits_t limits; /* memory; slot_bytes: the largest image */
    download_state_t state;
    uint32_t entry; /* of the main firmware */
    uint32_t error; /* BOOT_E_*, why the last image was refused */
    /* of the image under way */
    uint32_t header[BOOT_HEADER_WORDS];
    uint32_t type, at, segment, crc; /* at: bytes of the image so far */
    uint32_t file_left, chunk_left;  /* bytes of the stream, of the host's transfer */
} download_t;

/* Obeys the host until it starts the stream with a main firmware in place. */
void download_serve(download_t *download);

#endif
