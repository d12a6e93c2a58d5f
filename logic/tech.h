/*
 * tech.h - technology files: what a unit of activity costs, what leaks, how large blocks are.
 *
 *   pixel_65nm.json --+                            +--> rows: counter, attojoules each
 *                     +--> tech_t (of both dies) --+--> parts: leakage, area of a component
 *   logic_22nm.json --+                            |
 *   sizes of the chip (pixels, MACs, KiB) ---------+
 *
 * README.md in logic/tech/ has the format. What depends on a size is multiplied out here; names of
 * components and counters are checked where they are known, by the meter (energy.h).
 *
 * Units: aJ an event, nW, um2.
 */
#ifndef LOGIC_TECH_H
#define LOGIC_TECH_H

#include "sim/json.h"

/* Groups of reports: X(name, text, what). */
/* clang-format off */
#define TECH_BLOCKS(X)                                                                             \
    X(PIXEL,   "pixel",   "photosites, row drivers, column lines")                                 \
    X(ADC,     "adc",     "converters of the columns")                                             \
    X(READOUT, "readout", "rows' way to the logic die")                                            \
    X(ISP,     "isp",     "image pipeline with its line buffers")                                  \
    X(NPU,     "npu",     "arrays, DMAs and L1 of the NPU")                                        \
    X(L2,      "l2",      "banks of the L2")                                                       \
    X(CORE,    "core",    "RISC-V core, its memories and cache")                                   \
    X(BUS,     "bus",     "register bus and DMA")                                                  \
    X(LINK,    "link",    "CSI-2 transmitter and its lanes")                                       \
    X(OTHER,   "other",   "peripherals, PLLs, pads")

/* Sizes of a chip that numbers of a file may grow with: X(name, what). */
#define TECH_SIZES(X)                                                                              \
    X(pixel,        "photosites")                                                                  \
    X(pixel_um2,    "square micrometers of photosites")                                            \
    X(column,       "columns")                                                                     \
    X(row,          "rows")                                                                        \
    X(isp_kib,      "KiB of the widest image's line, 1 byte a pixel")                              \
    X(mac,          "multipliers of the NPU")                                                      \
    X(vector_lane,  "elements that its vector unit takes a cycle")                                 \
    X(l1_kib,       "KiB of its L1")                                                               \
    X(l2_kib,       "KiB of L2")                                                                   \
    X(core_kib,     "KiB of ROM, TCM and instruction cache")                                       \
    X(fifo_kib,     "KiB of the link's FIFO")                                                      \
    X(lane,         "data lanes of the link")
/* clang-format on */

typedef enum {
#define X(name, text, help) TECH_##name,
    TECH_BLOCKS(X)
#undef X
        TECH_BLOCK_COUNT
} tech_block_t;
extern const char *const tech_block_names[TECH_BLOCK_COUNT];

typedef enum { TECH_PIXEL_DIE, TECH_LOGIC_DIE, TECH_DIES } tech_die_t;
extern const char *const tech_die_names[TECH_DIES]; /* "pixel", "logic" */

typedef struct {
#define X(name, what) double name;
    TECH_SIZES(X)
#undef X
} tech_sizes_t;

enum { TECH_MAX_PARTS = 48, TECH_MAX_ROWS = 192, TECH_NAME = 40, TECH_FILE = 64 };

#define TECH_ALL UINT32_MAX /* every element of an array of counters */

/* A component, or several ("l2.bank*"), and what it is made of. */
typedef struct {
    tech_die_t die;
    tech_block_t block;
    uint32_t entry;            /* blocks[entry] of the file */
    char component[TECH_NAME]; /* below the sensor; "": none, only leakage and area */
    uint64_t leakage_nw;
    double area_um2;
} tech_part_t;

/* What an event costs that one of its counters counts. */
typedef struct {
    uint32_t part, item;  /* activity[item] of it */
    char stat[TECH_NAME]; /* name of the counter */
    uint32_t index;       /* of an array of counters; TECH_ALL: their sum */
    uint64_t aj;
} tech_row_t;

/* Both dies; parts 0: nothing was read, there is no meter. */
typedef struct {
    char file[TECH_DIES][TECH_FILE]; /* as the chip file names them; "": the built-in ones */
    double node_nm[TECH_DIES], voltage_v[TECH_DIES];
    uint64_t sample_ps; /* how often the meter looks */
    tech_part_t part[TECH_MAX_PARTS];
    tech_row_t row[TECH_MAX_ROWS];
    uint32_t parts, rows;
} tech_t;

/* The "tech" key of a chip file: {"pixel": name, "logic": name}; either may be absent. */
void tech_names_read(const sim_cfg_t *chip, tech_t *tech);

/*
 * Opens the file of a die: "" is a copy of pixel_65nm.json, logic_22nm.json that is built in;
 * others lie in the folder of the chip file (NULL: the working directory), or in ../tech beside
 * that; those two by name also nowhere. What is wrong is in sim_doc_error. NULL without memory.
 */
sim_doc_t *tech_open(const tech_t *tech, tech_die_t die, const char *chip_file);

/* Adds what the file of one die says. Complaints are in sim_doc_error. */
void tech_read(const sim_cfg_t *root, tech_die_t die, const tech_sizes_t *sizes, tech_t *tech);

/* Area of a block, and of all of them, on one die. */
double tech_area_um2(const tech_t *tech, tech_die_t die, tech_block_t block);
double tech_die_um2(const tech_t *tech, tech_die_t die);

/* The built-in files, as text; bytes gets their length. */
const char *tech_builtin(tech_die_t die, size_t *bytes);

#endif
