// Every address is mapped to itself: the first GiB as device memory, the first 2 MiB of RAM by pages of 4 KiB, the rest
// of RAM's first GiB by blocks of 2 MiB. 39 bits of address, so that the walk begins at level 1.
#include "kernels.h"

enum {
    VALID = 1,
    TABLE = 2,
    PAGE = 2,
    ATTRIBUTE_NORMAL = 0 << 2,
    ATTRIBUTE_DEVICE = 1 << 2,
    INNER_SHAREABLE = 3 << 8,
    ACCESSED = 1 << 10,
};

#define RAM 0x40000000ull
#define NEVER_EXECUTE (3ull << 53)
#define ENTRIES 512

static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level3[ENTRIES] __attribute__((aligned(4096)));

static void fill(void) {
    const uint64_t normal = VALID | ATTRIBUTE_NORMAL | INNER_SHAREABLE | ACCESSED;
    level1[0] = VALID | ATTRIBUTE_DEVICE | ACCESSED | NEVER_EXECUTE;
    level1[1] = (uintptr_t)level2 | VALID | TABLE;
    level2[0] = (uintptr_t)level3 | VALID | TABLE;
    for (uint64_t i = 1; i < ENTRIES; i++) {
        level2[i] = (RAM + (i << 21)) | normal;
    }
    for (uint64_t i = 0; i < ENTRIES; i++) {
        level3[i] = (RAM + (i << 12)) | normal | PAGE;
    }
}

static void set_mmu(uint64_t on) {
    uint64_t control;
    __asm__ volatile("mrs %0, sctlr_el1" : "=r"(control));
    // M, C, I
    control = (control & ~0x1005ull) | (on ? 0x1005 : 0);
    __asm__ volatile(
        "dsb    ish\n"
        "tlbi   vmalle1\n"
        "dsb    ish\n"
        "msr    sctlr_el1, %0\n"
        "isb\n"
        :
        : "r"(control)
        : "memory");
}

void mmu_on(void) {
    fill();
    __asm__ volatile("msr mair_el1, %0" ::"r"(0x00ffull));
    // T0SZ 25, write-back and inner shareable walks, 4 KiB pages, nothing above (EPD1), 40 bits of physical address.
    __asm__ volatile("msr tcr_el1, %0" ::"r"(25ull | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ull << 32));
    __asm__ volatile("msr ttbr0_el1, %0" ::"r"(level1));
    set_mmu(1);
}

void mmu_off(void) {
    set_mmu(0);
}
