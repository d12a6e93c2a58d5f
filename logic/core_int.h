/*
 * core_int.h - the inside of the core: instruction table, decoded form, and who does what.
 *
 *   core.c    events, inputs, life                 decode.c   words to decoded instructions
 *   exec.c    the fast loop over these             rvc.c      16-bit encodings to 32 bits
 *   trap.c    modes, exceptions, interrupts        csr.c      control and status registers
 *   access.c  accesses that leave the fast loop    pmp.c      physical memory protection
 *   icache.c  fetches from L2
 *   disasm.c  words to text                        core_debug.c  stops and notes
 */
#ifndef LOGIC_CORE_INT_H
#define LOGIC_CORE_INT_H

#include "logic/core.h"

/*
 * The instructions: the 32-bit encodings of the RISC-V unprivileged specification 20191213,
 * chapter 24, and of the privileged one. A word is the instruction when (word & mask) == match.
 * The last column is its member of core_costs_t.
 */
/* clang-format off */
#define CORE_INSNS(X)                                                          \
    /* op       text        format mask        match       cycles */           \
    X(LUI,      "lui",      U,     0x0000007f, 0x00000037, alu)                \
    X(AUIPC,    "auipc",    U,     0x0000007f, 0x00000017, alu)                \
    X(JAL,      "jal",      J,     0x0000007f, 0x0000006f, branch)             \
    X(JALR,     "jalr",     LOAD,  0x0000707f, 0x00000067, branch)             \
    X(BEQ,      "beq",      B,     0x0000707f, 0x00000063, branch)             \
    X(BNE,      "bne",      B,     0x0000707f, 0x00001063, branch)             \
    X(BLT,      "blt",      B,     0x0000707f, 0x00004063, branch)             \
    X(BGE,      "bge",      B,     0x0000707f, 0x00005063, branch)             \
    X(BLTU,     "bltu",     B,     0x0000707f, 0x00006063, branch)             \
    X(BGEU,     "bgeu",     B,     0x0000707f, 0x00007063, branch)             \
    X(LB,       "lb",       LOAD,  0x0000707f, 0x00000003, load)               \
    X(LH,       "lh",       LOAD,  0x0000707f, 0x00001003, load)               \
    X(LW,       "lw",       LOAD,  0x0000707f, 0x00002003, load)               \
    X(LBU,      "lbu",      LOAD,  0x0000707f, 0x00004003, load)               \
    X(LHU,      "lhu",      LOAD,  0x0000707f, 0x00005003, load)               \
    X(SB,       "sb",       STORE, 0x0000707f, 0x00000023, store)              \
    X(SH,       "sh",       STORE, 0x0000707f, 0x00001023, store)              \
    X(SW,       "sw",       STORE, 0x0000707f, 0x00002023, store)              \
    X(ADDI,     "addi",     I,     0x0000707f, 0x00000013, alu)                \
    X(SLTI,     "slti",     I,     0x0000707f, 0x00002013, alu)                \
    X(SLTIU,    "sltiu",    I,     0x0000707f, 0x00003013, alu)                \
    X(XORI,     "xori",     I,     0x0000707f, 0x00004013, alu)                \
    X(ORI,      "ori",      I,     0x0000707f, 0x00006013, alu)                \
    X(ANDI,     "andi",     I,     0x0000707f, 0x00007013, alu)                \
    X(SLLI,     "slli",     SHIFT, 0xfe00707f, 0x00001013, alu)                \
    X(SRLI,     "srli",     SHIFT, 0xfe00707f, 0x00005013, alu)                \
    X(SRAI,     "srai",     SHIFT, 0xfe00707f, 0x40005013, alu)                \
    X(ADD,      "add",      R,     0xfe00707f, 0x00000033, alu)                \
    X(SUB,      "sub",      R,     0xfe00707f, 0x40000033, alu)                \
    X(SLL,      "sll",      R,     0xfe00707f, 0x00001033, alu)                \
    X(SLT,      "slt",      R,     0xfe00707f, 0x00002033, alu)                \
    X(SLTU,     "sltu",     R,     0xfe00707f, 0x00003033, alu)                \
    X(XOR,      "xor",      R,     0xfe00707f, 0x00004033, alu)                \
    X(SRL,      "srl",      R,     0xfe00707f, 0x00005033, alu)                \
    X(SRA,      "sra",      R,     0xfe00707f, 0x40005033, alu)                \
    X(OR,       "or",       R,     0xfe00707f, 0x00006033, alu)                \
    X(AND,      "and",      R,     0xfe00707f, 0x00007033, alu)                \
    X(MUL,      "mul",      R,     0xfe00707f, 0x02000033, mul)                \
    X(MULH,     "mulh",     R,     0xfe00707f, 0x02001033, mul)                \
    X(MULHSU,   "mulhsu",   R,     0xfe00707f, 0x02002033, mul)                \
    X(MULHU,    "mulhu",    R,     0xfe00707f, 0x02003033, mul)                \
    X(DIV,      "div",      R,     0xfe00707f, 0x02004033, div)                \
    X(DIVU,     "divu",     R,     0xfe00707f, 0x02005033, div)                \
    X(REM,      "rem",      R,     0xfe00707f, 0x02006033, div)                \
    X(REMU,     "remu",     R,     0xfe00707f, 0x02007033, div)                \
    X(LR,       "lr.w",     LR,    0xf9f0707f, 0x1000202f, load)               \
    X(SC,       "sc.w",     AMO,   0xf800707f, 0x1800202f, store)              \
    X(AMOSWAP,  "amoswap.w", AMO,  0xf800707f, 0x0800202f, amo)                \
    X(AMOADD,   "amoadd.w", AMO,   0xf800707f, 0x0000202f, amo)                \
    X(AMOXOR,   "amoxor.w", AMO,   0xf800707f, 0x2000202f, amo)                \
    X(AMOAND,   "amoand.w", AMO,   0xf800707f, 0x6000202f, amo)                \
    X(AMOOR,    "amoor.w",  AMO,   0xf800707f, 0x4000202f, amo)                \
    X(AMOMIN,   "amomin.w", AMO,   0xf800707f, 0x8000202f, amo)                \
    X(AMOMAX,   "amomax.w", AMO,   0xf800707f, 0xa000202f, amo)                \
    X(AMOMINU,  "amominu.w", AMO,  0xf800707f, 0xc000202f, amo)                \
    X(AMOMAXU,  "amomaxu.w", AMO,  0xf800707f, 0xe000202f, amo)                \
    X(FENCE,    "fence",    NONE,  0x0000707f, 0x0000000f, alu)                \
    X(FENCE_I,  "fence.i",  NONE,  0x0000707f, 0x0000100f, fence_i)            \
    X(CSRRW,    "csrrw",    CSR,   0x0000707f, 0x00001073, csr)                \
    X(CSRRS,    "csrrs",    CSR,   0x0000707f, 0x00002073, csr)                \
    X(CSRRC,    "csrrc",    CSR,   0x0000707f, 0x00003073, csr)                \
    X(CSRRWI,   "csrrwi",   CSRI,  0x0000707f, 0x00005073, csr)                \
    X(CSRRSI,   "csrrsi",   CSRI,  0x0000707f, 0x00006073, csr)                \
    X(CSRRCI,   "csrrci",   CSRI,  0x0000707f, 0x00007073, csr)                \
    X(ECALL,    "ecall",    NONE,  0xffffffff, 0x00000073, trap)               \
    X(EBREAK,   "ebreak",   NONE,  0xffffffff, 0x00100073, alu)                \
    X(MRET,     "mret",     NONE,  0xffffffff, 0x30200073, mret)               \
    X(WFI,      "wfi",      NONE,  0xffffffff, 0x10500073, alu)
/* clang-format on */

typedef enum {
    OP_UNKNOWN, /* slot not decoded yet */
#define X(op, text, format, mask, match, cycles) OP_##op,
    CORE_INSNS(X)
#undef X
        OP_ILLEGAL, /* imm: the encoding */
    OP_FAULT,       /* nothing to fetch at imm */
    OP_FAR,         /* `fast` of a branch or JAL out of this memory, or to no multiple of 4 */
    OP_BREAK,       /* a breakpoint */
    OP_AWAY,        /* it does not lie, or not wholly, in this line of the cache */
    OP_COUNT
} core_op_t;

/* What 16-bit instructions are expanded to. For the fast loop they are operations of their own: how
 * far the next instruction is then need not be loaded first. */
#define CORE_SHORTS(X)                                                                             \
    X(LUI)                                                                                         \
    X(JAL)                                                                                         \
    X(JALR) X(BEQ) X(BNE) X(LW) X(SW) X(ADDI) X(SLLI) X(SRLI) X(SRAI) X(ANDI) X(ADD) X(SUB) X(XOR) \
        X(OR) X(AND)

enum {
    OP_SHORT_FIRST = OP_COUNT - 1, /* values go on behind those of core_op_t */
#define X(op) OP_SHORT_##op,
    CORE_SHORTS(X)
#undef X
        OP_FAST_COUNT
};

typedef enum {
    FORMAT_R,
    FORMAT_I,
    FORMAT_SHIFT,
    FORMAT_LOAD,
    FORMAT_STORE,
    FORMAT_B,
    FORMAT_U,
    FORMAT_J,
    FORMAT_LR,
    FORMAT_AMO,
    FORMAT_CSR,
    FORMAT_CSRI,
    FORMAT_NONE,
} core_format_t;

typedef struct {
    const char *text;
    core_format_t format;
    uint32_t mask, match;
    size_t cost; /* member of core_costs_t */
} core_insn_info_t;

extern const core_insn_info_t core_insn_info[OP_COUNT];

struct core_insn {
    uint8_t op, rd, rs1, rs2; /* rd: 32 for x0 */
    uint8_t slots;            /* 1 or 2: its length in half words */
    uint8_t cycles;           /* without what depends on data; of a branch that is not taken */
    uint8_t fast;             /* op, or OP_SHORT_.. of it: what the fast loop looks at */
    uint8_t taken;            /* cycles of a jump, or a branch that is taken */
    uint32_t imm; /* AUIPC: the result. CSR: the number. In a slot, JAL and branches that are not
                     far: bytes to the target's slot */
    uint32_t pc;
};

/* ROM, TCM or a line of the cache, as the fast loop sees it. */
typedef struct {
    core_insn_t *code;
    const uint8_t *mem;
    uint32_t base, bytes; /* where instructions begin */
    uint32_t mem_bytes;   /* from there on, of which they consist */
    bool more;            /* code goes on behind that, elsewhere */
} core_code_t;

enum {
    CAUSE_FETCH_MISALIGNED = 0,
    CAUSE_FETCH_FAULT = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_LOAD_FAULT = 5,
    CAUSE_STORE_MISALIGNED = 6,
    CAUSE_STORE_FAULT = 7,
    CAUSE_ECALL_U = 8,
    CAUSE_ECALL_M = 11,
};

#define MSTATUS_MIE 0x8u
#define MSTATUS_MPIE 0x80u
#define MSTATUS_MPP 0x1800u
#define MSTATUS_MPP_SHIFT 11
#define MSTATUS_MPRV 0x20000u
#define MSTATUS_TW 0x200000u
#define CODE_LINE_SHIFT 6 /* a flag of tcm_has_code covers 64 bytes */

static inline uint32_t get16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t get32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static inline void put32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}

/* The 32-bit form of a 16-bit instruction, 0 (illegal) when reserved. */
uint32_t rvc_expand(uint32_t half);

/* Decodes a word (or the 32-bit form of a half), of any extension; cycles and slots are left alone.
 */
core_insn_t core_decode_word(uint32_t word, uint32_t pc);
/* Number of registers that insn reads in rs[0..1]. */
uint32_t core_insn_reads(const core_insn_t *insn, uint8_t rs[2]);
/* Its bytes, as they were fetched. */
void core_peek_code(const core_t *core, uint8_t *bytes, uint32_t count);
/* The instruction at pc as core_decode_word has it. */
core_insn_t core_decode_plain(const core_t *core, const core_insn_t *slot);
/* Fills the slot that insn (`fast` is OP_UNKNOWN) is in. */
void core_decode_slot(core_t *core, const core_code_t *code, core_insn_t *insn);
/* TCM bytes at offset .. offset + bytes - 1 have changed: their decoded forms are void. */
void core_code_changed(core_t *core, uint32_t offset, uint32_t bytes);
/* Decoded forms of what can be fetched from first .. end - 1, and all of them, are void; an
 * instruction under way goes on with the rest of its slot. */
void core_drop_range(core_t *core, uint64_t first, uint64_t end);
void core_drop_code(core_t *core);

/* What pc is in, as the mode that fetches sees it; false when there is nothing to fetch. Of L2
 * after core_fetch. */
bool core_find_code(core_t *core, core_code_t *code);
/* 1 where the core's mode has decoded forms of its own, else 0. */
uint32_t core_code_of(const core_t *core);
/* The slots hold nothing. */
void core_void_slots(core_insn_t *slots, uint32_t count);

/* At most so far at once, so that a run can be stopped from outside. */
#define CORE_RUN_AHEAD_CYCLES (1u << 20)
/* Runs from core->pc, which is in `code`, at core->cycle, which is before `limit`. Ends with NULL
 * before an instruction that starts at `limit` or later or after a jump out of `code`, and with the
 * instruction at core->pc when that needs more than registers and the windows. */
const core_insn_t *core_execute(core_t *core, const core_code_t *code, uint64_t limit);
/* LR, SC, AMO on the word at `place`, which is at addr. True when it was written. */
bool core_atomic(core_t *core, const core_insn_t *in, uint32_t addr, uint8_t *place);

/* False: no such CSR in this mode, or a write to a read-only one. */
bool csr_read(const core_t *core, uint32_t number, uint32_t *value);
bool csr_write(core_t *core, uint32_t number, uint32_t value);
/* Counter 0, 2..8 as the instruction at pc would read it. */
uint64_t csr_counter(const core_t *core, uint32_t counter);

/* What counts the bytes fetched from the memory at pc. */
static inline uint64_t *core_fetched(core_t *core, uint32_t pc)
{
    const bus_desc_t *d = &core->bus->desc;
    if (pc - d->tcm_base < d->tcm_bytes)
        return &core->fetch_tcm_bytes;
    return pc - d->rom_base < d->rom_bytes ? &core->fetch_rom_bytes : &core->fetch_cache_bytes;
}

/* trap.c */
/* The instruction at pc is done. */
void core_retire(core_t *core, const core_insn_t *in, uint32_t cycles);
/* The instruction at pc does not retire. */
void core_exception(core_t *core, uint32_t cause, uint32_t value);
/* Ends the run of the core. */
void core_stop(core_t *core, core_state_t state);
bool core_interrupt_waits(const core_t *core);
/* False: it must happen at its own time (`on_time`), and that has not come. */
bool core_interrupt(core_t *core, bool on_time);
bool core_step_system(core_t *core, const core_insn_t *in, bool on_time);
void core_set_mstatus(core_t *core, uint32_t value);

/* access.c */
bool core_is_access(const core_insn_t *in);
bool core_step_access(core_t *core, const core_insn_t *in, bool on_time);
void core_note_access(const core_t *core, const core_insn_t *in, core_note_t *note);
void core_on_request(void *ctx);
void core_on_l2_done(void *ctx, sim_mem_req_t *req);

/* icache.c */
static inline bool icache_is_for(const icache_t *c, uint32_t addr)
{
    return addr - c->base < c->l2_bytes;
}

/* Part of the instruction at pc, in L2, must be fetched. What is here of it counts as fetched from.
 */
bool core_lacks_code(core_t *core);
/* Asks for it. False: it is on its way (`waiting`), or its time has not come. */
bool core_fetch(core_t *core, bool on_time);
void core_request_line(core_t *core);
bool icache_find(core_t *core, core_code_t *code);
/* Decoded forms are void. */
void icache_forget(icache_t *cache);

/* core.c */
/* The event of the next instruction. */
void core_run_from_cycle(core_t *core);
/* Does what the fast loop cannot. What others can see (accesses, what the log and the halt wire
 * tell) happens at its own time: false when that has not come. */
bool core_step(core_t *core, const core_insn_t *in, bool on_time);

/* core_debug.c */
bool core_is_break(const core_t *core, uint32_t addr);
/* Kinds of watchpoints that an access meets. */
uint32_t core_watched(const core_t *core, uint32_t addr, uint32_t bytes, uint32_t kind);
/* True: the access that meets these is to wait, its stop was told (`early`). */
bool core_watch_holds(core_t *core, uint32_t addr, uint32_t found);
/* It was done. */
void core_hit_watch(core_t *core, uint32_t addr, uint32_t found);
/* Somebody wants to see every instruction. */
bool core_one_by_one(const core_t *core);
/* Does one, or stops at a breakpoint; false as core_step, and at a stop. */
bool core_advance_one(core_t *core, bool on_time);
void core_one_done(core_t *core, bool retired);
void core_note_trap(core_t *core, uint32_t from);

/* pmp.c */
enum { PMP_READ = 1, PMP_WRITE = 2, PMP_EXECUTE = 4 };
/* Whether that mode may do all of `what` with bytes addr .. addr + bytes - 1. */
bool core_pmp_allows(const core_t *core, uint32_t mode, uint32_t addr, uint32_t bytes,
                     uint32_t what);
/* The mode whose rights loads and stores have. */
uint32_t core_data_mode(const core_t *core);
uint32_t core_pmp_read(const core_t *core, uint32_t number);
void core_pmp_write(core_t *core, uint32_t number, uint32_t value);
/* pmpcfg and pmpaddr have changed: what is kept for speed follows. */
void core_pmp_changed(core_t *core);
/* The rights of loads and stores have changed. */
void core_close_windows(core_t *core);
/* A load, or store, at addr of TCM was allowed: so are others around it. */
void core_open_window(core_t *core, uint32_t addr, bool store);

#endif
