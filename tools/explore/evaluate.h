/*
 * evaluate.h - what a configuration (point.h) comes to: named figures, or why there are none.
 *
 *   npu   chip read --> program compiled --> one inference, timing only       evaluate_npu.c
 *   run   chip read --> scenarios simulated, one after the other             evaluate_run.c
 *
 * An evaluator keeps what the next configuration may share: graphs of models, compiled programs,
 * finished inferences (another technology changes their energy, not their cycles), scenes of runs,
 * whose frames also share tensors, in files (tensors.h). No figure depends on it.
 */
#ifndef TOOLS_EXPLORE_EVALUATE_H
#define TOOLS_EXPLORE_EVALUATE_H

#include "tools/expect.h"
#include "tools/explore/space.h"
#include "tools/explore/tensors.h"
#include "tools/inference.h"

/* clang-format off */
/* Of the chip data alone: X(name, unit, help). */
#define EVALUATE_CHIP(X)                                                                                        \
    X(tops,             "TOPS",    "most of the NPU: two operations for each of its MACs a cycle, 8 bits")      \
    X(macs_per_cycle,   "1",       "MACs of the NPU")                                                           \
    X(l1_bytes,         "bytes",   "all L1 of the NPU")                                                         \
    X(l2_bytes,         "bytes",   "L2")                                                                        \
    X(area_mm2,         "mm2",     "silicon of both dies")                                                      \
    X(area_pixel_mm2,   "mm2",     "of the pixel die")                                                          \
    X(area_logic_mm2,   "mm2",     "of the logic die")                                                          \
    X(area_npu_mm2,     "mm2",     "of the NPU with its L1")                                                    \
    X(area_l2_mm2,      "mm2",     "of L2")

/* Once the program is compiled. */
#define EVALUATE_PROGRAM(X)                                                                                     \
    X(model_macs,       "1",       "MACs of the model")                                                         \
    X(insns,            "1",       "instructions")                                                              \
    X(program_bytes,    "bytes",   "instructions")                                                              \
    X(constants_bytes,  "bytes",   "weights and other constants, as they stand in L2")                          \
    X(l2_peak_bytes,    "bytes",   "of L2: weights, program, tables, activations at their worst")

/* Of one inference. */
#define EVALUATE_INFERENCE(X)                                                                                   \
    X(npu_ms,           "ms",      "one inference")                                                             \
    X(utilization,      "1",       "MACs done, by those that the array could have done")                        \
    X(energy_uj,        "uJ",      "of NPU and L2")                                                             \
    X(tops_per_w,       "TOPS/W",  "operations done, by that energy")                                           \
    X(l2_read_bytes,    "bytes",   "from L2")                                                                   \
    X(l2_written_bytes, "bytes",   "to L2")                                                                     \
    X(load_share,       "1",       "of the cycles: the load DMA has an instruction")                            \
    X(store_share,      "1",       "the store DMA")                                                             \
    X(mac_share,        "1",       "the array")                                                                 \
    X(vec_share,        "1",       "the vector unit")                                                           \
    X(compute_share,    "1",       "of the cycles, by their class (npu/npu.h): array or vector unit work")      \
    X(dma_share,        "1",       "only DMAs work")                                                            \
    X(drain_share,      "1",       "only the store DMA, at the end of a layer")                                 \
    X(bank_share,       "1",       "array or vector unit wait for banks of L1")                                 \
    X(dependency_share, "1",       "all wait: semaphores, barriers, decode")                                    \
    X(fetch_share,      "1",       "all wait for instructions")

/* Of runs, beside those of expect.h. Means over scenarios, but for the longest, the most and sums. */
#define EVALUATE_RUN(X)                                                                                         \
    X(energy_mj_frame,  "mJ",      "energy of a frame")                                                         \
    X(link_bytes_frame, "bytes",   "on the link, by frame")
/* clang-format on */

typedef enum {
#define X(name, unit, help) EVALUATED_##name,
    EVALUATE_CHIP(X) EVALUATE_PROGRAM(X) EVALUATE_INFERENCE(X) EVALUATE_RUN(X)
#undef X
#define X(name, unit, path, factor, help) EVALUATED_##name,
        EXPECT_FIGURES(X)
#undef X
            EVALUATE_FIGURES
} evaluate_figure_t;

typedef struct {
    const char *name, *unit, *help;
    bool of[SPACE_KINDS];
} evaluate_name_t;
extern const evaluate_name_t evaluate_names[EVALUATE_FIGURES];

/* A space_figure_t. */
bool evaluate_is_figure(space_kind_t kind, const char *name);

typedef enum {
    EVALUATE_DONE,
    EVALUATE_REFUSED, /* cannot be built, or a constraint does not hold */
    EVALUATE_FAILED,  /* it can, and does not run */
} evaluate_outcome_t;

enum { EVALUATE_REASON = 512 };

/* No pointers: it passes through a pipe. */
typedef struct {
    evaluate_outcome_t outcome;
    char reason[EVALUATE_REASON];
    double value[EVALUATE_FIGURES]; /* NAN: there is none */
    tensors_count_t tensors;        /* of runs; what was there before, and so no figure */
} evaluation_t;

void evaluation_clear(evaluation_t *e);

/* Called when more figures are known. False: no need to go on; it has set outcome and reason. */
typedef bool (*evaluate_known_t)(void *ctx, evaluation_t *e);

typedef struct {
    evaluate_known_t known;                             /* NULL: all of it */
    void (*finished)(void *ctx, const inference_t *in); /* npu: it looks at what ran; may be NULL */
    void *ctx;
    bool only_read;        /* chip, technology and scenarios, for what is wrong with them */
    bool full;             /* nothing shared, with numerics, every cycle and burst an event */
    const char *out;       /* run: folder of the results; of several scenarios: out/0, out/1, .. */
    const char *tensors;   /* run: folder of records, which is made (tensors.h); NULL: none */
    uint64_t tensor_bytes; /* of records that an evaluator writes, at most */
    bool images;           /* with images */
    uint32_t threads;
} evaluate_desc_t;

typedef struct evaluator evaluator_t;

/* NULL without memory. */
evaluator_t *evaluator_new(void);
void evaluator_free(evaluator_t *evaluator);

/* Reads a model that points will ask for. False with a line in error: it is none. */
bool evaluator_read(evaluator_t *evaluator, const char *model, char *error, size_t error_bytes);

/* config: a text of point.h. */
void evaluate(evaluator_t *evaluator, const char *config, const evaluate_desc_t *desc,
              evaluation_t *e);

/* Whether every field of the configuration is one that chips, technologies and scenarios have; e
 * has the reason otherwise. Values may be out of range: that is a matter of each point. */
bool evaluate_fields(evaluator_t *evaluator, const char *config, evaluation_t *e);

/* What an evaluator has done itself, for tests: the rest was there. */
typedef struct {
    uint64_t graphs, programs, inferences;
} evaluator_work_t;
evaluator_work_t evaluator_work(const evaluator_t *evaluator);

#endif
