/*
 * boot_image.h - what lies in flash: a header of one page, then the bytes of its segments.
 *
 * Compiled by the boot ROM and by the tool that makes images. Words are little-endian; offsets
 * count from the header's first byte. Two slots: A at 0, B at the middle of the flash; the ROM
 * takes the first that is whole.
 *
 *   word 0 magic   1 version   2 bytes of the image   3 number of segments   4 entry
 *   5 build: major, minor, patch of Fovea, 0, highest byte first; main_fw_version (0xd07c)
 *   6, 7 zero      then 11 segments of 5 words, unused ones zero      63 CRC-32 of words 0..62
 *
 * A segment: kind, offset, bytes, bus address, CRC-32 of its bytes. Firmware segments go into the
 * core's memory, and come first; network segments go into L2. All of these are multiples of 4.
 */
#ifndef FW_BOOT_IMAGE_H
#define FW_BOOT_IMAGE_H

#include <stdint.h>

#define BOOT_MAGIC 0x49425646u /* "FVBI" */
enum {
    BOOT_VERSION = 1,
    BOOT_HEADER_WORDS = 64,
    BOOT_HEADER_BYTES = 4 * BOOT_HEADER_WORDS,
    BOOT_SEGMENTS = 11,
    BOOT_CRC_WORD = BOOT_HEADER_WORDS - 1,
    BOOT_STACK_BYTES =
        2048, /* the ROM's, at the end of the core's memory: nothing is loaded there */
};

/* clang-format off */
#define BOOT_HEAD(X) X(MAGIC) X(VERSION) X(BYTES) X(COUNT) X(ENTRY) X(BUILD) X(ZERO0) X(ZERO1)
#define BOOT_SEGMENT(X) X(KIND) X(OFFSET) X(BYTES) X(ADDR) X(CRC)

/* boot_status of the CCS registers. */
#define BOOT_STATUSES(X)                                                                           \
    X(NONE,    0x0000, "nobody has booted from here: firmware was in place")                       \
    X(LOADING, 0x0001, "the ROM is at work")                                                       \
    X(SLOT_A,  0x000a, "the image of slot A was started")                                          \
    X(SLOT_B,  0x000b, "slot A was bad, the image of slot B was started")                          \
    X(HOST,    0x000c, "an image of the host was started")                                         \
    X(FAILED,  0x8001, "no image could be started; boot_error_a and _b say why")                   \
    X(TRAP,    0x8002, "exception in the ROM; boot_error_a is mcause")

/* boot_error_a and boot_error_b: why the image of a slot was not started. */
#define BOOT_ERRORS(X)                                                                             \
    X(FINE,      0, "it was started, or never looked at")                                          \
    X(NO_FLASH,  1, "nothing answers the id command")                                              \
    X(NO_IMAGE,  2, "no magic word")                                                               \
    X(VERSION,   3, "a version that the ROM does not know")                                        \
    X(HEADER,    4, "CRC of the header is wrong")                                                  \
    X(SEGMENTS,  5, "no firmware, too many segments, a wrong kind, or firmware behind network")    \
    X(RANGE,     6, "a segment is outside of the image, or the image outside of its slot")         \
    X(ADDRESS,   7, "a segment is for no memory of its kind, or odd")                              \
    X(ENTRY,     8, "the entry is in no firmware segment")                                         \
    X(FIRMWARE,  9, "CRC of a firmware segment is wrong")                                          \
    X(NETWORK,  10, "CRC of a network segment is wrong")                                           \
    X(MEMORY,   11, "a transfer hit no memory")                                                    \
    X(PLACE,    12, "a network would meet one that is needed, or what the program uses")
/* clang-format on */

#define BOOT_INDEX(name) BOOT_##name##_W,
enum { BOOT_HEAD(BOOT_INDEX) BOOT_HEAD_WORDS };
#undef BOOT_INDEX
#define BOOT_INDEX(name) BOOT_SEG_##name,
enum { BOOT_SEGMENT(BOOT_INDEX) BOOT_SEG_WORDS };
#undef BOOT_INDEX
#define BOOT_VALUE(name, value, text) BOOT_S_##name = (value),
enum { BOOT_STATUSES(BOOT_VALUE) };
#undef BOOT_VALUE
#define BOOT_VALUE(name, value, text) BOOT_E_##name = (value),
enum { BOOT_ERRORS(BOOT_VALUE) };
#undef BOOT_VALUE
enum {
    BOOT_KIND_FIRMWARE = 1,
    BOOT_KIND_NETWORK = 2,
    BOOT_KINDS_ALL = 1 << BOOT_KIND_FIRMWARE | 1 << BOOT_KIND_NETWORK
};

/* The memory that segments may go to, and the bytes of a slot. */
typedef struct {
    uint32_t tcm_base, tcm_bytes; /* without the ROM's stack */
    uint32_t l2_base, l2_bytes;
    uint32_t slot_bytes;
    uint32_t kinds; /* bit n: segments of kind n may be there; then firmware must be */
} boot_limits_t;

static inline const uint32_t *boot_segment(const uint32_t *header, uint32_t n)
{
    return header + BOOT_HEAD_WORDS + n * BOOT_SEG_WORDS;
}

/* BOOT_E_FINE when every segment of the header (BOOT_HEADER_WORDS words) can be loaded and run. */
uint32_t boot_check(const uint32_t *header, const boot_limits_t *limits);

/* CRC-32 (IEEE 802.3) of words, little-endian. */
uint32_t boot_crc(const uint32_t *words, uint32_t count);
/* One more word into a register that begins and ends inverted. */
uint32_t boot_crc_word(uint32_t crc, uint32_t word);

#endif
