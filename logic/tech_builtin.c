/*
 * tech_builtin.c - copies of the IMX500's technology files, made when fovea is built.
 */
#include "logic/tech.h"

#include "logic/tech_builtin.inc"

const char *tech_builtin(tech_die_t die, size_t *bytes)
{
    *bytes = die == TECH_PIXEL_DIE ? sizeof(pixel_65nm) : sizeof(logic_22nm);
    return (const char *)(die == TECH_PIXEL_DIE ? pixel_65nm : logic_22nm);
}
