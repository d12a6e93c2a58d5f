#include "tools/signature.h"

#include <stdio.h>

#include "logic/elf.h"
#include "sim/file.h"
#include "tools/guest.h"

bool signature_find(signature_t *signature, const bus_t *bus, const uint8_t *image,
                    size_t image_bytes, char *error, size_t error_bytes)
{
    uint32_t begin, end;
    if (!elf_symbol(image, image_bytes, "begin_signature", &begin) ||
        !elf_symbol(image, image_bytes, "end_signature", &end)) {
        snprintf(error, error_bytes,
                 "no begin_signature and end_signature, expected for a signature");
        return false;
    }
    if (begin % 4 != 0 || end % 4 != 0 || end < begin ||
        (end != begin && !guest_readable(bus, begin, end - begin))) {
        snprintf(error, error_bytes, "signature from 0x%08x to 0x%08x, expected words of memory",
                 begin, end);
        return false;
    }
    *signature = (signature_t){begin, end};
    return true;
}

bool signature_write(const signature_t *signature, bus_t *bus, const char *file, char *error,
                     size_t error_bytes)
{
    FILE *out = sim_file_create(file, error, error_bytes);
    if (out == NULL)
        return false;
    for (uint32_t at = signature->begin; at != signature->end; at += 4) {
        uint32_t word = 0;
        guest_get_words(bus, at, &word, 1);
        fprintf(out, "%08x\n", word);
    }
    return sim_file_commit(out, file, error, error_bytes) == SIM_OK;
}
