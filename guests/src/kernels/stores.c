// Almost only stores, of one, two, four and eight bytes and of pairs.
#include "kernels.h"

#define SIZE 16384

static uint64_t words[SIZE / 8];

uint64_t stores(uint64_t rounds) {
    uint64_t value = 1;
    for (uint64_t i = 0; i < rounds; i++) {
        uint64_t *at = words;
        for (unsigned j = 0; j < SIZE / 32; j++) {
            __asm__ volatile(
                "stp    %1, %1, [%0]\n"
                "str    %1, [%0, #16]\n"
                "str    %w1, [%0, #24]\n"
                "strh   %w1, [%0, #28]\n"
                "strb   %w1, [%0, #30]\n"
                :
                : "r"(at), "r"(value)
                : "memory");
            at += 4;
            value += 0x9e3779b97f4a7c15;
        }
    }
    uint64_t digest = MIX_START;
    for (unsigned i = 0; i < SIZE / 8; i++) {
        digest = mix(digest, words[i]);
    }
    return digest;
}
