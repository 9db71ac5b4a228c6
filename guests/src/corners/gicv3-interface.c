// GICv3 (IHI 0069), one CPU: the CPU interface's registers, priorities, acknowledge and end of interrupts, edges and
// levels. How many bits a priority has is a choice of the implementation; the values here depend on it nowhere.
#include "gicv3.h"

// Interrupts of no device, and the virtual timer's.
enum { SGI = 3, PPI = 20, TIMER = 27, FIRST = 40, LAST = 287 };

// Makes an interrupt of this group and priority pending, and enables it.
static void raise(unsigned intid, unsigned group, uint8_t priority) {
    set_group(intid, group);
    set_priority(intid, priority);
    set_bit(ISENABLER, intid);
    set_bit(ISPENDR, intid);
}

static void look_at_identity(void) {
    show("features.gic", READ(id_aa64pfr0_el1) >> 24 & 0xf);
    show("sre.enabled", GET(ICC_SRE) & 1);
    SET(ICC_SRE, 0);
    show("sre.zero", GET(ICC_SRE) & 1);
    forget();
    uint64_t fixed = GET(ICC_CTLR);
    show("ctlr.zero", fixed & (CBPR | EOI_MODE));
    show("ctlr.at-least-16-levels", (fixed >> 8 & 7) >= 3);
    // Without PMHE, which is optional.
    SET(ICC_CTLR, 0xffffffffffffffff);
    show("ctlr.ones", (GET(ICC_CTLR) & ~(1ull << 6)) ^ fixed);
    SET(ICC_CTLR, CBPR);
    show("ctlr.cbpr", GET(ICC_CTLR) ^ fixed);
    SET(ICC_CTLR, EOI_MODE);
    show("ctlr.eoimode", GET(ICC_CTLR) ^ fixed);
    SET(ICC_CTLR, 0);
    SET(ICC_IGRPEN0, 0xfffffffffffffffe);
    SET(ICC_IGRPEN1, 0xffffffffffffffff);
    show("igrpen0.others", GET(ICC_IGRPEN0));
    show("igrpen1.ones", GET(ICC_IGRPEN1));
    SET(ICC_PMR, 0xffffff00);
    show("pmr.reserved", GET(ICC_PMR));
}

// The mask: an interrupt is signalled if its priority is higher than the mask.
static void look_at_mask(void) {
    static const uint8_t priorities[] = {0x00, 0x10, 0x40, 0x80, 0xa0, 0xf0};
    static const uint8_t masks[] = {0x00, 0x10, 0x20, 0x40, 0x80, 0x90, 0xa0, 0xf0};
    forget();
    raise(FIRST, 1, 0);
    for (unsigned p = 0; p < sizeof priorities; p++) {
        set_priority(FIRST, priorities[p]);
        for (unsigned m = 0; m < sizeof masks; m++) {
            SET(ICC_PMR, masks[m]);
            print("mask.");
            print_decimal(priorities[p]);
            put_char('.');
            print_decimal(masks[m]);
            put_value(signal());
        }
    }
    for (unsigned m = 0; m < sizeof masks; m++) {
        SET(ICC_PMR, masks[m]);
        show_of("pmr", masks[m], "read", GET(ICC_PMR));
    }
    SET(ICC_PMR, 0);
    show("mask.iar1", GET(ICC_IAR1));
    show("mask.hppir1", GET(ICC_HPPIR1));
    show("mask.isr", READ(isr_el1));
}

// The smallest binary point of Group 0 says how many levels of preemption there are; that of Group 1 is one more.
static void look_at_points(void) {
    forget();
    show("bpr.distance", GET(ICC_BPR1) - GET(ICC_BPR0));
    uint64_t priority_bits = (GET(ICC_CTLR) >> 8 & 7) + 1;
    show("bpr.levels", 7 - GET(ICC_BPR0) - (priority_bits == 8 ? 7 : priority_bits));
    for (unsigned point = 3; point < 8; point++) {
        SET(ICC_BPR0, point | 0xfffffff8);
        show_of("bpr0", point, "read", GET(ICC_BPR0));
    }
    for (unsigned point = 3; point < 8; point++) {
        SET(ICC_BPR1, point | 0xfffffff8);
        show_of("bpr1", point, "read", GET(ICC_BPR1));
    }
    SET(ICC_BPR1, 4);
    SET(ICC_CTLR, CBPR);
    for (unsigned point = 3; point < 8; point++) {
        SET(ICC_BPR0, point);
        show_of("common", point, "bpr1", GET(ICC_BPR1));
    }
    SET(ICC_BPR0, 3);
    SET(ICC_BPR1, 6);
    show("common.bpr1-ignored", GET(ICC_BPR1));
    show("common.bpr0-kept", GET(ICC_BPR0));
    SET(ICC_CTLR, 0);
    show("common.own-bpr1-kept", GET(ICC_BPR1));
}

// The bits above the binary point decide about preemption. While 0xf0 runs, an interrupt of a higher priority arrives.
static void look_at_preemption(const char *name, unsigned group, uint64_t control) {
    for (unsigned point = 3; point < 8; point++) {
        forget();
        SET(ICC_CTLR, control);
        if (group == 0 || (control & CBPR) != 0) {
            SET(ICC_BPR0, point);
        } else {
            SET(ICC_BPR1, point);
        }
        raise(FIRST, group, 0xf0);
        show_of(name, point, "iar", iar(group));
        show_of(name, point, "rpr", GET(ICC_RPR));
        for (unsigned shift = 4; shift < 8; shift++) {
            raise(FIRST + 1, group, 0xf0 - (1 << shift));
            print(name);
            put_char('.');
            print_decimal(point);
            print(".preempted-by-");
            print_decimal(0xf0 - (1 << shift));
            put_value(signal());
            set_bit(ICPENDR, FIRST + 1);
        }
        set_eoir(group, FIRST);
        show_of(name, point, "idle", GET(ICC_RPR));
    }
}

// The priority that the only active bit of ICC_AP0R0_EL1 or ICC_AP1R0_EL1 stands for; 0xff if there is none.
static uint64_t active_priority(uint64_t levels, unsigned smallest_point) {
    return levels == 0 ? 0xff : (uint64_t)__builtin_ctzll(levels) << (smallest_point + 1);
}

static void look_at_active_priorities(void) {
    for (unsigned group = 0; group < 2; group++) {
        forget();
        unsigned smallest = GET(ICC_BPR0);
        raise(FIRST, group, 0x20);
        show_of("active", group, "iar", iar(group));
        show_of("active", group, "ap0r0", active_priority(GET(ICC_AP0R0), smallest));
        show_of("active", group, "ap1r0", active_priority(GET(ICC_AP1R0), smallest));
        // As a hypervisor that saves and restores the state.
        uint64_t kept[] = {GET(ICC_AP0R0), GET(ICC_AP1R0)};
        SET(ICC_AP0R0, 0);
        SET(ICC_AP1R0, 0);
        show_of("active", group, "cleared-rpr", GET(ICC_RPR));
        SET(ICC_AP0R0, kept[0]);
        SET(ICC_AP1R0, kept[1]);
        show_of("active", group, "restored-rpr", GET(ICC_RPR));
        set_eoir(group, FIRST);
        show_of("active", group, "ap0r0-after", GET(ICC_AP0R0));
        show_of("active", group, "ap1r0-after", GET(ICC_AP1R0));
    }
}

// Each preempts the one before, and they end in the reverse order. Groups 1, 0, 1, 0.
static void look_at_nesting(void) {
    forget();
    for (unsigned i = 0; i < 4; i++) {
        unsigned group = (i + 1) % 2;
        raise(FIRST + i, group, 0xc0 - 0x20 * i);
        show_of("nested", i, "signal", signal());
        show_of("nested", i, "other-iar", iar(1 - group));
        show_of("nested", i, "iar", iar(group));
        show_of("nested", i, "rpr", GET(ICC_RPR));
    }
    for (unsigned i = 4; i-- > 0;) {
        set_eoir((i + 1) % 2, FIRST + i);
        show_of("nested", i, "rpr-after", GET(ICC_RPR));
    }
    // Of several pending ones, the highest priority comes first, of whatever group.
    forget();
    for (unsigned i = 0; i < 6; i++) {
        raise(FIRST + i, i % 2, 0x20 + i * 40 % 96);
    }
    for (unsigned i = 0; i < 7; i++) {
        uint64_t vector = signal();
        show_of("order", i, "signal", vector);
        show_of("order", i, "hppir0", GET(ICC_HPPIR0));
        show_of("order", i, "hppir1", GET(ICC_HPPIR1));
        unsigned group = vector == 0x280;
        uint64_t intid = iar(group);
        show_of("order", i, "iar", intid);
        set_eoir(group, intid);
    }
}

static void look_at_life(const char *name, unsigned intid, unsigned group) {
    forget();
    raise(intid, group, 0xa0);
    show_in(name, "hppir", hppir(group));
    show_in(name, "hppir-of-other", hppir(1 - group));
    show_in(name, "signal", signal());
    show_in(name, "iar-of-other", iar(1 - group));
    show_in(name, "iar", iar(group));
    show_in(name, "signal-after-iar", signal());
    show_in(name, "pending-after-iar", bit_of(ISPENDR, intid));
    show_in(name, "active-after-iar", bit_of(ISACTIVER, intid));
    show_in(name, "rpr", GET(ICC_RPR));
    show_in(name, "second-iar", iar(group));
    for (uint64_t special = 1020; special < 1024; special++) {
        set_eoir(group, special);
    }
    show_in(name, "rpr-after-specials", GET(ICC_RPR));
    show_in(name, "active-after-specials", bit_of(ISACTIVER, intid));
    set_bit(ISPENDR, intid);
    show_in(name, "active-and-pending-signal", signal());
    show_in(name, "active-and-pending-hppir", hppir(group));
    set_eoir(group, intid);
    show_in(name, "rpr-after-eoir", GET(ICC_RPR));
    show_in(name, "active-after-eoir", bit_of(ISACTIVER, intid));
    show_in(name, "signal-again", signal());
    show_in(name, "iar-again", iar(group));
    // EOImode 1: EOIR drops the priority, DIR deactivates.
    SET(ICC_CTLR, EOI_MODE);
    set_eoir(group, intid);
    show_in(name, "eoimode-rpr", GET(ICC_RPR));
    show_in(name, "eoimode-active", bit_of(ISACTIVER, intid));
    set_bit(ISPENDR, intid);
    show_in(name, "eoimode-signal", signal());
    SET(ICC_DIR, 1023);
    show_in(name, "dir-special-active", bit_of(ISACTIVER, intid));
    SET(ICC_DIR, intid);
    show_in(name, "dir-active", bit_of(ISACTIVER, intid));
    show_in(name, "dir-signal", signal());
    // Without an enable bit, the Distributor's or the CPU interface's group, nothing is signalled.
    store(GICD + CTLR, 3 & ~(1 << group));
    show_in(name, "gicd-off-signal", signal());
    show_in(name, "gicd-off-iar", iar(group));
    store(GICD + CTLR, 1 << group);
    show_in(name, "gicd-on-signal", signal());
    SET(ICC_IGRPEN0, group);
    SET(ICC_IGRPEN1, 1 - group);
    show_in(name, "igrpen-off-signal", signal());
    show_in(name, "igrpen-off-iar", iar(group));
    SET(ICC_IGRPEN0, 1 - group);
    SET(ICC_IGRPEN1, group);
    show_in(name, "igrpen-on-signal", signal());
    set_bit(ICENABLER, intid);
    show_in(name, "disabled-signal", signal());
    show_in(name, "disabled-iar", iar(group));
    set_bit(ISENABLER, intid);
    show_in(name, "enabled-signal", signal());
    set_bit(ICPENDR, intid);
    show_in(name, "cleared-signal", signal());
    show_in(name, "cleared-iar", iar(group));
}

// What holds another interrupt back, and what does not. FIRST + 1 has a lower priority than FIRST.
static void look_at_others(void) {
    forget();
    raise(FIRST, 0, 0x40);
    raise(FIRST + 1, 1, 0x80);
    show("higher.signal", signal());
    // The interface signals the highest only, also if the CPU masks it.
    corners[0].count = 0;
    corners[0].mode = MASK;
    __asm__ volatile("msr daifclr, #2\nnop\nmsr daifset, #3" ::: "memory");
    corners[0].mode = LEAVE;
    show("higher.fiq-masked", corners[0].count);
    store(GICD + CTLR, 2);
    show("higher.group-off-signal", signal());
    show("higher.group-off-hppir1", GET(ICC_HPPIR1));
    store(GICD + CTLR, 3);
    set_bit(ICENABLER, FIRST);
    show("higher.disabled-signal", signal());
    set_bit(ISENABLER, FIRST);
    set_bit(ISACTIVER, FIRST);
    show("higher.set-active-signal", signal());
    set_bit(ICACTIVER, FIRST);
    show("higher.again-signal", signal());
    set_eoir(0, iar(0));
    // The same priority does not preempt, of whatever group.
    for (unsigned group = 0; group < 2; group++) {
        forget();
        raise(FIRST, 1, 0x80);
        show_of("same", group, "iar", iar(1));
        raise(FIRST + 1, group, 0x80);
        show_of("same", group, "signal", signal());
        show_of("same", group, "iar-of-second", iar(group));
        show_of("same", group, "hppir", hppir(group));
        // After the priority drop, it does, although the first is still active.
        SET(ICC_CTLR, EOI_MODE);
        set_eoir(1, FIRST);
        show_of("same", group, "dropped-signal", signal());
        show_of("same", group, "dropped-iar", iar(group));
        set_eoir(group, FIRST + 1);
        SET(ICC_DIR, FIRST + 1);
        show_of("same", group, "active-of-first", bit_of(ISACTIVER, FIRST));
        SET(ICC_DIR, FIRST);
        show_of("same", group, "ended", bit_of(ISACTIVER, FIRST) | bit_of(ISACTIVER, FIRST + 1));
    }
    // An acknowledge counts although its result goes to XZR; and XZR is INTID 0.
    forget();
    raise(0, 1, 0x80);
    __asm__ volatile("mrs xzr, S3_0_C12_C12_0" ::: "memory");
    show("xzr.active", bit_of(ISACTIVER, 0));
    show("xzr.rpr", GET(ICC_RPR));
    __asm__ volatile("msr S3_0_C12_C12_1, xzr\nisb" ::: "memory");
    show("xzr.ended", bit_of(ISACTIVER, 0));
    show("xzr.rpr-after", GET(ICC_RPR));
}

// The virtual timer's output.
static void drive(bool high) {
    WRITE(cntv_cval_el0, high ? 0 : 0x7fffffffffffffff);
    WRITE(cntv_ctl_el0, 1);
    BARRIER();
}

static void look_at_inputs(void) {
    for (unsigned edge = 0; edge < 2; edge++) {
        const char *name = edge ? "edge" : "level";
        drive(false);
        forget();
        store(frame(TIMER) + ICFGR + 4, edge << (2 * (TIMER - 16) + 1));
        set_bit(ISENABLER, TIMER);
        show_in(name, "low", bit_of(ISPENDR, TIMER));
        drive(true);
        show_in(name, "high", bit_of(ISPENDR, TIMER));
        set_bit(ICPENDR, TIMER);
        show_in(name, "high-cleared", bit_of(ISPENDR, TIMER));
        drive(false);
        drive(true);
        show_in(name, "high-again", bit_of(ISPENDR, TIMER));
        show_in(name, "iar", GET(ICC_IAR1));
        show_in(name, "pending-after-iar", bit_of(ISPENDR, TIMER));
        drive(false);
        show_in(name, "active-and-low", bit_of(ISPENDR, TIMER));
        drive(true);
        show_in(name, "active-and-high", bit_of(ISPENDR, TIMER));
        show_in(name, "active-signal", signal());
        SET(ICC_EOIR1, TIMER);
        show_in(name, "signal-again", signal());
        drive(false);
        show_in(name, "low-again", bit_of(ISPENDR, TIMER));
        show_in(name, "low-signal", signal());
        set_bit(ICPENDR, TIMER);
        // Software makes it pending while its input is low.
        set_bit(ISPENDR, TIMER);
        show_in(name, "set-signal", signal());
        show_in(name, "set-iar", GET(ICC_IAR1));
        show_in(name, "set-after-iar", bit_of(ISPENDR, TIMER));
        SET(ICC_EOIR1, TIMER);
        // Software makes it pending while its input is high, and then this falls.
        drive(true);
        set_bit(ISPENDR, TIMER);
        drive(false);
        show_in(name, "set-and-fallen", bit_of(ISPENDR, TIMER));
        set_bit(ICPENDR, TIMER);
        show_in(name, "fallen-cleared", bit_of(ISPENDR, TIMER));
    }
    WRITE(cntv_ctl_el0, 0);
}

// An interrupt arrives as an exception, from each source: Group 1 as IRQ, Group 0 as FIQ.
static void look_at_exceptions(void) {
    static const char *const sources[] = {"el0t", "el1t", "el1h"};
    static const uint64_t modes[] = {EL0T, EL1T, EL1H};
    extern const char forever[];
    __asm__ volatile("b 2f\nforever: b forever\n2:" ::: "memory");
    forget();
    raise(FIRST, 1, 0x80);
    for (unsigned source = 0; source < 3; source++) {
        for (unsigned group = 0; group < 2; group++) {
            set_group(FIRST, group);
            const corner_t *got =
                corner_enter(ADDRESS(forever), (group ? 0x90000340 : 0x60000380) | modes[source], 0, 0);
            print(group ? "irq." : "fiq.");
            show_in(sources[source], "vector", got->vector);
            print(group ? "irq." : "fiq.");
            show_in(sources[source], "elr", got->elr - ADDRESS(forever));
            print(group ? "irq." : "fiq.");
            show_in(sources[source], "spsr", got->spsr);
            print(group ? "irq." : "fiq.");
            show_in(sources[source], "daif", got->daif);
        }
    }
    show("isr_el1.irq", READ(isr_el1));
    set_group(FIRST, 0);
    show("isr_el1.fiq", READ(isr_el1));
    // WFI ends although the interrupt is masked, and no exception is taken.
    corners[0].count = 0;
    __asm__ volatile("wfi" ::: "memory");
    show("wfi.fiq-masked", corners[0].count);
    set_group(FIRST, 1);
    __asm__ volatile("wfi" ::: "memory");
    show("wfi.irq-masked", corners[0].count);
    SET(ICC_EOIR1, GET(ICC_IAR1));
    show("isr_el1.none", READ(isr_el1));
    show("wfi.ended", signal());
}

void main(void) {
    WRITE(vbar_el1, corner_vectors);
    look_at_identity();
    look_at_mask();
    look_at_points();
    look_at_preemption("group-0", 0, 0);
    look_at_preemption("group-1", 1, 0);
    look_at_preemption("group-1-common", 1, CBPR);
    look_at_active_priorities();
    look_at_nesting();
    look_at_life("spi-group-1", FIRST, 1);
    look_at_life("spi-group-0", FIRST, 0);
    look_at_life("last-spi", LAST, 1);
    look_at_life("ppi", PPI, 1);
    look_at_life("sgi-group-1", SGI, 1);
    look_at_life("sgi-group-0", SGI, 0);
    look_at_others();
    look_at_inputs();
    look_at_exceptions();
    show("end", 0);
}
