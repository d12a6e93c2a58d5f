/*
 * work.c - the guest around work.h: as many rounds as the command line says, the CRC to the
 * console.
 */
#include "work.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    static work_t work;
    uint32_t rounds = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
    printf("%lu rounds, crc 0x%04x\n", (unsigned long)rounds, work_run(&work, rounds));
    return 0;
}
