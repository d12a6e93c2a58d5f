/*
 * cascade_test.c - a program with two networks in L2: each gives what it gives alone, though they
 * share their working memory, and the first is as it was after the second has run.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/inference.h"
#include "tools/network.h"

#define ELF FOVEA_OUT "/cascade.elf"
#define FW_CC                                                                                      \
    "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs "   \
    "-std=c11 -O2 -Wall -Wextra -Werror -ffreestanding -ffunction-sections -fdata-sections "       \
    "-nostartfiles -Wl,--gc-sections -T firmware/fovea.ld -Ifirmware/include -Ibuild/gen "

static const char *const files[] = {"scenes/person_160.tflite", "npu/networks/cifar_baseline.topo"};
static char error[512];
static sensor_desc_t chip;

/* False, said, where there is no compiler. */
static bool compiles(const char *command)
{
    if (system("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1") != 0) {
        test_skip("no riscv64-unknown-elf-gcc");
        return false;
    }
    ck_assert_int_eq(system(command), 0);
    return true;
}

/* What the program says on a chip with both. */
static void run_guest(char console[4096])
{
    size_t bytes;
    networks_t networks;
    board_t *board = board_new(NULL);
    uint8_t *elf = board_file(ELF, &bytes);
    chip = board->sensor->desc;
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, ELF, error, sizeof(error)) ==
                          SIM_OK &&
                      networks_load(files, 2, &chip.npu, &networks, error, sizeof(error)),
                  "%s", error);
    for (uint32_t n = 0; n < 2; n++)
        ck_assert_int_eq(
            sensor_load_network(board->sensor, &networks.prog[n], error, sizeof(error)), SIM_OK);
    board_start(board);
    for (int i = 0; i < 200 && strstr(board->console, "stop: ") == NULL; i++)
        board_run_ms(board, 1);
    memcpy(console, board->console, 4096);
    free(elf);
    networks_free(&networks);
    board_free(board);
}

/* Its image's bytes are those of `from`, over and over (NULL: the guest's pattern), padding too. */
static void fill(inference_t *in, const uint8_t *from, uint32_t bytes)
{
    const uint32_t *net = in->prog->net;
    uint32_t all = net[NPU_NET_INPUT_PLANE_BYTES_W] * net[NPU_NET_INPUT_CHANNELS_W];
    for (uint32_t n = 0; n < all; n++) {
        uint8_t byte = from != NULL ? from[n % bytes] : (uint8_t)(n * 37 + (n >> 8));
        ck_assert(sim_mem_poke(&in->memory, net[NPU_NET_INPUT_ADDR_W] + n, &byte, 1));
    }
}

/* The network alone; FNV-1a of all outputs as they stand in L2, of the first a copy. */
static uint32_t run_alone(const char *file, const uint8_t *from, uint32_t from_bytes,
                          uint8_t **copy, uint32_t *bytes)
{
    npu_prog_t prog;
    network_options_t options = {0};
    inference_t in = {0};
    uint32_t hash = 2166136261u;
    ck_assert_msg(network_load(file, &chip.npu, &options, &prog, error, sizeof(error)), "%s",
                  error);
    ck_assert_msg(inference_init(&in, &chip, &prog) && inference_load(&in, NULL), "%s", in.error);
    fill(&in, from, from_bytes);
    ck_assert_msg(inference_go(&in), "%s", in.error);
    for (uint32_t o = 0; o < prog.net[NPU_NET_OUTPUTS_W]; o++) {
        npu_net_tensor_t t = npu_prog_output(&prog, o);
        uint32_t count = (uint32_t)npu_net_tensor_elements(&t);
        uint8_t *data = malloc(count);
        ck_assert(sim_mem_peek(&in.memory, t.addr, data, count));
        for (uint32_t i = 0; i < count; i++)
            hash = (hash ^ data[i]) * 16777619u;
        if (o == 0) {
            *copy = data;
            *bytes = count;
        } else {
            free(data);
        }
    }
    inference_free(&in);
    npu_prog_free(&prog);
    return hash;
}

/* What the application said in a run, with these settings. */
static void run_application(const char *name, const char *settings, char said[4096])
{
    char text[4096], path[128];
    size_t bytes;
    snprintf(path, sizeof(path), FOVEA_OUT "/two/%s.json", name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file,
            "{\"chip\": \"../../../logic/chips/imx500.json\", \"firmware\": \"two.elf\", "
            "\"networks\": [\"../../../%s\", \"../../../%s\"], \"frames\": 5, %s "
            "\"scene\": {\"seed\": 1}, \"output\": {\"isp\": false}}",
            files[0], files[1], settings);
    fclose(file);
    int code = fovea(text, sizeof(text), "run %s -o " FOVEA_OUT "/two/%s", path, name);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    snprintf(path, sizeof(path), FOVEA_OUT "/two/%s/uart.log", name);
    uint8_t *log = board_file(path, &bytes);
    size_t at = 0;
    for (size_t i = 0; i < bytes && at + 1 < 4096; i++)
        if (log[i] != '\r')
            said[at++] = (char)log[i];
    said[at] = '\0';
    free(log);
}

/* The number behind "<name> <frame> ". */
static uint32_t hash_of(const char *said, const char *name, uint32_t frame)
{
    char head[32];
    snprintf(head, sizeof(head), "\n%s %u ", name, frame);
    const char *at = strstr(said, head);
    ck_assert_msg(at != NULL, "no %sin:\n%s", head, said);
    return (uint32_t)strtoul(at + strlen(head), NULL, 10);
}

START_TEST(an_application_runs_a_second_network_on_every_frame_and_loses_none)
{
    char alone[4096], both[4096];
    uint8_t *copy;
    uint32_t bytes;
    if (!compiles("mkdir -p " FOVEA_OUT "/two && " FW_CC "tests/tools/guest/two.c "
                  "build/firmware/libfoveafw.a -o " FOVEA_OUT "/two/two.elf"))
        return;
    run_application("alone", "\"settings\": {\"score_min\": 1},", alone);
    run_application("both", "", both);
    chip = sensor_desc_default();
    uint32_t second = run_alone(files[1], NULL, 0, &copy, &bytes);
    for (uint32_t frame = 0; frame < 4; frame++) {
        ck_assert_uint_eq(hash_of(both, "second", frame), second);
        ck_assert_uint_eq(hash_of(both, "first", frame), hash_of(alone, "first", frame));
    }
    ck_assert_ptr_null(strstr(alone, "second"));
    ck_assert_uint_ne(hash_of(alone, "first", 0), hash_of(alone, "first", 3)); /* they see */
    free(copy);
}
END_TEST

START_TEST(two_networks_work_on_each_others_results)
{
    char console[4096], expected[200];
    uint8_t *seen, *said;
    uint32_t bytes, said_bytes;
    if (!compiles(FW_CC "firmware/boot.S firmware/hal.c firmware/net.c "
                        "tests/tools/guest/cascade.c -o " ELF))
        return;
    run_guest(console);
    uint32_t first = run_alone(files[0], NULL, 0, &seen, &bytes);
    uint32_t second = run_alone(files[1], seen, bytes, &said, &said_bytes);
    ck_assert_uint_ne(first, second);
    snprintf(expected, sizeof(expected),
             "two\nfirst %u\nsecond %u\nfirst %u\nsecond %u\nstop: passed\n", first, second, first,
             second);
    ck_assert_str_eq(console, expected);
    free(seen);
    free(said);
}
END_TEST

TEST_MAIN("tools cascade", two_networks_work_on_each_others_results,
          an_application_runs_a_second_network_on_every_frame_and_loses_none)
