// Branches that cannot be predicted: Collatz sequences of random numbers, and a state machine over their bits.
#include "kernels.h"

static unsigned steps_to_one(uint64_t value) {
    unsigned steps = 0;
    while (value != 1) {
        value = value & 1 ? 3 * value + 1 : value >> 1;
        steps++;
    }
    return steps;
}

static unsigned recognise(uint64_t bits) {
    unsigned state = 0;
    unsigned found = 0;
    for (int i = 0; i < 64; i++, bits >>= 1) {
        switch (state) {
            case 0: state = bits & 1 ? 1 : 0; break;
            case 1: state = bits & 1 ? 1 : 2; break;
            case 2: state = bits & 1 ? 3 : 0; break;
            default:
                found++;
                state = bits & 1 ? 1 : 2;
                break;
        }
    }
    return found;
}

uint64_t branches(uint64_t rounds) {
    uint64_t random = 1;
    uint64_t digest = MIX_START;
    for (uint64_t i = 0; i < rounds; i++) {
        uint64_t value = next_random(&random);
        digest = mix(digest, steps_to_one((value & 0xffff) + 1));
        digest = mix(digest, recognise(value));
    }
    return digest;
}
