/*
 * fnp_test.c - the program file: there and back, and files that mean no good.
 */
#include "npu/array.h"
#include "npu/fnp.h"
#include "npu/pack.h"
#include "sim/hash.h"
#include "tests/npu/npu_random.h"
#include "tests/test.h"

static char error[300];

static uint8_t *small_file(size_t *bytes)
{
    npu_prog_t prog = {0};
    npu_insn_t end = {.op = NPU_OP_END};
    npu_prog_add_insn(&prog, &end, NULL, 0);
    npu_prog_add_blob(&prog, 64, "abc", 3);
    npu_layer_t layer = {.name = "one", .op = "ADD", .macs = 1};
    npu_prog_add_layer(&prog, &layer);
    uint8_t *file = npu_fnp_print(&prog, bytes, error, sizeof(error));
    ck_assert_msg(file != NULL, "%s", error);
    npu_prog_free(&prog);
    return file;
}

START_TEST(a_file_reads_back_as_the_program_it_was_made_from)
{
    for (uint32_t seed = 0; seed < 6; seed++) {
        sim_stream_t rng = sim_stream(seed, 8, 8);
        npu_prog_t prog = {0}, back;
        size_t bytes;
        random_prog(&rng, 200, &prog);
        uint8_t *file = npu_fnp_print(&prog, &bytes, error, sizeof(error));
        ck_assert_msg(file != NULL, "%s", error);
        ck_assert_msg(npu_fnp_parse(file, bytes, "f", &back, error, sizeof(error)) == SIM_OK, "%s",
                      error);
        ck_assert(npu_prog_equal(&prog, &back));
        back.meta.macs++;
        ck_assert(!npu_prog_equal(&prog, &back));
        npu_prog_free(&prog);
        npu_prog_free(&back);
        free(file);
    }
}
END_TEST

START_TEST(every_single_byte_of_a_file_matters)
{
    size_t bytes;
    uint8_t *file = small_file(&bytes);
    for (size_t i = 0; i < bytes; i++) {
        npu_prog_t prog;
        file[i] ^= 0x40;
        ck_assert_int_eq(npu_fnp_parse(file, bytes, "f", &prog, error, sizeof(error)), SIM_EPARSE);
        ck_assert_int_eq(strncmp(error, "f: ", 3), 0);
        ck_assert_ptr_null(prog.insns);
        file[i] ^= 0x40;
    }
    free(file);
}
END_TEST

START_TEST(a_cut_file_is_refused_wherever_it_is_cut)
{
    size_t bytes;
    uint8_t *file = small_file(&bytes);
    for (size_t n = 0; n < bytes; n++) {
        npu_prog_t prog;
        uint8_t *copy = malloc(n == 0 ? 1 : n); /* so that a sanitizer sees reads beyond it */
        memcpy(copy, file, n);
        ck_assert_int_eq(npu_fnp_parse(copy, n, "f", &prog, error, sizeof(error)), SIM_EPARSE);
        free(copy);
    }
    free(file);
}
END_TEST

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Makes all checksums right again, so that what stands behind them is looked at. */
static void seal(uint8_t *file, size_t bytes)
{
    uint32_t sections = get_u32(file + 8);
    for (uint32_t i = 0; i < sections; i++) {
        uint8_t *entry = file + 16 + 16 * (size_t)i;
        uint32_t offset = get_u32(entry + 4), size = get_u32(entry + 8);
        if (offset <= bytes && size <= bytes - offset)
            put_u32(entry + 12, sim_crc32(0, file + offset, size));
    }
    put_u32(file + 12, sim_crc32(sim_crc32(0, file, 12), file + 16, 16 * (size_t)sections));
}

START_TEST(a_file_with_right_checksums_and_wrong_content_is_refused_or_valid)
{
    size_t bytes;
    uint32_t accepted = 0, refused = 0;
    uint8_t *file = small_file(&bytes);
    for (size_t i = 12; i < bytes; i++)
        for (uint32_t k = 0; k < 3; k++) {
            static const uint8_t flips[] = {0x01, 0x80, 0xff};
            npu_prog_t prog;
            uint8_t *copy = malloc(bytes);
            memcpy(copy, file, bytes);
            copy[i] ^= flips[k];
            seal(copy, bytes);
            if (npu_fnp_parse(copy, bytes, "f", &prog, error, sizeof(error)) == SIM_OK) {
                ck_assert_msg(npu_prog_valid(&prog, error, sizeof(error)), "%s", error);
                npu_prog_free(&prog);
                accepted++;
            } else {
                refused++;
            }
            free(copy);
        }
    ck_assert_uint_gt(accepted, 100); /* names, numbers */
    ck_assert_uint_gt(refused, 100);
    free(file);
}
END_TEST

START_TEST(messages_say_where_and_what)
{
    size_t bytes;
    uint8_t *file = small_file(&bytes);
    npu_prog_t prog;
    npu_fnp_parse("hello, I am no program", 22, "x.fnp", &prog, error, sizeof(error));
    ck_assert_str_eq(error, "x.fnp: 0: not a program file: begins with 0x6c6c6568, not \"FNP1\"");
    npu_fnp_parse("abc", 3, "x.fnp", &prog, error, sizeof(error));
    ck_assert_str_eq(error, "x.fnp: 0: section ends inside a number");
    put_u32(file + 4, 1);
    npu_fnp_parse(file, bytes, "x.fnp", &prog, error, sizeof(error));
    ck_assert_str_eq(error, "x.fnp: 4: version 1, this program reads 5");
    put_u32(file + 4, 5);
    put_u32(file + 8, 200);
    npu_fnp_parse(file, bytes, "x.fnp", &prog, error, sizeof(error));
    ck_assert_str_eq(error, "x.fnp: 8: 200 sections do not fit");
    put_u32(file + 8, 9);
    put_u32(file + 16 + 8, 100000); /* size of the first section */
    seal(file, bytes);
    npu_fnp_parse(file, bytes, "x.fnp", &prog, error, sizeof(error));
    char want[120];
    snprintf(want, sizeof(want),
             "x.fnp: 16: section 0 (META): 100000 bytes at 160, beyond the file's %zu", bytes);
    ck_assert_str_eq(error, want);
    free(file);
}
END_TEST

START_TEST(a_program_too_large_for_the_chip_is_named)
{
    npu_desc_t desc = npu_desc_default();
    npu_prog_t prog = {0};
    npu_insn_t end = {.op = NPU_OP_END};
    npu_prog_add_insn(&prog, &end, NULL, 0);
    ck_assert(npu_prog_fits(&prog, &desc, error, sizeof(error)));
    prog.meta.mem_bytes[NPU_MEM_WGT] = 300000;
    ck_assert(!npu_prog_fits(&prog, &desc, error, sizeof(error)));
    ck_assert_str_eq(error, "wgt: 300000 bytes of L1 needed, 262144 there");
    prog.meta.mem_bytes[NPU_MEM_WGT] = 0;
    npu_prog_add_blob(&prog, 8388478, "abc", 3);
    ck_assert(!npu_prog_fits(&prog, &desc, error, sizeof(error)));
    ck_assert_str_eq(error, "L2: 8388481 bytes needed, 8388480 there");
    npu_prog_free(&prog);
}
END_TEST

/* A program without an instruction that counts, compiled for the default chip. */
static npu_prog_t made_for(const npu_desc_t *desc)
{
    npu_prog_t prog = {.made_for = npu_made_for(desc)};
    npu_insn_t end = {.op = NPU_OP_END};
    npu_prog_add_insn(&prog, &end, NULL, 0);
    ck_assert_msg(npu_prog_valid(&prog, error, sizeof(error)), "%s", error);
    return prog;
}

START_TEST(a_program_runs_only_on_the_geometry_it_was_compiled_for)
{
    const npu_desc_t here = npu_desc_default();
    npu_prog_t prog = made_for(&here);
    npu_desc_t ws = here, small = here, elsewhere = here, both = here;
    ws.mac_kind = NPU_ARRAY_WS;
    small.mem_bytes[NPU_MEM_WGT] = 131072;
    elsewhere.l2_base = 0x08000000;
    both.l2_bytes = 16 << 20;
    both.mac_rows = 32;
    const struct {
        const npu_desc_t *chip;
        const char *what;
    } cases[] = {
        {&ws, "compiled for mac.kind imx500, this chip has ws"},
        {&small, "compiled for l1.weight_bytes 262144, this chip has 131072"},
        {&elsewhere, "compiled for l2.base 67108864, this chip has 134217728"},
        {&both, "compiled for l2.bytes 8388480, this chip has 16777216, and 1 more differ"},
    };
    ck_assert(npu_prog_fits(&prog, &here, error, sizeof(error)));
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ck_assert(!npu_prog_fits(&prog, cases[i].chip, error, sizeof(error)));
        ck_assert_str_eq(error, cases[i].what);
        ck_assert(npu_prog_native(&prog, cases[i].chip, error, sizeof(error)));
    }
    npu_prog_free(&prog);
}
END_TEST

START_TEST(a_program_for_other_rates_runs_and_is_not_native)
{
    npu_desc_t here = npu_desc_default(), fast = here;
    npu_prog_t prog = made_for(&here);
    ck_assert(npu_prog_native(&prog, &here, error, sizeof(error)));
    fast.clk_hz = 500000000; /* no cycle depends on it */
    ck_assert(npu_prog_native(&prog, &fast, error, sizeof(error)));
    fast.vec_elements = 128;
    ck_assert(npu_prog_fits(&prog, &fast, error, sizeof(error)));
    ck_assert(!npu_prog_native(&prog, &fast, error, sizeof(error)));
    ck_assert_str_eq(error, "compiled for vector.elements_per_cycle 64, this chip has 128");
    fast.dma_compression = NPU_COMPRESSION_RICE; /* nothing in it is packed */
    ck_assert(npu_prog_fits(&prog, &fast, error, sizeof(error)));
    ck_assert(!npu_prog_native(&prog, &fast, error, sizeof(error)));
    ck_assert_str_eq(
        error, "compiled for dma.weight_compression none, this chip has rice, and 1 more differ");
    fast.dma_compression = NPU_COMPRESSION_NONE;
    fast.cascade = NPU_CASCADE_OFF;
    fast.overlap = NPU_OVERLAP_ALL;
    ck_assert(!npu_prog_native(&prog, &fast, error, sizeof(error)));
    ck_assert_str_eq(error,
                     "compiled for compiler.cascade auto, this chip has off, and 2 more differ");
    prog.made_for = (npu_made_for_t){0}; /* as a program written by hand */
    fast.mac_kind = NPU_ARRAY_OS;
    ck_assert(npu_prog_fits(&prog, &fast, error, sizeof(error)));
    ck_assert(npu_prog_native(&prog, &fast, error, sizeof(error)));
    npu_prog_free(&prog);
}
END_TEST

START_TEST(every_word_of_chip_data_has_a_name_of_its_own)
{
    npu_desc_t desc = npu_desc_default();
    for (uint32_t a = 0; a < NPU_CHIP_WORDS; a++)
        for (uint32_t b = 0; b < a; b++) {
            npu_chip_word_t x = npu_chip_word(&desc, a), y = npu_chip_word(&desc, b);
            ck_assert(strcmp(x.section, y.section) != 0 || strcmp(x.key, y.key) != 0);
        }
}
END_TEST

START_TEST(chip_data_of_nonsense_is_refused)
{
    npu_desc_t desc = npu_desc_default();
    npu_prog_t prog = made_for(&desc);
    prog.made_for.given |= UINT64_C(1) << 46;
    ck_assert(!npu_prog_valid(&prog, error, sizeof(error)));
    ck_assert_str_eq(error, "chip data: 0x7fffffffffff of 46 words");
    prog.made_for.given = 2;
    ck_assert(!npu_prog_valid(&prog, error, sizeof(error)));
    ck_assert_str_eq(error, "chip data: word 0 is 67108864, but not given");
    npu_prog_free(&prog);
}
END_TEST

/* A program of one instruction with a network table of one input and one output. */
static void with_table(npu_prog_t *prog)
{
    npu_insn_t insn = {.op = NPU_OP_END};
    npu_net_tensor_t t = {.dims = 4, .shape = {1, 2, 3, 4}, .addr = 4096};
    npu_end_t end = {.name = "t"};
    memset(prog, 0, sizeof(*prog));
    npu_prog_add_insn(prog, &insn, NULL, 0);
    prog->net[NPU_NET_MAGIC_W] = NPU_NET_MAGIC;
    prog->net[NPU_NET_VERSION_W] = NPU_NET_VERSION;
    prog->net[NPU_NET_INPUTS_W] = prog->net[NPU_NET_OUTPUTS_W] = 1;
    npu_net_tensor_put(&t, prog->net + NPU_NET_INPUT_W(0));
    npu_net_tensor_put(&t, prog->net + NPU_NET_OUTPUT_W(0));
    npu_prog_add_end(prog, &end);
    npu_prog_add_end(prog, &end);
    ck_assert_msg(npu_prog_valid(prog, error, sizeof(error)), "%s", error);
}

START_TEST(a_network_table_of_nonsense_is_refused)
{
    static const struct {
        uint32_t word, value;
        const char *what;
    } cases[] = {
        {NPU_NET_VERSION_W, 1, "network table: magic 0x54454e46, version 1, not 0x54454e46, 4"},
        {NPU_NET_PLACES_W, 17, "network table: place 0 of 17, at most 16"},
        {NPU_NET_PLACE_W, 1, "network table: place 1 of 0, at most 16"},
        {NPU_NET_INPUTS_W, 17, "network table: 17 inputs, 1 outputs, at most 16 each"},
        {NPU_NET_INPUTS_W, 2, "network table: input 1: type 0, 0 dimensions"},
        {NPU_NET_INPUTS_W, 0, "2 names of inputs and outputs for 1 of them"},
        {NPU_NET_INPUT_W(0) + NPU_TENSOR_FORMAT_W, 0x405,
         "network table: input 0: type 5, 4 dimensions"},
        {NPU_NET_OUTPUT_W(0) + NPU_TENSOR_FORMAT_W, 0x500,
         "network table: output 0: type 0, 5 dimensions"},
        {NPU_NET_OUTPUT_W(0) + NPU_TENSOR_FORMAT_W, 0x300,
         "network table: output 0: type 0, 3 dimensions"},
        {NPU_NET_INPUT_W(0) + NPU_TENSOR_DIM1_W, 1u << 25,
         "network table: input 0: type 0, 4 dimensions"},
        {NPU_NET_INPUT_CHANNELS_W, 4, "network table: the image (0 x 0 x 4) is none of the inputs"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        npu_prog_t prog;
        with_table(&prog);
        prog.net[cases[i].word] = cases[i].value;
        ck_assert(!npu_prog_valid(&prog, error, sizeof(error)));
        ck_assert_str_eq(error, cases[i].what);
        npu_prog_free(&prog);
    }
}
END_TEST

START_TEST(a_tensor_of_the_network_table_packs_and_unpacks)
{
    uint32_t word[NPU_TENSOR_WORDS];
    npu_net_tensor_t t = {.addr = 0x04001000,
                          .dtype = NPU_DTYPE_UINT8,
                          .dims = 2,
                          .shape = {1, 10, 1, 1},
                          .zero_point = -128,
                          .scale_bits = 0x3b800000};
    npu_net_tensor_put(&t, word);
    ck_assert_uint_eq(word[NPU_TENSOR_FORMAT_W], 0xff800201);
    npu_net_tensor_t back = npu_net_tensor(word);
    ck_assert_int_eq(back.zero_point, -128);
    ck_assert_uint_eq(back.addr, t.addr);
    ck_assert_uint_eq(back.dtype, t.dtype);
    ck_assert_uint_eq(back.dims, 2);
    ck_assert_mem_eq(back.shape, t.shape, sizeof(t.shape));
    ck_assert_uint_eq(back.scale_bits, t.scale_bits);
}
END_TEST

START_TEST(names_are_made_printable)
{
    char name[NPU_NAME_BYTES];
    npu_name_set(name, "a\"b\\c\n\x80"
                       "d");
    ck_assert_str_eq(name, "a_b_c__d");
    npu_name_set(name, "0123456789012345678901234567890123456789012345678901234567890123"
                       "0123456789012345678901234567890123456789012345678901234567890123");
    ck_assert_uint_eq(strlen(name), 127);
}
END_TEST

START_TEST(a_blob_of_no_bytes_needs_no_data)
{
    npu_prog_t prog = {0};
    ck_assert_uint_eq(npu_prog_add_blob(&prog, 64, NULL, 0), 0);
    ck_assert_uint_eq(prog.blobs[0].bytes, 0);
    npu_prog_free(&prog);
}
END_TEST

TEST_MAIN("npu program file", a_file_reads_back_as_the_program_it_was_made_from,
          every_single_byte_of_a_file_matters, a_cut_file_is_refused_wherever_it_is_cut,
          a_file_with_right_checksums_and_wrong_content_is_refused_or_valid,
          messages_say_where_and_what, a_program_too_large_for_the_chip_is_named,
          a_program_runs_only_on_the_geometry_it_was_compiled_for,
          a_program_for_other_rates_runs_and_is_not_native,
          every_word_of_chip_data_has_a_name_of_its_own, chip_data_of_nonsense_is_refused,
          a_network_table_of_nonsense_is_refused, a_tensor_of_the_network_table_packs_and_unpacks,
          names_are_made_printable, a_blob_of_no_bytes_needs_no_data)
