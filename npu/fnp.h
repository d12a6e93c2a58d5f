/*
 * fnp.h - the program file of the NPU: what the compiler writes and the loader puts into L2.
 *
 *   header   "FNP1", version, section count, CRC-32 of header and section table
 *   table    per section: kind, offset, bytes, CRC-32 of its bytes
 *   sections META  rounding, sizes, L2 figures, name      INSN  instruction words
 *            BLOB  constants for one place in L2 (0..n),  NET   network table (npu/net_info.h)
 *                  apParams and the list of what is sent
 *                  in one of them
 *            LAYR  layers                                  KEEP  tensors that can be dumped
 *            ENDS  names and types of inputs and outputs   POST  operators for the core
 * (npu/post.h) CHIP  chip data that it was compiled for
 *
 * All numbers are little-endian. The reader trusts nothing: sizes, counts, offsets, strings,
 * checksums and every instruction are checked; errors read "file: offset: what".
 */
#ifndef NPU_FNP_H
#define NPU_FNP_H

#include "npu/desc.h"
#include "npu/isa.h"
#include "npu/net_info.h"
#include "npu/post.h"
#include "npu/quant.h"
#include "sim/port.h"
#include "sim/types.h"

#define NPU_MAX_INSNS (1u << 20)
#define NPU_MAX_BLOBS 256
#define NPU_MAX_KEPT 4096
#define NPU_MAX_FILE_BYTES (256u << 20)

/* Where the program comes from and what it needs. */
typedef struct {
    char name[NPU_NAME_BYTES];     /* of the network; printable, NUL-terminated */
    uint32_t rounding;             /* npu_round_t */
    uint32_t by_name;              /* 1: the source file knows tensors by name, not by number */
    uint32_t insn_l2;              /* L2 offset of the first instruction */
    uint32_t l2_peak_bytes;        /* weights, program, table and working memory at their worst */
    uint32_t l2_lower_bound_bytes; /* no placement could do with less for this order of things */
    uint32_t mem_bytes[NPU_MEMS];  /* L1 used: the program runs on machines with at least this */
    uint64_t macs;
} npu_meta_t;

/* Constants, to be copied to L2 at offset l2 before the program runs. */
typedef struct {
    uint32_t l2;
    uint32_t bytes;
    uint8_t *data;
} npu_blob_t;

/* A layer is what one tag of npu_insn_t.layer stands for. */
typedef struct {
    char name[NPU_NAME_BYTES];
    char op[NPU_NAME_BYTES]; /* of the source file: "CONV_2D" */
    uint32_t first, last;    /* instruction indices; others may stand between */
    uint64_t macs;           /* of the source operator */
} npu_layer_t;

/* How the source file orders the tensor's elements. */
typedef enum {
    NPU_ORDER_HWC,
    NPU_ORDER_CHW, /* 4 dimensions: N C H W, of what the chip has as N H W C */
    NPU_ORDERS
} npu_order_t;

/* A tensor of the source file that stands complete in L2 at some time. Its last three dimensions
 * are height, width and channels there, whatever the order in the file. */
typedef struct {
    char name[NPU_NAME_BYTES];
    uint32_t tensor;      /* index in the source file */
    uint32_t l2;          /* offset */
    uint32_t dtype;       /* npu_dtype_t */
    uint32_t row, pix;    /* bytes from a row to the next, and from a pixel */
    uint32_t chan;        /* bytes from a channel to the next */
    uint32_t order;       /* npu_order_t */
    uint32_t dims;        /* 1..4 */
    uint32_t shape[4];    /* as in the source file (a batch as one map); unused ones 1 */
    int32_t zero_point;   /* of the source type */
    uint32_t scale_bits;  /* float32 */
    uint32_t valid_after; /* instruction index: complete when that one is; NPU_VALID_AT_* */
} npu_kept_t;

#define NPU_VALID_AT_START UINT32_MAX
#define NPU_VALID_AT_END (UINT32_MAX - 1) /* when the core is done, too */

/* An input or output as the source file has it; where and how it stands in L2 the network table
 * says. The types differ for a float32 image: its codes come quantized (tensor_io.h). */
typedef struct {
    char name[NPU_NAME_BYTES];
    uint32_t tensor; /* index in the source file */
    uint32_t dtype;  /* npu_dtype_t */
    uint32_t order;  /* npu_order_t; the table's shape is always N H W C */
} npu_end_t;

/* Chip data that a program was compiled for; a program written by hand may give none or a part. */
typedef struct {
    uint64_t given; /* bit n: word n counts; the others are 0 */
    uint32_t word[NPU_CHIP_WORDS];
} npu_made_for_t;

/* A program in memory. A zeroed one is empty; npu_prog_free frees what the arrays point to. */
typedef struct {
    npu_meta_t meta;
    uint32_t (*insns)[NPU_INSN_WORDS];
    uint32_t insn_count;
    npu_blob_t *blobs;
    uint32_t blob_count;
    uint32_t net[NPU_NET_WORDS];
    npu_layer_t *layers;
    uint32_t layer_count;
    npu_kept_t *kept;
    uint32_t kept_count;
    npu_end_t *ends; /* inputs, then outputs, as many as the network table has; or none */
    uint32_t end_count;
    npu_post_t post; /* operators for the core; none: zeroed */
    npu_made_for_t made_for;
} npu_prog_t;

void npu_prog_free(npu_prog_t *prog);

/* Copies src into a name: what is not printable ASCII, a quote or a backslash becomes '_'; long
 * names are cut. */
void npu_name_set(char name[NPU_NAME_BYTES], const char *src);

/*
 * Growing a program: each returns the index of the new element, UINT32_MAX without memory (or, for
 * an instruction, when it cannot be encoded: then error says why).
 */
uint32_t npu_prog_add_insn(npu_prog_t *prog, const npu_insn_t *insn, char *error,
                           size_t error_bytes);
uint32_t npu_prog_add_blob(npu_prog_t *prog, uint32_t l2, const void *data, uint32_t bytes);
uint32_t npu_prog_add_layer(npu_prog_t *prog, const npu_layer_t *layer);
uint32_t npu_prog_add_kept(npu_prog_t *prog, const npu_kept_t *kept);
uint32_t npu_prog_add_end(npu_prog_t *prog, const npu_end_t *end);

/* Input or output n, n less than the network table's count. */
npu_net_tensor_t npu_prog_input(const npu_prog_t *prog, uint32_t n);
npu_net_tensor_t npu_prog_output(const npu_prog_t *prog, uint32_t n);

/* apParams (npu/compiler/apparams.h) of a valid program, and their bytes; NULL: it has none. They
 * are part of its constants. */
const uint8_t *npu_prog_ap_params(const npu_prog_t *prog, uint32_t *bytes);

/* Equal in every member: the assembler's round trip. */
bool npu_prog_equal(const npu_prog_t *a, const npu_prog_t *b);

/* What reader and assembler accept: names, indices, layouts, instructions. The first complaint in
 * error, without file name. */
bool npu_prog_valid(const npu_prog_t *prog, char *error, size_t error_bytes);

/* All of desc, as what a program is compiled for. */
npu_made_for_t npu_made_for(const npu_desc_t *desc);

/* Whether the program may run on the machine: it is large enough (else error names the memory,
 * bytes needed, bytes there), and has the geometry that the program was compiled for. */
bool npu_prog_fits(const npu_prog_t *prog, const npu_desc_t *desc, char *error, size_t error_bytes);

/* Whether it was compiled for just these rates and habits of the compiler, too; else note has the
 * first difference: results are the same, but cycles are not those of a program for this chip. */
bool npu_prog_native(const npu_prog_t *prog, const npu_desc_t *desc, char *note, size_t note_bytes);

/* file names the data in messages only. *prog is empty on failure. */
sim_err_t npu_fnp_parse(const void *data, size_t bytes, const char *file, npu_prog_t *prog,
                        char *error, size_t error_bytes);
sim_err_t npu_fnp_read(const char *file, npu_prog_t *prog, char *error, size_t error_bytes);

/* malloc'ed file image; NULL without memory or for an invalid program (error says which). */
uint8_t *npu_fnp_print(const npu_prog_t *prog, size_t *bytes, char *error, size_t error_bytes);
sim_err_t npu_fnp_write(const char *file, const npu_prog_t *prog, char *error, size_t error_bytes);

/* Pokes instructions, constants and network table into memory whose L2 begins at l2_base. */
bool npu_prog_load(const npu_prog_t *prog, const sim_mem_port_t *port, uint32_t l2_base);

#endif
