/*
 * net.h - the networks that the host loaded, as their tables in L2 describe them.
 *
 * Several may be there at once (npu/place.h): constants and program of each, and working memory
 * that they share. So one runs at a time, and what it leaves (outputs too) is there until the next
 * one runs or the ISP writes its image. A program reads as many as it needs, fetches the outputs of
 * each run into memory of its own, and arms or runs whichever it wants:
 *
 *     net_read(&detector, 0, boxes, sizeof(boxes));
 *     net_read(&classifier, 1, classes, sizeof(classes));
 *     net_arm(&detector);                       on each tensor of the ISP, from now on
 *     net_run(&classifier);                     once, now, on what is in its input
 *
 * There is nothing to release: L2 is the host's, the outputs' memory the caller's.
 */
#ifndef FW_NET_H
#define FW_NET_H

#include "detect.h"

enum { NET_MAX_OUTPUTS = 16, NET_ROOM_BYTES = 16384 /* outputs of most networks */ };

typedef struct {
    uint32_t place; /* its number: from 0 */
    uint32_t id, program, instructions, l2_base;
    uint32_t input, width, height, channels; /* the image that the ISP writes */
    uint32_t plane_bytes;                    /* of one of its channels */
    uint32_t free_addr, free_bytes;          /* of L2, left to the firmware by all networks */
    uint32_t places;                         /* tables at the base of L2 */
    uint32_t own_addr, own_bytes;            /* of L2, used by no other network */
    uint32_t ap_addr, ap_bytes;              /* apParams; address 0: none */
    uint32_t sent_addr, sent;                /* outputs that they describe (SENT_...) */
    uint32_t outputs;
    uint32_t output_addr[NET_MAX_OUTPUTS], output_bytes[NET_MAX_OUTPUTS];
    det_tensor_t output[NET_MAX_OUTPUTS]; /* data: a copy in the core's own memory */
} net_t;

/* Reads and checks the table of network n. room, of so many bytes and for words, takes its outputs.
 * False when there is no such network, it takes no image, or its outputs are not 8-bit codes or do
 * not fit. */
bool net_read(net_t *net, uint32_t n, void *room, uint32_t bytes);

/* The same of whatever outputs, which are left out: output, output_addr, output_bytes. */
bool net_read_head(net_t *net, uint32_t n);

/* Bit n: there is a network n. Of those that are not in the mask `except` the L2 that all of them
 * leave free; without any, all of L2. */
uint32_t net_there(void);
void net_room(uint32_t except, uint32_t *addr, uint32_t *bytes);

/* No network n any more, whatever its place holds. */
void net_forget(uint32_t n);

/* The NPU runs it at each tensor of the ISP, or once and now; while it is idle. It raises its
 * interrupt at the end, or after an error. */
void net_arm(const net_t *net);
void net_run(const net_t *net);

/* Copies the output tensors of the run that just ended out of L2. */
void net_fetch_outputs(net_t *net);

#endif
