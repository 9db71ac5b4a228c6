// vCPU 0 rewrites a function that every vCPU runs, many times, and every vCPU checks that it ran the newest one.
#include "guest.h"

#define ROUNDS 64

// In .data, which is executable while the MMU is off: "mov w0, #0; ret".
static uint32_t code[2] __attribute__((aligned(64), section(".data"))) = {0x52800000, 0xd65f03c0};

static uint64_t current_round;
static uint64_t done;
static uint64_t stale;

static uint64_t run_code(void) {
    return ((uint32_t(*)(void))(uintptr_t)code)();
}

static void patch(uint32_t value) {
    ((volatile uint32_t *)code)[0] = 0x52800000 | value << 5;
    publish_code(code);
}

static void check(uint64_t round) {
    __asm__ volatile("isb" ::: "memory");
    uint64_t got = run_code();
    if (got != round) {
        atomic_add(&stale, 1);
    }
    atomic_add(&done, 1);
}

static void follow(unsigned cpu) {
    (void)cpu;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        while (load_acquire(&current_round) != round) {
        }
        check(round);
    }
}

void main(void) {
    unsigned cpus = count_cpus();
    uint64_t before = run_code();
    start_others(follow);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        patch((uint32_t)round);
        store_release(&current_round, round);
        check(round);
        while (load_acquire(&done) != round * cpus) {
        }
    }
    wait_for_others();
    print_line("%d runs of patched code, %d of them stale", done, stale);
    exit_guest(stale == 0 && before == 0 ? 0 : 1);
}
