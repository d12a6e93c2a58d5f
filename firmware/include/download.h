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
 * The data are in download_stream.h.
 *
 * Not modeled: flash as source or target, cancel, authentication (a CRC instead: reply "MAC auth
 * error"), time-outs on this side, dd_ref_sts but for the reply counter.
 */
#ifndef FW_DOWNLOAD_H
#define FW_DOWNLOAD_H

#include "download_stream.h"

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
    download_stream_t stream; /* with its limits set */
    download_state_t state;
    uint32_t entry;      /* of the main firmware */
    uint32_t chunk_left; /* bytes of the host's transfer */
} download_t;

/* For a program that takes networks while it runs: says what is there (state), then obeys one
 * command, if there is one. limits.l2_* are where a network may be; nobody else may use that until
 * download_poll returns. False: there was none. */
void download_begin(download_t *download, download_state_t state);
bool download_poll(download_t *download);

/* Obeys the host until it starts the stream with a main firmware in place. */
void download_serve(download_t *download);

#endif
