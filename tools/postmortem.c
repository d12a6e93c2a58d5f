#include "tools/postmortem.h"

#include <stdio.h>
#include <string.h>

#include "firmware/include/fovea_postmortem.h"
#include "sim/hash.h"

enum { FIXED_WORDS = PM_HEADER_WORDS + PM_REGISTERS, CAUSES = 12, RESET_CAUSES = 5 };

static uint32_t word_at(const uint8_t *bytes, uint32_t index)
{
    const uint8_t *b = bytes + 4 * (size_t)index;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* ---- check ---- */

static bool complain(char *error, size_t error_bytes, uint32_t word, uint32_t found,
                     const char *expected)
{
    snprintf(error, error_bytes, "post-mortem packet: byte %u: found 0x%x, expected %s", 4 * word,
             found, expected);
    return false;
}

static bool size_fits(const uint8_t *bytes, size_t count)
{
    uint32_t stack = word_at(bytes, PM_STACK_WORDS), text = word_at(bytes, PM_TEXT_WORDS);
    uint32_t words = FIXED_WORDS + stack + text + 1;
    return stack <= PM_MAX_STACK_WORDS && text <= PM_MAX_TEXT_WORDS &&
           word_at(bytes, PM_TOTAL_BYTES) == 4 * words && 4 * (size_t)words <= count;
}

bool postmortem_check(const uint8_t *bytes, size_t count, char *error, size_t error_bytes)
{
    if (count < 4 * (FIXED_WORDS + 1)) {
        snprintf(error, error_bytes, "post-mortem packet: %zu bytes, expected at least %d", count,
                 4 * (FIXED_WORDS + 1));
        return false;
    }
    if (word_at(bytes, PM_MAGIC) != PM_MAGIC_VALUE)
        return complain(error, error_bytes, PM_MAGIC, word_at(bytes, PM_MAGIC), "FOVP");
    if (word_at(bytes, PM_VERSION) != PM_VERSION_VALUE)
        return complain(error, error_bytes, PM_VERSION, word_at(bytes, PM_VERSION), "version 1");
    if (!size_fits(bytes, count))
        return complain(error, error_bytes, PM_TOTAL_BYTES, word_at(bytes, PM_TOTAL_BYTES),
                        "the size of its parts, all of them there");
    uint32_t last = word_at(bytes, PM_TOTAL_BYTES) / 4 - 1;
    return word_at(bytes, last) == sim_crc32(0, bytes, 4 * (size_t)last) ||
           complain(error, error_bytes, last, word_at(bytes, last), "the CRC-32 of the packet");
}

/* ---- line ---- */

static void add_hex(sim_json_t *to, const char *name, uint32_t value)
{
    char text[16];
    snprintf(text, sizeof(text), "0x%08x", value);
    sim_json_add_str(to, name, text);
}

static const char *reason_name(uint32_t reason)
{
    switch (reason) {
#define X(name, value, text)                                                                       \
    case value:                                                                                    \
        return text;
        PM_REASONS(X)
#undef X
    default:
        return "unknown";
    }
}

/* Privileged specification 20211203, table 3.6. */
static const char *cause_name(uint32_t cause)
{
    static const char *const names[CAUSES] = {
        "instruction address misaligned",
        "instruction access fault",
        "illegal instruction",
        "breakpoint",
        "load address misaligned",
        "load access fault",
        "store address misaligned",
        "store access fault",
        "call from user mode",
        "reserved",
        "reserved",
        "call from machine mode",
    };
    return cause < CAUSES ? names[cause] : cause == 0x80000000u ? "NMI" : "unknown";
}

/* Text of the packet, cut at its first zero; what no text has becomes '?'. */
static void add_text(sim_json_t *line, const char *name, const uint8_t *from, size_t room)
{
    char text[4 * PM_MAX_TEXT_WORDS + 1];
    size_t n = 0;
    for (; n < room && from[n] != 0; n++)
        text[n] = (char)(from[n] >= ' ' && from[n] < 0x7f ? from[n] : '?');
    text[n] = '\0';
    if (n > 0)
        sim_json_add_str(line, name, text);
}

/* "function (file:line)", as far as it is known. */
static void add_place(sim_json_t *to, const char *name, const source_lines_t *lines, uint32_t addr)
{
    char place[SOURCE_PLACE], text[2 * SOURCE_PLACE];
    const source_func_t *func = source_func_at(lines, addr);
    snprintf(text, sizeof(text), "%s (%s)", func != NULL ? func->name : "?",
             source_place(lines, addr, place));
    sim_json_add_str(to, name, text);
}

static void add_reset_cause(sim_json_t *line, uint32_t cause)
{
    static const char *const names[RESET_CAUSES] = {"power-on", "watchdog", "software",
                                                    "brown-out", "host"};
    sim_json_t *list = sim_json_add_array(line, "reset_cause");
    for (uint32_t i = 0; i < RESET_CAUSES; i++)
        if ((cause >> i & 1) != 0)
            sim_json_add_str(list, NULL, names[i]);
}

static void add_registers(sim_json_t *line, const uint8_t *bytes)
{
    static const char *const names[PM_REGISTERS] = {
        "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0", "a1",
        "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5", "s6",
        "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
    sim_json_t *list = sim_json_add_object(line, "registers");
    for (uint32_t i = 0; i < PM_REGISTERS; i++)
        add_hex(list, names[i], word_at(bytes, PM_HEADER_WORDS + i));
}

static void add_stack(sim_json_t *line, const uint8_t *bytes)
{
    sim_json_t *stack = sim_json_add_object(line, "stack");
    add_hex(stack, "addr", word_at(bytes, PM_STACK_ADDR));
    sim_json_t *words = sim_json_add_array(stack, "words");
    for (uint32_t i = 0; i < word_at(bytes, PM_STACK_WORDS); i++)
        add_hex(words, NULL, word_at(bytes, FIXED_WORDS + i));
}

/* A return address lies behind its call: the byte before it is the call's. */
static void add_call(sim_json_t *calls, const source_lines_t *lines, uint32_t addr)
{
    if (addr % 2 == 0 && addr != 0 && source_func_at(lines, addr - 1) != NULL)
        add_place(calls, NULL, lines, addr - 1);
}

static void add_calls(sim_json_t *line, const uint8_t *bytes, const source_lines_t *lines)
{
    sim_json_t *calls = sim_json_add_array(line, "calls");
    add_call(calls, lines, word_at(bytes, PM_HEADER_WORDS)); /* ra */
    for (uint32_t i = 0; i < word_at(bytes, PM_STACK_WORDS); i++)
        add_call(calls, lines, word_at(bytes, FIXED_WORDS + i));
}

static void add_death(sim_json_t *line, const uint8_t *bytes)
{
    sim_json_add_str(line, "reason", reason_name(word_at(bytes, PM_REASON)));
    sim_json_add_u64(line, "time_ps",
                     (uint64_t)word_at(bytes, PM_TIME_HI) << 32 | word_at(bytes, PM_TIME_LO));
    add_text(line, "task", bytes + 4 * PM_TASK_0, PM_TASK_BYTES);
    add_hex(line, "mcause", word_at(bytes, PM_CAUSE));
    sim_json_add_str(line, "cause", cause_name(word_at(bytes, PM_CAUSE)));
    add_hex(line, "pc", word_at(bytes, PM_PC));
    add_hex(line, "mtval", word_at(bytes, PM_VALUE));
    add_hex(line, "mstatus", word_at(bytes, PM_STATUS));
}

sim_json_t *postmortem_json(const uint8_t *bytes, const source_lines_t *lines)
{
    sim_json_t *line = sim_json_object();
    add_death(line, bytes);
    uint32_t behind_call = word_at(bytes, PM_REASON) == PM_REASON_ASSERTION;
    if (lines != NULL)
        add_place(line, "at", lines, word_at(bytes, PM_PC) - behind_call);
    uint32_t text = FIXED_WORDS + word_at(bytes, PM_STACK_WORDS);
    add_text(line, "assertion", bytes + 4 * (size_t)text, 4 * word_at(bytes, PM_TEXT_WORDS));
    if (word_at(bytes, PM_LINE) != 0)
        sim_json_add_u64(line, "line", word_at(bytes, PM_LINE));
    add_reset_cause(line, word_at(bytes, PM_RESET_CAUSE));
    sim_json_add_u64(line, "deaths", word_at(bytes, PM_DEATHS));
    add_registers(line, bytes);
    add_stack(line, bytes);
    if (lines != NULL)
        add_calls(line, bytes, lines);
    return line;
}
