// Small programs that keep a CPU busy, each in a different way. Each executes `rounds` rounds and returns a digest of its results,
// which depends only on the rounds.
#ifndef KERNELS_H
#define KERNELS_H

#include "guest.h"

uint64_t branches(uint64_t rounds);
uint64_t calls(uint64_t rounds);
uint64_t checksum(uint64_t rounds);
uint64_t compute(uint64_t rounds);
uint64_t crossing(uint64_t rounds);
uint64_t floating(uint64_t rounds);
uint64_t hypercalls(uint64_t rounds);
uint64_t lists(uint64_t rounds);
uint64_t matrix(uint64_t rounds);
uint64_t patching(uint64_t rounds);
uint64_t sieve(uint64_t rounds);
uint64_t sorting(uint64_t rounds);
uint64_t stores(uint64_t rounds);
uint64_t strings(uint64_t rounds);

// Turns the MMU on, with every address mapped to itself, or off.
void mmu_on(void);
void mmu_off(void);

// Numbers that look random: xorshift64*. The state is never zero.
static inline uint64_t next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1d;
}

#endif
