#include "tests/tools/board.h"

#include <string.h>

#include "sim/file.h"
#include "tests/test.h"

static void dark(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *const planes[] = {out->r, out->g, out->b};
    (void)ctx;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            planes[p][i] = 0;
}

static void on_uart(void *ctx, uint8_t byte)
{
    board_t *b = ctx;
    if (byte != '\r' && b->printed + 1 < sizeof(b->console))
        b->console[b->printed++] = (char)byte;
}

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    board_t *b = ctx;
    (void)time_ps;
    snprintf(b->log, sizeof(b->log), "%s %s: %s", sim_log_level_name(level), name, line);
}

static void on_done(void *ctx, const cci_xfer_t *xfer)
{
    board_t *b = ctx;
    b->done = *xfer;
    b->dones++;
}

board_t *board_new(const sensor_desc_t *desc)
{
    sensor_desc_t plain = sensor_desc_default();
    board_t *b = calloc(1, sizeof(*b));
    ck_assert_ptr_nonnull(b);
    b->sim = sim_new();
    b->pool = sim_pool_new(1);
    b->sensor = sensor_new();
    sim_set_log(b->sim, on_log, b, SIM_LOG_INFO);
    ck_assert_msg(sensor_init(b->sensor, b->sim, desc != NULL ? desc : &plain, b->pool) == SIM_OK,
                  "%s", sim_error(b->sim));
    b->client = cci_client(&b->sensor->cci, on_done, b);
    b->device = CCI_DEVICE;
    b->sensor->pixel.light.row = dark;
    b->sensor->uart.sent = on_uart;
    b->sensor->uart.sent_ctx = b;
    return b;
}

void board_free(board_t *board)
{
    sensor_free(board->sensor);
    sim_pool_free(board->pool);
    sim_free(board->sim);
    free(board);
}

void board_start(board_t *board)
{
    ck_assert_int_eq(sim_check(board->sim), SIM_OK);
    sim_reset(board->sim);
    ck_assert_int_eq(sim_start(board->sim), SIM_OK);
}

void board_run_ms(board_t *board, uint64_t ms)
{
    sim_run_until_ps(board->sim, sim_now_ps(board->sim) + ms * SIM_PS_PER_MS);
}

uint32_t board_wait(board_t *board, uint16_t addr, uint32_t from, uint64_t ms)
{
    uint64_t end = sim_now_ps(board->sim) + ms * SIM_PS_PER_MS;
    while (board_ccs(board, addr) == from && sim_now_ps(board->sim) < end)
        sim_run_until_ps(board->sim, sim_now_ps(board->sim) + 10 * SIM_PS_PER_US);
    return board_ccs(board, addr);
}

bool board_cci_write(board_t *board, uint16_t addr, uint32_t value)
{
    uint32_t bytes = ccs_find(&board->sensor->ccs.desc, addr)->bytes, before = board->dones;
    cci_xfer_t xfer = cci_write_of(board->client, 0, addr, bytes, value);
    xfer.device = board->device;
    ck_assert(cci_submit(&board->sensor->cci, &xfer));
    while (board->dones == before)
        sim_run_until_ps(board->sim, sim_now_ps(board->sim) + SIM_PS_PER_US);
    return board->done.nak == 0;
}

uint32_t board_ccs(const board_t *board, uint16_t addr)
{
    uint32_t value = 0xdead;
    ck_assert(ccs_host_read(&board->sensor->ccs, addr, &value));
    return value;
}

uint32_t board_word(board_t *board, uint32_t addr)
{
    uint8_t b[4];
    ck_assert(bus_peek(&board->sensor->bus, addr, b, 4));
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* ---- link ---- */

void board_capture(board_t *board, const char *path)
{
    char error[256];
    board->link = sim_file_create(path, error, sizeof(error));
    ck_assert_msg(board->link != NULL, "%s", error);
    mipi_capture_begin(
        &board->capture, board->link,
        &(mipi_phy_t){.signaling = MIPI_DPHY, .dphy = board->sensor->mipi.desc.dphy});
    ck_assert(mipi_tx_listen(&board->sensor->mipi, mipi_capture_packet, &board->capture));
}

void board_capture_end(board_t *board, const char *path)
{
    char error[256];
    mipi_capture_end(&board->capture);
    ck_assert_msg(sim_file_commit(board->link, path, error, sizeof(error)) == SIM_OK, "%s", error);
    board->link = NULL;
}

/* ---- mailbox ---- */

enum { COMMAND = 0x9100, M_STATUS = 0x9102, RESULT = 0x9104, ACK = 0x9106, WORD0 = 0x9110 };
enum { ANSWERED = 2, HEALTH_COST = 0xf000, NAME_WORD = 4 };

void board_command(board_t *board, uint32_t command, uint32_t argument)
{
    ck_assert(ccs_host_write(&board->sensor->ccs, WORD0, argument));
    ck_assert(ccs_host_write(&board->sensor->ccs, COMMAND, command));
}

uint32_t board_ask(board_t *board, uint32_t command, uint32_t argument)
{
    board_command(board, command, argument);
    uint32_t status = board_wait(board, M_STATUS, board_ccs(board, M_STATUS), 300);
    ck_assert_msg((status & 3) == ANSWERED, "command %u: %s\n%s", command, board->console,
                  board->log);
    ck_assert(ccs_host_write(&board->sensor->ccs, ACK, ANSWERED));
    return board_ccs(board, RESULT);
}

uint32_t board_answer(const board_t *board, uint32_t n)
{
    return board_ccs(board, (uint16_t)(WORD0 + 4 * n));
}

bool board_ask_cost(board_t *board, const char *name)
{
    for (uint32_t n = 0; board_ask(board, HEALTH_COST, n) == 1; n++) {
        char found[17] = "";
        for (uint32_t i = 0; i < 16; i++)
            found[i] = (char)(board_answer(board, NAME_WORD + i / 4) >> 8 * (i % 4));
        if (strcmp(found, name) == 0)
            return true;
    }
    return false;
}

uint8_t *board_file(const char *path, size_t *bytes)
{
    char error[256];
    uint8_t *data = sim_file_read(path, 1 << 24, bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    return data;
}
