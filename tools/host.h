/*
 * host.h - the other end of the link: what a host makes of the packets, live or from a capture.
 *
 * Everything that it knows of the run it learned from the link's bytes.
 */
#ifndef TOOLS_HOST_H
#define TOOLS_HOST_H

#include <stdio.h>

#include "mipi/rx.h"
#include "tools/host_image.h"
#include "tools/link_problem.h"
#include "tools/metadata.h"
#include "tools/source_lines.h"
#include "tools/tensor_files.h"

typedef struct {
    mipi_rx_t rx;
    FILE *metadata;         /* lines of metadata.jsonl go here; the caller's */
    FILE *postmortem;       /* lines of postmortem.jsonl; the caller's */
    metadata_names_t names; /* of lines, zones and facings in them */
    const char *elf;        /* names functions in them: the program; NULL: none does */
    const char *frames_dir; /* images go here; NULL: they do not */
    host_format_t format;   /* of them */
    /* More lines, the caller's; NULL: none. */
    FILE *packets;  /* each packet with a header */
    FILE *embedded; /* each register line (SMIA) */
    FILE *frames;   /* each frame: its numbers, streams, and the image's file */
    /* What is wrong; NULL: on stderr. */
    void (*on_problem)(void *ctx, const link_problem_t *problem);
    /* A packet that was good; may be NULL. */
    void (*on_metadata)(void *ctx, const metadata_t *metadata);
    void (*on_image)(void *ctx);   /* an image frame is complete; may be NULL */
    /* Every frame, whole or not; may be NULL. */
    void (*on_frame)(void *ctx, const mipi_rx_frame_t *frame);
    void (*on_tensors)(void *ctx); /* a frame with tensor lines that were good; may be NULL */
    void *ctx;
    uint64_t metadata_frames, postmortems, problems;
    uint64_t raw_frames, rgb_frames; /* images of RAW, and of RGB888 or YUV422 */
    tensor_files_t tensors;          /* lines and dir are the caller's to set */
    source_lines_t lines;            /* of elf, from the first death on */
    char error[256];                 /* the first file that could not be written; empty: none */
} host_t;

/* Call host_free when done. metadata, postmortem and frames_dir may be NULL: not written. What else
 * is not the usual is set afterwards. */
void host_init(host_t *host, FILE *metadata, FILE *postmortem, const char *frames_dir);
/* What its receiver is set for, before the first packet; host_init: anything. */
void host_configure(host_t *host, const mipi_rx_desc_t *desc);
/* A problem that somebody else found, as if it were the receiver's. */
void host_tell(host_t *host, const link_problem_t *problem);
/* A mipi_packet_fn_t. */
void host_packet(void *host, const mipi_packet_t *packet);
/* Frames that the sensor reported: with metadata, or with tensor lines. */
uint64_t host_frames(const host_t *host);
/* Has an image begun, and not ended? */
bool host_image_open(const host_t *host);
/* The input is over. */
void host_finish(host_t *host);
void host_free(host_t *host);

#endif
