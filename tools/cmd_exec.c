/*
 * cmd_exec.c - fovea exec: any bare-metal RV32 program on the core alone.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "logic/elf.h"
#include "logic/isa.h"
#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/debug.h"
#include "tools/folder.h"
#include "tools/htif.h"
#include "tools/interrupt.h"
#include "tools/machine.h"
#include "tools/observe.h"
#include "tools/replay.h"
#include "tools/semihost.h"
#include "tools/signature.h"

enum { EXIT_OURS = 125, MAX_ELF_BYTES = 1 << 29, MAX_COMMAND_LINE = 4096 };

/* The command line as given. */
typedef struct {
    const char *isa, *misaligned, *signature, *max_cycles, *speed, *memory, *folder, *report, *gdb;
    const char *program;
    observe_desc_t observe;
} choice_t;

typedef struct {
    machine_t machine;
    semihost_t semihost;
    htif_t htif;
    signature_t signature;
    observe_t observe;
    debug_t debug;
    replay_t replay;
    uint8_t *image;
    size_t image_bytes;
    uint64_t max_cycles;
    char command_line[MAX_COMMAND_LINE];
} exec_t;

/* Says why on stderr; false. */
static bool refuse(const char *fmt, ...) SIM_PRINTF(1, 2);

static bool refuse(const char *fmt, ...)
{
    char what[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    cli_fail(EXIT_OURS, "%s", what);
    return false;
}

/* ---- choices ---- */

/* "BASE:BYTES", each 0x.. or decimal, BYTES also with K or M behind it. */
static bool read_memory(const char *text, machine_desc_t *desc)
{
    char *end;
    unsigned long long base = strtoull(text, &end, 0);
    if (text[0] < '0' || text[0] > '9' || *end != ':' || end[1] < '0' || end[1] > '9')
        return false;
    unsigned long long bytes = strtoull(end + 1, &end, 0), unit = 1;
    if (*end == 'K' || *end == 'M')
        unit = *end++ == 'K' ? 1u << 10 : 1u << 20;
    if (*end != '\0' || base > UINT32_MAX || bytes == 0 || bytes > UINT32_MAX / unit)
        return false;
    desc->ram_base = (uint32_t)base;
    desc->ram_bytes = (uint32_t)(bytes * unit);
    return true;
}

/* Which of two words text is; 2 when neither, and said so. */
static int which(const char *option, const char *text, const char *first, const char *second)
{
    if (text == NULL || strcmp(text, first) == 0)
        return 0;
    if (strcmp(text, second) == 0)
        return 1;
    cli_fail(EXIT_OURS, "exec: --%s: '%s' is neither %s nor %s", option, text, first, second);
    return 2;
}

/* What the core is to be. */
static bool set_core(const choice_t *choice, core_desc_t *core, core_speed_t *speed)
{
    char error[256];
    isa_t isa = {.m = true, .a = true, .c = true, .u = true};
    int misaligned = which("misaligned", choice->misaligned, "trap", "allow");
    int functional = which("speed", choice->speed, "cycle", "functional");
    if (misaligned == 2 || functional == 2)
        return false;
    if (choice->isa != NULL && !isa_parse(choice->isa, &isa, error, sizeof(error)))
        return refuse("exec: --isa: %s", error);
    core->m = isa.m;
    core->a = isa.a;
    core->c = isa.c;
    core->u = isa.u;
    core->misaligned = misaligned == 1;
    *speed = functional == 1 ? CORE_FUNCTIONAL : CORE_CYCLE;
    return true;
}

static bool set_machine(const choice_t *choice, machine_desc_t *desc, uint64_t *max_cycles)
{
    static const cli_t cli = {"exec", "", "", NULL, 0, 0, 0};
    *desc = machine_desc_default();
    *max_cycles = MACHINE_MAX_CYCLES;
    if (choice->max_cycles != NULL &&
        !cli_u64(&cli, "max-cycles", choice->max_cycles, 1, MACHINE_MAX_CYCLES, max_cycles))
        return false;
    if (choice->memory != NULL && !read_memory(choice->memory, desc))
        return refuse("exec: --memory: '%s' is not BASE:BYTES, as in 0x80000000:64K",
                      choice->memory);
    return set_core(choice, &desc->core, &desc->speed);
}

/* ---- set-up ---- */

static void on_ended(void *ctx, uint32_t code)
{
    machine_exit(ctx, code);
}

/* The program's name and its arguments with spaces between them. */
static bool join_arguments(char *line, size_t room, char **args, int count)
{
    size_t used = 0;
    for (int i = 0; i < count; i++) {
        int more = snprintf(line + used, room - used, "%s%s", i > 0 ? " " : "", args[i]);
        if (more < 0 || (size_t)more >= room - used)
            return false;
        used += (size_t)more;
    }
    return true;
}

static bool connect_semihost(exec_t *e, const choice_t *choice)
{
    e->semihost = (semihost_t){
        .bus = &e->machine.bus,
        .clk_hz = e->machine.core.desc.clk_hz,
        .command_line = e->command_line,
        .memory_free = e->machine.free_base,
        .memory_end = machine_ram_end(&e->machine),
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .folder = choice->folder != NULL ? folder_at(choice->folder) : -1,
        .ended = on_ended,
        .ended_ctx = &e->machine,
    };
    semihost_init(&e->semihost);
    e->machine.core.on_ebreak = semihost_on_ebreak;
    e->machine.core.on_ebreak_ctx = &e->semihost;
    if (choice->folder != NULL && e->semihost.folder < 0)
        return refuse("%s: %s", choice->folder, strerror(-e->semihost.folder));
    return true;
}

static void connect_htif(exec_t *e)
{
    htif_t *h = &e->htif;
    *h = (htif_t){.bus = &e->machine.bus,
                  .in = stdin,
                  .out = stdout,
                  .err = stderr,
                  .ended = on_ended,
                  .ended_ctx = &e->machine};
    if (!elf_symbol(e->image, e->image_bytes, "tohost", &h->tohost))
        return;
    h->answers = elf_symbol(e->image, e->image_bytes, "fromhost", &h->fromhost);
    e->machine.poll = htif_poll;
    e->machine.poll_ctx = h;
    e->machine.poll_cycles = HTIF_CYCLES;
}

/* The program is in memory already. */
static bool connect_observer(exec_t *e, const choice_t *choice)
{
    elf_segment_t segments[ELF_SEGMENTS];
    uint32_t count;
    char error[512];
    if (!observe_wanted(&choice->observe))
        return true;
    if (!observe_init(&e->observe, &choice->observe, &e->machine.core, error, sizeof(error)) ||
        !observe_program(&e->observe, e->image, e->image_bytes, choice->program, error,
                         sizeof(error)))
        return refuse("exec: %s", error);
    if (choice->observe.access == NULL ||
        elf_segments(e->image, e->image_bytes, choice->program, segments, &count, error,
                     sizeof(error)) != SIM_OK)
        return true;
    for (uint32_t i = 0; i < count; i++)
        access_wrote(&e->observe.access, segments[i].paddr, segments[i].mem_bytes);
    return true;
}

static bool debug_advance(void *ctx, uint64_t until_ps)
{
    return debug_run(ctx, until_ps);
}

static bool connect_debugger(exec_t *e, const choice_t *choice)
{
    char error[512];
    const debug_desc_t desc = {.sim = e->machine.sim,
                               .core = &e->machine.core,
                               .bus = &e->machine.bus,
                               .once = true,
                               .interrupted = e->machine.interrupted};
    if (choice->gdb == NULL)
        return true;
    if (!debug_open(&e->debug, &desc, choice->gdb, error, sizeof(error)))
        return refuse("exec: --gdb: %s", error);
    fprintf(stderr, "fovea: waits for gdb-multiarch %s -ex 'target remote %s'\n", choice->program,
            e->debug.server.name);
    replay_init(&e->replay, &e->machine);
    e->machine.advance = debug_advance;
    e->machine.advance_ctx = &e->debug;
    return true;
}

static bool set_up(exec_t *e, const choice_t *choice, const machine_desc_t *desc)
{
    char error[512];
    if (choice->signature != NULL && !cli_apart(choice->program, choice->signature))
        return false;
    e->image = sim_file_read(choice->program, MAX_ELF_BYTES, &e->image_bytes, error, sizeof(error));
    if (e->image == NULL)
        return refuse("%s", error);
    if (!machine_init(&e->machine, desc, e->image, e->image_bytes, choice->program, error,
                      sizeof(error)))
        return refuse("%s", error);
    if (choice->signature != NULL && !signature_find(&e->signature, &e->machine.bus, e->image,
                                                     e->image_bytes, error, sizeof(error)))
        return refuse("%s: %s", choice->program, error);
    e->machine.interrupted = interrupt_watch();
    connect_htif(e);
    return connect_semihost(e, choice) && connect_observer(e, choice) &&
           connect_debugger(e, choice);
}

static void tear_down(exec_t *e)
{
    if (e->semihost.out != NULL)
        semihost_free(&e->semihost);
    if (e->machine.advance != NULL)
        debug_close(&e->debug);
    replay_free(&e->replay);
    observe_free(&e->observe);
    if (e->semihost.out != NULL && e->semihost.folder >= 0)
        close(e->semihost.folder);
    machine_free(&e->machine);
    free(e->image);
}

/* ---- the end ---- */

/* A shell sees eight bits; a failure must not look like 0 through them. */
static int exit_code(uint32_t code)
{
    uint32_t low = code & 255;
    return low == 0 && code != 0 ? 255 : (int)low;
}

/* Its source line. */
static const char *where(const exec_t *e, uint32_t pc, char text[SOURCE_PLACE])
{
    return source_remark(e->image, e->image_bytes, pc, text);
}

/* What somebody who meets that exception should look at first. */
static const char *advice(uint32_t cause)
{
    static const char *const of[] = {
        [0] = "is it for another --isa?",
        [1] = "no code there: a wild jump, or see --memory",
        [2] = "is it for another --isa?",
        [3] = "an EBREAK that is no semihosting call",
        [4] = "see --misaligned",
        [5] = "no memory there: a stack or pointer astray, or see --memory",
        [6] = "see --misaligned",
        [7] = "no memory there: a stack or pointer astray, or see --memory",
    };
    return cause < SIM_COUNT(of) ? of[cause] : "look at its handler";
}

static int tell_storm(const exec_t *e, const char *program)
{
    const core_trap_t *t = &e->machine.storm.trap, *before = &e->machine.storm.before;
    char place[SOURCE_PLACE], place_before[SOURCE_PLACE], began[SOURCE_PLACE + 64] = "";
    if (before->epc != 0)
        snprintf(began, sizeof(began), "; the trap before it was mcause %u at pc 0x%08x%s",
                 before->cause, before->epc, where(e, before->epc, place_before));
    return cli_fail(EXIT_OURS, "%s: traps for ever: mcause %u, pc 0x%08x, mtval 0x%08x: %s%s%s; %s",
                    program, t->cause, t->epc, t->value, core_cause_name(t->cause),
                    where(e, t->epc, place), began, advice(t->cause));
}

/* The program did not end by itself. */
static int tell_end(const exec_t *e, const char *program, machine_end_t end)
{
    const machine_t *m = &e->machine;
    const uint32_t pc = m->core.pc;
    char line[SOURCE_PLACE];
    const char *place = where(e, pc, line);
    bool interrupted = m->interrupted != NULL && *m->interrupted != 0;
    switch (end) {
    case MACHINE_STORM:
        return tell_storm(e, program);
    case MACHINE_DIED:
        if (e->replay.no_memory)
            return cli_fail(EXIT_OURS, "out of memory for what the program asked for");
        return cli_fail(EXIT_OURS, "%s: %s%s", program, m->trouble, place);
    case MACHINE_ASLEEP:
        return cli_fail(EXIT_OURS,
                        "%s: asleep for good before pc 0x%08x%s: no interrupt is to come", program,
                        pc, place);
    case MACHINE_STOPPED:
        if (!interrupted)
            return cli_fail(EXIT_OURS, "%s: ended by the debugger", program);
        return cli_fail(EXIT_OURS, "%s: interrupted at pc 0x%08x%s", program, pc, place);
    default:
        return cli_fail(EXIT_OURS, "%s: not at its end after %llu cycles, pc 0x%08x%s", program,
                        (unsigned long long)e->max_cycles, pc, place);
    }
}

static int finish(exec_t *e, const choice_t *choice, machine_end_t end)
{
    char error[512];
    machine_t *m = &e->machine;
    if (end != MACHINE_EXITED)
        return tell_end(e, choice->program, end);
    if (choice->signature != NULL &&
        !signature_write(&e->signature, &m->bus, choice->signature, error, sizeof(error)))
        return cli_fail(EXIT_OURS, "%s", error);
    return exit_code(m->code);
}

static double host_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int run(exec_t *e, const choice_t *choice)
{
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* whole lines, even of a program that is killed */
    double start = host_s();
    machine_end_t end = machine_run(&e->machine, e->max_cycles);
    if (e->machine.advance != NULL)
        debug_over(&e->debug,
                   end == MACHINE_EXITED ? (uint8_t)exit_code(e->machine.code) : EXIT_OURS);
    double took = host_s() - start;
    char error[512];
    if (observe_wanted(&choice->observe) && !observe_end(&e->observe, error, sizeof(error)))
        return cli_fail(EXIT_OURS, "%s", error);
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_fail(EXIT_OURS, "standard output cannot be written");
    if (choice->report != NULL) {
        core_settle(&e->machine.core);
        fprintf(stderr, "%llu instructions, %llu cycles, %.3f s, %.0f MIPS\n",
                (unsigned long long)e->machine.core.instructions,
                (unsigned long long)e->machine.core.cycles, took,
                (double)e->machine.core.instructions / (took > 0 ? took : 1e-9) * 1e-6);
    }
    return finish(e, choice, end);
}

static int execute(const choice_t *choice, char **args, int count)
{
    machine_desc_t desc;
    int code = EXIT_OURS;
    exec_t *e = calloc(1, sizeof(*e));
    if (e == NULL)
        return cli_fail(EXIT_OURS, "out of memory");
    if (!join_arguments(e->command_line, sizeof(e->command_line), args, count))
        cli_fail(EXIT_OURS, "exec: more than %d characters of arguments", MAX_COMMAND_LINE - 1);
    else if (set_machine(choice, &desc, &e->max_cycles) && set_up(e, choice, &desc))
        code = run(e, choice);
    tear_down(e);
    free(e);
    return code;
}

int cmd_exec(int argc, char **argv)
{
    choice_t c = {0};
    const cli_opt_t opts[] = {
        {0, "isa", "STRING", "rv32i and of m, a, c, u (default: all)", &c.isa},
        {0, "misaligned", "trap|allow", "loads and stores across their size (default: trap)",
         &c.misaligned},
        {0, "speed", "cycle|functional", "count cycles, or an instruction a cycle (default: cycle)",
         &c.speed},
        {0, "max-cycles", "N", "give up then, code 125", &c.max_cycles},
        {0, "memory", "BASE:BYTES", "RAM (default: what the program needs, and 16 MiB)", &c.memory},
        {0, "signature", "FILE", "begin_signature to end_signature, a word a line", &c.signature},
        {0, "semihosting-dir", "DIR", "files of the program are below it (default: none)",
         &c.folder},
        {0, "gdb", "ADDRESS", "wait for a debugger: :1234, ADDRESS:PORT, unix:PATH", &c.gdb},
        OBSERVE_OPTIONS(c.observe),
        {0, "report", NULL, "instructions, cycles and host time on stderr", &c.report},
    };
    const cli_t cli = {
        "exec",
        "PROG.elf [-- ARGS...]",
        "Runs a bare-metal RV32 program on the core alone, with semihosting and HTIF. "
        "The exit code is the program's, 125 for errors of our own.",
        opts,
        SIM_COUNT(opts),
        1,
        INT_MAX};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over == EXIT_USAGE ? EXIT_OURS : over; /* 2 may be the program's */
    c.program = args[0];
    return execute(&c, args, count);
}
