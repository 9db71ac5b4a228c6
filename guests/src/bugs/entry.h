// A vCPU that a guest starts itself, to see what CPU_ON returns. It runs `run_started`, and then turns itself off.
#ifndef ENTRY_H
#define ENTRY_H

#include "guest.h"

#define STACK_WORDS 128

void started(void);
void run_started(void);

static uint64_t started_stacks[8][STACK_WORDS] __attribute__((aligned(16)));

__asm__(
    ".globl started\n"
    "started:\n"
    "   mov     sp, x0\n"
    "   bl      run_started\n"
    "   ldr     x0, =0x84000002\n"
    "   hvc     #0\n"
    "1: wfi\n"
    "   b       1b\n"
    "   .ltorg\n");

// Calls CPU_ON, and returns its result.
static inline int32_t try_start(unsigned cpu) {
    return (int32_t)hvc(PSCI_CPU_ON, cpu, (uintptr_t)started, (uintptr_t)started_stacks[cpu + 1]);
}

#endif
