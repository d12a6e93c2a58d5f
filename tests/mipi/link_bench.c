/*
 * What the link costs the host: MB of payload a second for each step of a RAW10 line's way, and for
 * the whole way transmitter -> receiver.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mipi/pack.h"
#include "mipi/packet.h"
#include "tests/mipi/rig.h"

#define WIDTH 2028u
#define BYTES 2535u
#define LINES 60000u

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void print(const char *what, uint64_t payload_bytes, double seconds)
{
    printf("%-28s %8.0f MB/s\n", what, (double)payload_bytes / seconds / 1e6);
}

static void bench_rows(sim_simd_t level)
{
    static uint16_t px[WIDTH];
    static uint8_t out[BYTES + 6];
    char what[64];
    double start = now_s();
    for (uint32_t n = 0; n < LINES; n++) {
        px[n % WIDTH] = (uint16_t)n;
        mipi_pack_row(10, level)(out, px, WIDTH);
    }
    snprintf(what, sizeof(what), "pack RAW10, %s", sim_simd_name(level));
    print(what, (uint64_t)LINES * BYTES, now_s() - start);
    start = now_s();
    for (uint32_t n = 0; n < LINES; n++) {
        out[n % BYTES] = (uint8_t)n;
        mipi_unpack_row(10, level)(px, out, WIDTH);
    }
    snprintf(what, sizeof(what), "unpack RAW10, %s", sim_simd_name(level));
    print(what, (uint64_t)LINES * BYTES, now_s() - start);
}

static void bench_crc(void)
{
    static uint8_t data[BYTES];
    uint16_t crc = MIPI_CRC_START;
    double start = now_s();
    for (uint32_t n = 0; n < LINES; n++) {
        crc = mipi_crc16(crc, data, BYTES);
        data[0] = (uint8_t)crc;
    }
    print("CRC-16", (uint64_t)LINES * BYTES, now_s() - start);
}

static void bench_link(void)
{
    static uint16_t px[WIDTH];
    static rig_t rig;
    mipi_desc_t desc = mipi_desc_default();
    mipi_rx_t rx;
    rig_open(&rig, &desc);
    rig.tx.listeners = 0;
    mipi_rx_init(&rx, NULL, NULL);
    mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
    rig_lines(&rig, WIDTH, 1, 1520 * 20, 1000, 12650000, px);
    rig.source.line.height_px = 1;
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    double start = now_s();
    sim_run_until_ps(rig.sim, SIM_PS_PER_S);
    double seconds = now_s() - start;
    print("transmitter to receiver", rig.tx.image_bytes, seconds);
    printf("%-28s %8.1f times real time (2 lanes of 888 Mb/s)\n", "",
           (double)rig.tx.link_busy_ps / 1e12 / seconds);
    mipi_rx_free(&rx);
    rig_close(&rig);
}

int main(void)
{
    for (int level = 0; level <= (int)sim_simd_best() && level <= SIM_SIMD_AVX2; level++)
        bench_rows((sim_simd_t)level);
    bench_crc();
    bench_link();
    return 0;
}
