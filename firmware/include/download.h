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
 * With a flash on the board (dd_flash_type 2) images can stay in it (image_store.h). A transition
 * with load mode 1 takes the image from there: one reply, "done" or an error; size and pieces do
 * not matter. An update with dd_update_cmd 1 puts an image of any type there, checked, written and
 * read again before it counts: until then the one before stays, whatever happens. L2 is its buffer,
 * so it needs main firmware or loader, and no network in L2 (else "state"). A piece of 1 MiB takes
 * some 4 s; meanwhile dd_download_sts is 1. dd_cmd_int 2 erases the images of dd_image_type: reply
 * 0x11 (assumed).
 *
 * What is wrong ends the command with an error; the host may begin it again. Of main firmware or a
 * network that failed half-way nothing is left: the state is that before it.
 *
 *   0xff state         an image out of its order, or one that is there already; see flash
 *   0xfe MAC auth      CRC-32 of a segment of the image (boot_image.h)
 *   0xfd timeout       the host begins no transfer for a second (assumed)
 *   0xfc parameter     image type, size, number of pieces, command; no flash that could be used
 *   0xfb internal      words came faster than they were taken; the flash fails
 *   0xfa packet format a block's head, size or foot, the image's header; a transfer ends early;
 *                      the flash has no image
 *
 * dd_ref_sts counts replies, errors, and errors that the data had (all but state and parameter);
 * fatal is 1 after an exception in the boot ROM (what is counted is assumed, the names are
 * published). dd_err_sts has bits for the last reply: 0 state, 1 internal, 2 parameter. An update
 * ends when the host writes dd_update_cancel: reply 0x12, and no network is left (assumed).
 *
 * What the flash is for is published, not how; all but the registers is assumed.
 * Not modeled: authentication itself.
 */
#ifndef FW_DOWNLOAD_H
#define FW_DOWNLOAD_H

#include "download_stream.h"
#include "image_store.h"

/* CCS registers, by the kernel driver's names */
enum {
    DD_CMD_INT = 0x3080,
    DD_ST_TRANS_CMD = 0xd000,
    DD_UPDATE_CMD = 0xd001,
    DD_LOAD_MODE = 0xd002,
    DD_IMAGE_TYPE = 0xd003,
    DD_DIV_NUM = 0xd004,
    DD_FLASH_TYPE = 0xd005,
    DD_FILE_SIZE = 0xd008,
    DD_REPLY_CNT = 0xd010,
    DD_ERR_CNT = 0xd011,
    DD_DETECT_CNT = 0xd012,
    DD_REPLY_STS = 0xd014,
    DD_DOWNLOAD_STS = 0xd015,
    DD_UPDATE_CANCEL = 0xd016,
    DD_ERR_STS = 0xd020,
    DD_SYS_STATE = 0xd02a,
};

/* dd_cmd_reply_sts */
enum {
    DOWNLOAD_TRANS_READY = 0x00,
    DOWNLOAD_TRANS_DONE = 0x01,
    DOWNLOAD_UPDATE_READY = 0x10,
    DOWNLOAD_UPDATE_DONE = 0x11,
    DOWNLOAD_UPDATE_CANCELED = 0x12,
    DOWNLOAD_E_FORMAT = 0xfa,
    DOWNLOAD_E_INTERNAL = 0xfb,
    DOWNLOAD_E_PARAMETER = 0xfc,
    DOWNLOAD_E_TIMEOUT = 0xfd,
    DOWNLOAD_E_AUTH = 0xfe,
    DOWNLOAD_E_STATE = 0xff,
};

enum { DOWNLOAD_TIMEOUT_US = 1000000, DOWNLOAD_FW_VERSION = 0xd07c /* CCS register */ };

/* How far the host has come. */
typedef enum { DOWNLOAD_EMPTY, DOWNLOAD_LOADER, DOWNLOAD_MAIN, DOWNLOAD_NETWORK } download_state_t;

typedef struct {
    download_stream_t stream; /* with its limits set */
    download_state_t state;
    bool closed; /* the program has no time for it: each command is answered "state" */
    /* Takes updates of networks in L2 that the host sends, so many bytes, and answers them; closed
     * or not. NULL: download_poll does, and what was there before is lost when they fail. */
    void (*update)(uint32_t bytes);
    void (*waits)(void);  /* called each millisecond or more often while data come; 0: none */
    uint32_t entry;       /* of the main firmware */
    uint32_t chunk_left;  /* bytes of the host's transfer */
    uint32_t chunk_bytes; /* that it had at first */
    bool cancels;         /* the host can take the command back */
    uint32_t waiting;     /* of them words that are known to wait */
    bool to_flash;        /* pieces go there, by L2 */
    image_store_t flash;
} download_t;

/* For a program that takes networks while it runs: says what is there (state), then obeys one
 * command, if there is one. limits.l2_* are where a network may be; nobody else may use that until
 * download_poll returns. False: there was none, or `update` has it. */
void download_begin(download_t *download, download_state_t state);
bool download_poll(download_t *download);

/* A reply, as the registers tell it. */
void download_answer(uint32_t reply);

/* Obeys the host until it starts the stream with a main firmware in place. */
void download_serve(download_t *download);

#endif
