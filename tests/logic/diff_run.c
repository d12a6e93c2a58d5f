/*
 * diff_run.c - an image of monitor and programs, on a machine of our core, bus and what makes
 * interrupts, and on QEMU's virt machine. In both the serial port, which may send, is the external
 * interrupt.
 */
#include "logic/clint.h"
#include "logic/core_int.h"
#include "logic/elf.h"
#include "logic/intc.h"
#include "logic/isa.h"
#include "logic/uart.h"
#include "sim/file.h"
#include "tests/logic/diff.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE_BYTES (DIFF_STATE - DIFF_BASE)
#define DUMP_BYTES (DIFF_END - DIFF_STATE)
#define SIGNS_AT (DIFF_SIGNATURES - DIFF_STATE) /* in a dump */
enum { UART_PAGE = 1, INTC_PAGE = 2, CLINT_PAGE = 8, UART_INPUT = 6 };
#define PAGE_AT(page) (BUS_PAGE_BASE + (page)*BUS_PAGE_BYTES)
#define RUN_LIMIT_PS (SIM_PS_PER_S / 2) /* 500 million instructions */

struct diff_bench {
    char dir[64];
    uint8_t image[IMAGE_BYTES];
    uint32_t image_bytes; /* that are used */
    uint8_t ours[DUMP_BYTES];
    uint8_t *qemus;
    uint32_t handlers, on_qemu, at_start, interrupts, call_host; /* symbols of the monitor */
};

static bool fail(const char *fmt, ...) SIM_PRINTF(1, 2);

static bool fail(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

static bool run_command(const char *fmt, ...) SIM_PRINTF(1, 2);

static bool run_command(const char *fmt, ...)
{
    char command[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof(command), fmt, args);
    va_end(args);
    return system(command) == 0 || fail("failed: %s", command);
}

/* ---- the monitor ---- */

/* Loads the ELF into memory of a bus, and takes the image from there. */
static bool load_monitor(diff_bench_t *bench, const uint8_t *elf, size_t bytes)
{
    const bus_desc_t desc = {.tcm_base = DIFF_BASE, .tcm_bytes = IMAGE_BYTES};
    char error[256] = "no symbol";
    sim_t *sim = sim_new();
    bus_t bus;
    bool fine = bus_init(&bus, sim, &desc, "bus") == SIM_OK &&
                elf_load(&bus, elf, bytes, "monitor", NULL, error, sizeof(error)) == SIM_OK &&
                elf_symbol(elf, bytes, "handlers", &bench->handlers) &&
                elf_symbol(elf, bytes, "on_qemu", &bench->on_qemu) &&
                elf_symbol(elf, bytes, "at_start", &bench->at_start) &&
                elf_symbol(elf, bytes, "interrupts", &bench->interrupts) &&
                elf_symbol(elf, bytes, "call_host", &bench->call_host);
    if (fine)
        memcpy(bench->image, bus.tcm, IMAGE_BYTES);
    bus_free(&bus);
    sim_free(sim);
    return fine || fail("the monitor cannot be loaded: %s", error);
}

static bool build_monitor(diff_bench_t *bench)
{
    char path[128], error[256];
    size_t bytes;
    if (!run_command(
            "riscv64-unknown-elf-gcc -march=rv32i -misa-spec=2.2 -mabi=ilp32 -I. -nostdlib "
            "-Wl,-N,--no-warn-rwx-segments,-Ttext=0x80000000 tests/logic/guest/diff_monitor.S -o "
            "%s/monitor.elf",
            bench->dir))
        return false;
    snprintf(path, sizeof(path), "%s/monitor.elf", bench->dir);
    uint8_t *elf = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
    bool fine = elf != NULL ? load_monitor(bench, elf, bytes) : fail("%s", error);
    free(elf);
    return fine;
}

diff_bench_t *diff_bench_new(void)
{
    diff_bench_t *bench = calloc(1, sizeof(*bench));
    snprintf(bench->dir, sizeof(bench->dir), "/tmp/fovea_diff_XXXXXX");
    if (mkdtemp(bench->dir) != NULL && build_monitor(bench))
        return bench;
    diff_bench_free(bench);
    return NULL;
}

void diff_bench_free(diff_bench_t *bench)
{
    run_command("rm -rf %s", bench->dir);
    free(bench->qemus);
    free(bench);
}

/* ---- the image ---- */

static uint8_t *image_at(diff_bench_t *bench, uint32_t addr)
{
    return bench->image + (addr - DIFF_BASE);
}

static void put_record(const diff_bench_t *bench, uint8_t *at, const diff_program_t *p)
{
    uint32_t handler = bench->handlers + (p->p - HANDLER_FIRST) * HANDLER_BYTES;
    put32(at + RECORD_BYTES, RECORD_CODE + p->code_bytes + p->far_bytes);
    put32(at + RECORD_FLAGS, p->flags);
    put32(at + RECORD_VECTOR, handler | (p->vectored ? 1 : 0));
    put32(at + RECORD_RESTORE, handler + HANDLER_RESTORE);
    put32(at + RECORD_EXIT, p->exit);
    put32(at + RECORD_CODE_BYTES, p->code_bytes);
    put32(at + RECORD_FAR_BYTES, p->far_bytes);
    put32(at + RECORD_SEED, p->seed);
    put32(at + RECORD_BEFORE_FAR, p->before_far);
    for (uint32_t r = 0; r < 32; r++)
        put32(at + RECORD_X + 4 * r, r == 0 || r == p->p || r == p->p + 1 ? 0 : p->x[r]);
    memcpy(at + RECORD_CODE, p->words, p->code_bytes);
    memcpy(at + RECORD_CODE + p->code_bytes, (const uint8_t *)p->words + DIFF_PAGE, p->far_bytes);
}

/* As many as there is room for. */
static void put_programs(diff_bench_t *bench, diff_batch_t *batch)
{
    uint32_t at = DIFF_PROGRAMS, i = 0;
    for (; i < batch->count; i++) {
        const diff_program_t *p = batch->program[i];
        uint32_t bytes = RECORD_CODE + p->code_bytes + p->far_bytes;
        if (at + bytes + 4 > DIFF_STATE)
            break;
        put_record(bench, image_at(bench, at), p);
        at += bytes;
    }
    put32(image_at(bench, at), 0);
    bench->image_bytes = at + 4 - DIFF_BASE;
    batch->count = i;
}

/* Where interrupts come from: stores at start (a byte where the address is odd), up to address 0;
 * then MSIP, mtimecmp, and the register and value that let the external interrupt through. */
typedef struct {
    uint32_t at_start[3][2];
    uint32_t interrupts[5];
} platform_t;

static const platform_t our_platform = {
    .at_start = {{PAGE_AT(UART_PAGE) + 0xc, 2}},
    .interrupts = {PAGE_AT(CLINT_PAGE) + 4, PAGE_AT(CLINT_PAGE) + 8, PAGE_AT(CLINT_PAGE) + 12,
                   PAGE_AT(INTC_PAGE) + 8, 1u << UART_INPUT},
};

/* CLINT at 0x2000000; PLIC at 0xc000000, input 10 is the 16550 at 0x10000000 (its IER: byte 1). It
 * is the input's priority that is switched: QEMU does not look again when an enable register is
 * written. */
static const platform_t qemus_platform = {
    .at_start = {{0x10000001, 2}, {0xc002000, 1u << 10}},
    .interrupts = {0x2000000, 0x2004000, 0x2004004, 0xc000000 + 4 * 10, 1},
};

static void put_platform(diff_bench_t *bench, bool qemu)
{
    const platform_t *platform = qemu ? &qemus_platform : &our_platform;
    uint8_t *at = image_at(bench, bench->at_start);
    put32(image_at(bench, bench->on_qemu), qemu);
    for (size_t i = 0; i < SIM_COUNT(platform->at_start); i++, at += 8) {
        put32(at, platform->at_start[i][0]);
        put32(at + 4, platform->at_start[i][1]);
    }
    at = image_at(bench, bench->interrupts);
    for (size_t i = 0; i < SIM_COUNT(platform->interrupts); i++)
        put32(at + 4 * i, platform->interrupts[i]);
}

/* ---- our machine ---- */

typedef struct {
    sim_t *sim;
    bus_t bus;
    core_t core;
    clint_t clint;
    intc_t intc;
    uart_t uart;
    const diff_bench_t *bench;
    diff_coverage_t *coverage;
    uint32_t call; /* CALL_DONE: none */
} machine_t;

/* Which of its instructions a program has executed: those in slots that are decoded. */
static void cover(const machine_t *m)
{
    const core_t *core = &m->core;
    bool insn[OP_COUNT] = {false}, csr[4096] = {false}, user = false;
    for (uint32_t mode = 0; mode < 2 && core->tcm_code[mode] != NULL; mode++)
        for (uint32_t at = DIFF_CODE; at < DIFF_FAR + DIFF_PAGE; at += 2) {
            const core_insn_t *in = &core->tcm_code[mode][(at - DIFF_BASE) / 2];
            if (in->fast == OP_UNKNOWN)
                continue;
            core_format_t format = core_insn_info[in->op].format;
            insn[in->op] = true;
            if (format == FORMAT_CSR || format == FORMAT_CSRI)
                csr[in->imm & 4095] = true;
            user |= mode == 1;
        }
    for (uint32_t i = 0; i < OP_COUNT; i++)
        m->coverage->insn[i] += insn[i];
    for (uint32_t i = 0; i < 4096; i++)
        m->coverage->csr[i] += csr[i];
    m->coverage->programs++;
    m->coverage->user += user;
}

static bool on_ebreak(void *ctx, core_t *core)
{
    machine_t *m = ctx;
    if (core->pc != m->bench->call_host)
        return false;
    m->call = core->x[10];
    if (m->call == CALL_DONE) {
        cover(m);
        core_set_speed(core, core->speed == CORE_CYCLE ? CORE_FUNCTIONAL : CORE_CYCLE);
    } else {
        core_halt(core);
    }
    return true;
}

static core_desc_t core_desc_of(const diff_chip_t *chip, bool misaligned)
{
    core_desc_t d = core_desc_default();
    char error[256];
    isa_t isa;
    if (!isa_parse(chip->isa, &isa, error, sizeof(error)))
        abort();
    isa_to_core(&isa, &d);
    d.clk_hz = 1000000000;
    d.reset_pc = DIFF_BASE;
    d.u = chip->u;
    d.pmp_regions = chip->pmp ? CORE_PMP_REGIONS : 0;
    d.misaligned = misaligned;
    return d;
}

static bool add_interrupts(machine_t *m)
{
    clint_desc_t clint = clint_desc_default();
    uart_desc_t uart = uart_desc_default();
    return clint_init(&m->clint, m->sim, &clint, "clint") == SIM_OK &&
           intc_init(&m->intc, m->sim, "intc") == SIM_OK &&
           uart_init(&m->uart, m->sim, &uart, "uart") == SIM_OK &&
           bus_attach(&m->bus, CLINT_PAGE, &m->clint.comp) == SIM_OK &&
           bus_attach(&m->bus, INTC_PAGE, &m->intc.comp) == SIM_OK &&
           bus_attach(&m->bus, UART_PAGE, &m->uart.comp) == SIM_OK &&
           intc_connect(&m->intc, UART_INPUT, &m->uart.irq) &&
           core_connect(&m->core, CORE_MSI, &m->clint.msip) &&
           core_connect(&m->core, CORE_MTI, &m->clint.mtip) &&
           core_connect(&m->core, CORE_MEI, &m->intc.meip);
}

static machine_t *machine_new(const diff_bench_t *bench, const diff_chip_t *chip, bool misaligned)
{
    const bus_desc_t bus = {.tcm_base = DIFF_BASE, .tcm_bytes = DIFF_END - DIFF_BASE};
    core_desc_t core = core_desc_of(chip, misaligned);
    machine_t *m = calloc(1, sizeof(*m));
    m->sim = sim_new();
    m->bench = bench;
    bool fine = bus_init(&m->bus, m->sim, &bus, "bus") == SIM_OK &&
                core_init(&m->core, m->sim, &m->bus, &core, "core") == SIM_OK &&
                add_interrupts(m) && sim_check(m->sim) == SIM_OK;
    if (!fine) {
        fail("our machine: %s", sim_error(m->sim));
        abort();
    }
    m->core.on_ebreak = on_ebreak;
    m->core.on_ebreak_ctx = m;
    return m;
}

static uint32_t programs_done(const uint8_t *dump)
{
    return (get32(dump + STATE_SIGNATURE) - DIFF_SIGNATURES) / SIGN_BYTES;
}

static void machine_free(machine_t *m)
{
    core_free(&m->core);
    bus_free(&m->bus);
    sim_free(m->sim);
    free(m);
}

/* From power up to the monitor's call that ends it; program by program at the other speed. */
static bool run_ours(diff_bench_t *bench, const diff_chip_t *chip, bool misaligned,
                     diff_coverage_t *coverage)
{
    machine_t *m = machine_new(bench, chip, misaligned);
    put_platform(bench, false);
    m->coverage = coverage;
    memcpy(m->bus.tcm, bench->image, IMAGE_BYTES);
    sim_reset(m->sim);
    if (sim_start(m->sim) == SIM_OK)
        sim_run_until_ps(m->sim, RUN_LIMIT_PS);
    memcpy(bench->ours, m->bus.tcm + IMAGE_BYTES, DUMP_BYTES);
    bool fine = m->call == CALL_FINISH ||
                fail("our core did not end: pc 0x%08x, %s, program %u", m->core.pc,
                     core_state_name(m->core.state), programs_done(bench->ours));
    machine_free(m);
    return fine;
}

/* ---- QEMU ---- */

/* S mode, floating point, bit manipulation and triggers are things that we have not. */
static void qemu_cpu(const diff_chip_t *chip, char *text, size_t bytes)
{
    static const char extensions[] = "mac";
    int n = snprintf(text, bytes,
                     "rv32,priv_spec=v1.12.0,h=false,s=false,f=false,d=false,mmu=false,zba=false,"
                     "zbb=false,zbc=false,zbs=false,sstc=false,debug=false,pmu-num=29,marchid=0,"
                     "mimpid=0,u=%s,pmp=%s",
                     chip->u ? "true" : "false", chip->pmp ? "true" : "false");
    for (const char *e = extensions; *e != '\0'; e++)
        n += snprintf(text + n, bytes - (size_t)n, ",%c=%s", *e,
                      diff_chip_has(chip, *e) ? "true" : "false");
}

static bool run_qemu(diff_bench_t *bench, const diff_chip_t *chip)
{
    char cpu[512], path[128], error[256];
    size_t bytes = 0;
    put_platform(bench, true);
    snprintf(path, sizeof(path), "%s/image", bench->dir);
    if (sim_file_write(path, bench->image, bench->image_bytes, error, sizeof(error)) != SIM_OK)
        return fail("%s", error);
    qemu_cpu(chip, cpu, sizeof(cpu));
    if (!run_command(
            "cd %s && rm -f dump && timeout 120 qemu-system-riscv32 -M virt -cpu %s -bios image "
            "-icount shift=0 -display none -serial none -monitor none "
            "-semihosting-config enable=on,target=native </dev/null",
            bench->dir, cpu))
        return false;
    free(bench->qemus);
    snprintf(path, sizeof(path), "%s/dump", bench->dir);
    bench->qemus = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
    if (bench->qemus == NULL)
        return fail("%s", error);
    return bytes == DUMP_BYTES || fail("%s: %zu bytes, not %u", path, bytes, DUMP_BYTES);
}

/* ---- both ---- */

static bool no_panic(const char *whose, const uint8_t *dump)
{
    uint32_t cause = get32(dump + STATE_PANIC);
    return cause == 0 ||
           fail("%s monitor trapped: mcause 0x%x, mepc 0x%08x, mtval 0x%08x, program %u", whose,
                cause - 1, get32(dump + STATE_PANIC + 4), get32(dump + STATE_PANIC + 8),
                programs_done(dump));
}

static void cover_traps(const diff_batch_t *batch, diff_coverage_t *coverage)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        const uint8_t *sign = batch->ours + i * SIGN_BYTES;
        for (uint32_t t = 0; t < get32(sign + SIGN_TRAPS); t++) {
            uint32_t cause = get32(sign + SIGN_LOG + t * SIGN_LOG_STEP);
            (cause >> 31 ? coverage->interrupt : coverage->cause)[cause & 31]++;
            coverage->traps++;
        }
    }
}

bool diff_bench_run(diff_bench_t *bench, const diff_chip_t *chip, bool misaligned,
                    diff_batch_t *batch, diff_coverage_t *coverage)
{
    put_programs(bench, batch);
    if (!run_ours(bench, chip, misaligned, coverage) || !run_qemu(bench, chip) ||
        !no_panic("our", bench->ours) || !no_panic("QEMU's", bench->qemus))
        return false;
    batch->ours = bench->ours + SIGNS_AT;
    batch->qemus = bench->qemus + SIGNS_AT;
    cover_traps(batch, coverage);
    return true;
}
