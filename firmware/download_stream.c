#include "download_stream.h"

static bool is_loader(const download_stream_t *s)
{
    return s->type == DOWNLOAD_TYPE_LOADER;
}

void stream_begin(download_stream_t *s, uint32_t type, uint32_t bytes)
{
    bool network = type == DOWNLOAD_TYPE_NETWORK;
    s->type = type;
    s->left = bytes;
    s->error = BOOT_E_FINE;
    s->block_at = s->body_bytes = s->image_at = s->segment = 0;
    s->crc = ~0u;
    s->limits.kinds = 1u << (network ? BOOT_KIND_NETWORK : BOOT_KIND_FIRMWARE);
}

/* ---- the image in the bodies ---- */

static stream_result_t take_header(download_stream_t *s, uint32_t word)
{
    s->header[s->image_at / 4] = word;
    s->image_at += 4;
    if (s->image_at < BOOT_HEADER_BYTES)
        return STREAM_GOES_ON;
    s->error = boot_check(s->header, &s->limits);
    return s->error == BOOT_E_FINE ? STREAM_GOES_ON : STREAM_BAD_FORMAT;
}

static stream_result_t end_segment(download_stream_t *s, const uint32_t *segment)
{
    if (~s->crc != segment[BOOT_SEG_CRC]) {
        bool firmware = segment[BOOT_SEG_KIND] == BOOT_KIND_FIRMWARE;
        s->error = firmware ? BOOT_E_FIRMWARE : BOOT_E_NETWORK;
        return STREAM_BAD_CRC;
    }
    s->segment++;
    s->crc = ~0u;
    return STREAM_GOES_ON;
}

static stream_result_t take_body(download_stream_t *s, uint32_t word, download_store_t store,
                                 void *ctx)
{
    if (is_loader(s))
        return STREAM_GOES_ON;
    if (s->image_at < BOOT_HEADER_BYTES)
        return take_header(s, word);
    if (s->segment == s->header[BOOT_COUNT_W])
        return STREAM_GOES_ON; /* filled up to the end of a block */
    const uint32_t *segment = boot_segment(s->header, s->segment);
    uint32_t offset = s->image_at - segment[BOOT_SEG_OFFSET];
    if (offset >= segment[BOOT_SEG_BYTES])
        return STREAM_BAD_FORMAT; /* segments are not one behind the other */
    store(ctx, segment[BOOT_SEG_ADDR] + offset, word);
    s->crc = boot_crc_word(s->crc, word);
    s->image_at += 4;
    return offset + 4 == segment[BOOT_SEG_BYTES] ? end_segment(s, segment) : STREAM_GOES_ON;
}

/* ---- blocks ---- */

static uint32_t big_endian(uint32_t x)
{
    return x >> 24 | (x >> 8 & 0xff00u) | (x << 8 & 0xff0000u) | x << 24;
}

/* The first word is the magic one, the second the size; s->left is what follows the word. */
static stream_result_t take_head(download_stream_t *s, uint32_t word)
{
    if (s->block_at == 0)
        return word == DOWNLOAD_HEAD_MAGIC ? STREAM_GOES_ON : STREAM_BAD_FORMAT;
    if (s->block_at != 4)
        return STREAM_GOES_ON;
    uint32_t bytes = big_endian(word);
    if (bytes % 4 != 0 || bytes <= DOWNLOAD_HEAD_BYTES ||
        bytes > DOWNLOAD_BLOCK_BYTES - DOWNLOAD_FOOT_BYTES ||
        bytes - 8 + DOWNLOAD_FOOT_BYTES > s->left)
        return STREAM_BAD_FORMAT;
    s->body_bytes = bytes - DOWNLOAD_HEAD_BYTES;
    return STREAM_GOES_ON;
}

stream_result_t stream_word(download_stream_t *s, uint32_t word, download_store_t store, void *ctx)
{
    uint32_t foot = DOWNLOAD_HEAD_BYTES + s->body_bytes, end = foot + DOWNLOAD_FOOT_BYTES;
    stream_result_t result = STREAM_GOES_ON;
    s->left -= 4;
    if (s->block_at < DOWNLOAD_HEAD_BYTES)
        result = take_head(s, word);
    else if (s->block_at < foot)
        result = take_body(s, word, store, ctx);
    else if (s->block_at == end - 4 && word != DOWNLOAD_FOOT_MAGIC)
        result = STREAM_BAD_FORMAT;
    s->block_at += 4;
    if (s->block_at >= DOWNLOAD_HEAD_BYTES && s->block_at == end)
        s->block_at = s->body_bytes = 0;
    return result;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The last word of a block's body or of a segment is more than its bytes. */
uint32_t stream_run(const download_stream_t *s, uint32_t *addr)
{
    uint32_t foot = DOWNLOAD_HEAD_BYTES + s->body_bytes;
    bool body = s->block_at >= DOWNLOAD_HEAD_BYTES && s->block_at < foot;
    if (!body || is_loader(s) || s->image_at < BOOT_HEADER_BYTES ||
        s->segment == s->header[BOOT_COUNT_W])
        return 0;
    const uint32_t *segment = boot_segment(s->header, s->segment);
    uint32_t offset = s->image_at - segment[BOOT_SEG_OFFSET];
    if (offset >= segment[BOOT_SEG_BYTES])
        return 0;
    *addr = segment[BOOT_SEG_ADDR] + offset;
    return least(foot - s->block_at, segment[BOOT_SEG_BYTES] - offset) / 4 - 1;
}

void stream_ran(download_stream_t *s, uint32_t words, uint32_t crc)
{
    s->left -= 4 * words;
    s->block_at += 4 * words;
    s->image_at += 4 * words;
    s->crc = crc;
}

bool stream_is_whole(const download_stream_t *s)
{
    bool image = s->image_at >= BOOT_HEADER_BYTES && s->segment == s->header[BOOT_COUNT_W];
    return s->left == 0 && s->block_at == 0 && (is_loader(s) || image);
}
