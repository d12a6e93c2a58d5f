#include "image_store.h"

#include "boot_image.h"
#include "flash.h"

#define MAGIC 0x4c445646u     /* "FVDL" */
#define BLANK_CRC 0xdeab7e4eu /* of FLASH_BLOCK bytes 0xff */

enum { HEAD_MAGIC, HEAD_SEQUENCE, HEAD_BYTES, HEAD_CRC, HEAD_WORDS };
enum {
    PARTS = 32, /* of half the flash */
    ERASE_MOST_US = 3000000,
    PAGE_MOST_US = 20000,
    LOOK_ERASE_US = 1000,
    LOOK_PAGE_US = 50,
};

/* Of the parts. */
static uint32_t place_of(uint32_t type)
{
    return type == 0 ? 0 : type == 1 ? 1 : 5;
}

static bool read_head(const image_store_t *s, uint32_t copy, uint32_t head[HEAD_WORDS])
{
    flash_read(s->at[copy], head, 4 * HEAD_WORDS);
    return head[HEAD_MAGIC] == MAGIC && head[HEAD_CRC] == boot_crc(head, HEAD_CRC) &&
           head[HEAD_BYTES] != 0 && head[HEAD_BYTES] % 4 == 0 && head[HEAD_BYTES] <= s->room;
}

static bool until_ready(const image_store_t *s, uint32_t most_us, uint32_t look_us)
{
    for (uint32_t us = 0; flash_is_busy(); us += look_us) {
        if (us >= most_us)
            return false;
        if (s->waits != 0)
            s->waits();
        hal_sleep_for(IRQ_SPI, SPI_STATUS, 0, look_us);
    }
    return true;
}

/* A reset may have come while it was at work: it does not even tell its id then. */
static uint32_t flash_bytes(const image_store_t *s)
{
    uint32_t bytes = flash_setup();
    return bytes == 0 && until_ready(s, ERASE_MOST_US, LOOK_ERASE_US) ? flash_setup() : bytes;
}

bool image_store_open(image_store_t *s, uint32_t type, void (*waits)(void))
{
    s->waits = waits;
    uint32_t head[HEAD_WORDS], half = flash_bytes(s) / 2, part = half / PARTS;
    if (2 * half < IMAGE_STORE_LEAST_BYTES || type >= IMAGE_STORE_TYPES)
        return false;
    uint32_t first = place_of(type),
             end = type + 1 < IMAGE_STORE_TYPES ? place_of(type + 1) : PARTS;
    s->there = false;
    s->copy = s->bytes = s->sequence = s->written = 0;
    s->room = (end - first) * part - FLASH_PAGE;
    for (uint32_t copy = 0; copy < 2; copy++) {
        s->at[copy] = copy * half + first * part;
        if (!read_head(s, copy, head) ||
            (s->there && (int32_t)(head[HEAD_SEQUENCE] - s->sequence) < 0))
            continue;
        s->there = true;
        s->copy = copy;
        s->bytes = head[HEAD_BYTES];
        s->sequence = head[HEAD_SEQUENCE];
    }
    s->blank_to = s->at[s->there ? 1 - s->copy : 0];
    return true;
}

static uint32_t target(const image_store_t *s)
{
    return s->at[s->there ? 1 - s->copy : 0];
}

uint32_t image_store_stream(const image_store_t *s)
{
    return s->at[s->copy] + FLASH_PAGE;
}

uint32_t image_store_written(const image_store_t *s)
{
    return target(s) + FLASH_PAGE;
}

/* ---- the flash at work ---- */

static bool erase(const image_store_t *s, uint32_t block)
{
    return flash_begin_erase(block) && until_ready(s, ERASE_MOST_US, LOOK_ERASE_US);
}

static bool make_blank(const image_store_t *s, uint32_t block, uint32_t scratch)
{
    uint32_t crc;
    if (flash_read_l2(block, scratch, FLASH_BLOCK, &crc) && crc == BLANK_CRC)
        return true;
    return erase(s, block);
}

static bool write_page(const image_store_t *s, uint32_t at, const uint32_t *words, uint32_t bytes)
{
    return flash_begin_page(at, words, bytes) && until_ready(s, PAGE_MOST_US, LOOK_PAGE_US);
}

bool image_store_erase(image_store_t *s)
{
    for (uint32_t copy = 0; copy < 2; copy++)
        for (uint32_t at = 0; at < s->room; at += FLASH_BLOCK)
            if (!erase(s, s->at[copy] + at))
                return false;
    s->there = false;
    return true;
}

bool image_store_write(image_store_t *s, uint32_t from, uint32_t bytes, uint32_t scratch)
{
    uint32_t page[FLASH_PAGE / 4];
    while (bytes != 0) {
        uint32_t at = image_store_written(s) + s->written;
        uint32_t part = bytes < FLASH_PAGE ? bytes : FLASH_PAGE;
        for (; s->blank_to <= at; s->blank_to += FLASH_BLOCK)
            if (!make_blank(s, s->blank_to, scratch))
                return false;
        for (uint32_t i = 0; i < part / 4; i++)
            page[i] = reg_read(from + 4 * i);
        if (!write_page(s, at, page, part))
            return false;
        s->written += part;
        from += part;
        bytes -= part;
    }
    return true;
}

bool image_store_commit(image_store_t *s)
{
    uint32_t head[HEAD_WORDS] = {MAGIC, s->sequence + 1, s->written, 0};
    head[HEAD_CRC] = boot_crc(head, HEAD_CRC);
    return write_page(s, target(s), head, sizeof(head));
}
