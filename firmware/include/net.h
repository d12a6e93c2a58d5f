/*
 * net.h - the network that the host loaded, as its table in L2 describes it.
 */
#ifndef FW_NET_H
#define FW_NET_H

#include "detect.h"

enum { NET_MAX_OUTPUTS = 16 };

typedef struct {
    uint32_t id, program, instructions, l2_base;
    uint32_t input, width, height, channels; /* the image that the ISP writes */
    uint32_t free_addr, free_bytes;          /* of L2, left to the firmware */
    uint32_t outputs;
    uint32_t output_addr[NET_MAX_OUTPUTS], output_bytes[NET_MAX_OUTPUTS];
    det_tensor_t output[NET_MAX_OUTPUTS]; /* data: a copy in the core's own memory */
} net_t;

/* Reads and checks the table. False when there is none, it takes no image, or its outputs are not
 * 8-bit codes or do not fit. */
bool net_read(net_t *net);

/* The same of whatever outputs, which are left out: output, output_addr, output_bytes. */
bool net_read_head(net_t *net);

/* Copies the output tensors of the run that just ended out of L2. */
void net_fetch_outputs(net_t *net);

#endif
