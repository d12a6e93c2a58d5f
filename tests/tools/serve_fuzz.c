/*
 * serve_fuzz.c - any bytes as a message of a host.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/serve_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    serve_request_t request;
    char text[SERVE_TEXT];
    uint32_t sum = 0;
    if (bytes < FOVEA_REQUEST_BYTES)
        return 0;
    uint32_t wanted = serve_message_bytes(data);
    if (wanted > SERVE_MOST_BYTES || (wanted != 0 && wanted < FOVEA_REQUEST_BYTES))
        abort();
    uint16_t status = serve_request_read(data, (uint32_t)bytes, &request, text);
    if (status != FOVEA_OK && strlen(text) == 0)
        abort();
    if (status == FOVEA_OK) /* the data are in the message */
        for (uint32_t i = 0; i < request.bytes; i++)
            sum += request.data[i];
    return sum == UINT32_MAX; /* so that they are read */
}
