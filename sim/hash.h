/*
 * hash.h - checksums: a fast 64-bit hash for states, CRC-32 for files and packets.
 */
#ifndef SIM_HASH_H
#define SIM_HASH_H

#include "sim/types.h"

#define SIM_HASH_SEED UINT64_C(0xcbf29ce484222325)

/* Continues hash over bytes. Not cryptographic; the same on every machine. Eight bytes a step. */
uint64_t sim_hash(uint64_t hash, const void *data, size_t bytes);

/* CRC-32 (IEEE 802.3, reflected 0xEDB88320, start and final xor 0xFFFFFFFF); crc is 0 to start. */
uint32_t sim_crc32(uint32_t crc, const void *data, size_t bytes);

#endif
