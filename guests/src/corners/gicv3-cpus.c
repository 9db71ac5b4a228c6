// GICv3 (IHI 0069), three CPUs: software interrupts, the routes of shared interrupts, and what each CPU has for itself.
#include "gicv3.h"

enum { CPUS = 3, SGI = 3, PPI = 20, FIRST = 40 };

// What a CPU has to do, its argument and its answer. CPU 0 waits until the order is NOTHING again.
enum { NOTHING, TAKE, TAKE_FIQ, WAIT, SEND1, SEND0, SEND1_OF_OTHER, MASK_ALL, ACCEPT, END_LATER, ACKNOWLEDGE_ONLY, STOP };
static uint64_t orders[CPUS], arguments[CPUS], answers[CPUS];

// QEMU, with one thread for all CPUs, goes to the next one here.
static void let_others_run(void) {
    __asm__ volatile("yield" ::: "memory");
}

// The interrupt that is signalled is acknowledged and ended: its vector and its INTID. 0x3ff if there is none.
static uint64_t take(unsigned group) {
    uint64_t vector = signal();
    uint64_t intid = iar(group);
    set_eoir(group, intid);
    return vector << 32 | intid;
}

static uint64_t obey(uint64_t what, uint64_t argument) {
    switch (what) {
        case TAKE:
            return take(1);
        case TAKE_FIQ:
            return take(0);
        case WAIT:
            while (READ(isr_el1) == 0) {
                __asm__ volatile("wfi" ::: "memory");
            }
            return take(1);
        case SEND1:
            SET(ICC_SGI1R, argument);
            return 0;
        case SEND0:
            SET(ICC_SGI0R, argument);
            return 0;
        case SEND1_OF_OTHER:
            SET(ICC_ASGI1R, argument);
            return 0;
        case MASK_ALL:
            SET(ICC_PMR, argument);
            return GET(ICC_PMR);
        case ACCEPT:
            SET(ICC_IGRPEN1, argument);
            return GET(ICC_IGRPEN1);
        case END_LATER: {
            SET(ICC_CTLR, EOI_MODE);
            uint64_t intid = GET(ICC_IAR1);
            SET(ICC_EOIR1, intid);
            SET(ICC_CTLR, 0);
            return intid;
        }
        case ACKNOWLEDGE_ONLY:
            return GET(ICC_IAR1);
        default:
            return 0;
    }
}

static void open(void) {
    WRITE(vbar_el1, corner_vectors);
    store(redistributor(this_cpu()) + R_WAKER, 0);
    open_interface();
}

// What a CPU that was off finds: its interface is reset, and nothing is active.
static uint64_t found[CPUS];

static void other_cpu(unsigned cpu) {
    found[cpu] = GET(ICC_IGRPEN0) | GET(ICC_IGRPEN1) << 4 | GET(ICC_RPR) << 8 | (GET(ICC_AP0R0) | GET(ICC_AP1R0)) << 32;
    open();
    for (;;) {
        uint64_t what = load_acquire(&orders[cpu]);
        if (what != NOTHING) {
            answers[cpu] = obey(what, arguments[cpu]);
            store_release(&orders[cpu], NOTHING);
        }
        if (what == STOP) {
            return;
        }
        let_others_run();
    }
}

static void order(unsigned cpu, uint64_t what, uint64_t argument) {
    arguments[cpu] = argument;
    store_release(&orders[cpu], what);
}

static uint64_t answer_of(unsigned cpu) {
    while (load_acquire(&orders[cpu]) != NOTHING) {
        let_others_run();
    }
    return answers[cpu];
}

static uint64_t let(unsigned cpu, uint64_t what, uint64_t argument) {
    if (cpu == 0) {
        return obey(what, argument);
    }
    order(cpu, what, argument);
    return answer_of(cpu);
}

static uintptr_t private_frame(unsigned cpu) {
    return redistributor(cpu) + FRAME;
}

// All private interrupts of all CPUs, and the shared one.
static void forget_all(void) {
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        forget_bits(private_frame(cpu));
        for (unsigned i = 0; i < 32; i += 4) {
            store(private_frame(cpu) + IPRIORITYR + i, 0xa0a0a0a0);
        }
    }
    forget_bits(GICD + FIRST / 32 * 4);
    set_priority(FIRST, 0xa0);
    set_route(FIRST, 0);
    store(GICD + CTLR, 3);
}

// The CPUs where an SGI is pending, one bit each; it is not any longer.
static uint64_t pending_on(unsigned sgi) {
    uint64_t cpus = 0;
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        cpus |= (uint64_t)(load(private_frame(cpu) + ISPENDR) >> sgi & 1) << cpu;
        store(private_frame(cpu) + ICPENDR, 1u << sgi);
    }
    return cpus;
}

static void enable_everywhere(unsigned intid) {
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        store(private_frame(cpu) + ISENABLER, 1u << intid);
    }
}

static void group_everywhere(unsigned intid, unsigned group) {
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        store(private_frame(cpu) + IGROUPR, ~(1u << intid) | group << intid);
    }
}

#define TO(sgi, list) ((uint64_t)(sgi) << 24 | (list))
#define TO_OTHERS(sgi) (1ull << 40 | (uint64_t)(sgi) << 24)

static void look_at_targets(void) {
    forget_all();
    for (unsigned list = 0; list < 8; list++) {
        SET(ICC_SGI1R, TO(SGI, list));
        show_of("list", list, "pending", pending_on(SGI));
    }
    for (unsigned sgi = 0; sgi < 16; sgi++) {
        SET(ICC_SGI1R, TO(sgi, 2));
        show_of("intid", sgi, "pending-of-1", load(private_frame(1) + ISPENDR) & 0xffff);
        show_of("intid", sgi, "pending-on", pending_on(sgi));
    }
    SET(ICC_SGI1R, TO(SGI, 0xfff8));
    show("target.absent", pending_on(SGI));
    SET(ICC_SGI1R, 1ull << 16 | TO(SGI, 7));
    show("target.other-aff1", pending_on(SGI));
    SET(ICC_SGI1R, 1ull << 32 | TO(SGI, 7));
    show("target.other-aff2", pending_on(SGI));
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        let(cpu, SEND1, TO_OTHERS(SGI));
        show_of("others", cpu, "pending", pending_on(SGI));
        let(cpu, SEND1, TO_OTHERS(SGI) | 7);
        show_of("others", cpu, "pending-with-list", pending_on(SGI));
        let(cpu, SEND1, TO(SGI, 1u << cpu));
        show_of("self", cpu, "pending", pending_on(SGI));
    }
}

// Which register can make an SGI pending that is in Group 0 or 1 of the target. There is one Security state.
static void look_at_groups(void) {
    static const char *const names[] = {"sgi1r", "sgi0r", "asgi1r"};
    static const uint64_t sends[] = {SEND1, SEND0, SEND1_OF_OTHER};
    for (unsigned group = 0; group < 2; group++) {
        group_everywhere(SGI, group);
        for (unsigned i = 0; i < 3; i++) {
            let(0, sends[i], TO(SGI, 6));
            show_of(names[i], group, "pending", pending_on(SGI));
            let(0, sends[i], TO_OTHERS(SGI));
            show_of(names[i], group, "others-pending", pending_on(SGI));
        }
    }
    // The target's group decides, not the sender's.
    store(private_frame(1) + IGROUPR, ~(1u << SGI));
    SET(ICC_SGI0R, TO(SGI, 7));
    show("groups.mixed", pending_on(SGI));
    enable_everywhere(SGI);
    SET(ICC_SGI0R, TO(SGI, 2));
    show("groups.fiq-of-1", let(1, TAKE_FIQ, 0));
}

static void look_at_delivery(void) {
    forget_all();
    SET(ICC_SGI1R, TO(SGI, 6));
    show("sgi.disabled", let(1, TAKE, 0));
    enable_everywhere(SGI);
    show("sgi.enabled", let(1, TAKE, 0));
    show("sgi.again", let(1, TAKE, 0));
    show("sgi.other-target", let(2, TAKE, 0));
    show("sgi.sender", let(0, TAKE, 0));
    // There is no list of sources: the SGI of two senders is pending once.
    SET(ICC_SGI1R, TO(SGI, 2));
    let(2, SEND1, TO(SGI, 2));
    show("two-senders.first", let(1, TAKE, 0));
    show("two-senders.second", let(1, TAKE, 0));
    // A CPU that waits.
    for (unsigned i = 0; i < 4; i++) {
        order(1, WAIT, 0);
        order(2, WAIT, 0);
        SET(ICC_SGI1R, TO_OTHERS(SGI));
        show_of("wait", i, "woken-1", answer_of(1));
        show_of("wait", i, "woken-2", answer_of(2));
    }
    // It is active on one CPU only.
    SET(ICC_SGI1R, TO(SGI, 7));
    show("active.taken-by-1", let(1, END_LATER, 0));
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        show_of("active", cpu, "isactiver", load(private_frame(cpu) + ISACTIVER) >> SGI & 1);
    }
    SET(ICC_SGI1R, TO(SGI, 2));
    show("active.signalled-to-1", let(1, TAKE, 0));
    show("active.signalled-to-2", let(2, TAKE, 0));
    show("active.signalled-to-0", let(0, TAKE, 0));
    store(private_frame(1) + ICACTIVER, 1u << SGI);
    show("active.ended-by-0", let(1, TAKE, 0));
}

static void look_at_private_state(void) {
    forget_all();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        store_byte(private_frame(cpu) + IPRIORITYR + PPI, 0x20 * (cpu + 1));
    }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        show_of("private", cpu, "priority", load_byte(private_frame(cpu) + IPRIORITYR + PPI));
    }
    enable_everywhere(PPI);
    store(private_frame(1) + ISPENDR, 1u << PPI);
    show("private.ppi-of-0", let(0, TAKE, 0));
    show("private.ppi-of-2", let(2, TAKE, 0));
    show("private.ppi-of-1", let(1, TAKE, 0));
    // Each CPU interface has its own mask.
    enable_everywhere(SGI);
    show("private.mask-of-1", let(1, MASK_ALL, 0));
    SET(ICC_SGI1R, TO(SGI, 7));
    show("private.masked-1", let(1, TAKE, 0));
    show("private.unmasked-2", let(2, TAKE, 0));
    show("private.unmasked-0", let(0, TAKE, 0));
    let(1, MASK_ALL, 0xff);
    show("private.unmasked-1", let(1, TAKE, 0));
}

static void look_at_routes(void) {
    forget_all();
    for (unsigned target = 0; target < CPUS; target++) {
        set_route(FIRST, target);
        set_bit(ISENABLER, FIRST);
        set_bit(ISPENDR, FIRST);
        for (unsigned cpu = CPUS; cpu-- > 0;) {
            show_of("route", target * 10 + cpu, "taken", let(cpu, TAKE, 0));
        }
        set_bit(ICENABLER, FIRST);
    }
    // The route changes while the interrupt is pending.
    set_route(FIRST, 1);
    set_bit(ISPENDR, FIRST);
    set_route(FIRST, 2);
    set_bit(ISENABLER, FIRST);
    show("route.moved.1", let(1, TAKE, 0));
    show("route.moved.2", let(2, TAKE, 0));
    // Active is a state of the interrupt, not of the CPU: another CPU can deactivate it.
    set_bit(ISPENDR, FIRST);
    show("spi.acknowledged-by-2", let(2, END_LATER, 0));
    set_bit(ISPENDR, FIRST);
    show("spi.active", bit_of(ISACTIVER, FIRST));
    show("spi.active-not-signalled", let(2, TAKE, 0));
    SET(ICC_CTLR, EOI_MODE);
    SET(ICC_DIR, FIRST);
    SET(ICC_CTLR, 0);
    show("spi.deactivated-by-0", bit_of(ISACTIVER, FIRST));
    show("spi.signalled-again", let(2, TAKE, 0));
    set_bit(ICENABLER, FIRST);
    // An interrupt for any CPU goes to one that accepts its group.
    for (unsigned accepting = 0; accepting < CPUS; accepting++) {
        for (unsigned cpu = 0; cpu < CPUS; cpu++) {
            let(cpu, ACCEPT, cpu == accepting);
        }
        set_route(FIRST, ANY);
        set_bit(ISENABLER, FIRST);
        set_bit(ISPENDR, FIRST);
        show_of("any", accepting, "taken", let(accepting, TAKE, 0));
        show_of("any", accepting, "again", let(accepting, TAKE, 0));
        set_bit(ICENABLER, FIRST);
        set_bit(ICPENDR, FIRST);
    }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        show_of("accept", cpu, "igrpen1", let(cpu, ACCEPT, 1));
    }
}

// The Redistributor of a CPU that is off keeps what is pending.
static void look_at_power(void) {
    forget_all();
    enable_everywhere(SGI);
    SET(ICC_SGI1R, TO(SGI, 2));
    show("power.unended", let(1, ACKNOWLEDGE_ONLY, 0));
    let(1, STOP, 0);
    while (cpu_state(1) != AFFINITY_OFF) {
    }
    SET(ICC_SGI1R, TO(SGI + 1, 2));
    show("power.off-pending", load(private_frame(1) + ISPENDR) & 0xffff);
    show("power.off-active", load(private_frame(1) + ISACTIVER) & 0xffff);
    store(private_frame(1) + ISENABLER, 1u << (SGI + 1));
    start_cpu(1, other_cpu);
    show("power.on-taken", let(1, TAKE, 0));
    show("power.on-found", found[1]);
    show("power.on-active", load(private_frame(1) + ISACTIVER) & 0xffff);
    show("power.on-enabled", load(private_frame(1) + ISENABLER) & 0xffff);
    store(private_frame(1) + ICACTIVER, 0xffffffff);
}

void main(void) {
    show("cpus", count_cpus());
    open();
    start_cpu(1, other_cpu);
    start_cpu(2, other_cpu);
    let(1, TAKE, 0);
    let(2, TAKE, 0);
    show("found.1", found[1]);
    show("found.2", found[2]);
    look_at_targets();
    look_at_groups();
    look_at_delivery();
    look_at_private_state();
    look_at_routes();
    look_at_power();
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        show_of("last", cpu, "typer", load(redistributor(cpu) + R_TYPER) >> 4 & 1);
    }
    let(1, STOP, 0);
    let(2, STOP, 0);
    wait_for_others();
    show("stopped", (uint64_t)(cpu_state(1) + cpu_state(2)));
    show("end", 0);
}
