// Calls and returns: a recursion, and calls through a table of functions.
#include "kernels.h"

__attribute__((noinline)) static uint64_t fibonacci(unsigned n) {
    if (n < 2) {
        return n;
    }
    // The code between the two calls keeps the compiler from making a loop of them.
    uint64_t first = fibonacci(n - 1);
    __asm__ volatile("" : "+r"(first));
    return first + fibonacci(n - 2);
}

__attribute__((noinline)) static uint64_t add(uint64_t a, uint64_t b) { return a + b; }
__attribute__((noinline)) static uint64_t swap(uint64_t a, uint64_t b) { return (a << 32 | a >> 32) ^ b; }
__attribute__((noinline)) static uint64_t turn(uint64_t a, uint64_t b) { return (a << 7 | a >> 57) + b; }
__attribute__((noinline)) static uint64_t less(uint64_t a, uint64_t b) { return a - b; }

static uint64_t (*const table[])(uint64_t, uint64_t) = {add, swap, turn, less};

uint64_t calls(uint64_t rounds) {
    uint64_t random = 2;
    uint64_t digest = MIX_START;
    for (uint64_t i = 0; i < rounds; i++) {
        digest = mix(digest, fibonacci(12));
        for (int j = 0; j < 128; j++) {
            uint64_t value = next_random(&random);
            digest = table[value >> 62](digest, value);
        }
    }
    return digest;
}
