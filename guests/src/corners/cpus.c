// Two CPUs: software interrupts, private registers of the interrupt controller, page tables that the other CPU changes,
// code that the other CPU writes, and exclusives.
#include "corner.h"

#define TABLE 3ull
#define PAGE 3ull
#define BLOCK 1ull
#define AF (1ull << 10)
#define SHARED (3ull << 8)
#define NORMAL (1ull << 2)
#define AP(n) ((uint64_t)(n) << 6)
#define XN(n) ((uint64_t)(n) << 53)
#define PAGE_VA 0x40200000ull

static volatile uint64_t level1[512] __attribute__((aligned(4096)));
static volatile uint64_t level2[512] __attribute__((aligned(4096)));
static volatile uint64_t level3[512] __attribute__((aligned(4096)));
static volatile uint64_t page[512] __attribute__((aligned(4096))) = {0xd4000001};
static volatile uint64_t second[512] __attribute__((aligned(4096))) = {0xd4000021};

// What CPU 1 has to do, its argument and its answer. CPU 0 waits until the order is NOTHING again.
enum { NOTHING, READ_PAGE, WRITE_PAGE, FETCH_PAGE, READ_GICD, WRITE_GICD, TAKE, STORE, CLAIM, LOOK, STOP };
static uint64_t order, argument, value, answer;
static uint64_t cell;

__asm__(
    ".text\n"
    "read_code: ldr x0, [x0]\nsvc #1\n"
    "write_code: str x1, [x0]\nsvc #2\n");
extern const char read_code[], write_code[];

static uint32_t gicd(uint64_t at) {
    return *(volatile uint32_t *)(uintptr_t)(0x08000000 + at);
}

static void set_gicd(uint64_t at, uint32_t to) {
    *(volatile uint32_t *)(uintptr_t)(0x08000000 + at) = to;
}

static volatile uint32_t *const gicc = (volatile uint32_t *)0x08010000;

// QEMU, with one thread for all CPUs, goes to the next one here.
static void let_others_run(void) {
    __asm__ volatile("yield" ::: "memory");
}

static void turn_on(void) {
    WRITE(vbar_el1, corner_vectors);
    WRITE(mair_el1, 0xff00);
    // A region of 39 bits: the walk starts at level 1.
    WRITE(tcr_el1, 25ull | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 1ull << 32);
    WRITE(ttbr0_el1, level1);
    __asm__ volatile("dsb sy\ntlbi vmalle1\ndsb sy\nisb" ::: "memory");
    WRITE(sctlr_el1, SCTLR_OFF | 1 | 1 << 2 | 1 << 12);
    gicc[1] = 0xff;
    gicc[0] = 1;
}

static uint64_t take(void) {
    unsigned cpu = READ(mpidr_el1) & 0xff;
    corners[cpu].count = 0;
    corners[cpu].intid = 0xffff;
    corners[cpu].mode = ACKNOWLEDGE;
    __asm__ volatile("msr daifclr, #2\nnop\nmsr daifset, #2" ::: "memory");
    corners[cpu].mode = LEAVE;
    return corners[cpu].count << 32 | corners[cpu].intid;
}

static uint64_t obey(uint64_t what) {
    switch (what) {
        case READ_PAGE:
            return corner_enter(ADDRESS(read_code), MASKED | EL1H, argument, 0)->esr;
        case WRITE_PAGE:
            return corner_enter(ADDRESS(write_code), MASKED | EL1H, argument, value)->esr;
        case FETCH_PAGE:
            return corner_enter(argument, MASKED | EL1H, 0, 0)->esr;
        case READ_GICD:
            return gicd(argument);
        case WRITE_GICD:
            set_gicd(argument, (uint32_t)value);
            return 0;
        case TAKE:
            return take();
        case STORE:
            *(volatile uint64_t *)&cell = value;
            return 0;
        case CLAIM: {
            uint64_t was;
            __asm__ volatile("ldxr %0, [%1]" : "=r"(was) : "r"(&cell) : "memory");
            return was;
        }
        case LOOK:
            return *(volatile uint64_t *)argument;
        default:
            return 0;
    }
}

static void second_cpu(unsigned cpu) {
    (void)cpu;
    turn_on();
    for (;;) {
        uint64_t what = load_acquire(&order);
        if (what == STOP) {
            store_release(&order, NOTHING);
            WRITE(sctlr_el1, SCTLR_OFF);
            return;
        }
        if (what != NOTHING) {
            answer = obey(what);
            store_release(&order, NOTHING);
        }
        let_others_run();
    }
}

static uint64_t let(uint64_t what, uint64_t with, uint64_t and) {
    argument = with;
    value = and;
    store_release(&order, what);
    while (load_acquire(&order) != NOTHING) {
        let_others_run();
    }
    return answer;
}

static void look_at_interrupts(void) {
    set_gicd(0x000, 1);
    set_gicd(0x100, 0xffff);
    let(WRITE_GICD, 0x100, 0x00ff);
    // SGIs are enabled, pending and have priorities for each CPU separately.
    show("banked.enable-of-0", gicd(0x100) & 0xffff);
    show("banked.enable-of-1", let(READ_GICD, 0x100, 0) & 0xffff);
    set_gicd(0x400, 0x30201000);
    let(WRITE_GICD, 0x400, 0x70605040);
    show("banked.priority-of-0", gicd(0x400));
    show("banked.priority-of-1", let(READ_GICD, 0x400, 0));
    show("banked.target-of-0", gicd(0x800));
    show("banked.target-of-1", let(READ_GICD, 0x800, 0));
    show("typer.cpus", gicd(0x004) >> 5 & 7);
    for (unsigned sgi = 0; sgi < 8; sgi++) {
        set_gicd(0xf00, 2u << 16 | sgi);
        show_of("sgi-to-1", sgi, "pending-of-0", gicd(0x200) & 0xffff);
        show_of("sgi-to-1", sgi, "pending-of-1", let(READ_GICD, 0x200, 0) & 0xffff);
        show_of("sgi-to-1", sgi, "taken", let(TAKE, 0, 0));
        let(WRITE_GICD, 0xf00, 1u << 24 | sgi);
        show_of("sgi-to-others", sgi, "taken", take());
        show_of("sgi-to-others", sgi, "again", take());
    }
    // The same SGI of two sources is pending twice: the lower source first.
    set_gicd(0xf00, 1u << 16 | 3);
    let(WRITE_GICD, 0xf00, 1u << 16 | 3);
    show("two-sources.first", take());
    show("two-sources.second", take());
    show("two-sources.third", take());
    // An SPI goes to its target.
    set_gicd(0x104, 1 << 8);
    for (unsigned target = 0; target < 4; target++) {
        *(volatile uint8_t *)(uintptr_t)(0x08000800 + 40) = (uint8_t)target;
        set_gicd(0x204, 1 << 8);
        show_of("spi", target, "target", *(volatile uint8_t *)(uintptr_t)(0x08000800 + 40));
        if (target == 3) {
            // Both see it, and only the first that acknowledges gets it.
            show("spi.both.0", take());
            show("spi.both.1", let(TAKE, 0, 0));
        } else {
            show_of("spi", target, "taken-by-1", let(TAKE, 0, 0));
            show_of("spi", target, "taken-by-0", take());
        }
        set_gicd(0x284, 1 << 8);
    }
}

static void map(uint64_t descriptor) {
    level3[0] = 0;
    __asm__ volatile("dsb ishst\ntlbi vaae1is, %0\ndsb ish\nisb" ::"r"(PAGE_VA >> 12) : "memory");
    level3[0] = descriptor;
    __asm__ volatile("dsb ishst\nisb" ::: "memory");
}

// CPU 0 changes a page, and CPU 1 notices it after a broadcast TLBI, with break-before-make.
static void look_at_pages(void) {
    uint64_t base = ADDRESS(page) | AF | SHARED | NORMAL | PAGE;
    for (unsigned ap = 0; ap < 4; ap++) {
        map(base | AP(ap));
        show_of("page", ap, "read", let(READ_PAGE, PAGE_VA + 8, 0));
        show_of("page", ap, "write", let(WRITE_PAGE, PAGE_VA + 8, ap));
        show_of("page", ap, "fetch", let(FETCH_PAGE, PAGE_VA, 0));
    }
    for (unsigned xn = 0; xn < 4; xn++) {
        map(base | XN(xn));
        show_of("page-xn", xn, "fetch", let(FETCH_PAGE, PAGE_VA, 0));
    }
    page[1] = 0x1111;
    second[1] = 0x2222;
    for (unsigned i = 0; i < 4; i++) {
        map(i % 2 == 0 ? base : base - ADDRESS(page) + ADDRESS(second));
        show_of("page", i, "moved", let(LOOK, PAGE_VA + 8, 0));
        show_of("page", i, "moved-code", let(FETCH_PAGE, PAGE_VA, 0));
    }
    level3[0] = 0;
    __asm__ volatile("dsb ishst\ntlbi vmalle1is\ndsb ish\nisb" ::: "memory");
    show("page.broken", let(READ_PAGE, PAGE_VA, 0));
    map(base | AP(2));
}

// CPU 0 writes code that CPU 1 has executed before.
static void look_at_code(void) {
    for (unsigned i = 0; i < 8; i++) {
        page[0] = 0xd4000001 | (i * 3ull) << 5;
        publish_code((const void *)page);
        show_of("code", i, "of-1", let(FETCH_PAGE, PAGE_VA, 0));
        show_of("code", i, "of-0", corner_enter(PAGE_VA, MASKED | EL1H, 0, 0)->esr);
    }
}

static uint64_t store_exclusive(uint64_t to) {
    uint32_t failed;
    __asm__ volatile("stxr %w0, %1, [%2]" : "=&r"(failed) : "r"(to), "r"(&cell) : "memory");
    return failed;
}

static uint64_t load_exclusive(void) {
    uint64_t was;
    __asm__ volatile("ldxr %0, [%1]" : "=r"(was) : "r"(&cell) : "memory");
    return was;
}

static void look_at_exclusives(void) {
    cell = 5;
    load_exclusive();
    show("exclusive.alone", store_exclusive(6));
    show("exclusive.twice", store_exclusive(7));
    load_exclusive();
    __asm__ volatile("clrex" ::: "memory");
    show("exclusive.cleared", store_exclusive(8));
    load_exclusive();
    let(STORE, 0, 9);
    show("exclusive.other-stored", store_exclusive(10));
    show("exclusive.value", cell);
    load_exclusive();
    let(CLAIM, 0, 0);
    show("exclusive.other-claimed", store_exclusive(11));
    // An exception return clears the monitor.
    corners[0].mode = MASK;
    load_exclusive();
    __asm__ volatile("svc #0" ::: "memory", "x0", "x1", "x2");
    corners[0].mode = LEAVE;
    show("exclusive.after-eret", store_exclusive(12));
    show("exclusive.last", cell);
}

void main(void) {
    level1[0] = XN(3) | AF | BLOCK;
    level1[1] = ADDRESS(level2) | TABLE;
    level2[0] = 0x40000000 | XN(2) | AF | SHARED | NORMAL | BLOCK;
    level2[1] = ADDRESS(level3) | TABLE;
    turn_on();
    show("cpus", count_cpus());
    WRITE(sctlr_el1, SCTLR_OFF);
    start_cpu(1, second_cpu);
    turn_on();
    look_at_interrupts();
    look_at_pages();
    look_at_code();
    look_at_exclusives();
    let(STOP, 0, 0);
    while (cpu_state(1) != AFFINITY_OFF) {
    }
    show("stopped", (uint64_t)cpu_state(1));
    show("end", 0);
}
