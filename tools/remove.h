/*
 * remove.h - a folder with all that is in it.
 */
#ifndef TOOLS_REMOVE_H
#define TOOLS_REMOVE_H

#include <stdbool.h>

/* Also a file, or nothing. Links are removed, not followed. False with errno: something stays;
 * what lies more than 32 folders deep does. */
bool remove_all(const char *path);

#endif
