/*
 * fovea_postmortem.h - the one format of what a program says when it dies.
 *
 * A packet is little-endian 32-bit words:
 *
 *     header (PM_HEADER_WORDS) | registers x1..x31 | stack | text | CRC-32
 *
 * The CRC-32 (IEEE 802.3, reflected 0xEDB88320, start and final xor all ones) covers every byte
 * before it. The link may pad the packet; PM_TOTAL_BYTES says where it ends. It leaves the sensor
 * on virtual channel 1 as user-defined 8-bit data type 0x31, between a frame start and a frame end
 * of its own, and stays in the core's memory over a reset (__postmortem of fovea.ld). Version 1.
 * Compiled by the firmware that writes it and by the host that reads it.
 */
#ifndef FOVEA_POSTMORTEM_H
#define FOVEA_POSTMORTEM_H

#define PM_MAGIC_VALUE 0x50564f46u /* "FOVP" */
#define PM_VERSION_VALUE 1u
#define PM_VIRTUAL_CHANNEL 1u
#define PM_DATA_TYPE 0x31u

/* clang-format off */
/* Header words: X(name, help), in order. */
#define PM_HEADER(X)                                                                                \
    X(MAGIC,       "FOVP")                                                                          \
    X(VERSION,     "format version; another one is not decoded")                                    \
    X(TOTAL_BYTES, "header, registers, stack, text and CRC")                                        \
    X(REASON,      "see PM_REASONS")                                                                \
    X(CAUSE,       "mcause")                                                                        \
    X(PC,          "mepc; of an assertion, where its call would return to")                                        \
    X(VALUE,       "mtval")                                                                         \
    X(STATUS,      "mstatus")                                                                       \
    X(TIME_LO,     "simulated time of death, ps, low word")                                         \
    X(TIME_HI,     "the same, high word")                                                           \
    X(RESET_CAUSE, "RST_CAUSE as the program found it")                                             \
    X(DEATHS,      "how many packets there were since power-on, this one included")                 \
    X(TASK_0,      "name of the task that ran, 8 characters; zeros: none")                          \
    X(TASK_1,      "the rest of it")                                                                \
    X(LINE,        "of an assertion's source file, else 0")                                         \
    X(STACK_ADDR,  "address of the first stack word")                                               \
    X(STACK_WORDS, "number of stack words")                                                         \
    X(TEXT_WORDS,  "number of text words: file: expression of an assertion, zeros behind it")

/* Why: X(name, value, text in postmortem.jsonl). */
#define PM_REASONS(X)                                                                               \
    X(EXCEPTION, 1, "exception")                                                                    \
    X(ASSERTION, 2, "assertion")                                                                    \
    X(WATCHDOG,  3, "watchdog")
/* clang-format on */

#define PM_HEADER_INDEX(name, help) PM_##name,
enum { PM_HEADER(PM_HEADER_INDEX) PM_HEADER_WORDS };
#undef PM_HEADER_INDEX

#define PM_REASON_VALUE(name, value, text) PM_REASON_##name = (value),
enum { PM_REASONS(PM_REASON_VALUE) PM_REASON_NONE = 0 };
#undef PM_REASON_VALUE

enum { PM_REGISTERS = 31, PM_MAX_STACK_WORDS = 64, PM_MAX_TEXT_WORDS = 32 };

enum { PM_TASK_BYTES = 8 };

#define PM_MAX_BYTES                                                                               \
    (4u * (PM_HEADER_WORDS + PM_REGISTERS + PM_MAX_STACK_WORDS + PM_MAX_TEXT_WORDS + 1u))

#endif
