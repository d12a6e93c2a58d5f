/*
 * download_fuzz.c - any words as a stream of a host: nothing is stored outside of the memory that
 * the limits name. The first byte chooses the type, and whether heads and CRCs are made right on
 * the way, so that what is behind them is reached. Words in runs leave the same.
 */
#include <stdlib.h>
#include <string.h>

#include "firmware/include/download_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const boot_limits_t limits = {0x10000000, 0x3f800, 0x04000000, 8388480, 8388480, 0};

static void store(void *ctx, uint32_t addr, uint32_t word)
{
    const download_stream_t *s = ctx;
    bool network = s->type == DOWNLOAD_TYPE_NETWORK;
    uint32_t base = network ? limits.l2_base : limits.tcm_base;
    uint32_t size = network ? limits.l2_bytes : limits.tcm_bytes;
    (void)word;
    if (addr < base || addr - base > size - 4 || addr % 4 != 0)
        abort();
}

/* What would have been refused at once becomes what goes on. */
static uint32_t mend(const download_stream_t *s, uint32_t word)
{
    uint32_t left = s->left - 4, room = left < 4096 ? left : 4096;
    if (s->block_at == 0)
        return DOWNLOAD_HEAD_MAGIC;
    if (s->block_at == 4 && room > DOWNLOAD_FOOT_BYTES + 64) {
        uint32_t size = (room - DOWNLOAD_FOOT_BYTES + 8) & ~3u;
        return size >> 24 | (size >> 8 & 0xff00) | (size << 8 & 0xff0000) | size << 24;
    }
    if (s->block_at >= DOWNLOAD_HEAD_BYTES && s->image_at == 0)
        return BOOT_MAGIC;
    if (s->block_at >= DOWNLOAD_HEAD_BYTES && s->image_at == 4 * BOOT_VERSION_W)
        return BOOT_VERSION;
    if (s->block_at >= DOWNLOAD_HEAD_BYTES && s->image_at == 4 * BOOT_CRC_WORD)
        return boot_crc(s->header, BOOT_CRC_WORD);
    return word;
}

static stream_result_t take_run(download_stream_t *s, uint32_t word)
{
    uint32_t addr;
    if (stream_run(s, &addr) == 0)
        return stream_word(s, word, store, s);
    store(s, addr, word);
    stream_ran(s, 1, boot_crc_word(s->crc, word));
    return STREAM_GOES_ON;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    download_stream_t s, runs;
    if (bytes < 5)
        return 0;
    memset(&s, 0, sizeof(s));
    s.limits = limits;
    bool mends = (data[0] & 4) != 0;
    stream_begin(&s, data[0] & 3, (uint32_t)(bytes - 1) & ~3u);
    for (const uint8_t *at = data + 1; s.left != 0; at += 4) {
        uint32_t word;
        memcpy(&word, at, 4);
        word = mends ? mend(&s, word) : word;
        memcpy(&runs, &s, sizeof(s));
        stream_result_t result = stream_word(&s, word, store, &s);
        if (take_run(&runs, word) != result || memcmp(&runs, &s, sizeof(s)) != 0)
            abort();
        if (result != STREAM_GOES_ON)
            return 0;
    }
    if (stream_is_whole(&s) && s.type != DOWNLOAD_TYPE_LOADER && s.segment == 0)
        abort();
    return 0;
}
