// CPU_ON and the calls that suspend keep the caller's data endianness (DEN0022 6.4): SCTLR_EL1.EE; on AArch32 CPSR.E and
// SCTLR.EE. The timers of a CPU survive its power-down. A suspend that a pending interrupt prevents is not counted as a stay.
#include "guest.h"

enum {
    CPU_SUSPEND = 0x84000001 | WIDTH,
    CPU_DEFAULT_SUSPEND = 0x8400000c | WIDTH,
    SYSTEM_SUSPEND = 0x8400000e | WIDTH,
    STAT_COUNT = 0x84000011 | WIDTH,
    CORE_DOWN = 0x10002,
    SYSTEM_DOWN = 0x2010222,
    RESUMED = 0x77,
    ENABLED_AND_MET = 5,
    MILLISECOND = 62500,
};

// byte-order.S depends on this layout.
struct seen {
    volatile uint32_t control;
    volatile uint32_t state;
    volatile uint32_t word;
    volatile uint32_t visited;
    volatile uintptr_t stack;
};

uintptr_t call_in(unsigned order, const uintptr_t call[4], struct seen *seen);
void look(void);

static unsigned failures;
static unsigned checks;

#ifdef __aarch64__
static const unsigned ORDERS[] = {0, 2};
static void set_timer(uint64_t ticks) {
    __asm__ volatile("msr cntv_tval_el0, %0; msr cntv_ctl_el0, %1; isb" ::"r"(ticks), "r"(1ul) : "memory");
}
static unsigned timer_control(void) {
    uint64_t control;
    __asm__ volatile("isb; mrs %0, cntv_ctl_el0" : "=r"(control)::"memory");
    return control;
}
static void stop_timer(void) {
    __asm__ volatile("msr cntv_ctl_el0, xzr; isb" ::: "memory");
}
#else
// Bit 0: CPSR.E; bit 1: SCTLR.EE.
static const unsigned ORDERS[] = {0, 1, 2, 3};
static void set_timer(uint32_t ticks) {
    __asm__ volatile("mcr p15, 0, %0, c14, c3, 0; mcr p15, 0, %1, c14, c3, 1; isb" ::"r"(ticks), "r"(1) : "memory");
}
static unsigned timer_control(void) {
    uint32_t control;
    __asm__ volatile("isb; mrc p15, 0, %0, c14, c3, 1" : "=r"(control)::"memory");
    return control;
}
static void stop_timer(void) {
    __asm__ volatile("mcr p15, 0, %0, c14, c3, 1; isb" ::"r"(0) : "memory");
}
#endif

static void check(const char *what, uint64_t got, uint64_t wanted) {
    checks++;
    if (got != wanted) {
        failures++;
        print(what);
        print_line(": %x, not %x", got, wanted);
    }
}

static void check_order(const char *what, unsigned order, const struct seen *seen) {
    check(what, seen->visited, 1);
    check("SCTLR.EE", seen->control >> 25 & 1, order >> 1);
#ifdef __aarch64__
    unsigned big = order >> 1;
#else
    unsigned big = order & 1;
    check("CPSR.E", seen->state >> 9 & 1, big);
#endif
    check("its data", seen->word, big ? 0x44332211 : 0x11223344);
}

static void start(unsigned order) {
    static struct seen started;
    struct seen caller = {0};
    started = (struct seen){0};
    const uintptr_t call[4] = {PSCI_CPU_ON, 1, (uintptr_t)look, (uintptr_t)&started};
    check("CPU_ON", call_in(order, call, &caller), 0);
    while (cpu_state(1) != AFFINITY_OFF) {
    }
    check_order("started", order, &started);
}

static void resume(const char *what, unsigned order, uintptr_t function, uintptr_t state) {
    struct seen seen = {0};
    const uintptr_t with_state[4] = {function, state, (uintptr_t)look, (uintptr_t)&seen};
    const uintptr_t without[4] = {function, (uintptr_t)look, (uintptr_t)&seen, 0};
    set_timer(2 * MILLISECOND);
    check(what, call_in(order, state == 0 ? without : with_state, &seen), RESUMED);
    check_order(what, order, &seen);
    check("the timer that woke it", timer_control(), ENABLED_AND_MET);
    stop_timer();
}

static uintptr_t count(uintptr_t state) {
    struct seen seen = {0};
    const uintptr_t call[4] = {STAT_COUNT, 0, state, 0};
    return call_in(0, call, &seen);
}

// The timer's interrupt is already pending: each call returns immediately, and is not counted as a stay.
static void stay_awake(void) {
    struct seen seen = {0};
    const uintptr_t down[4] = {CPU_SUSPEND, CORE_DOWN, (uintptr_t)look, (uintptr_t)&seen};
    const uintptr_t all[4] = {SYSTEM_SUSPEND, (uintptr_t)look, (uintptr_t)&seen, 0};
    uintptr_t core = count(CORE_DOWN);
    uintptr_t system = count(SYSTEM_DOWN);
    set_timer(0);
    while (timer_control() != ENABLED_AND_MET) {
    }
    check("CPU_SUSPEND with an interrupt pending", call_in(0, down, &seen), 0);
    check("SYSTEM_SUSPEND with an interrupt pending", call_in(0, all, &seen), 0);
    stop_timer();
    check("no resume", seen.visited, 0);
    check("STAT_COUNT of the core", count(CORE_DOWN), core);
    check("STAT_COUNT of the system", count(SYSTEM_DOWN), system);
}

void main(void) {
    for (unsigned n = 0; n < sizeof ORDERS / sizeof ORDERS[0]; n++) {
        start(ORDERS[n]);
        resume("CPU_SUSPEND", ORDERS[n], CPU_SUSPEND, CORE_DOWN);
        resume("CPU_DEFAULT_SUSPEND", ORDERS[n], CPU_DEFAULT_SUSPEND, 0);
        resume("SYSTEM_SUSPEND", ORDERS[n], SYSTEM_SUSPEND, 0);
    }
    stay_awake();
    print_line("%d checks, %d failed", checks, failures);
    exit_guest(failures == 0 ? 0 : 1);
}
