/*
 * ap_params.h - reads apParams (npu/compiler/apparams.h) as they came over a link: any bytes are
 * survived, and what a network's lines could not have is refused.
 */
#ifndef TOOLS_AP_PARAMS_H
#define TOOLS_AP_PARAMS_H

#include "npu/compiler/apparams.h"

/*
 * The network of that id. False with a line in error ("apParams: byte N: ...") when the FlatBuffer
 * is damaged, has no such network, or tells sizes that no lines can have: input not of three
 * dimensions in order, channels other than 1, 3, 4, more than 1280 x 960 (libcamera's limits),
 * padding in outputs, bits other than 8, 16, 32, an empty tensor.
 */
bool ap_read(const uint8_t *data, size_t bytes, uint16_t id, ap_network_t *network, char *error,
             size_t error_bytes);

#endif
