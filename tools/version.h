/*
 * version.h - which fovea this is.
 *
 * The build is a hash of all sources of the program (tools/build_id.sh): the same in any folder, by
 * any compiler, with sanitizers or without; no clock, network or version control is asked.
 */
#ifndef TOOLS_VERSION_H
#define TOOLS_VERSION_H

#define FOVEA_VERSION "0.1.0"

extern const char
    fovea_version[]; /* "0.1.0-3f91c07a64de": version and build, up to 31 characters */

#endif
