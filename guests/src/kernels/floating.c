// Floating point: the Mandelbrot set, and a sum of quotients and square roots.
#include "kernels.h"

static unsigned escape(double x, double y) {
    double a = 0;
    double b = 0;
    unsigned steps = 0;
    while (steps < 64 && a * a + b * b < 4) {
        double next = a * a - b * b + x;
        b = 2 * a * b + y;
        a = next;
        steps++;
    }
    return steps;
}

uint64_t floating(uint64_t rounds) {
    uint64_t digest = MIX_START;
    double sum = 0;
    for (uint64_t i = 0; i < rounds; i++) {
        double x = (double)(i & 63) / 32 - 1.5;
        double y = (double)(i >> 6 & 63) / 32 - 1;
        digest = mix(digest, escape(x, y));
        double root;
        __asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(2 + x * x));
        sum += root / (3 + y);
    }
    union {
        double value;
        uint64_t bits;
    } last = {.value = sum};
    return mix(digest, last.bits);
}
