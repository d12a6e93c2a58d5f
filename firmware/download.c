#include "download.h"

#include "flash.h"
#include "hal.h"

enum { /* CCS registers, by the kernel driver's names */
       MODE_SELECT = 0x0100,
       BOOT_ERROR_A = 0x9182, /* why the last image was refused */
};
enum { CMD_NONE = 0xff, CMD_TRANSITION = 0, CMD_UPDATE = 1, CMD_ERASE = 2 };
enum { FROM_HOST = 0, FROM_FLASH = 1, TO_MEMORY = 0, TO_FLASH = 1, FLASH_NOR = 2 };
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
        if (d->cancels && hal_ccs_read8(DD_UPDATE_CANCEL) != 0)
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

static uint32_t chunk_bytes(const download_t *d)
{
    return d->stream.left < DOWNLOAD_BLOCK_BYTES ? d->stream.left : DOWNLOAD_BLOCK_BYTES;
}

/* The host sends its stream in transfers of 1 MiB, and looks at DD_DOWNLOAD_STS before each. */
static uint32_t begin_chunk(download_t *d)
{
    d->chunk_left = d->chunk_bytes = chunk_bytes(d);
    reg_write(TGT_STATUS, TGT_ENDED);
    hal_ccs_write8(DD_DOWNLOAD_STS, 0);
    uint32_t came = wait_for_words(d);
    hal_ccs_write8(DD_DOWNLOAD_STS, DOWNLOADING);
    return came;
}

/* Words of the transfer that are there now, at least one. */
static uint32_t next_words(download_t *d, uint32_t *words)
{
    uint32_t came = d->chunk_left == 0 ? begin_chunk(d) : wait_for_words(d),
             most = d->chunk_left / 4;
    *words = d->waiting < most ? d->waiting : most;
    return came;
}

static void store(void *ctx, uint32_t addr, uint32_t word)
{
    (void)ctx;
    reg_write(addr, word);
}

static void forget(void *ctx, uint32_t addr, uint32_t word)
{
    (void)ctx;
    (void)addr;
    (void)word;
}

static uint32_t reply_of(stream_result_t result)
{
    return result == STREAM_GOES_ON   ? DOWNLOAD_TRANS_DONE
           : result == STREAM_BAD_CRC ? DOWNLOAD_E_AUTH
                                      : DOWNLOAD_E_FORMAT;
}

static uint32_t whole(const download_t *d)
{
    return stream_is_whole(&d->stream) ? DOWNLOAD_TRANS_DONE : DOWNLOAD_E_FORMAT;
}

/* So many words of the FIFO; L2 is the buffer of those for flash: nothing else is there. A word has
 * 240 clocks at 35 MHz. */
static stream_result_t take_words(download_t *d, uint32_t words)
{
    uint32_t buffer = d->stream.limits.l2_base + d->chunk_bytes - d->chunk_left;
    download_store_t put = d->to_flash ? forget : store;
    stream_result_t result = STREAM_GOES_ON;
    d->chunk_left -= 4 * words;
    for (; words != 0 && result == STREAM_GOES_ON; words--) {
        uint32_t word = reg_read(TGT_DATA);
        result = stream_word(&d->stream, word, put, 0);
        if (d->to_flash)
            reg_write(buffer, word);
        buffer += 4;
    }
    return result;
}

/* A piece that is whole goes to flash. */
static bool keep_chunk(download_t *d)
{
    uint32_t base = d->stream.limits.l2_base;
    return !d->to_flash || d->chunk_left != 0 ||
           image_store_write(&d->flash, base, d->chunk_bytes, base + DOWNLOAD_BLOCK_BYTES);
}

/* From the host: the reply, but for what "done" is. */
static uint32_t receive(download_t *d)
{
    uint32_t words, reply = DOWNLOAD_TRANS_DONE;
    d->chunk_left = 0;
    while (d->stream.left != 0 && reply == DOWNLOAD_TRANS_DONE) {
        reply = next_words(d, &words);
        if (reply == DOWNLOAD_TRANS_DONE)
            reply = reply_of(take_words(d, words));
        if (reply == DOWNLOAD_TRANS_DONE && !keep_chunk(d))
            reply = DOWNLOAD_E_INTERNAL;
    }
    return reply == DOWNLOAD_TRANS_DONE ? whole(d) : reply;
}

/* The same from flash; 1024 words take half a millisecond. */
static uint32_t replay(download_t *d, uint32_t at)
{
    download_store_t put = d->to_flash ? forget : store;
    stream_result_t result = STREAM_GOES_ON;
    hal_ccs_write8(DD_DOWNLOAD_STS, DOWNLOADING);
    flash_open(at);
    while (d->stream.left != 0 && result == STREAM_GOES_ON) {
        if (d->waits != 0 && d->stream.left % 4096 == 0)
            d->waits();
        result = stream_word(&d->stream, flash_next_word(), put, 0);
    }
    flash_close();
    return result == STREAM_GOES_ON ? whole(d) : reply_of(result);
}

/* ---- replies ---- */

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
void download_answer(uint32_t reply)
{
    bool error = reply >= DOWNLOAD_E_FORMAT;
    hal_ccs_write8(DD_ERR_STS, error_bit(reply));
    if (error)
        count_up(DD_ERR_CNT);
    if (error && reply != DOWNLOAD_E_STATE && reply != DOWNLOAD_E_PARAMETER)
        count_up(DD_DETECT_CNT);
    hal_ccs_write8(DD_REPLY_STS, reply);
    count_up(DD_REPLY_CNT);
}

/* None of the networks that there were is left, nor how many there was room for. */
static void clear_networks(void)
{
    for (uint32_t n = 0; n < NET_PLACES_MOST; n++)
        reg_write(NET_MAGIC + n * NET_BYTES, 0);
    reg_write(NET_VERSION, 0);
}

static void set_state(download_t *d, download_state_t state)
{
    d->state = state;
    if (state == DOWNLOAD_MAIN)
        clear_networks();
    hal_ccs_write8(DD_SYS_STATE, state == DOWNLOAD_NETWORK ? STATE_WITH_NETWORK : 0);
}

static bool size_is_right(uint32_t bytes)
{
    return bytes != 0 && bytes % 4 == 0 &&
           hal_ccs_read8(DD_DIV_NUM) == (bytes - 1) / DOWNLOAD_BLOCK_BYTES;
}

static uint32_t size_told(void)
{
    return hal_ccs_read16(DD_FILE_SIZE) << 16 | hal_ccs_read16(DD_FILE_SIZE + 2);
}

static uint32_t take_from_host(download_t *d, uint32_t ready)
{
    reg_write(TGT_STATUS, TGT_ENDED | TGT_LOST);
    reg_write(TGT_IRQ_EN, TGT_EVENTS);
    reg_write(TGT_LEVEL, WAKE_WORDS);
    reg_write(TGT_CTRL, TGT_CTRL_ENABLE_MASK | TGT_CTRL_EMPTY_THE_FIFO_MASK);
    d->cancels = ready == DOWNLOAD_UPDATE_READY;
    hal_ccs_write8(DD_UPDATE_CANCEL, 0);
    download_answer(ready);
    uint32_t reply = receive(d);
    reg_write(TGT_CTRL, TGT_CTRL_EMPTY_THE_FIFO_MASK);
    reg_write(TGT_IRQ_EN, 0);
    return reply;
}

static bool open_flash(download_t *d, uint32_t type)
{
    return hal_ccs_read8(DD_FLASH_TYPE) == FLASH_NOR && image_store_open(&d->flash, type, d->waits);
}

static void end_load(download_t *d, uint32_t type, uint32_t reply, uint32_t done)
{
    hal_ccs_write8(DD_DOWNLOAD_STS, 0);
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
    download_answer(reply == DOWNLOAD_TRANS_DONE ? done : reply);
}

/* Nothing of what is there changes when there is no image. */
static void load_from_flash(download_t *d, uint32_t type, uint32_t done)
{
    if (!open_flash(d, type)) {
        download_answer(DOWNLOAD_E_PARAMETER);
    } else if (!d->flash.there) {
        hal_ccs_write16(BOOT_ERROR_A, BOOT_E_NO_IMAGE);
        download_answer(DOWNLOAD_E_FORMAT);
    } else {
        stream_begin(&d->stream, type, d->flash.bytes);
        end_load(d, type, replay(d, image_store_stream(&d->flash)), done);
    }
}

static void load(download_t *d, uint32_t ready, uint32_t done)
{
    uint32_t type = hal_ccs_read8(DD_IMAGE_TYPE), bytes = size_told(),
             mode = hal_ccs_read8(DD_LOAD_MODE);
    if (mode == FROM_FLASH) {
        load_from_flash(d, type, done);
    } else if (mode != FROM_HOST || !size_is_right(bytes)) {
        download_answer(DOWNLOAD_E_PARAMETER);
    } else {
        stream_begin(&d->stream, type, bytes);
        end_load(d, type, take_from_host(d, ready), done);
    }
}

/* ---- images in flash ---- */

/* Is L2 there for a piece and what image_store_write needs? */
static bool has_buffer(const download_t *d)
{
    return d->stream.limits.l2_bytes >= DOWNLOAD_BLOCK_BYTES + IMAGE_STORE_SCRATCH_BYTES;
}

/* What is in flash now, read as it will be; then it counts. */
static uint32_t commit(download_t *d, uint32_t type, uint32_t bytes)
{
    stream_begin(&d->stream, type, bytes);
    bool fine = replay(d, image_store_written(&d->flash)) == DOWNLOAD_TRANS_DONE &&
                image_store_commit(&d->flash);
    return fine ? DOWNLOAD_UPDATE_DONE : DOWNLOAD_E_INTERNAL;
}

static uint32_t write_flash(download_t *d, uint32_t type, uint32_t bytes)
{
    d->to_flash = true;
    stream_begin(&d->stream, type, bytes);
    uint32_t reply = take_from_host(d, DOWNLOAD_UPDATE_READY);
    uint32_t error = d->stream.error;
    if (reply == DOWNLOAD_TRANS_DONE)
        reply = commit(d, type, bytes);
    d->to_flash = false;
    hal_ccs_write8(DD_DOWNLOAD_STS, 0);
    hal_ccs_write16(BOOT_ERROR_A, error);
    set_state(d, d->state); /* L2 was the buffer */
    return reply;
}

static void update_flash(download_t *d)
{
    uint32_t type = hal_ccs_read8(DD_IMAGE_TYPE), bytes = size_told();
    if (!open_flash(d, type) || !has_buffer(d) || !size_is_right(bytes) || bytes > d->flash.room)
        download_answer(DOWNLOAD_E_PARAMETER);
    else if (d->state == DOWNLOAD_EMPTY || d->state == DOWNLOAD_NETWORK)
        download_answer(DOWNLOAD_E_STATE);
    else
        download_answer(write_flash(d, type, bytes));
}

static void erase_flash(download_t *d)
{
    if (!open_flash(d, hal_ccs_read8(DD_IMAGE_TYPE))) {
        download_answer(DOWNLOAD_E_PARAMETER);
    } else if (d->state == DOWNLOAD_EMPTY) {
        download_answer(DOWNLOAD_E_STATE);
    } else {
        hal_ccs_write8(DD_DOWNLOAD_STS, DOWNLOADING);
        bool fine = image_store_erase(&d->flash);
        hal_ccs_write8(DD_DOWNLOAD_STS, 0);
        download_answer(fine ? DOWNLOAD_UPDATE_DONE : DOWNLOAD_E_INTERNAL);
    }
}

/* ---- commands ---- */

static void transition(download_t *d)
{
    uint32_t type = hal_ccs_read8(DD_ST_TRANS_CMD);
    if (type == CLEAR_NETWORK && d->state == DOWNLOAD_NETWORK) {
        set_state(d, DOWNLOAD_MAIN);
        download_answer(DOWNLOAD_TRANS_DONE);
    } else if (type != d->state || type > DOWNLOAD_TYPE_NETWORK ||
               type != hal_ccs_read8(DD_IMAGE_TYPE)) {
        download_answer(DOWNLOAD_E_STATE);
    } else {
        load(d, DOWNLOAD_TRANS_READY, DOWNLOAD_TRANS_DONE);
    }
}

static void update(download_t *d)
{
    uint32_t target = hal_ccs_read8(DD_UPDATE_CMD);
    if (target == TO_FLASH)
        update_flash(d);
    else if (d->state != DOWNLOAD_NETWORK)
        download_answer(DOWNLOAD_E_STATE);
    else if (target != TO_MEMORY || hal_ccs_read8(DD_IMAGE_TYPE) != DOWNLOAD_TYPE_NETWORK)
        download_answer(DOWNLOAD_E_PARAMETER);
    else
        load(d, DOWNLOAD_UPDATE_READY, DOWNLOAD_UPDATE_DONE);
}

/* The program does this itself, whatever it is at. False: it is no such update. */
static bool update_beside(download_t *d, uint32_t command)
{
    uint32_t bytes = size_told();
    if (d->update == 0 || command != CMD_UPDATE || d->state != DOWNLOAD_NETWORK ||
        hal_ccs_read8(DD_UPDATE_CMD) != TO_MEMORY || hal_ccs_read8(DD_LOAD_MODE) != FROM_HOST ||
        hal_ccs_read8(DD_IMAGE_TYPE) != DOWNLOAD_TYPE_NETWORK)
        return false;
    if (size_is_right(bytes))
        d->update(bytes);
    else
        download_answer(DOWNLOAD_E_PARAMETER);
    return true;
}

void download_begin(download_t *download, download_state_t state)
{
    set_state(download, state); /* the registers last a reset */
    hal_ccs_write8(DD_CMD_INT, CMD_NONE);
}

bool download_poll(download_t *download)
{
    uint32_t command = hal_ccs_read8(DD_CMD_INT);
    if (command == CMD_NONE)
        return false;
    hal_ccs_write8(DD_CMD_INT, CMD_NONE);
    if (update_beside(download, command))
        return false;
    if (download->closed)
        download_answer(DOWNLOAD_E_STATE);
    else if (command == CMD_TRANSITION)
        transition(download);
    else if (command == CMD_UPDATE)
        update(download);
    else if (command == CMD_ERASE)
        erase_flash(download);
    else
        download_answer(DOWNLOAD_E_PARAMETER);
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
    hal_ccs_write8(DD_SYS_STATE, hal_ccs_read8(DD_SYS_STATE) | 1u);
}
