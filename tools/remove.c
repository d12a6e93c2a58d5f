#include "tools/remove.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 4096, MAX_DEPTH = 32 };

static bool remove_below(const char *path, uint32_t depth)
{
    struct stat what;
    if (lstat(path, &what) != 0)
        return errno == ENOENT;
    if (!S_ISDIR(what.st_mode))
        return unlink(path) == 0;
    char inner[PATH];
    DIR *dir = depth < MAX_DEPTH ? opendir(path) : NULL;
    bool fine = dir != NULL;
    for (struct dirent *entry; fine && (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length = snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        fine = length < PATH && remove_below(inner, depth + 1);
    }
    if (dir != NULL)
        closedir(dir);
    return fine && rmdir(path) == 0;
}

bool remove_all(const char *path)
{
    return remove_below(path, 0);
}
