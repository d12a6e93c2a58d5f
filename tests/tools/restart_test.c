/*
 * restart_test.c - resets and clock gates while the whole sensor works: frames, NPU, link.
 */
#include "sim/snapshot.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/network.h"

enum { MODE_SELECT = 0x0100, ENABLE = 0x04, REFUSED = 0x08, BLOCK = 0x0c };
#define FIRMWARE "build/firmware/visitor_counter.elf"
#define NPU_BIT (1u << SENSOR_PAGE_npu)
#define ISP_BIT (1u << SENSOR_PAGE_isp)
#define MIPI_BIT (1u << SENSOR_PAGE_mipi)

static board_t *board;
static npu_prog_t network;
static char error[512];

static void on_done(void *ctx, const timeline_frame_t *frame)
{
    uint32_t *frames = ctx;
    (void)frame;
    (*frames)++;
}

static uint32_t frames;

/* Streams from time 0. */
static void start(bool exact)
{
    size_t bytes;
    network_options_t options = {0};
    board = board_new(NULL);
    uint8_t *elf = board_file(FIRMWARE, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, FIRMWARE, error, sizeof(error)) ==
                          SIM_OK &&
                      network_load("scenes/person_160.tflite", &board->sensor->desc.npu, &options,
                                   &network, error, sizeof(error)) &&
                      sensor_load_network(board->sensor, &network, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    free(elf);
    board->sensor->npu.exact = exact;
    board->sensor->timeline.done = on_done;
    board->sensor->timeline.done_ctx = &frames;
    frames = 0;
    board_start(board);
    ck_assert(ccs_host_write(&board->sensor->ccs, MODE_SELECT, 1));
}

static void drop(void)
{
    board_free(board);
    npu_prog_free(&network);
}

static bool npu_busy(void)
{
    return (board->sensor->npu.status_reg & NPU_STATUS_BUSY) != 0;
}

static void run_until_npu_is(bool busy)
{
    for (uint32_t i = 0; i < 100000 && npu_busy() != busy; i++)
        sim_run_until_ps(board->sim, sim_now_ps(board->sim) + SIM_PS_PER_US);
    ck_assert_int_eq(npu_busy(), busy);
}

static uint32_t ctl(uint32_t addr)
{
    return sim_reg_peek(&board->sensor->clkrst.comp, addr);
}

static void set(uint32_t addr, uint32_t value)
{
    sim_reg_write(&board->sensor->clkrst.comp, addr, value);
}

/* The state hash some frames after a watchdog's reset in the middle of an inference. */
static uint64_t hash_after_watchdog(bool exact)
{
    start(exact);
    run_until_npu_is(true);
    sim_run_until_ps(board->sim, sim_now_ps(board->sim) + 200 * SIM_PS_PER_US);
    ck_assert(npu_busy());
    ck_assert_uint_eq(frames, 0);
    clkrst_request(&board->sensor->clkrst, RST_WATCHDOG);
    board_run_ms(board, 1);
    ck_assert(!npu_busy());
    ck_assert_str_eq(board->console, "visitor_counter 1\nready\nvisitor_counter 1\nready\n");
    board_run_ms(board, 120);
    ck_assert_uint_ge(frames, 2);
    uint64_t hash = sim_state_hash(board->sim);
    drop();
    return hash;
}

/* The host's mode_select lasts, so the firmware streams again by itself. */
START_TEST(a_watchdog_reset_in_the_middle_of_an_inference_recovers)
{
    ck_assert_uint_eq(hash_after_watchdog(false), hash_after_watchdog(true));
}
END_TEST

START_TEST(busy_blocks_keep_their_clocks_and_idle_ones_lose_lines)
{
    start(false);
    run_until_npu_is(true);
    sim_run_until_ps(board->sim, sim_now_ps(board->sim) + 50 * SIM_PS_PER_US);
    set(ENABLE, ~(NPU_BIT | ISP_BIT)); /* the tensor's handler is through with the ISP */
    ck_assert_uint_ne(ctl(REFUSED) & NPU_BIT, 0);
    ck_assert_uint_ne(ctl(ENABLE) & NPU_BIT, 0);
    run_until_npu_is(false);
    board_run_ms(board, 1); /* the metadata leaves */
    uint64_t skipped = board->sensor->npu.tensors_skipped, sent = board->sensor->mipi.packets;
    set(ENABLE, ~(NPU_BIT | MIPI_BIT));
    ck_assert_uint_eq(ctl(ENABLE), ~(NPU_BIT | MIPI_BIT));
    uint32_t seen = frames;
    board_run_ms(board, 100); /* three frames of nothing */
    ck_assert_uint_eq(frames, seen);
    ck_assert(!npu_busy());
    ck_assert_uint_eq(board->sensor->npu.tensors_skipped, skipped);
    ck_assert_uint_eq(board->sensor->mipi.packets, sent);
    set(ENABLE, UINT32_MAX);
    board_run_ms(board, 100);
    ck_assert_uint_ge(frames, seen + 2);
    drop();
}
END_TEST

/* The bit stays until the last DMA instruction is complete; then the NPU has forgotten all. */
START_TEST(a_running_npu_is_reset_when_it_leaves_the_bus)
{
    start(false);
    run_until_npu_is(true);
    sim_run_until_ps(board->sim, sim_now_ps(board->sim) + 100 * SIM_PS_PER_US);
    set(BLOCK, NPU_BIT);
    ck_assert_uint_eq(ctl(BLOCK), NPU_BIT);
    board_run_ms(board, 2);
    ck_assert_uint_eq(ctl(BLOCK), 0);
    ck_assert(!npu_busy());
    ck_assert_uint_eq(board->sensor->l2.master[board->sensor->npu.load.port.master].queued, 0);
    board_run_ms(board, 50);
    ck_assert_uint_eq(frames, 0);
    drop();
}
END_TEST

/* A reset while the controller has bursts under way, and a snapshot in the middle of them. */
START_TEST(a_transfer_of_the_flash_can_be_kept_and_cut)
{
    sensor_desc_t desc = sensor_desc_default();
    desc.logic.flash.fitted = true;
    board = board_new(&desc);
    spi_t *spi = &board->sensor->spi;
    for (uint32_t i = 0; i < desc.logic.flash.bytes; i++)
        board->sensor->flash.memory[i] = (uint8_t)(i * 7 >> 3);
    board_start(board);
    static const uint32_t writes[][2] = {{0x08, 2}, {0x04, 0x101}, {0x14, 0x0b}, {0x14, 0},
                                         {0x14, 0}, {0x14, 0},     {0x14, 0}};
    for (size_t i = 0; i < SIM_COUNT(writes); i++)
        sim_reg_write(&spi->comp, writes[i][0], writes[i][1]);
    board_run_ms(board, 1);
    sim_reg_write(&spi->comp, 0x18, BUS_L2_BASE);
    sim_reg_write(&spi->comp, 0x1c, 1 << 16);
    sim_reg_write(&spi->comp, 0x20, 1);
    while (!spi->writing[0]) /* in the middle of a burst into memory */
        ck_assert(sim_step(board->sim, SIM_PS_PER_S));
    sim_snapshot_t *kept = sim_snapshot_take(board->sim, NULL);
    ck_assert_ptr_nonnull(kept);
    board_run_ms(board, 20);
    ck_assert_uint_eq(spi->status & SPI_DONE, SPI_DONE);
    ck_assert_uint_eq(spi->crc, sim_crc32(0, board->sensor->flash.memory, 1 << 16));
    uint64_t hash = sim_state_hash(board->sim);
    sim_snapshot_restore(board->sim, kept);
    ck_assert_uint_eq(spi->status & SPI_DONE, 0);
    board_run_ms(board, 20);
    ck_assert_uint_eq(sim_state_hash(board->sim), hash);
    sim_snapshot_restore(board->sim, kept);
    clkrst_request(&board->sensor->clkrst, RST_SOFTWARE);
    board_run_ms(board, 20);
    ck_assert_uint_eq(spi->status, SPI_TX_EMPTY);
    ck_assert(!board->sensor->flash.selected);
    sim_snapshot_free(kept);
    board_free(board);
}
END_TEST

TEST_MAIN("tools resets", a_watchdog_reset_in_the_middle_of_an_inference_recovers,
          busy_blocks_keep_their_clocks_and_idle_ones_lose_lines,
          a_running_npu_is_reset_when_it_leaves_the_bus,
          a_transfer_of_the_flash_can_be_kept_and_cut)
