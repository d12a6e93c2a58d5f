/*
 * intake.h - takes networks from the host beside those that are there, while the program runs on.
 *
 *   TGT_ (SPI target) --interrupt--> words --> download_stream.h --> L2 --> check --> reply
 *
 * The command is that of download.h: an update (dd_cmd_int 1) of networks in L2, sent by the host.
 * Where they go the image says (fovea image lays all of a set out together: npu/place.h). Before
 * anything is written the image's header is held against what is there:
 *
 *   - networks that the image would overwrite, wholly or in part (their tables and own parts, the
 *     working memory that they share), are there no more;
 *   - if one of them is needed, or if it would meet what the program uses of the free L2, the image
 *     is refused: reply 0xfa, boot_error_a 12, and nothing has changed.
 *
 * What fails later (authentication, format, timeout, cancel) costs the networks that the image was
 * to replace, no others. While a network is needed its frames go on: words are taken in an
 * interrupt, which at 35 MHz is about half of the core's time.
 *
 * Whether the IMX500 takes updates while it streams is not published: assumed.
 */
#ifndef FW_INTAKE_H
#define FW_INTAKE_H

#include "download.h"
#include "net.h"

enum { INTAKE_LOOK_US = 10000 };

typedef struct {
    /* All three are called in an interrupt. */
    uint32_t (*needed)(void);                    /* networks that must stay */
    void (*used)(uint32_t *addr, uint32_t *end); /* L2 of the program beside them */
    void (*ended)(void);                         /* the reply is given */

    download_stream_t stream;
    uint32_t chunk_left, chunk_bytes; /* of the host's transfer */
    volatile bool busy, alive;        /* alive: words have come since the last look */
    volatile uint32_t replaced;       /* networks that are there no more */
    volatile uint32_t free_end;       /* while busy: free L2 ends here; UINT32_MAX: as before */
    uint32_t quiet_us;
} intake_t;

/* Answers the command: "ready". Zeroed at first but for the functions. */
void intake_begin(intake_t *intake, const boot_limits_t *limits, uint32_t bytes);

/* While busy, every INTAKE_LOOK_US, and when the host has written: does it cancel, is it gone? */
void intake_look(intake_t *intake, uint32_t us);

#endif
