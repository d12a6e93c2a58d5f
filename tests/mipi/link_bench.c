/*
 * link_bench.c - what the link costs the host: CPU time of a 12.3 Mpixel frame in RAW10 from lines
 * of samples through transmitter and receiver, everything checked, back to samples; and of its
 * parts.
 *
 * 3040 lines of 4056 pixels, one thread, per vector level; the best of FRAMES frames. The parts
 * work on one line again and again, as the link does while it is in the cache.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mipi/pack.h"
#include "mipi/packet.h"
#include "tests/mipi/rig.h"

enum { WIDTH = 4056, HEIGHT = 3040, BYTES = WIDTH / 4 * 5, FRAMES = 15, LINE_NS = 24060 };

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static uint16_t line_px[WIDTH];
static uint8_t line_bytes[WIDTH * 2], copy_bytes[BYTES]; /* room for any depth */

/* ---- parts: each does one line ------------------------------------------------------------------
 */
static void do_pack(sim_simd_t level, uint32_t n)
{
    line_px[n % WIDTH] = (uint16_t)(n & 0x3ff);
    mipi_pack_row(10, level)(line_bytes, line_px, WIDTH);
}

static void do_crc(sim_simd_t level, uint32_t n)
{
    (void)level;
    uint16_t crc = mipi_crc16((uint16_t)n, line_bytes, BYTES);
    line_bytes[0] = (uint8_t)crc;
}

static void do_ecc(sim_simd_t level, uint32_t n)
{
    (void)level;
    mipi_header_t header = {.vc = 0, .dt = MIPI_DT_RAW10, .word = (uint16_t)n};
    mipi_header_encode(&header, line_bytes);
    mipi_header_decode(line_bytes, &header);
    line_bytes[4] = header.dt;
}

static void do_unpack(sim_simd_t level, uint32_t n)
{
    line_bytes[n % BYTES] = (uint8_t)n;
    mipi_unpack_row(10, level)(line_px, line_bytes, WIDTH);
}

static void do_pack12(sim_simd_t level, uint32_t n)
{
    line_px[n % WIDTH] = (uint16_t)(n & 0xfff);
    mipi_pack_row(12, level)(line_bytes, line_px, WIDTH);
}

static void do_unpack12(sim_simd_t level, uint32_t n)
{
    line_bytes[n % BYTES] = (uint8_t)n;
    mipi_unpack_row(12, level)(line_px, line_bytes, WIDTH);
}

static void do_copy(sim_simd_t level, uint32_t n)
{
    (void)level;
    line_bytes[n % BYTES] = (uint8_t)n;
    memcpy(copy_bytes, line_bytes, BYTES);
    line_bytes[0] ^= ((volatile uint8_t *)copy_bytes)[n % BYTES];
}

static void bench_part(const char *name, sim_simd_t level, void (*part)(sim_simd_t, uint32_t))
{
    double best = 0;
    for (int frame = 0; frame < FRAMES; frame++) {
        double start = cpu_ms();
        for (uint32_t n = 0; n < HEIGHT; n++)
            part(level, n);
        double took = cpu_ms() - start;
        best = frame == 0 || took < best ? took : best;
    }
    printf("link_%s_%s %.2f ms\n", name, sim_simd_name(level), best);
}

/* ---- the whole way ------------------------------------------------------------------------------
 */
static void bench_frame(sim_simd_t level)
{
    static rig_t rig;
    mipi_desc_t desc = mipi_desc_default();
    uint16_t *px = malloc(sizeof(*px) * WIDTH * HEIGHT);
    mipi_rx_t rx;
    double best = 0;
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        px[i] = (uint16_t)((i * 2654435761u) >> 22);
    rig_open(&rig, &desc);
    rig.tx.listeners = 0;
    mipi_rx_init(&rx, NULL, NULL);
    mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
    rig_lines(&rig, WIDTH, HEIGHT, HEIGHT * FRAMES, 0, LINE_NS * SIM_PS_PER_NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    for (uint64_t frame = 1; frame <= FRAMES; frame++) {
        double start = cpu_ms();
        sim_run_until_ps(rig.sim, frame * HEIGHT * LINE_NS * SIM_PS_PER_NS);
        double took = cpu_ms() - start;
        best = frame == 1 || took < best ? took : best;
    }
    if (rig.tx.lines_lost != 0 || mipi_rx_event_count(&rx) != 0 || rx.packets < HEIGHT * FRAMES ||
        memcmp(rx.channel[0].frame.stream[0].px, px, sizeof(*px) * WIDTH * HEIGHT) != 0)
        printf("link_frame: not what was sent\n");
    printf("link_frame_%s %.2f ms\n", sim_simd_name(level), best);
    mipi_rx_free(&rx);
    rig_close(&rig);
    free(px);
}

int main(void)
{
    const struct {
        const char *name;
        void (*part)(sim_simd_t, uint32_t);
    } parts[] = {{"pack10", do_pack},      {"crc", do_crc},   {"ecc", do_ecc},
                 {"unpack10", do_unpack},  {"copy", do_copy}, {"pack12", do_pack12},
                 {"unpack12", do_unpack12}};
    for (int level = 0; level <= (int)sim_simd_best() && level <= SIM_SIMD_AVX512; level++) {
        sim_simd_force((sim_simd_t)level);
        bench_frame((sim_simd_t)level);
        for (size_t i = 0; i < SIM_COUNT(parts); i++)
            bench_part(parts[i].name, (sim_simd_t)level, parts[i].part);
    }
    return 0;
}
