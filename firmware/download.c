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
       ERR_CNT = 0xd011,
       DETECT_CNT = 0xd012,
       REPLY_STS = 0xd014,
       DOWNLOAD_STS = 0xd015,
       UPDATE_CANCEL = 0xd016,
       ERR_STS = 0xd020,
       SYS_STATE = 0xd02a,
       BOOT_ERROR_A = 0x9182, /* why the last image was refused */
};
enum { CMD_NONE = 0xff, CMD_TRANSITION = 0, CMD_UPDATE = 1 };
enum { WAKE_WORDS = 16 }; /* the check of a header takes as long as some 30 words */
enum { LOOK_US = 1000 };  /* for a cancel while nothing comes */
enum { CLEAR_NETWORK = 3, DOWNLOADING = 1, STATE_WITH_NETWORK = 2 };

#define TGT_LOST TGT_STATUS_WORDS_LOST_MASK
#define TGT_ENDED TGT_STATUS_TRANSFER_ENDED_MASK
#define TGT_EVENTS (TGT_STATUS_AT_LEAST_TGT_LEVEL_WORDS_WAIT_MASK | TGT_LOST | TGT_ENDED)

/* ---- the stream ---- */

/* DOWNLOAD_TRANS_DONE, or why no word comes: the host stops in the middle of a transfer, begins
 * none, or sends too fast. */
static uint32_t wait_for_words(download_t *d)
{
    uint32_t us = 0;
    for (;;) {
        if (d->waits != 0)
            d->waits();
        if (d->cancels && hal_ccs_read8(UPDATE_CANCEL) != 0)
            return DOWNLOAD_UPDATE_CANCELED;
        d->waiting = reg_read(TGT_COUNT);
        if (d->waiting != 0)
            return DOWNLOAD_TRANS_DONE;
        uint32_t status = reg_read(TGT_STATUS);
        if ((status & TGT_LOST) != 0)
            return DOWNLOAD_E_INTERNAL;
        if ((status & TGT_ENDED) != 0)
            return DOWNLOAD_E_FORMAT;
        if (us >= DOWNLOAD_TIMEOUT_US)
            return DOWNLOAD_E_TIMEOUT;
        us = hal_sleep_for(IRQ_TGT, TGT_STATUS, TGT_EVENTS, LOOK_US) ? 0 : us + LOOK_US;
    }
}

/* The host sends its stream in transfers of 1 MiB, and looks at DOWNLOAD_STS before each. */
static uint32_t begin_chunk(download_t *d)
{
    uint32_t left = d->stream.left;
    d->chunk_left = left < DOWNLOAD_BLOCK_BYTES ? left : DOWNLOAD_BLOCK_BYTES;
    reg_write(TGT_STATUS, TGT_ENDED);
    hal_ccs_write8(DOWNLOAD_STS, 0);
    uint32_t came = wait_for_words(d);
    hal_ccs_write8(DOWNLOAD_STS, DOWNLOADING);
    return came;
}

static uint32_t next_word(download_t *d, uint32_t *word)
{
    uint32_t came = DOWNLOAD_TRANS_DONE;
    if (d->chunk_left == 0)
        came = begin_chunk(d);
    else if (d->waiting == 0)
        came = wait_for_words(d);
    if (came != DOWNLOAD_TRANS_DONE)
        return came;
    *word = reg_read(TGT_DATA);
    d->waiting--;
    d->chunk_left -= 4;
    return DOWNLOAD_TRANS_DONE;
}

static void store(void *ctx, uint32_t addr, uint32_t word)
{
    (void)ctx;
    reg_write(addr, word);
}

/* The reply, but for what "done" is. */
static uint32_t receive(download_t *d)
{
    download_stream_t *s = &d->stream;
    uint32_t word;
    d->chunk_left = d->waiting = 0;
    while (s->left != 0) {
        uint32_t came = next_word(d, &word);
        if (came != DOWNLOAD_TRANS_DONE)
            return came;
        stream_result_t result = stream_word(s, word, store, 0);
        if (result != STREAM_GOES_ON)
            return result == STREAM_BAD_CRC ? DOWNLOAD_E_AUTH : DOWNLOAD_E_FORMAT;
    }
    return stream_is_whole(s) ? DOWNLOAD_TRANS_DONE : DOWNLOAD_E_FORMAT;
}

/* ---- commands ---- */

static void count_up(uint32_t addr)
{
    hal_ccs_write8(addr, (hal_ccs_read8(addr) + 1) & 0xffu);
}

/* Of dd_err_sts. */
static uint32_t error_bit(uint32_t reply)
{
    return reply == DOWNLOAD_E_STATE       ? 0x1u
           : reply == DOWNLOAD_E_INTERNAL  ? 0x2u
           : reply == DOWNLOAD_E_PARAMETER ? 0x4u
                                           : 0;
}

/* The status is there before the counter changes: that is what the host looks at. */
static void answer(uint32_t reply)
{
    bool error = reply >= DOWNLOAD_E_FORMAT;
    hal_ccs_write8(ERR_STS, error_bit(reply));
    if (error)
        count_up(ERR_CNT);
    if (error && reply != DOWNLOAD_E_STATE && reply != DOWNLOAD_E_PARAMETER)
        count_up(DETECT_CNT);
    hal_ccs_write8(REPLY_STS, reply);
    count_up(REPLY_CNT);
}

static void set_state(download_t *d, download_state_t state)
{
    d->state = state;
    if (state == DOWNLOAD_MAIN)
        reg_write(NET_MAGIC, 0); /* what there was of a network is none */
    hal_ccs_write8(SYS_STATE, state == DOWNLOAD_NETWORK ? STATE_WITH_NETWORK : 0);
}

static void load(download_t *d, uint32_t ready, uint32_t done)
{
    uint32_t type = hal_ccs_read8(IMAGE_TYPE);
    uint32_t bytes = hal_ccs_read16(FILE_SIZE) << 16 | hal_ccs_read16(FILE_SIZE + 2);
    if (hal_ccs_read8(LOAD_MODE) != 0 || bytes == 0 || bytes % 4 != 0 ||
        hal_ccs_read8(DIV_NUM) != (bytes - 1) / DOWNLOAD_BLOCK_BYTES) {
        answer(DOWNLOAD_E_PARAMETER);
        return;
    }
    reg_write(TGT_STATUS, TGT_ENDED | TGT_LOST);
    reg_write(TGT_IRQ_EN, TGT_EVENTS);
    reg_write(TGT_LEVEL, WAKE_WORDS);
    reg_write(TGT_CTRL, TGT_CTRL_ENABLE_MASK | TGT_CTRL_EMPTY_THE_FIFO_MASK);
    stream_begin(&d->stream, type, bytes);
    d->cancels = ready == DOWNLOAD_UPDATE_READY;
    hal_ccs_write8(UPDATE_CANCEL, 0);
    answer(ready);
    uint32_t reply = receive(d);
    reg_write(TGT_CTRL, TGT_CTRL_EMPTY_THE_FIFO_MASK);
    reg_write(TGT_IRQ_EN, 0);
    hal_ccs_write8(DOWNLOAD_STS, 0);
    hal_ccs_write16(BOOT_ERROR_A, d->stream.error);
    if (reply == DOWNLOAD_TRANS_DONE) {
        if (type == DOWNLOAD_TYPE_MAIN) {
            d->entry = d->stream.header[BOOT_ENTRY_W];
            hal_ccs_write32(DOWNLOAD_FW_VERSION, d->stream.header[BOOT_BUILD_W]);
        }
        set_state(d, (download_state_t)(type + 1));
    } else if (type != DOWNLOAD_TYPE_LOADER) { /* memory is half written */
        set_state(d, (download_state_t)type);
    }
    answer(reply == DOWNLOAD_TRANS_DONE ? done : reply);
}

static void transition(download_t *d)
{
    uint32_t type = hal_ccs_read8(ST_TRANS_CMD);
    if (type == CLEAR_NETWORK && d->state == DOWNLOAD_NETWORK) {
        set_state(d, DOWNLOAD_MAIN);
        answer(DOWNLOAD_TRANS_DONE);
    } else if (type != d->state || type > DOWNLOAD_TYPE_NETWORK ||
               type != hal_ccs_read8(IMAGE_TYPE)) {
        answer(DOWNLOAD_E_STATE);
    } else {
        load(d, DOWNLOAD_TRANS_READY, DOWNLOAD_TRANS_DONE);
    }
}

static void update(download_t *d)
{
    if (d->state != DOWNLOAD_NETWORK)
        answer(DOWNLOAD_E_STATE);
    else if (hal_ccs_read8(UPDATE_CMD) != 0 || hal_ccs_read8(IMAGE_TYPE) != DOWNLOAD_TYPE_NETWORK)
        answer(DOWNLOAD_E_PARAMETER);
    else
        load(d, DOWNLOAD_UPDATE_READY, DOWNLOAD_UPDATE_DONE);
}

void download_begin(download_t *download, download_state_t state)
{
    set_state(download, state); /* the registers last a reset */
    hal_ccs_write8(CMD_INT, CMD_NONE);
}

bool download_poll(download_t *download)
{
    uint32_t command = hal_ccs_read8(CMD_INT);
    if (command == CMD_NONE)
        return false;
    hal_ccs_write8(CMD_INT, CMD_NONE);
    if (download->closed)
        answer(DOWNLOAD_E_STATE);
    else if (command == CMD_TRANSITION)
        transition(download);
    else if (command == CMD_UPDATE)
        update(download);
    else
        answer(DOWNLOAD_E_PARAMETER);
    return true;
}

void download_serve(download_t *download)
{
    download_begin(download, DOWNLOAD_EMPTY);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    while (download->state < DOWNLOAD_MAIN || hal_ccs_read8(MODE_SELECT) == 0) {
        hal_sleep_until(IRQ_CCI, CCI_STATUS, CCI_STATUS_WROTE);
        reg_write(CCI_STATUS, CCI_STATUS_WROTE);
        download_poll(download);
    }
    reg_write(CCI_IRQ_EN, 0);
    hal_ccs_write8(SYS_STATE, hal_ccs_read8(SYS_STATE) | 1u);
}
