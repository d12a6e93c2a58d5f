/*
 * machine_test.c - where memory of a machine lies, and that no ELF file and no HTIF request harms
 * it.
 */
#include "tools/machine.h"

#include <string.h>

#include "sim/rng.h"
#include "tests/test.h"
#include "tests/tools/two_segments.h"
#include "tools/htif.h"

#define TOHOST 0x80000100u
#define FROMHOST 0x80000108u

static machine_t machine;
static uint8_t image[TWO_SEGMENTS_BYTES];
static char error[256];

static bool make(void)
{
    const machine_desc_t desc = machine_desc_default();
    return machine_init(&machine, &desc, image, sizeof(image), "p.elf", error, sizeof(error));
}

START_TEST(ram_reaches_16_mib_beyond_the_program)
{
    two_segments(image, 0x80001000, 0x80000010);
    ck_assert(make());
    ck_assert_uint_eq(machine.bus.desc.tcm_base, 0x80000000); /* down to 4 KiB */
    ck_assert_uint_eq(machine_ram_end(&machine), 0x81001000); /* 0x80001008 + 16 MiB, down */
    ck_assert_uint_eq(machine.free_base, 0x80001008);
    ck_assert_uint_eq(machine.bus.desc.rom_bytes, 0);
    machine_free(&machine);
}
END_TEST

START_TEST(ram_ends_before_registers_and_the_last_address)
{
    two_segments(image, 0x3ff00000, 0x3fe00000);
    ck_assert(make());
    ck_assert_uint_eq(machine_ram_end(&machine), 0x40000000);
    machine_free(&machine);
    two_segments(image, 0xfff00000, 0xffe00000);
    ck_assert(make());
    ck_assert_uint_eq(machine_ram_end(&machine), UINT64_C(1) << 32);
    machine_free(&machine);
}
END_TEST

START_TEST(what_is_only_read_and_far_away_is_rom)
{
    two_segments(image, 0x1ffffff8, 0x10000020); /* from the first page on just 256 MiB */
    ck_assert(make());
    ck_assert_uint_eq(machine.bus.desc.rom_bytes, 0);
    ck_assert_uint_eq(machine_ram_end(&machine), 0x20000000);
    machine_free(&machine);
    two_segments(image, 0x20000000, 0x10000020); /* with the first page it is 8 bytes too many */
    elf_put32(image + 52 + 12, 0x10000050);      /* loaded behind the code, copied by the program */
    ck_assert(make());
    ck_assert_uint_eq(machine.bus.desc.rom_base, 0x10000000);
    ck_assert_uint_eq(machine.bus.desc.rom_bytes, 0x80); /* 0x20 to 0x57, in 64s */
    ck_assert_uint_eq(machine.bus.desc.tcm_base, 0x20000000);
    ck_assert_uint_eq(machine.free_base, 0x20000008);
    ck_assert_uint_eq(machine.core.pc, 0x10000020);
    machine_free(&machine);
}
END_TEST

START_TEST(a_machine_starts_with_all_registers_0_in_machine_mode)
{
    two_segments(image, 0x80001000, 0x80000000);
    ck_assert(make());
    for (int i = 0; i < 32; i++)
        ck_assert_uint_eq(machine.core.x[i], 0);
    ck_assert_uint_eq(machine.core.mode, CORE_MACHINE);
    ck_assert_int_eq(machine_run(&machine, 10), MACHINE_DIED);
    ck_assert_ptr_nonnull(strstr(machine.trouble, "mcause 2, pc 0x80000000"));
    machine_free(&machine);
}
END_TEST

START_TEST(no_instruction_starts_at_the_last_cycle)
{
    two_segments(image, 0x80001000, 0x80000000);
    elf_put32(image + 116, 0x00150513); /* addi a0, a0, 1 */
    elf_put32(image + 120, 0xffdff06f); /* jal x0, -4 */
    const uint64_t loop = 1 + core_desc_default().cost.branch + core_desc_default().cost.taken;
    for (uint64_t cycles = 1; cycles < 20; cycles++) {
        ck_assert(make());
        ck_assert_int_eq(machine_run(&machine, cycles), MACHINE_CUT);
        ck_assert_uint_eq(machine.core.x[10], (cycles + loop - 1) / loop);
        machine_free(&machine);
    }
}
END_TEST

START_TEST(any_segments_run_or_are_refused_with_a_reason)
{
    static const uint32_t edges[] = {0,          0x1000,     0x3ffffff8, 0x40000000, 0x40040000,
                                     0x7fffffff, 0xfffffff8, 0xffffffff, 0x80000000, 8};
    sim_stream_t s = sim_stream(3, 1, 0);
    uint32_t ran = 0, refused = 0;
    for (int i = 0; i < 200; i++) {
        two_segments(image, 0x80001000, 0x80000000);
        for (uint32_t changes = sim_stream_below(&s, 4); changes > 0; changes--) {
            uint32_t field = 52 + 4 * sim_stream_below(&s, 16);
            uint32_t any = sim_stream_u32(&s);
            elf_put32(image + field, any % 3 != 0 ? edges[any / 3 % SIM_COUNT(edges)] : any);
        }
        if (sim_stream_below(&s, 4) == 0)
            elf_put32(image + 24, edges[sim_stream_below(&s, SIM_COUNT(edges))]);
        error[0] = '\0';
        if (make()) {
            machine_run(&machine, 5000);
            ran++;
        } else {
            ck_assert_int_eq(strncmp(error, "p.elf: ", 7), 0);
            ck_assert_uint_gt(strlen(error), 20);
            refused++;
        }
        machine_free(&machine);
    }
    ck_assert_uint_gt(ran, 25);
    ck_assert_uint_gt(refused, 25);
}
END_TEST

/* ---- HTIF ---- */

static bool ended;
static uint32_t code;

static void on_ended(void *ctx, uint32_t with)
{
    (void)ctx;
    ended = true;
    code = with;
}

static htif_t start_htif(void)
{
    two_segments(image, 0x80001000, 0x80000000);
    ck_assert(make());
    ended = false;
    return (htif_t){.bus = &machine.bus,
                    .tohost = TOHOST,
                    .fromhost = FROMHOST,
                    .answers = true,
                    .in = tmpfile(),
                    .out = tmpfile(),
                    .err = tmpfile(),
                    .ended = on_ended};
}

static void stop_htif(htif_t *h)
{
    fclose(h->in);
    fclose(h->out);
    fclose(h->err);
    machine_free(&machine);
}

static void put64(uint32_t addr, uint64_t value)
{
    uint8_t bytes[8];
    elf_put32(bytes, (uint32_t)value);
    elf_put32(bytes + 4, (uint32_t)(value >> 32));
    ck_assert(bus_poke(&machine.bus, addr, bytes, 8));
}

static uint64_t get64(uint32_t addr)
{
    uint8_t bytes[8] = {0};
    uint64_t value = 0;
    bus_peek(&machine.bus, addr, bytes, 8);
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static void ask(htif_t *h, uint64_t request)
{
    put64(TOHOST, request);
    htif_poll(h);
}

START_TEST(an_odd_word_ends_the_program_with_its_half)
{
    htif_t h = start_htif();
    htif_poll(&h);
    ck_assert(!ended);
    ask(&h, 85);
    ck_assert(ended);
    ck_assert_uint_eq(code, 42);
    ask(&h, UINT64_C(0x0000ffffffffffff));
    ck_assert_uint_eq(code, 0xffffffff); /* what does not fit is no success */
    stop_htif(&h);
}
END_TEST

START_TEST(requests_wait_until_the_last_answer_was_taken)
{
    htif_t h = start_htif();
    fputs("ab", h.in);
    rewind(h.in);
    ask(&h, UINT64_C(0x0100000000000000));
    ck_assert_uint_eq(get64(FROMHOST), UINT64_C(0x0100000000000161));
    ck_assert_uint_eq(get64(TOHOST), 0);
    ask(&h, UINT64_C(0x0100000000000000));
    ck_assert_uint_eq(get64(TOHOST), UINT64_C(0x0100000000000000));
    put64(FROMHOST, 0);
    htif_poll(&h);
    ck_assert_uint_eq(get64(FROMHOST), UINT64_C(0x0100000000000162));
    put64(FROMHOST, 0);
    ask(&h, UINT64_C(0x0100000000000000)); /* no more input */
    ck_assert_uint_eq(get64(FROMHOST), UINT64_C(0x0100000000000000));
    stop_htif(&h);
}
END_TEST

START_TEST(system_calls_write_exit_or_are_unknown)
{
    const uint32_t block = 0x80000200, hello = 0x80000300;
    htif_t h = start_htif();
    char text[8] = "";
    ck_assert(bus_poke(&machine.bus, hello, "hi\n", 3));
    put64(block, 64);
    put64(block + 8, 1);
    put64(block + 16, hello);
    put64(block + 24, 3);
    ask(&h, block);
    ck_assert_uint_eq(get64(block), 3);
    ck_assert_uint_eq(get64(FROMHOST), 1);
    put64(FROMHOST, 0);
    rewind(h.out);
    ck_assert_uint_eq(fread(text, 1, sizeof(text), h.out), 3);
    ck_assert_str_eq(text, "hi\n");
    put64(block, 64);
    put64(block + 24, UINT64_C(0xffffffff));
    ask(&h, block);
    ck_assert_uint_eq(get64(block), (uint64_t)-14);
    put64(FROMHOST, 0);
    put64(block, 64);
    put64(block + 8, 7);
    ask(&h, block);
    ck_assert_uint_eq(get64(block), (uint64_t)-9);
    put64(FROMHOST, 0);
    put64(block, 1024);
    ask(&h, block);
    ck_assert_uint_eq(get64(block), (uint64_t)-38);
    put64(FROMHOST, 0);
    put64(block, 93);
    put64(block + 8, 3);
    ask(&h, block);
    ck_assert(ended);
    ck_assert_uint_eq(code, 3);
    stop_htif(&h);
}
END_TEST

START_TEST(random_requests_touch_nothing_but_memory)
{
    htif_t h = start_htif();
    sim_stream_t s = sim_stream(5, 1, 0);
    for (int i = 0; i < 20000; i++) {
        uint64_t request = (uint64_t)sim_stream_u32(&s) << 32 | sim_stream_u32(&s);
        uint32_t kind = sim_stream_below(&s, 4);
        if (kind == 0)
            request &= UINT64_C(0x0101ffffffffffff);
        else if (kind == 1)
            request = 0x80000000u + sim_stream_below(&s, 0x2000) * 2;
        put64(0x80000200 + 8 * sim_stream_below(&s, 64), request >> 8 * sim_stream_below(&s, 8));
        if (kind == 2)
            put64(FROMHOST, 0);
        ask(&h, request);
    }
    ck_assert_uint_eq(machine.bus.faults, 0);
    stop_htif(&h);
}
END_TEST

TEST_MAIN("tools machine", ram_reaches_16_mib_beyond_the_program,
          ram_ends_before_registers_and_the_last_address, what_is_only_read_and_far_away_is_rom,
          a_machine_starts_with_all_registers_0_in_machine_mode,
          no_instruction_starts_at_the_last_cycle, any_segments_run_or_are_refused_with_a_reason,
          an_odd_word_ends_the_program_with_its_half, requests_wait_until_the_last_answer_was_taken,
          system_calls_write_exit_or_are_unknown, random_requests_touch_nothing_but_memory)
