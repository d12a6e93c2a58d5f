/*
 * isa_test.c - instructions as words and as text, from one table.
 */
#include "npu/asm.h"
#include "npu/isa.h"
#include "npu/npu.h"
#include "tests/npu/npu_random.h"
#include "tests/test.h"

static char error[300];

START_TEST(every_opcode_survives_encode_and_decode_with_any_legal_fields)
{
    sim_stream_t rng = sim_stream(1, 2, 3);
    for (uint32_t op = 1; op < NPU_OPS; op++)
        for (uint32_t i = 0; i < 200; i++) {
            uint32_t words[NPU_INSN_WORDS];
            npu_insn_t insn = random_insn(&rng, op), back;
            ck_assert_msg(npu_insn_encode(&insn, words, error, sizeof(error)), "%s", error);
            ck_assert_msg(npu_insn_decode(words, &back, error, sizeof(error)), "%s", error);
            ck_assert_mem_eq(&insn, &back, sizeof(insn));
        }
}
END_TEST

START_TEST(no_two_fields_of_an_opcode_share_a_bit)
{
    uint32_t count;
    const npu_field_t *fields = npu_field_table(&count);
    for (uint32_t op = 1; op < NPU_OPS; op++) {
        uint64_t owned[NPU_INSN_WORDS] = {0xff}; /* the opcode */
        for (uint32_t i = 0; i < count; i++) {
            if ((npu_opinfo(op)->fields >> i & 1) == 0)
                continue;
            uint64_t bits = ((UINT64_C(1) << fields[i].bits) - 1) << fields[i].lsb;
            ck_assert_uint_lt(bits, UINT64_C(1) << 32);
            ck_assert_msg((owned[fields[i].word] & bits) == 0, "%s %s", npu_opinfo(op)->name,
                          fields[i].name);
            owned[fields[i].word] |= bits;
        }
    }
}
END_TEST

START_TEST(the_word_image_is_as_documented)
{
    uint32_t words[NPU_INSN_WORDS];
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .layer = 5,
                       .wait = {{1, 2}, {3, 4}},
                       .signal = {6, 7},
                       .mem = NPU_MEM_PAR,
                       .l2 = 0x89abcdef,
                       .l2_row = 9,
                       .l2_plane = 10,
                       .l1 = 0xabcdef,
                       .l1_row = 11,
                       .l1_plane = 12,
                       .row_bytes = 13,
                       .rows = 14,
                       .planes = 15};
    const uint32_t expected[NPU_INSN_WORDS] = {NPU_OP_LOAD | 5 << 8 | 6 << 18 | 7 << 24,
                                               1 | 2 << 6 | 3 << 14 | 4 << 20,
                                               0x03abcdef,
                                               11,
                                               12,
                                               13,
                                               14 | 15 << 16,
                                               0,
                                               0x89abcdef,
                                               9,
                                               10};
    ck_assert(npu_insn_encode(&load, words, error, sizeof(error)));
    ck_assert_mem_eq(words, expected, sizeof(expected));
    npu_insn_t requant = {.op = NPU_OP_REQUANT,
                          .flags = NPU_FLAG_SINGLE,
                          .h = 1,
                          .w = 2,
                          .c = 3,
                          .out_zp = -2,
                          .out_min = -128,
                          .out_max = 127,
                          .par = 8,
                          .dst = {0, 0, 3}};
    ck_assert(npu_insn_encode(&requant, words, error, sizeof(error)));
    ck_assert_uint_eq(words[1], 1u << 28);
    ck_assert_uint_eq(words[4], 3 << 16);
    ck_assert_uint_eq(words[8], 1 | 2 << 16);
    ck_assert_uint_eq(words[9], 3 << 16);
    ck_assert_uint_eq(words[12], 0xfe000008);
    ck_assert_uint_eq(words[15], 0x7f800000);
}
END_TEST

static void refuses(npu_insn_t insn, const char *what)
{
    uint32_t words[NPU_INSN_WORDS];
    ck_assert(!npu_insn_encode(&insn, words, error, sizeof(error)));
    ck_assert_str_eq(error, what);
}

START_TEST(illegal_instructions_are_refused_with_a_reason)
{
    const npu_insn_t fill = {.op = NPU_OP_FILL, .h = 2, .w = 2, .c = 8, .dst = {0, 16, 8}};
    npu_insn_t i = fill;
    refuses((npu_insn_t){.op = 0}, "opcode 0 does not exist");
    char beyond[40];
    snprintf(beyond, sizeof(beyond), "opcode %d does not exist", NPU_OPS);
    refuses((npu_insn_t){.op = NPU_OPS}, beyond);
    i.value = 200;
    refuses(i, "fill: value 200 not in -128..127");
    i = fill;
    i.h = 0;
    refuses(i, "fill: h 0 not in 1..65535");
    i = fill;
    i.src.addr = 1;
    refuses(i, "fill: has no field src");
    i = fill;
    i.flags = NPU_FLAG_SINGLE;
    refuses(i, "fill: flags 0x1 not allowed");
    i = fill;
    i.wait[1].sem = 3;
    refuses(i, "fill: wait1 names semaphore 3 with count 0");
    i.wait[1].count = 1;
    i.wait[0].sem = 3;
    i.wait[0].count = 1;
    refuses(i, "fill: waits for semaphore 3 twice");
    i = fill;
    i.dst.pix = 7;
    refuses(i, "fill: dst.pix 7, pixels are 8 bytes");
    i = fill;
    i.dst.row = 15;
    refuses(i, "fill: dst.row 15, rows are 16 bytes");
    npu_insn_t dw = {.op = NPU_OP_DWCONV,
                     .h = 1,
                     .w = 1,
                     .c = 10,
                     .in_h = 1,
                     .in_w = 1,
                     .in_c = 4,
                     .k_h = 1,
                     .k_w = 1,
                     .stride_h = 1,
                     .stride_w = 1,
                     .dil_h = 1,
                     .dil_w = 1};
    refuses(dw, "dwconv: c 10 is not a multiple of in_c 4");
    dw.c = 8;
    dw.dst.addr = 2;
    refuses(dw, "dwconv: accumulator tile is not made of 32-bit words");
    npu_insn_t mean = {.op = NPU_OP_MEAN, .c = 1, .in_h = 1, .in_w = 1, .par = 2};
    refuses(mean, "mean: par 0x2 is not a multiple of 4");
}
END_TEST

START_TEST(stray_bits_in_memory_are_refused)
{
    sim_stream_t rng = sim_stream(4, 5, 6);
    for (uint32_t op = 1; op < NPU_OPS; op++) {
        npu_insn_t insn = random_insn(&rng, op), back;
        uint32_t words[NPU_INSN_WORDS], accepted = 0;
        ck_assert(npu_insn_encode(&insn, words, error, sizeof(error)));
        for (uint32_t bit = 0; bit < 512; bit++) {
            uint32_t again[NPU_INSN_WORDS];
            words[bit / 32] ^= UINT32_C(1) << bit % 32;
            /* what is accepted must mean exactly these words */
            if (npu_insn_decode(words, &back, error, sizeof(error))) {
                accepted++;
                ck_assert(npu_insn_encode(&back, again, error, sizeof(error)));
                ck_assert_mem_eq(words, again, sizeof(words));
            }
            words[bit / 32] ^= UINT32_C(1) << bit % 32;
        }
        ck_assert_uint_lt(accepted, 512);
        ck_assert_uint_gt(accepted, 8);
    }
}
END_TEST

START_TEST(weights_have_a_place_each)
{
    static uint8_t seen[40 * 1024];
    const uint32_t c = 40, in_c = 33, k = 3;
    memset(seen, 0, sizeof(seen));
    ck_assert_uint_eq(npu_conv_wgt_bytes(c, k, k, in_c), 64 * 9 * 64);
    for (uint32_t o = 0; o < c; o++)
        for (uint32_t tap = 0; tap < 9; tap++)
            for (uint32_t i = 0; i < in_c; i++) {
                uint32_t at = npu_conv_wgt_index(o, tap / 3, tap % 3, i, k, k, in_c);
                ck_assert_uint_lt(at, npu_conv_wgt_bytes(c, k, k, in_c));
                ck_assert_uint_eq(seen[at]++, 0);
            }
    /* channel 37 is lane 5 of the second block; tap 4 of 9; input 6: group 1, place 2 */
    ck_assert_uint_eq(npu_conv_wgt_index(37, 1, 1, 6, k, k, in_c),
                      (9 + 4) * 64 * 32 + 1 * 128 + 5 * 4 + 2);
    ck_assert_uint_eq(npu_dw_wgt_index(37, 1, 1, k, k), (9 + 4) * 32 + 5);
}
END_TEST

START_TEST(text_of_any_program_assembles_to_the_same_program)
{
    for (uint32_t seed = 0; seed < 6; seed++) {
        sim_stream_t rng = sim_stream(seed, 7, 7);
        npu_prog_t prog = {0}, back;
        random_prog(&rng, 300, &prog);
        char *text = npu_disasm(&prog);
        ck_assert_ptr_nonnull(text);
        ck_assert_msg(npu_asm(text, strlen(text), "text", &back, error, sizeof(error)) == SIM_OK,
                      "%s", error);
        ck_assert(npu_prog_equal(&prog, &back));
        size_t bytes, again;
        uint8_t *file = npu_fnp_print(&prog, &bytes, error, sizeof(error));
        uint8_t *other = npu_fnp_print(&back, &again, error, sizeof(error));
        ck_assert_uint_eq(bytes, again);
        ck_assert_mem_eq(file, other, bytes);
        char *text2 = npu_disasm(&back);
        ck_assert_str_eq(text, text2);
        free(text);
        free(text2);
        free(file);
        free(other);
        npu_prog_free(&prog);
        npu_prog_free(&back);
    }
}
END_TEST

START_TEST(hand_written_text_assembles)
{
    static const char text[] = "; a comment\n"
                               ".name \"a; b\" ; and another\n"
                               "\n"
                               "  load wait=0:0,9:2 signal=3,3 mem=wgt l1=0x10 l2=4096 rows=1 "
                               "planes=1\trow_bytes=7\r\n"
                               "requant single h=1 w=1 c=1 out_min=-5 out_max=6 out_zp=-128\n"
                               ".blob 0x40\n"
                               ".hex 0A0b ff\n"
                               ".hex 01\n"
                               ".chip l1 weight_bytes 4096\n"
                               "end layer=2";
    npu_prog_t prog;
    npu_insn_t insn;
    ck_assert_msg(npu_asm(text, strlen(text), "t", &prog, error, sizeof(error)) == SIM_OK, "%s",
                  error);
    ck_assert_str_eq(prog.meta.name, "a; b");
    ck_assert_uint_eq(prog.insn_count, 3);
    ck_assert(npu_insn_decode(prog.insns[0], &insn, NULL, 0));
    ck_assert_uint_eq(insn.wait[0].sem, 0);
    ck_assert_uint_eq(insn.wait[1].sem, 9);
    ck_assert_uint_eq(insn.wait[1].count, 2);
    ck_assert_uint_eq(insn.signal[1], 3);
    ck_assert_uint_eq(insn.l2, 4096);
    ck_assert_uint_eq(insn.mem, NPU_MEM_WGT);
    ck_assert(npu_insn_decode(prog.insns[1], &insn, NULL, 0));
    ck_assert_uint_eq(insn.flags, NPU_FLAG_SINGLE);
    ck_assert_int_eq(insn.out_zp, -128);
    npu_desc_t chip = npu_desc_default();
    ck_assert(!npu_prog_fits(&prog, &chip, error, sizeof(error)));
    ck_assert_str_eq(error, "compiled for l1.weight_bytes 4096, this chip has 262144");
    ck_assert_uint_eq(prog.blob_count, 1);
    ck_assert_uint_eq(prog.blobs[0].bytes, 4);
    ck_assert_mem_eq(prog.blobs[0].data, "\x0a\x0b\xff\x01", 4);
    npu_prog_free(&prog);
}
END_TEST

START_TEST(wrong_text_is_refused_with_its_line)
{
    static const struct {
        const char *text, *what;
    } cases[] = {
        {"end\nloaf mem=act\n", "f: line 2: no instruction loaf"},
        {"load mem=att", "f: line 1: 'att' is not known here"},
        {"\n\nend h=1", "f: line 3: end has no field h"},
        {"fill h=1 w=1 c=1 value=1x", "f: line 1: '1x' is not a number"},
        {"fill h=1 w=1 c=1 value=128", "f: line 1: fill: value 128 not in -128..127"},
        {"fill h=99999999999 w=1 c=1", "f: line 1: 99999999999 not in 0..4294967295"},
        {"fill h=99999999999999999999999 w=1",
         "f: line 1: '99999999999999999999999' is not a number"},
        {"end wait=1", "f: line 1: wait without count"},
        {"end wait=64:1", "f: line 1: 64 not in 0..63"},
        {"end bogus", "f: line 1: no flag bogus"},
        {"end\n.hex 00", "f: line 2: .hex without .blob"},
        {".blob 0\n.hex 0", "f: line 2: not a pair of hexadecimal digits"},
        {".name x", "f: line 1: a name in quotes belongs here"},
        {".name \"x", "f: line 1: name without closing quote, or longer than 127"},
        {".name \"x\" y", "f: line 1: something stands behind the statement"},
        {".layer \"a\" \"b\" first 0 last 3", "f: line 1: line ends too early"},
        {".fame 1", "f: line 1: no directive .fame"},
        {".chip mac bows 3", "f: line 1: 'mac bows' is no chip data"},
        {".net 999 1", "f: line 1: 999 not in 0..248"},
        {"", "f: line 0: 0 instructions, not 1..1048576"},
        {".layer \"a\" \"b\" first 0 last 3 macs 1\nend",
         "f: line 2: layer 0: instructions 0..3 of 1"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        npu_prog_t prog;
        ck_assert_int_eq(
            npu_asm(cases[i].text, strlen(cases[i].text), "f", &prog, error, sizeof(error)),
            SIM_EPARSE);
        ck_assert_str_eq(error, cases[i].what);
        ck_assert_uint_eq(prog.insn_count, 0);
        ck_assert_ptr_null(prog.insns);
    }
}
END_TEST

START_TEST(the_manual_names_every_instruction_field_error_and_counter)
{
    uint32_t count;
    const npu_field_t *fields = npu_field_table(&count);
    char *manual = npu_isa_manual(), want[64];
    ck_assert_ptr_nonnull(manual);
    for (uint32_t op = 1; op < NPU_OPS; op++) {
        snprintf(want, sizeof(want), "| %u | `%s` |", op, npu_opinfo(op)->name);
        ck_assert_ptr_nonnull(strstr(manual, want));
    }
    for (uint32_t i = 0; i < count; i++) {
        snprintf(want, sizeof(want), "\n| `%s` | %u |", fields[i].name, fields[i].word);
        ck_assert_ptr_nonnull(strstr(manual, want));
    }
    for (uint32_t e = 1; e < NPU_ERRORS; e++) {
        snprintf(want, sizeof(want), "| %u | %s |", e, npu_error_name((npu_error_t)e));
        ck_assert_ptr_nonnull(strstr(manual, want));
    }
    static const char *const counters[] = {
#define X(member, name, unit, help) "\n| `" #name "` | " unit " | " help " |",
        NPU_PERF_TABLE(X)
#undef X
#define X(name, text, help) "\n| `CYCLES_" #name "` | " help " |",
            NPU_CLASS_TABLE(X)
#undef X
#define X(bits, name, who) "\n| `OVERLAP_" #name "` | " who " |",
                NPU_OVERLAP_TABLE(X)
#undef X
    };
    for (uint32_t i = 0; i < SIM_COUNT(counters); i++)
        ck_assert_msg(strstr(manual, counters[i]) != NULL, "%s", counters[i]);
    static const char *const chapters[] = {"## Semaphores", "## Hazards", "## Banks"};
    for (uint32_t i = 0; i < SIM_COUNT(chapters); i++)
        ck_assert_ptr_nonnull(strstr(manual, chapters[i]));
    free(manual);
}
END_TEST

static bool has_record(uint32_t op)
{
    uint32_t count;
    const npu_field_t *fields = npu_field_table(&count);
    for (uint32_t i = 0; i < count; i++)
        if (npu_opinfo(op) != NULL && strcmp(fields[i].name, "par") == 0)
            return (npu_opinfo(op)->fields >> i & 1u) != 0;
    return false;
}

/* Worked out from the layout that kernels read: records are words in a row, weights lanes of 32. */
START_TEST(the_manual_tells_every_parameter_and_the_order_of_weights)
{
    static const char *const lines[] = {
        "\n| 64..95 | `SHIFT` |", /* bias, multiplier and shift of 32 channels */
        "\n| 11 | `LEFT` |",      /* the last of 12 words */
        "\n| 0..63 | `CODES` |",  /* 256 bytes */
        "\n| `oc / 32` |  |",     "\n| `ic / 4` | `npu_round_lanes(in_c) / 4` |",
        "\n| `oc % 32` | `32` |",
    };
    char *manual = npu_isa_manual();
    for (uint32_t i = 0; i < SIM_COUNT(lines); i++)
        ck_assert_msg(strstr(manual, lines[i]) != NULL, "%s", lines[i]);
#define RECORD(record, who, many)                                                                  \
    ck_assert_ptr_nonnull(strstr(manual, "\n| `" who "`: word |"));                                \
    NPU_PAR_##record##_TABLE(WORD)
#define WORD(record, name, words, what)                                                            \
    ck_assert_msg(strstr(manual, " | `" #name "` | " what " |\n") != NULL, "%s", #name);
    NPU_PAR_RECORDS(RECORD)
#undef WORD
#undef RECORD
    const char *records = strstr(manual, "## Parameter records");
    for (uint32_t op = 0; op < NPU_OPS; op++)
        ck_assert_msg(!has_record(op) || strstr(records, npu_opinfo(op)->name) != NULL, "op %u",
                      op);
    free(manual);
}
END_TEST

TEST_MAIN("npu instructions", every_opcode_survives_encode_and_decode_with_any_legal_fields,
          no_two_fields_of_an_opcode_share_a_bit, the_word_image_is_as_documented,
          illegal_instructions_are_refused_with_a_reason, stray_bits_in_memory_are_refused,
          weights_have_a_place_each, text_of_any_program_assembles_to_the_same_program,
          hand_written_text_assembles, wrong_text_is_refused_with_its_line,
          the_manual_names_every_instruction_field_error_and_counter,
          the_manual_tells_every_parameter_and_the_order_of_weights)
