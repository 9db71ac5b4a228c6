// The sieve of Eratosthenes: stores of bytes, further and further apart.
#include "kernels.h"

#define LIMIT 32768

static uint8_t crossed[LIMIT];

static unsigned count_primes(void) {
    for (unsigned i = 0; i < LIMIT; i++) {
        crossed[i] = 0;
    }
    unsigned count = 0;
    for (unsigned i = 2; i < LIMIT; i++) {
        if (crossed[i]) {
            continue;
        }
        count++;
        for (unsigned j = 2 * i; j < LIMIT; j += i) {
            crossed[j] = 1;
        }
    }
    return count;
}

uint64_t sieve(uint64_t rounds) {
    uint64_t digest = MIX_START;
    for (uint64_t i = 0; i < rounds; i++) {
        digest = mix(digest, count_primes());
    }
    return digest;
}
