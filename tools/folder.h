/*
 * folder.h - files below one folder and nowhere else, for programs that are not trusted.
 *
 * A path is walked part by part from the folder's descriptor. Absolute paths and ".." are refused
 * (EACCES); no link is followed, wherever it leads (ELOOP or ENOTDIR); what is no regular file is
 * not opened (EACCES). All return a negative errno on failure.
 */
#ifndef TOOLS_FOLDER_H
#define TOOLS_FOLDER_H

/* A descriptor of the folder, to be closed by the caller. */
int folder_at(const char *path);

/* flags are open's: access, O_CREAT, O_TRUNC, O_APPEND. Returns a descriptor. */
int folder_open(int folder, const char *path, int flags);
/* 0 when done. Folders are not removed. */
int folder_remove(int folder, const char *path);
int folder_rename(int folder, const char *from, const char *to);

#endif
