// Floating point and SIMD on every vCPU at once: registers must survive the others' turns.
#include "guest.h"

#define STEPS 20000

// Fills v0 to v31 from `seed`, adds to each `steps` times, and returns the digest of all of them.
uint64_t spin_vectors(uint64_t seed, uint64_t steps);

static spin_lock_t console;
static uint64_t results[MAX_CPUS][3];

// The logistic map: every rounding error changes the result.
static double logistic(unsigned cpu) {
    double x = 0.1 + cpu * 0.01;
    for (int i = 0; i < STEPS; i++) {
        x = 3.99 * x * (1.0 - x);
    }
    return x;
}

static float harmonic(unsigned cpu) {
    float sum = 0;
    for (int i = 1; i < STEPS; i++) {
        sum += 1.0f / (float)(i + (int)cpu);
    }
    return sum;
}

static void work(unsigned cpu) {
    double x = logistic(cpu);
    float y = harmonic(cpu);
    uint64_t x_bits = 0;
    uint32_t y_bits = 0;
    __builtin_memcpy(&x_bits, &x, sizeof x);
    __builtin_memcpy(&y_bits, &y, sizeof y);
    results[cpu][0] = x_bits;
    results[cpu][1] = y_bits;
    results[cpu][2] = spin_vectors(cpu, STEPS);
    spin_lock(&console);
    print_line("vCPU %d: vectors %x", cpu, results[cpu][2]);
    print_line("  logistic map %x, harmonic sum %x", results[cpu][0], results[cpu][1]);
    spin_unlock(&console);
}

void main(void) {
    start_others(work);
    work(0);
    wait_for_others();
    uint64_t digest = MIX_START;
    for (unsigned cpu = 0; cpu < count_cpus(); cpu++) {
        for (int i = 0; i < 3; i++) {
            digest = mix(digest, results[cpu][i]);
        }
    }
    print_line("digest %x", digest, 0);
}
