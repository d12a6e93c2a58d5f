/*
 * download_stream.h - what a host sends, word by word: blocks, the boot image in them, its
 * segments.
 *
 * A row of blocks of up to 1 MiB: 32 bytes of head ("9464", then the bytes of head and body,
 * big-endian), body, 64 bytes of foot that end with "3695". The bodies together are a boot image
 * (boot_image.h) with segments of one kind, one behind the other. The image is Fovea's own: Sony's
 * are not published, and encrypted. A loader is received and forgotten: the ROM does its work.
 * Touches no register.
 * Not modeled: blocks with a device lock (32 bytes more).
 */
#ifndef FW_DOWNLOAD_STREAM_H
#define FW_DOWNLOAD_STREAM_H

#include <stdbool.h>

#include "boot_image.h"

enum { DOWNLOAD_BLOCK_BYTES = 1 << 20, DOWNLOAD_HEAD_BYTES = 32, DOWNLOAD_FOOT_BYTES = 64 };
#define DOWNLOAD_HEAD_MAGIC 0x34363439u /* "9464" */
#define DOWNLOAD_FOOT_MAGIC 0x35393633u /* "3695" */

enum { DOWNLOAD_TYPE_LOADER, DOWNLOAD_TYPE_MAIN, DOWNLOAD_TYPE_NETWORK };

typedef enum {
    STREAM_GOES_ON,
    STREAM_BAD_FORMAT, /* of a block, or of the image: then error says more */
    STREAM_BAD_CRC,    /* of a segment, which error names */
} stream_result_t;

typedef struct {
    boot_limits_t limits;
    uint32_t header[BOOT_HEADER_WORDS];
    uint32_t type, error;            /* error: BOOT_E_* */
    uint32_t left;                   /* bytes of the stream to come */
    uint32_t block_at, body_bytes;   /* in the block under way */
    uint32_t image_at, segment, crc; /* in the image */
} download_stream_t;

/* Stores a word at a bus address that the limits allow. */
typedef void (*download_store_t)(void *ctx, uint32_t addr, uint32_t word);

/* bytes is a multiple of 4, type one of DOWNLOAD_TYPE_*; limits stay. */
void stream_begin(download_stream_t *s, uint32_t type, uint32_t bytes);

/* Takes one word (s->left must not be 0). After another result than STREAM_GOES_ON: no more. */
stream_result_t stream_word(download_stream_t *s, uint32_t word, download_store_t store, void *ctx);

/* The same of many words at once: so many that come now only go to addr and on; 0: the next one is
 * stream_word's. The caller stores `words` of them, at most as many, continues s->crc over them
 * (boot_crc_word), and says so. */
uint32_t stream_run(const download_stream_t *s, uint32_t *addr);
void stream_ran(download_stream_t *s, uint32_t words, uint32_t crc);

/* All has come, and it was a whole image. */
bool stream_is_whole(const download_stream_t *s);

#endif
