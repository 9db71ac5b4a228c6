// GICv3 (IHI 0069): the registers of the Distributor and the Redistributors, and who can access the system registers.
// CPU 1 stays off.
#include "gicv3.h"

// Interrupts of no device.
enum { SGI = 3, PPI = 20, FIRST = 40, LAST = 287 };

static void look_at_distributor(void) {
    show("gicd.ctlr", load(GICD + CTLR));
    // Without E1NWF, which is optional.
    store(GICD + CTLR, 0xffffffff);
    show("gicd.ctlr-ones", load(GICD + CTLR) & ~(1u << 7));
    store(GICD + CTLR, 1);
    show("gicd.ctlr-group-0", load(GICD + CTLR));
    store(GICD + CTLR, 2);
    show("gicd.ctlr-group-1", load(GICD + CTLR));
    store(GICD + CTLR, 0);
    show("gicd.ctlr-zero", load(GICD + CTLR));
    show("gicd.typer-lines", load(GICD + TYPER) & 0x1f);
    show("gicd.typer-cpus", load(GICD + TYPER) >> 5 & 7);
    show("gicd.typer-security", load(GICD + TYPER) >> 10 & 1);
    show("gicd.typer-no-1-of-n", load(GICD + TYPER) >> 25 & 1);
    uint32_t typer = load(GICD + TYPER);
    store(GICD + TYPER, ~typer);
    show("gicd.typer-written", load(GICD + TYPER) ^ typer);
    uint32_t iidr = load(GICD + IIDR);
    store(GICD + IIDR, ~iidr);
    show("gicd.iidr-written", load(GICD + IIDR) ^ iidr);
    show("gicd.pidr2-architecture", load(GICD + PIDR2) >> 4 & 0xf);
}

// The register ignores ones, and reads as zero.
static void show_reserved(const char *name, uintptr_t at) {
    store(at, 0xffffffff);
    show_in("reserved", name, load(at));
}

// With affinity routing, the Distributor has no registers of private interrupts, and none of a GICv2.
static void look_at_reserved(void) {
    show_reserved("igroupr0", GICD + IGROUPR);
    show_reserved("isenabler0", GICD + ISENABLER);
    show_reserved("icenabler0", GICD + ICENABLER);
    show_reserved("ispendr0", GICD + ISPENDR);
    show_reserved("icpendr0", GICD + ICPENDR);
    show_reserved("isactiver0", GICD + ISACTIVER);
    show_reserved("icactiver0", GICD + ICACTIVER);
    show_reserved("ipriorityr0", GICD + IPRIORITYR);
    show_reserved("ipriorityr7", GICD + IPRIORITYR + 28);
    show_reserved("icfgr0", GICD + ICFGR);
    show_reserved("icfgr1", GICD + ICFGR + 4);
    show_reserved("itargetsr0", GICD + ITARGETSR);
    show_reserved("itargetsr8", GICD + ITARGETSR + 32);
    show_reserved("itargetsr71", GICD + ITARGETSR + 284);
    show_reserved("igrpmodr0", GICD + IGRPMODR);
    show_reserved("igrpmodr1", GICD + IGRPMODR + 4);
    show_reserved("nsacr0", GICD + NSACR);
    show_reserved("nsacr2", GICD + NSACR + 8);
    show_reserved("cpendsgir0", GICD + CPENDSGIR);
    show_reserved("spendsgir0", GICD + SPENDSGIR);
    show_reserved("irouter0", GICD + IROUTER);
    show_reserved("irouter31", GICD + IROUTER + 8 * 31);
    show_reserved("gicr-igrpmodr0", frame(0) + IGRPMODR);
    show_reserved("gicr-nsacr", frame(0) + NSACR);
    show_reserved("gicr-isenabler1", frame(0) + ISENABLER + 4);
    show_reserved("gicr-ispendr1", frame(0) + ISPENDR + 4);
    show_reserved("gicr-igroupr1", frame(0) + IGROUPR + 4);
    show_reserved("gicr-ipriorityr8", frame(0) + IPRIORITYR + 32);
    show_reserved("gicr-icfgr2", frame(0) + ICFGR + 8);
    show_reserved("gicr-irouter32", frame(0) + IROUTER + 8 * 32);
    store(GICD + SGIR, 2u << 24 | SGI);
    show("reserved.sgir", bit_of(ISPENDR, SGI));
    // None of these has changed the Redistributor's registers.
    show("reserved.enabled", bit_of(ISENABLER, PPI));
    show("reserved.pending", bit_of(ISPENDR, PPI));
    show("reserved.active", bit_of(ISACTIVER, PPI));
    show("reserved.priority", load_byte(frame(PPI) + IPRIORITYR + PPI));
    // There are no interrupts behind 287.
    show_reserved("igroupr9", GICD + IGROUPR + 4 * 9);
    show_reserved("isenabler9", GICD + ISENABLER + 4 * 9);
    show_reserved("ispendr9", GICD + ISPENDR + 4 * 9);
    show_reserved("isactiver9", GICD + ISACTIVER + 4 * 9);
    show_reserved("ipriorityr72", GICD + IPRIORITYR + 288);
    show_reserved("icfgr18", GICD + ICFGR + 4 * 18);
    show_reserved("irouter288", GICD + IROUTER + 8 * 288);
}

static void look_at_bits(unsigned intid) {
    forget();
    set_bit(ISENABLER, intid);
    show_of("bits", intid, "enabled", bit_of(ISENABLER, intid));
    show_of("bits", intid, "enabled-in-clear", bit_of(ICENABLER, intid));
    store(frame(intid) + ISENABLER + intid / 32 * 4, 0);
    show_of("bits", intid, "enabled-after-zero", bit_of(ISENABLER, intid));
    set_bit(ICENABLER, intid);
    show_of("bits", intid, "disabled", bit_of(ISENABLER, intid));
    set_bit(ISPENDR, intid);
    show_of("bits", intid, "pending", bit_of(ISPENDR, intid));
    show_of("bits", intid, "pending-in-clear", bit_of(ICPENDR, intid));
    show_of("bits", intid, "pending-disabled-hppir", GET(ICC_HPPIR1));
    show_of("bits", intid, "pending-disabled-signal", signal());
    set_bit(ICPENDR, intid);
    show_of("bits", intid, "not-pending", bit_of(ISPENDR, intid));
    set_bit(ISACTIVER, intid);
    show_of("bits", intid, "active", bit_of(ISACTIVER, intid));
    show_of("bits", intid, "active-in-clear", bit_of(ICACTIVER, intid));
    show_of("bits", intid, "active-rpr", GET(ICC_RPR));
    set_bit(ICACTIVER, intid);
    show_of("bits", intid, "not-active", bit_of(ISACTIVER, intid));
    set_group(intid, 0);
    show_of("bits", intid, "group-0", bit_of(IGROUPR, intid));
    set_group(intid, 1);
    show_of("bits", intid, "group-1", bit_of(IGROUPR, intid));
}

static void look_at_priorities(unsigned first) {
    uintptr_t at = frame(first) + IPRIORITYR + first;
    forget();
    store(at, 0x80604020);
    show_of("priority", first, "word", load(at));
    for (unsigned i = 0; i < 4; i++) {
        show_of("priority", first + i, "byte", load_byte(at + i));
    }
    store_byte(at + 2, 0xc8);
    show_of("priority", first, "word-after-byte", load(at));
    store(at, 0);
    show_of("priority", first, "zero", load(at));
}

static void show_configuration(const char *name, uintptr_t at) {
    store(at, 0xffffffff);
    show_in(name, "edge", load(at));
    store(at, 0);
    show_in(name, "level", load(at));
}

static void look_at_routes(void) {
    forget();
    uintptr_t at = GICD + IROUTER + 8 * FIRST;
    store_double(at, 0x00030201);
    show("route.double", load_double(at));
    show("route.low", load(at));
    show("route.high", load(at + 4));
    store(at, 0x00060504);
    show("route.written-low", load_double(at));
    // Aff3 is optional.
    store_double(at, 0xffffff007f000000);
    show("route.reserved", load_double(at));
    store_double(at, ANY);
    show("route.any", load(at) >> 31);
    // Interrupts of affinities without a CPU go nowhere.
    set_bit(ISENABLER, FIRST);
    set_bit(ISPENDR, FIRST);
    static const uint32_t nobody[] = {0x000002, 0x0000ff, 0x000100, 0x010000};
    for (unsigned i = 0; i < 4; i++) {
        store_double(at, nobody[i]);
        show_of("route", nobody[i], "signal", signal());
    }
    store_double(at, 0);
    show("route.0.signal", signal());
}

static void look_at_redistributors(void) {
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        uintptr_t at = redistributor(cpu);
        show_of("gicr", cpu, "number", load(at + R_TYPER) >> 8 & 0xffff);
        show_of("gicr", cpu, "last", load(at + R_TYPER) >> 4 & 1);
        show_of("gicr", cpu, "affinity", load(at + R_TYPER + 4));
        show_of("gicr", cpu, "affinity-in-double", load_double(at + R_TYPER) >> 32);
        uint64_t typer = load_double(at + R_TYPER);
        store_double(at + R_TYPER, ~typer);
        show_of("gicr", cpu, "typer-written", load_double(at + R_TYPER) ^ typer);
        show_of("gicr", cpu, "writes-in-progress", load(at + CTLR) & (1u << 31 | 1u << 3));
        show_of("gicr", cpu, "pidr2-architecture", load(at + PIDR2) >> 4 & 0xf);
    }
    // Each has its own private interrupts, which every CPU can access.
    forget();
    forget_bits(redistributor(1) + FRAME);
    store(redistributor(1) + FRAME + ISENABLER, 1u << PPI);
    show("gicr.enabled-of-0", bit_of(ISENABLER, PPI));
    show("gicr.enabled-of-1", load(redistributor(1) + FRAME + ISENABLER) >> PPI & 1);
    store(redistributor(1) + FRAME + ISPENDR, 1u << PPI | 1u << SGI);
    show("gicr.pending-of-0", load(frame(0) + ISPENDR) & (1u << PPI | 1u << SGI));
    show("gicr.pending-of-1", load(redistributor(1) + FRAME + ISPENDR) & (1u << PPI | 1u << SGI));
    store_byte(redistributor(1) + FRAME + IPRIORITYR + PPI, 0x40);
    show("gicr.priority-of-0", load_byte(frame(0) + IPRIORITYR + PPI));
    show("gicr.priority-of-1", load_byte(redistributor(1) + FRAME + IPRIORITYR + PPI));
}

// Software lets a Redistributor sleep after it has disabled its CPU interface.
static void look_at_sleep(void) {
    uintptr_t waker = redistributor(0) + R_WAKER;
    forget();
    show("waker.awake", load(waker));
    SET(ICC_IGRPEN0, 0);
    SET(ICC_IGRPEN1, 0);
    store(waker, 2);
    show("waker.asleep", load(waker));
    set_bit(ISENABLER, FIRST);
    set_bit(ISPENDR, FIRST);
    show("waker.asleep-pending", bit_of(ISPENDR, FIRST));
    show("waker.asleep-signal", signal());
    store(waker, 4);
    show("waker.children-are-read-only", load(waker));
    SET(ICC_IGRPEN1, 1);
    show("waker.awake-signal", signal());
    show("waker.awake-iar", GET(ICC_IAR1));
    SET(ICC_EOIR1, FIRST);
}

// Each register: how it is read and written, and then calls EL1.
#define REGISTERS(X) \
    X(pmr, ICC_PMR, true, true) X(iar0, ICC_IAR0, true, false) X(eoir0, ICC_EOIR0, false, true) \
    X(hppir0, ICC_HPPIR0, true, false) X(bpr0, ICC_BPR0, true, true) X(ap0r0, ICC_AP0R0, true, true) \
    X(ap1r0, ICC_AP1R0, true, true) X(dir, ICC_DIR, false, true) X(rpr, ICC_RPR, true, false) \
    X(sgi1r, ICC_SGI1R, false, true) X(asgi1r, ICC_ASGI1R, false, true) X(sgi0r, ICC_SGI0R, false, true) \
    X(iar1, ICC_IAR1, true, false) X(eoir1, ICC_EOIR1, false, true) X(hppir1, ICC_HPPIR1, true, false) \
    X(bpr1, ICC_BPR1, true, true) X(ctlr, ICC_CTLR, true, true) X(sre, ICC_SRE, true, true) \
    X(igrpen0, ICC_IGRPEN0, true, true) X(igrpen1, ICC_IGRPEN1, true, true) X(sre-el2, S3_4_C12_C9_5, false, false) \
    X(sre-el3, S3_6_C12_C12_5, false, false) X(ctlr-el3, S3_6_C12_C12_4, false, false) \
    X(igrpen1-el3, S3_6_C12_C12_7, false, false) X(ich-hcr-el2, S3_4_C12_C11_0, false, false) \
    X(ich-vmcr-el2, S3_4_C12_C11_7, false, false)

// Three words for each: the access, and a call and a no-operation.
#define TEXT(x) #x
#define READS(name, reg, read, write) "mrs x0, " TEXT(reg) "\nsvc #1\nnop\n"
#define WRITES(name, reg, read, write) "msr " TEXT(reg) ", x1\nsvc #2\nnop\n"
__asm__(".text\nreads: " REGISTERS(READS) "writes: " REGISTERS(WRITES));
extern const uint32_t reads[], writes[];

typedef struct {
    const char *name;
    bool read, write;
} access_t;

#define ACCESS(name, reg, read, write) {#name, read, write},
static const access_t accesses[] = {REGISTERS(ACCESS)};

static void show_access(const char *how, unsigned number, const uint32_t *code, uint64_t mode, uint64_t value) {
    print(how);
    put_char('.');
    show_in(accesses[number].name, "esr", corner_enter(ADDRESS(code + 3 * number), MASKED | mode, 0, value)->esr);
}

static void look_at_accesses(void) {
    forget();
    for (unsigned i = 0; i < sizeof accesses / sizeof *accesses; i++) {
        show_access("el0-read", i, reads, EL0T, 0);
        show_access("el0-write", i, writes, EL0T, 0);
        show_access("el1-read", i, reads, EL1H, 0);
        if (!accesses[i].write) {
            show_access("el1-write", i, writes, EL1H, 0);
        }
    }
    // An undefined write has no effect.
    show("accesses.pmr", GET(ICC_PMR) >= 0xf0);
    show("accesses.igrpen1", GET(ICC_IGRPEN1));
}

void main(void) {
    WRITE(vbar_el1, corner_vectors);
    look_at_distributor();
    look_at_reserved();
    static const unsigned intids[] = {SGI, PPI, FIRST, LAST};
    for (unsigned i = 0; i < 4; i++) {
        look_at_bits(intids[i]);
    }
    look_at_priorities(SGI - 3);
    look_at_priorities(PPI);
    look_at_priorities(FIRST);
    look_at_priorities(LAST - 3);
    show_configuration("icfgr.2", GICD + ICFGR + 4 * 2);
    show_configuration("icfgr.9", GICD + ICFGR + 4 * 9);
    show_configuration("icfgr.17", GICD + ICFGR + 4 * 17);
    show_configuration("icfgr.sgis", frame(0) + ICFGR);
    show_configuration("icfgr.ppis", frame(0) + ICFGR + 4);
    look_at_routes();
    look_at_redistributors();
    look_at_sleep();
    look_at_accesses();
    show("end", 0);
}
