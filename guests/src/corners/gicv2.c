// GICv2 (IHI 0048), one CPU: registers and their rules, priorities, acknowledge and end.
#include "corner.h"

enum {
    GICD = 0x08000000,
    GICC = 0x08010000,
    CTLR = 0x000,
    TYPER = 0x004,
    IGROUPR = 0x080,
    ISENABLER = 0x100,
    ICENABLER = 0x180,
    ISPENDR = 0x200,
    ICPENDR = 0x280,
    ISACTIVER = 0x300,
    ICACTIVER = 0x380,
    IPRIORITYR = 0x400,
    ITARGETSR = 0x800,
    ICFGR = 0xc00,
    SGIR = 0xf00,
    CPENDSGIR = 0xf10,
    SPENDSGIR = 0xf20,
    PIDR2 = 0xfe8,
    C_CTLR = 0x00,
    PMR = 0x04,
    BPR = 0x08,
    IAR = 0x0c,
    EOIR = 0x10,
    RPR = 0x14,
    HPPIR = 0x18,
    ABPR = 0x1c,
    AIAR = 0x20,
    AEOIR = 0x24,
    AHPPIR = 0x28,
    IIDR = 0xfc,
    DIR = 0x1000,
};

// Interrupts of no device: 40 to 47 and 100.
enum { FIRST = 40, LAST = 287 };

static uint32_t d(unsigned at) {
    return *(volatile uint32_t *)(uintptr_t)(GICD + at);
}

static void set_d(unsigned at, uint32_t value) {
    *(volatile uint32_t *)(uintptr_t)(GICD + at) = value;
}

static uint32_t c(unsigned at) {
    return *(volatile uint32_t *)(uintptr_t)(GICC + at);
}

static void set_c(unsigned at, uint32_t value) {
    *(volatile uint32_t *)(uintptr_t)(GICC + at) = value;
}

static void set_byte(unsigned at, uint8_t value) {
    *(volatile uint8_t *)(uintptr_t)(GICD + at) = value;
}

static uint8_t byte(unsigned at) {
    return *(volatile uint8_t *)(uintptr_t)(GICD + at);
}

static uint32_t bit_of(unsigned registers, unsigned intid) {
    return d(registers + intid / 32 * 4) >> intid % 32 & 1;
}

static void set_bit(unsigned registers, unsigned intid) {
    set_d(registers + intid / 32 * 4, 1u << intid % 32);
}

// Whether the CPU takes an interrupt when it is unmasked. The handler masks it again.
static bool irq_is_signalled(void) {
    corners[0].count = 0;
    corners[0].mode = MASK;
    __asm__ volatile("msr daifclr, #2\nnop\nmsr daifset, #2" ::: "memory");
    corners[0].mode = LEAVE;
    return corners[0].count != 0;
}

static void forget(void) {
    for (unsigned i = 0; i < 9; i++) {
        set_d(ICENABLER + i * 4, 0xffffffff);
        set_d(ICPENDR + i * 4, 0xffffffff);
        set_d(ICACTIVER + i * 4, 0xffffffff);
        set_d(IGROUPR + i * 4, 0);
    }
    set_d(CPENDSGIR, 0xffffffff);
    set_d(CPENDSGIR + 4, 0xffffffff);
    set_d(CPENDSGIR + 8, 0xffffffff);
    set_d(CPENDSGIR + 12, 0xffffffff);
    for (unsigned i = 0; i < 288; i++) {
        set_byte(IPRIORITYR + i, 0xa0);
    }
    for (unsigned i = 32; i < 288; i++) {
        set_byte(ITARGETSR + i, 1);
    }
    set_d(CTLR, 1);
    set_c(C_CTLR, 1);
    set_c(PMR, 0xff);
    set_c(BPR, 0);
}

// Every bit of the sets of registers, for an SPI, a PPI and an SGI.
static void look_at_bits(unsigned intid) {
    forget();
    show_of("gicd", intid, "enable-at-start", bit_of(ISENABLER, intid));
    set_bit(ISENABLER, intid);
    show_of("gicd", intid, "enabled", bit_of(ISENABLER, intid));
    show_of("gicd", intid, "enabled-in-clear", bit_of(ICENABLER, intid));
    set_d(ISENABLER + intid / 32 * 4, 0);
    show_of("gicd", intid, "enabled-after-zero", bit_of(ISENABLER, intid));
    set_bit(ICENABLER, intid);
    show_of("gicd", intid, "disabled", bit_of(ISENABLER, intid));
    set_bit(ISPENDR, intid);
    show_of("gicd", intid, "pending", bit_of(ISPENDR, intid));
    show_of("gicd", intid, "pending-in-clear", bit_of(ICPENDR, intid));
    show_of("gicd", intid, "pending-hppir", c(HPPIR));
    show_of("gicd", intid, "pending-irq", irq_is_signalled());
    set_bit(ICPENDR, intid);
    show_of("gicd", intid, "not-pending", bit_of(ISPENDR, intid));
    set_bit(ISACTIVER, intid);
    show_of("gicd", intid, "active", bit_of(ISACTIVER, intid));
    show_of("gicd", intid, "active-in-clear", bit_of(ICACTIVER, intid));
    set_bit(ICACTIVER, intid);
    show_of("gicd", intid, "not-active", bit_of(ISACTIVER, intid));
    set_byte(IPRIORITYR + intid, 0xff);
    show_of("gicd", intid, "priority-ff", byte(IPRIORITYR + intid));
    set_byte(IPRIORITYR + intid, 0x50);
    show_of("gicd", intid, "priority-50", byte(IPRIORITYR + intid));
    set_byte(ITARGETSR + intid, 0xff);
    show_of("gicd", intid, "targets-ff", byte(ITARGETSR + intid));
    set_byte(ITARGETSR + intid, 0);
    show_of("gicd", intid, "targets-0", byte(ITARGETSR + intid));
}

// An interrupt from pending to inactive.
static void look_at_life(unsigned intid) {
    forget();
    set_bit(ISENABLER, intid);
    show_of("life", intid, "iar-before", c(IAR));
    set_bit(ISPENDR, intid);
    show_of("life", intid, "hppir", c(HPPIR));
    show_of("life", intid, "irq", irq_is_signalled());
    show_of("life", intid, "iar", c(IAR));
    show_of("life", intid, "irq-after-iar", irq_is_signalled());
    show_of("life", intid, "pending-after-iar", bit_of(ISPENDR, intid));
    show_of("life", intid, "active-after-iar", bit_of(ISACTIVER, intid));
    show_of("life", intid, "rpr", c(RPR));
    show_of("life", intid, "second-iar", c(IAR));
    set_bit(ISPENDR, intid);
    show_of("life", intid, "active-and-pending-irq", irq_is_signalled());
    show_of("life", intid, "active-and-pending-iar", c(IAR));
    set_c(EOIR, intid);
    show_of("life", intid, "rpr-after-eoir", c(RPR));
    show_of("life", intid, "active-after-eoir", bit_of(ISACTIVER, intid));
    show_of("life", intid, "irq-again", irq_is_signalled());
    show_of("life", intid, "iar-again", c(IAR));
    // EOImode 1: EOIR drops the priority, DIR deactivates.
    set_c(C_CTLR, 1 | 1 << 9);
    set_c(EOIR, intid);
    show_of("life", intid, "eoimode-rpr", c(RPR));
    show_of("life", intid, "eoimode-active", bit_of(ISACTIVER, intid));
    set_bit(ISPENDR, intid);
    show_of("life", intid, "eoimode-iar", c(IAR));
    set_bit(ICPENDR, intid);
    set_c(DIR, intid);
    show_of("life", intid, "dir-active", bit_of(ISACTIVER, intid));
    set_c(C_CTLR, 1);
    // Without a target, an enable bit, the Distributor or the CPU interface, nothing is signalled.
    set_bit(ISPENDR, intid);
    set_d(CTLR, 0);
    show_of("life", intid, "gicd-off-irq", irq_is_signalled());
    show_of("life", intid, "gicd-off-iar", c(IAR));
    set_d(CTLR, 1);
    set_c(C_CTLR, 0);
    show_of("life", intid, "gicc-off-irq", irq_is_signalled());
    set_c(C_CTLR, 1);
    show_of("life", intid, "on-irq", irq_is_signalled());
    set_bit(ICENABLER, intid);
    show_of("life", intid, "disabled-irq", irq_is_signalled());
    show_of("life", intid, "disabled-iar", c(IAR));
    set_bit(ISENABLER, intid);
    show_of("life", intid, "enabled-irq", irq_is_signalled());
    set_bit(ICPENDR, intid);
    show_of("life", intid, "cleared-irq", irq_is_signalled());
}

static void look_at_sgis(void) {
    forget();
    for (unsigned sgi = 0; sgi < 16; sgi++) {
        set_bit(ISENABLER, sgi);
        set_d(SGIR, sgi % 2 == 0 ? 2u << 24 | sgi : 1u << 16 | sgi);
        show_of("sgi", sgi, "pending", bit_of(ISPENDR, sgi));
        show_of("sgi", sgi, "source", byte(SPENDSGIR + sgi));
        show_of("sgi", sgi, "iar", c(IAR));
        set_c(EOIR, sgi);
        show_of("sgi", sgi, "pending-after", bit_of(ISPENDR, sgi));
    }
    set_d(SGIR, 1u << 24 | 3);
    show("sgi.all-but-self", bit_of(ISPENDR, 3));
    set_d(SGIR, 2u << 24 | 3);
    set_byte(CPENDSGIR + 3, 1);
    show("sgi.cleared", bit_of(ISPENDR, 3));
    set_byte(SPENDSGIR + 3, 1);
    show("sgi.set", bit_of(ISPENDR, 3));
    set_byte(CPENDSGIR + 3, 1);
    set_d(ISPENDR, 1 << 3);
    show("sgi.ispendr-ignored", bit_of(ISPENDR, 3));
    for (unsigned i = 0; i < 2; i++) {
        show_of("sgi", i, "config", d(ICFGR + i * 4) & (i == 0 ? 0xaaaaaaaa : 0));
    }
}

// The mask: an interrupt is signalled if its priority is higher than the mask.
static void look_at_mask(void) {
    static const uint8_t priorities[] = {0x00, 0x10, 0x40, 0x80, 0xa0, 0xf0};
    static const uint8_t masks[] = {0x00, 0x10, 0x20, 0x40, 0x80, 0x90, 0xa0, 0xf0};
    forget();
    set_bit(ISENABLER, FIRST);
    set_bit(ISPENDR, FIRST);
    for (unsigned p = 0; p < sizeof priorities; p++) {
        set_byte(IPRIORITYR + FIRST, priorities[p]);
        for (unsigned m = 0; m < sizeof masks; m++) {
            set_c(PMR, masks[m]);
            print("mask.");
            print_decimal(priorities[p]);
            put_char('.');
            print_decimal(masks[m]);
            put_value(irq_is_signalled());
        }
    }
    for (unsigned m = 0; m < sizeof masks; m++) {
        set_c(PMR, masks[m]);
        show_of("pmr", masks[m], "read", c(PMR));
    }
    set_c(PMR, 0);
    show("mask.iar", c(IAR));
}

// Group priorities: bits above the binary point decide about preemption.
static void look_at_preemption(void) {
    for (unsigned point = 0; point < 8; point++) {
        forget();
        set_c(BPR, point);
        show_of("bpr", point, "read", c(BPR));
        set_bit(ISENABLER, FIRST);
        set_bit(ISENABLER, FIRST + 1);
        set_byte(IPRIORITYR + FIRST, 0x80);
        set_bit(ISPENDR, FIRST);
        show_of("bpr", point, "first", c(IAR));
        show_of("bpr", point, "rpr", c(RPR));
        for (unsigned shift = 4; shift < 8; shift++) {
            set_byte(IPRIORITYR + FIRST + 1, 0x80 - (1 << shift));
            set_bit(ISPENDR, FIRST + 1);
            print("bpr.");
            print_decimal(point);
            print(".preempted-by-");
            print_decimal(0x80 - (1 << shift));
            put_value(irq_is_signalled());
            set_bit(ICPENDR, FIRST + 1);
        }
        set_c(EOIR, FIRST);
        show_of("bpr", point, "idle", c(RPR));
    }
    // Nested, and ended in the reverse order.
    forget();
    for (unsigned i = 0; i < 4; i++) {
        set_bit(ISENABLER, FIRST + i);
        set_byte(IPRIORITYR + FIRST + i, 0xc0 - 0x20 * i);
        set_bit(ISPENDR, FIRST + i);
        show_of("nested", i, "iar", c(IAR));
        show_of("nested", i, "rpr", c(RPR));
    }
    for (unsigned i = 4; i-- > 0;) {
        set_c(EOIR, FIRST + i);
        show_of("nested", i, "rpr-after", c(RPR));
    }
    // Of several pending ones, the highest priority comes first; of equal ones the lowest number.
    forget();
    for (unsigned i = 0; i < 6; i++) {
        set_bit(ISENABLER, FIRST + i);
        set_byte(IPRIORITYR + FIRST + i, i % 2 == 0 ? 0x60 : 0x40);
        set_bit(ISPENDR, FIRST + i);
    }
    for (unsigned i = 0; i < 7; i++) {
        uint32_t intid = c(IAR);
        show_of("order", i, "iar", intid);
        set_c(EOIR, intid);
    }
}

// An interrupt arrives as an exception, from each source.
static void look_at_exceptions(void) {
    static const char *const sources[] = {"el0t", "el1t", "el1h"};
    static const uint64_t modes[] = {EL0T, EL1T, EL1H};
    extern const char forever[];
    __asm__ volatile("b 2f\nforever: b forever\n2:" ::: "memory");
    forget();
    set_bit(ISENABLER, FIRST);
    set_bit(ISPENDR, FIRST);
    for (unsigned source = 0; source < 3; source++) {
        const corner_t *got = corner_enter(ADDRESS(forever), 0x90000340 | modes[source], 0, 0);
        print("irq.");
        show_in(sources[source], "vector", got->vector);
        print("irq.");
        show_in(sources[source], "elr", got->elr - ADDRESS(forever));
        print("irq.");
        show_in(sources[source], "spsr", got->spsr);
        print("irq.");
        show_in(sources[source], "daif", got->daif);
        // As a FIQ, if Group 0 is signalled so.
        set_c(C_CTLR, 1 | 1 << 3);
        got = corner_enter(ADDRESS(forever), 0x60000380 | modes[source], 0, 0);
        set_c(C_CTLR, 1);
        print("fiq.");
        show_in(sources[source], "vector", got->vector);
        print("fiq.");
        show_in(sources[source], "spsr", got->spsr);
    }
    show("isr_el1.irq", READ(isr_el1));
    set_c(C_CTLR, 1 | 1 << 3);
    show("isr_el1.fiq", READ(isr_el1));
    set_c(C_CTLR, 0);
    show("isr_el1.none", READ(isr_el1));
    set_c(C_CTLR, 1);
    // WFI ends although the interrupt is masked, and no exception is taken.
    corners[0].count = 0;
    __asm__ volatile("wfi" ::: "memory");
    show("wfi.masked", corners[0].count);
    corners[0].mode = ACKNOWLEDGE;
    __asm__ volatile("msr daifclr, #2\nnop\nmsr daifset, #2" ::: "memory");
    show("wfi.unmasked", corners[0].count);
    show("wfi.intid", corners[0].intid);
    __asm__ volatile("msr daifclr, #2\nnop\nmsr daifset, #2" ::: "memory");
    show("wfi.ended", corners[0].count);
    corners[0].mode = LEAVE;
}

static void look_at_identity(void) {
    show("gicd.typer-lines", d(TYPER) & 0x1f);
    show("gicd.typer-cpus", d(TYPER) >> 5 & 7);
    show("gicd.pidr2-architecture", d(PIDR2) >> 4 & 0xf);
    show("gicc.iidr-architecture", c(IIDR) >> 16 & 0xf);
    show("gicd.ctlr", d(CTLR));
    set_d(CTLR, 0xffffffff);
    show("gicd.ctlr-ones", d(CTLR));
    set_d(CTLR, 0);
    for (unsigned sgi = 0; sgi < 16; sgi += 4) {
        show_of("gicd", sgi, "itargetsr", d(ITARGETSR + sgi));
    }
    for (unsigned i = 2; i < 18; i++) {
        set_d(ICFGR + i * 4, 0xaaaaaaaa);
        show_of("icfgr", i, "edge", d(ICFGR + i * 4) & 0xaaaaaaaa);
        set_d(ICFGR + i * 4, 0);
        show_of("icfgr", i, "level", d(ICFGR + i * 4) & 0xaaaaaaaa);
    }
    for (unsigned i = 0; i < 9; i++) {
        set_d(IGROUPR + i * 4, 0xffffffff);
        show_of("igroupr", i, "ones", d(IGROUPR + i * 4));
        set_d(IGROUPR + i * 4, 0);
        show_of("igroupr", i, "zeros", d(IGROUPR + i * 4));
    }
    show("gicd.enable-behind-the-last", d(ISENABLER + 9 * 4));
}

// Group 1, and the aliased registers.
static void look_at_groups(void) {
    forget();
    set_d(CTLR, 3);
    set_c(C_CTLR, 3);
    set_bit(ISENABLER, FIRST);
    set_d(IGROUPR + FIRST / 32 * 4, 1u << FIRST % 32);
    set_bit(ISPENDR, FIRST);
    show("group1.irq", irq_is_signalled());
    show("group1.hppir", c(HPPIR));
    show("group1.ahppir", c(AHPPIR));
    show("group1.iar", c(IAR));
    show("group1.aiar", c(AIAR));
    show("group1.rpr", c(RPR));
    set_c(AEOIR, FIRST);
    show("group1.rpr-after", c(RPR));
    set_c(C_CTLR, 3 | 1 << 2);
    set_bit(ISPENDR, FIRST);
    show("group1.ackctl-hppir", c(HPPIR));
    show("group1.ackctl-iar", c(IAR));
    set_c(EOIR, FIRST);
    set_c(C_CTLR, 1);
    set_bit(ISPENDR, FIRST);
    show("group1.disabled-irq", irq_is_signalled());
    set_c(ABPR, 3);
    show("group1.abpr", c(ABPR));
}

void main(void) {
    WRITE(vbar_el1, corner_vectors);
    look_at_identity();
    look_at_bits(FIRST);
    look_at_bits(100);
    look_at_bits(LAST);
    look_at_bits(16);
    look_at_bits(27);
    look_at_life(FIRST);
    look_at_life(LAST);
    look_at_life(20);
    look_at_sgis();
    look_at_mask();
    look_at_preemption();
    look_at_exceptions();
    look_at_groups();
    show("end", 0);
}
