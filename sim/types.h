/*
 * types.h - error codes and the forward declarations that the kernel's headers share.
 */
#ifndef SIM_TYPES_H
#define SIM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sim sim_t;
typedef struct sim_comp sim_comp_t;
typedef struct sim_event sim_event_t;
typedef struct sim_snap sim_snap_t; /* a snapshot that is being taken or restored */

__extension__ typedef unsigned __int128 sim_u128_t;
__extension__ typedef __int128 sim_i128_t;

/* What can be wrong with what a caller or a file gave us. The message is in sim_error(). */
typedef enum {
    SIM_OK = 0,
    SIM_EDESC = -1,  /* a description is out of range or contradicts itself */
    SIM_EWIRE = -2,  /* a required port is not connected */
    SIM_EFILE = -3,  /* a file cannot be opened, read or written */
    SIM_EPARSE = -4, /* a file's content is malformed */
    SIM_ENOMEM = -5, /* the host has no memory left */
    SIM_EFULL = -6,  /* a fixed capacity is used up */
} sim_err_t;

/* sizeof an array, as a count of elements. */
#define SIM_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__GNUC__)
#define SIM_PRINTF(fmt_index, first_arg) __attribute__((format(printf, fmt_index, first_arg)))
#else
#define SIM_PRINTF(fmt_index, first_arg)
#endif

#endif
