/*
 * image_store.h - a host's images in the board's flash: two copies of each type.
 *
 *   +-- half A ----------------------------+-- half B ------------------+
 *   | loader | main | network              | loader | main | network    |
 *   | 1/32   | 4/32 | 27/32 of the half    | the other copies           |
 *
 * A copy is a page with its head, then the stream of blocks (download_stream.h) as the host sent
 * it. A new image goes over the older copy, or the one that is none; its head comes last. Cut at
 * any time, an update leaves the image that was there before. Blocks of 64 KiB are erased as they
 * are reached, unless they are.
 *
 *   word 0 "FVDL"   1 sequence, the higher is the newer one   2 bytes   3 CRC-32 of words 0..2
 *
 * The layout is Fovea's own: what the IMX500's flash looks like is not published. A flash that the
 * boot ROM boots from (boot_image.h) is no place for it.
 */
#ifndef FW_IMAGE_STORE_H
#define FW_IMAGE_STORE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    IMAGE_STORE_LEAST_BYTES = 1 << 22, /* of the flash */
    IMAGE_STORE_SCRATCH_BYTES = 1 << 16,
    IMAGE_STORE_TYPES = 3,
};

typedef struct {
    uint32_t at[2], room; /* of the two copies: address, bytes of the stream */
    bool there;           /* an image */
    uint32_t copy;        /* where it is, its bytes, its number */
    uint32_t bytes, sequence;
    uint32_t written, blank_to; /* of the next image: bytes; erased up to that address */
    void (*waits)(void);        /* called each millisecond or more often; 0: none */
} image_store_t;

/* Looks for the newest image of a type; false when there is no flash, or it is too small. */
bool image_store_open(image_store_t *s, uint32_t type, void (*waits)(void));

/* No image of this type is left. These false: the flash did not take a command, or is not ready in
 * time. */
bool image_store_erase(image_store_t *s);

/* The next part of a new image, from a bus address; a multiple of 256 bytes but for the last one.
 * scratch: room for IMAGE_STORE_SCRATCH_BYTES in L2. */
bool image_store_write(image_store_t *s, uint32_t from, uint32_t bytes, uint32_t scratch);

/* What was written is the image from now on. */
bool image_store_commit(image_store_t *s);

/* Where the stream of the image begins, or that of the image that is written. */
uint32_t image_store_stream(const image_store_t *s);
uint32_t image_store_written(const image_store_t *s);

#endif
