#include "download.h"

#include "hal.h"

enum { /* CCS registers, by the kernel driver's names */
       MODE_SELECT = 0x0100,
       CMD_INT = 0x3080,
       ST_TRANS_CMD = 0xd000,
       UPDATE_CMD = 0xd001,
       LOAD_MODE = 0xd002,
       IMAGE_TYPE = 0xd003,
       DIV_NUM = 0xd004,
       FILE_SIZE = 0xd008,
       REPLY_CNT = 0xd010,
       REPLY_STS = 0xd014,
       DOWNLOAD_STS = 0xd015,
       SYS_STATE = 0xd02a,
       BOOT_ERROR_A = 0x9182, /* why the last image was refused */
};
enum { CMD_NONE = 0xff, CMD_TRANSITION = 0, CMD_UPDATE = 1, TYPE_LOADER = 0, TYPE_NETWORK = 2 };
enum { WAKE_WORDS = 16 }; /* the check of a header takes as long as some 30 words */
enum { CLEAR_NETWORK = 3, DOWNLOADING = 1, STATE_WITH_NETWORK = 2 };
enum { HEAD_WORDS = DOWNLOAD_HEAD_BYTES / 4, FOOT_WORDS = DOWNLOAD_FOOT_BYTES / 4 };

#define TGT_ENABLE HAL_BIT(0)
#define TGT_EMPTY_IT HAL_BIT(1)
#define TGT_LEVEL_REACHED HAL_BIT(0)
#define TGT_LOST HAL_BIT(1)
#define TGT_ENDED HAL_BIT(2)

/* ---- the stream ---- */

/* False when the host has stopped in the middle, or words were lost. */
static bool wait_for_word(void)
{
    while (reg_read(TGT_COUNT) == 0) {
        if ((reg_read(TGT_STATUS) & (TGT_ENDED | TGT_LOST)) != 0)
            return false;
        hal_sleep_until(IRQ_TGT, TGT_STATUS, TGT_LEVEL_REACHED | TGT_ENDED | TGT_LOST);
    }
    return true;
}

/* The host sends its stream in transfers of 1 MiB, and looks at DOWNLOAD_STS before each. */
static bool begin_chunk(download_t *d)
{
    d->chunk_left = d->file_left < DOWNLOAD_BLOCK_BYTES ? d->file_left : DOWNLOAD_BLOCK_BYTES;
    reg_write(TGT_STATUS, TGT_ENDED);
    hal_ccs_write8(DOWNLOAD_STS, 0);
    bool came = wait_for_word();
    hal_ccs_write8(DOWNLOAD_STS, DOWNLOADING);
    return came;
}

static bool next_word(download_t *d, uint32_t *word)
{
    if (d->chunk_left == 0 && !begin_chunk(d))
        return false;
    if (!wait_for_word())
        return false;
    *word = reg_read(TGT_DATA);
    d->chunk_left -= 4;
    d->file_left -= 4;
    return true;
}

/* ---- the image in the bodies ---- */

static uint32_t end_segment(download_t *d, const uint32_t *s)
{
    if (~d->crc != s[BOOT_SEG_CRC]) {
        d->error = s[BOOT_SEG_KIND] == BOOT_KIND_FIRMWARE ? BOOT_E_FIRMWARE : BOOT_E_NETWORK;
        return DOWNLOAD_E_AUTH;
    }
    d->segment++;
    d->crc = ~0u;
    return DOWNLOAD_TRANS_DONE;
}

static uint32_t take_header(download_t *d, uint32_t word)
{
    d->header[d->at / 4] = word;
    d->at += 4;
    if (d->at < BOOT_HEADER_BYTES)
        return DOWNLOAD_TRANS_DONE;
    d->limits.kinds = HAL_BIT(d->type == TYPE_NETWORK ? BOOT_KIND_NETWORK : BOOT_KIND_FIRMWARE);
    d->error = boot_check(d->header, &d->limits);
    return d->error == BOOT_E_FINE ? DOWNLOAD_TRANS_DONE : DOWNLOAD_E_FORMAT;
}

/* Returns "done" for "go on". */
static uint32_t take(download_t *d, uint32_t word)
{
    if (d->type == TYPE_LOADER)
        return DOWNLOAD_TRANS_DONE;
    if (d->at < BOOT_HEADER_BYTES)
        return take_header(d, word);
    const uint32_t *s = boot_segment(d->header, d->segment);
    if (d->segment == d->header[BOOT_COUNT_W])
        return DOWNLOAD_TRANS_DONE; /* filled up to the end of a block */
    if (d->at < s[BOOT_SEG_OFFSET] || d->at >= s[BOOT_SEG_OFFSET] + s[BOOT_SEG_BYTES])
        return DOWNLOAD_E_FORMAT;
    reg_write(s[BOOT_SEG_ADDR] + (d->at - s[BOOT_SEG_OFFSET]), word);
    d->crc = boot_crc_word(d->crc, word);
    d->at += 4;
    bool last = d->at == s[BOOT_SEG_OFFSET] + s[BOOT_SEG_BYTES];
    return last ? end_segment(d, s) : DOWNLOAD_TRANS_DONE;
}

/* ---- blocks ---- */

static uint32_t big_endian(uint32_t x)
{
    return x >> 24 | (x >> 8 & 0xff00u) | (x << 8 & 0xff0000u) | x << 24;
}

/* Bytes of the body; 0 when this is no head. */
static uint32_t take_head(download_t *d)
{
    uint32_t word, magic = 0, bytes = 0;
    for (uint32_t i = 0; i < HEAD_WORDS; i++) {
        if (!next_word(d, &word))
            return 0;
        magic = i == 0 ? word : magic;
        bytes = i == 1 ? big_endian(word) : bytes;
    }
    bool fits = bytes % 4 == 0 && bytes > DOWNLOAD_HEAD_BYTES &&
                bytes <= DOWNLOAD_BLOCK_BYTES - DOWNLOAD_FOOT_BYTES &&
                bytes - DOWNLOAD_HEAD_BYTES + DOWNLOAD_FOOT_BYTES <= d->file_left;
    return magic == DOWNLOAD_HEAD_MAGIC && fits ? bytes - DOWNLOAD_HEAD_BYTES : 0;
}

static uint32_t take_block(download_t *d)
{
    uint32_t word = 0, bytes = take_head(d);
    if (bytes == 0)
        return DOWNLOAD_E_FORMAT;
    for (; bytes != 0; bytes -= 4) {
        if (!next_word(d, &word))
            return DOWNLOAD_E_FORMAT;
        uint32_t reply = take(d, word);
        if (reply != DOWNLOAD_TRANS_DONE)
            return reply;
    }
    for (uint32_t i = 0; i < FOOT_WORDS; i++)
        if (!next_word(d, &word))
            return DOWNLOAD_E_FORMAT;
    return word == DOWNLOAD_FOOT_MAGIC ? DOWNLOAD_TRANS_DONE : DOWNLOAD_E_FORMAT;
}

static uint32_t receive(download_t *d)
{
    uint32_t reply = DOWNLOAD_TRANS_DONE;
    d->error = BOOT_E_FINE;
    d->at = d->segment = d->chunk_left = 0;
    d->crc = ~0u;
    while (d->file_left != 0 && reply == DOWNLOAD_TRANS_DONE)
        reply = take_block(d);
    bool whole = d->type == TYPE_LOADER ||
                 (d->at > BOOT_HEADER_BYTES && d->segment == d->header[BOOT_COUNT_W]);
    return reply == DOWNLOAD_TRANS_DONE && !whole ? DOWNLOAD_E_FORMAT : reply;
}

/* ---- commands ---- */

/* The status is there before the counter changes: that is what the host looks at. */
static void answer(uint32_t reply)
{
    hal_ccs_write8(REPLY_STS, reply);
    hal_ccs_write8(REPLY_CNT, (hal_ccs_read8(REPLY_CNT) + 1) & 0xffu);
}

static void set_state(download_t *d, download_state_t state)
{
    d->state = state;
    hal_ccs_write8(SYS_STATE, state == DOWNLOAD_NETWORK ? STATE_WITH_NETWORK : 0);
}

static void load(download_t *d, uint32_t ready, uint32_t done)
{
    d->type = hal_ccs_read8(IMAGE_TYPE);
    d->file_left = hal_ccs_read16(FILE_SIZE) << 16 | hal_ccs_read16(FILE_SIZE + 2);
    if (hal_ccs_read8(LOAD_MODE) != 0 || d->file_left == 0 || d->file_left % 4 != 0 ||
        hal_ccs_read8(DIV_NUM) != (d->file_left - 1) / DOWNLOAD_BLOCK_BYTES) {
        answer(DOWNLOAD_E_PARAMETER);
        return;
    }
    reg_write(TGT_STATUS, TGT_ENDED | TGT_LOST);
    reg_write(TGT_IRQ_EN, TGT_LEVEL_REACHED | TGT_LOST | TGT_ENDED);
    reg_write(TGT_LEVEL, WAKE_WORDS);
    reg_write(TGT_CTRL, TGT_ENABLE | TGT_EMPTY_IT);
    answer(ready);
    uint32_t reply = receive(d);
    reg_write(TGT_CTRL, TGT_EMPTY_IT);
    reg_write(TGT_IRQ_EN, 0);
    hal_ccs_write8(DOWNLOAD_STS, 0);
    hal_ccs_write16(BOOT_ERROR_A, d->error);
    if (reply == DOWNLOAD_TRANS_DONE) {
        d->entry = d->type == 1 ? d->header[BOOT_ENTRY_W] : d->entry;
        set_state(d, (download_state_t)(d->type + 1));
    } else if (d->type != TYPE_LOADER) { /* memory is half written */
        set_state(d, d->type == TYPE_NETWORK ? DOWNLOAD_MAIN : DOWNLOAD_LOADER);
    }
    answer(reply == DOWNLOAD_TRANS_DONE ? done : reply);
}

static void transition(download_t *d)
{
    uint32_t type = hal_ccs_read8(ST_TRANS_CMD);
    if (type == CLEAR_NETWORK && d->state == DOWNLOAD_NETWORK) {
        set_state(d, DOWNLOAD_MAIN);
        answer(DOWNLOAD_TRANS_DONE);
    } else if (type != d->state || type > TYPE_NETWORK || type != hal_ccs_read8(IMAGE_TYPE)) {
        answer(DOWNLOAD_E_STATE);
    } else {
        load(d, DOWNLOAD_TRANS_READY, DOWNLOAD_TRANS_DONE);
    }
}

static void update(download_t *d)
{
    if (d->state != DOWNLOAD_NETWORK)
        answer(DOWNLOAD_E_STATE);
    else if (hal_ccs_read8(UPDATE_CMD) != 0 || hal_ccs_read8(IMAGE_TYPE) != TYPE_NETWORK)
        answer(DOWNLOAD_E_PARAMETER);
    else
        load(d, DOWNLOAD_UPDATE_READY, DOWNLOAD_UPDATE_DONE);
}

void download_serve(download_t *download)
{
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    while (download->state < DOWNLOAD_MAIN || hal_ccs_read8(MODE_SELECT) == 0) {
        hal_sleep_until(IRQ_CCI, CCI_STATUS, CCI_STATUS_WROTE);
        reg_write(CCI_STATUS, CCI_STATUS_WROTE);
        uint32_t command = hal_ccs_read8(CMD_INT);
        hal_ccs_write8(CMD_INT, CMD_NONE);
        if (command == CMD_TRANSITION)
            transition(download);
        else if (command == CMD_UPDATE)
            update(download);
        else if (command != CMD_NONE)
            answer(DOWNLOAD_E_PARAMETER);
    }
    reg_write(CCI_IRQ_EN, 0);
    hal_ccs_write8(SYS_STATE, hal_ccs_read8(SYS_STATE) | 1u);
}
