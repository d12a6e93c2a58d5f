/*
 * onnx_file.c - the protobuf wire format: walked once with our own eyes, then unpacked by
 * protobuf-c.
 *
 * protobuf-c recurses as deep as the file says and takes memory as the file says. The walk bounds
 * the depth and gives an error its byte; an allocator with a budget bounds the memory.
 *
 * Source: protobuf encoding, https://protobuf.dev/programming-guides/encoding.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/onnx_int.h"

#define MAX_DEPTH 32 /* messages in messages; a model without subgraphs needs 7 */
#define MEMORY_BYTES (UINT64_C(256) << 20)

typedef struct {
    const uint8_t *data;
    const char *file;
    char *error;
    size_t error_bytes;
} walk_t;

static bool bad(const walk_t *w, size_t at, const char *found, const char *expected)
{
    snprintf(w->error, w->error_bytes, "%s: byte %zu: found %s, expected %s", w->file, at, found,
             expected);
    return false;
}

static bool read_varint(const walk_t *w, size_t *at, size_t end, uint64_t *value)
{
    size_t begin = *at;
    *value = 0;
    for (uint32_t shift = 0; shift < 70 && *at < end; shift += 7) {
        uint8_t byte = w->data[(*at)++];
        if (shift < 64)
            *value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return bad(w, begin, *at == end ? "the end of a message" : "a number longer than 10 bytes",
               "a whole varint");
}

static bool skip(const walk_t *w, size_t *at, size_t end, uint64_t bytes)
{
    if (bytes > end - *at)
        return bad(w, *at, "the end of a message", "as many bytes as a field says");
    *at += (size_t)bytes;
    return true;
}

static bool walk_message(const walk_t *w, const ProtobufCMessageDescriptor *kind, size_t at,
                         size_t end, uint32_t depth);

/* Content of a field of which the tag is read. */
static bool walk_field(const walk_t *w, const ProtobufCFieldDescriptor *field, uint32_t wire,
                       size_t *at, size_t end, uint32_t depth)
{
    uint64_t value;
    size_t begin = *at;
    switch (wire) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return read_varint(w, at, end, &value);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip(w, at, end, 8);
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip(w, at, end, 4);
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        if (!read_varint(w, at, end, &value))
            return false;
        begin = *at;
        if (!skip(w, at, end, value))
            return false;
        return field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE ||
               walk_message(w, field->descriptor, begin, *at, depth + 1);
    default:
        return bad(w, begin, "a group", "wire type 0, 1, 2 or 5");
    }
}

static bool walk_message(const walk_t *w, const ProtobufCMessageDescriptor *kind, size_t at,
                         size_t end, uint32_t depth)
{
    if (depth > MAX_DEPTH)
        return bad(w, at, "messages more than 32 deep", "fewer");
    while (at < end) {
        uint64_t tag;
        size_t begin = at;
        if (!read_varint(w, &at, end, &tag))
            return false;
        if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
            return bad(w, begin, "a field number outside 1..2^29", "a field of an ONNX model");
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(kind, (unsigned)(tag >> 3));
        if (!walk_field(w, field, (uint32_t)tag & 7, &at, end, depth))
            return false;
    }
    return true;
}

static void *counted_alloc(void *ctx, size_t bytes)
{
    onnx_memory_t *memory = ctx;
    if (bytes > memory->left_bytes)
        return NULL;
    memory->left_bytes -= bytes;
    return malloc(bytes);
}

static void counted_free(void *ctx, void *pointer)
{
    (void)ctx;
    free(pointer);
}

Onnx__ModelProto *onnx_unpack(const uint8_t *image, size_t bytes, const char *file,
                              onnx_memory_t *memory, char *error, size_t error_bytes)
{
    walk_t w = {image, file, error, error_bytes};
    *memory = (onnx_memory_t){{counted_alloc, counted_free, memory}, MEMORY_BYTES + 2 * bytes};
    if (bytes == 0) {
        bad(&w, 0, "an empty file", "an ONNX model");
        return NULL;
    }
    if (!walk_message(&w, &onnx__model_proto__descriptor, 0, bytes, 0))
        return NULL;
    Onnx__ModelProto *model = onnx__model_proto__unpack(&memory->allocator, bytes, image);
    if (model == NULL)
        snprintf(error, error_bytes,
                 "%s: found fields of a wrong type, or more than %llu bytes of them, expected an "
                 "ONNX model",
                 file, (unsigned long long)(MEMORY_BYTES + 2 * bytes));
    return model;
}
